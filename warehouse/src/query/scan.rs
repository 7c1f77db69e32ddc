//! A table of the catalogue. It is a handle: which files, hot rows and rules apply is read from the execution's pin
//! when the scan is planned, never when the statement is.

use super::{Pin, failure::carried, files, hot, prune, pushdown};
use crate::{
    DatasetId, Error, TableId,
    contract::{Contract, Mask, system_column, system_fields},
    lake::DataFile,
    policy::{Decision, Passed, PolicyExec, RowFilter},
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
    physical_plan::{ExecutionPlan, empty::EmptyExec, projection::ProjectionExec, union::UnionExec},
};
use std::sync::Arc;

/// Which rows a table of the catalogue shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Accepted rows of a dataset at one contract major.
    Rows { dataset: DatasetId, major: u64 },
    /// Rejected rows of a dataset.
    Rejects { dataset: DatasetId },
}

/// A shown column and the stored one behind it; none means always null.
#[derive(Debug, Clone)]
struct Shown {
    stored: Option<String>,
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
        Self::of(contract, Vec::new())
    }

    /// `history.x`: with position, line, receipt and validity.
    pub(crate) fn history(contract: &Contract) -> Self {
        let [seq, line, receipt, received] = stored_system();
        let (from, to) = (
            received.clone().with_name("valid_from"),
            received.clone().with_name("valid_to"),
        );
        Self::of(
            contract,
            vec![
                (seq, Some(system_column::SEQ)),
                (line, Some(system_column::LINE)),
                (receipt, Some(system_column::RECEIPT)),
                (from, Some(system_column::RECEIVED_AT)),
                (to, None),
            ],
        )
    }

    /// `data.x` with the row's position, for paging; not in the catalogue.
    pub(crate) fn positioned(contract: &Contract) -> Self {
        let [seq, line, ..] = stored_system();
        Self::of(
            contract,
            vec![(seq, Some(system_column::SEQ)), (line, Some(system_column::LINE))],
        )
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
        let fields = shown
            .iter()
            .filter_map(|(name, from)| Some(stored.field_with_name(from).ok()?.clone().with_name(*name)));
        Self {
            subject: Subject::Rejects {
                dataset: contract.dataset.clone(),
            },
            schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())),
            columns: shown
                .iter()
                .map(|(_, from)| Shown {
                    stored: Some((*from).to_owned()),
                })
                .collect(),
        }
    }

    fn of(contract: &Contract, extra: Vec<(Field, Option<&str>)>) -> Self {
        let mut fields: Vec<Field> = contract.schema().fields().iter().map(|f| f.as_ref().clone()).collect();
        let mut columns: Vec<Shown> = fields
            .iter()
            .map(|f| Shown {
                stored: Some(f.name().clone()),
            })
            .collect();
        for (field, stored) in extra {
            fields.push(field);
            columns.push(Shown {
                stored: stored.map(str::to_owned),
            });
        }
        Self {
            subject: Subject::Rows {
                dataset: contract.dataset.clone(),
                major: contract.version.major,
            },
            schema: Arc::new(Schema::new(fields)),
            columns,
        }
    }

    /// The pinned contract, table, stored schema and decision behind the handle.
    fn bound(&self, pin: &Pin) -> Result<Bound> {
        let gone = || carried(Error::not_found("the table does not exist, or is not open to this key"));
        let (contract, table, schema, decision) = match &self.subject {
            Subject::Rows { dataset, major } => {
                let contract = pin.major(dataset.as_str(), *major).ok_or_else(gone)?;
                let decision = pin.policy.decide(&pin.identity, contract);
                (contract, contract.table(), contract.storage_schema(), decision)
            }
            Subject::Rejects { dataset } => {
                let contract = pin.active(dataset.as_str()).ok_or_else(gone)?;
                let decision = pin.policy.decide_quarantine(&pin.identity, contract);
                (contract, TableId::quarantine(), rejects_schema(), decision)
            }
        };
        match decision {
            Decision::Deny => Err(gone()),
            Decision::Allow { row_filter, masks } => Ok(Bound {
                contract: contract.clone(),
                table,
                schema,
                row_filter,
                masks,
            }),
        }
    }
}

struct Bound {
    contract: Arc<Contract>,
    table: TableId,
    schema: SchemaRef,
    row_filter: Option<RowFilter>,
    masks: Vec<(String, Mask)>,
}

impl Bound {
    fn mask(&self, stored: &str) -> Option<Mask> {
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
        let needed = bound.needed(&shown)?;
        pin.note_clear_reads(&bound.contract, shown.iter().filter_map(|s| s.stored.as_deref()), |c| {
            bound.mask(c).is_some()
        });

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

        let input = rows(
            state,
            &pin,
            &bound.table,
            &needed,
            conjunction(pruning),
            decoding.as_ref(),
        )?;
        let above = if barrier {
            behind_barrier(state, &pin, &bound, &shown, input)?
        } else {
            input
        };
        renamed(above, &shown, &output)
    }
}

impl LakeTable {
    /// The stored name of a shown, unmasked column that the scan reads.
    fn stored_name<'a>(&'a self, shown: &str, bound: &Bound, needed: &Schema) -> Option<&'a str> {
        let stored = self.columns[self.schema.index_of(shown).ok()?].stored.as_deref()?;
        (bound.mask(stored).is_none() && needed.field_with_name(stored).is_ok()).then_some(stored)
    }
}

/// Committed and hot rows of the pinned table, in the columns of `schema`.
fn rows(
    state: &dyn Session,
    pin: &Pin,
    table: &TableId,
    schema: &SchemaRef,
    pruning: Option<Expr>,
    decoding: Option<&Expr>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let Some(view) = pin.view.tables.get(table) else {
        return Ok(Arc::new(EmptyExec::new(schema.clone())));
    };
    let mut files: Vec<Arc<DataFile>> = view.files().cloned().collect();
    if let Some(pruning) = pruning {
        let columns = DFSchema::try_from(schema.as_ref().clone())?;
        // A filter that has no physical form yet (a subquery) cannot prune.
        if let Ok(predicate) = state.create_physical_expr(pruning, &columns) {
            files = prune::kept(files, &predicate, schema);
        }
    }
    let mut plans = files::plans(state, table, files, schema, decoding)?;
    plans.extend(hot::plan(&view.hot, schema, state.config().target_partitions())?);
    match plans.len() {
        0 => Ok(Arc::new(EmptyExec::new(schema.clone()))),
        1 => Ok(plans.remove(0)),
        _ => UnionExec::try_new(plans),
    }
}

fn behind_barrier(
    state: &dyn Session,
    pin: &Pin,
    bound: &Bound,
    shown: &[&Shown],
    input: Arc<dyn ExecutionPlan>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let below = input.schema();
    let columns = DFSchema::try_from(below.as_ref().clone())?;
    let filter = bound
        .row_filter
        .as_ref()
        .map(|filter| state.create_physical_expr(filter.expr(), &columns))
        .transpose()?;
    let mut passed = Vec::new();
    let mut fields = Vec::new();
    for stored in shown.iter().filter_map(|s| s.stored.as_deref()) {
        let index = below.index_of(stored)?;
        passed.push(Passed {
            index,
            mask: bound.mask(stored),
        });
        fields.push(below.field(index).clone());
    }
    Ok(Arc::new(PolicyExec::new(
        input,
        filter,
        passed,
        Arc::new(Schema::new(fields)),
        pin.masker.clone(),
    )))
}

/// Shows stored columns under the names of `output`.
fn renamed(input: Arc<dyn ExecutionPlan>, shown: &[&Shown], output: &SchemaRef) -> Result<Arc<dyn ExecutionPlan>> {
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
            let expr: Arc<dyn PhysicalExpr> = match &shown.stored {
                Some(stored) => Arc::new(Column::new_with_schema(stored, &below)?),
                None => Arc::new(Literal::new(ScalarValue::try_from(field.data_type())?)),
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
