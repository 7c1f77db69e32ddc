//! Clients that push until the hub is gone, each after the other's example: many small pushes, a few big ones, some
//! with bad rows, some sent twice, and among them operations on the keys of a keyed dataset.

use super::{
    accounts::{Accounts, Transfer},
    ledger::{Ledger, Outcome},
};
use crate::client::{Answer, Client, ndjson};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

/// Clients at a time.
pub const CLIENTS: usize = 4;
/// Unpacked size of a big push, above what goes through the log.
const BIG: usize = 9 << 20;

/// Acknowledgements of the present round.
static ACKNOWLEDGED: AtomicU64 = AtomicU64::new(0);

/// What a push holds. Its text is made anew each time from the seed.
#[derive(Debug, Clone)]
pub struct Payload {
    /// Idempotency key, and the column `push` of every row.
    pub key: String,
    seed: u64,
    /// Rows that pass the contract.
    pub good: u64,
    /// Their values added up.
    pub sum: i64,
    /// Rows that do not.
    pub bad: u64,
    is_big: bool,
    is_csv: bool,
}

impl Payload {
    fn new(key: String, dice: &mut ChaCha8Rng, may_be_big: bool) -> Self {
        let mut payload = Self {
            key,
            seed: dice.random(),
            good: 0,
            sum: 0,
            bad: 0,
            is_big: may_be_big && dice.random_bool(0.1),
            is_csv: dice.random_bool(0.5),
        };
        for (_, value) in payload.rows() {
            match value {
                Some(value) => {
                    payload.good += 1;
                    payload.sum += value;
                }
                None => payload.bad += 1,
            }
        }
        payload
    }

    /// Number and value of every row; none for a bad one.
    fn rows(&self) -> Vec<(u64, Option<i64>)> {
        let mut dice = ChaCha8Rng::seed_from_u64(self.seed);
        let has_bad = dice.random_bool(0.15);
        let rows = if self.is_big {
            9 * 1024
        } else {
            dice.random_range(1..=20)
        };
        let mut value = |_| (!(has_bad && dice.random_bool(0.3))).then(|| dice.random_range(-1_000_000..=1_000_000));
        (0..rows).map(|n| (n, value(n))).collect()
    }

    fn body(&self) -> String {
        let rows = self.rows();
        let filler = if self.is_big {
            "x".repeat(BIG / rows.len())
        } else {
            String::new()
        };
        let text = |value: Option<i64>| value.map_or_else(|| "bukan angka".to_owned(), |value| value.to_string());
        if self.is_csv {
            let line = |(n, value)| format!("{n},{},{},{filler}\n", self.key, text(value));
            return "nomor,push,nilai,isi\n".to_owned() + &rows.into_iter().map(line).collect::<String>();
        }
        let line = |(n, value): (u64, Option<i64>)| {
            let value = value.map_or_else(|| json!("bukan angka"), Value::from);
            json!({ "push": self.key, "nomor": n, "nilai": value, "isi": filler })
        };
        ndjson(&rows.into_iter().map(line).collect::<Vec<_>>())
    }

    /// Sends it.
    pub fn send(&self, client: &Client) -> Result<Answer, String> {
        let feed = client.text_feed("ledger", self.is_csv);
        feed.idempotent(&self.key).try_send(self.body())
    }

    /// Fails unless the receipt says of the push what it was.
    #[track_caller]
    pub fn check(&self, receipt: &Value) {
        let rows = &receipt["rows"];
        let counts = ["received", "accepted", "inserted", "rejected"].map(|name| rows[name].as_u64().unwrap());
        assert_eq!(
            counts,
            [self.good + self.bad, self.good, self.good, self.bad],
            "{receipt}"
        );
        let status = match (self.good, self.bad) {
            (_, 0) => "accepted",
            (0, _) => "rejected",
            _ => "partial",
        };
        assert_eq!(receipt["status"], status);
        assert!(receipt["seq"].as_u64().is_some_and(|seq| seq > 0), "{receipt}");
    }
}

/// Pushes with [`CLIENTS`] clients until `death` has happened; what it answers. The ledger knows of every push.
pub fn until_dead<T>(
    client: &Client,
    ledger: &mut Ledger,
    round: u64,
    seeds: [u64; CLIENTS],
    death: impl FnOnce() -> T,
) -> T {
    ACKNOWLEDGED.store(0, SeqCst);
    let is_dead = AtomicBool::new(false);
    let shared = Mutex::new(ledger);
    std::thread::scope(|scope| {
        for (number, seed) in seeds.into_iter().enumerate() {
            let (client, is_dead, shared) = (client.clone(), &is_dead, &shared);
            scope.spawn(move || push(&client, &format!("r{round}-c{number}"), seed, is_dead, shared));
        }
        // If the hub does not die as it should, the clients must stop all the same.
        struct Dead<'a>(&'a AtomicBool);
        impl Drop for Dead<'_> {
            fn drop(&mut self) {
                self.0.store(true, SeqCst);
            }
        }
        let _dead = Dead(&is_dead);
        death()
    })
}

/// Waits until so many pushes of the round were acknowledged.
pub fn wait_for(acknowledgements: u64) {
    let deadline = Instant::now() + crate::hub::PATIENCE;
    while ACKNOWLEDGED.load(SeqCst) < acknowledgements {
        assert!(Instant::now() < deadline, "the hub acknowledges nothing");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn push(client: &Client, name: &str, seed: u64, is_dead: &AtomicBool, ledger: &Mutex<&mut Ledger>) {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut last: Option<(Payload, Value)> = None;
    let mut is_certain = true;
    for n in 0.. {
        if is_dead.load(SeqCst) {
            return;
        }
        if is_certain && dice.random_bool(0.4) {
            is_certain = transfer(client, &format!("{name}-{n}"), &mut dice, ledger);
            continue;
        }
        // A repeat of what was acknowledged, while others push.
        if let Some((payload, receipt)) = last.as_ref().filter(|_| dice.random_bool(0.05))
            && let Ok(answer) = payload.send(client)
            && answer.status < 500
        {
            assert!(answer.is_replayed(), "{}: {}", payload.key, answer.text());
            assert_eq!(answer.json()["receipt_id"], receipt["receipt_id"]);
        }
        let payload = Payload::new(format!("{name}-{n}"), &mut dice, name.ends_with("c0"));
        let outcome = match payload.send(client) {
            Ok(answer) if matches!(answer.status, 202 | 422) => {
                assert!(
                    !answer.is_replayed(),
                    "{}: a new push was taken for a repeat",
                    payload.key
                );
                let receipt = answer.json();
                payload.check(&receipt);
                ACKNOWLEDGED.fetch_add(1, SeqCst);
                last = Some((payload.clone(), receipt.clone()));
                Outcome::Acknowledged(Box::new(receipt))
            }
            Ok(answer) if matches!(answer.status, 429 | 503) => {
                std::thread::sleep(Duration::from_millis(20));
                Outcome::InDoubt
            }
            Ok(answer) => panic!("{}: {} {}", payload.key, answer.status, answer.text()),
            Err(_) => {
                std::thread::sleep(Duration::from_millis(5));
                Outcome::InDoubt
            }
        };
        ledger.lock().unwrap().note(payload, outcome);
    }
}

/// Pushes operations on the keys of this client; whether the hub told what became of them.
fn transfer(client: &Client, name: &str, dice: &mut ChaCha8Rng, ledger: &Mutex<&mut Ledger>) -> bool {
    let owner = name.split('-').nth(1).unwrap();
    let account = ledger.lock().unwrap().accounts.of(owner);
    let transfer = Transfer::new(name.to_owned(), owner, &account, dice, owner == "c1");
    let answer = transfer.send(client);
    let accounts = &mut ledger.lock().unwrap().accounts;
    match answer {
        Ok(answer) if answer.status == 202 => {
            assert!(!answer.is_replayed(), "{name}: a new push was taken for a repeat");
            accounts.acknowledge(transfer, answer.json());
            ACKNOWLEDGED.fetch_add(1, SeqCst);
            true
        }
        Ok(answer) if !matches!(answer.status, 429 | 503) => panic!("{name}: {} {}", answer.status, answer.text()),
        _ => {
            accounts.doubt(transfer);
            false
        }
    }
}

/// Sends the keyed pushes in doubt again; `kept` says of which clients the hub has them.
pub fn settle(client: &Client, accounts: &mut Accounts, kept: &BTreeMap<String, bool>, round: u64) {
    for (owner, kept) in kept {
        let transfer = accounts.in_doubt(owner).unwrap().clone();
        let answer = transfer
            .send(client)
            .unwrap_or_else(|why| panic!("round {round}, {}: {why}", transfer.key));
        assert_eq!(answer.status, 202, "round {round}, {}: {}", transfer.key, answer.text());
        // Nothing tells of a push that changed nothing.
        let (_, counts) = accounts.of(owner).after(&transfer);
        assert!(
            answer.is_replayed() == *kept || counts.versions() == 0,
            "round {round}, {}: {} {kept}",
            transfer.key,
            answer.text()
        );
        accounts.acknowledge(transfer, answer.json());
    }
}

/// Sends everything in doubt again with its key. Answers how many the hub had kept.
pub fn retry(client: &Client, ledger: &mut Ledger, round: u64) -> usize {
    let mut kept = 0;
    for payload in ledger.in_doubt() {
        let was_there = client.number(&format!(
            "SELECT (SELECT count(*) FROM data.ledger WHERE push = '{0}') + \
             (SELECT count(*) FROM quarantine.ledger WHERE raw LIKE '%\"{0}\"%') AS n",
            payload.key
        ));
        let answer = payload
            .send(client)
            .unwrap_or_else(|why| panic!("round {round}, {}: {why}", payload.key));
        assert!(
            matches!(answer.status, 202 | 422),
            "round {round}, {}: {}",
            payload.key,
            answer.text()
        );
        assert_eq!(
            answer.is_replayed(),
            was_there > 0,
            "round {round}, {}: {was_there} rows before",
            payload.key
        );
        kept += usize::from(answer.is_replayed());
        let receipt = answer.json();
        payload.check(&receipt);
        ledger.note(payload, Outcome::Acknowledged(Box::new(receipt)));
    }
    kept
}
