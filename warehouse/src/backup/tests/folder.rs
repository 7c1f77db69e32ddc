//! The folder of backups: who may use it, what is kept of it, what a killed backup leaves.

use super::fixture::*;
use crate::{
    Error, Kind, Warehouse,
    backup::{BackupFolder, BackupId, Listed, NewBackup, Progress, Wanted, verify},
};
use chrono::{TimeZone, Utc};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

fn sent(first: i64) -> Sent {
    Sent {
        first,
        rows: 30,
        is_big: false,
    }
}

async fn refusal(hub: &Arc<Warehouse>, folder: &Path) -> Error {
    hub.start_backup(folder, None).await.unwrap_err()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_goes_to_a_folder_of_its_own_and_of_one_hub() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("baru/di/sini"));
    let first = hub(&data).await;
    for wrong in [
        Path::new("backups"),
        &data,
        &data.join("lake/backups"),
        &folder.path().join("x/../data/b"),
    ] {
        assert_eq!(
            refusal(&first, wrong).await.kind(),
            Kind::Invalid,
            "{}",
            wrong.display()
        );
    }
    std::os::unix::fs::symlink(&data, folder.path().join("lain")).unwrap();
    assert_eq!(
        refusal(&first, &folder.path().join("lain/b")).await.kind(),
        Kind::Invalid,
        "by another name"
    );
    fs::write(folder.path().join("berkas"), "").unwrap();
    assert_eq!(
        refusal(&first, &folder.path().join("berkas/b")).await.kind(),
        Kind::Unavailable
    );

    let busy = BackupFolder::at(&backups).take_hold().unwrap();
    assert_eq!(refusal(&first, &backups).await.kind(), Kind::Conflict);
    drop(busy);
    back_up(&first, &backups, None).await;
    let second = hub(&folder.path().join("tetangga")).await;
    let error = refusal(&second, &backups).await;
    assert!(
        error.kind() == Kind::Conflict && error.message().contains("another hub"),
        "{error}"
    );
    // A restored hub is the same one, and goes on in the same folder.
    let (_, third) = restored(&backups, None, &folder.path().join("kembali")).await;
    back_up(&third, &backups, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_owner_can_read_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let backups = folder.path().join("backups");
    let first = hub(&folder.path().join("data")).await;
    push(&first, "a", sent(0)).await;
    back_up(&first, &backups, None).await;
    let mut seen = 0;
    for path in super::super::file::files_below(&backups).unwrap() {
        if path == Path::new("lock") {
            continue;
        }
        seen += 1;
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&backups.join(&path)), 0o600, "{}", path.display());
        let folders = path.ancestors().skip(1);
        for folder in folders {
            assert_eq!(mode(&backups.join(folder)), 0o700, "{}", folder.display());
        }
    }
    assert!(seen > 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_backups_go_and_take_only_what_nobody_else_needs() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    let first = hub(&data).await;
    let pool = || super::super::file::files_below(&backups.join("files")).unwrap().len();
    let mut taken = Vec::new();
    for n in 0..10 {
        push(&first, &format!("a{n}"), sent(n * 30)).await;
        taken.push(back_up(&first, &backups, None).await);
    }
    let before = pool();
    // Its many small files become few.
    first.maintain().await;
    let last = back_up(&first, &backups, Some(2)).await;
    assert_eq!(
        last.removed,
        taken[..9].iter().map(|taken| taken.id.clone()).collect::<Vec<_>>()
    );
    let left = BackupFolder::at(&backups).list().unwrap();
    assert_eq!(
        left.iter().map(|listed| &listed.id).collect::<Vec<_>>(),
        [&taken[9].id, &last.id]
    );
    assert!(
        pool() > before,
        "the files from before and after the compaction are both needed"
    );
    let alone = back_up(&first, &backups, Some(1)).await;
    assert!(pool() < before, "only the new ones are");
    assert_eq!(verify(&backups, None, &Progress::default()).unwrap().damage, []);
    let (_, second) = restored(&backups, Some(&alone.id), &folder.path().join("kembali")).await;
    assert_eq!(everything(&second).await, contents(&first, alone.through).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_backup_is_none_and_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    let first = hub(&data).await;
    push(&first, "a", sent(0)).await;
    let good = back_up(&first, &backups, None).await;
    let pool = || super::super::file::files_below(&backups.join("files")).unwrap();
    let before = pool();
    push(&first, "b", sent(30)).await;
    first.lake.flush_all().await.unwrap();
    let begin = || {
        let wanted = Wanted {
            hub: first.control().identity().unwrap(),
            now: Utc.with_ymd_and_hms(2026, 1, 6, 0, 0, 0).unwrap(),
            elsewhere: Vec::new(),
        };
        NewBackup::begin(&backups, wanted, Arc::new(Progress::default())).unwrap()
    };
    let mut half = begin();
    half.copy_files(&first.lake.store().objects, &first.lake.cut_all().await.unwrap().tables)
        .await
        .unwrap();
    assert!(pool().len() > before.len());
    // It fails: everything of it goes.
    drop(half);
    assert_eq!(pool(), before);
    assert_eq!(BackupFolder::at(&backups).list().unwrap().len(), 1);
    // It is killed: it is listed as what it is, stands in nobody's way, and goes with the next.
    let mut half = begin();
    half.copy_files(&first.lake.store().objects, &first.lake.cut_all().await.unwrap().tables)
        .await
        .unwrap();
    let killed = half.id().clone();
    half.forget();
    let incomplete = Listed {
        id: killed,
        complete: false,
    };
    let verified = verify(&backups, None, &Progress::default()).unwrap();
    assert_eq!((&verified.id, verified.damage.len()), (&good.id, 0));
    assert_eq!(verified.backups[1], incomplete);
    let (_, second) = restored(&backups, None, &folder.path().join("kembali")).await;
    assert_eq!(everything(&second).await, contents(&first, good.through).await);
    let next = back_up(&first, &backups, None).await;
    let left: Vec<BackupId> = BackupFolder::at(&backups)
        .list()
        .unwrap()
        .into_iter()
        .map(|l| l.id)
        .collect();
    assert_eq!(left, [good.id, next.id]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_stops_ends_its_backup() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    let first = hub(&data).await;
    push(&first, "a", sent(0)).await;
    let job = first.start_backup(&backups, None).await.unwrap();
    first.shutdown().await.unwrap();
    let end = job.wait().await.unwrap();
    let listed = BackupFolder::at(&backups).list().unwrap();
    // Either it came to its end in time, or nothing of it is left.
    assert!(listed.len() == usize::from(end.outcome.is_ok()), "{end:?} {listed:?}");
    assert_eq!(refusal(&first, &backups).await.kind(), Kind::Unavailable);
}

#[test]
fn an_id_is_a_moment_and_nothing_else() {
    let now = Utc.with_ymd_and_hms(2026, 11, 22, 3, 15, 0).unwrap();
    let id = BackupId::after(None, now);
    assert_eq!(id.as_str(), "20261122T031500000Z");
    assert_eq!(id.as_str().parse::<BackupId>().unwrap(), id);
    assert_eq!(BackupId::after(Some(&id), now).as_str(), "20261122T031500001Z");
    let earlier = now - chrono::Duration::days(1);
    assert!(BackupId::after(Some(&id), earlier) > id, "a clock that was set back");
    for wrong in [
        "",
        "..",
        "20261122T031500Z",
        "20261122T031500000Z/..",
        "20261342T031500000Z",
    ] {
        assert!(wrong.parse::<BackupId>().is_err(), "{wrong}");
    }
}
