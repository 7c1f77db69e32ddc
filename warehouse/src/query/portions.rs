//! What a sort takes in: batches of ordinary size that hold what is theirs.
//!
//! Some operators give all their rows in one batch (a window over whole partitions), others give batches that are views
//! into one large one (a grouping, a join). A sort reserves memory batch by batch and counts a shared buffer each time:
//! it would write everything to disk, or find that not even one batch fits, and the query would be refused.

use crate::lake::memory_of;
use arrow::{compute::BatchCoalescer, error::ArrowError, record_batch::RecordBatch};
use datafusion::{
    common::{
        Result,
        config::ConfigOptions,
        internal_err,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
        utils::memory::get_record_batch_memory_size,
    },
    execution::TaskContext,
    physical_expr::PhysicalExpr,
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{
        ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions,
        SendableRecordBatchStream,
        filter_pushdown::{FilterDescription, FilterPushdownPhase},
        sorts::sort::SortExec,
        stream::RecordBatchStreamAdapter,
    },
};
use futures::{StreamExt, TryStreamExt};
use std::{fmt, sync::Arc};

/// Bytes that a batch may hold beside its own before its rows are copied.
const SPARE_BYTES: usize = 64 << 10;

/// Puts a [`PortionExec`] below every sort of all rows.
#[derive(Debug)]
pub(super) struct PortionSorts;

impl PhysicalOptimizerRule for PortionSorts {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let sorted = plan.transform_up(|node| {
            let input = match node.downcast_ref::<SortExec>() {
                // A sort for the first few rows keeps only those, and copies them itself.
                Some(sort) if sort.fetch().is_none() => sort.input().clone(),
                _ => return Ok(Transformed::no(node)),
            };
            let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
            let portions = vec![Arc::new(PortionExec { input }) as Arc<dyn ExecutionPlan>];
            Ok(Transformed::yes(node.replace_children(portions, options)?))
        })?;
        Ok(sorted.data)
    }

    fn name(&self) -> &str {
        "portion_sorts"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Gives the rows of its input as they come, in batches that are neither large nor parts of something large.
#[derive(Debug)]
struct PortionExec {
    input: Arc<dyn ExecutionPlan>,
}

impl DisplayAs for PortionExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PortionExec")
    }
}

impl ExecutionPlan for PortionExec {
    fn name(&self) -> &str {
        "PortionExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, mut children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        match (children.pop(), children.is_empty()) {
            (Some(input), true) => Ok(Arc::new(Self { input })),
            _ => internal_err!("PortionExec has exactly one input"),
        }
    }

    fn gather_filters_for_pushdown(
        &self,
        _: FilterPushdownPhase,
        parent_filters: Vec<Arc<dyn PhysicalExpr>>,
        _: &ConfigOptions,
    ) -> Result<FilterDescription> {
        FilterDescription::from_children(parent_filters, &self.children())
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let most = context.session_config().batch_size();
        let input = self.input.execute(partition, context)?;
        let portions = input
            .map_ok(move |batch| futures::stream::iter(portions(batch, most)))
            .try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), portions.boxed())))
    }
}

/// The rows of `batch` in order, at most `most` at a time; copied where they are part of something larger. One portion
/// is made when it is asked for, so that there are never two copies of all.
fn portions(batch: RecordBatch, most: usize) -> impl Iterator<Item = Result<RecordBatch>> {
    let (rows, most) = (batch.num_rows(), most.max(1));
    // An empty batch is one portion.
    let starts = (0..rows.max(1)).step_by(most);
    starts.map(move |start| {
        let portion = batch.slice(start, most.min(rows - start));
        if get_record_batch_memory_size(&portion) <= 2 * memory_of(&portion) + SPARE_BYTES {
            return Ok(portion);
        }
        Ok(copied(portion)?)
    })
}

/// The same rows in buffers of their own. Nested columns stay parts: no kernel copies only what they need.
fn copied(batch: RecordBatch) -> Result<RecordBatch, ArrowError> {
    let mut copier = BatchCoalescer::new(batch.schema(), batch.num_rows().max(1));
    copier.push_batch(batch.clone())?;
    copier.finish_buffered_batch()?;
    Ok(copier.next_completed_batch().unwrap_or(batch))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use arrow::{
        array::{Array, ArrayRef, BooleanArray, Int64Array, StringViewArray},
        compute::concat_batches,
    };

    fn made_up(rows: usize) -> RecordBatch {
        let texts = (0..rows).map(|row| (row % 5 != 0).then(|| format!("a text that is not inlined, {row}")));
        let columns: [(&str, ArrayRef); 3] = [
            ("angka", Arc::new((0..rows as i64).collect::<Int64Array>())),
            ("teks", Arc::new(texts.collect::<StringViewArray>())),
            (
                "ya",
                Arc::new((0..rows).map(|row| Some(row % 3 == 0)).collect::<BooleanArray>()),
            ),
        ];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
    }

    fn cut(batch: &RecordBatch, most: usize) -> Vec<RecordBatch> {
        portions(batch.clone(), most).collect::<Result<_>>().unwrap()
    }

    #[test]
    fn the_rows_stay_and_their_order() {
        for (rows, most) in [(0, 10), (1, 10), (10, 10), (11, 10), (25_000, 8192), (7, 1), (3, 0)] {
            let whole = made_up(rows);
            let parts = cut(&whole, most);
            assert!(parts.iter().all(|part| part.num_rows() <= most.max(1)), "{rows} {most}");
            assert_eq!(concat_batches(&whole.schema(), &parts).unwrap(), whole, "{rows} {most}");
        }
    }

    #[test]
    fn portions_of_a_large_batch_hold_no_more_than_their_rows() {
        let whole = made_up(100_000);
        for part in cut(&whole, 8192) {
            let held = get_record_batch_memory_size(&part);
            assert!(held <= 2 * memory_of(&part) + SPARE_BYTES, "{held}");
        }
        // As they come out of a grouping: cut already, but each a view into everything.
        for part in cut(&whole.slice(50_000, 8192), 8192) {
            assert!(get_record_batch_memory_size(&part) < 1 << 20);
        }
    }

    #[test]
    fn a_batch_that_holds_its_own_rows_is_not_copied() {
        let whole = made_up(8192);
        let parts = cut(&whole, 8192);
        assert_eq!(parts.len(), 1);
        let same = |a: &ArrayRef, b: &ArrayRef| a.to_data().ptr_eq(&b.to_data());
        assert!(whole.columns().iter().zip(parts[0].columns()).all(|(a, b)| same(a, b)));
    }
}
