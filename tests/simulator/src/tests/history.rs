//! Feed by feed is what the demo sends, and a day's files are what is new that day.

use super::day;
use crate::{FeedHistory, Size, World, feed};
use std::collections::HashSet;

/// Dataset and hash of every file with rows.
fn sent(world: &World, feeds: &[FeedHistory]) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for feed in feeds {
        for index in 0..feed.len() {
            if let Some(envelope) = feed.envelope(world, index).unwrap() {
                all.push((feed.dataset(), envelope.sha256()));
            }
        }
    }
    all
}

#[test]
fn a_day_more_is_the_files_whose_bytes_are_new() {
    let size = Size {
        people: 0.004,
        activity: 0.05,
        schools: 40,
    };
    let (from, last, next) = (day("2026-08-01"), day("2026-09-16"), day("2026-09-17"));
    let world = World::with_stories(11, size, (from, next)).unwrap();
    let before = FeedHistory::all(&world, from, last).unwrap();
    let whole = FeedHistory::all(&world, from, next).unwrap();
    let mut new = FeedHistory::all(&world, from, next).unwrap();
    new.iter_mut().for_each(|feed| feed.without(&before));

    let (held, all, new) = (sent(&world, &before), sent(&world, &whole), sent(&world, &new));
    let known: HashSet<_> = held.iter().collect();
    let expected: Vec<_> = all.iter().filter(|file| !known.contains(file)).cloned().collect();
    assert_eq!(new, expected, "a name that was sent before has the bytes it had");
    assert!(new.iter().any(|file| file.0 == "absensi_siswa") && new.iter().any(|file| file.0 == "antrean_peristiwa"));
    let all: HashSet<_> = all.iter().collect();
    assert!(held.iter().all(|file| all.contains(file)), "nothing is taken back");
}

#[test]
fn code_lists_come_first_and_no_feed_is_left_out() {
    let world = World::new(11, 5).unwrap();
    let feeds = FeedHistory::all(&world, day("2026-09-01"), day("2026-09-02")).unwrap();
    assert!(feeds.is_sorted_by_key(|feed| !feed.is_reference()));
    let names: HashSet<_> = feeds.iter().map(FeedHistory::dataset).collect();
    let all: HashSet<_> = feed::all(&world).iter().map(|feed| feed.dataset()).collect();
    assert_eq!(names, all);
    assert_eq!(feeds.len(), names.len());
}

#[test]
fn every_school_by_pupil_is_a_day_of_all_pupils() {
    let (from, last) = (day("2026-09-01"), day("2026-09-17"));
    let world = World::with_stories(
        11,
        Size {
            schools: 40,
            ..Size::SMALL
        },
        (from, last),
    )
    .unwrap();
    let lines = |world: &World| {
        let mut feeds = FeedHistory::all(world, last, last).unwrap();
        feeds.retain(|feed| feed.dataset() == "absensi_siswa");
        let envelopes = (0..feeds[0].len()).filter_map(|index| feeds[0].envelope(world, index).unwrap());
        envelopes.map(|envelope| envelope.rows).sum::<u64>()
    };
    let teaching = world.schools.iter().filter(|school| world.teaches(school, last));
    let pupils: u64 = teaching
        .flat_map(|school| crate::attendance::by_class(&world, school, last))
        .map(|(_, counts)| u64::from(counts.enrolled))
        .sum();
    let (some, all) = (lines(&world), lines(&world.all_by_pupil()));
    // One school in thirty forgets a day.
    assert!(
        some < pupils / 2 && all > pupils * 8 / 10 && all <= pupils,
        "{some} {all} {pupils}"
    );
}
