//! The row set against a `BTreeSet`.

use super::*;
use arrow::array::Array;
use std::collections::BTreeSet;

/// Rows in clusters around the edges of words and chunks, and anywhere.
fn rows() -> impl Strategy<Value = Vec<u32>> {
    let row = prop_oneof![
        0u32..200,
        16_300u32..16_500,
        (0u32..5).prop_map(|chunk| chunk * 16_384),
        (0u32..5).prop_map(|chunk| chunk * 16_384 + 16_383),
        0u32..80_000,
    ];
    let run = (row, 0u32..100).prop_map(|(first, len)| (first..=first + len).collect::<Vec<_>>());
    prop::collection::vec(run, 0..12).prop_map(|runs| runs.concat())
}

proptest! {
    #[test]
    fn it_is_a_set(rows in rows(), probes in rows()) {
        let model: BTreeSet<u32> = rows.iter().copied().collect();
        let mut set = RowSet::default();
        let mut seen = BTreeSet::new();
        for row in &rows {
            prop_assert_eq!(set.insert(*row), seen.insert(*row));
        }
        prop_assert_eq!(set.len(), model.len());
        prop_assert_eq!(set.is_empty(), model.is_empty());
        prop_assert!(set.iter().eq(model.iter().copied()));
        prop_assert!(probes.iter().all(|row| set.contains(*row) == model.contains(row)));
        prop_assert_eq!(&model.iter().copied().collect::<RowSet>(), &set);
        prop_assert_eq!(RowSet::decode(&set.encode()), Some(set));
    }

    #[test]
    fn a_copy_goes_its_own_way(rows in rows(), more in rows()) {
        let before: RowSet = rows.iter().copied().collect();
        let mut after = before.clone();
        for row in &more {
            after.insert(*row);
        }
        let old: BTreeSet<u32> = rows.into_iter().collect();
        let new: BTreeSet<u32> = old.iter().copied().chain(more).collect();
        prop_assert!(before.iter().eq(old.iter().copied()));
        prop_assert!(after.iter().eq(new.iter().copied()));
        prop_assert!(after.difference(&before).eq(new.difference(&old).copied()));
        prop_assert_eq!(before.difference(&after).count(), 0);
        prop_assert_eq!(before == after, old == new);
    }

    #[test]
    fn differences_of_strangers(ours in rows(), theirs in rows(), offset in 0u32..40_000) {
        let (a, b): (BTreeSet<u32>, BTreeSet<u32>) = (ours.into_iter().collect(), theirs.into_iter().collect());
        let (mut x, y): (RowSet, RowSet) = (a.iter().copied().collect(), b.iter().copied().collect());
        prop_assert!(x.difference(&y).eq(a.difference(&b).copied()));
        x.append(&y, offset);
        let all: BTreeSet<u32> = a.into_iter().chain(b.into_iter().map(|row| row + offset)).collect();
        prop_assert!(x.iter().eq(all));
    }

    #[test]
    fn scans_see_the_rows_that_are_not_in_it(rows in rows(), offset in 0u32..40_000, len in 0usize..40_000) {
        let model: BTreeSet<u32> = rows.iter().copied().collect();
        let set: RowSet = rows.into_iter().collect();
        let end = offset + len as u32;
        let expected: Vec<bool> = (offset..end).map(|row| !model.contains(&row)).collect();
        let filter = set.alive_filter(offset, len);
        prop_assert_eq!(filter.null_count(), 0);
        prop_assert!(filter.values().iter().eq(expected.iter().copied()));

        let ranges: Vec<_> = set.alive_ranges(offset, end).collect();
        prop_assert!(ranges.iter().all(|range| !range.is_empty()));
        prop_assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start));
        let alive = (offset..end).filter(|row| !model.contains(row));
        prop_assert!(ranges.into_iter().flatten().eq(alive));
    }
}

#[test]
fn the_highest_rows_are_rows() {
    let set: RowSet = [0, u32::MAX - 1, u32::MAX].into_iter().collect();
    assert_eq!(set.iter().collect::<Vec<_>>(), [0, u32::MAX - 1, u32::MAX]);
    let alive: Vec<_> = set.alive_ranges(u32::MAX - 3, u32::MAX).collect();
    assert!(alive.into_iter().flatten().eq(u32::MAX - 3..u32::MAX - 1));
    assert_eq!(set.alive_filter(u32::MAX - 1, 2).true_count(), 0);
    assert!(RowSet::default().alive_ranges(5, 5).next().is_none());
}

#[test]
fn bytes_that_are_no_set_are_refused() {
    let bytes = [3u32, 20_000].into_iter().collect::<RowSet>().encode();
    assert!(RowSet::decode(&bytes[1..]).is_none());
    assert!(RowSet::decode(&[&bytes[..], &bytes[..]].concat()).is_none());
    let mut far = bytes;
    far[3] = 0xff;
    assert!(RowSet::decode(&far).is_none());
}
