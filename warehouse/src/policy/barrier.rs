//! The barrier: everything below it runs as the system, everything above it as the caller.
//!
//! One node evaluates the row filter on the stored row, then masks, then drops the columns that only the filter
//! needed. It lets no filter, limit, projection or sort of the caller pass and knows no statistics, because each of
//! these would let hidden values show through errors, counts or pruning. What may go below is decided by the scan.

use super::Masker;
use crate::contract::Mask;
use arrow::{
    array::{ArrayRef, AsArray, RecordBatch, RecordBatchOptions},
    compute::filter_record_batch,
    datatypes::SchemaRef,
};
use datafusion::{
    common::{Result, internal_err, tree_node::TreeNodeRecursion},
    execution::TaskContext,
    physical_expr::{EquivalenceProperties, PhysicalExpr},
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning, PlanProperties,
        SendableRecordBatchStream, stream::RecordBatchStreamAdapter,
    },
};
use futures::StreamExt;
use std::{fmt, sync::Arc};

/// One column that leaves the barrier: where it comes from below, and how it is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Passed {
    /// Index in the input.
    pub(crate) index: usize,
    /// Mask, if the caller may not see the value.
    pub(crate) mask: Option<Mask>,
}

/// What a caller may see of stored rows: keeps those for which `filter` (over the stored columns) is true, and shows
/// the `passed` columns as `schema`.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) filter: Option<Arc<dyn PhysicalExpr>>,
    pub(crate) passed: Vec<Passed>,
    pub(crate) masker: Arc<Masker>,
    pub(crate) schema: SchemaRef,
}

/// A [`Gate`] over the rows of a plan.
#[derive(Debug, Clone)]
pub(crate) struct PolicyExec {
    input: Arc<dyn ExecutionPlan>,
    gate: Gate,
    properties: Arc<PlanProperties>,
}

impl Gate {
    /// What the caller sees of a stored batch.
    pub(crate) fn seen(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let kept = match &self.filter {
            None => batch.clone(),
            Some(filter) => {
                let verdict = filter.evaluate(batch)?.into_array(batch.num_rows())?;
                filter_record_batch(batch, verdict.as_boolean())?
            }
        };
        let columns: Vec<ArrayRef> = self
            .passed
            .iter()
            .map(|passed| match passed.mask {
                None => kept.column(passed.index).clone(),
                Some(mask) => self.masker.apply(mask, kept.column(passed.index)),
            })
            .collect();
        let options = RecordBatchOptions::new().with_row_count(Some(kept.num_rows()));
        Ok(RecordBatch::try_new_with_options(
            self.schema.clone(),
            columns,
            &options,
        )?)
    }
}

impl PolicyExec {
    /// A barrier over `input`.
    pub(crate) fn new(input: Arc<dyn ExecutionPlan>, gate: Gate) -> Self {
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(gate.schema.clone()),
            Partitioning::UnknownPartitioning(input.output_partitioning().partition_count()),
            input.pipeline_behavior(),
            input.boundedness(),
        ));
        Self {
            input,
            gate,
            properties,
        }
    }

    /// Whether both let the same rows and values through, given the same input.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.gate.filter == other.gate.filter
            && self.gate.passed == other.gate.passed
            && self.gate.schema == other.gate.schema
            && Arc::ptr_eq(&self.gate.masker, &other.gate.masker)
    }
}

impl DisplayAs for PolicyExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is filtered and masked is nobody's business but the policy's.
        f.write_str("PolicyExec")
    }
}

impl ExecutionPlan for PolicyExec {
    fn name(&self) -> &str {
        "PolicyExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.gate.filter.as_ref().map_or(Ok(TreeNodeRecursion::Continue), f)
    }

    fn with_new_children(self: Arc<Self>, mut children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        match (children.pop(), children.is_empty()) {
            (Some(input), true) => Ok(Arc::new(Self::new(input, self.gate.clone()))),
            _ => internal_err!("PolicyExec has exactly one input"),
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(partition, context)?;
        let gate = self.gate.clone();
        let seen = input.map(move |batch| gate.seen(&batch?));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.gate.schema.clone(), seen)))
    }
}
