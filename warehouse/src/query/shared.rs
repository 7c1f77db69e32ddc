//! One statement, one computation: a subquery that a statement names twice (`WITH s AS (...)`) is planned twice by
//! the engine; its equal aggregations are found here and run once.

use crate::policy::PolicyExec;
use arrow::record_batch::RecordBatch;
use datafusion::{
    catalog::memory::MemorySourceConfig,
    common::{
        DataFusionError, Result,
        config::ConfigOptions,
        internal_err,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    datasource::{
        physical_plan::{FileScanConfig, parquet::ParquetRowSelection},
        source::{DataSource, DataSourceExec},
    },
    execution::{
        TaskContext,
        memory_pool::{MemoryConsumer, MemoryReservation},
    },
    physical_expr::PhysicalExpr,
    physical_expr_common::physical_expr::is_volatile,
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties,
        SendableRecordBatchStream,
        aggregates::{AggregateExec, AggregateMode},
        coalesce_partitions::CoalescePartitionsExec,
        displayable,
        filter::FilterExec,
        projection::ProjectionExec,
        repartition::RepartitionExec,
        stream::RecordBatchStreamAdapter,
        union::UnionExec,
    },
};
use futures::{
    FutureExt, StreamExt, TryStreamExt,
    future::{BoxFuture, Shared},
};
use parking_lot::Mutex;
use std::{fmt, sync::Arc};

/// Replaces aggregations that occur more than once in a plan by one that all places read.
#[derive(Debug)]
pub(super) struct ShareAggregations;

impl PhysicalOptimizerRule for ShareAggregations {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let mut found: Vec<Found> = Vec::new();
        plan.apply(|node| {
            if !is_candidate(node) {
                return Ok(TreeNodeRecursion::Continue);
            }
            match found.iter_mut().find(|known| same(&known.plan, node)) {
                Some(known) => known.times += 1,
                None => found.push(Found {
                    plan: node.clone(),
                    times: 1,
                    shared: Arc::new(SharedExec::new(node.clone())),
                }),
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        found.retain(|known| known.times > 1);
        if found.is_empty() {
            return Ok(plan);
        }
        // From above, so that the largest common part is the one that is shared.
        let shared = plan.transform_down(|node| {
            let known = is_candidate(&node)
                .then(|| found.iter().find(|known| same(&known.plan, &node)))
                .flatten();
            Ok(known.map_or_else(
                || Transformed::no(node.clone()),
                |known| Transformed::yes(known.shared.clone() as Arc<dyn ExecutionPlan>),
            ))
        })?;
        Ok(shared.data)
    }

    fn name(&self) -> &str {
        "share_aggregations"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

struct Found {
    plan: Arc<dyn ExecutionPlan>,
    times: usize,
    shared: Arc<SharedExec>,
}

/// A finished aggregation: small beside what it reads, and worth keeping.
fn is_candidate(node: &Arc<dyn ExecutionPlan>) -> bool {
    node.downcast_ref::<AggregateExec>()
        .is_some_and(|aggregate| !matches!(aggregate.mode(), AggregateMode::Partial | AggregateMode::PartialReduce))
}

/// Whether two plans give the same rows. Whatever is not known well enough to be compared is different.
fn same(a: &Arc<dyn ExecutionPlan>, b: &Arc<dyn ExecutionPlan>) -> bool {
    if Arc::ptr_eq(a, b) {
        return true;
    }
    if a.name() != b.name() || a.schema() != b.schema() || a.children().len() != b.children().len() {
        return false;
    }
    let own = match (a.downcast_ref::<DataSourceExec>(), b.downcast_ref::<DataSourceExec>()) {
        (Some(a), Some(b)) => same_source(a, b),
        _ if is_plain(a) => shown(a) == shown(b) && expressions(a).is_some_and(|of_a| expressions(b) == Some(of_a)),
        _ => match (a.downcast_ref::<PolicyExec>(), b.downcast_ref::<PolicyExec>()) {
            (Some(a), Some(b)) => a.is_same(b),
            _ => false,
        },
    };
    own && a.children().into_iter().zip(b.children()).all(|(a, b)| same(a, b))
}

/// Nodes that their own line and expressions describe completely.
fn is_plain(node: &Arc<dyn ExecutionPlan>) -> bool {
    node.is::<AggregateExec>()
        || node.is::<FilterExec>()
        || node.is::<ProjectionExec>()
        || node.is::<RepartitionExec>()
        || node.is::<CoalescePartitionsExec>()
        || node.is::<UnionExec>()
}

fn shown(node: &Arc<dyn ExecutionPlan>) -> String {
    displayable(node.as_ref()).one_line().to_string()
}

/// The node's own expressions; none when one of them may give something else the next time.
fn expressions(node: &Arc<dyn ExecutionPlan>) -> Option<Vec<Arc<dyn PhysicalExpr>>> {
    let mut all = Vec::new();
    let mut is_stable = true;
    let collected = node.apply_expressions(&mut |expr| {
        is_stable &= !is_volatile(expr);
        all.push(expr.clone());
        Ok(TreeNodeRecursion::Continue)
    });
    (is_stable && collected.is_ok()).then_some(all)
}

fn same_source(a: &DataSourceExec, b: &DataSourceExec) -> bool {
    let (a, b) = (a.data_source(), b.data_source());
    if let (Some(a), Some(b)) = (a.downcast_ref::<FileScanConfig>(), b.downcast_ref::<FileScanConfig>()) {
        let files = |of: &FileScanConfig| {
            let groups = of.file_groups.iter().map(|group| {
                let files = group.iter().map(|f| {
                    (
                        f.object_meta.location.clone(),
                        f.range.clone(),
                        f.partition_values.clone(),
                        f.extension::<ParquetRowSelection>().map(|s| s.selection().clone()),
                    )
                });
                files.collect::<Vec<_>>()
            });
            groups.collect::<Vec<_>>()
        };
        return a.object_store_url == b.object_store_url
            && a.limit == b.limit
            && files(a) == files(b)
            && a.file_source().filter() == b.file_source().filter()
            && a.file_source().projection().map(ToString::to_string)
                == b.file_source().projection().map(ToString::to_string);
    }
    match (
        a.downcast_ref::<MemorySourceConfig>(),
        b.downcast_ref::<MemorySourceConfig>(),
    ) {
        (Some(a), Some(b)) => {
            a.projection() == b.projection()
                && DataSource::fetch(a) == DataSource::fetch(b)
                && a.partitions().len() == b.partitions().len()
                && a.partitions().iter().flatten().count() == b.partitions().iter().flatten().count()
                && a.partitions()
                    .iter()
                    .zip(b.partitions())
                    .all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_batch(a, b)))
        }
        _ => false,
    }
}

/// Whether two batches are the same arrays (not: equal ones, which would cost a read).
fn same_batch(a: &RecordBatch, b: &RecordBatch) -> bool {
    a.num_rows() == b.num_rows()
        && a.num_columns() == b.num_columns()
        && a.columns()
            .iter()
            .zip(b.columns())
            .all(|(a, b)| a.to_data().ptr_eq(&b.to_data()))
}

type Kept = Result<Arc<(Vec<RecordBatch>, MemoryReservation)>, Arc<DataFusionError>>;

/// Runs its input once and gives the rows to all who ask. A leaf for the rules that come after: what they do to one
/// place must not happen to the others.
struct SharedExec {
    input: Arc<dyn ExecutionPlan>,
    partitions: Vec<Mutex<Option<Shared<BoxFuture<'static, Kept>>>>>,
}

impl SharedExec {
    fn new(input: Arc<dyn ExecutionPlan>) -> Self {
        let count = input.output_partitioning().partition_count();
        Self {
            input,
            partitions: (0..count).map(|_| Mutex::default()).collect(),
        }
    }

    /// The rows of a partition, collected by a task of their own: a reader that goes away takes nothing from others.
    fn rows(&self, partition: usize, context: &Arc<TaskContext>) -> Result<Shared<BoxFuture<'static, Kept>>> {
        let Some(slot) = self.partitions.get(partition) else {
            return internal_err!("there is no partition {partition}");
        };
        let mut slot = slot.lock();
        if let Some(rows) = slot.as_ref() {
            return Ok(rows.clone());
        }
        let input = self.input.execute(partition, context.clone())?;
        let reservation = MemoryConsumer::new("shared aggregation").register(context.memory_pool());
        let task = datafusion::common::runtime::SpawnedTask::spawn(collect(input, reservation));
        let rows = async move {
            match task.join().await {
                Ok(rows) => rows,
                Err(stopped) => Err(Arc::new(DataFusionError::ExecutionJoin(Box::new(stopped)))),
            }
        };
        let rows = rows.boxed().shared();
        *slot = Some(rows.clone());
        Ok(rows)
    }
}

async fn collect(mut input: SendableRecordBatchStream, reservation: MemoryReservation) -> Kept {
    let mut batches = Vec::new();
    while let Some(batch) = input.try_next().await.map_err(Arc::new)? {
        reservation.try_grow(batch.get_array_memory_size()).map_err(Arc::new)?;
        batches.push(batch);
    }
    Ok(Arc::new((batches, reservation)))
}

impl fmt::Debug for SharedExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedExec")
            .field("input", &self.input)
            .finish_non_exhaustive()
    }
}

impl DisplayAs for SharedExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedExec")
    }
}

impl ExecutionPlan for SharedExec {
    fn name(&self) -> &str {
        "SharedExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let rows = self.rows(partition, &context)?;
        let batches = async move {
            match rows.await {
                Ok(kept) => Ok(futures::stream::iter(
                    (0..kept.0.len()).map(move |i| Ok(kept.0[i].clone())),
                )),
                Err(error) => Err(DataFusionError::Shared(error)),
            }
        };
        let stream = futures::stream::once(batches).try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), stream.boxed())))
    }
}
