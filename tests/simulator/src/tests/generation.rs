use super::day;
use crate::{Fate, Size, World, attendance_csv_until, facts, feed, schools, weekly_cases};
use std::collections::{BTreeMap, HashSet};

/// A world small enough to be rendered whole.
fn small(seed: u64) -> World {
    let size = Size {
        people: 0.004,
        activity: 0.02,
        schools: 40,
    };
    World::with_stories(seed, size, (day("2026-08-01"), day("2026-09-10"))).unwrap()
}

/// Everything that a world sends of six weeks and on one lived day: dataset, name, bytes.
fn bytes(seed: u64) -> Vec<(&'static str, String, Vec<u8>)> {
    let world = small(seed);
    let mut all = Vec::new();
    for feed in feed::all(&world) {
        for shipment in feed.history(&world, world.span.0, world.span.1).unwrap() {
            let envelope = shipment.envelope(&world).unwrap();
            all.push((envelope.dataset, envelope.name, envelope.body));
        }
        for timed in feed.live(&world, day("2026-09-11")).unwrap() {
            all.push((timed.envelope.dataset, timed.envelope.name, timed.envelope.body));
        }
    }
    all
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_other_ones() {
    let (first, again, other) = (bytes(7), bytes(7), bytes(8));
    assert!(first == again, "same seed, same bytes");
    let datasets: HashSet<_> = first.iter().map(|f| f.0).collect();
    for dataset in datasets {
        let own = |all: &[(&str, String, Vec<u8>)]| -> Vec<Vec<u8>> {
            all.iter().filter(|f| f.0 == dataset).map(|f| f.2.clone()).collect()
        };
        // Places, holidays, institutions and diseases are facts; the villages of a catchment are, too.
        let fact = [
            "wilayah",
            "padanan_kecamatan",
            "instansi",
            "suksesi_instansi",
            "hari_libur",
            "kalender_pendidikan",
        ];
        let fact = fact.contains(&dataset) || ["faskes", "wilayah_kerja_puskesmas", "penyakit"].contains(&dataset);
        if fact {
            assert!(own(&first) == own(&other), "{dataset} does not depend on the seed");
        } else if own(&first) == own(&other) {
            // The catalogue of services is a fact as well.
            assert!(
                feed::all(&small(7))
                    .iter()
                    .any(|f| f.dataset() == dataset && f.reference()),
                "{dataset}"
            );
        }
    }
}

#[test]
fn every_feed_sends_something_and_counts_its_rows() {
    let world = small(7);
    for feed in feed::all(&world) {
        let shipments = feed.history(&world, world.span.0, world.span.1).unwrap();
        let rows: u64 = shipments.iter().map(|s| s.envelope(&world).unwrap().rows).sum();
        assert!(rows > 0, "{}", feed.dataset());
        for shipment in &shipments {
            assert_eq!(shipment.dataset, feed.dataset());
            let envelope = shipment.envelope(&world).unwrap();
            let lines = envelope.body.iter().filter(|b| **b == b'\n').count() as u64;
            match envelope.content_type {
                "application/x-ndjson" => assert_eq!(lines, envelope.rows, "{}", shipment.name),
                text if text.starts_with("text/csv") => assert_eq!(lines, envelope.rows + 1, "{}", shipment.name),
                _ => {}
            }
        }
    }
}

#[test]
fn no_number_of_a_person_can_be_a_real_one() {
    for (dataset, name, body) in bytes(7) {
        let text = String::from_utf8_lossy(&body);
        // Workbooks are compressed, the national list of holidays has no such numbers.
        for digits in text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|part| part.len() == 16)
        {
            assert!(digits.starts_with("99"), "{dataset} {name}: {digits}");
        }
    }
}

#[test]
fn a_small_world_is_the_beginning_of_a_large_one() {
    let (small, large) = (schools(3, 120).unwrap(), schools(3, 1250).unwrap());
    assert_eq!(small, large[..120]);
    let distinct: HashSet<_> = large.iter().map(|school| &school.npsn).collect();
    assert_eq!(distinct.len(), large.len());
    let names: HashSet<_> = large.iter().map(|school| &school.name).collect();
    assert_eq!(names.len(), large.len());
    let places: HashSet<_> = small.iter().map(|school| &school.kecamatan).collect();
    assert_eq!(places.len(), 14, "every kecamatan has a school");
}

#[test]
fn no_school_can_be_taken_for_a_real_one() {
    for school in schools(5, 1250).unwrap() {
        assert!(
            school.npsn.len() == 8 && school.npsn.starts_with("99"),
            "{}",
            school.npsn
        );
        assert!(school.name.contains(" Simulasi "), "{}", school.name);
    }
}

#[test]
fn counts_always_add_up_and_absence_is_plausible() {
    let world = World::new(11, 200).unwrap();
    let (mut enrolled, mut absent, mut sick, mut unreported, mut all) = (0u64, 0u64, 0u64, 0u64, 0u64);
    for school in &world.schools {
        for date in day("2024-07-15").iter_days().take(365) {
            let Some(report) = world.report(school, date) else {
                continue;
            };
            let counts = &report.counts;
            assert_eq!(
                counts.present + counts.sick + counts.excused + counts.unexcused,
                counts.enrolled
            );
            assert!(counts.present > 0 || counts.enrolled < 10, "{counts:?}");
            enrolled += u64::from(counts.enrolled);
            sick += u64::from(counts.sick);
            absent += u64::from(counts.enrolled - counts.present);
            unreported += u64::from(matches!(report.fate, Fate::Straggler | Fate::Never));
            all += 1;
        }
    }
    let rate = absent as f64 / enrolled as f64;
    assert!((0.02..0.05).contains(&rate), "baseline absence is 2 to 5 %: {rate}");
    assert!(sick * 10 > absent * 3, "illness is a large part of absence");
    let missing = unreported as f64 / all as f64;
    assert!((0.02..0.12).contains(&missing), "{missing}");
}

#[test]
fn mondays_and_rainy_months_have_more_illness() {
    let world = World::new(12, 250).unwrap();
    let mut by_weekday: BTreeMap<_, (u64, u64)> = BTreeMap::new();
    let mut by_half: BTreeMap<_, (u64, u64)> = BTreeMap::new();
    for report in world.reports(day("2024-07-15"), day("2025-06-20")) {
        use chrono::Datelike;
        let date = report.counts.day;
        let rainy = matches!(date.month(), 11 | 12 | 1..=4);
        for sum in [
            by_weekday.entry(date.weekday().num_days_from_monday()).or_default(),
            by_half.entry(u32::from(rainy)).or_default(),
        ] {
            sum.0 += u64::from(report.counts.sick);
            sum.1 += u64::from(report.counts.enrolled);
        }
    }
    let rate = |sum: (u64, u64)| sum.0 as f64 / sum.1 as f64;
    assert!(
        rate(by_weekday[&0]) > 1.1 * rate(by_weekday[&2]),
        "Monday above Wednesday: {by_weekday:?}"
    );
    assert!(
        rate(by_half[&1]) > 1.1 * rate(by_half[&0]),
        "rain above dry: {by_half:?}"
    );
}

#[test]
fn facts_are_complete() {
    let kecamatan = facts::kecamatan().unwrap();
    assert_eq!(kecamatan.len(), 14);
    assert_eq!(kecamatan.iter().map(|k| k.villages.len()).sum::<usize>(), 157);
    assert_eq!(kecamatan.iter().map(|k| k.health_centres.len()).sum::<usize>(), 22);
    assert_eq!(kecamatan.iter().map(|k| k.population).sum::<u32>(), 753_810);
    let rows: Vec<_> = crate::reference_envelopes()
        .unwrap()
        .into_iter()
        .map(|e| (e.dataset, e.rows))
        .collect();
    assert_eq!(rows[..2], [("wilayah", 173), ("padanan_kecamatan", 14)]);
    assert_eq!(rows.len(), 5);
}

#[test]
fn reference_data_keep_the_rules_of_their_contracts() {
    let sheets: BTreeMap<_, _> = crate::reference_envelopes()
        .unwrap()
        .into_iter()
        .map(|e| (e.dataset, e.body))
        .collect();
    let rows = |dataset: &str| {
        let mut reader = csv::Reader::from_reader(sheets[dataset].as_slice());
        reader
            .deserialize::<BTreeMap<String, String>>()
            .map(Result::unwrap)
            .collect::<Vec<_>>()
    };
    for row in rows("kalender_pendidikan") {
        let (from, to) = row["tahun_ajaran"].split_once('/').unwrap();
        assert_eq!(from.parse::<u32>().unwrap() + 1, to.parse::<u32>().unwrap(), "{row:?}");
        assert!(row["mulai"] <= row["selesai"], "{row:?}");
    }
    for row in rows("wilayah") {
        assert!(
            row["kode_induk"].is_empty() || row["kode"].starts_with(&format!("{}.", row["kode_induk"])),
            "{row:?}"
        );
    }
    let institutions: BTreeMap<_, _> = rows("instansi")
        .into_iter()
        .map(|row| (row["kode"].clone(), row))
        .collect();
    for ended in ["5", "8", "15", "20", "22", "42"] {
        assert_eq!(institutions[ended]["tahun_selesai"], "2025", "{ended}");
    }
    assert_eq!(
        institutions["2"]["tahun_selesai"], "",
        "a 2 inside 42+20 is not a predecessor"
    );
    assert_eq!(institutions["43"]["id"], "dikpora");
}

#[test]
fn weekly_cases_cover_the_health_centres_and_dengue_follows_the_rain() {
    let mut world = World::new(9, 1).unwrap();
    world.size.activity = 1.0;
    let dengue = |sunday| -> u32 {
        let weeks = day(sunday).iter_weeks().take(6);
        weeks
            .flat_map(|w| weekly_cases(&world, w))
            .filter(|c| c.code == "C")
            .map(|c| c.cases)
            .sum()
    };
    assert!(dengue("2025-02-09") > 2 * dengue("2025-08-10"));
    let week = weekly_cases(&world, day("2025-02-12"));
    assert!(
        week.iter()
            .all(|c| c.from == day("2025-02-09") && c.to == day("2025-02-15"))
    );
    let centres: HashSet<_> = week.iter().map(|c| &c.source).collect();
    assert!((17..=22).contains(&centres.len()), "{}", centres.len());
}

#[test]
fn bulk_rows_are_exact_unique_and_add_up() {
    for rows in [1, 999, 20_001] {
        let mut out = Vec::new();
        attendance_csv_until(rows, 4, day("2025-06-20"), &mut out).unwrap();
        let mut again = Vec::new();
        attendance_csv_until(rows, 4, day("2025-06-20"), &mut again).unwrap();
        assert_eq!(out, again);
        let mut reader = csv::Reader::from_reader(out.as_slice());
        let mut seen = HashSet::new();
        for record in reader.records() {
            let record = record.unwrap();
            let count = |i: usize| record[i].parse::<u32>().unwrap();
            assert_eq!(count(5), count(6) + count(7) + count(8) + count(9), "{record:?}");
            assert!(record[0] <= *"2025-06-20", "{record:?}");
            assert!(seen.insert((record[0].to_owned(), record[1].to_owned())), "{record:?}");
        }
        assert_eq!(seen.len() as u64, rows);
    }
}
