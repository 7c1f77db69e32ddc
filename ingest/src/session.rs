//! One push on its way: what all its stages need to know, and what they come to.

use crate::{
    PushRequest, Result,
    plan::Plan,
    snapshot,
    validate::{Context, Scope},
};
use smartcenter_warehouse::{
    FixedRows, Kind, Part, Receipt, ReceiptId, RowCounts, StagedFile, Status, TableId, Warehouse, lake::Stager,
};
use std::{collections::HashMap, fmt, sync::Arc};

/// What is fixed before the first row is read.
#[derive(Debug)]
pub(crate) struct Session {
    /// Where the rows go.
    pub warehouse: Arc<Warehouse>,
    /// The contract, ready.
    pub plan: Arc<Plan>,
    /// What the checks need to know.
    pub context: Context,
    /// The receipt without what the rows will say.
    pub receipt: Receipt,
    /// What the receipt should say about references.
    pub notes: Vec<String>,
    /// Check only.
    pub dry_run: bool,
    /// Rows by which "too many bad ones" is measured, where the file is a part of an older one.
    pub file_rows: u64,
}

impl Session {
    /// Looks up what the checks of `plan` need: the time, the pusher's scope, the codes of referenced columns.
    pub(crate) async fn open(warehouse: Arc<Warehouse>, plan: Arc<Plan>, request: &PushRequest) -> Result<Self> {
        let (mut mode, mut pins) = snapshot::mode(request, &plan)?;
        let mut codes = Vec::with_capacity(plan.references.len());
        let mut notes = Vec::new();
        let mut known = HashMap::new();
        for reference in &plan.references {
            if let Some(found) = known.get(reference) {
                codes.push(Option::clone(found));
                continue;
            }
            let (dataset, column) = reference;
            // A list that is not there, or that nothing was pushed to yet, cannot prove a code wrong.
            let found = match warehouse.codes(dataset, column).await {
                Ok(found) => Some(found).filter(|found| !found.is_empty()),
                Err(error) if error.kind() == Kind::NotFound => None,
                Err(error) => return Err(error.into()),
            };
            if found.is_none() {
                notes.push(format!(
                    "codes were not checked against dataset {dataset}: it has no rows yet"
                ));
            }
            known.insert(reference, found.clone());
            codes.push(found);
        }
        let mut lists = Vec::with_capacity(plan.resolves.len());
        for resolve in &plan.resolves {
            let list = resolve.index(&warehouse).await?;
            let note = resolve.note();
            if list.is_none() && !notes.contains(&note) {
                notes.push(note);
            }
            lists.push(list);
        }
        let now = warehouse.clock().now();
        snapshot::resolve(&mut mode, &mut pins, &plan, &lists, now)?;
        let scope = Scope::of(&request.identity, &plan.contract);
        snapshot::may_end(&mode, &pins, scope.as_ref(), &plan)?;
        if request.dry_run && plan.contract.is_keyed() {
            notes.push(
                "a dry run does not compare the rows with what is held: how many would be inserted, updated, deleted, \
                 stale or unchanged is not counted"
                    .to_owned(),
            );
        }
        let context = Context {
            now,
            scope,
            codes,
            lists,
            mode,
            pins,
            corrects: request.corrects.is_some(),
        };
        let receipt = Receipt {
            receipt_id: ReceiptId::now(),
            dataset: plan.contract.dataset.clone(),
            contract_version: plan.contract.version.to_string(),
            status: Status::Rejected,
            rows: RowCounts::default(),
            faults: Vec::new(),
            warnings: Vec::new(),
            corrects: None,
            derived: None,
            seq: None,
            payload_sha256: String::new(),
            received_at: request.received_at,
            durable_at: None,
            dry_run: request.dry_run,
            pusher: request.identity.key.clone(),
        };
        Ok(Self {
            warehouse,
            plan,
            context,
            receipt,
            notes,
            dry_run: request.dry_run,
            file_rows: 0,
        })
    }

    /// Writers for the dataset's table; none for a dry run.
    pub(crate) fn stager(&self) -> Result<Option<Stager>> {
        self.stager_of(&self.plan.contract.table())
    }

    /// Writers for the quarantine table; none for a dry run.
    pub(crate) fn quarantine_stager(&self) -> Result<Option<Stager>> {
        self.stager_of(&TableId::quarantine())
    }

    fn stager_of(&self, table: &TableId) -> Result<Option<Stager>> {
        if self.dry_run {
            return Ok(None);
        }
        Ok(Some(self.warehouse.stage(&self.receipt, table)?))
    }
}

/// A push whose rows are all judged.
pub(crate) struct Settled {
    /// Accepted and rejected rows.
    parts: Vec<Part>,
    /// The receipt but for what the log adds.
    pub receipt: Receipt,
    /// Digest of the payload.
    pub sha256: [u8; 32],
    /// Rows of an older file that came again.
    pub fixed: FixedRows,
    /// Staged files that nobody has taken over yet.
    staged: Vec<(Stager, Vec<StagedFile>)>,
}

impl Settled {
    /// A settled push; `staged` are the files among `parts`.
    pub(crate) fn new(
        parts: Vec<Part>,
        receipt: Receipt,
        sha256: [u8; 32],
        fixed: FixedRows,
        staged: Vec<(Stager, Vec<StagedFile>)>,
    ) -> Self {
        Self {
            parts,
            receipt,
            sha256,
            fixed,
            staged,
        }
    }

    /// The rows and the receipt; the files are the taker's from here on.
    pub(crate) fn keep(mut self) -> (Vec<Part>, Receipt) {
        self.staged.clear();
        (std::mem::take(&mut self.parts), self.receipt.clone())
    }
}

impl Drop for Settled {
    /// A push that is not kept (a repeat, a sender who hung up) leaves no files behind.
    fn drop(&mut self) {
        let staged = std::mem::take(&mut self.staged);
        if staged.iter().any(|(_, files)| !files.is_empty()) {
            // Removing blocks, and this may run on a thread that must not.
            std::thread::spawn(move || staged.iter().for_each(|(stager, files)| stager.discard(files)));
        }
    }
}

impl fmt::Debug for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settled")
            .field("receipt", &self.receipt.receipt_id)
            .finish_non_exhaustive()
    }
}
