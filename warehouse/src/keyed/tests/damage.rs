//! A damaged map may refuse to answer; it may not answer wrongly.

use super::*;
use std::fs;

/// Opens the map and asks everything. Every answer that is given must be right; tells whether all were given.
fn answers(path: &Path, operations: &[Operation]) -> bool {
    let (expected, dead) = model(operations);
    let Ok((map, found)) = FileMap::open(path, &source()) else {
        return false;
    };
    assert_eq!(found, dead);
    let mut sound = true;
    let probes: Vec<u128> = operations.iter().map(|o| o.hash).chain((0..500).map(spread)).collect();
    for hash in &probes {
        match map.get(*hash) {
            Ok(answer) => assert_eq!(answer, expected.get(hash).copied()),
            Err(_) => sound = false,
        }
    }
    match map.get_many(&probes) {
        Ok(all) => assert!(
            all.iter()
                .zip(&probes)
                .all(|(answer, hash)| *answer == expected.get(hash).copied())
        ),
        Err(_) => sound = false,
    }
    let mut seen = 0;
    for item in map.iter() {
        match item {
            Ok((hash, entry)) => {
                seen += 1;
                assert_eq!(expected.get(&hash), Some(&entry));
            }
            Err(_) => sound = false,
        }
    }
    assert_eq!(map.verify().is_ok(), sound);
    assert!(!sound || seen == expected.len());
    sound
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn damaged_bytes_are_noticed(
        operations in operations(800),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        written(&operations, &path).unwrap();
        prop_assert!(answers(&path, &operations));
        let sound = fs::read(&path).unwrap();
        let mut bytes = sound.clone();
        for (at, change) in &damage {
            bytes[at.index(sound.len())] ^= change;
        }
        fs::write(&path, &bytes).unwrap();
        prop_assert_eq!(answers(&path, &operations), bytes == sound);
    }

    #[test]
    fn a_file_of_another_length_is_noticed(operations in operations(400), cut in any::<prop::sample::Index>()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        written(&operations, &path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..cut.index(bytes.len())]).unwrap();
        prop_assert!(!answers(&path, &operations));
        bytes.push(0);
        fs::write(&path, &bytes).unwrap();
        prop_assert!(!answers(&path, &operations));
    }
}

#[test]
fn blocks_that_change_places_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let operations = distinct(1000);
    written(&operations, &path).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let (first, second) = bytes[4096..].split_at_mut(4096);
    first.swap_with_slice(&mut second[..4096]);
    fs::write(&path, &bytes).unwrap();
    assert!(!answers(&path, &operations));
}

#[test]
fn a_map_of_another_source_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    written(&distinct(10), &path).unwrap();
    let others = [
        Source {
            path: "dukcapil/penduduk/part-1.parquet".into(),
            ..source()
        },
        Source { size: 1, ..source() },
        Source { hasher: 8, ..source() },
    ];
    for other in others {
        assert!(FileMap::open(&path, &other).is_err());
    }
    assert!(FileMap::open(&folder.path().join("none"), &source()).is_err());
    FileMap::open(&path, &source()).unwrap();
}

#[test]
fn a_failed_write_leaves_nothing_and_a_later_one_replaces_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let endless = Source {
        path: "p".repeat(5000),
        ..source()
    };
    builder(&distinct(10)).write(&[(path.clone(), endless)]).unwrap_err();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    fs::create_dir(&path).unwrap();
    written(&distinct(10), &path).unwrap_err();
    fs::remove_dir(&path).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    written(&distinct(10), &path).unwrap();
    written(&distinct(300), &path).unwrap();
    assert!(answers(&path, &distinct(300)));
}
