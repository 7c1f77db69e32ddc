//! What is said to be known on a day is what was pushed by then.

use super::day;
use crate::{
    Reporting, Size, World,
    feed::{Feed, absensi_harian_sekolah::Recaps, kunjungan_puskesmas::Visits},
};
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

const LATEST: u64 = 41;

#[test]
fn a_report_is_known_on_the_day_on_which_its_last_version_is_pushed() {
    let (from, to) = (day("2026-08-03"), day("2026-09-04"));
    let size = Size {
        schools: 90,
        ..Size::SMALL
    };
    let world = World::with_stories(5, size, (from, to + Days::new(LATEST))).unwrap();
    // Day of the last push by school and day told of.
    let mut pushed: BTreeMap<(String, NaiveDate), NaiveDate> = BTreeMap::new();
    for now in from.iter_days().take_while(|now| *now <= to + Days::new(LATEST)) {
        for timed in Recaps.live(&world, now).unwrap() {
            for line in String::from_utf8(timed.envelope.body).unwrap().lines() {
                let row: serde_json::Value = serde_json::from_str(line).unwrap();
                let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
                // What was typed wrongly may not even be a day.
                if let Ok(told) = text("tanggal").parse() {
                    pushed.insert((text("npsn"), told), now);
                }
            }
        }
    }
    let (mut late, mut never) = (0, 0);
    for school in world
        .schools
        .iter()
        .filter(|school| school.reporting == Reporting::Recap)
    {
        for told in from.iter_days().take_while(|told| *told <= to) {
            let known = world.attendance_known(school, told);
            assert_eq!(
                known,
                pushed.get(&(school.npsn.clone(), told)).copied(),
                "{} {told}",
                school.npsn
            );
            late += usize::from(known.is_some_and(|known| known > told));
            never += usize::from(known.is_none() && world.teaches(school, told));
        }
    }
    assert!(late > 5 && never > 5, "{late} late, {never} never");
}

#[test]
fn mountains_are_two_days_behind_and_weeks_come_on_monday_or_later() {
    let world = World::new(5, 10).unwrap();
    let told = day("2026-08-04");
    let sent = |now: NaiveDate| Visits.live(&world, now).unwrap();
    let mut behind = 0;
    for centre in 1..=22 {
        let code = format!("PKM-{centre:02}");
        let known = world.visits_known(&code, told);
        let late = known > told;
        behind += usize::from(late);
        // A batch from the mountains is named by its centre and the day it tells of.
        let mut batches = sent(known)
            .into_iter()
            .filter(|timed| timed.envelope.name.ends_with("2026-08-04"));
        assert!(!late || batches.next().is_some(), "{code}");
    }
    assert!((1..12).contains(&behind), "{behind}");
    let saturday = day("2026-08-08");
    let weeks: Vec<_> = (1..=22)
        .map(|c| world.week_known(&format!("PKM-{c:02}"), saturday))
        .collect();
    assert!(weeks.iter().flatten().all(|known| *known >= day("2026-08-10")));
    assert!(
        weeks
            .iter()
            .flatten()
            .filter(|known| **known == day("2026-08-10"))
            .count()
            > 10
    );
}
