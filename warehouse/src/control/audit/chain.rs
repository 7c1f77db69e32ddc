//! The chain: each record's hash covers the record before it, so that none can be changed, left out or put between
//! without all later hashes changing.

use super::Head;
use crate::{Error, Result};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// A link of the chain.
pub(super) type Hash = [u8; 32];

/// What the first record follows.
const START: Hash = [0; 32];

/// The hash of record `n` with `body`, which follows the record with the hash `before`.
pub(super) fn link(before: &Hash, n: u64, body: &str) -> Hash {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(n.to_be_bytes());
    hash.update(body.as_bytes());
    hash.finalize().into()
}

/// The end of the chain as it is stored; not verified.
pub(super) fn head(store: &Connection) -> Result<(u64, Hash)> {
    let mut statement = store.prepare_cached("SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok((0, START)) };
    Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?))
}

/// Walks the whole chain; its head, when nothing was changed. `expected` must be one of its records.
pub(super) fn verify(store: &Connection, expected: Option<&Head>) -> Result<Head> {
    let mut statement = store.prepare("SELECT n, body, hash FROM audit ORDER BY n")?;
    let mut rows = statement.query([])?;
    let (mut last, mut hash) = (0, START);
    while let Some(row) = rows.next()? {
        let n = row.get::<_, i64>(0)?.cast_unsigned();
        let stored: Vec<u8> = row.get(2)?;
        if n != last + 1 {
            return Err(broken(&format!("record {} is missing", last + 1)));
        }
        hash = link(&hash, n, row.get_ref(1)?.as_str().unwrap_or_default());
        if stored != hash {
            return Err(broken(&format!("record {n} is not what was written")));
        }
        if expected.is_some_and(|head| head.n == n && head.hash != hex::encode(hash)) {
            return Err(broken(&format!(
                "record {n} is not the one that the expected head names: the chain was written anew"
            )));
        }
        last = n;
    }
    match expected.filter(|head| head.n > last) {
        Some(head) => Err(broken(&format!(
            "it ends with record {last}, and record {} was there: its end was cut off",
            head.n
        ))),
        None => Ok(Head {
            n: last,
            hash: hex::encode(hash),
        }),
    }
}

fn broken(what: &str) -> Error {
    Error::conflict(format!(
        "the audit log is not intact: {what}; keep the data folder as it is and compare with a backup"
    ))
}
