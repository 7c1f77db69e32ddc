//! The sequencer of a keyed table: one push after another is compared with what is held and what is on its way, and
//! each row becomes an operation or nothing. From then on its outcome is fixed, in the log as well.

use super::{KeyedTable, KeyedView};
use crate::{
    Error, Result, RowCounts,
    contract::system_column,
    keyed::{NO_VERSION, version_values},
    wal::Link,
};
use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringViewArray, UInt32Array, new_null_array},
    compute::{cast, filter_record_batch, take_record_batch},
    datatypes::{DataType, Field, Int64Type, Schema, SchemaRef},
    record_batch::RecordBatch,
};
use std::{
    collections::{HashMap, HashSet, VecDeque, hash_map::Entry},
    sync::Arc,
    time::Duration,
};
use tokio::sync::OwnedMutexGuard;

/// Longest wait for pushes that are on their way.
const PATIENCE: Duration = Duration::from_secs(60);

fn held_up() -> Error {
    Error::unavailable("pushes to this dataset are held up: send again", Duration::from_secs(5))
}

/// What a row does to its key. Written into the history as one letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Insert,
    Update,
    Delete,
    /// Older than what was held when it came: kept in the history, never current.
    Stale,
}

impl Op {
    pub fn letter(self) -> &'static str {
        match self {
            Self::Insert => "I",
            Self::Update => "U",
            Self::Delete => "D",
            Self::Stale => "S",
        }
    }
}

/// What is known of a key.
#[derive(Debug, Clone, Copy)]
struct Known {
    content: u64,
    version: i64,
    deleted: bool,
}

/// Operations on their way to the view, which only the sequencer sees.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// Number of the last push that was let through.
    turn: u64,
    /// State of the chain that they build on.
    chain: u64,
    keys: HashMap<u128, (u64, Known)>,
    order: VecDeque<(u64, Vec<u128>)>,
    /// Turn of the last push whose operations are not among `keys`: it has to be in the view before the next one.
    barrier: u64,
}

/// Proof that a push has been sequenced: the publisher returns it when the push is visible or refused.
#[derive(Debug)]
pub(crate) struct Guarded {
    table: Arc<KeyedTable>,
    turn: u64,
}

impl Guarded {
    /// The push is in the view, or will never be. Pushes settle in the order of their turns.
    pub fn settle(&self) {
        self.table.settled.send_modify(|turn| *turn = self.turn.max(*turn));
    }
}

/// Whether rows may meet keys that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Meeting {
    #[default]
    Replaces,
    /// `mode=append`: other values for a key that exists are an error.
    Refused,
}

/// The rows of a push as operations.
#[derive(Debug, Default)]
pub(crate) struct KeyedPush {
    /// The counts of the receipt.
    pub counts: RowCounts,
    /// Lines of the first stale rows.
    pub stale_lines: Vec<i64>,
    /// What the push leaves of the keys that its later rows, or later pushes, have to know of.
    changed: HashMap<u128, Known>,
    /// Only these can come more than once in the push, which is too large to note what it leaves of every key.
    repeated: Option<HashSet<u128>>,
    /// Every key that the push names; only for a snapshot.
    named: Option<HashSet<u128>>,
    /// The held rows that the push replaces or deletes; only for a sender who may not touch all of them.
    touched: Option<Touched>,
}

/// Held rows that a push replaces or deletes.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// First line of the push that does it, by key.
    pub lines: HashMap<u128, i64>,
    /// The keys, each a batch of one row, while they are few.
    pub keys: Vec<(i64, RecordBatch)>,
}

impl Touched {
    /// So many rows are looked up one by one.
    pub const FEW: usize = 256;

    fn note(&mut self, hash: u128, line: i64, batch: &RecordBatch, row: usize) {
        if let Entry::Vacant(place) = self.lines.entry(hash) {
            place.insert(line);
            if self.keys.len() < Self::FEW {
                self.keys.push((line, batch.slice(row, 1)));
            }
        }
    }
}

impl KeyedPush {
    /// A push of which it has to be known later which keys it did not name, or which rows it touched.
    pub fn tracking(unnamed: bool, touched: bool) -> Self {
        Self {
            named: unnamed.then(HashSet::new),
            touched: touched.then(Touched::default),
            ..Self::default()
        }
    }

    /// The same for a push that is too large to note what it leaves of every key: only that of `repeated` keys, which
    /// may come more than once. No push is compared with it before it is in the view.
    pub fn noting(self, repeated: Option<HashSet<u128>>) -> Self {
        Self { repeated, ..self }
    }

    /// The held rows that the push replaces or deletes, if that was to be noted.
    pub fn touched(&mut self) -> Option<Touched> {
        self.touched.take()
    }
}

impl KeyedTable {
    /// The columns of the key.
    pub fn key_columns(&self) -> Vec<String> {
        self.hasher.load().key_columns().map(str::to_owned).collect()
    }

    /// The hashes of the keys in a batch that has the key columns.
    pub fn key_hashes(&self, batch: &RecordBatch) -> Result<Vec<u128>> {
        self.hasher.load().key_hashes(batch)
    }

    /// Waits for this push's turn: its classification must see every push before it. Hold the line until the push is
    /// in the log.
    pub async fn line(&self) -> Result<OwnedMutexGuard<Line>> {
        let mut line = self.sequencer.clone().lock_owned().await;
        if line.chain != self.chain.state() {
            // A push that others were built on was not kept: wait until all of them are settled, then begin anew.
            line.settle(self).await?;
            line.keys.clear();
            line.order.clear();
            line.chain = self.chain.state();
        }
        let settled = *self.settled.borrow();
        if line.barrier > settled {
            line.settle(self).await?;
        } else {
            line.forget(settled);
        }
        Ok(line)
    }
}

impl Line {
    /// Drops what the view has now. Call before the view is taken, so that no operation is in neither.
    fn forget(&mut self, settled: u64) {
        while let Some((turn, _)) = self.order.front()
            && *turn <= settled
        {
            let Some((turn, hashes)) = self.order.pop_front() else {
                return;
            };
            for hash in hashes {
                if self.keys.get(&hash).is_some_and(|(by, _)| *by == turn) {
                    self.keys.remove(&hash);
                }
            }
        }
    }

    /// Waits until everything that was let through is in the view, where it can be asked for.
    pub async fn settle(&mut self, table: &KeyedTable) -> Result<()> {
        let last = self.turn;
        let mut settled = table.settled.subscribe();
        let wait = settled.wait_for(|turn| *turn >= last);
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(Ok(_)) => {
                self.forget(last);
                Ok(())
            }
            _ => Err(held_up()),
        }
    }

    /// The state of the chain that pushes of this line build on.
    pub fn chain(&self) -> u64 {
        self.chain
    }

    /// Lets a push through: later ones are compared with it as well.
    pub fn admit(&mut self, table: &Arc<KeyedTable>, push: &mut KeyedPush) -> Guarded {
        self.turn += 1;
        let changed = std::mem::take(&mut push.changed);
        if push.repeated.is_some() {
            self.barrier = self.turn;
        }
        let hashes = changed.keys().copied().collect();
        for (hash, known) in changed {
            self.keys.insert(hash, (self.turn, known));
        }
        self.order.push_back((self.turn, hashes));
        Guarded {
            table: table.clone(),
            turn: self.turn,
        }
    }
}

impl Line {
    /// Takes the last admission back: the push could not even be queued.
    pub fn retract(&mut self, link: &Link) {
        self.turn -= 1;
        link.break_chain();
    }
}

/// Compares the rows of a push, in their order, with what is known of their keys.
pub(crate) struct Classifier<'a> {
    pub table: &'a KeyedTable,
    pub view: &'a KeyedView,
    pub line: &'a Line,
    pub meeting: Meeting,
    /// Columns of the history.
    pub schema: &'a SchemaRef,
    pub push: KeyedPush,
}

impl Classifier<'_> {
    /// Adds a batch of contract columns, `_line`, and perhaps `_op`.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<Option<RecordBatch>> {
        let hasher = self.table.hasher.load();
        let hashes = hasher.key_hashes(batch)?;
        let contents = hasher.content_hashes(batch)?;
        if let Some(named) = &mut self.push.named {
            named.extend(&hashes);
        }
        let versions = match &self.table.version_column {
            Some(column) => version_values(batch, column)?,
            None => Vec::new(),
        };
        let deletes = deletions(batch)?;
        let lines = batch
            .column_by_name(system_column::LINE)
            .map(|c| c.as_primitive::<Int64Type>());
        // Only keys that nothing newer is known of are looked up.
        let asked: Vec<u128> = hashes
            .iter()
            .copied()
            .filter(|hash| !self.push.changed.contains_key(hash) && !self.line.keys.contains_key(hash))
            .collect();
        let mut held = self.view.find_many(&asked)?.into_iter();
        let mut found: HashMap<u128, Known> = HashMap::new();
        for (hash, entry) in asked.iter().zip(&mut held) {
            if let Some((_, entry)) = entry {
                let known = Known {
                    content: entry.content,
                    version: entry.version,
                    deleted: entry.deleted,
                };
                found.insert(*hash, known);
            }
        }
        let (mut kept, mut ops, mut effective) = (Vec::new(), Vec::new(), Vec::new());
        let mut inherits = false;
        for (row, hash) in hashes.iter().enumerate() {
            let known = self.push.changed.get(hash).copied();
            let known = known.or_else(|| self.line.keys.get(hash).map(|(_, known)| *known));
            let known = known.or_else(|| found.get(hash).copied());
            let delete = deletes.as_ref().is_some_and(|deletes| deletes[row]);
            let mut version = versions.get(row).copied().flatten().unwrap_or(NO_VERSION);
            if delete
                && version == NO_VERSION
                && let Some(known) = known
            {
                // "Delete it" without a version means the version that is held.
                version = known.version;
                inherits |= version != NO_VERSION;
            }
            let Some(op) = judge(known, contents[row], version, delete) else {
                self.push.counts.unchanged += 1;
                continue;
            };
            let is_there = known.is_some_and(|known| !known.deleted);
            let counts = &mut self.push.counts;
            match op {
                Op::Insert => counts.inserted += 1,
                Op::Update => counts.updated += 1,
                Op::Delete if is_there => counts.deleted += 1,
                // It only leaves its version behind.
                Op::Delete => counts.unchanged += 1,
                Op::Stale => {
                    counts.stale += 1;
                    if self.push.stale_lines.len() < 20 {
                        self.push.stale_lines.extend(lines.map(|lines| lines.value(row)));
                    }
                }
            }
            if is_there
                && matches!(op, Op::Update | Op::Delete)
                && let Some(touched) = &mut self.push.touched
            {
                touched.note(*hash, lines.map_or(0, |lines| lines.value(row)), batch, row);
            }
            if op == Op::Update && self.meeting == Meeting::Refused {
                let line = lines.map_or(0, |lines| lines.value(row));
                return Err(Error::conflict(format!(
                    "line {line}: its key exists with other values, and mode=append only adds: leave the row out, or \
                     push with mode=upsert. Nothing was kept"
                )));
            }
            if op != Op::Stale && self.push.repeated.as_ref().is_none_or(|keys| keys.contains(hash)) {
                let deleted = op == Op::Delete;
                self.push.changed.insert(
                    *hash,
                    Known {
                        content: contents[row],
                        version,
                        deleted,
                    },
                );
            }
            kept.push(row as u32);
            ops.push(op.letter());
            effective.push((version != NO_VERSION).then_some(version));
        }
        if kept.is_empty() {
            return Ok(None);
        }
        let effective = inherits.then_some(effective.as_slice());
        Ok(Some(self.operations(batch, kept, ops, effective)?))
    }

    /// Deletions of the keys of `held`, batches of key columns, that the push did not name. Answers also how many keys
    /// there were.
    pub fn vanished(&mut self, held: &[RecordBatch]) -> Result<(Vec<RecordBatch>, u64, u64)> {
        let named = self.push.named.take().unwrap_or_default();
        let hasher = self.table.hasher.load();
        let (mut gone, mut total, mut ended) = (Vec::new(), 0, 0);
        for batch in held {
            let hashes = hasher.key_hashes(batch)?;
            let missing: BooleanArray = hashes.iter().map(|hash| Some(!named.contains(hash))).collect();
            total += hashes.len() as u64;
            ended += missing.true_count() as u64;
            let keys = filter_record_batch(batch, &missing)?;
            let rows = keys.num_rows();
            let schema = keys.schema();
            let own = schema.fields().iter().zip(keys.columns());
            let mut columns: Vec<(String, ArrayRef)> = own.map(|(f, c)| (f.name().clone(), c.clone())).collect();
            if let Some(version) = &self.table.version_column
                && !columns.iter().any(|(name, _)| name == version)
            {
                let ty = self.view_type(version);
                columns.push((version.clone(), new_null_array(&ty, rows)));
            }
            columns.push((
                system_column::LINE.to_owned(),
                Arc::new(Int64Array::from_value(0, rows)),
            ));
            columns.push((
                system_column::OP.to_owned(),
                Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n("D", rows))),
            ));
            let columns = columns.into_iter().map(|(name, column)| (name, column, true));
            gone.extend(self.add(&RecordBatch::try_from_iter_with_nullable(columns)?)?);
        }
        Ok((gone, total, ended))
    }

    fn view_type(&self, column: &str) -> DataType {
        let field = self.schema.field_with_name(column);
        field.map_or(DataType::Null, |field| field.data_type().clone())
    }

    /// The kept rows with their operations, and with the versions that deletions took over.
    fn operations(
        &self,
        batch: &RecordBatch,
        kept: Vec<u32>,
        ops: Vec<&'static str>,
        versions: Option<&[Option<i64>]>,
    ) -> Result<RecordBatch> {
        let rows = if kept.len() == batch.num_rows() {
            batch.clone()
        } else {
            take_record_batch(batch, &UInt32Array::from(kept))?
        };
        let mut fields = Vec::new();
        let mut columns: Vec<ArrayRef> = Vec::new();
        for (field, column) in rows.schema().fields().iter().zip(rows.columns()) {
            if field.name() == system_column::OP {
                continue;
            }
            let column = match versions {
                Some(versions) if Some(field.name()) == self.table.version_column.as_ref() => {
                    versions_as(versions, field.data_type())?
                }
                _ => column.clone(),
            };
            fields.push(field.clone());
            columns.push(column);
        }
        let schema = self.table.push_schema(fields);
        columns.push(Arc::new(StringViewArray::from_iter_values(ops)));
        Ok(RecordBatch::try_new(schema, columns)?)
    }
}

/// What a row does; none when it changes nothing.
fn judge(known: Option<Known>, content: u64, version: i64, delete: bool) -> Option<Op> {
    match known {
        Some(known) if version < known.version => Some(Op::Stale),
        Some(known) if !known.deleted => match delete {
            true => Some(Op::Delete),
            false if known.content == content => None,
            false => Some(Op::Update),
        },
        // Nothing is there to be deleted. But what is older than the deletion and comes after it must not come to be, and
        // that is known by the version that the deletion leaves behind.
        _ if delete => (version > known.map_or(NO_VERSION, |known| known.version)).then_some(Op::Delete),
        _ => Some(Op::Insert),
    }
}

/// Which rows are deletions; none when the batch has no such column.
fn deletions(batch: &RecordBatch) -> Result<Option<Vec<bool>>> {
    let Some(column) = batch.column_by_name(system_column::OP) else {
        return Ok(None);
    };
    let texts = cast(column, &DataType::Utf8View)?;
    let texts = texts.as_string_view();
    Ok(Some(
        (0..texts.len())
            .map(|row| !texts.is_null(row) && texts.value(row) == "D")
            .collect(),
    ))
}

fn versions_as(versions: &[Option<i64>], ty: &DataType) -> Result<ArrayRef> {
    let numbers: ArrayRef = Arc::new(Int64Array::from(versions.to_vec()));
    Ok(match ty {
        // Days and microseconds, as the map has them.
        DataType::Date32 => cast(&cast(&numbers, &DataType::Int32)?, ty)?,
        _ => cast(&numbers, ty)?,
    })
}

impl KeyedTable {
    /// The schema of operations: the push's columns and the operation.
    fn push_schema(&self, mut fields: Vec<Arc<Field>>) -> Arc<Schema> {
        fields.push(Arc::new(system_column::op_field()));
        let mut known = self.push_schema.lock();
        if let Some(schema) = known.as_ref().filter(|schema| schema.fields().iter().eq(fields.iter())) {
            return schema.clone();
        }
        let schema = Arc::new(Schema::new(fields));
        *known = Some(schema.clone());
        schema
    }
}

/// The receipt's sentence about rows that came too late.
pub(crate) fn stale_warning(count: u64, lines: &[i64], column: &str) -> String {
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let more = if (lines.len() as u64) < count { ", ..." } else { "" };
    format!(
        "{count} rows are older by {column} than what is held and changed nothing in the current data (lines {}{more})",
        lines.join(", ")
    )
}
