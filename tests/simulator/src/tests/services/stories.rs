//! The same seed with and without stories: what a story moves, and what it leaves alone.

use super::world;
use crate::tests::day;
use crate::{
    StoryAnswer, World,
    feed::{penilaian_layanan, permohonan_desa, skm_respons},
    services::{letter::LETTERS, queue::Kind, ticket},
};
use chrono::{Days, NaiveDate};
use std::collections::HashSet;

/// The first such story of the year that has time to take its full effect.
fn story(world: &World, kind: &str) -> StoryAnswer {
    let all = world.stories.answers(world.span);
    all.into_iter()
        .find(|a| a.kind == kind && a.from >= day("2026-01-01") && a.until <= world.span.1)
        .unwrap_or_else(|| panic!("no {kind} in a year"))
}

/// The time in which a story has its full effect.
fn full(answer: &StoryAnswer) -> (NaiveDate, NaiveDate) {
    (answer.from + Days::new(15), answer.until)
}

/// Visits to the MPP for the services of the story, from its kecamatan, that are first (true) or repeated.
fn visits(world: &World, answer: &StoryAnswer, days: (NaiveDate, NaiveDate)) -> (usize, usize) {
    let lives = ticket::lives(world, 0, days.0, days.1);
    let about = lives.iter().filter(|life| {
        let village = &world.regions.villages[life.visit.village];
        answer
            .units
            .contains(&world.services.catalogue[life.visit.service].code)
            && answer
                .places
                .iter()
                .any(|place| place == world.regions.code(village.kecamatan))
    });
    let (first, again): (Vec<_>, Vec<_>) = about.partition(|life| life.visit.number == 1);
    (first.len(), again.len())
}

/// Mean wait in seconds, and the share of visitors who are gone when called.
fn waits(world: &World, answer: &StoryAnswer, days: (NaiveDate, NaiveDate)) -> (i64, f64) {
    let lives = ticket::lives(world, 0, days.0, days.1);
    let about: Vec<_> = lives
        .iter()
        .filter(|life| {
            answer
                .units
                .contains(&world.services.catalogue[life.visit.service].code)
        })
        .collect();
    let waits: Vec<_> = about.iter().filter_map(|life| life.wait()).collect();
    let gone = about
        .iter()
        .filter(|life| life.steps.iter().any(|step| step.kind == Kind::NoShow));
    (
        waits.iter().sum::<i64>() / waits.len().max(1) as i64,
        gone.count() as f64 / about.len() as f64,
    )
}

#[test]
fn when_villages_serve_the_need_visits_fall_and_letters_rise_there() {
    let told = world(21);
    let (calm, answer) = (told.quiet(), story(&told, "mall_villages_serve"));
    let days = full(&answer);
    let ((with, _), (without, _)) = (visits(&told, &answer, days), visits(&calm, &answer, days));
    assert!(with * 10 < without * 6, "{with} instead of {without}");
    let letters = |world: &World| {
        permohonan_desa::arriving(world, days.0, days.1)
            .iter()
            .filter(|letter| {
                let place = world.regions.code(world.regions.villages[letter.village].kecamatan);
                LETTERS[letter.kind].3.starts_with("DUKCAPIL") && answer.places.iter().any(|p| p == place)
            })
            .count()
    };
    let (with, without) = (letters(&told), letters(&calm));
    assert!(with * 10 > without * 15, "{with} instead of {without}");
    assert_eq!(answer.expected, "alarm");
}

#[test]
fn when_papers_are_right_the_first_time_only_repeat_visits_fall() {
    let told = world(21);
    let (calm, answer) = (told.quiet(), story(&told, "mall_fewer_repeats"));
    let days = full(&answer);
    let ((first, again), (first_calm, again_calm)) = (visits(&told, &answer, days), visits(&calm, &answer, days));
    assert_eq!(first, first_calm, "as many new matters");
    assert!(again * 10 < again_calm * 5, "{again} instead of {again_calm} repeats");
}

#[test]
fn when_the_service_gets_worse_waits_and_missed_calls_rise_and_opinion_falls() {
    let mut told = world(21);
    // Missed calls are rare: all tickets are looked at.
    told.size.activity = 1.0;
    let (calm, answer) = (told.quiet(), story(&told, "mall_worse_service"));
    let days = full(&answer);
    assert!(visits(&told, &answer, days).0 < visits(&calm, &answer, days).0);
    let ((wait, gone), (wait_calm, gone_calm)) = (waits(&told, &answer, days), waits(&calm, &answer, days));
    assert!(wait > wait_calm + 300, "{wait} s instead of {wait_calm} s");
    assert!(gone > gone_calm, "{gone:.3} instead of {gone_calm:.3}");
    let institution = &answer.units[1];
    let stars = |world: &World| mean_stars(world, institution, days);
    assert!(
        stars(&told) + 0.4 < stars(&calm),
        "{} instead of {}",
        stars(&told),
        stars(&calm)
    );
}

fn mean_stars(world: &World, institution: &str, days: (NaiveDate, NaiveDate)) -> f64 {
    let ratings = penilaian_layanan::ratings(world, days.0, days.1);
    let own: Vec<_> = ratings
        .iter()
        .filter(|r| r.institution == institution && !r.ticket.is_empty())
        .collect();
    own.iter().map(|r| f64::from(r.stars)).sum::<f64>() / own.len() as f64
}

/// Mean of all survey answers of an institution.
fn mean_answer(world: &World, institution: &str, days: (NaiveDate, NaiveDate)) -> f64 {
    let responses = skm_respons::responses(world, days.0, days.1);
    let own = responses.iter().filter(|r| r.institution == institution);
    let answers: Vec<_> = own.flat_map(|r| r.answers).filter(|answer| *answer > 0).collect();
    answers.iter().map(|a| f64::from(*a)).sum::<f64>() / answers.len() as f64
}

#[test]
fn survey_answers_lie_between_one_and_four_and_fall_where_satisfaction_falls() {
    let told = world(21);
    let (calm, answer) = (told.quiet(), story(&told, "falling_satisfaction"));
    let days = full(&answer);
    let responses = skm_respons::responses(&told, days.0, days.1);
    assert!(responses.iter().flat_map(|r| r.answers).all(|answer| answer <= 4));
    let left_out = responses
        .iter()
        .flat_map(|r| r.answers)
        .filter(|answer| *answer == 0)
        .count();
    assert!(
        left_out > 0 && left_out * 20 < responses.len() * 9,
        "a few are left out: {left_out}"
    );
    let unit = &answer.units[0];
    let (with, without) = (mean_answer(&told, unit, days), mean_answer(&calm, unit, days));
    assert!(with + 0.25 < without, "{with} instead of {without}");
    assert!((2.9..3.7).contains(&without), "{without}");
}

#[test]
fn made_up_ratings_have_no_ticket_and_come_from_few_devices() {
    let told = world(21);
    for (kind, devices) in [("rating_burst", 3), ("rating_self", 1)] {
        let answer = story(&told, kind);
        let with = penilaian_layanan::ratings(&told, answer.from, answer.until);
        // Tablets and families' telephones are seen often, too, but with tickets and with all kinds of stars.
        let mut counts: std::collections::HashMap<&str, (usize, usize)> = std::collections::HashMap::new();
        for rating in &with {
            let seen = counts.entry(&rating.device).or_default();
            seen.0 += usize::from(rating.institution == answer.units[0]);
            seen.1 += usize::from(!rating.ticket.is_empty() || rating.stars < 5);
        }
        let many: HashSet<_> = counts
            .into_iter()
            .filter(|(_, (n, honest))| *n > 10 && *honest == 0)
            .map(|(device, _)| device)
            .collect();
        assert_eq!(many.len(), devices, "{kind}");
        let planted: Vec<_> = with.iter().filter(|r| many.contains(r.device.as_str())).collect();
        assert!(planted.iter().all(|r| r.ticket.is_empty() && r.stars == 5), "{kind}");
        let officers: HashSet<_> = planted.iter().map(|r| r.officer.as_str()).collect();
        assert_eq!(officers.len(), 1, "{kind}");
        assert_eq!(officers.contains(""), kind == "rating_burst");
    }
}

#[test]
fn honest_people_share_devices() {
    let calm = world(21).quiet();
    let ratings = penilaian_layanan::ratings(&calm, day("2026-02-01"), day("2026-04-30"));
    let mut counts: std::collections::HashMap<&str, (usize, HashSet<u32>)> = std::collections::HashMap::new();
    for rating in &ratings {
        let seen = counts.entry(&rating.device).or_default();
        seen.0 += 1;
        seen.1.insert(rating.stars);
    }
    let often: Vec<_> = counts.values().filter(|(n, _)| *n > 20).collect();
    assert!(often.len() >= 2, "tablets: {}", often.len());
    assert!(often.iter().all(|(_, stars)| stars.len() > 2));
    let one = ratings.iter().filter(|r| r.stars == 1).count();
    assert!(one * 200 > ratings.len(), "some are angry: {one} of {}", ratings.len());
    let mut units: std::collections::HashMap<&str, (u32, u32)> = std::collections::HashMap::new();
    for rating in &ratings {
        let unit = units.entry(&rating.institution).or_default();
        (unit.0, unit.1) = (unit.0 + 1, unit.1 + rating.stars);
    }
    let low = units
        .values()
        .filter(|(n, stars)| *n > 20 && f64::from(*stars) / f64::from(*n) < 3.9);
    assert!(low.count() >= 1, "some are rated below 3.9");
    let again = counts.values().filter(|(n, _)| (2..=20).contains(n)).count();
    assert!(again > 5, "families: {again}");
}

#[test]
fn a_silent_feed_sends_nothing_and_a_halved_one_about_half() {
    let told = world(21);
    let calm = told.quiet();
    for answer in told
        .answers()
        .iter()
        .filter(|a| a.kind == "feed_silent" || a.kind == "feed_halved")
    {
        let count = |world: &World| {
            let feeds = crate::feed::all(world);
            let feed = feeds.iter().find(|feed| feed.dataset() == answer.datasets[0]).unwrap();
            let day = answer
                .from
                .iter_days()
                .find(|day| told.services.office.is_open(*day))
                .unwrap();
            let unit = answer.units[0].as_str();
            let live = feed.live(world, day).unwrap();
            let bodies = live
                .iter()
                .map(|timed| String::from_utf8_lossy(&timed.envelope.body).into_owned());
            bodies.map(|body| body.matches(unit).count()).sum::<usize>()
        };
        let (with, without) = (count(&told), count(&calm));
        match answer.kind.as_str() {
            "feed_silent" if answer.datasets[0] != "permohonan_desa" => assert_eq!(with, 0, "{answer:?}"),
            "feed_silent" => assert!(with <= without, "{answer:?}"),
            _ => assert!(with < without, "{answer:?}: {with} of {without}"),
        }
    }
}
