//! What a put leaves behind when the power goes; what a remote store needs besides.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod remote;

use super::{
    open_on,
    sim::{Deaf, ForgetfulDisk, Names},
};
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutPayload, path::Path};
use std::{fs, sync::Arc};

#[tokio::test]
async fn a_put_is_whole_when_it_returns_and_never_half() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(ForgetfulDisk::new(folder.path(), Deaf::No).unwrap());
    let store = open_on(&folder.path().join("lake"), disk.clone()).unwrap().objects;
    let before = disk.moments();
    store
        .put(&Path::from("t/p=1/a"), PutPayload::from_static(b"isi"))
        .await
        .unwrap();
    let done = disk.moments();
    for moment in before..=done {
        for names in [Names::Synced, Names::All] {
            let left = tempfile::tempdir().unwrap();
            disk.after_power_cut(moment, names, left.path()).unwrap();
            match fs::read(left.path().join("lake/t/p=1/a")) {
                Ok(content) => assert_eq!(content, b"isi", "{names:?} at {moment}"),
                Err(_) => assert!(moment < done, "{names:?}"),
            }
        }
    }
}

#[tokio::test]
async fn what_a_killed_process_left_is_settled_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    fs::create_dir_all(lake.join("t")).unwrap();
    fs::write(lake.join("t/0.json#17"), "{").unwrap();
    let disk = Arc::new(ForgetfulDisk::new(folder.path(), Deaf::No).unwrap());
    let store = open_on(&lake, disk.clone()).unwrap().objects;
    assert!(!lake.join("t/0.json#17").exists(), "half a file");
    let create = PutMode::Create.into();
    store
        .put_opts(&Path::from("t/a"), PutPayload::from_static(b"isi"), create)
        .await
        .unwrap();
    let left = tempfile::tempdir().unwrap();
    disk.after_power_cut(disk.moments(), Names::Synced, left.path())
        .unwrap();
    assert_eq!(fs::read(left.path().join("lake/t/a")).unwrap(), b"isi");
}
