//! Both forms of the map against a `HashMap`.

use super::*;

/// Everything a map can be asked, against the model.
fn agree(map: &dyn KeyMap, model: &HashMap<u128, Entry>, probes: &[u128]) {
    assert_eq!(map.len(), model.len());
    assert_eq!(map.is_empty(), model.is_empty());
    let probes: Vec<u128> = probes.iter().copied().chain(model.keys().copied()).collect();
    let expected: Vec<Option<Entry>> = probes.iter().map(|hash| model.get(hash).copied()).collect();
    let single: Vec<Option<Entry>> = probes.iter().map(|hash| map.get(*hash).unwrap()).collect();
    assert_eq!(single, expected);
    assert_eq!(map.get_many(&probes).unwrap(), expected);
    let all: Vec<(u128, Entry)> = map.iter().map(Result::unwrap).collect();
    assert!(all.is_sorted_by(|a, b| a.0 < b.0));
    assert_eq!(&all.into_iter().collect::<HashMap<_, _>>(), model);

    let odd: RowSet = (0..20_000).filter(|row| row % 2 == 1).collect();
    let mut found: Vec<(u32, u128)> = model.iter().map(|(hash, entry)| (entry.row, *hash)).collect();
    found.retain(|(row, _)| row % 2 == 1);
    found.sort_unstable();
    assert_eq!(map.hashes_of(&odd).unwrap(), found);
}

proptest! {
    #[test]
    fn a_map_in_memory_is_the_last_operation_of_each_key(
        operations in operations(300),
        probes in prop::collection::vec(hashes(), 0..50),
    ) {
        let (expected, dead) = model(&operations);
        let (map, found) = builder(&operations).build().unwrap();
        prop_assert_eq!(found, dead);
        agree(&map, &expected, &probes);
    }

    #[test]
    fn a_map_on_disk_is_the_same(
        operations in operations(1200),
        probes in prop::collection::vec(hashes(), 0..50),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part-0.keys");
        let (expected, dead) = model(&operations);
        let (map, found) = written(&operations, &path).unwrap();
        prop_assert_eq!(&found, &dead);
        agree(&map, &expected, &probes);
        let (map, found) = FileMap::open(&path, &source()).unwrap();
        prop_assert_eq!(found, dead);
        agree(&map, &expected, &probes);
        map.verify().unwrap();
        prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_order_of_pushing_does_not_matter(
        (operations, shuffled) in operations(100).prop_flat_map(|o| (Just(o.clone()), Just(o).prop_shuffle())),
    ) {
        let (expected, dead) = model(&operations);
        let (map, found) = builder(&shuffled).build().unwrap();
        prop_assert_eq!(found, dead);
        agree(&map, &expected, &[]);
    }

    #[test]
    fn merging_two_runs_is_building_one(operations in operations(300), cut in 0usize..300) {
        // Runs merge in the order of their pushes.
        let mut operations = operations;
        for operation in &mut operations {
            operation.seq = Seq(u64::from(operation.row) / 7 + 1);
            operation.line = u64::from(operation.row);
        }
        let cut = cut.min(operations.len());
        let (older, newer) = operations.split_at(cut);
        let shifted: Vec<Operation> = newer
            .iter()
            .map(|operation| Operation { row: operation.row - cut as u32, ..*operation })
            .collect();
        let (older, mut dead) = builder(older).build().unwrap();
        let (newer, newer_dead) = builder(&shifted).build().unwrap();
        let (map, superseded) = MemoryMap::merge(&older, &newer, cut as u32).unwrap();
        dead.append(&newer_dead, cut as u32);
        dead.append(&superseded, 0);
        let (expected, expected_dead) = model(&operations);
        prop_assert_eq!(dead, expected_dead);
        agree(&map, &expected, &[]);
    }
}

/// Operations spread over three sources, with their rows numbered within each.
fn spread_over_sources(most: usize) -> impl Strategy<Value = [Vec<Operation>; 3]> {
    operations(most).prop_flat_map(|operations| {
        let homes = prop::collection::vec(0usize..3, operations.len());
        (Just(operations), homes).prop_map(|(operations, homes)| {
            let mut sources = [Vec::new(), Vec::new(), Vec::new()];
            for (operation, home) in operations.into_iter().zip(homes) {
                let row = sources[home].len() as u32;
                sources[home].push(Operation { row, ..operation });
            }
            sources
        })
    })
}

proptest! {
    #[test]
    fn of_sources_that_are_written_together_only_the_last_operation_of_a_key_is_in_a_map(
        sources in spread_over_sources(600),
        probes in prop::collection::vec(hashes(), 0..30),
        stale in prop::collection::vec(0usize..3, 0..4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<(PathBuf, Source)> = (0..3)
            .map(|at| {
                let path = format!("dukcapil/penduduk/part-{at}.parquet");
                (folder.path().join(format!("part-{at}.keys")), Source { path, ..source() })
            })
            .collect();
        let mut builder = KeyMapBuilder::spilling(folder.path());
        // By row, so that no source comes as a whole.
        for row in 0..600 {
            for (at, operations) in (0..).zip(&sources) {
                if let Some(operation) = operations.get(row) {
                    builder.push(at, operation).unwrap();
                }
            }
        }
        let mut expected = model_of(&sources.each_ref().map(Vec::as_slice));
        // A stale row is no operation: it is only hidden.
        for (at, home) in stale.into_iter().enumerate() {
            let row = 10_000 + at as u32;
            builder.hide(home as u16, row);
            expected[home].1.insert(row);
        }
        let built = builder.write(&files).unwrap();
        prop_assert_eq!(built.len(), 3);
        for (((map, hidden), (entries, dead)), (path, source)) in built.iter().zip(&expected).zip(&files) {
            prop_assert_eq!(hidden, dead);
            agree(map, entries, &probes);
            let (map, hidden) = FileMap::open(path, source).unwrap();
            prop_assert_eq!(&hidden, dead);
            agree(&map, entries, &probes);
        }
    }
}

#[test]
fn a_key_of_two_sources_stays_in_the_last_and_is_hidden_in_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["a", "b"].map(|name| (folder.path().join(name), source()));
    let first = distinct(3);
    let later = Operation {
        row: 5,
        seq: Seq(2),
        line: 1,
        ..first[0]
    };
    for (older, newer) in [(0, 1), (1, 0)] {
        let mut builder = KeyMapBuilder::spilling(folder.path());
        builder.push(newer, &later).unwrap();
        for operation in &first {
            builder.push(older, operation).unwrap();
        }
        let built = builder.write(&files).unwrap();
        let (map, hidden) = &built[usize::from(older)];
        assert_eq!((map.get(first[0].hash).unwrap(), map.len()), (None, 2));
        assert_eq!(hidden, &RowSet::from_iter([0]));
        let (map, hidden) = &built[usize::from(newer)];
        assert_eq!((map.get(first[0].hash).unwrap(), map.len()), (Some(entry(&later)), 1));
        assert!(hidden.is_empty());
    }
}

#[test]
fn the_newer_run_wins_whatever_the_versions_say() {
    let older = Operation {
        version: 9,
        seq: Seq(5),
        ..distinct(1)[0]
    };
    let newer = Operation {
        version: 1,
        seq: Seq(1),
        deleted: true,
        ..older
    };
    let (map, superseded) = MemoryMap::merge(
        &builder(&[older]).build().unwrap().0,
        &builder(&[newer]).build().unwrap().0,
        1,
    )
    .unwrap();
    assert_eq!(
        map.get(older.hash).unwrap(),
        Some(Entry {
            row: 1,
            ..entry(&newer)
        })
    );
    assert_eq!(superseded, RowSet::from_iter([0]));
}

#[test]
fn a_hidden_row_is_in_no_map() {
    let mut builder = builder(&distinct(2));
    builder.hide(0, 7);
    let (map, hidden) = builder.build().unwrap();
    assert_eq!((map.len(), hidden), (2, RowSet::from_iter([7])));
}

#[test]
fn edges_of_the_hash_range_are_ordinary_keys() {
    let folder = tempfile::tempdir().unwrap();
    for keys in [vec![], vec![0], vec![u128::MAX], vec![0, u128::MAX, 1, u128::MAX - 1]] {
        let mut operations = distinct(keys.len() as u32);
        for (operation, key) in operations.iter_mut().zip(&keys) {
            operation.hash = *key;
        }
        let (expected, _) = model(&operations);
        let (map, _) = written(&operations, &folder.path().join("keys")).unwrap();
        agree(&map, &expected, &[0, 1, 2, u128::MAX, u128::MAX - 1, 1 << 64]);
    }
}

#[test]
fn every_number_of_entries_around_a_full_block_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    for count in [1, 112, 113, 114, 144, 145, 146, 226, 290, 291, 20_000] {
        for versions in [false, true] {
            let mut operations = distinct(count);
            if versions {
                operations[0].version = i64::MAX;
            }
            let (expected, _) = model(&operations);
            let absent: Vec<u128> = (0..500).map(|key| spread(key + 1_000_000)).collect();
            let (map, _) = written(&operations, &folder.path().join("keys")).unwrap();
            agree(&map, &expected, &absent);
        }
    }
}

#[test]
fn an_absent_key_mostly_needs_no_read_and_an_entry_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let (map, _) = written(&distinct(100_000), &path).unwrap();
    assert!(map.resident_bytes() < 100_000 * 13 / 8, "{}", map.resident_bytes());
    assert!(path.metadata().unwrap().len() < 100_000 * 31);
    // Cut off behind the map's back, every read fails: what is answered needed none.
    std::fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(4096)
        .unwrap();
    let absent = (0..100_000).map(|key| map.get(spread(key + 1_000_000)));
    let reads = absent.filter(Result::is_err).count();
    assert!(reads < 1000, "{reads} of 100,000");
}

#[test]
fn a_line_that_cannot_be_counted_is_refused() {
    let mut operation = distinct(1)[0];
    operation.line = 1 << 32;
    assert!(KeyMapBuilder::with_capacity(1).push(0, &operation).is_err());
}
