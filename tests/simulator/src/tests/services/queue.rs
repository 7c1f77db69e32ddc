use super::{month, world};
use crate::{
    services::{
        queue::Kind,
        ticket::{self, Event, Life},
        visit::{Channel, Outcome, Turnout},
    },
    tests::day,
};
use chrono::{Datelike, Weekday};
use std::collections::{BTreeMap, HashMap, HashSet};

/// True when `next` may follow `before` in the life of a ticket.
fn follows(before: Option<Kind>, next: Kind) -> bool {
    use Kind::*;
    match before {
        None => matches!(next, Booked | Present),
        Some(Booked) => matches!(next, Present | Cancelled | Expired),
        Some(Present) => matches!(next, Called | Cancelled),
        Some(Called) => matches!(next, Recalled | Serving),
        Some(Recalled) => matches!(next, Serving | NoShow),
        Some(Serving) => matches!(next, Served | Transferred),
        // At the next counter, without a new ticket.
        Some(Transferred) => matches!(next, Called | Cancelled),
        Some(Served | NoShow | Cancelled | Expired) => false,
    }
}

fn by_ticket(events: Vec<Event>) -> HashMap<String, Vec<Event>> {
    let mut all: HashMap<String, Vec<Event>> = HashMap::new();
    for event in events {
        all.entry(event.ticket.clone()).or_default().push(event);
    }
    for life in all.values_mut() {
        life.sort_by_key(|event| event.id.rsplit('-').next().unwrap().parse::<u32>().unwrap());
    }
    all
}

#[test]
fn every_ticket_lives_a_valid_life() {
    let world = world(5);
    let mut ends: HashMap<Kind, usize> = HashMap::new();
    for site in [0, 1, 2] {
        // Bookings of the week before belong to tickets of the month.
        let events = ticket::events(&world, site, day("2026-04-24"), day("2026-06-10"));
        for (ticket, life) in by_ticket(events) {
            let visit_day = life.last().unwrap().at.date();
            if !(day("2026-05-04")..=day("2026-05-29")).contains(&visit_day) {
                continue;
            }
            let mut before = None;
            for event in &life {
                assert!(
                    follows(before, event.kind),
                    "{ticket}: {:?} after {before:?}",
                    event.kind
                );
                before = Some(event.kind);
                assert_eq!(event.kind == Kind::Transferred, !event.sent_on.is_empty(), "{event:?}");
                let at_counter = matches!(
                    event.kind,
                    Kind::Called | Kind::Recalled | Kind::Serving | Kind::Served | Kind::Transferred | Kind::NoShow
                );
                assert_eq!(at_counter, event.officer.len() == 18, "{event:?}");
            }
            let last = before.unwrap();
            assert!(
                matches!(last, Kind::Served | Kind::NoShow | Kind::Cancelled | Kind::Expired),
                "{ticket} ends with {last:?}"
            );
            *ends.entry(last).or_default() += 1;
            for pair in life.windows(2) {
                // Only the clock of a kiosk may be wrong.
                let kiosk = pair[0].kind == Kind::Present && pair[0].channel == Channel::Kiosk;
                assert!(kiosk || pair[0].at <= pair[1].at, "{pair:?}");
            }
        }
    }
    assert!(ends.len() == 4, "all ends occur: {ends:?}");
}

#[test]
fn waits_are_those_of_a_queue_and_negative_only_where_a_clock_is_wrong() {
    let world = world(6);
    let lives = ticket::lives(&world, 0, day("2026-01-05"), day("2026-06-30"));
    let mut waits: Vec<i64> = lives.iter().filter_map(Life::wait).collect();
    waits.sort_unstable();
    assert!(
        waits[0] >= 0,
        "by a right clock nobody is called before he is there: {}",
        waits[0]
    );
    let (median, ninth) = (waits[waits.len() / 2], waits[waits.len() * 9 / 10]);
    assert!(
        median < 20 * 60 && (10 * 60..90 * 60).contains(&ninth),
        "{median} s, {ninth} s"
    );

    let mut wrong = 0;
    for (ticket, life) in by_ticket(ticket::events(&world, 0, day("2026-01-05"), day("2026-06-30"))) {
        let at = |kind| life.iter().find(|event| event.kind == kind);
        let (Some(present), Some(called)) = (at(Kind::Present), at(Kind::Called)) else {
            continue;
        };
        if present.at > called.at {
            let kiosk: u64 = present
                .desk
                .strip_prefix("KIOS-")
                .unwrap_or_else(|| panic!("{ticket}"))
                .parse()
                .unwrap();
            let error = ticket::clock_error(world.seed, "MPP", kiosk - 1, called.at.date());
            assert!((present.at - called.at).num_seconds() <= error, "{ticket}");
            wrong += 1;
        }
    }
    assert!(wrong > 5, "the planted skew is seen: {wrong}");
}

#[test]
fn a_counter_serves_one_at_a_time() {
    let mut world = world(7).quiet();
    // Everybody must be shown to see a counter's whole day.
    world.size = crate::world::Size::FULL;
    let mut busy: BTreeMap<_, Vec<(i64, i64)>> = BTreeMap::new();
    for life in ticket::lives(&world, 0, day("2026-03-02"), day("2026-03-06")) {
        let mut called = None;
        for step in &life.steps {
            match step.kind {
                Kind::Called => called = Some(step.at),
                Kind::Served | Kind::Transferred | Kind::NoShow => {
                    let key = (life.visit.day.to_string(), step.counter.unwrap());
                    busy.entry(key).or_default().push((called.take().unwrap(), step.at));
                }
                _ => {}
            }
        }
    }
    assert!(busy.len() > 100, "{}", busy.len());
    for (counter, mut spans) in busy {
        spans.sort_unstable();
        for pair in spans.windows(2) {
            assert!(pair[0].1 <= pair[1].0, "{counter:?}: {pair:?}");
        }
    }
}

#[test]
fn offices_are_closed_on_free_days_and_the_mall_opened_in_august_2024() {
    let world = world(8).quiet();
    for site in [0, 1, 4] {
        for life in ticket::lives(&world, site, day("2026-03-01"), day("2026-04-10")) {
            assert!(world.services.office.is_open(life.visit.day), "{}", life.ticket);
        }
    }
    assert!(!world.services.office.is_open(day("2026-03-23")), "collective leave");
    let opened = |from, to| ticket::lives(&world, 0, day(from), day(to)).len();
    assert_eq!(opened("2024-08-01", "2024-08-19"), 0);
    assert!(opened("2024-08-20", "2024-08-31") > 0);
    assert!(
        opened("2025-05-01", "2025-05-31") > opened("2024-09-01", "2024-09-30"),
        "it became known"
    );
}

#[test]
fn mondays_and_the_school_season_are_busier() {
    let world = world(9).quiet();
    let lives = ticket::lives(&world, 0, day("2026-01-05"), day("2026-12-18"));
    let mut by_weekday: BTreeMap<u32, (usize, HashSet<_>)> = BTreeMap::new();
    for life in &lives {
        let sum = by_weekday
            .entry(life.visit.day.weekday().num_days_from_monday())
            .or_default();
        sum.0 += 1;
        sum.1.insert(life.visit.day);
    }
    let mean = |weekday: Weekday| {
        let (count, days) = &by_weekday[&weekday.num_days_from_monday()];
        *count as f64 / days.len() as f64
    };
    assert!(mean(Weekday::Mon) > 1.2 * mean(Weekday::Fri), "{by_weekday:?}");
    let school = |month: u32| {
        let of = lives.iter().filter(|life| life.visit.day.month() == month);
        let kia = of.filter(|life| world.services.catalogue[life.visit.service].code == "DUKCAPIL-AKTA-LAHIR");
        kia.count()
    };
    assert!(school(6) + school(7) > school(10) + school(11));
}

#[test]
fn a_repeat_visit_follows_one_with_papers_missing() {
    let world = world(10);
    let lives = ticket::lives(&world, 0, day("2026-05-01"), day("2026-07-31"));
    let known: HashMap<(u64, u32), &Life> = lives.iter().map(|l| ((l.visit.matter, l.visit.number), l)).collect();
    let mut repeats = 0;
    for life in lives
        .iter()
        .filter(|l| l.visit.number > 1 && l.visit.day > day("2026-06-15"))
    {
        let before = known[&(life.visit.matter, life.visit.number - 1)];
        assert!(before.visit.day < life.visit.day);
        assert_eq!(before.visit.outcome, Outcome::Incomplete);
        assert_eq!(before.visit.turnout, Turnout::Comes);
        assert_eq!(
            (before.visit.village, before.visit.age),
            (life.visit.village, life.visit.age)
        );
        repeats += 1;
    }
    let share = repeats as f64 / lives.iter().filter(|l| l.visit.day > day("2026-06-15")).count() as f64;
    assert!((0.07..0.25).contains(&share), "{share}");
}

#[test]
fn a_month_is_the_sum_of_its_days_and_a_large_world_holds_the_small_one() {
    let world = world(11);
    let (from, to) = month("2026-02");
    for site in [0, 5] {
        let whole = ticket::events(&world, site, from, to);
        let daily: Vec<_> = from
            .iter_days()
            .take_while(|day| *day <= to)
            .flat_map(|day| ticket::events(&world, site, day, day))
            .collect();
        assert_eq!(whole, daily);
    }
    let names = |activity: f64| {
        let mut world = world.clone();
        world.size.activity = activity;
        ticket::lives(&world, 0, from, to)
            .into_iter()
            .map(|l| l.ticket)
            .collect::<HashSet<_>>()
    };
    let (small, large) = (names(0.2), names(0.6));
    assert!(large.len() > 3 * small.len() && small.is_subset(&large));
    let other = ticket::events(&super::world(12), 0, from, to);
    assert_ne!(ticket::events(&world, 0, from, to), other, "another seed, other events");
}
