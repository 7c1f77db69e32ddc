//! Pushes to a keyed dataset. Every client has keys of its own and waits for each answer, so that what it was told says
//! what each key must be: what the last acknowledged push made of it, or the one push that is in doubt.

use crate::client::{Answer, Client, ndjson};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Keys of a client.
const KEYS: u64 = 30;
/// Rows of a push too big for the log, and how long each is.
const BIG_ROWS: usize = 200;
const BIG_ROW: usize = 46 << 10;

/// What is held of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// None once it is deleted.
    pub value: Option<i64>,
    /// By it, older rows are told from newer ones.
    pub version: i64,
    /// Characters of the column that makes rows long.
    pub filler: usize,
}

/// The keys of one client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    keys: BTreeMap<u64, Held>,
    /// The newest version given out.
    clock: i64,
}

/// What a push did, as its receipt counts it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Keys that were not there.
    pub inserted: u64,
    /// Keys that were.
    pub updated: u64,
    /// Rows that changed nothing.
    pub unchanged: u64,
    /// Rows that were older than what was held.
    pub stale: u64,
    /// Keys that ended.
    pub deleted: u64,
    /// Of the rows that changed nothing: deletions of keys that are not there. They leave their version behind.
    pub absent: u64,
}

impl Counts {
    /// Rows of the history.
    pub fn versions(self) -> u64 {
        self.inserted + self.updated + self.stale + self.deleted + self.absent
    }
}

/// One row of a push: a deletion where the value is missing.
#[derive(Debug, Clone)]
struct Row {
    number: u64,
    held: Held,
}

/// A push to the keyed dataset.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// Idempotency key.
    pub key: String,
    /// Whose keys it is about.
    pub client: String,
    rows: Vec<Row>,
    is_csv: bool,
}

impl Account {
    /// The keys that are not deleted.
    pub fn alive(&self) -> BTreeMap<u64, Held> {
        let alive = self.keys.iter().filter(|(_, held)| held.value.is_some());
        alive.map(|(number, held)| (*number, *held)).collect()
    }

    /// What the account is after `transfer`, and what the receipt must say.
    pub fn after(&self, transfer: &Transfer) -> (Self, Counts) {
        let (mut account, mut counts) = (self.clone(), Counts::default());
        for row in &transfer.rows {
            account.apply(row, &mut counts);
        }
        (account, counts)
    }

    fn apply(&mut self, row: &Row, counts: &mut Counts) {
        self.clock = self.clock.max(row.held.version);
        let count = match self.keys.get(&row.number) {
            Some(held) if row.held.version < held.version => {
                counts.stale += 1;
                return;
            }
            Some(held) if held.value.is_some() => match row.held.value {
                None => &mut counts.deleted,
                Some(_) if row.held == *held => &mut counts.unchanged,
                Some(_) => &mut counts.updated,
            },
            // What is not there cannot be deleted; what is older than the deletion is stale from now on.
            known if row.held.value.is_none() => {
                counts.unchanged += 1;
                if known.is_none_or(|held| row.held.version > held.version) {
                    counts.absent += 1;
                    self.keys.insert(row.number, row.held);
                }
                return;
            }
            _ => &mut counts.inserted,
        };
        *count += 1;
        self.keys.insert(row.number, row.held);
    }
}

impl Transfer {
    /// Rows by the dice, on top of what `account` is.
    pub fn new(key: String, client: &str, account: &Account, dice: &mut ChaCha8Rng, may_be_big: bool) -> Self {
        let is_big = may_be_big && dice.random_bool(0.1);
        let (rows, filler) = if is_big {
            (BIG_ROWS, BIG_ROW)
        } else {
            (dice.random_range(1..=20), 0)
        };
        let (mut account, mut done) = (account.clone(), Counts::default());
        let mut draw = |_| {
            let number = dice.random_range(0..KEYS);
            let (held, chance) = (account.keys.get(&number).copied(), dice.random_range(0..100));
            let version = account.clock + 1;
            let value = Some(dice.random_range(-1_000_000..=1_000_000));
            let held = match (held, chance) {
                (Some(held), 0..10) => Held {
                    value: value.filter(|value| value % 4 > 0),
                    version: held.version - 1,
                    filler,
                },
                (Some(held), 10..20) if held.value.is_some() && held.filler == filler => held,
                (_, 20..45) => Held {
                    value: None,
                    version,
                    filler: 0,
                },
                _ => Held { value, version, filler },
            };
            let row = Row { number, held };
            account.apply(&row, &mut done);
            row
        };
        Self {
            rows: (0..rows).map(&mut draw).collect(),
            key,
            client: client.to_owned(),
            is_csv: dice.random_bool(0.5),
        }
    }

    fn body(&self) -> String {
        if self.is_csv {
            let line = |Row { number, held }: &Row| {
                let value = held.value.map(|value| value.to_string()).unwrap_or_default();
                let (version, filler) = (held.version, "x".repeat(held.filler));
                let op = if held.value.is_some() { "U" } else { "D" };
                format!("{},{number},{value},{version},{filler},{op}\n", self.client)
            };
            return "klien,nomor,nilai,versi,isi,_op\n".to_owned() + &self.rows.iter().map(line).collect::<String>();
        }
        let line = |Row { number, held }: &Row| {
            let filler = (held.filler > 0).then(|| "x".repeat(held.filler));
            let mut line = json!({ "klien": self.client, "nomor": number, "nilai": held.value, "versi": held.version,
                                   "isi": filler });
            if held.value.is_none() {
                line["_op"] = json!("D");
            }
            line
        };
        ndjson(&self.rows.iter().map(line).collect::<Vec<_>>())
    }

    /// Sends it.
    pub fn send(&self, client: &Client) -> Result<Answer, String> {
        let feed = client.text_feed("saldo", self.is_csv);
        feed.idempotent(&self.key).try_send(self.body())
    }

    /// Fails unless the receipt counts what the push did.
    #[track_caller]
    fn check(&self, receipt: &Value, counts: Counts) {
        let rows = &receipt["rows"];
        let told = |name: &str| rows[name].as_u64().unwrap();
        let found = Counts {
            inserted: told("inserted"),
            updated: told("updated"),
            unchanged: told("unchanged"),
            stale: told("stale"),
            deleted: told("deleted"),
            // No count of the receipt: they are among the unchanged.
            absent: counts.absent,
        };
        assert_eq!(found, counts, "{}: {receipt} {self:?}", self.key);
        let sent = self.rows.len() as u64;
        assert_eq!(
            (told("received"), told("accepted"), told("rejected")),
            (sent, sent, 0),
            "{receipt}"
        );
        assert!(receipt["status"] == "accepted" && receipt["seq"].as_u64().is_some_and(|seq| seq > 0));
    }
}

/// All pushes to the keyed dataset, and what they came to.
#[derive(Debug, Default)]
pub struct Accounts {
    certain: BTreeMap<String, Account>,
    receipts: BTreeMap<String, Receipted>,
    in_doubt: BTreeMap<String, Transfer>,
}

/// A push with its receipt.
#[derive(Debug)]
pub struct Receipted {
    /// What was sent.
    pub transfer: Transfer,
    /// What it did.
    pub counts: Counts,
    /// What the hub told.
    pub receipt: Value,
}

impl Accounts {
    /// The account of a client, as far as it is certain.
    pub fn of(&self, client: &str) -> Account {
        self.certain.get(client).cloned().unwrap_or_default()
    }

    /// Clients with an account.
    pub fn clients(&self) -> impl Iterator<Item = &String> {
        self.certain.keys().chain(self.in_doubt.keys())
    }

    /// The receipt came.
    #[track_caller]
    pub fn acknowledge(&mut self, transfer: Transfer, receipt: Value) {
        let (account, counts) = self.of(&transfer.client).after(&transfer);
        transfer.check(&receipt, counts);
        self.in_doubt.remove(&transfer.client);
        self.certain.insert(transfer.client.clone(), account);
        let done = Receipted {
            counts,
            receipt,
            transfer,
        };
        self.receipts.insert(done.transfer.key.clone(), done);
    }

    /// No receipt came: all of it is there, or nothing. The client must not push before it is settled.
    pub fn doubt(&mut self, transfer: Transfer) {
        let before = self.in_doubt.insert(transfer.client.clone(), transfer);
        assert!(before.is_none(), "a client pushed on while a push was in doubt");
    }

    /// The push of a client that is in doubt.
    pub fn in_doubt(&self, client: &str) -> Option<&Transfer> {
        self.in_doubt.get(client)
    }

    /// Whether the push has a receipt.
    pub fn has(&self, key: &str) -> bool {
        self.receipts.contains_key(key)
    }

    /// Pushes with a receipt.
    pub fn receipts(&self) -> impl Iterator<Item = &Receipted> {
        self.receipts.values()
    }

    /// All keys that are there, by client, and how many versions there are of them.
    pub fn expected(&self) -> (BTreeMap<(String, u64), Held>, u64) {
        let rows = self.certain.iter().flat_map(|(client, account)| {
            let alive = account.alive().into_iter();
            alive.map(|(number, held)| ((client.clone(), number), held))
        });
        (rows.collect(), self.receipts().map(|done| done.counts.versions()).sum())
    }
}

/// Client, number and state of a row of the dataset: `klien`, `nomor`, `nilai`, `versi`, and the length of `isi`.
pub fn row(row: &Value) -> ((String, u64), Held) {
    let number = |name: &str| row[name].as_i64().unwrap_or_else(|| panic!("{name} of {row}"));
    let held = Held {
        value: Some(number("nilai")),
        version: number("versi"),
        filler: usize::try_from(number("isi")).unwrap(),
    };
    let client = row["klien"].as_str().unwrap().to_owned();
    ((client, u64::try_from(number("nomor")).unwrap()), held)
}

/// Asks for rows as [`row`] reads them.
pub const COLUMNS: &str = "klien, nomor, nilai, versi, CAST(coalesce(length(isi), 0) AS BIGINT) AS isi";
