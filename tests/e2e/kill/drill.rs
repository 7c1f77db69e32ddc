//! The drill: a hub is backed up twice under load, killed, and restored elsewhere; then its clients send everything they
//! ever sent once more, with the old idempotency keys. What the backup has is answered as a repeat and changes nothing,
//! what came later goes in, and in the end every row is there once.

use super::{Keys, Ledger, accounts::Transfer, finish, ledger::Outcome, load, restless, verify};
use crate::{
    binary::program,
    bucket::Bucket,
    client::{Answer, Client},
    hub::{Folder, Hub, Start, until},
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::{path::Path, process::Command, sync::Arc};

#[test]
fn a_restored_hub_takes_every_push_once() {
    drill(&Folder::new(), None);
}

/// Folder or bucket: a backup does not know where its hub's lake was.
#[test]
fn a_hub_is_restored_to_a_remote_store() {
    drill(&Folder::new(), Some(Bucket::start()));
}

#[test]
fn a_hub_is_restored_from_a_remote_store() {
    drill(&Folder::with_bucket(Bucket::start()), None);
}

fn drill(folder: &Arc<Folder>, bucket: Option<Bucket>) {
    let seed = super::number("SMARTCENTER_SEED").unwrap_or_else(|| rand::rng().random_range(0..1_000_000));
    println!("backup drill: SMARTCENTER_SEED={seed}");
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let hub = restless(folder).start();
    let keys = Keys::new(&hub);
    let (pusher, backups) = (hub.with_key(&keys.pusher), folder.scratch("backups"));
    let mut ledger = Ledger::default();
    let seeds = std::array::from_fn(|_| dice.random());
    let (first, second) = load::until_dead(&pusher, &mut ledger, 0, seeds, || {
        load::wait_for(100);
        let first = back_up(&hub, &backups);
        push_on(&hub, &first);
        let second = back_up(&hub, &backups);
        push_on(&hub, &second);
        hub.kill();
        (first, second)
    });
    println!(
        "backup drill: {}; cuts at {} and {}",
        ledger.summary(),
        through(&first),
        through(&second)
    );
    assert!(through(&first) < through(&second));
    for backup in [&first, &second] {
        let verified = run(program()
            .arg("verify")
            .arg(&backups)
            .args(["--json", "--at", id(backup)]));
        assert_eq!(
            (&verified["id"], verified["damage"].as_array().unwrap().len()),
            (&backup["id"], 0)
        );
    }

    let home = folder.for_restore(bucket);
    let mut restore = program();
    restore
        .arg("restore")
        .arg(&backups)
        .arg("--data")
        .arg(home.data())
        .arg("--json");
    let restored = run(restore.envs(Start::on(&home).environment()));
    assert_eq!(
        (&restored["id"], restored["through"].as_u64()),
        (&second["id"], Some(through(&second)))
    );
    let hub = restless(&home).start();
    let doors = keys.doors(&hub);
    let known = visible(&hub);
    assert_eq!(known, through(&second), "everything up to the cut, and nothing else");
    let again = send_again(&doors.pusher, &ledger, through(&second));
    verify::everything(&doors, &again, 0);
    verify::accounts(&doors, &again.accounts, 0);
    verify::receipts(&doors, &again, 0, &mut dice);
    hub.kill();
    finish(&home, &again);
}

/// Sends every push once more, in the order of the first time; what the clients know then.
fn send_again(client: &Client, ledger: &Ledger, cut: u64) -> Ledger {
    enum Push<'a> {
        Plain(&'a load::Payload),
        Keyed(&'a Transfer),
    }
    let plain = ledger
        .acknowledged()
        .map(|(payload, receipt)| (receipt, Push::Plain(payload)));
    let keyed = ledger
        .accounts
        .receipts()
        .map(|done| (&done.receipt, Push::Keyed(&done.transfer)));
    let mut pushes: Vec<(u64, &Value, Push<'_>)> = plain.chain(keyed).map(|(r, push)| (seq(r), r, push)).collect();
    pushes.sort_by_key(|(seq, ..)| *seq);
    let (mut again, mut counts) = (Ledger::default(), [0, 0]);
    for (seq, receipt, push) in pushes {
        let answer = match &push {
            Push::Plain(payload) => payload.send(client),
            Push::Keyed(transfer) => transfer.send(client),
        };
        let answer = accepted(answer);
        assert_eq!(
            answer.is_replayed(),
            seq <= cut,
            "position {seq}, cut {cut}: {}",
            answer.text()
        );
        counts[usize::from(seq > cut)] += 1;
        let now = answer.json();
        if seq <= cut {
            assert_eq!(now["receipt_id"], receipt["receipt_id"]);
            assert_eq!(now["rows"], receipt["rows"]);
        }
        match push {
            Push::Plain(payload) => {
                payload.check(&now);
                again.note(payload.clone(), Outcome::Acknowledged(Box::new(now)));
            }
            Push::Keyed(transfer) => again.accounts.acknowledge(transfer.clone(), now),
        }
    }
    // Whether the hub had them when it was killed, nobody knows: now it has.
    for payload in ledger.in_doubt() {
        let now = accepted(payload.send(client)).json();
        payload.check(&now);
        again.note(payload, Outcome::Acknowledged(Box::new(now)));
    }
    let clients: Vec<String> = ledger.accounts.clients().cloned().collect();
    for transfer in clients.iter().filter_map(|client| ledger.accounts.in_doubt(client)) {
        if again.accounts.has(&transfer.key) {
            continue;
        }
        let now = accepted(transfer.send(client)).json();
        again.accounts.acknowledge(transfer.clone(), now);
    }
    let [repeats, new] = counts;
    println!("backup drill: {repeats} pushes were repeats, {new} were later than the cut");
    assert!(repeats > 100 && new > 10);
    again
}

fn accepted(answer: Result<Answer, String>) -> Answer {
    let answer = answer.unwrap();
    assert!(
        matches!(answer.status, 202 | 422),
        "{}: {}",
        answer.status,
        answer.text()
    );
    answer
}

/// Takes a backup by the command line, over HTTP.
fn back_up(hub: &Hub, backups: &Path) -> Value {
    let mut command = program();
    command.arg("backup").arg(backups).args(["--url", &hub.url, "--json"]);
    let backup = run(command.env("SMARTCENTER_KEY", hub.admin_key()));
    assert_eq!(backup["state"], "complete", "{backup}");
    backup
}

/// Waits until the clients are well beyond the cut.
fn push_on(hub: &Hub, backup: &Value) {
    until("pushes go on", || visible(hub) > through(backup) + 50);
}

fn visible(hub: &Hub) -> u64 {
    hub.anonymous().get("/readyz").json()["visible_seq"].as_u64().unwrap()
}

fn run(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn id(backup: &Value) -> &str {
    backup["id"].as_str().unwrap()
}

fn through(backup: &Value) -> u64 {
    backup["result"]["through"].as_u64().unwrap()
}

fn seq(receipt: &Value) -> u64 {
    receipt["seq"].as_u64().unwrap()
}
