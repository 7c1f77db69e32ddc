//! Attendance by the million, for benchmarks: the same columns and rules as the demo's rows, made fast.

use crate::{Result, dice::Dice, facts};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::io::Write;

/// School days of one synthetic school year in a bulk file.
const DAYS: u64 = 250;
/// Most schools in a bulk file; more rows reach further back.
const SCHOOLS: u64 = 40_000;
const LEVELS: [&str; 8] = ["TK", "SD", "SD", "SD", "MI", "SMP", "MTs", "SMK"];

/// Writes `rows` rows of `absensi_harian_sekolah` as comma-separated text with a header, ending yesterday (UTC+7).
/// See [`attendance_csv_until`].
pub fn attendance_csv(rows: u64, seed: u64, out: &mut impl Write) -> Result<()> {
    let today = (chrono::Utc::now() + chrono::TimeDelta::hours(7)).date_naive();
    attendance_csv_until(rows, seed, today - Days::new(1), out)
}

/// Writes `rows` rows that end on `until`: up to 40,000 schools, every day but Sundays, newest day last. The same
/// arguments give the same bytes; every row keeps the contract's sum rule and no school repeats a day. About 75 bytes
/// a row, constant memory.
pub fn attendance_csv_until(rows: u64, seed: u64, until: NaiveDate, out: &mut impl Write) -> Result<()> {
    let places = facts::kecamatan()?;
    let schools = rows.div_ceil(DAYS).clamp(1, SCHOOLS);
    let days: Vec<_> = {
        let back = until.iter_days().rev().filter(|day| day.weekday() != Weekday::Sun);
        let mut days: Vec<_> = back.take(rows.div_ceil(schools) as usize).collect();
        days.reverse();
        days
    };
    let fixed: Vec<_> = (0..schools)
        .map(|index| {
            let mut dice = Dice::of(seed, [9, index, 0]);
            let level = LEVELS[dice.below(LEVELS.len())];
            let place = &places[dice.below(places.len())].code;
            let text = format!(
                ",{},{level} Simulasi {},{level},{place},",
                99_000_001 + index,
                index + 1
            );
            (text.into_bytes(), 20 + dice.below(380) as u32)
        })
        .collect();
    let mut buffer = Vec::with_capacity(1 << 20);
    buffer.extend_from_slice(b"tanggal,npsn,nama_sekolah,jenjang,kode_kecamatan,terdaftar,hadir,sakit,izin,alpa\n");
    let mut left = rows;
    for day in days {
        let date = day.to_string();
        let mut dice = Dice::of(seed, [10, crate::attendance::day_number(day), 0]);
        for (text, enrolled) in fixed.iter().take(left as usize) {
            let bits = dice.bits();
            let part = |shift: u32, of: u32| (((bits >> shift) as u32 & 0xffff) * of) >> 16;
            let (sick, excused, unexcused) = (part(0, enrolled / 16 + 2), part(16, enrolled / 24 + 2), part(32, 3));
            buffer.extend_from_slice(date.as_bytes());
            buffer.extend_from_slice(text);
            for (number, end) in [
                (*enrolled, b','),
                (enrolled - sick - excused - unexcused, b','),
                (sick, b','),
                (excused, b','),
                (unexcused, b'\n'),
            ] {
                digits(&mut buffer, number);
                buffer.push(end);
            }
            if buffer.len() > (1 << 20) - 256 {
                out.write_all(&buffer)?;
                buffer.clear();
            }
        }
        left = left.saturating_sub(schools);
    }
    out.write_all(&buffer)?;
    Ok(())
}

/// Appends a number below 1,000 as text.
fn digits(buffer: &mut Vec<u8>, number: u32) {
    if number >= 100 {
        buffer.push(b'0' + (number / 100 % 10) as u8);
    }
    if number >= 10 {
        buffer.push(b'0' + (number / 10 % 10) as u8);
    }
    buffer.push(b'0' + (number % 10) as u8);
}
