//! Writing Parquet files for a table: batches in, complete and synced files with statistics out. Used by the flush,
//! by big pushes and by compaction.

use super::{keyed::KeyedTable, layout::TableLayout};
use crate::{
    Error, Result, StagedFile, TableId,
    keyed::{FileMap, KeyMapBuilder, RowSet},
};
use arrow::{
    array::{Array, ArrayRef, RecordBatch, UInt32Array},
    compute::{cast, partition, take_record_batch},
    datatypes::{DataType, SchemaRef},
    util::display::{ArrayFormatter, FormatOptions},
};
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use parquet::{
    arrow::ArrowWriter,
    file::{metadata::ParquetMetaData, properties::WriterProperties, statistics::Statistics},
};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Partition column to value, as Delta writes them.
type PartitionValues = BTreeMap<String, Option<String>>;

/// Where and how the files of one table are written.
#[derive(Debug, Clone)]
pub(super) struct FileTarget {
    pub store: Arc<dyn ObjectStore>,
    pub table: TableId,
    pub layout: Arc<TableLayout>,
    /// Columns of the batches, partition columns included.
    pub schema: SchemaRef,
    /// Start of the file names, so that a person sees where a file came from.
    pub prefix: String,
    /// Aim for the encoded size of one file.
    pub target_bytes: u64,
}

/// Writes one stream of batches, one open file per partition. Encoding is on the calling thread; `finish` and a
/// full file put bytes into the store, so it must be called from a blocking thread with a runtime handle at hand.
pub(super) struct FileWriter {
    target: FileTarget,
    file_schema: SchemaRef,
    properties: Arc<WriterProperties>,
    partition_columns: Vec<usize>,
    open: HashMap<PartitionValues, ArrowWriter<Vec<u8>>>,
    done: Vec<StagedFile>,
    runtime: tokio::runtime::Handle,
    /// For files of a keyed table.
    index: Option<Index>,
}

/// Keys of the rows as they are written, by file.
struct Index {
    table: Arc<KeyedTable>,
    builder: KeyMapBuilder,
    /// Number of the file that is open for a partition, and its rows so far.
    open: HashMap<PartitionValues, (u16, u32)>,
    begun: u16,
    /// Numbers of `FileWriter::done`.
    done: Vec<u16>,
}

impl Index {
    fn add(&mut self, values: &PartitionValues, batch: &RecordBatch) -> Result<()> {
        let (file, rows) = match self.open.get_mut(values) {
            Some(open) => open,
            None => {
                let file = self.begun;
                self.begun = file
                    .checked_add(1)
                    .ok_or_else(|| Error::invalid("the rows belong to more than 65,535 partitions"))?;
                self.open.entry(values.clone()).or_insert((file, 0))
            }
        };
        self.table.index(batch, *file, *rows, &mut self.builder)?;
        *rows += batch.num_rows() as u32;
        Ok(())
    }

    fn close(&mut self, values: &PartitionValues) {
        if let Some((file, _)) = self.open.remove(values) {
            self.done.push(file);
        }
    }
}

impl FileWriter {
    pub fn new(target: FileTarget, runtime: tokio::runtime::Handle) -> Result<Self> {
        let is_partition = |name: &str| target.layout.partition_by.iter().any(|p| p == name);
        let partition_columns = target
            .layout
            .partition_by
            .iter()
            .map(|name| target.schema.index_of(name))
            .collect::<Result<Vec<_>, _>>()?;
        let kept: Vec<usize> = (0..target.schema.fields().len())
            .filter(|i| !is_partition(target.schema.field(*i).name()))
            .collect();
        let file_schema = Arc::new(target.schema.project(&kept)?);
        let properties = target.layout.writer_properties(&file_schema);
        Ok(Self {
            target,
            file_schema,
            properties,
            partition_columns,
            open: HashMap::new(),
            done: Vec::new(),
            runtime,
            index: None,
        })
    }

    /// A writer that makes key maps of its files as well: end it with [`Self::finish_indexed`].
    pub fn indexed(target: FileTarget, runtime: tokio::runtime::Handle, table: Arc<KeyedTable>) -> Result<Self> {
        let mut writer = Self::new(target, runtime)?;
        writer.index = Some(Index {
            builder: table.map_builder(),
            table,
            open: HashMap::new(),
            begun: 0,
            done: Vec::new(),
        });
        Ok(writer)
    }

    /// Encodes a batch of the target's schema.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if self.partition_columns.is_empty() {
            return self.write_part(&PartitionValues::new(), batch);
        }
        for (values, rows) in self.split(batch)? {
            self.write_part(&values, &rows)?;
        }
        Ok(())
    }

    /// Closes every file and answers all that were written. They are synced, and not yet part of the table.
    pub fn finish(mut self) -> Result<Vec<StagedFile>> {
        self.close_all()?;
        Ok(self.done)
    }

    /// As [`Self::finish`], with the key map of each file and the rows that it hides by itself. Of rows with one key,
    /// in whichever of the files, only the last is in a map.
    pub fn finish_indexed(mut self) -> Result<Vec<(StagedFile, (FileMap, RowSet))>> {
        self.close_all()?;
        let Some(index) = self.index.take() else {
            return Err(Error::internal(
                "a keyed table's files have no keys",
                "not an indexed writer",
            ));
        };
        let mut files: Vec<(u16, StagedFile)> = index.done.into_iter().zip(self.done).collect();
        files.sort_by_key(|(number, _)| *number);
        let maps = files.iter().map(|(_, file)| {
            let path = index.table.map_path(&self.target.table, &file.path);
            (path, index.table.map_source(&file.path, file.size))
        });
        let maps = index.builder.write(&maps.collect::<Vec<_>>())?;
        Ok(files.into_iter().map(|(_, file)| file).zip(maps).collect())
    }

    fn close_all(&mut self) -> Result<()> {
        for values in self.open.keys().cloned().collect::<Vec<_>>() {
            self.close(&values)?;
        }
        Ok(())
    }

    fn write_part(&mut self, values: &PartitionValues, batch: &RecordBatch) -> Result<()> {
        if let Some(index) = &mut self.index {
            index.add(values, batch)?;
        }
        let kept: Vec<usize> = (0..batch.num_columns())
            .filter(|i| !self.partition_columns.contains(i))
            .collect();
        let batch = batch.project(&kept)?.with_schema(self.file_schema.clone())?;
        if !self.open.contains_key(values) {
            let writer = ArrowWriter::try_new(Vec::new(), self.file_schema.clone(), Some((*self.properties).clone()))?;
            self.open.insert(values.clone(), writer);
        }
        let Some(writer) = self.open.get_mut(values) else {
            return Ok(());
        };
        writer.write(&batch)?;
        let size = (writer.bytes_written() + writer.in_progress_size()) as u64;
        if size >= self.target.target_bytes {
            self.close(values)
        } else {
            Ok(())
        }
    }

    fn close(&mut self, values: &PartitionValues) -> Result<()> {
        let Some(mut writer) = self.open.remove(values) else {
            return Ok(());
        };
        if let Some(index) = &mut self.index {
            index.close(values);
        }
        let metadata = writer.finish()?;
        let bytes = std::mem::take(writer.inner_mut());
        let rows = metadata.file_metadata().num_rows() as u64;
        let size = bytes.len() as u64;
        let stats = file_stats(&metadata, &self.file_schema, &self.target.layout);
        let mut path = String::new();
        for (column, value) in values {
            let value = value.as_deref().unwrap_or("__HIVE_DEFAULT_PARTITION__");
            let safe: String = value
                .chars()
                .map(|c| {
                    if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') {
                        c
                    } else {
                        '_'
                    }
                })
                .collect();
            path.push_str(&format!("{column}={safe}/"));
        }
        path.push_str(&format!(
            "{}-{}.parquet",
            self.target.prefix,
            uuid::Uuid::now_v7().simple()
        ));
        let location = Path::from(format!("{}/{path}", self.target.table));
        self.runtime
            .block_on(self.target.store.put(&location, bytes.into()))
            .map_err(store_error)?;
        self.done.push(StagedFile {
            path,
            size,
            rows,
            partition_values: values.clone(),
            stats,
        });
        Ok(())
    }

    /// Rows of each partition of a batch.
    fn split(&self, batch: &RecordBatch) -> Result<Vec<(PartitionValues, RecordBatch)>> {
        let columns: Vec<ArrayRef> = self
            .partition_columns
            .iter()
            .map(|i| batch.column(*i).clone())
            .collect();
        let sort: Vec<_> = columns
            .iter()
            .map(|c| arrow::compute::SortColumn {
                values: c.clone(),
                options: None,
            })
            .collect();
        let order: UInt32Array = arrow::compute::lexsort_to_indices(&sort, None)?;
        let sorted = take_record_batch(batch, &order)?;
        let keys: Vec<ArrayRef> = self
            .partition_columns
            .iter()
            .map(|i| sorted.column(*i).clone())
            .collect();
        partition(&keys)?
            .ranges()
            .into_iter()
            .map(|range| {
                let mut values = PartitionValues::new();
                for (key, name) in keys.iter().zip(&self.target.layout.partition_by) {
                    values.insert(name.clone(), partition_text(key, range.start)?);
                }
                Ok((values, sorted.slice(range.start, range.len())))
            })
            .collect()
    }
}

/// A full disk is the operator's to mend, not a defect.
pub(super) fn store_error(error: object_store::Error) -> Error {
    let mut source: Option<&dyn std::error::Error> = Some(&error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>()
            && matches!(
                io.kind(),
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
            )
        {
            return crate::wal::Refusal::DiskFull.error();
        }
        source = cause.source();
    }
    error.into()
}

fn partition_text(column: &ArrayRef, row: usize) -> Result<Option<String>> {
    if column.is_null(row) {
        return Ok(None);
    }
    let text = cast(column, &DataType::Utf8)?;
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(&text, &options)?;
    Ok(Some(formatter.value(row).to_string()))
}

/// Delta statistics from the Parquet footer: exact row and null counts; bounds may be truncated, always outward.
fn file_stats(metadata: &ParquetMetaData, schema: &SchemaRef, layout: &TableLayout) -> String {
    let (mut min, mut max, mut nulls) = (Map::new(), Map::new(), Map::new());
    for (index, field) in schema.fields().iter().enumerate() {
        if !layout.has_statistics(field.name()) {
            continue;
        }
        let chunks: Option<Vec<&Statistics>> = metadata
            .row_groups()
            .iter()
            .map(|group| group.column(index).statistics())
            .collect();
        let Some(chunks) = chunks else { continue };
        if let Some(count) = chunks.iter().map(|s| s.null_count_opt()).sum::<Option<u64>>() {
            nulls.insert(field.name().clone(), count.into());
        }
        let least = chunks
            .iter()
            .filter_map(|s| bound(s, field.data_type(), false))
            .reduce(|a, b| a.lesser(b));
        let greatest = chunks
            .iter()
            .filter_map(|s| bound(s, field.data_type(), true))
            .reduce(|a, b| a.greater(b));
        // A chunk of nulls has no bounds; any other chunk without bounds makes the file's unknown.
        let known = metadata.row_groups().iter().zip(&chunks).all(|(group, chunk)| {
            chunk.min_bytes_opt().is_some() || chunk.null_count_opt() == Some(group.num_rows() as u64)
        });
        if let (true, Some(least), Some(greatest)) = (known, least, greatest) {
            min.insert(field.name().clone(), least.json());
            max.insert(field.name().clone(), greatest.json());
        }
    }
    json!({
        "numRecords": metadata.file_metadata().num_rows(),
        "minValues": min,
        "maxValues": max,
        "nullCount": nulls,
    })
    .to_string()
}

/// One end of a column's range.
#[derive(Debug, Clone, PartialEq)]
enum Edge {
    Number(i64),
    Real(f64),
    Text(String),
    Flag(bool),
    Date(i32),
    /// Microseconds. Delta keeps milliseconds, so a greatest value is rounded up.
    Instant {
        micros: i64,
        greatest: bool,
    },
}

impl Edge {
    fn less(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a < b,
            (Self::Real(a), Self::Real(b)) => a < b,
            (Self::Text(a), Self::Text(b)) => a < b,
            (Self::Flag(a), Self::Flag(b)) => a < b,
            (Self::Date(a), Self::Date(b)) => a < b,
            (Self::Instant { micros: a, .. }, Self::Instant { micros: b, .. }) => a < b,
            _ => false,
        }
    }

    fn lesser(self, other: Self) -> Self {
        if other.less(&self) { other } else { self }
    }

    fn greater(self, other: Self) -> Self {
        if self.less(&other) { other } else { self }
    }

    fn json(&self) -> Value {
        match self {
            Self::Number(n) => json!(n),
            Self::Real(n) => json!(n),
            Self::Text(text) => json!(text),
            Self::Flag(flag) => json!(flag),
            Self::Date(days) => {
                let epoch = chrono::NaiveDate::default();
                let date = epoch.checked_add_signed(chrono::Duration::days(i64::from(*days)));
                date.map_or(Value::Null, |d| json!(d.to_string()))
            }
            Self::Instant { micros, greatest } => {
                let millis = if *greatest {
                    micros.div_euclid(1000) + 1
                } else {
                    micros.div_euclid(1000)
                };
                chrono::DateTime::from_timestamp_millis(millis)
                    .map_or(Value::Null, |t| json!(t.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()))
            }
        }
    }
}

fn bound(statistics: &Statistics, ty: &DataType, greatest: bool) -> Option<Edge> {
    macro_rules! pick {
        ($s:expr) => {
            if greatest { $s.max_opt() } else { $s.min_opt() }
        };
    }
    match (statistics, ty) {
        (Statistics::Int32(s), DataType::Date32) => pick!(s).map(|v| Edge::Date(*v)),
        (Statistics::Int32(s), DataType::Int32) => pick!(s).map(|v| Edge::Number(i64::from(*v))),
        (Statistics::Int64(s), DataType::Int64) => pick!(s).map(|v| Edge::Number(*v)),
        (Statistics::Int64(s), DataType::Timestamp(..)) => pick!(s).map(|v| Edge::Instant { micros: *v, greatest }),
        (Statistics::Double(s), DataType::Float64) => pick!(s).filter(|v| v.is_finite()).map(|v| Edge::Real(*v)),
        (Statistics::Boolean(s), DataType::Boolean) => pick!(s).map(|v| Edge::Flag(*v)),
        (Statistics::ByteArray(s), DataType::Utf8View | DataType::Utf8) => {
            // Parquet cuts long bounds at a byte and rounds the greatest up, which need not leave whole characters.
            pick!(s)
                .and_then(|v| v.as_utf8().ok())
                .map(|v| Edge::Text(v.to_owned()))
        }
        _ => None,
    }
}
