//! One query sees one cut: while pushes, flushes and compactions go on, every answer is a state the hub was in.

use crate::{
    client::Client,
    hub::{PATIENCE, Start},
};
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst},
    time::Instant,
};

/// Rows of a push; their values sum to zero.
const BATCH: i64 = 20;
const WRITERS: i64 = 3;
/// Commits and compactions that must have happened while readers read; ten times as many with `SMARTCENTER_SOAK=1`.
const COMMITS: i64 = 20;
const COMPACTIONS: i64 = 2;

#[derive(Default)]
struct World {
    stop: AtomicBool,
    /// Pushes sent, and acknowledged.
    sent: AtomicI64,
    acknowledged: AtomicI64,
    answers: AtomicI64,
}

#[test]
fn every_answer_is_a_state_the_hub_was_in() {
    let hub = Start::fresh().restless().start();
    let admin = hub.admin();
    let world = World::default();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (world, admin) = (&world, admin.clone());
            scope.spawn(move || write(world, &admin, writer));
        }
        let readers: [fn(&World, &Client); 4] = [read_sums, read_joins, read_across, read_pages];
        for read in readers {
            let (world, admin) = (&world, admin.clone());
            // A reader that fails ends the test at once, not after the deadline.
            scope.spawn(move || {
                let _stop = StopOnDrop(world);
                while !world.stop.load(SeqCst) {
                    read(world, &admin);
                    world.answers.fetch_add(1, SeqCst);
                }
            });
        }
        scope.spawn(|| {
            let _stop = StopOnDrop(&world);
            watch(&world, &admin);
        });
    });
    let pushes = world.acknowledged.load(SeqCst);
    println!("consistency: {pushes} pushes, {} answers", world.answers.load(SeqCst));
    let end = admin.row("SELECT count(*) AS n, count(DISTINCT id) AS ids, sum(v) AS jumlah FROM data.neraca");
    assert_eq!(end, json!({ "n": pushes * BATCH, "ids": pushes * BATCH, "jumlah": 0 }));
}

struct StopOnDrop<'a>(&'a World);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, SeqCst);
    }
}

fn write(world: &World, client: &Client, writer: i64) {
    let _stop = StopOnDrop(world);
    for round in 0.. {
        if world.stop.load(SeqCst) {
            return;
        }
        let push = world.sent.fetch_add(1, SeqCst);
        let rows: Vec<Value> = (0..BATCH)
            .map(|row| {
                let size = push * 7 % 1000 + row / 2 + 1;
                json!({ "id": push * BATCH + row, "kelompok": writer, "v": if row % 2 == 0 { size } else { -size } })
            })
            .collect();
        client.push_ndjson("neraca", &rows).expect(202);
        world.acknowledged.fetch_add(1, SeqCst);
        // Sent only after the push above was acknowledged: whoever sees this one must see that one.
        let follower = json!({ "nomor": push, "judul": format!("{writer}-{round}") });
        client.push_ndjson("pengumuman", &[follower]).expect(202);
    }
}

/// Sums, counts, and reading one's own writes.
fn read_sums(world: &World, client: &Client) {
    let before = world.acknowledged.load(SeqCst);
    let row = client.row(
        "SELECT count(*) AS n, coalesce(sum(v), 0) AS jumlah, count(DISTINCT id) AS ids, \
         coalesce(sum(CASE WHEN v > 0 THEN 1 ELSE -1 END), 0) AS tanda FROM data.neraca",
    );
    let n = row["n"].as_i64().unwrap();
    assert_eq!(
        (&row["jumlah"], &row["tanda"]),
        (&json!(0), &json!(0)),
        "a push is partly visible: {row}"
    );
    assert_eq!(row["ids"], n, "a row is there twice: {row}");
    assert_eq!(n % BATCH, 0, "a push is partly visible: {row}");
    assert!(
        n >= before * BATCH,
        "{before} pushes were acknowledged before a query that sees {n} rows"
    );
    assert!(n <= world.sent.load(SeqCst) * BATCH, "{n} rows are more than were sent");
    let groups = client.sql("SELECT kelompok, sum(v) AS jumlah, count(*) AS n FROM data.neraca GROUP BY kelompok");
    for group in groups {
        assert!(
            group["jumlah"] == 0 && group["n"].as_i64().unwrap() % BATCH == 0,
            "{group}"
        );
    }
}

/// A statement that reads a table more than once reads the same rows each time.
fn read_joins(_: &World, client: &Client) {
    let row = client.row(
        "SELECT (SELECT count(*) FROM data.neraca) AS n, \
                (SELECT count(*) FROM data.neraca a JOIN data.neraca b ON a.id = b.id) AS gabung, \
                (SELECT count(*) FROM data.neraca WHERE id NOT IN (SELECT id FROM data.neraca)) AS lain, \
                (SELECT count(*) FROM history.neraca) AS riwayat",
    );
    assert_eq!((&row["gabung"], &row["riwayat"]), (&row["n"], &row["n"]), "{row}");
    assert_eq!(row["lain"], 0, "{row}");
}

/// All tables are read at one position of the log.
fn read_across(_: &World, client: &Client) {
    let lone = client.number(&format!(
        "SELECT count(*) AS n FROM data.pengumuman p \
         LEFT JOIN (SELECT DISTINCT id / {BATCH} AS push FROM data.neraca) d ON d.push = p.nomor WHERE d.push IS NULL",
    ));
    assert_eq!(
        lone, 0,
        "later pushes are visible without earlier ones of another table"
    );
    let row = client.row(&format!(
        "SELECT (SELECT max(_seq) FROM history.pengumuman) AS ekor, (SELECT max(_seq) FROM history.neraca) AS kepala, \
                (SELECT count(*) FROM data.pengumuman) AS n, (SELECT count(*) FROM data.neraca) / {BATCH} AS pushes",
    ));
    assert!(row["n"].as_i64() <= row["pushes"].as_i64(), "{row}");
}

/// Pages see every row of the first page's moment once, whatever arrives and moves meanwhile.
fn read_pages(world: &World, client: &Client) {
    let before = world.acknowledged.load(SeqCst) * BATCH;
    let mut address = "/api/v1/datasets/neraca/rows?select=id,v&order=v.desc,kelompok&limit=997".to_owned();
    let (mut ids, mut sum) = (Vec::new(), 0);
    loop {
        let page = client.get(&address).expect(200).json();
        for row in page["items"].as_array().unwrap() {
            ids.push(row["id"].as_i64().unwrap());
            sum += row["v"].as_i64().unwrap();
        }
        let Some(cursor) = page["next"].as_str() else { break };
        address = format!("/api/v1/datasets/neraca/rows?select=id,v&order=v.desc,kelompok&limit=997&cursor={cursor}");
    }
    let n = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), n, "a row was on two pages");
    assert_eq!((sum, n as i64 % BATCH), (0, 0), "the pages show a push in part");
    assert!(
        n as i64 >= before,
        "{n} rows on the pages, {before} were acknowledged before the first"
    );
}

/// Waits until enough has happened to the table.
fn watch(world: &World, client: &Client) {
    let times = if std::env::var_os("SMARTCENTER_SOAK").is_some_and(|value| value == "1") {
        10
    } else {
        1
    };
    let deadline = Instant::now() + PATIENCE * times;
    while !world.stop.load(SeqCst) {
        let commits = client.number("SELECT max(delta_version) AS n FROM system.tables WHERE dataset = 'neraca'");
        let compactions = client.number(
            "SELECT count(*) AS n FROM system.maintenance WHERE operation = 'compact' AND outcome = 'ok' \
             AND \"table\" = 'neraca_v1'",
        );
        if commits >= COMMITS * i64::from(times)
            && compactions >= COMPACTIONS * i64::from(times)
            && world.answers.load(SeqCst) >= 100
        {
            println!("consistency: {commits} commits, {compactions} compactions");
            return;
        }
        assert!(
            Instant::now() < deadline,
            "only {commits} commits and {compactions} compactions in {PATIENCE:?}"
        );
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}
