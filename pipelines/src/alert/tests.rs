#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod fixture;
mod lives;
mod quiet;
mod told;
mod why;

use super::{
    budget::{Told, Waiting, spend},
    control::{Tested, passes},
    corroborate::{Case, Confidence, Link, Near, cases},
    episode::{Episode, episodes as cut},
    life::{Action, State},
    *,
};
use chrono::Days;
use std::collections::{BTreeMap, HashMap};

const START: NaiveDate = NaiveDate::from_ymd_opt(2026, 8, 3).unwrap();

fn flag(family: &str, unit: &str, day: u64, p: f64) -> Flag {
    Flag {
        series: Series {
            indicator: family.to_owned(),
            unit: unit.to_owned(),
        },
        family: family.to_owned(),
        day: START + Days::new(day),
        step: day as i64,
        observed: 14.0,
        expected: Some(4.0),
        upper: Some(9.0),
        p: Some(p),
        severity: Severity::Sedang,
        is_rule: false,
    }
}

fn episodes(flags: &[Flag], gap: i64) -> Vec<Episode> {
    cut(flags, |_| gap, &HashMap::new())
}

fn places() -> BTreeMap<String, Place> {
    let place = |unit: &str, region: &str, catchment: &str, at| {
        let place = Place {
            region: region.to_owned(),
            catchment: Some(catchment.to_owned()),
            at,
        };
        (unit.to_owned(), place)
    };
    BTreeMap::from([
        place("sd-a", "35.03.11.2008", "PKM-18", Some((-8.05, 111.71))),
        place("sd-b", "35.03.11.2009", "PKM-18", Some((-8.06, 111.72))),
        place("sd-c", "35.03.01.2001", "PKM-01", Some((-8.24, 111.41))),
        place("PKM-18", "35.03.11", "PKM-18", None),
    ])
}

fn links() -> Vec<Link> {
    let link = |to: &str, near, lag_days| Link {
        from: "absensi".to_owned(),
        to: to.to_owned(),
        near,
        same_subject: false,
        lag_days,
    };
    vec![
        link("absensi", Near::Km(5.0), (0, 7)),
        link("puskesmas", Near::Catchment, (-2, 10)),
    ]
}

#[test]
fn of_a_days_flags_those_pass_that_benjamini_and_hochberg_let_pass() {
    // Their own example (1995, section 3.2): of fifteen, four pass at 0.05.
    let p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0000,
    ];
    let flags: Vec<Flag> = p
        .iter()
        .enumerate()
        .map(|(i, p)| flag("absensi", &format!("s{i}"), 0, *p))
        .collect();
    let count = |passes: Vec<bool>| passes.into_iter().filter(|pass| *pass).count();
    assert_eq!(count(passes(&flags, &Tested::new(), 0.05)), 4);
    // The same flags among a thousand looks are fewer.
    let tested = Tested::from([((START, "absensi".to_owned()), 1000)]);
    assert_eq!(count(passes(&flags, &tested, 0.05)), 0);
    assert_eq!(
        count(passes(
            &flags[..9],
            &Tested::from([((START, "absensi".to_owned()), 15)]),
            0.05
        )),
        4
    );
}

#[test]
fn days_and_families_are_controlled_apart_and_rules_pass() {
    let mut flags = vec![
        flag("absensi", "a", 0, 0.04),
        flag("absensi", "b", 1, 0.04),
        flag("lain", "a", 0, 0.06),
    ];
    assert_eq!(passes(&flags, &Tested::new(), 0.05), [true, true, false]);
    flags[2].is_rule = true;
    assert_eq!(passes(&flags, &Tested::new(), 0.05), [true, true, true]);
    flags[2].is_rule = false;
    flags[2].p = None;
    assert_eq!(passes(&flags, &Tested::new(), 0.05), [true, true, true]);
}

#[test]
fn a_run_is_one_episode_and_a_pause_ends_it() {
    let flags = [0, 1, 4, 9, 10].map(|day| flag("absensi", "sd-a", day, 0.01));
    let all = episodes(&flags, 3);
    let spans: Vec<_> = all
        .iter()
        .map(|e| ((e.from - START).num_days(), (e.to - START).num_days()))
        .collect();
    assert_eq!(spans, [(0, 4), (9, 10)]);
    assert_eq!(all[0].excess(), Some(30.0));
    // Order of the flags does not matter, nor does another series between them.
    let mut mixed: Vec<Flag> = flags.iter().rev().cloned().collect();
    mixed.insert(2, flag("absensi", "sd-b", 6, 0.01));
    assert_eq!(episodes(&mixed, 3).len(), 3);
}

#[test]
fn neighbours_and_the_health_centre_make_one_strong_case() {
    let flags = [
        flag("absensi", "sd-a", 0, 0.01),
        flag("absensi", "sd-b", 2, 0.01),
        flag("absensi", "sd-c", 1, 0.01),
        flag("puskesmas", "PKM-18", 4, 0.001),
    ];
    let found = cases(episodes(&flags, 3), &places(), &links());
    assert_eq!(found.len(), 2);
    let units = |case: &Case| case.episodes.iter().map(|e| e.series.unit.clone()).collect::<Vec<_>>();
    assert_eq!(units(&found[0]), ["sd-a", "sd-b", "PKM-18"]);
    assert_eq!(found[0].confidence(), Confidence::Kuat);
    assert_eq!(found[0].severity(), Severity::Tinggi);
    assert_eq!(found[0].p(), Some(0.001));
    assert_eq!(found[1].confidence(), Confidence::Lemah);
    assert_eq!(found[1].severity(), Severity::Sedang);
}

#[test]
fn visits_of_another_month_are_no_evidence() {
    let flags = [flag("absensi", "sd-a", 0, 0.01), flag("puskesmas", "PKM-18", 30, 0.01)];
    assert_eq!(cases(episodes(&flags, 3), &places(), &links()).len(), 2);
    let unknown = [flag("absensi", "sd-x", 0, 0.01), flag("absensi", "sd-y", 0, 0.01)];
    assert_eq!(cases(episodes(&unknown, 3), &places(), &links()).len(), 2);
}

#[test]
fn what_must_be_about_the_same_is_not_joined_by_its_place_alone() {
    let link = Link {
        from: "puskesmas".to_owned(),
        to: "puskesmas".to_owned(),
        near: Near::Catchment,
        same_subject: true,
        lag_days: (-7, 7),
    };
    let known = places();
    let of = |unit: &str, like: &str| (unit.to_owned(), known[like].clone());
    let places = BTreeMap::from([
        of("desa/campak", "sd-b"),
        of("desa/ili", "sd-b"),
        of("PKM-18/campak", "PKM-18"),
        of("PKM-01/campak", "sd-c"),
    ]);
    let flags: Vec<Flag> = places.keys().map(|unit| flag("puskesmas", unit, 0, 0.01)).collect();
    let found = cases(episodes(&flags, 3), &places, &[link]);
    let units = |case: &Case| {
        let units = case.episodes.iter().map(|episode| episode.series.unit.clone());
        units.collect::<Vec<_>>()
    };
    assert_eq!(
        found.iter().map(units).collect::<Vec<_>>(),
        [
            vec!["PKM-01/campak"],
            vec!["PKM-18/campak", "desa/campak"],
            vec!["desa/ili"]
        ]
    );
}

#[test]
fn a_unit_without_a_place_is_near_itself() {
    let link = Link {
        from: "layanan".to_owned(),
        to: "mutu".to_owned(),
        near: Near::Unit,
        same_subject: false,
        lag_days: (-7, 7),
    };
    let flags = [
        flag("layanan", "MPP", 3, 0.01),
        flag("mutu", "MPP", 0, 0.01),
        flag("mutu", "CPP", 0, 0.01),
    ];
    let found = cases(episodes(&flags, 3), &BTreeMap::new(), &[link]);
    assert_eq!(found.iter().map(|case| case.episodes.len()).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn an_owner_is_told_the_worst_and_critical_ones_always() {
    let case = |unit: &str, p: f64, severity| Case {
        episodes: episodes(
            &[Flag {
                severity,
                ..flag("absensi", unit, 0, p)
            }],
            3,
        ),
    };
    let all = [
        case("a", 0.010, Severity::Sedang),
        case("b", 0.001, Severity::Sedang),
        case("c", 0.500, Severity::Kritis),
        case("d", 0.500, Severity::Kritis),
        case("e", 0.020, Severity::Tinggi),
    ];
    let waiting = |owner, case| Waiting {
        owner,
        case,
        told: false,
    };
    let with = |owner| all.iter().map(|case| waiting(owner, case)).collect::<Vec<_>>();
    use Told::{Held, Now};
    assert_eq!(spend(&with("dinkes"), 3), [Held, Held, Now, Now, Now]);
    assert_eq!(spend(&with("dinkes"), 1), [Held, Held, Now, Now, Held]);
    assert_eq!(spend(&with("dinkes"), 4), [Held, Now, Now, Now, Now]);
    let mut shared = with("dinkes");
    shared[0].owner = "dikpora";
    assert_eq!(spend(&shared, 3), [Now, Held, Now, Now, Now]);
}

#[test]
fn an_alert_lives_by_verdicts_with_notes() {
    let taken = State::Open.after(Action::Acknowledge, "").unwrap();
    assert_eq!(taken, State::Acknowledged);
    assert!(taken.after(Action::Acknowledge, "").is_err());
    assert!(
        taken
            .after(Action::Close, "selesai")
            .unwrap_err()
            .to_string()
            .contains("no verdict")
    );
    assert!(
        taken
            .after(Action::Verify, "  ")
            .unwrap_err()
            .to_string()
            .contains("note")
    );
    let verified = taken.after(Action::Verify, "campak, 6 murid").unwrap();
    // A verdict may be corrected.
    let dismissed = verified.after(Action::Dismiss, "libur desa").unwrap();
    let closed = dismissed.after(Action::Close, "selesai").unwrap();
    assert_eq!(closed, State::Closed);
    for action in [Action::Acknowledge, Action::Verify, Action::Dismiss, Action::Close] {
        assert!(closed.after(action, "lagi").unwrap_err().to_string().contains("closed"));
    }
}

#[test]
fn a_place_knows_its_kecamatan_and_distances() {
    let places = places();
    assert_eq!(places["sd-a"].kecamatan(), "35.03.11");
    assert_eq!(places["PKM-18"].kecamatan(), "35.03.11");
    let km = places["sd-a"].distance_km(&places["sd-b"]).unwrap();
    assert!((1.5..1.6).contains(&km), "{km}");
    assert_eq!(places["sd-a"].distance_km(&places["PKM-18"]), None);
}

#[test]
fn a_fall_is_no_evidence_of_a_rise_of_the_same_kind() {
    let rise = flag("absensi", "sd-a", 0, 0.001);
    let fall = Flag {
        observed: 1.0,
        expected: Some(9.0),
        ..flag("absensi", "sd-b", 2, 0.001)
    };
    let together = [rise.clone(), flag("absensi", "sd-b", 2, 0.001)];
    assert_eq!(cases(episodes(&together, 3), &places(), &links()).len(), 1);
    assert_eq!(cases(episodes(&[rise, fall], 3), &places(), &links()).len(), 2);
}
