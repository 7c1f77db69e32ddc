//! The lease and the blocks, over a store in memory that keeps conditional puts.

use crate::store::{
    Lease, Owner,
    cache::CachedStore,
    faulty::{Sky, Weather},
};
use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, memory::InMemory, path::Path};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{path::Path as FilePath, sync::Arc, time::Duration};
use url::Url;

const LIFETIME: Duration = Duration::from_millis(600);

async fn lease(store: &Arc<dyn ObjectStore>, hub: &str, kept: &FilePath) -> crate::Result<Arc<Lease>> {
    let url = Url::parse("s3://danau/").unwrap();
    let owner = Owner { hub, adopts: false };
    Lease::acquire(store.clone(), &url, owner, kept, LIFETIME).await
}

#[tokio::test]
async fn a_lease_outlives_lost_answers_and_ends_when_the_store_stays_away() {
    let folder = tempfile::tempdir().unwrap();
    let sky = Sky::new(1);
    let store = sky.over(Arc::new(InMemory::new()));
    let held = lease(&store, "hub", &folder.path().join("lease")).await.unwrap();
    sky.set(Weather {
        loses: 1.0,
        ..Weather::default()
    });
    // Every renewal is done, and none says so.
    tokio::time::sleep(LIFETIME * 3).await;
    held.check().unwrap();
    assert!(sky.harm().failed > 3);
    sky.set(Weather {
        fails: 1.0,
        ..Weather::default()
    });
    tokio::time::sleep(LIFETIME * 2).await;
    held.check().unwrap_err();
    held.keeps().unwrap();
    // It comes back in time: nobody has taken it.
    sky.set(Weather::default());
    tokio::time::sleep(LIFETIME).await;
    held.check().unwrap();
}

#[tokio::test]
async fn the_same_folder_follows_itself_at_once_and_others_wait() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (here, there) = (here.path().join("lease"), there.path().join("lease"));
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let first = lease(&store, "hub", &here).await.unwrap();
    // A copy of the hub elsewhere, while this one lives.
    let refused = lease(&store, "hub", &there).await.unwrap_err();
    assert!(
        refused.message().contains("is being written by another process"),
        "{refused}"
    );
    let refused = lease(&store, "other", &there).await.unwrap_err();
    assert!(refused.message().contains("belongs to another hub"), "{refused}");
    // As if it had been killed: nobody renews.
    drop(first);
    let begun = std::time::Instant::now();
    let second = lease(&store, "hub", &here).await.unwrap();
    assert!(begun.elapsed() < LIFETIME / 2);
    drop(second);
    let begun = std::time::Instant::now();
    let third = lease(&store, "hub", &there).await.unwrap();
    assert!(begun.elapsed() >= LIFETIME);
    third.release().await;
    let begun = std::time::Instant::now();
    let fourth = lease(&store, "hub", &here).await.unwrap();
    assert!(begun.elapsed() < LIFETIME / 2);
    fourth.check().unwrap();
    third.check().unwrap_err();
}

#[tokio::test]
async fn reads_through_blocks_are_those_of_the_store_whatever_happens_to_the_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = StdRng::seed_from_u64(3);
    let remote = Arc::new(InMemory::new());
    let budget = 5 << 20;
    let open = async || CachedStore::open(remote.clone(), folder.path(), budget).await.unwrap();
    let mut store = open().await;
    let mut files: Vec<(Path, Bytes)> = Vec::new();
    for number in 0..4 {
        let bytes = [0, 1, (2 << 20) + 1, 7 << 20][number];
        let content: Vec<u8> = (0..bytes).map(|_| dice.random()).collect();
        let path = Path::from(format!("t/{number}.parquet"));
        // Half of them come from another hub.
        let target: &dyn ObjectStore = if number % 2 == 0 { &store } else { remote.as_ref() };
        target.put(&path, PutPayload::from(content.clone())).await.unwrap();
        files.push((path, content.into()));
    }
    for round in 0..60 {
        let (path, content) = &files[dice.random_range(0..files.len())];
        let size = content.len() as u64;
        assert_eq!(store.get(path).await.unwrap().bytes().await.unwrap(), content, "{path}");
        let mut range = || {
            let start = dice.random_range(0..=size);
            start..dice.random_range(start..=size)
        };
        let ranges = [range(), range(), range()];
        let found = store.get_ranges(path, &ranges).await.unwrap();
        for (range, found) in ranges.iter().zip(found) {
            assert_eq!(
                found,
                content.slice(range.start as usize..range.end as usize),
                "{range:?} of {path}"
            );
        }
        let blocks: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .flatten()
            .map(|e| e.path())
            .collect();
        match round % 5 {
            0 => blocks
                .iter()
                .step_by(2)
                .for_each(|path| std::fs::write(path, b"rusak").unwrap()),
            1 => blocks
                .iter()
                .step_by(3)
                .for_each(|path| drop(std::fs::remove_file(path))),
            2 => store = open().await,
            _ => {}
        }
    }
    // Room is made in the background.
    let held = || -> u64 {
        let entries = std::fs::read_dir(folder.path()).unwrap().flatten();
        entries.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
    };
    for _ in 0..200 {
        if held() <= budget {
            return;
        }
        let _ = store.get(&files[1].0).await.unwrap().bytes().await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} bytes of blocks are kept", held());
}
