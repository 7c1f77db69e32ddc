//! The kill campaign: a hub is killed again and again under concurrent pushes, inside every state by injected barriers
//! and at random, and a ledger kept by its clients tells afterwards whether anything is missing, doubled or new.
//!
//! `SMARTCENTER_KILLS` says how often (20 unless told), `SMARTCENTER_SEED` repeats a campaign's choices.

mod accounts;
mod drill;
mod ledger;
mod load;
mod verify;

use crate::{
    bucket::Bucket,
    client::Client,
    hub::{Folder, Hub, SIGABRT, Start},
};
use ledger::Ledger;
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};

/// Where an armed hub ends itself, and how many passes it may live at most.
const PLACES: [(&str, u32); 8] = [
    ("after_frame", 150),
    ("mid_parquet", 5),
    ("before_commit", 5),
    ("after_commit", 5),
    ("before_unlink", 5),
    ("mid_merge", 2),
    ("after_merge_commit", 2),
    ("mid_compaction", 2),
];

/// Kills on one folder; then the next begins with an empty one, so that a long campaign stays quick.
const ERA: usize = 40;

/// How a hub is made to end.
#[derive(Debug, Clone, Copy)]
enum Death {
    /// At the n-th pass of a place.
    At(&'static str, u32),
    /// From outside, after so many acknowledgements and some microseconds.
    After { acknowledgements: u64, micros: u64 },
}

#[test]
fn no_kill_loses_doubles_or_invents_a_row() {
    campaign(number("SMARTCENTER_KILLS").unwrap_or(20), Folder::new);
}

/// The same with the lake on a store of the S3 kind: the log stays on the local disk.
#[test]
fn no_kill_loses_a_row_on_a_remote_store() {
    // Each of its requests is slower.
    let kills = number("SMARTCENTER_KILLS").unwrap_or(20) / 2;
    campaign(kills, || Folder::with_bucket(Bucket::start()));
}

fn campaign(kills: u64, new_folder: impl Fn() -> Arc<Folder>) {
    let seed = number("SMARTCENTER_SEED").unwrap_or_else(|| rand::rng().random_range(0..1_000_000));
    println!("kill campaign: {kills} kills, SMARTCENTER_SEED={seed}");
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut fired: BTreeMap<&str, u32> = BTreeMap::new();
    for first in (0..kills).step_by(ERA) {
        let folder = new_folder();
        let mut ledger = Ledger::default();
        let keys = Keys::new(&calm(&folder));
        for round in first..kills.min(first + ERA as u64) {
            let death = death(round, &mut dice);
            if dice.random_bool(0.5) {
                assert!(calm(&folder).stop().success(), "a graceful stop failed");
            }
            die(&folder, death, &keys, &mut ledger, round, &mut dice);
            *fired.entry(death.name()).or_default() += 1;
            judge(&folder, &keys, &mut ledger, round, death, &mut dice);
        }
        finish(&folder, &ledger);
    }
    if kills >= PLACES.len() as u64 * 2 {
        for (place, _) in PLACES {
            assert!(fired.contains_key(place), "{place} was never met: {fired:?}");
        }
    }
}

/// Compares the hub with the ledger after a kill, settles what was in doubt, compares again, and kills once more.
fn judge(folder: &Arc<Folder>, keys: &Keys, ledger: &mut Ledger, round: u64, death: Death, dice: &mut ChaCha8Rng) {
    let hub = calm(folder);
    let doors = keys.doors(&hub);
    verify::everything(&doors, ledger, round);
    let in_doubt = ledger.in_doubt().len();
    let kept = load::retry(&doors.pusher, ledger, round);
    let known = verify::accounts(&doors, &ledger.accounts, round);
    load::settle(&doors.pusher, &mut ledger.accounts, &known, round);
    verify::everything(&doors, ledger, round);
    verify::accounts(&doors, &ledger.accounts, round);
    verify::receipts(&doors, ledger, round, dice);
    let summary = ledger.summary();
    println!("round {round}: {death:?}; {summary}; {in_doubt} were in doubt, {kept} of them kept");
    hub.kill();
}

/// After a graceful stop the tables alone hold everything: an independent reader finds the same.
fn finish(folder: &Arc<Folder>, ledger: &Ledger) {
    assert!(calm(folder).stop().success(), "the last graceful stop failed");
    let found = folder.read(
        "ledger_v1",
        "SELECT count(*) AS n, sum(nilai)::BIGINT AS jumlah, count(DISTINCT push) AS pushes FROM t",
    );
    let (rows, sum, pushes) = ledger.expected();
    assert_eq!(found, [json!({ "n": rows, "jumlah": sum, "pushes": pushes })]);
    let current = folder.read("saldo_v1", &format!("SELECT {} FROM t", accounts::COLUMNS));
    let (rows, versions) = ledger.accounts.expected();
    assert_eq!(current.len(), rows.len(), "the current table has one row per key");
    assert_eq!(current.iter().map(accounts::row).collect::<BTreeMap<_, _>>(), rows);
    let found = folder.read("saldo_v1_history", "SELECT count(*) AS n FROM t");
    assert_eq!(found, [json!({ "n": versions })]);
    println!("kill campaign: {}; an independent reader agrees", ledger.summary());
}

/// Loads a hub until it dies as it is told to.
fn die(folder: &Arc<Folder>, death: Death, keys: &Keys, ledger: &mut Ledger, round: u64, dice: &mut ChaCha8Rng) {
    let start = restless(folder);
    let start = match death {
        Death::At(place, n) => start.set("crash_at", format!("{place}:{n}")),
        Death::After { .. } => start,
    };
    let mut hub = match start.try_start() {
        Ok(hub) => hub,
        // The replay itself flushes: a barrier may be met before the hub is ready.
        Err(ended) => {
            use std::os::unix::process::ExitStatusExt;
            assert!(matches!(death, Death::At(..)), "the hub did not start: {ended:?}");
            assert_eq!(ended.status.signal(), Some(SIGABRT), "the hub did not start: {ended:?}");
            return;
        }
    };
    let doors = keys.doors(&hub);
    let seeds = std::array::from_fn(|_| dice.random());
    let signal = load::until_dead(&doors.pusher, ledger, round, seeds, || match death {
        Death::At(..) => hub.wait_signal(),
        Death::After {
            acknowledgements,
            micros,
        } => {
            load::wait_for(acknowledgements);
            std::thread::sleep(std::time::Duration::from_micros(micros));
            hub.signal("KILL");
            hub.wait_signal()
        }
    });
    let expected = if matches!(death, Death::At(..)) { SIGABRT } else { 9 };
    assert_eq!(signal, Some(expected), "{death:?} ended otherwise:\n{}", hub.tail());
}

impl Death {
    fn name(self) -> &'static str {
        match self {
            Self::At(place, _) => place,
            Self::After { .. } => "at random",
        }
    }
}

/// Two of three rounds meet a place, all places in turn in a new order each time.
fn death(round: u64, dice: &mut ChaCha8Rng) -> Death {
    if round % 3 == 2 {
        return Death::After {
            acknowledgements: dice.random_range(0..200),
            micros: dice.random_range(0..50_000),
        };
    }
    let nth = (round / 3 * 2 + round % 3) as usize;
    let mut order = PLACES;
    order.shuffle(&mut ChaCha8Rng::seed_from_u64((nth / PLACES.len()) as u64));
    let (place, most) = order[nth % PLACES.len()];
    Death::At(place, dice.random_range(1..=most))
}

fn restless(folder: &Arc<Folder>) -> Start {
    Start::on(folder).restless().set("flush_bytes", 4 << 10)
}

/// A hub in the same folder that lives until it is told otherwise.
fn calm(folder: &Arc<Folder>) -> Hub {
    restless(folder).start()
}

/// The keys of the campaign's clients.
#[derive(Debug, Clone)]
struct Keys {
    pusher: String,
    steward: String,
}

/// The same keys at a running hub.
struct Doors {
    pusher: Client,
    steward: Client,
}

impl Keys {
    fn new(hub: &Hub) -> Self {
        let admin = hub.admin();
        Self {
            pusher: admin.create_key("pusher", "opd", json!({ "institution": "kominfo" })),
            steward: admin.create_key("steward", "walidata", json!({})),
        }
    }

    fn doors(&self, hub: &Hub) -> Doors {
        Doors {
            pusher: hub.with_key(&self.pusher),
            steward: hub.with_key(&self.steward).for_purpose("uji"),
        }
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a whole number, not {text:?}"))
    })
}
