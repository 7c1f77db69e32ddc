use super::day;
use crate::{
    World,
    people::{event::Kind, person::Status},
};
use std::collections::{BTreeMap, HashSet};

#[test]
fn every_number_is_made_up_and_given_out_once() {
    let world = World::new(31, 1).unwrap();
    let registry = world.registry();
    let mut niks = HashSet::new();
    for person in &registry.persons {
        let nik = person.nik();
        assert!(nik.len() == 16 && nik.starts_with("99"), "{nik}");
        assert!(niks.insert(nik));
    }
    let cards: HashSet<_> = registry.families.iter().map(|f| f.number()).collect();
    assert_eq!(cards.len(), registry.families.len());
    assert!(cards.iter().all(|c| c.len() == 16 && c.starts_with("99")));
}

#[test]
fn ages_households_and_rates_are_plausible() {
    let world = World::new(32, 1).unwrap();
    let registry = world.registry();
    let date = day("2026-01-01");
    let (persons, families) = registry.on(date);
    let active: Vec<_> = persons.iter().filter(|p| p.status == Status::Active).collect();
    let share = |from: u32, to: u32| {
        active.iter().filter(|p| (from..=to).contains(&p.age(date))).count() as f64 / active.len() as f64
    };
    assert!((14_000..16_500).contains(&active.len()), "{}", active.len());
    assert!((0.115..0.155).contains(&share(5, 14)), "5 to 14: {}", share(5, 14));
    assert!(
        (0.09..0.15).contains(&share(65, 120)),
        "65 and more: {}",
        share(65, 120)
    );
    let filled = families.iter().filter(|f| !f.members.is_empty()).count();
    let size = active.len() as f64 / filled as f64;
    assert!((2.6..3.1).contains(&size), "{size}");
    let women = active.iter().filter(|p| p.female).count() as f64 / active.len() as f64;
    assert!((0.47..0.53).contains(&women), "{women}");
    let mut by_kind: BTreeMap<&str, usize> = BTreeMap::new();
    for event in registry.recorded(day("2025-01-01"), day("2025-12-31")) {
        *by_kind.entry(event.kind.word()).or_default() += 1;
    }
    let rate = |kind: &str| by_kind[kind] as f64 / active.len() as f64 * 1000.0;
    assert!((9.0..14.0).contains(&rate("lahir")), "{by_kind:?}");
    assert!((6.5..11.0).contains(&rate("mati")), "{by_kind:?}");
    assert!((5.5..9.0).contains(&rate("kawin")), "{by_kind:?}");
    assert!((0.05..0.072).contains(&share(0, 4)), "0 to 4: {}", share(0, 4));
    // About 750 people a month each way in the regency of 753,810: 12 per 1,000 and year.
    let events = registry.recorded(day("2024-01-01"), day("2025-12-31"));
    let moved = |kind: Kind| -> f64 {
        let own = events.iter().filter(|e| e.kind == kind && e.outside.is_some());
        own.map(|e| f64::from(e.persons)).sum::<f64>() / active.len() as f64 * 500.0
    };
    for kind in [Kind::Arrival, Kind::Departure] {
        assert!((9.0..15.0).contains(&moved(kind)), "{kind:?} {}", moved(kind));
    }
    let names: HashSet<_> = active.iter().map(|p| p.full_name()).collect();
    assert!(names.len() < active.len(), "namesakes exist");
}

#[test]
fn the_balance_of_a_village_is_its_start_plus_its_events() {
    let world = World::new(33, 1).unwrap();
    let registry = world.registry();
    let count = |text: &str| -> Vec<i64> {
        let rows = registry.balance(day(text)).into_iter();
        rows.map(|r| i64::from(r[0] + r[1])).collect()
    };
    let mut expected = count("2025-07-01");
    for event in registry.recorded(day("2025-07-01"), day("2025-12-31")) {
        let n = i64::from(event.persons);
        match event.kind.word() {
            "lahir" | "datang" => expected[usize::from(event.to.unwrap())] += n,
            "mati" => expected[usize::from(event.from.unwrap())] -= n,
            "pindah" => {
                expected[usize::from(event.from.unwrap())] -= n;
                if let Some(to) = event.to {
                    expected[usize::from(to)] += n;
                }
            }
            _ => {}
        }
    }
    assert_eq!(expected, count("2026-01-01"));
}

#[test]
fn families_hold_exactly_the_people_who_are_registered() {
    let world = World::new(34, 1).unwrap();
    let (persons, families) = world.registry().on(day("2026-06-01"));
    let mut seen = HashSet::new();
    for (index, family) in families.iter().enumerate() {
        for member in &family.members {
            let person = &persons[*member as usize];
            assert_eq!((person.family, person.village), (index as u32, family.village));
            assert!(person.status == Status::Active && seen.insert(*member));
        }
    }
    assert_eq!(
        seen.len(),
        persons.iter().filter(|p| p.status == Status::Active).count()
    );
}
