use super::day;
use crate::{Fate, Habit, World, backlog, history, outbox::Present};
use std::collections::HashSet;

const FROM: &str = "2025-01-01";
const TO: &str = "2025-02-14";

fn hold_all(world: &World, from: &str, to: &str, present: &mut Present) -> u64 {
    let files = history(world, day(from), day(to), present);
    for report in files
        .iter()
        .flat_map(|file| &file.reports)
        .filter(|r| r.fate != Fate::Spoilt)
    {
        present.add(report.school.npsn.clone(), report.counts.day);
    }
    files.iter().map(|file| file.envelope(world.seed).rows).sum()
}

#[test]
fn history_and_backlog_together_are_every_report_once() {
    let world = World::new(21, 80).unwrap();
    let mut present = Present::default();
    let sent = hold_all(&world, FROM, TO, &mut present);
    let rest = backlog(&world, day(FROM), day(TO), &present);
    let spoilt = rest.iter().filter(|r| r.fate == Fate::Spoilt).count() as u64;
    assert!(spoilt > 0 && rest.iter().any(|r| r.fate == Fate::Straggler));
    let all = world.reports(day(FROM), day(TO)).count() as u64;
    assert_eq!(sent - spoilt + rest.len() as u64, all);
    assert!(
        rest.is_sorted_by_key(|r| std::cmp::Reverse(r.counts.day)),
        "newest first"
    );
}

#[test]
fn a_second_start_sends_only_the_days_that_are_new() {
    let world = World::new(22, 80).unwrap();
    let mut present = Present::default();
    hold_all(&world, FROM, TO, &mut present);
    assert_eq!(hold_all(&world, FROM, TO, &mut present), 0, "nothing is left to send");

    let files = history(&world, day(FROM), day("2025-02-18"), &present);
    assert!(!files.is_empty());
    let days: HashSet<_> = files.iter().flat_map(|f| &f.reports).map(|r| r.counts.day).collect();
    assert!(days.iter().all(|d| *d > day(TO)), "{days:?}");
}

#[test]
fn files_are_monthly_per_kecamatan_oldest_first_with_late_rows_last() {
    let world = World::new(23, 120).unwrap();
    let files = history(&world, day(FROM), day(TO), &Present::default());
    assert_eq!(files.len(), 28);
    assert!(files[0].name.ends_with("_2025-01.csv") && files[27].name.ends_with("_2025-02.csv"));
    for file in &files {
        assert!(file.reports.iter().all(|r| r.school.kecamatan == file.kecamatan));
        assert!(file.reports.is_sorted_by_key(|r| r.fate == Fate::Late));
    }
    assert!(files.iter().any(|f| f.reports.iter().any(|r| r.fate == Fate::Late)));
}

#[test]
fn offices_have_their_own_habits() {
    let world = World::new(24, 60).unwrap();
    let files = history(&world, day(FROM), day(TO), &Present::default());
    let first_line = |file: &crate::MonthlyFile<'_>| {
        String::from_utf8(file.envelope(24).body)
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .to_owned()
    };
    let headers: HashSet<_> = files.iter().map(first_line).collect();
    assert!(headers.contains("Tanggal;NPSN;Nama Sekolah;Jenjang;Kode Kecamatan;Jumlah Siswa;Hadir;Sakit;Izin;Alpa"));
    assert!(
        headers.iter().any(|h| h.starts_with("\u{feff}\"TANGGAL\"")),
        "{headers:?}"
    );
    assert!(headers.iter().any(|h| h.contains('\t')));
    assert_eq!(headers.len(), 4);
    assert_eq!(Habit::of("35.03.04"), Habit::of("35.03.08"));
}

#[test]
fn idempotency_keys_follow_the_content() {
    let world = World::new(25, 30).unwrap();
    let key = |seed, file: usize| {
        history(&world, day(FROM), day(TO), &Present::default())[file]
            .envelope(seed)
            .idempotency_key()
    };
    assert_eq!(key(25, 0), key(25, 0));
    assert_ne!(key(25, 0), key(25, 1));
}
