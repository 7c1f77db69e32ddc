//! A day that was lived leaves the hub with the same rows as a day that came with the history.

use super::day;
use crate::{Envelope, Size, World, feed};
use chrono::{Days, NaiveDate};
use std::collections::BTreeSet;

/// Keys of the rows of a payload of JSON lines, or of a FHIR bundle.
fn keys(envelope: &Envelope) -> Vec<String> {
    let text = String::from_utf8(envelope.body.clone()).unwrap();
    if envelope.content_type == "application/fhir+json" {
        let bundle: serde_json::Value = serde_json::from_str(&text).unwrap();
        return vec![bundle["entry"][0]["resource"]["id"].as_str().unwrap().to_owned()];
    }
    let row = |line: &str| -> String {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let parts = ["kunjungan_id", "event_id", "kode_penyakit", "periode_mulai", "sumber"];
        parts
            .map(|part| row[part].as_str().unwrap_or_default())
            .join("~")
            .trim_matches('~')
            .to_owned()
    };
    text.lines().map(row).collect()
}

fn sent(world: &World, dataset: &str, from: NaiveDate, to: NaiveDate, lived: u64) -> BTreeSet<String> {
    let feeds = feed::all(world);
    let feed = feeds.iter().find(|f| f.dataset() == dataset).unwrap();
    let mut all = BTreeSet::new();
    for shipment in feed.history(world, from, to).unwrap() {
        all.extend(keys(&shipment.envelope(world).unwrap()));
    }
    for ahead in 1..=lived {
        for timed in feed.live(world, to + Days::new(ahead)).unwrap() {
            all.extend(keys(&timed.envelope));
        }
    }
    all
}

#[test]
fn a_lived_week_brings_what_a_history_brings() {
    let size = Size {
        people: 0.004,
        activity: 0.05,
        schools: 20,
    };
    let (from, to) = (day("2026-09-01"), day("2026-09-17"));
    let world = World::with_stories(5, size, (from, to)).unwrap();
    for dataset in ["kunjungan_puskesmas", "peristiwa_kependudukan", "kasus_penyakit"] {
        let lived = sent(&world, dataset, from, to, 7);
        let told = sent(&world, dataset, from, to + Days::new(7), 0);
        assert!(told.len() > 20, "{dataset}: {}", told.len());
        assert_eq!(lived, told, "{dataset}");
    }
}

#[test]
fn a_bundle_points_only_at_what_it_holds() {
    let world = World::new(5, 1).unwrap();
    let feeds = feed::all(&world);
    let feed = feeds.iter().find(|f| f.dataset() == "kunjungan_puskesmas").unwrap();
    let mut bundles = 0;
    for timed in feed.live(&world, day("2026-09-14")).unwrap() {
        if timed.envelope.content_type != "application/fhir+json" {
            continue;
        }
        bundles += 1;
        let bundle: serde_json::Value = serde_json::from_slice(&timed.envelope.body).unwrap();
        let entries = bundle["entry"].as_array().unwrap();
        let held: BTreeSet<_> = entries.iter().map(|e| e["fullUrl"].as_str().unwrap()).collect();
        let encounter = &entries[0]["resource"];
        let mut asked = vec![encounter["subject"]["reference"].as_str().unwrap()];
        for diagnosis in encounter["diagnosis"].as_array().into_iter().flatten() {
            asked.push(diagnosis["condition"]["reference"].as_str().unwrap());
        }
        assert!(asked.iter().all(|reference| held.contains(reference)), "{bundle}");
    }
    assert!(bundles > 100, "{bundles}");
}

#[test]
fn visits_of_mothers_have_a_number_as_often_as_others() {
    use crate::health::{disease::Ages, visit::visits};
    let mut world = World::new(6, 1).unwrap();
    world.size.activity = 1.0;
    let (mut mothers, mut others) = ((0, 0), (0, 0));
    for date in day("2026-05-04").iter_days().take(5) {
        for visit in (0..world.regions.centres.len()).flat_map(|centre| visits(&world, centre, date)) {
            let sum = if visit.disease.ages == Ages::Mothers {
                assert!(visit.female, "{visit:?}");
                &mut mothers
            } else {
                &mut others
            };
            sum.0 += usize::from(visit.nik.is_none());
            sum.1 += 1;
        }
    }
    let share = |sum: (usize, usize)| sum.0 as f64 / sum.1 as f64;
    assert!((share(mothers) - share(others)).abs() < 0.05, "{mothers:?} {others:?}");
    assert!((0.08..0.2).contains(&share(others)), "{others:?}");
}

#[test]
fn respiratory_infections_are_the_most_common_diagnosis() {
    use crate::health::visit::visits;
    let world = World::new(6, 1).unwrap();
    let mut counts: std::collections::BTreeMap<&str, usize> = Default::default();
    for date in ["2026-01-14", "2026-04-15", "2026-08-12", "2026-10-14"].map(day) {
        for visit in (0..world.regions.centres.len()).flat_map(|centre| visits(&world, centre, date)) {
            let name = match visit.disease.slug {
                "ispa" | "ili" => "respiratory",
                _ => visit.disease.written[0],
            };
            *counts.entry(name).or_default() += 1;
        }
    }
    let all: usize = counts.values().sum();
    let most = counts.iter().max_by_key(|count| count.1).unwrap();
    assert_eq!(*most.0, "respiratory");
    let share = *most.1 as f64 / all as f64;
    assert!((0.2..0.3).contains(&share), "{share}");
}
