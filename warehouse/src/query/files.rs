//! Parquet files of a table as a plan. We plan these scans ourselves, from the view's list of files, so that what is
//! read is exactly the pinned cut (see `docs/adr/0041-scan-plans-parquet-ourselves.md`).

use super::{failure::told, prune::constant, sources::ScanFile};
use crate::{
    Error, Result as OwnResult, TableId,
    contract::system_column,
    lake::{DataFile, conform},
};
use arrow::{
    datatypes::{FieldRef, Schema, SchemaRef},
    record_batch::RecordBatch,
};
use chrono::DateTime;
use datafusion::{
    catalog::Session,
    common::{
        DFSchema, Result, ScalarValue, Statistics, config::TableParquetOptions, internal_datafusion_err,
        stats::Precision,
    },
    datasource::{
        listing::PartitionedFile,
        physical_plan::{
            FileGroup, FileGroupPartitioner, FileScanConfigBuilder, ParquetSource,
            parquet::{CachedParquetFileReaderFactory, ParquetFileReaderFactory, ParquetRowSelection},
        },
        source::DataSourceExec,
        table_schema::TableSchema,
    },
    execution::{SessionState, object_store::ObjectStoreUrl},
    logical_expr::Expr,
    physical_plan::{ExecutionPlan, metrics::ExecutionPlanMetricsSet},
};
use futures::TryStreamExt;
use object_store::{ObjectMeta, path::Path};
use parquet::{
    arrow::{
        ParquetRecordBatchStreamBuilder, ProjectionMask,
        arrow_reader::{ArrowReaderOptions, RowSelection, RowSelector},
        async_reader::AsyncFileReader,
    },
    file::metadata::PageIndexPolicy,
};
use std::{collections::BTreeMap, sync::Arc};

/// Address under which the engine knows the lake's store.
pub(crate) const LAKE_URL: &str = "smartcenter://lake/";
/// Below this many bytes a scan is not split over threads.
const WORTH_SPLITTING: usize = 1 << 20;

/// Plans that together read `files` in the columns of `schema`, without hidden rows, one per set of columns whose values the
/// table log holds. `predicate` (over columns of `schema`) drops rows while decoding.
pub(crate) fn plans(
    state: &dyn Session,
    files: Vec<ScanFile>,
    schema: &SchemaRef,
    predicate: Option<&Expr>,
) -> Result<Vec<Arc<dyn ExecutionPlan>>> {
    let mut shapes: BTreeMap<Vec<usize>, Vec<ScanFile>> = BTreeMap::new();
    for file in files {
        shapes.entry(constants(&file.file, schema)).or_default().push(file);
    }
    shapes
        .into_iter()
        .map(|(constants, files)| plan(state, &files, schema, &constants, predicate))
        .collect()
}

/// One row of a file of `table` in the columns of `schema`, none of which is a system column. Reads one page of each
/// column, and of what the file says about itself what is not in the cache.
pub(crate) async fn row(
    state: &SessionState,
    table: &TableId,
    file: &Arc<DataFile>,
    row: u32,
    schema: &SchemaRef,
) -> OwnResult<RecordBatch> {
    let lost = || Error::internal("a row of a file is lost", format!("row {row} of {}", file.path));
    let partitioned = PartitionedFile::new_from_meta(meta(table, file));
    let reader = reader_factory(state)
        .and_then(|factory| factory.create_reader(0, partitioned, None, &ExecutionPlanMetricsSet::new()));
    let reader: Box<dyn AsyncFileReader> = reader.map_err(told)?;
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
    let builder = ParquetRecordBatchStreamBuilder::new_with_options(reader, options).await?;
    let (mut group, mut within) = (0, row as usize);
    loop {
        let groups = builder.metadata().row_groups();
        let rows = groups.get(group).ok_or_else(lost)?.num_rows() as usize;
        if within < rows {
            break;
        }
        within -= rows;
        group += 1;
    }
    let columns = schema.fields().iter().map(|field| field.name().as_str());
    let columns = ProjectionMask::columns(builder.parquet_schema(), columns);
    let selection = RowSelection::from(vec![RowSelector::skip(within), RowSelector::select(1)]);
    let stream = builder
        .with_projection(columns)
        .with_row_groups(vec![group])
        .with_row_selection(selection)
        .build()?;
    let batches: Vec<RecordBatch> = stream.try_collect().await?;
    let found = batches
        .into_iter()
        .find(|batch| batch.num_rows() == 1)
        .ok_or_else(lost)?;
    conform(&found, schema, &file.partition_values)
}

fn reader_factory(state: &dyn Session) -> Result<CachedParquetFileReaderFactory> {
    let runtime = state.runtime_env();
    Ok(CachedParquetFileReaderFactory::new(
        runtime.object_store(&ObjectStoreUrl::parse(LAKE_URL)?)?,
        runtime.cache_manager.get_file_metadata_cache(),
    ))
}

fn meta(table: &TableId, file: &DataFile) -> ObjectMeta {
    let text = format!("{table}/{}", file.path);
    ObjectMeta {
        // The path is that of the store; only a name with odd characters needs its encoding.
        location: Path::parse(&text).unwrap_or_else(|_| Path::from(text)),
        last_modified: DateTime::from_timestamp_millis(file.modified).unwrap_or_default(),
        size: file.size,
        e_tag: None,
        version: None,
    }
}

/// Indexes of the columns of `schema` that are constant in `file` and not read from it.
fn constants(file: &DataFile, schema: &SchemaRef) -> Vec<usize> {
    let is_constant =
        |name: &str| file.partition_values.contains_key(name) || (name == system_column::SEQ && file.seq.is_some());
    (0..schema.fields().len())
        .filter(|i| is_constant(schema.field(*i).name()))
        .collect()
}

fn plan(
    state: &dyn Session,
    files: &[ScanFile],
    schema: &SchemaRef,
    constants: &[usize],
    predicate: Option<&Expr>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let (held, read): (Vec<usize>, Vec<usize>) = (0..schema.fields().len()).partition(|i| constants.contains(i));
    let fields = |of: &[usize]| {
        of.iter()
            .map(|i| schema.fields()[*i].clone())
            .collect::<Vec<FieldRef>>()
    };
    let table_schema = TableSchema::builder(Arc::new(Schema::new(fields(&read))))
        .with_table_partition_cols(fields(&held))
        .build();
    let scan_schema = table_schema.table_schema().clone();

    let url = ObjectStoreUrl::parse(LAKE_URL)?;
    let reader = reader_factory(state)?;
    let options = TableParquetOptions {
        global: state.config_options().execution.parquet.clone(),
        ..Default::default()
    };
    let mut source = ParquetSource::new(table_schema)
        .with_table_parquet_options(options)
        .with_parquet_file_reader_factory(Arc::new(reader));
    if let Some(predicate) = predicate {
        let columns = DFSchema::try_from(scan_schema.as_ref().clone())?;
        source = source.with_predicate(state.create_physical_expr(predicate.clone(), &columns)?);
    }

    let partitioned = files
        .iter()
        .map(|file| partitioned(file, &fields(&held)))
        .collect::<Result<Vec<_>>>()?;
    let mut statistics = Statistics::new_unknown(&scan_schema);
    statistics.num_rows = Precision::Exact(files.iter().map(ScanFile::rows).sum());
    // Where each wanted column stands in the scan's own order: read columns, then held ones.
    let order = (0..schema.fields().len())
        .map(|i| read.iter().chain(&held).position(|at| *at == i))
        .collect::<Option<Vec<usize>>>()
        .ok_or_else(|| internal_datafusion_err!("a column of the scan is lost"))?;
    let config = FileScanConfigBuilder::new(url, Arc::new(source))
        .with_file_groups(split(partitioned, state.config().target_partitions()))
        .with_statistics(statistics)
        .with_projection_indices(Some(order))?
        .build();
    Ok(DataSourceExec::from_data_source(config))
}

fn partitioned(scan: &ScanFile, held: &[FieldRef]) -> Result<PartitionedFile> {
    let file = &scan.file;
    let values = held
        .iter()
        .map(|field| {
            constant(file, field.name(), field.data_type()).map_or_else(|| ScalarValue::try_from(field.data_type()), Ok)
        })
        .collect::<Result<Vec<_>>>()?;
    let meta = meta(&scan.table, file);
    let partitioned = PartitionedFile::new_from_meta(meta).with_partition_values(values);
    Ok(match scan.selection() {
        Some(selection) => partitioned.with_extension(ParquetRowSelection::new(selection)),
        None => partitioned,
    })
}

impl ScanFile {
    fn rows(&self) -> usize {
        self.file.rows as usize - self.hidden.len()
    }

    /// The rows to read, where that is not all of them.
    fn selection(&self) -> Option<RowSelection> {
        if self.hidden.is_empty() {
            return None;
        }
        let rows = self.file.rows as usize;
        let alive = self.hidden.alive_ranges(0, rows as u32);
        let alive = alive.map(|range| range.start as usize..range.end as usize);
        Some(RowSelection::from_consecutive_ranges(alive, rows))
    }
}

/// Groups of files, or of byte ranges of them, about as many as threads.
fn split(files: Vec<PartitionedFile>, threads: usize) -> Vec<FileGroup> {
    let whole = vec![FileGroup::new(files)];
    FileGroupPartitioner::new()
        .with_target_partitions(threads)
        .with_repartition_file_min_size(WORTH_SPLITTING)
        .repartition_file_groups(&whole)
        .unwrap_or(whole)
}
