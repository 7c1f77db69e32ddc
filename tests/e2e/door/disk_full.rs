//! A full disk: pushes are refused in words, reads go on, and when space returns pushes do too. The disk is a small
//! one in memory, which takes root to mount.

use crate::{
    disk::Disk,
    hub::{Folder, Start, until},
};
use serde_json::{Value, json};
use tempfile::TempDir;

#[test]
fn a_full_disk_refuses_pushes_and_serves_reads() {
    let dir = TempDir::with_prefix("smartcenter-disk-").unwrap();
    let Some(disk) = Disk::mount(&dir.path().join("disk")) else {
        println!("skipped: a small disk cannot be mounted here (it takes root)");
        return;
    };
    let folder = Folder::at(dir, disk.path().join("data"));
    let small = |start: Start| start.set("wal_segment_bytes", 1 << 20).set("flush_seconds", 1);
    let hub = small(Start::on(&folder)).start();
    let admin = hub.admin();
    let push = |n: i64| {
        let lines: Vec<Value> = (0..100)
            .map(|i| json!({ "nomor": n * 100 + i, "judul": format!("{n:0>400}") }))
            .collect();
        admin.push_ndjson("pengumuman", &lines)
    };
    for n in 0..10 {
        push(n).expect(202);
    }
    disk.fill("ballast");
    // What is left in the open segment is used up, then pushes are refused.
    let (refused, pushes) = (10..2000)
        .map(|n| (push(n), n))
        .find(|(answer, _)| answer.status != 202)
        .expect("a full disk cannot take everything");
    let rows = pushes * 100;
    let told = refused.problem(503);
    assert!(
        told.contains("disk is full") && told.contains("nothing was kept"),
        "{told}"
    );
    assert!(
        refused
            .header("Retry-After")
            .parse::<u64>()
            .is_ok_and(|seconds| seconds > 0)
    );
    // A big push needs the disk before the log does.
    let big: Vec<Value> = (0..60_000_i64)
        .map(|i| json!({ "nomor": -i, "judul": (i * 7919).wrapping_pow(3).to_string().repeat(20) }))
        .collect();
    let big = admin.push_ndjson("pengumuman", &big);
    assert!(big.problem(503).contains("disk"), "{}", big.text());
    // Reads go on, and say what was acknowledged.
    let seen = hub
        .admin()
        .row("SELECT count(*) AS n, count(DISTINCT nomor) AS beda FROM data.pengumuman");
    assert_eq!(seen, json!({ "n": rows, "beda": rows }));
    assert_eq!(
        hub.admin()
            .get("/api/v1/datasets/pengumuman/rows?limit=10")
            .expect(200)
            .json()["items"]
            .as_array()
            .unwrap()
            .len(),
        10
    );
    assert!(
        hub.anonymous().get("/readyz").expect(200).json()["refusing"]
            .as_str()
            .unwrap()
            .contains("disk is full")
    );

    std::fs::remove_file(disk.path().join("ballast")).unwrap();
    until("pushes are taken again", || {
        admin.push_csv("ledger", "push,nomor,nilai\nkembali,1,1\n").status == 202
    });
    let landed = admin
        .feed("pengumuman", "text/csv")
        .query("wait", "landed")
        .send("nomor,judul\n-1,kembali\n")
        .expect(201);
    assert_eq!(landed.json()["rows"]["accepted"], 1);
    assert!(
        hub.anonymous()
            .get("/readyz")
            .expect(200)
            .json()
            .get("refusing")
            .is_none()
    );
    assert_eq!(
        hub.admin().number("SELECT count(*) AS n FROM data.pengumuman"),
        rows + 1
    );
    hub.kill();
    let hub = small(Start::on(&folder)).start();
    let seen = hub
        .admin()
        .row("SELECT count(*) AS n, count(DISTINCT nomor) AS beda FROM data.pengumuman");
    assert_eq!(seen, json!({ "n": rows + 1, "beda": rows + 1 }));
    drop(hub);
    drop(disk);
}
