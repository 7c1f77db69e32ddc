//! Stories against the same world without them, and the answer key against what the feeds send.

use super::day;
use crate::{
    Size, StoryAnswer, World,
    attendance::{self, by_class},
    feed::{absensi_kelas, absensi_siswa},
    health::visit::visits,
    pupil,
    school::Reporting,
};
use chrono::NaiveDate;
use std::collections::HashSet;

const SIZE: Size = Size {
    people: 0.004,
    activity: 0.1,
    schools: 120,
};

/// The world with its stories and the same without.
fn worlds(seed: u64) -> (World, World) {
    let span = (day("2025-08-01"), day("2026-07-31"));
    let told = World::with_stories(seed, SIZE, span).unwrap();
    let mut plain = told.clone();
    plain.stories = Default::default();
    (told, plain)
}

fn of_kind<'a>(answers: &'a [StoryAnswer], kind: &'a str) -> impl Iterator<Item = &'a StoryAnswer> {
    answers.iter().filter(move |a| a.kind == kind)
}

/// Sick, excused and unexcused pupils of the named schools on a day with lessons.
fn absent(world: &World, units: &[String], date: NaiveDate) -> i64 {
    let schools = world
        .schools
        .iter()
        .filter(|s| units.contains(&s.npsn) && world.teaches(s, date));
    let counts = schools.flat_map(|s| by_class(world, s, date));
    counts.map(|(_, c)| i64::from(c.enrolled - c.present)).sum()
}

#[test]
fn stories_are_drawn_from_the_seed_and_do_not_depend_on_the_span() {
    let (told, _) = worlds(1);
    assert_eq!(told.answers(), worlds(1).0.answers());
    assert_ne!(told.answers(), worlds(2).0.answers());
    let kinds: HashSet<_> = told.answers().into_iter().map(|a| a.kind).collect();
    for kind in ["outbreak", "silence", "halving", "local_holiday", "name_conflict"] {
        assert!(kinds.contains(kind), "{kind} in {kinds:?}");
    }
    let longer = World::with_stories(1, SIZE, (day("2024-08-01"), day("2026-07-31"))).unwrap();
    let outbreaks = |world: &World| -> Vec<_> {
        let all = world.answers();
        of_kind(&all, "outbreak")
            .filter(|a| a.from >= day("2025-08-01"))
            .cloned()
            .collect()
    };
    assert_eq!(outbreaks(&told), outbreaks(&longer));
}

#[test]
fn an_outbreak_is_seen_at_its_schools_and_its_health_centre_and_nowhere_before() {
    let (told, plain) = worlds(3);
    let answers = told.answers();
    assert!(of_kind(&answers, "outbreak").count() >= 4);
    for answer in of_kind(&answers, "outbreak") {
        let (first, fifth) = (answer.first_case.unwrap(), answer.fifth_case.unwrap());
        assert!(
            answer.from <= first && first <= fifth && fifth <= answer.until,
            "{answer:?}"
        );
        let own = |date: NaiveDate| -> u32 {
            let schools = told.schools.iter().filter(|s| answer.units.contains(&s.npsn));
            let classes = schools.flat_map(|s| by_class(&told, s, date).into_iter().map(move |c| (s, c.0)));
            classes
                .map(|(s, c)| told.stories.ill(s, &c.name, date).len() as u32)
                .sum()
        };
        assert!(own(first) >= 1, "the first case is ill on its day: {answer:?}");
        let days = answer.from.iter_days().take_while(|d| *d <= answer.until);
        let (mut more, mut seen) = (0, 0);
        for date in days {
            more += absent(&told, &answer.units, date) - absent(&plain, &answer.units, date);
            let slug = answer.disease.as_deref().unwrap();
            let count = |world: &World| -> i64 {
                let centres = 0..world.regions.centres.len();
                let own = centres.filter(|c| {
                    answer
                        .places
                        .contains(&world.regions.code(world.regions.centres[*c].kecamatan).to_owned())
                });
                own.flat_map(|c| visits(world, c, date))
                    .filter(|v| v.disease.slug == slug)
                    .count() as i64
            };
            seen += count(&told) - count(&plain);
        }
        assert!(more >= 5, "absence rises by {more}: {answer:?}");
        assert!(seen >= 1, "visits rise by {seen}: {answer:?}");
    }
    // Before anything is told, both worlds are the same.
    let quiet = day("2025-01-15");
    let npsn: Vec<_> = told.schools.iter().map(|s| s.npsn.clone()).collect();
    assert_eq!(absent(&told, &npsn, quiet), absent(&plain, &npsn, quiet));
}

#[test]
fn patients_of_a_school_outbreak_are_of_the_ages_of_its_classes() {
    let (mut young, mut all) = (0, 0);
    for seed in [3, 8, 9] {
        let (told, plain) = worlds(seed);
        for answer in of_kind(&told.answers(), "outbreak") {
            let kinds: HashSet<_> = told
                .schools
                .iter()
                .filter(|s| answer.units.contains(&s.npsn))
                .map(|s| s.kind)
                .collect();
            let ages = kinds
                .iter()
                .flat_map(|kind| kind.grades())
                .map(|grade| if grade == 0 { 5 } else { grade + 6 });
            let (low, high) = (ages.clone().min().unwrap() - 1, ages.max().unwrap() + 1);
            let slug = answer.disease.as_deref().unwrap();
            for date in answer.from.iter_days().take_while(|d| *d <= answer.until) {
                for centre in 0..told.regions.centres.len() {
                    let usual: HashSet<_> = visits(&plain, centre, date).into_iter().map(|v| v.arrived).collect();
                    let more = visits(&told, centre, date)
                        .into_iter()
                        .filter(|v| v.disease.slug == slug && !usual.contains(&v.arrived));
                    for visit in more {
                        all += 1;
                        young += usize::from((low..=high).contains(&(visit.age_days / 365)));
                    }
                }
            }
        }
    }
    assert!(all > 100, "{all}");
    assert!(
        young * 10 > all * 7 && young < all,
        "{young} of {all} are of the age of the school"
    );
}

/// Share of the ill among the absent, and of the absent among all, of each day of the named schools with absence.
fn looks(world: &World, answer: &StoryAnswer) -> Vec<[f64; 2]> {
    let mut all = Vec::new();
    for date in answer.from.iter_days().take_while(|d| *d <= answer.until) {
        let own = world.schools.iter().filter(|s| answer.units.contains(&s.npsn));
        for school in own.filter(|s| world.teaches(s, date)) {
            let counts = crate::attendance::attendance(world, school, date);
            let away = counts.enrolled - counts.present;
            if away >= 4 && away * 25 > counts.enrolled {
                all.push([
                    f64::from(counts.sick) / f64::from(away),
                    f64::from(away) / f64::from(counts.enrolled),
                ]);
            }
        }
    }
    all
}

/// The best share of right answers that a threshold on one number gives, both sides counting the same.
fn best(ill: &[[f64; 2]], calm: &[[f64; 2]], number: usize) -> f64 {
    let above = |all: &[[f64; 2]], cut: f64| all.iter().filter(|x| x[number] > cut).count() as f64 / all.len() as f64;
    let cuts = (0..=100).map(|cut| f64::from(cut) / 100.0);
    let right = cuts.map(|cut| 0.5 + (above(ill, cut) - above(calm, cut)).abs() / 2.0);
    right.fold(0.0, f64::max)
}

#[test]
fn look_alikes_are_told_from_outbreaks_by_no_single_number() {
    let (mut ill, mut calm, mut longest) = (Vec::new(), Vec::new(), 0);
    for seed in 1..=12 {
        let (told, plain) = worlds(seed);
        let answers = told.stories.answers(told.span);
        for answer in answers.iter().filter(|a| a.kind == "outbreak") {
            ill.extend(looks(&told, answer));
        }
        let at_home = |a: &&StoryAnswer| matches!(a.kind.as_str(), "local_holiday" | "flood" | "harvest");
        for answer in answers.iter().filter(at_home) {
            calm.extend(looks(&told, answer));
            longest = longest.max((answer.until - answer.from).num_days());
        }
        for answer in answers.iter().filter(|a| a.expected == "none" && a.kind != "outbreak") {
            let open = told
                .schools
                .iter()
                .find(|s| answer.units.contains(&s.npsn) && told.teaches(s, answer.from));
            let (with, without) = (
                absent(&told, &answer.units, answer.from),
                absent(&plain, &answer.units, answer.from),
            );
            assert!(open.is_none() || with >= without, "{with} of {without}: {answer:?}");
        }
    }
    assert!(ill.len() > 60 && calm.len() > 60, "{} {}", ill.len(), calm.len());
    assert!(longest >= 5, "some last as long as outbreaks: {longest}");
    for number in 0..2 {
        let right = best(&ill, &calm, number);
        assert!(right < 0.86, "a threshold on number {number} is right in {right}");
    }
}

#[test]
fn exams_and_trips_raise_leave_alone() {
    let mut seen = 0;
    for seed in 1..=6 {
        let (told, plain) = worlds(seed);
        let answers = told.stories.answers(told.span);
        let alone = |a: &&StoryAnswer| {
            let same = |b: &&StoryAnswer| {
                (b.from..=b.until).contains(&a.from) && b.units.iter().any(|unit| a.units.contains(unit))
            };
            matches!(a.kind.as_str(), "exam" | "trip") && answers.iter().filter(same).count() == 1
        };
        for answer in answers.iter().filter(alone) {
            let sum = |world: &World, part: fn(&crate::Attendance) -> u32| -> i64 {
                let own = world.schools.iter().filter(|s| answer.units.contains(&s.npsn));
                let own = own.filter(|s| world.teaches(s, answer.from));
                own.map(|s| i64::from(part(&attendance::attendance(world, s, answer.from))))
                    .sum()
            };
            assert_eq!(sum(&told, |c| c.sick), sum(&plain, |c| c.sick), "{answer:?}");
            assert_eq!(sum(&told, |c| c.unexcused), sum(&plain, |c| c.unexcused), "{answer:?}");
            seen += usize::from(sum(&told, |c| c.excused) > sum(&plain, |c| c.excused));
        }
    }
    assert!(seen >= 4, "{seen}");
}

#[test]
fn illness_lasts_for_days() {
    let world = World::new(8, 40).unwrap();
    let (mut lengths, mut running) = (Vec::new(), std::collections::HashMap::new());
    let school_days = day("2026-08-03").iter_days().take(110);
    for date in school_days {
        for school in world.schools.iter().filter(|s| world.teaches(s, date)) {
            for (class, codes) in attendance::seats(&world, school, date) {
                for (seat, code) in codes.into_iter().enumerate() {
                    let key = (school.index, class.name.clone(), seat);
                    if code == 'S' {
                        *running.entry(key).or_insert(0) += 1;
                    } else if let Some(length) = running.remove(&key) {
                        lengths.push(length);
                    }
                }
            }
        }
    }
    let share = |range: std::ops::RangeInclusive<i32>| {
        lengths.iter().filter(|n| range.contains(n)).count() as f64 / lengths.len() as f64
    };
    assert!(lengths.len() > 500, "{}", lengths.len());
    assert!(share(2..=5) > 0.6, "{}", share(2..=5));
    assert!(share(6..=99) < 0.05, "{}", share(6..=99));
}

#[test]
fn a_silent_sender_sends_nothing_and_a_halved_one_about_half() {
    let (told, _) = worlds(5);
    let answers = told.answers();
    let mut checked = 0;
    for answer in answers
        .iter()
        .filter(|a| matches!(a.kind.as_str(), "silence" | "halving"))
    {
        if answer.datasets != ["absensi_harian_sekolah"] {
            continue;
        }
        let (mut due, mut sent) = (0, 0);
        for date in answer.from.iter_days().take_while(|d| *d <= answer.until) {
            let schools: Vec<_> = told.schools.iter().filter(|s| answer.units.contains(&s.npsn)).collect();
            due += schools.iter().filter(|s| told.teaches(s, date)).count();
            sent += told
                .reports(date, date)
                .filter(|r| answer.units.contains(&r.school.npsn))
                .count();
        }
        if due >= 20 {
            checked += 1;
            let share = sent as f64 / due as f64;
            match answer.kind.as_str() {
                "silence" => assert_eq!(sent, 0, "{answer:?}"),
                _ => assert!((0.25..0.7).contains(&share), "{share}: {answer:?}"),
            }
        }
    }
    assert!(checked > 0);
}

#[test]
fn pupils_add_up_to_classes_and_classes_to_schools() {
    let (told, _) = worlds(6);
    let (mut pupils, mut classes) = (0, 0);
    for date in ["2026-02-02", "2026-02-10", "2025-11-05"].map(day) {
        for school in told.schools.iter().filter(|s| told.teaches(s, date)) {
            let report = told.report(school, date).unwrap();
            let own = by_class(&told, school, date);
            let sum = |part: fn(&crate::Attendance) -> u32| own.iter().map(|(_, c)| part(c)).sum::<u32>();
            assert_eq!(sum(|c| c.enrolled), report.counts.enrolled);
            assert_eq!(sum(|c| c.present), report.counts.present);
            assert_eq!(sum(|c| c.sick), report.counts.sick);
            assert_eq!(
                sum(|c| c.excused) + sum(|c| c.unexcused),
                report.counts.excused + report.counts.unexcused
            );
            classes += usize::from(absensi_kelas::reports(&told, school, date));
            if school.reporting != Reporting::Pupils || !absensi_siswa::reports(&told, school, date) {
                continue;
            }
            for roll in &told.pupils().rolls[&school.index] {
                let Some((_, counts)) = own.iter().find(|(class, _)| class.name == roll.class.name) else {
                    continue;
                };
                // The rolls are those of the school year that runs at the end of the span.
                if pupil::year(&told) != 2026 || roll.pupils.len() < counts.enrolled as usize {
                    continue;
                }
                let seats = attendance::seats(&told, school, date);
                let seats = seats.iter().find(|(class, _)| class.name == roll.class.name);
                let codes = pupil::codes(&told, school, roll, &seats.unwrap().1, date);
                let count = |wanted: &str| codes.iter().filter(|(_, c)| wanted.contains(*c)).count() as u32;
                assert_eq!(count("S"), counts.sick);
                assert_eq!(count("I"), counts.excused);
                assert_eq!(count("A"), counts.unexcused);
                assert_eq!(count("HTD"), counts.present);
                pupils += codes.len();
            }
        }
    }
    assert!(pupils > 100 && classes > 10, "{pupils} {classes}");
}

#[test]
fn children_sit_in_one_class_and_conflicts_are_in_the_key() {
    let mut world = World::new(7, 120).unwrap();
    world.size.people = 0.02;
    let pupils = world.pupils();
    let all: Vec<_> = pupils.rolls.values().flatten().flat_map(|r| &r.pupils).collect();
    let ids: HashSet<_> = all.iter().map(|p| &p.id).collect();
    assert_eq!(ids.len(), all.len());
    let niks: Vec<_> = all.iter().filter_map(|p| p.nik.as_ref()).collect();
    assert_eq!(niks.iter().collect::<HashSet<_>>().len(), niks.len());
    assert!(
        niks.len() * 10 > all.len() * 2,
        "{} of {} are known to the registry",
        niks.len(),
        all.len()
    );
    assert!(niks.len() < all.len(), "some have no number");
    let registry: std::collections::HashMap<_, _> = world.registry().persons.iter().map(|p| (p.nik(), p)).collect();
    let mut differ = HashSet::new();
    for pupil in all.iter().filter(|p| p.nik.is_some()) {
        let person = registry[pupil.nik.as_ref().unwrap()];
        if person.full_name() != pupil.name || person.birth != pupil.birth {
            differ.insert(pupil.nik.clone().unwrap());
        }
    }
    let answers = world.answers();
    let told: HashSet<_> = answers
        .iter()
        .filter(|a| a.kind.ends_with("_conflict"))
        .flat_map(|a| a.units.clone())
        .collect();
    assert!(!told.is_empty());
    assert_eq!(differ, told);
}

#[test]
fn twins_namesakes_nameless_and_floods_are_in_the_key() {
    let world = World::with_stories(7, Size::SMALL, (day("2025-08-01"), day("2026-07-31"))).unwrap();
    let answers = world.answers();
    let registry: std::collections::HashMap<_, _> = world.registry().persons.iter().map(|p| (p.nik(), p)).collect();
    let one = |kind| of_kind(&answers, kind).next().unwrap_or_else(|| panic!("no {kind}"));
    let twins = one("twins");
    for nik in &twins.units {
        let person = registry[nik];
        let brothers = twins
            .units
            .iter()
            .filter(|other| *other != nik && registry[*other].birth == person.birth);
        assert!(brothers.count() >= 1, "{nik}");
    }
    let pupils = world.pupils();
    let without = pupils
        .rolls
        .values()
        .flatten()
        .flat_map(|r| &r.pupils)
        .filter(|p| p.nik.is_none())
        .count();
    assert_eq!(one("no_nik").units.len(), without);
    let mut floods = 0;
    for answer in of_kind(&answers, "weather_flood") {
        let place = world.regions.kecamatan_of(&answer.places[0]).unwrap();
        for date in answer.from.iter_days().take_while(|d| *d <= answer.until) {
            assert!(world.weather.flood(place, date), "{answer:?}");
        }
        floods += (answer.until - answer.from).num_days() + 1;
    }
    let days = day("2025-08-01").iter_days().take(365);
    let wet: usize = days
        .map(|date| (0..14).filter(|place| world.weather.flood(*place, date)).count())
        .sum();
    assert_eq!(floods as usize, wet);
    assert!(wet > 0);
}
