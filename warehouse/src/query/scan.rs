//! A table of the catalogue. It is a handle: which files, hot rows and rules apply is read from the execution's pin
//! when the scan is planned, never when the statement is.

use super::{
    AsOf, Pin, as_of,
    failure::carried,
    fate::{self, Fate},
    pushdown,
    sources::Sources,
    validity,
};
use crate::{
    DatasetId, Error, TableId,
    contract::{Contract, Mask, system_column, system_fields},
    policy::{Decision, Gate, Passed, PolicyExec, RowFilter},
    quarantine,
};
use arrow::datatypes::{Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    common::{DFSchema, DataFusionError, Result, ScalarValue},
    logical_expr::{Expr, TableProviderFilterPushDown, TableType, utils::conjunction},
    physical_expr::{
        PhysicalExpr,
        expressions::{Column, Literal},
    },
    physical_plan::{ExecutionPlan, projection::ProjectionExec},
};
use std::sync::Arc;

/// Which rows a table of the catalogue shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Accepted rows of a dataset at one contract major.
    Rows {
        dataset: DatasetId,
        major: u64,
        versions: Versions,
    },
    /// Rejected rows of a dataset.
    Rejects { dataset: DatasetId },
}

/// Which versions of a key are rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Versions {
    /// The one in force.
    Current,
    /// All.
    Every,
}

/// A shown column and the stored one behind it; none means always null, or that the ledger knows it.
#[derive(Debug, Clone, Default)]
struct Shown {
    stored: Option<String>,
    fate: Option<Fate>,
}

impl Shown {
    fn stored(name: &str) -> Self {
        Self {
            stored: Some(name.to_owned()),
            fate: None,
        }
    }

    /// True of a column of rejected rows that shows text as it was sent.
    fn shows_sent_text(&self, bound: &Bound) -> bool {
        self.stored
            .as_deref()
            .is_some_and(|stored| quarantine::SENT.contains(&stored) && bound.mask(stored).is_none())
    }
}

/// A dataset's rows or rejected rows, as one of the catalogue's schemas shows them.
#[derive(Debug)]
pub(crate) struct LakeTable {
    subject: Subject,
    schema: SchemaRef,
    columns: Vec<Shown>,
}

impl LakeTable {
    /// `data.x`: the contract's columns.
    pub(crate) fn data(contract: &Contract) -> Self {
        Self::of(contract, Versions::Current, Vec::new())
    }

    /// `history.x`: with position, line, receipt and validity.
    pub(crate) fn history(contract: &Contract) -> Self {
        let [seq, line, receipt, received] = stored_system();
        let (from, to) = (
            received.clone().with_name("valid_from"),
            received.clone().with_name("valid_to"),
        );
        let end = contract.is_keyed().then_some(validity::VALID_TO);
        let mut extra = vec![
            (seq, Some(system_column::SEQ)),
            (line, Some(system_column::LINE)),
            (receipt, Some(system_column::RECEIPT)),
            (from, Some(system_column::RECEIVED_AT)),
            (to, end),
        ];
        if contract.is_keyed() {
            extra.push((system_column::op_field(), Some(system_column::OP)));
        }
        Self::of(contract, Versions::Every, extra)
    }

    /// `data.x` with the row's position, for paging; not in the catalogue.
    pub(crate) fn positioned(contract: &Contract) -> Self {
        let [seq, line, ..] = stored_system();
        Self::of(
            contract,
            Versions::Current,
            vec![(seq, Some(system_column::SEQ)), (line, Some(system_column::LINE))],
        )
    }

    /// `data.x` as the SQL of a model sees it: with position, line and arrival of the version in force.
    pub(crate) fn in_model(contract: &Contract) -> Self {
        let [seq, line, _, received] = stored_system();
        Self::of(
            contract,
            Versions::Current,
            vec![
                (seq, Some(system_column::SEQ)),
                (line, Some(system_column::LINE)),
                (received, Some(system_column::RECEIVED_AT)),
            ],
        )
    }

    /// The dataset whose rows it shows, and the stored column behind a shown one.
    pub(super) fn origin(&self, column: &str) -> Option<(&DatasetId, &str)> {
        let Subject::Rows { dataset, .. } = &self.subject else {
            return None;
        };
        let shown = self.columns.get(self.schema.index_of(column).ok()?)?;
        Some((dataset, shown.stored.as_deref()?))
    }

    /// `quarantine.x`: rejected rows and why.
    pub(crate) fn rejects(contract: &Contract) -> Self {
        let stored = rejects_schema();
        let shown = [
            ("receipt_id", "receipt_id"),
            ("line", system_column::LINE),
            ("columns", "columns"),
            ("rules", "rules"),
            ("messages", "messages"),
            ("faults", "faults"),
            ("raw", "raw"),
            ("pusher", "pusher"),
            ("received_at", system_column::RECEIVED_AT),
            ("seq", system_column::SEQ),
        ];
        let fates = [Fate::State, Fate::ClosedBy];
        let fields = shown
            .iter()
            .filter_map(|(name, from)| Some(stored.field_with_name(from).ok()?.clone().with_name(*name)))
            .chain(fates.map(|fate| Field::new(fate.name(), arrow::datatypes::DataType::Utf8View, true)));
        Self {
            subject: Subject::Rejects {
                dataset: contract.dataset.clone(),
            },
            schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())),
            columns: shown
                .iter()
                .map(|(_, from)| Shown::stored(from))
                .chain(fates.map(|fate| Shown {
                    stored: None,
                    fate: Some(fate),
                }))
                .collect(),
        }
    }

    fn of(contract: &Contract, versions: Versions, extra: Vec<(Field, Option<&str>)>) -> Self {
        let mut fields: Vec<Field> = contract.schema().fields().iter().map(|f| f.as_ref().clone()).collect();
        let mut columns: Vec<Shown> = fields.iter().map(|f| Shown::stored(f.name())).collect();
        for (field, stored) in extra {
            fields.push(field);
            columns.push(stored.map(Shown::stored).unwrap_or_default());
        }
        Self {
            subject: Subject::Rows {
                dataset: contract.dataset.clone(),
                major: contract.version.major,
                versions,
            },
            schema: Arc::new(Schema::new(fields)),
            columns,
        }
    }

    /// The pinned contract, table, stored schema and decision behind the handle.
    fn bound(&self, pin: &Pin) -> Result<Bound> {
        let gone = || carried(Error::not_found("the table does not exist, or is not open to this key"));
        let (contract, schema, decision) = match &self.subject {
            Subject::Rows {
                dataset,
                major,
                versions,
            } => {
                let contract = pin.major(dataset.as_str(), *major).ok_or_else(gone)?;
                let decision = pin.policy.decide(&pin.identity, contract);
                let schema = match versions {
                    Versions::Every if contract.is_keyed() => validity::schema(contract),
                    _ => contract.storage_schema(),
                };
                (contract, schema, decision)
            }
            Subject::Rejects { dataset } => {
                let contract = pin.active(dataset.as_str()).ok_or_else(gone)?;
                let decision = pin.policy.decide_quarantine(&pin.identity, contract);
                (contract, rejects_schema(), decision)
            }
        };
        match decision {
            Decision::Deny => Err(gone()),
            Decision::Allow { row_filter, masks } => Ok(Bound {
                contract: contract.clone(),
                schema,
                row_filter,
                masks,
            }),
        }
    }
}

/// A contract with what the caller may see of its rows.
pub(super) struct Bound {
    pub(super) contract: Arc<Contract>,
    /// The stored columns.
    pub(super) schema: SchemaRef,
    row_filter: Option<RowFilter>,
    masks: Vec<(String, Mask)>,
}

impl Bound {
    /// The rows of a contract; none when they are closed to the caller.
    pub(super) fn of_rows(pin: &Pin, contract: &Arc<Contract>) -> Option<Self> {
        match pin.policy.decide(&pin.identity, contract) {
            Decision::Deny => None,
            Decision::Allow { row_filter, masks } => Some(Self {
                contract: contract.clone(),
                schema: contract.schema(),
                row_filter,
                masks,
            }),
        }
    }

    /// The gate before rows in the columns of `below`, of which the columns `stored` pass. `physical` makes the row
    /// filter run.
    pub(super) fn gate<'a>(
        &self,
        pin: &Pin,
        below: &SchemaRef,
        stored: impl Iterator<Item = &'a str>,
        physical: impl Fn(Expr, &DFSchema) -> Result<Arc<dyn PhysicalExpr>>,
    ) -> Result<Gate> {
        let filter = match &self.row_filter {
            None => None,
            Some(filter) => Some(physical(filter.expr(), &DFSchema::try_from(below.as_ref().clone())?)?),
        };
        let (mut passed, mut fields) = (Vec::new(), Vec::new());
        for stored in stored {
            let index = below.index_of(stored)?;
            passed.push(Passed {
                index,
                mask: self.mask(stored),
            });
            fields.push(below.fields()[index].clone());
        }
        Ok(Gate {
            filter,
            passed,
            masker: pin.masker.clone(),
            schema: Arc::new(Schema::new(fields)),
        })
    }

    pub(super) fn mask(&self, stored: &str) -> Option<Mask> {
        self.masks
            .iter()
            .find(|(column, _)| column == stored)
            .map(|(_, mask)| *mask)
    }

    /// Stored columns to read: the shown ones in order, then those that only the row filter needs.
    fn needed(&self, shown: &[&Shown]) -> Result<SchemaRef> {
        let mut fields: Vec<Field> = Vec::new();
        let filter_columns = self.row_filter.iter().flat_map(RowFilter::columns);
        for name in shown.iter().filter_map(|s| s.stored.as_deref()).chain(filter_columns) {
            if !fields.iter().any(|field| field.name() == name) {
                let field = self.schema.field_with_name(name).map_err(|_| {
                    carried(Error::conflict(
                        "the contract changed since the statement was prepared: prepare it again",
                    ))
                })?;
                fields.push(field.clone());
            }
        }
        Ok(Arc::new(Schema::new(fields)))
    }
}

#[async_trait]
impl TableProvider for LakeTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        // Always evaluated above as well: below they only save work.
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let pin = state
            .config()
            .get_extension::<Pin>()
            .ok_or_else(|| DataFusionError::Internal("a scan outside of a session".to_owned()))?;
        let bound = self.bound(&pin)?;
        let every = || (0..self.columns.len()).collect::<Vec<_>>();
        let indexes = projection.cloned().unwrap_or_else(every);
        let shown: Vec<&Shown> = indexes.iter().map(|i| &self.columns[*i]).collect();
        let output: SchemaRef = Arc::new(self.schema.project(&indexes)?);
        let inputs = fate::INPUTS.map(Shown::stored);
        let passed = passed(&shown, &inputs);
        let needed = bound.needed(&passed)?;
        pin.note_clear_reads(&bound.contract, shown.iter().filter_map(|s| s.stored.as_deref()), |c| {
            bound.mask(c).is_some()
        });
        if matches!(self.subject, Subject::Rejects { .. }) && shown.iter().any(|s| s.shows_sent_text(&bound)) {
            pin.note_raw_read(&bound.contract);
        }

        let masked = shown
            .iter()
            .any(|s| s.stored.as_deref().is_some_and(|stored| bound.mask(stored).is_some()));
        let barrier = masked || bound.row_filter.is_some();
        let stored = |name: &str| self.stored_name(name, &bound, &needed);
        let mut pruning: Vec<Expr> = if barrier {
            pushdown::below(filters, &stored)
        } else {
            filters
                .iter()
                .filter_map(|filter| pushdown::renamed(filter, &stored))
                .collect()
        };
        pruning.extend(bound.row_filter.as_ref().map(RowFilter::expr));
        // Without a barrier the engine itself brings the filters down to the files.
        let decoding = conjunction(pruning.iter().cloned()).filter(|_| barrier);

        let contract = &bound.contract;
        let (sources, as_of) = match &self.subject {
            Subject::Rows {
                versions: Versions::Current,
                ..
            } if pin.as_of.is_none() => (Sources::current(&pin, contract), None),
            Subject::Rows { .. } => (Sources::every(&pin, &contract.table()), pin.as_of),
            Subject::Rejects { .. } => (Sources::every(&pin, &TableId::quarantine()), None),
        };
        let has_end = needed.field_with_name(validity::VALID_TO).is_ok();
        let is_past = as_of.is_some() && contract.is_keyed() && self.shows_current();
        let input = if has_end || is_past {
            let versions = self.versions(state, &bound, sources, &needed, pruning, as_of)?;
            let rows = match has_end {
                true => validity::with_end(state, contract, versions).await?,
                false => as_of::in_force(state, contract, versions, &needed).await?,
            };
            as_of::projected(rows, &needed)?
        } else {
            as_of::plan(
                state,
                sources,
                &needed,
                &bound.schema,
                pruning,
                decoding.as_ref(),
                as_of,
            )?
        };
        let above = if barrier {
            behind_barrier(state, &pin, &bound, &passed, input)?
        } else {
            input
        };
        renamed(&pin, above, &shown, &output)
    }
}

impl LakeTable {
    fn shows_current(&self) -> bool {
        matches!(
            self.subject,
            Subject::Rows {
                versions: Versions::Current,
                ..
            }
        )
    }

    /// All versions of keys, in the stored columns of `needed` and those that tell versions apart. Of the filters only
    /// what chooses whole keys goes below: the versions around a row decide when it ended, and which is the last.
    fn versions(
        &self,
        state: &dyn Session,
        bound: &Bound,
        sources: Sources,
        needed: &SchemaRef,
        mut filters: Vec<Expr>,
        as_of: Option<AsOf>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let contract = &bound.contract;
        let keys: Vec<&str> = contract
            .primary_key
            .iter()
            .filter_map(|at| contract.columns.get(*at))
            .map(|column| column.name.as_str())
            .collect();
        filters.retain(|filter| filter.column_refs().iter().all(|c| keys.contains(&c.name.as_str())));
        let stored = validity::schema(contract);
        let mut fields: Vec<Field> = Vec::new();
        let wanted = needed.fields().iter().map(|f| f.name().as_str());
        let wanted = wanted.filter(|name| *name != validity::VALID_TO);
        let more = validity::needed(contract);
        for name in wanted.chain(more.iter().map(String::as_str)) {
            if !fields.iter().any(|field| field.name() == name) {
                fields.push(stored.field_with_name(name)?.clone());
            }
        }
        let schema = Arc::new(Schema::new(fields));
        as_of::plan(state, sources, &schema, &stored, filters, None, as_of)
    }

    /// The stored name of a shown, unmasked column that the scan reads.
    fn stored_name<'a>(&'a self, shown: &str, bound: &Bound, needed: &Schema) -> Option<&'a str> {
        let stored = self.columns[self.schema.index_of(shown).ok()?].stored.as_deref()?;
        (bound.mask(stored).is_none() && needed.field_with_name(stored).is_ok()).then_some(stored)
    }
}

fn behind_barrier(
    state: &dyn Session,
    pin: &Pin,
    bound: &Bound,
    shown: &[&Shown],
    input: Arc<dyn ExecutionPlan>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let stored = shown.iter().filter_map(|s| s.stored.as_deref());
    let filter = |expr: Expr, columns: &DFSchema| state.create_physical_expr(expr, columns);
    let gate = bound.gate(pin, &input.schema(), stored, filter)?;
    Ok(Arc::new(PolicyExec::new(input, gate)))
}

/// The shown columns, and behind them those of `inputs` that a fate is told by.
fn passed<'a>(shown: &[&'a Shown], inputs: &'a [Shown]) -> Vec<&'a Shown> {
    let has_fate = shown.iter().any(|column| column.fate.is_some());
    let missing = |input: &&Shown| has_fate && !shown.iter().any(|column| column.stored == input.stored);
    shown.iter().copied().chain(inputs.iter().filter(missing)).collect()
}

/// Shows stored columns under the names of `output`.
fn renamed(
    pin: &Pin,
    input: Arc<dyn ExecutionPlan>,
    shown: &[&Shown],
    output: &SchemaRef,
) -> Result<Arc<dyn ExecutionPlan>> {
    let below = input.schema();
    if below.fields().len() == output.fields().len()
        && below
            .fields()
            .iter()
            .zip(output.fields())
            .all(|(a, b)| a.name() == b.name())
    {
        return Ok(input);
    }
    let exprs = shown
        .iter()
        .zip(output.fields())
        .map(|(shown, field)| {
            let expr: Arc<dyn PhysicalExpr> = match (&shown.stored, shown.fate) {
                (Some(stored), _) => Arc::new(Column::new_with_schema(stored, &below)?),
                (None, Some(fate)) => fate.expr(&pin.lake, &below)?,
                (None, None) => Arc::new(Literal::new(ScalarValue::try_from(field.data_type())?)),
            };
            Ok((expr, field.name().clone()))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(ProjectionExec::try_new(exprs, input)?))
}

fn rejects_schema() -> SchemaRef {
    let own = quarantine::SCHEMA.fields().iter().map(|f| f.as_ref().clone());
    let more = system_fields()
        .into_iter()
        .filter(|f| quarantine::SCHEMA.field_with_name(f.name()).is_err());
    Arc::new(Schema::new(own.chain(more).collect::<Vec<_>>()))
}

fn stored_system() -> [Field; 4] {
    let mut fields = system_fields().into_iter();
    // `system_fields` lists exactly these four.
    std::array::from_fn(|_| {
        fields
            .next()
            .unwrap_or_else(|| Field::new("", arrow::datatypes::DataType::Null, true))
    })
}
