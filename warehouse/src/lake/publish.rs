//! The publisher: takes what the log has made durable, in sequence order, and makes it visible — rows, adopted files,
//! receipt and contract together, one new view per group. Then the answers go out.

use super::{
    Adopted, Guarded, HotRun, Lake, TableView, hot,
    keyed::{KeyedTable, KeyedView, Superseding},
    stage::system_columns,
    view::DataFile,
};
use crate::{
    Error, Part, Receipt, Result, Rows, Seq, TableId,
    contract::Contract,
    control::{Claim, Control, LedgerEntry},
    wal::Group,
};
use arrow::{
    array::{ArrayRef, Int64Array, StringViewBuilder, TimestampMicrosecondArray},
    compute::concat_batches,
    datatypes::{Schema, SchemaRef},
    record_batch::RecordBatch,
};
use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
};
use tokio::sync::oneshot;

/// What travels through the log beside its bytes, to be published when they are durable.
#[derive(Debug)]
pub(crate) enum Ticket {
    Push(Box<PushTicket>),
    Contract(Box<ContractTicket>),
}

#[derive(Debug)]
pub(crate) struct PushTicket {
    pub parts: Vec<Part>,
    pub ledger: LedgerEntry,
    /// For a keyed dataset: its place in the dataset's line.
    pub turn: Option<Guarded>,
    /// Released after the answer, so that no repeat slips in between.
    pub claim: Claim,
    pub reply: oneshot::Sender<Result<Receipt>>,
}

#[derive(Debug)]
pub(crate) struct ContractTicket {
    pub contract: Arc<Contract>,
    pub reply: oneshot::Sender<Result<Seq>>,
}

/// Runs on its own thread, so that the next group can be synced while this one is published.
pub(crate) struct Publisher {
    pub lake: Arc<Lake>,
    pub control: Arc<Control>,
    /// Called for a contract whose activation is durable, before anyone hears of it.
    pub activate: Activate,
}

/// Makes a contract the active one.
pub(crate) type Activate = Box<dyn Fn(&Arc<Contract>) + Send>;

impl Publisher {
    /// Publishes one group.
    pub fn publish(&self, group: Group<Ticket>) {
        if let Some(refusal) = group.failed {
            for (_, ticket) in group.entries {
                match ticket {
                    Ticket::Push(push) => {
                        if let Some(turn) = &push.turn {
                            turn.settle();
                        }
                        drop(push.reply.send(Err(refusal.error())));
                    }
                    Ticket::Contract(contract) => drop(contract.reply.send(Err(refusal.error()))),
                }
            }
            return;
        }
        let Some(last) = group.entries.last().map(|(seq, _)| *seq) else {
            return;
        };
        self.lake.barrier.pass("after_frame");
        let durable_at = self.lake.clock.now();
        let mut gathered = Gathered::default();
        let mut pushes = Vec::new();
        let mut contracts = Vec::new();
        for (seq, ticket) in group.entries {
            match ticket {
                Ticket::Push(mut push) => {
                    let receipt = &mut push.ledger.receipt;
                    receipt.seq = Some(seq);
                    receipt.durable_at = Some(durable_at);
                    gathered.add(seq, std::mem::take(&mut push.parts), receipt);
                    pushes.push(push);
                }
                Ticket::Contract(contract) => contracts.push((seq, contract)),
            }
        }
        let published = self.lake.publish(gathered, last);
        if let Err(error) = published {
            // The rows are durable and come back at the next start; until then nothing more may be shown as done.
            tracing::error!(%error, "a durable push could not be made visible");
            let told = || {
                Error::internal(
                    "the push is durable but not visible until the hub restarts",
                    "see the log",
                )
            };
            pushes.into_iter().for_each(|push| drop(push.reply.send(Err(told()))));
            return;
        }
        let entries: Vec<LedgerEntry> = pushes.iter().map(|push| push.ledger.clone()).collect();
        self.control.ledger().record(last, &entries);
        for (seq, ticket) in contracts {
            (self.activate)(&ticket.contract);
            let _ = ticket.reply.send(Ok(seq));
        }
        for push in pushes {
            let PushTicket {
                ledger,
                claim,
                reply,
                turn,
                ..
            } = *push;
            if let Some(turn) = turn {
                turn.settle();
            }
            drop(claim);
            // The sender may have gone; the push stays.
            let _ = reply.send(Ok(ledger.receipt));
        }
    }
}

/// The rows and files of a group, by table.
#[derive(Default)]
struct Gathered {
    tables: HashMap<TableId, GatheredTable>,
}

#[derive(Default)]
struct GatheredTable {
    pieces: Vec<Piece>,
    adopted: Vec<Adopted>,
}

/// One batch of one push.
struct Piece {
    seq: Seq,
    receipt: String,
    received_at: i64,
    batch: RecordBatch,
}

impl Gathered {
    fn add(&mut self, seq: Seq, parts: Vec<Part>, receipt: &Receipt) {
        for part in parts {
            let table = self.tables.entry(part.table).or_default();
            match part.rows {
                Rows::Batches(batches) => {
                    table
                        .pieces
                        .extend(batches.into_iter().filter(|b| b.num_rows() > 0).map(|batch| Piece {
                            seq,
                            receipt: receipt.receipt_id.to_string(),
                            received_at: receipt.received_at.timestamp_micros(),
                            batch,
                        }));
                }
                Rows::Staged(files) => {
                    let files = files
                        .into_iter()
                        .map(|file| {
                            let modified = receipt.received_at.timestamp_millis();
                            Arc::new(DataFile::staged(file, Some(seq), modified))
                        })
                        .collect();
                    table.adopted.push(Adopted { seq, files });
                }
            }
        }
    }
}

/// Makes a push of the log visible again at start-up; tables that already have it in their files are left alone.
pub(crate) fn replay_push(lake: &Lake, seq: Seq, parts: Vec<Part>, receipt: &Receipt) -> Result<()> {
    let mut gathered = Gathered::default();
    let view = lake.view();
    let covered = |part: &Part| {
        view.tables
            .get(&part.table)
            .is_some_and(|table| table.flushed_seq >= seq)
    };
    gathered.add(seq, parts.into_iter().filter(|part| !covered(part)).collect(), receipt);
    lake.publish(gathered, seq)
}

impl Lake {
    /// Moves the view on to `last` with the gathered rows in it.
    fn publish(&self, gathered: Gathered, last: Seq) -> Result<()> {
        let mut states = HashMap::new();
        for id in gathered.tables.keys() {
            states.insert(id.clone(), self.table(id)?);
        }
        // The heavy part, building arrays and keys, is done before the view is locked.
        let view = self.view();
        let mut made = Vec::new();
        for (id, table) in gathered.tables {
            let known = view.tables.get(&id);
            let schema = known
                .map(|t| t.schema.clone())
                .ok_or_else(|| Error::not_found(format!("table {id}")))?;
            made.push(match self.keyed_of_history(&id) {
                Some((keyed, _)) => self.make_keyed(id, &keyed, table, &schema)?,
                None => make(id, table, &schema)?,
            });
        }
        self.change(|view| {
            for made in made {
                let (Some(table), Some(state)) = (view.tables.get(&made.id), states.get(&made.id)) else {
                    continue;
                };
                let mut table = TableView::clone(table);
                let sealed = Seq(state.sealed.load(Ordering::Acquire));
                match made.rows {
                    Made::Plain(Some(run)) => hot::append(&mut table.hot, run, sealed)?,
                    Made::Plain(None) => {}
                    Made::Keyed(keyed, superseding) => {
                        if let Some(now) = view.keyed.get(&keyed.current) {
                            let mut next = KeyedView::clone(now);
                            superseding.apply(&mut next, sealed)?;
                            table.hot = next.hot().map(|hot| hot.run.clone()).collect();
                            view.keyed.insert(keyed.current.clone(), Arc::new(next));
                        }
                    }
                }
                table.adopted.extend(made.adopted);
                table.last_seq = last;
                view.tables.insert(made.id, Arc::new(table));
            }
            view.visible_seq = last;
            Ok(())
        })?;
        for state in states.values() {
            self.note_hot(state);
        }
        self.relieve();
        Ok(())
    }

    /// The new sources of a keyed table: runs and adopted files in the order of their operations.
    fn make_keyed(
        &self,
        id: TableId,
        keyed: &Arc<KeyedTable>,
        table: GatheredTable,
        schema: &SchemaRef,
    ) -> Result<MadeTable> {
        let mut superseding = Superseding::default();
        let mut pieces = table.pieces.as_slice();
        for adopted in &table.adopted {
            let before = pieces.partition_point(|piece| piece.seq < adopted.seq);
            let (older, newer) = pieces.split_at(before);
            superseding.run(keyed, run(older, schema)?)?;
            pieces = newer;
            for file in &adopted.files {
                superseding.file(self.keyed_source(keyed, file, schema)?);
            }
        }
        superseding.run(keyed, run(pieces, schema)?)?;
        Ok(MadeTable {
            id,
            rows: Made::Keyed(keyed.clone(), superseding),
            adopted: table.adopted,
        })
    }

    /// Wakes the flush when hot memory has passed its soft budget.
    fn relieve(&self) {
        let view = self.view.load();
        let full = |table: &Arc<TableView>| table.hot_bytes() as u64 >= self.settings.flush_bytes;
        if self.hot_bytes() >= self.settings.hot_soft_bytes || view.tables.values().any(full) {
            self.pressure.notify_one();
        }
    }
}

/// What a group brings to one table.
struct MadeTable {
    id: TableId,
    rows: Made,
    adopted: Vec<Adopted>,
}

enum Made {
    Plain(Option<HotRun>),
    Keyed(Arc<KeyedTable>, Superseding),
}

fn make(id: TableId, table: GatheredTable, schema: &SchemaRef) -> Result<MadeTable> {
    Ok(MadeTable {
        id,
        rows: Made::Plain(run(&table.pieces, schema)?),
        adopted: table.adopted,
    })
}

/// The run of some pieces; none of no pieces.
fn run(pieces: &[Piece], schema: &SchemaRef) -> Result<Option<HotRun>> {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
        return Ok(None);
    };
    Ok(Some(HotRun::new(first.seq, last.seq, complete(pieces, schema)?)))
}

/// The pieces of a group as few batches of the storage schema. Pieces of one schema are copied together, because a
/// group of many one-row pushes must not become many one-row batches.
fn complete(pieces: &[Piece], schema: &SchemaRef) -> Result<Vec<RecordBatch>> {
    let mut batches = Vec::new();
    let same = |a: &Piece, b: &Piece| same_schema(a.batch.schema_ref(), b.batch.schema_ref());
    for pieces in pieces.chunk_by(same) {
        let joined = match pieces {
            [one] => one.batch.clone(),
            many => concat_batches(many[0].batch.schema_ref(), many.iter().map(|p| &p.batch))?,
        };
        let rows = joined.num_rows();
        let mut seq = Vec::with_capacity(rows);
        let mut received_at = Vec::with_capacity(rows);
        let mut receipt = StringViewBuilder::with_capacity(rows);
        for piece in pieces {
            let n = piece.batch.num_rows();
            seq.extend(std::iter::repeat_n(piece.seq.0 as i64, n));
            received_at.extend(std::iter::repeat_n(piece.received_at, n));
            let block = receipt.append_block(piece.receipt.as_bytes().to_vec().into());
            for _ in 0..n {
                receipt.try_append_view(block, 0, piece.receipt.len() as u32)?;
            }
        }
        let receipt: ArrayRef = Arc::new(receipt.finish());
        let seq: ArrayRef = Arc::new(Int64Array::from(seq));
        let received_at: ArrayRef = Arc::new(TimestampMicrosecondArray::from(received_at).with_timezone("UTC"));
        let columns = system_columns(&joined, &seq, &receipt, &received_at, schema)?;
        batches.push(RecordBatch::try_new(schema.clone(), columns)?);
    }
    Ok(batches)
}

fn same_schema(a: &Arc<Schema>, b: &Arc<Schema>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}
