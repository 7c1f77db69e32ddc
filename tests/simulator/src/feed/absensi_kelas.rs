//! Counts per class from schools that keep a sheet. Each kecamatan gathers its own: half of them as workbooks with a
//! title, half as text of a spreadsheet.

use super::{
    Feed, Shipment, Timed,
    periods::{Period, months_and_weeks},
};
use crate::{
    Envelope, Result, World,
    attendance::{self, Attendance, day_number},
    book,
    dice::Dice,
    school::{Reporting, School},
    table::Table,
};
use chrono::{NaiveDate, NaiveTime};

/// The feed.
pub(crate) struct ClassDays;

const DATASET: &str = "absensi_kelas";
const HEADERS: [&str; 9] = [
    "Hari/Tanggal",
    "NPSN",
    "Kelas",
    "Kecamatan",
    "Jumlah Siswa",
    "Hadir",
    "Sakit",
    "Izin",
    "Alpa",
];

impl Feed for ClassDays {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let mut all = Vec::new();
        for period in months_and_weeks(from, to) {
            for place in 0..world.regions.kecamatan.len() {
                if !schools(world, place).any(|s| period.days().any(|day| reports(world, s, day))) {
                    continue;
                }
                let code = world.regions.code(place).replace('.', "");
                let ending = if place % 2 == 0 { "xlsx" } else { "csv" };
                let name = format!("Rekap_Kelas_{code}_{}.{ending}", period.label());
                let title = name.clone();
                all.push(Shipment::new(DATASET, name, period.after(1, 9), move |world| {
                    file(world, &title, place, period)
                }));
            }
        }
        Ok(all)
    }

    /// A school's classes come together at noon.
    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let mut all = Vec::new();
        for place in 0..world.regions.kecamatan.len() {
            for school in schools(world, place).filter(|s| reports(world, s, day)) {
                let mut table = Table::new(';', "\r\n", &HEADERS);
                for (class, counts) in attendance::by_class(world, school, day) {
                    table.row(&cells(world, place, school, &class.name, &counts));
                }
                let second =
                    8 * 3600 + Dice::of(world.seed, [77, school.index, day_number(day)]).below(4 * 3600) as u32;
                all.push(Timed {
                    at: NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap_or(NaiveTime::MIN),
                    envelope: table.envelope(DATASET, &school.name),
                });
            }
        }
        Ok(all)
    }
}

fn schools(world: &World, place: usize) -> impl Iterator<Item = &School> {
    let code = world.regions.code(place);
    let own = move |s: &&School| s.reporting == Reporting::Classes && s.kecamatan == code;
    world.schools.iter().filter(own)
}

/// Whether the school's sheet of the day is ever sent.
pub(crate) fn reports(world: &World, school: &School, day: NaiveDate) -> bool {
    let share = (1.0 - school.missing) * world.stories.delivery(DATASET, &school.npsn, day);
    world.teaches(school, day) && Dice::of(world.seed, [76, school.index, day_number(day)]).unit() < share
}

fn file(world: &World, name: &str, place: usize, period: Period) -> Result<Envelope> {
    let mut rows = Vec::new();
    for school in schools(world, place) {
        for day in period.days().filter(|day| reports(world, school, *day)) {
            for (class, counts) in attendance::by_class(world, school, day) {
                rows.push(cells(world, place, school, &class.name, &counts));
            }
        }
    }
    if name.ends_with(".csv") {
        let mut table = Table::new(';', "\r\n", &HEADERS);
        rows.iter().for_each(|row| table.row(row));
        return Ok(table.envelope(DATASET, name));
    }
    book::workbook(DATASET, name, "Rekap", rows.len(), |page| {
        page.write(0, 0, "REKAPITULASI KEHADIRAN PER KELAS")?;
        page.write(1, 0, format!("Kecamatan {}", world.regions.kecamatan[place].name))?;
        for (column, header) in (0u16..).zip(HEADERS) {
            page.write(3, column, header)?;
        }
        for (line, row) in (4u32..).zip(&rows) {
            for (column, cell) in (0u16..).zip(row) {
                match cell.parse::<u32>() {
                    Ok(number) => page.write(line, column, number)?,
                    Err(_) => page.write(line, column, cell)?,
                };
            }
        }
        Ok(())
    })
}

/// One row in 700 is typed wrongly and stays so: nobody corrects a class.
fn spoil(world: &World, row: &mut [String; 9], school: &School, day: NaiveDate) {
    let class = row[2].bytes().fold(0, |sum: u64, byte| sum * 31 + u64::from(byte));
    let mut dice = Dice::of(world.seed, [82, school.index << 32 | class, day_number(day)]);
    if !dice.chance(1.0 / 700.0) {
        return;
    }
    match dice.below(3) {
        0 => row[5] = "semua".into(),
        1 => row[5].insert(0, '1'),
        _ => row[0] = "31/02/2026".into(),
    }
}

fn cells(world: &World, place: usize, school: &School, class: &str, counts: &Attendance) -> [String; 9] {
    let mut row = [
        counts.day.format("%d/%m/%Y").to_string(),
        school.npsn.clone(),
        class.to_owned(),
        format!("Kec. {}", world.regions.kecamatan[place].name),
        counts.enrolled.to_string(),
        counts.present.to_string(),
        counts.sick.to_string(),
        counts.excused.to_string(),
        counts.unexcused.to_string(),
    ];
    spoil(world, &mut row, school, counts.day);
    row
}
