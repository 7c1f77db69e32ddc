//! `backup`, `restore`, `verify`: on a running and on a stopped hub, what is refused, and what a kill or a full disk
//! leaves.

use super::{local, remote, run, text};
use crate::{
    binary::program,
    disk::Disk,
    hub::{Folder, SIGABRT, Start},
};
use serde_json::json;
use std::{os::unix::process::ExitStatusExt, path::Path, sync::Arc};

/// A hub with some rows.
fn loaded(folder: &Arc<Folder>) -> crate::hub::Hub {
    let hub = Start::on(folder).start();
    for n in 0..3 {
        hub.admin()
            .push_csv("pengumuman", &format!("nomor,judul\n{n},a\n{n}0,b\nbukan angka,c\n"))
            .expect(202);
    }
    hub
}

const COUNT: &str = "SELECT count(*) AS n FROM data.pengumuman";

#[test]
fn a_backup_is_taken_of_a_running_and_of_a_stopped_hub() {
    let folder = Folder::new();
    let hub = loaded(&folder);
    let (backups, home) = (folder.scratch("backups"), folder.for_restore(None));
    let first = local(folder.data(), &["backup", text(&backups)]).expect(0);
    assert!(
        first.err.contains("up to position 3") && first.err.contains("--contracts"),
        "{}",
        first.err
    );
    let first = first.out.trim().to_owned();
    assert!(hub.stop().success());
    let second = local(folder.data(), &["backup", text(&backups), "--keep", "1", "--json"])
        .expect(0)
        .json();
    assert_eq!(
        (&second["result"]["removed"], &second["result"]["new_files"]),
        (&json!([first]), &json!(0))
    );

    let said = run(program().args(["verify", text(&backups)])).expect(0);
    assert!(
        said.out.contains("verified now") && said.err.contains("is sound"),
        "{} {}",
        said.out,
        said.err
    );
    let said = local(home.data(), &["restore", text(&backups)]).expect(0);
    assert!(said.err.contains("smartcenter serve --data"), "{}", said.err);
    local(home.data(), &["restore", text(&backups)]).expect(1);
    let hub = Start::on(&home).start();
    assert_eq!(hub.admin().number(COUNT), 6);
    let rejected = hub
        .admin()
        .for_purpose("uji")
        .get("/api/v1/receipts")
        .expect(200)
        .json();
    assert_eq!(rejected["items"].as_array().unwrap().len(), 3);
}

#[test]
fn a_backup_is_for_the_admin_and_for_a_folder_outside() {
    let hub = loaded(&Folder::new());
    let backups = hub.folder().scratch("backups");
    let path = |path: &Path| json!({ "folder": path });
    let steward = hub.key("steward", "walidata", json!({}));
    steward.post("/api/v1/backups", &path(&backups)).problem(403);
    hub.anonymous().post("/api/v1/backups", &path(&backups)).problem(401);
    let admin = hub.admin();
    for wrong in [Path::new("backups"), &hub.data().join("b"), Path::new("/a/../b")] {
        admin.post("/api/v1/backups", &path(wrong)).problem(422);
    }
    admin
        .post("/api/v1/backups", &json!({ "folder": backups, "keep": 0 }))
        .problem(422);
    admin.get("/api/v1/backups/20261122T031500250Z").problem(404);
    admin.get("/api/v1/backups/kemarin").problem(422);
    let said = remote(&hub, hub.admin_key(), &["backup", "backups"]).expect(1);
    assert!(said.err.contains("from the root on"), "{}", said.err);
    remote(&hub, steward.key(), &["backup", text(&backups)]).expect(1);
    assert!(!backups.exists());
    remote(&hub, hub.admin_key(), &["backup", text(&backups)]).expect(0);
    let list = admin.get("/api/v1/backups").expect(200).json();
    assert_eq!(list["items"][0]["state"], "complete");
    let id = list["items"][0]["id"].as_str().unwrap();
    let one = admin.get(&format!("/api/v1/backups/{id}")).expect(200).json();
    assert_eq!((&one, &one["result"]["through"]), (&list["items"][0], &json!(3)));
}

#[test]
fn damage_is_told_file_by_file() {
    let folder = Folder::new();
    let hub = loaded(&folder);
    let backups = folder.scratch("backups");
    local(folder.data(), &["backup", text(&backups)]).expect(0);
    drop(hub);
    let table = backups.join("files/pengumuman_v1");
    let file = std::fs::read_dir(&table).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let said = run(program().args(["verify", text(&backups), "--json"]))
        .expect(1)
        .json();
    assert_eq!(said["damage"][0]["path"], text(&file));
    let home = folder.for_restore(None);
    let said = local(home.data(), &["restore", text(&backups)]).expect(1);
    assert!(said.err.contains(text(&file)), "{}", said.err);
    // What it left behind is no hub.
    local(home.data(), &["sql", COUNT]).expect(1);
    let ended = Start::on(&home).try_start().unwrap_err();
    assert!(ended.log.contains("did not come to its end"), "{}", ended.log);
    run(program().args(["verify", text(&folder.scratch("tidak-ada"))])).expect(1);
}

#[test]
fn a_hub_killed_during_a_backup_leaves_the_others_as_they_are() {
    let folder = Folder::new();
    let backups = folder.scratch("backups");
    let hub = loaded(&folder);
    local(folder.data(), &["backup", text(&backups)]).expect(0);
    hub.admin().push_csv("pengumuman", "nomor,judul\n7,d\n").expect(202);
    hub.kill();
    let mut hub = Start::on(&folder).set("crash_at", "mid_backup").start();
    remote(&hub, hub.admin_key(), &["backup", text(&backups)]).expect(1);
    assert_eq!(hub.wait().signal(), Some(SIGABRT));
    let said = run(program().args(["verify", text(&backups), "--json"]))
        .expect(0)
        .json();
    let complete = |n: usize| said["backups"][n]["complete"].as_bool();
    assert_eq!((complete(0), complete(1), complete(2)), (Some(true), Some(false), None));
    let home = folder.for_restore(None);
    local(home.data(), &["restore", text(&backups)]).expect(0);
    assert_eq!(Start::on(&home).start().admin().number(COUNT), 6);

    let hub = Start::on(&folder).start();
    assert_eq!(hub.admin().number(COUNT), 7);
    local(folder.data(), &["backup", text(&backups), "--keep", "1"]).expect(0);
    let said = run(program().args(["verify", text(&backups), "--json"]))
        .expect(0)
        .json();
    assert_eq!(said["backups"].as_array().unwrap().len(), 1);
}

#[test]
fn a_full_disk_takes_nothing_from_earlier_backups() {
    let folder = Folder::new();
    let Some(disk) = Disk::mount(&folder.scratch("disk")) else {
        println!("skipped: a small disk cannot be mounted here (it takes root)");
        return;
    };
    let hub = loaded(&folder);
    let backups = disk.path().join("backups");
    local(folder.data(), &["backup", text(&backups)]).expect(0);
    let before = files(&backups);
    disk.fill("ballast");
    let rows: String = (0..40_000)
        .map(|n| format!("{n},{:x}\n", n * 7_919_u64 * 104_729))
        .collect();
    hub.admin()
        .push_csv("pengumuman", &format!("nomor,judul\n{rows}"))
        .expect(202);
    let said = local(folder.data(), &["backup", text(&backups)]).expect(1);
    assert!(
        said.err.contains("disk is full") || said.err.contains("no space left"),
        "{}",
        said.err
    );
    assert_eq!(files(&backups), before, "half a backup was left");
    std::fs::remove_file(disk.path().join("ballast")).unwrap();
    local(folder.data(), &["backup", text(&backups)]).expect(0);
    run(program().args(["verify", text(&backups)])).expect(0);
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.path().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found.sort();
    found
}
