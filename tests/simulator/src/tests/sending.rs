//! The daily recap on its way: which report comes when, in whose habit.

use super::day;
use crate::{
    Fate, Habit, World,
    feed::{
        Feed,
        absensi_harian_sekolah::{Recaps, later, on_time},
        periods::{Period, months_and_days, months_and_weeks},
    },
};
use std::collections::{HashMap, HashSet};

const FROM: &str = "2025-01-01";
const TO: &str = "2025-02-14";

fn period(from: &str, to: &str) -> Period {
    Period {
        from: day(from),
        to: day(to),
    }
}

#[test]
fn every_report_is_sent_once_and_a_spoilt_one_again() {
    let world = World::new(21, 80).unwrap();
    let mut times: HashMap<(String, chrono::NaiveDate), Vec<Fate>> = HashMap::new();
    let mut note = |reports: Vec<crate::Report<'_>>| {
        for report in reports {
            let key = (report.school.npsn.clone(), report.counts.day);
            times.entry(key).or_default().push(report.fate);
        }
    };
    for place in 0..14 {
        note(on_time(&world, place, period(FROM, TO)));
    }
    // Stragglers of the last days come up to forty days later.
    for date in day(FROM).iter_days().take_while(|d| *d <= day("2025-03-30")) {
        note(
            later(&world, day(FROM), date)
                .into_iter()
                .filter(|r| r.counts.day <= day(TO))
                .collect(),
        );
    }
    let mut fates = HashSet::new();
    for report in world.reports(day(FROM), day(TO)) {
        let sent = &times[&(report.school.npsn.clone(), report.counts.day)];
        match report.fate {
            Fate::Spoilt => assert_eq!(sent[..], [Fate::Spoilt, Fate::Straggler]),
            fate => assert_eq!(sent[..], [fate]),
        }
        fates.insert(format!("{:?}", report.fate));
    }
    assert_eq!(times.len(), world.reports(day(FROM), day(TO)).count());
    assert_eq!(fates.len(), 4, "{fates:?}");
}

#[test]
fn a_later_end_adds_files_and_keeps_those_of_months_that_were_over() {
    let world = World::new(22, 80).unwrap();
    let names = |to: &str| -> Vec<(String, Vec<u8>)> {
        let shipments = Recaps.history(&world, day(FROM), day(to)).unwrap();
        let file = |s: &crate::feed::Shipment| (s.name.clone(), s.envelope(&world).unwrap().body);
        shipments.iter().map(file).collect()
    };
    let (before, after) = (names(TO), names("2025-02-15"));
    assert!(before.iter().all(|file| after.contains(file)), "nothing is sent twice");
    let new: Vec<_> = after
        .iter()
        .filter(|f| !before.contains(f))
        .map(|f| f.0.as_str())
        .collect();
    assert!(
        !new.is_empty() && new.iter().all(|name| name.contains("2025-02-15")),
        "{new:?}"
    );
}

#[test]
fn months_that_are_over_are_one_file_and_the_running_month_many() {
    let labels = |all: Vec<Period>| all.into_iter().map(Period::label).collect::<Vec<_>>();
    assert_eq!(
        labels(months_and_days(day("2025-01-30"), day("2025-03-02"))),
        ["2025-01-30_31", "2025-02", "2025-03-01", "2025-03-02"]
    );
    assert_eq!(
        labels(months_and_weeks(day("2025-01-01"), day("2025-02-11"))),
        ["2025-01", "2025-02-01_02", "2025-02-03_09", "2025-02-10", "2025-02-11"]
    );
}

#[test]
fn late_rows_stand_at_the_end_of_their_file() {
    let world = World::new(23, 120).unwrap();
    let mut late = 0;
    for place in 0..14 {
        let reports = on_time(&world, place, period(FROM, "2025-01-31"));
        let code = world.regions.code(place);
        assert!(reports.iter().all(|r| r.school.kecamatan == code));
        assert!(reports.is_sorted_by_key(|r| r.fate == Fate::Late));
        late += reports.iter().filter(|r| r.fate == Fate::Late).count();
    }
    assert!(late > 0);
}

#[test]
fn offices_have_their_own_habits() {
    let world = World::new(24, 60).unwrap();
    let files = Recaps.history(&world, day(FROM), day("2025-01-31")).unwrap();
    let headers: HashSet<_> = files
        .iter()
        .map(|file| {
            let text = String::from_utf8(file.envelope(&world).unwrap().body).unwrap();
            text.lines().next().unwrap().to_owned()
        })
        .collect();
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
    let files = Recaps.history(&world, day(FROM), day(TO)).unwrap();
    let key = |file: usize| files[file].envelope(&world).unwrap().idempotency_key();
    assert_eq!(key(0), key(0));
    assert_ne!(key(0), key(1));
}
