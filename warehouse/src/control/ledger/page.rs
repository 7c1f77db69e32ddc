//! Listing receipts: one order over those in SQLite and those still on their way there.

use super::{claim::status_name, memory::Shared, read_body};
use crate::{DatasetId, Error, KeyName, Receipt, Result, Status};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use rusqlite::types::Value;
use std::{cmp::Reverse, collections::BTreeMap};

const USUAL: usize = 50;
const MOST: usize = 1000;
/// How far the machine's clock may have gone back between two publications without hiding a receipt from `since`.
const SLACK_MICROS: i64 = 3600 * 1_000_000;

/// Which receipts to list. The default lists the newest 50.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceiptFilter {
    /// Of this dataset only.
    pub dataset: Option<DatasetId>,
    /// With this status only.
    pub status: Option<Status>,
    /// That arrived at this moment or later.
    pub since: Option<DateTime<Utc>>,
    /// Pushed by this key only.
    pub pusher: Option<KeyName>,
    /// True: of rows that the hub worked out itself only; false: of what was sent only.
    pub derived: Option<bool>,
    /// At most so many; 0 means 50, the most is 1,000.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl ReceiptFilter {
    fn fits(&self, receipt: &Receipt) -> bool {
        self.dataset.as_ref().is_none_or(|dataset| *dataset == receipt.dataset)
            && self.status.is_none_or(|status| status == receipt.status)
            && self.since.is_none_or(|since| receipt.received_at >= since)
            && self.pusher.as_ref().is_none_or(|pusher| *pusher == receipt.pusher)
            && self.derived.is_none_or(|derived| derived == receipt.derived.is_some())
    }
}

pub(super) fn read(shared: &Shared, filter: &ReceiptFilter) -> Result<(Vec<Receipt>, Option<String>)> {
    let before = filter.cursor.as_deref().map_or(Ok(i64::MAX), read_cursor)?;
    let limit = if filter.limit == 0 {
        USUAL
    } else {
        filter.limit.min(MOST)
    };
    // Memory first: what moves to SQLite after this is found twice there, never missed.
    let mut found: BTreeMap<Reverse<i64>, Receipt> = BTreeMap::new();
    {
        let memory = shared.memory.lock();
        let newest = memory
            .waiting
            .range(..before)
            .rev()
            .filter(|(_, f)| filter.fits(&f.entry.receipt));
        found.extend(
            newest
                .take(limit + 1)
                .map(|(n, f)| (Reverse(*n), f.entry.receipt.clone())),
        );
    }
    for (n, receipt) in stored(shared, filter, before, limit + 1)? {
        found.entry(Reverse(n)).or_insert(receipt);
    }
    let more = found.len() > limit;
    let page: Vec<_> = found.into_iter().take(limit).collect();
    let cursor = page
        .last()
        .filter(|_| more)
        .map(|(Reverse(n), _)| URL_SAFE_NO_PAD.encode(n.to_be_bytes()));
    Ok((page.into_iter().map(|(_, receipt)| receipt).collect(), cursor))
}

fn stored(shared: &Shared, filter: &ReceiptFilter, before: i64, most: usize) -> Result<Vec<(i64, Receipt)>> {
    let mut sql = String::from("SELECT n, body FROM receipts WHERE n < ?");
    let mut values = vec![Value::from(before)];
    let mut and = |condition: &str, value: Value| {
        sql.push_str(" AND ");
        sql.push_str(condition);
        values.push(value);
    };
    if let Some(dataset) = &filter.dataset {
        and("dataset = ?", dataset.as_str().to_owned().into());
    }
    if let Some(pusher) = &filter.pusher {
        and("pusher = ?", pusher.as_str().to_owned().into());
    }
    if let Some(status) = filter.status {
        and("+status = ?", status_name(status).to_owned().into());
    }
    if let Some(since) = filter.since.map(|t| t.timestamp_micros()) {
        and("+received_at >= ?", since.into());
        // n follows the time of publication, so that the walk back can stop near `since`.
        let first = "n >= ifnull((SELECT n FROM receipts WHERE finished_at >= ? ORDER BY finished_at LIMIT 1),
                                 9223372036854775807)";
        and(first, since.saturating_sub(SLACK_MICROS).into());
    }
    match filter.derived {
        Some(true) => sql.push_str(" AND body ->> '$.derived' IS NOT NULL"),
        Some(false) => sql.push_str(" AND body ->> '$.derived' IS NULL"),
        None => {}
    }
    sql.push_str(" ORDER BY n DESC LIMIT ?");
    values.push(Value::from(i64::try_from(most).unwrap_or(i64::MAX)));
    let reader = shared.reader.lock();
    let mut statement = reader.prepare_cached(&sql)?;
    let mut rows = statement.query(rusqlite::params_from_iter(values))?;
    let mut receipts = Vec::new();
    while let Some(row) = rows.next()? {
        receipts.push((row.get(0)?, read_body(&row.get::<_, String>(1)?)?));
    }
    Ok(receipts)
}

fn read_cursor(text: &str) -> Result<i64> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
    bytes
        .map(i64::from_be_bytes)
        .ok_or_else(|| Error::invalid("the cursor is not one of this list: start again without it"))
}
