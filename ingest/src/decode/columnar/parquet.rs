//! Parquet: row group by row group, the columns that the contract has.

use super::{
    super::{
        Emit,
        document::{Asked, Held},
    },
    Wanted, Writer, broken, guarded,
    pages::{RowGroup, Source},
    thrift,
};
use crate::{Error, Result};
use arrow::datatypes::{DataType, Field, Fields};
use parquet::{
    arrow::{
        ProjectionMask, arrow_reader::ParquetRecordBatchReader, parquet_to_arrow_field_levels, parquet_to_arrow_schema,
    },
    basic::{Compression, Type},
    file::{
        metadata::{ParquetMetaData, ParquetMetaDataReader},
        reader::ChunkReader,
    },
    schema::types::SchemaDescriptor,
};
use std::sync::Arc;

const NAME: &str = "Parquet";
/// Rows decoded at once.
const BATCH: usize = 1024;
/// Longest footer; that of ten thousand row groups is shorter.
const LONGEST_FOOTER: u64 = 16 << 20;
/// Deepest schema: it is built by recursion.
const DEEPEST_SCHEMA: usize = 32;
/// Longest value of a column of fixed length; decimals and identifiers have sixteen bytes.
const LONGEST_FIXED: i32 = 1024;

/// Reads the rows of a Parquet file.
pub(in super::super) fn parquet(held: &mut Held, asked: &Asked, emit: Emit<'_>) -> Result<Vec<String>> {
    let length = held.length()?;
    let source = Arc::new(Source::new(held.owned()?, length, asked.limit));
    let read = guarded(NAME, || read(&source, length, asked, emit));
    // What the guard has found says more than what became of it in the library.
    match (read, source.refusal()) {
        (Err(_), Some(refusal)) => Err(refusal),
        (read, _) => read,
    }
}

/// The names of the columns of a Parquet file.
pub(in super::super) fn parquet_headers(held: &mut Held) -> Result<Vec<String>> {
    let length = held.length()?;
    let source = Arc::new(Source::new(held.owned()?, length, length));
    guarded(NAME, || Ok(names(&footer(&source, length)?)))
}

fn names(metadata: &ParquetMetaData) -> Vec<String> {
    let fields = metadata.file_metadata().schema_descr().root_schema().get_fields();
    fields.iter().map(|field| field.name().to_owned()).collect()
}

fn read(source: &Arc<Source>, length: u64, asked: &Asked, emit: Emit<'_>) -> Result<Vec<String>> {
    let metadata = footer(source, length)?;
    let schema = metadata.file_metadata().schema_descr();
    let wanted = Wanted::of(&names(&metadata), asked)?;
    let mask = ProjectionMask::roots(schema, wanted.columns.iter().copied());
    check_columns(&metadata, schema, &mask)?;
    // Texts that repeat are kept once, and pointed at.
    let plain = parquet_to_arrow_schema(schema, None).map_err(|_| broken(NAME))?;
    let views: Fields = plain.fields().iter().map(|field| with_views(field)).collect();
    let levels = parquet_to_arrow_field_levels(schema, mask, Some(&views)).map_err(|_| broken(NAME))?;
    let mut writer = Writer::new(&wanted, asked, emit);
    for group in metadata.row_groups() {
        let group = RowGroup {
            source: source.clone(),
            metadata: &metadata,
            group,
        };
        let reader = ParquetRecordBatchReader::try_new_with_row_groups(&levels, &group, BATCH, None);
        let mut rows = 0_i64;
        for batch in reader.map_err(|_| broken(NAME))? {
            let batch = batch.map_err(|_| broken(NAME))?;
            rows += i64::try_from(batch.num_rows()).unwrap_or(i64::MAX);
            writer.batch(&batch)?;
        }
        if rows != group.group.num_rows() {
            return Err(broken(NAME));
        }
    }
    writer.rows.finish()?;
    Ok(wanted.warnings)
}

/// The file's description of itself, which stands at its end.
fn footer(source: &Source, length: u64) -> Result<ParquetMetaData> {
    let tail = length.checked_sub(8).and_then(|start| source.get_bytes(start, 8).ok());
    let tail = tail.ok_or_else(|| broken(NAME))?;
    let (size, magic) = tail.split_first_chunk::<4>().ok_or_else(|| broken(NAME))?;
    if magic == b"PARE" {
        return Err(Error::Unsupported(
            "the Parquet file is encrypted: send it in the clear".to_owned(),
        ));
    }
    if magic != b"PAR1" {
        return Err(Error::invalid(
            "the payload is no Parquet file, or one that is cut off: its last bytes are not those of one",
        ));
    }
    let size = u64::from(u32::from_le_bytes(*size));
    if size > LONGEST_FOOTER {
        return Err(Error::invalid(format!(
            "the Parquet file has a footer of {size} bytes, and {LONGEST_FOOTER} are read here: write fewer row groups"
        )));
    }
    let start = (length - 8).checked_sub(size).ok_or_else(|| broken(NAME))?;
    let size = usize::try_from(size).map_err(|_| broken(NAME))?;
    let bytes = source.get_bytes(start, size).map_err(|_| broken(NAME))?;
    if !thrift::is_sound_footer(&bytes, DEEPEST_SCHEMA) {
        return Err(broken(NAME));
    }
    ParquetMetaDataReader::decode_metadata(&bytes).map_err(|_| broken(NAME))
}

/// Refuses columns whose packing is not read, or whose values are as long as a claim.
fn check_columns(metadata: &ParquetMetaData, schema: &SchemaDescriptor, mask: &ProjectionMask) -> Result<()> {
    for (index, column) in schema
        .columns()
        .iter()
        .enumerate()
        .filter(|(index, _)| mask.leaf_included(*index))
    {
        if column.physical_type() == Type::FIXED_LEN_BYTE_ARRAY && column.type_length() > LONGEST_FIXED {
            return Err(Error::invalid(format!(
                "the Parquet file has a column of values of {} bytes each: write it as text",
                column.type_length()
            )));
        }
        for group in metadata.row_groups() {
            let chunk = group.columns().get(index).ok_or_else(|| broken(NAME))?;
            let packing = chunk.compression();
            if !matches!(
                packing,
                Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_)
            ) {
                let name = packing.to_string();
                let name = name.split('(').next().unwrap_or_default();
                return Err(Error::Unsupported(format!(
                    "the Parquet file is packed with {name}, which is not read here: write it with snappy, zstd or none"
                )));
            }
        }
    }
    Ok(())
}

/// The field with its texts and bytes as views.
fn with_views(field: &Field) -> Arc<Field> {
    let ty = match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        DataType::List(item) => DataType::List(with_views(item)),
        DataType::LargeList(item) => DataType::LargeList(with_views(item)),
        DataType::FixedSizeList(item, size) => DataType::FixedSizeList(with_views(item), *size),
        DataType::Map(item, sorted) => DataType::Map(with_views(item), *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(|field| with_views(field)).collect()),
        other => other.clone(),
    };
    Arc::new(field.clone().with_data_type(ty))
}
