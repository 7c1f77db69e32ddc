//! A validated push on its way through the sequencer and the log.

use super::{Warehouse, reach, system_identity};
use crate::{
    Error, Part, Push, PushMode, Receipt, Result, RowCounts, Seq, Status, TableId,
    contract::Contract,
    control::{Claim, LedgerEntry},
    lake::{Asked, Classified, KeyedSnapshot, KeyedTable, Meeting, PushTicket, Stager, Ticket, stale_warning},
    policy::RowFilter,
    quarantine::Closing,
    query::{Ending, Limits, Params},
    wal::record,
};
use arrow::record_batch::RecordBatch;
use futures::TryStreamExt;
use std::sync::Arc;
use tokio::sync::oneshot;

/// How the rows of a push meet those that are there.
struct Rules {
    mode: PushMode,
    /// Held rows that the sender may touch; all where absent.
    reach: Option<RowFilter>,
}

/// What the ledger is told of a push.
struct Told {
    receipt: Receipt,
    claim: Claim,
    closing: Option<Closing>,
}

impl Told {
    fn entry(self) -> (LedgerEntry, Claim) {
        let entry = LedgerEntry {
            closing: self.closing.filter(|closing| !closing.is_empty()),
            ..self.claim.entry(&self.receipt)
        };
        (entry, self.claim)
    }
}

/// A name as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Warehouse {
    /// Makes a push durable and visible; answers its final receipt after both. Read-your-writes holds from then on.
    pub async fn push(self: &Arc<Self>, push: Push) -> Result<Receipt> {
        self.admit()?;
        let Push {
            contract,
            parts,
            mut receipt,
            claim,
            closing,
            mode,
            reach,
        } = push;
        let arrived = receipt.received_at;
        let answer = match self.lake.keyed(&contract) {
            Some(table) => {
                let rules = Rules { mode, reach };
                let told = Told {
                    receipt,
                    claim,
                    closing,
                };
                Box::pin(self.sequence(&contract, &table, parts, told, &rules)).await?
            }
            None => {
                // In an append-only dataset every accepted row is new.
                receipt.rows.inserted = receipt.rows.accepted;
                self.append(
                    parts,
                    Told {
                        receipt,
                        claim,
                        closing,
                    },
                )?
            }
        };
        let receipt = answer
            .await
            .map_err(|_| Error::internal("the push was not answered", "publisher gone"))??;
        let mut arrivals = self.arrivals.lock();
        let last = arrivals.entry(receipt.dataset.clone()).or_insert(arrived);
        *last = arrived.max(*last);
        Ok(receipt)
    }

    /// Waits until everything up to `seq` of this table is committed to its Delta table (asks for a flush).
    pub async fn landed(&self, table: &TableId, seq: Seq) -> Result<()> {
        self.lake.landed(table, seq).await
    }

    /// Writers for the rows of one push into `table` (the contract's own, or the quarantine) when it is too big for
    /// the log.
    pub fn stage(&self, receipt: &Receipt, table: &TableId) -> Result<Stager> {
        self.admit()?;
        self.lake.stage(table, receipt)
    }

    /// Puts a push of an append-only dataset into the log.
    fn append(&self, parts: Vec<Part>, told: Told) -> Result<oneshot::Receiver<Result<Receipt>>> {
        let (ledger, claim) = told.entry();
        let entry = record::encode_push(&ledger, &parts, &self.schema_ids)?;
        let (reply, answer) = oneshot::channel();
        let ticket = PushTicket {
            parts,
            ledger,
            turn: None,
            claim,
            reply,
        };
        self.wal.append(entry, Ticket::Push(Box::new(ticket)))?;
        Ok(answer)
    }

    /// Turns the rows of a keyed dataset into operations, in the order of the pushes, and puts them into the log.
    async fn sequence(
        self: &Arc<Self>,
        contract: &Contract,
        table: &Arc<KeyedTable>,
        parts: Vec<Part>,
        mut told: Told,
        rules: &Rules,
    ) -> Result<oneshot::Receiver<Result<Receipt>>> {
        let mut line = table.line().await?;
        let receipt = &mut told.receipt;
        let reach = rules.reach.as_ref().filter(|reach| !reach::is_of_key(reach, contract));
        let mut asked = Asked {
            notes_touched: reach.is_some(),
            ..Asked::default()
        };
        let is_snapshot = matches!(rules.mode, PushMode::Snapshot { .. }) && receipt.status != Status::Rejected;
        if is_snapshot || reach.is_some() {
            // Held rows are looked at, and what is on its way cannot be.
            line.settle(table).await?;
        }
        match &rules.mode {
            // The rows of a rejected batch say nothing about what is there.
            _ if receipt.status == Status::Rejected => {}
            PushMode::Upsert => {}
            PushMode::Append => asked.meeting = Meeting::Refused,
            PushMode::Snapshot { scope } => {
                asked.snapshot = Some(KeyedSnapshot {
                    held: self.held_keys(contract, scope).await?,
                    most: contract.max_vanished,
                });
            }
        }
        let Classified {
            mut line,
            parts,
            mut push,
        } = self.lake.classify(table, line, parts, asked).await?;
        if let (Some(reach), Some(touched)) = (reach, push.touched()) {
            self.within_reach(contract, table, reach, touched).await?;
        }
        receipt.rows = RowCounts {
            inserted: push.counts.inserted,
            updated: push.counts.updated,
            unchanged: push.counts.unchanged,
            stale: push.counts.stale,
            deleted: push.counts.deleted,
            ..receipt.rows
        };
        if push.counts.stale > 0 {
            let column = contract.version_column.and_then(|at| contract.columns.get(at));
            let column = column.map_or("version", |column| column.name.as_str());
            receipt
                .warnings
                .push(stale_warning(push.counts.stale, &push.stale_lines, column));
        }
        let (ledger, claim) = told.entry();
        let mut entry = record::encode_push(&ledger, &parts, &self.schema_ids)?;
        let link = table.chain().link(line.chain());
        entry.link = Some(link.clone());
        let (reply, answer) = oneshot::channel();
        let ticket = PushTicket {
            parts,
            ledger,
            turn: Some(line.admit(table, &mut push)),
            claim,
            reply,
        };
        if let Err(error) = self.wal.append(entry, Ticket::Push(Box::new(ticket))) {
            line.retract(&link);
            return Err(error);
        }
        Ok(answer)
    }

    /// The primary keys of the current rows in a scope.
    async fn held_keys(self: &Arc<Self>, contract: &Contract, scope: &[(String, String)]) -> Result<Vec<RecordBatch>> {
        let keys: Vec<String> = contract.key_columns().map(|column| quoted(&column.name)).collect();
        let mut sql = format!("SELECT {} FROM {}", keys.join(", "), quoted(contract.dataset.as_str()));
        for (at, (column, _)) in scope.iter().enumerate() {
            let joint = if at == 0 { "WHERE" } else { "AND" };
            sql.push_str(&format!(" {joint} {} = ${}", quoted(column), at + 1));
        }
        let values = scope.iter().map(|(_, value)| serde_json::Value::from(value.as_str()));
        let mut rows = self
            .session(&system_identity()?)
            .query(&sql, Params::Positional(values.collect()), Limits::default())
            .await?;
        let mut held = Vec::new();
        while let Some(batch) = rows.try_next().await? {
            held.push(batch);
        }
        if rows.ending() != Ending::Complete {
            return Err(Error::invalid(
                "the scope of the snapshot has more rows than one query may answer: give a narrower scope",
            ));
        }
        Ok(held)
    }
}
