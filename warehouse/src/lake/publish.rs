//! The publisher: takes what the log has made durable, in sequence order, and makes it visible — rows, adopted files,
//! receipt and contract together, one new view per group. Then the answers go out.

use super::{Adopted, HotRun, Lake, TableState, TableView, hot, stage::system_columns, view::DataFile};
use crate::{
    Error, Part, Receipt, Result, RowCounts, Rows, Seq, TableId,
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
    /// Released after the answer, so that no repeat slips in between.
    pub claim: Claim,
    pub reply: oneshot::Sender<Result<Receipt>>,
}

#[derive(Debug)]
pub(crate) struct ContractTicket {
    pub contract: Arc<Contract>,
    pub reply: oneshot::Sender<Result<Seq>>,
}

/// Fixes the counts of a push. In an append-only dataset every accepted row is new.
pub(crate) fn sequence(contract: &Contract, rows: &mut RowCounts) {
    debug_assert!(
        contract.primary_key.is_empty(),
        "keyed tables are classified against their index"
    );
    rows.inserted = rows.accepted;
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
                    Ticket::Push(push) => drop(push.reply.send(Err(refusal.error()))),
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
                ledger, claim, reply, ..
            } = *push;
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
                            Arc::new(DataFile {
                                path: file.path,
                                size: file.size,
                                rows: file.rows,
                                partition_values: file.partition_values,
                                stats: Some(file.stats),
                                seq: Some(seq),
                                modified: receipt.received_at.timestamp_millis(),
                            })
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
        // The heavy part, building arrays, is done before the view is locked.
        let view = self.view();
        let mut runs = Vec::new();
        for (id, table) in gathered.tables {
            let known = view.tables.get(&id);
            let schema = known
                .map(|t| t.schema.clone())
                .ok_or_else(|| Error::not_found(format!("table {id}")))?;
            let run = match (table.pieces.first(), table.pieces.last()) {
                (Some(first), Some(end)) => {
                    let (first, end) = (first.seq, end.seq);
                    Some(HotRun::new(first, end, complete(&table.pieces, &schema)?))
                }
                _ => None,
            };
            runs.push((id, run, table.adopted));
        }
        self.change(|view| {
            for (id, run, adopted) in runs {
                let (Some(table), Some(state)) = (view.tables.get(&id), states.get(&id)) else {
                    continue;
                };
                let mut table = TableView::clone(table);
                let sealed = Seq(state.sealed.load(Ordering::Acquire));
                if let Some(run) = run {
                    hot::append(&mut table.hot, run, sealed)?;
                }
                table.adopted.extend(adopted);
                table.last_seq = last;
                view.tables.insert(id, Arc::new(table));
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

    /// Wakes the flush when hot memory has passed its soft budget.
    fn relieve(&self) {
        let view = self.view.load();
        let full = |table: &Arc<TableView>| table.hot_bytes() as u64 >= self.settings.flush_bytes;
        let hot: u64 = view.tables.values().map(|t| t.hot_bytes() as u64).sum();
        if hot >= self.settings.hot_soft_bytes || view.tables.values().any(full) {
            self.pressure.notify_one();
        }
    }

    /// Marks a table as touched by a flush or a test.
    pub(super) fn state_of(&self, id: &TableId) -> Result<Arc<TableState>> {
        self.table(id)
    }
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
