//! `key`, `wal`, and commands on a hub that does not run.

use super::{file, local, remote, text};
use crate::{
    door::visit,
    hub::{Folder, Start},
};

#[test]
fn keys_are_made_on_a_running_and_on_a_stopped_hub() {
    let hub = Start::fresh().start();
    let made = local(hub.data(), &["key", "create", "analis-1", "--role", "analis"]).expect(0);
    let running = made.out.trim().to_owned();
    assert_eq!(
        made.out.lines().count(),
        1,
        "the key stands alone on standard output: {}",
        made.out
    );
    assert!(!made.err.contains(&running));
    assert_eq!(hub.with_key(&running).number("SELECT 1 AS n"), 1);
    local(hub.data(), &["key", "create", "analis-1", "--role", "analis"]).expect(1);
    local(hub.data(), &["key", "create", "x", "--role", "raja"]).expect(2);
    let said = remote(&hub, hub.admin_key(), &["key", "ls", "--json"]).expect(0).json();
    assert!(
        said.as_array().unwrap().iter().any(|key| key["name"] == "analis-1"),
        "{said}"
    );
    remote(&hub, &running, &["key", "ls"]).expect(1);

    let folder = hub.folder().clone();
    assert!(hub.stop().success());
    let stopped = local(
        folder.data(),
        &["key", "create", "dinkes-1", "--role", "opd", "--opd", "dinkes"],
    )
    .expect(0);
    let stopped = stopped.out.trim().to_owned();
    local(folder.data(), &["key", "revoke", "analis-1"]).expect(0);
    let hub = Start::on(&folder).start();
    hub.with_key(&running).ask("SELECT 1").problem(401);
    hub.with_key(&stopped)
        .push_ndjson("kunjungan", &[visit(1, "pkm-a", "35.03")])
        .expect(202);
    // A folder without a hub gets one with its first key.
    let empty = Folder::new();
    local(empty.data(), &["sql", "SELECT 1"]).expect(1);
    let key = local(empty.data(), &["key", "create", "pertama-sendiri", "--role", "admin"])
        .expect(0)
        .out;
    assert!(!key.trim().is_empty() && empty.data().join("control.sqlite").exists());
}

#[test]
fn commands_work_on_a_stopped_hub_and_the_log_can_be_looked_into() {
    let folder = Folder::new();
    let hub = Start::on(&folder).set("flush_seconds", 3600).start();
    hub.admin().push_csv("pengumuman", "nomor,judul\n1,a\n").expect(202);
    let segments = local(folder.data(), &["wal", "inspect", "--json"]).expect(0).json();
    let pushes: u64 = segments
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|s| s["frames"]["push"].as_u64())
        .sum();
    assert_eq!(pushes, 1, "{segments}");
    assert!(
        segments
            .as_array()
            .unwrap()
            .iter()
            .all(|s| s["ends"] == "end" || s["ends"] == "blank header"),
        "{segments}"
    );
    let table = local(folder.data(), &["wal", "inspect"]).expect(0).out;
    assert!(table.contains("1 push"), "{table}");
    hub.kill();
    // The door file that the kill left behind is passed over.
    assert!(folder.data().join("run/door.json").exists());
    let said = local(
        folder.data(),
        &["sql", "SELECT count(*) AS n FROM data.pengumuman", "--format", "csv"],
    )
    .expect(0);
    assert_eq!(said.out, "n\n1\n");
    let csv = file(&folder, "dua.csv", "nomor,judul\n2,b\n");
    local(folder.data(), &["push", "pengumuman", text(&csv)]).expect(0);
    let hub = Start::on(&folder).start();
    assert_eq!(hub.admin().number("SELECT count(*) AS n FROM data.pengumuman"), 2);
}
