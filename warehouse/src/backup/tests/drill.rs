//! Taken under load, restored, compared.

use super::fixture::*;
use crate::{
    Seq, Warehouse,
    backup::{Progress, verify},
    contract::Origin,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::SystemTime,
};

fn small(first: i64) -> Sent {
    Sent {
        first,
        rows: 30,
        is_big: false,
    }
}

fn big(first: i64) -> Sent {
    Sent {
        is_big: true,
        ..small(first)
    }
}

/// Files of the pool and when each was written.
fn pool(backups: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let found = super::super::file::files_below(&backups.join("files")).unwrap();
    let written = |path: &PathBuf| backups.join("files").join(path).metadata().unwrap().modified().unwrap();
    found.into_iter().map(|path| (path.clone(), written(&path))).collect()
}

async fn merge(hub: &Arc<Warehouse>) {
    let contract = hub.contracts().get("kunci").unwrap().clone();
    let keyed = hub.lake.keyed(&contract).unwrap();
    hub.lake.merge(&keyed).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_hub_is_the_hub_of_the_cut() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    let first = hub(&data).await;
    std::fs::create_dir_all(data.join("contracts/dinkes")).unwrap();
    std::fs::write(data.join("contracts/dinkes/catatan.txt"), "dari situs").unwrap();
    std::fs::create_dir_all(data.join("models")).unwrap();
    std::fs::write(data.join("models/milik_situs.sql"), "SELECT 1").unwrap();
    for n in 0..4 {
        push(&first, &format!("a{n}"), small(n * 30)).await;
        push_keyed(&first, &format!("k{n}"), small(n * 30)).await;
    }
    push(&first, "besar", big(1_000)).await;
    push_keyed(&first, "besar", big(1_000)).await;
    first.lake.flush_all().await.unwrap();
    merge(&first).await;
    push_keyed(&first, "k9", small(200)).await;
    let last = push(&first, "a9", small(2_000)).await;
    let taken = back_up(&first, &backups, None).await;
    assert_eq!(Some(taken.through), last.seq);
    let later = push(&first, "sesudah", small(3_000)).await;
    push_keyed(&first, "sesudah", small(300)).await;

    let (told, second) = restored(&backups, None, &folder.path().join("kembali")).await;
    assert_eq!(
        (&told.id, told.through, told.files),
        (&taken.id, taken.through, taken.files)
    );
    assert_eq!(second.view().visible_seq, taken.through);
    let (expected, found) = (contents(&first, taken.through).await, everything(&second).await);
    assert_eq!(found, expected);
    assert!(found.appended.len() == 180 && found.rejected.len() == 18 && found.receipts.len() == 12);
    let kept = std::fs::read_to_string(folder.path().join("kembali/contracts/dinkes/catatan.txt"));
    assert_eq!(kept.unwrap(), "dari situs");
    let kept = std::fs::read_to_string(folder.path().join("kembali/models/milik_situs.sql"));
    assert_eq!(
        kept.unwrap(),
        "SELECT 1",
        "without it the shipped model would take its place"
    );

    // Old idempotency keys are known, those of later pushes are not, and the log goes on behind the cut.
    assert_eq!(replayed(&second, "angka", "a9"), Some(last));
    assert!(replayed(&second, "kunci", "besar").is_some());
    assert_eq!(replayed(&second, "angka", "sesudah"), None);
    let again = push(&second, "sesudah", small(3_000)).await;
    push_keyed(&second, "sesudah", small(300)).await;
    assert_eq!(again.seq, later.seq);
    second.lake.flush_all().await.unwrap();
    merge(&second).await;
    second.maintain().await;
    let current = "SELECT k, v, n FROM data.kunci";
    assert_eq!(lines(&second, None, current).await, lines(&first, None, current).await);
    second.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_that_the_hub_does_meanwhile_disturbs_the_cut() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    let first = hub(&data).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    for sender in 0..3 {
        let (hub, is_over) = (first.clone(), is_over.clone());
        tasks.push(tokio::spawn(async move {
            for n in 0.. {
                if is_over.load(SeqCst) {
                    return;
                }
                let (key, sent) = (format!("s{sender}-{n}"), if n % 7 == 6 { big } else { small });
                push(&hub, &key, sent((sender * 1_000_000) + n * 30)).await;
                push_keyed(&hub, &key, sent(n * 30 + sender)).await;
            }
        }));
    }
    let (hub, over) = (first.clone(), is_over.clone());
    tasks.push(tokio::spawn(async move {
        while !over.load(SeqCst) {
            hub.lake.flush_all().await.unwrap();
            merge(&hub).await;
            hub.maintain().await;
        }
    }));
    let mut taken = Vec::new();
    for _ in 0..4 {
        let before = first.view().visible_seq;
        while first.view().visible_seq.0 < before.0 + 60 {
            tokio::task::yield_now().await;
        }
        taken.push(back_up(&first, &backups, None).await);
    }
    is_over.store(true, SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
    assert!(taken.is_sorted_by_key(|taken| taken.through) && taken[0].through > Seq(0));
    for (n, taken) in taken.iter().enumerate() {
        let verified = verify(&backups, Some(&taken.id), &Progress::default()).unwrap();
        assert_eq!(verified.damage, []);
        let (_, second) = restored(&backups, Some(&taken.id), &folder.path().join(format!("kembali-{n}"))).await;
        let (expected, found) = (contents(&first, taken.through).await, everything(&second).await);
        assert_eq!(found, expected, "backup {n} through {}", taken.through);
        for receipt in &found.receipts {
            let receipt: crate::Receipt = serde_json::from_str(receipt).unwrap();
            assert!(receipt.seq.unwrap() <= taken.through);
        }
        second.shutdown().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_backup_copies_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    let first = hub(&data).await;
    push(&first, "a", small(0)).await;
    push_keyed(&first, "k", big(0)).await;
    let one = back_up(&first, &backups, None).await;
    let before = pool(&backups);
    assert_eq!(
        (one.new_files, one.new_files),
        (before.len() as u64, 4),
        "two partitions, quarantine, history"
    );

    let same = back_up(&first, &backups, None).await;
    assert_eq!((same.new_files, same.new_bytes, same.files), (0, 0, one.files));
    assert!(same.id > one.id, "one clock, two names");
    push(&first, "b", small(500)).await;
    let three = back_up(&first, &backups, None).await;
    let after = pool(&backups);
    assert_eq!(three.new_files, 3);
    assert_eq!(after.len(), before.len() + 3);
    assert!(
        before.iter().all(|(path, written)| after[path] == *written),
        "nothing was written again"
    );
    for taken in [one, same, three] {
        let (_, second) = restored(&backups, Some(&taken.id), &folder.path().join(taken.id.as_str())).await;
        assert_eq!(everything(&second).await, contents(&first, taken.through).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_the_log_holds_comes_back_and_the_log_is_released_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    let first = hub(&data).await;
    // Later pushes stay in the log: nothing flushes between the cut of the tables and the copy of the log here.
    let hold = first.hold_log();
    for n in 0..200 {
        push(&first, &format!("a{n}"), small(n * 30)).await;
    }
    first.lake.flush_all().await.unwrap();
    let segments = || std::fs::read_dir(data.join("wal")).unwrap().count();
    let held = segments();
    assert!(held > 3, "{held} segments");
    drop(hold);
    let taken = back_up(&first, &backups, None).await;
    assert!(segments() < held, "what was held is released");
    let wider = first.contracts().get("angka").unwrap().text.replace("1.0.0", "1.1.0");
    let wider = wider + "      - {name: baru, logicalType: string}\n";
    first.put_contract(&wider, Origin::Api, false).await.unwrap();
    let next = back_up(&first, &backups, None).await;
    assert_eq!(next.through, taken.through.next(), "a contract has a position as well");
    let (_, second) = restored(&backups, None, &folder.path().join("kembali")).await;
    assert_eq!(second.contracts().get("angka").unwrap().version.to_string(), "1.1.0");
    assert_eq!(everything(&second).await, contents(&first, next.through).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contract_that_only_the_log_has_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let first = hub(folder.path()).await;
    drop(first);
    // As a control store that was copied, or killed, before the contract reached it.
    let store = rusqlite::Connection::open(folder.path().join("control.sqlite")).unwrap();
    assert_eq!(
        store
            .execute("DELETE FROM contracts WHERE dataset = 'kunci'", [])
            .unwrap(),
        1
    );
    drop(store);
    open(folder.path()).await.shutdown().await.unwrap();
    let log = std::fs::read_dir(folder.path().join("wal")).unwrap().count();
    let last = open(folder.path()).await;
    assert!(last.contracts().get("kunci").is_some(), "the log has {log} segments");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn issued_briefings_come_back_and_unfinished_ones_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    let first = open(&data).await;
    let week = data.join(crate::backup::ISSUED).join("2026-W47");
    for (name, text) in [("v1/laporan.json", "{}"), (".unfinished-v2/laporan.json", "{")] {
        let file = week.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    back_up(&first, &backups, None).await;

    let kept = folder.path().join("kembali");
    restored(&backups, None, &kept).await;
    let week = kept.join(crate::backup::ISSUED).join("2026-W47");
    assert_eq!(std::fs::read_to_string(week.join("v1/laporan.json")).unwrap(), "{}");
    assert!(!week.join(".unfinished-v2").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_whose_contract_is_gone_is_not_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    let site = data.join("contracts/angka.yaml");
    std::fs::create_dir_all(site.parent().unwrap()).unwrap();
    std::fs::write(&site, APPEND).unwrap();
    let first = open(&data).await;
    push(&first, "a", small(0)).await;
    first.shutdown().await.unwrap();
    drop(first);
    std::fs::remove_file(&site).unwrap();
    let first = open(&data).await;
    assert!(first.contracts().get("angka").is_none());
    back_up(&first, &backups, None).await;

    let kept = folder.path().join("kembali");
    let (_, second) = restored(&backups, None, &kept).await;
    second.put_contract(APPEND, Origin::Api, false).await.unwrap();
    let found = lines(&second, None, "SELECT count(*), sum(n) FROM data.angka").await;
    assert_eq!(found, ["30|435"]);
}
