#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn counts(first: f64, repeat: f64, elsewhere: f64) -> Counts {
    Counts {
        first,
        repeat,
        elsewhere,
    }
}

fn area(before: Counts, after: Counts) -> Area {
    Area {
        before,
        after,
        expected_ratio: 1.0,
    }
}

fn of(areas: &[Area]) -> Attribution {
    attribute(areas, &Settings::default())
}

fn holds(part: Part, visits: f64) {
    assert!((part.visits - visits).abs() < 1e-9, "{part:?} is not {visits}");
    assert!(part.low <= part.visits && part.visits <= part.high, "{part:?}");
}

#[test]
fn villages_that_serve_the_same_letters_explain_a_fall() {
    let split = of(&[area(counts(400.0, 100.0, 50.0), counts(240.0, 60.0, 210.0))]);
    // 160 matters moved; each took 1.25 visits.
    holds(split.elsewhere, -200.0);
    holds(split.repeats, 0.0);
    holds(split.unexplained, 0.0);
    assert_eq!(split.change, -200.0);
    assert!(split.elsewhere.high < -100.0 && split.unexplained.low < 0.0 && split.unexplained.high > 0.0);
}

#[test]
fn letters_of_one_kecamatan_do_not_explain_visitors_missed_from_another() {
    let steady = counts(300.0, 0.0, 40.0);
    let split = of(&[
        area(steady, counts(150.0, 0.0, 40.0)),
        area(steady, counts(300.0, 0.0, 190.0)),
    ]);
    holds(split.elsewhere, 0.0);
    holds(split.unexplained, -150.0);
}

#[test]
fn fewer_repeat_visits_are_told_apart_from_fewer_matters() {
    let split = of(&[area(counts(400.0, 200.0, 0.0), counts(400.0, 80.0, 0.0))]);
    holds(split.repeats, -120.0);
    holds(split.unexplained, 0.0);
    let split = of(&[area(counts(400.0, 200.0, 0.0), counts(300.0, 150.0, 0.0))]);
    holds(split.repeats, 0.0);
    holds(split.unexplained, -150.0);
}

#[test]
fn closed_days_are_not_a_fall_and_demand_that_falls_everywhere_has_not_moved() {
    let shorter = Area {
        expected_ratio: 0.8,
        ..area(counts(500.0, 0.0, 100.0), counts(400.0, 0.0, 80.0))
    };
    let split = of(&[shorter]);
    holds(split.calendar, -100.0);
    holds(split.elsewhere, 0.0);
    holds(split.unexplained, 0.0);
    let split = of(&[area(counts(500.0, 0.0, 100.0), counts(400.0, 0.0, 60.0))]);
    holds(split.elsewhere, 0.0);
    holds(split.unexplained, -100.0);
}

#[test]
fn an_area_without_anybody_is_no_division_by_zero() {
    let split = of(&[
        area(Counts::default(), counts(10.0, 5.0, 0.0)),
        area(Counts::default(), Counts::default()),
    ]);
    assert_eq!(split.change, 15.0);
    let sum = split.calendar.visits + split.elsewhere.visits + split.repeats.visits + split.unexplained.visits;
    assert!((sum - 15.0).abs() < 1e-9);
    assert_eq!(of(&[]).change, 0.0);
}

#[test]
fn parts_add_up_whatever_the_counts_and_the_same_counts_have_the_same_answer() {
    let mut state = 7_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 40) as f64 % 500.0
    };
    for _ in 0..200 {
        let areas: Vec<Area> = (0..5)
            .map(|_| Area {
                before: counts(next(), next(), next()),
                after: counts(next(), next(), next()),
                expected_ratio: 0.5 + next() / 500.0,
            })
            .collect();
        let split = of(&areas);
        let sum = split.calendar.visits + split.elsewhere.visits + split.repeats.visits + split.unexplained.visits;
        assert!((sum - split.change).abs() < 1e-6);
        assert_eq!(of(&areas), split);
    }
}

#[test]
fn the_sentence_names_what_is_worth_a_word_largest_first() {
    let split = of(&[area(counts(1600.0, 400.0, 50.0), counts(960.0, 240.0, 690.0))]);
    let told = sentences("KTP di MPP", &split);
    assert!(
        told.id
            .starts_with("Kunjungan KTP di MPP turun 800 (40,0 %): dilayani di tempat lain -800 ("),
        "{}",
        told.id
    );
    assert!(!told.id.contains("kunjungan ulang"), "{}", told.id);
    assert!(
        told.en
            .starts_with("Visits of KTP di MPP fell by 800 (40.0 %): served elsewhere -800 ("),
        "{}",
        told.en
    );
}
