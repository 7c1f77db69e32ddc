//! How a table's Parquet files are written: partitions, sort order, statistics, bloom filters, compression.

use crate::contract::{Contract, system_column};
use arrow::datatypes::SchemaRef;
use parquet::{
    basic::{Compression, Encoding, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties},
    schema::types::ColumnPath,
};
use std::sync::Arc;

/// Column names, resolved from the contract once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableLayout {
    /// Delta partition columns.
    pub partition_by: Vec<String>,
    /// Sort order of files.
    pub sort_by: Vec<String>,
    /// Columns of the files with statistics; personal ones never.
    pub statistics: Vec<String>,
    /// Columns with bloom filters; personal ones never.
    pub bloom: Vec<String>,
}

impl TableLayout {
    /// The layout a contract asks for.
    pub fn of(contract: &Contract) -> Self {
        let names = |indexes: &[usize]| -> Vec<String> {
            indexes
                .iter()
                .filter_map(|i| contract.columns.get(*i))
                .map(|c| c.name.clone())
                .collect()
        };
        let open = |name: &String| {
            contract
                .columns
                .iter()
                .any(|c| c.name == *name && !c.classification.is_personal())
        };
        let mut statistics = names(&contract.layout.statistics);
        if statistics.is_empty() {
            statistics = contract.columns.iter().map(|c| c.name.clone()).collect();
        }
        let partition_by = names(&contract.layout.partition_by);
        // A partition's column is not in the files.
        statistics.retain(|name| open(name) && !partition_by.contains(name));
        let mut bloom = names(&contract.layout.bloom);
        bloom.retain(open);
        Self {
            partition_by,
            sort_by: names(&contract.layout.sort_by),
            statistics,
            bloom,
        }
    }

    /// The layout of the quarantine table: raw text is personal, so only its keys have statistics.
    pub fn quarantine() -> Self {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Self {
            partition_by: Vec::new(),
            sort_by: names(&["dataset"]),
            statistics: names(&["dataset", "receipt_id"]),
            bloom: names(&["receipt_id"]),
        }
    }

    /// True when a column's least and greatest value may stand in the table log.
    pub fn has_statistics(&self, column: &str) -> bool {
        column == system_column::SEQ
            || column == system_column::RECEIVED_AT
            || self.statistics.iter().any(|name| name == column)
    }

    /// Writer properties for files with `schema`.
    pub fn writer_properties(&self, schema: &SchemaRef) -> Arc<WriterProperties> {
        let zstd = ZstdLevel::try_new(1).unwrap_or_default();
        let line = ColumnPath::from(system_column::LINE);
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(zstd))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_data_page_row_count_limit(PAGE_ROWS)
            .set_statistics_enabled(EnabledStatistics::None)
            .set_created_by(concat!("smartcenter ", env!("CARGO_PKG_VERSION")).into())
            .set_column_dictionary_enabled(line.clone(), false)
            .set_column_encoding(line, Encoding::DELTA_BINARY_PACKED);
        for field in schema.fields() {
            let path = ColumnPath::from(field.name().as_str());
            if self.has_statistics(field.name()) {
                properties = properties.set_column_statistics_enabled(path.clone(), EnabledStatistics::Page);
            }
            if self.bloom.iter().any(|name| name == field.name()) {
                properties = properties.set_column_bloom_filter_enabled(path, true);
            }
        }
        Arc::new(properties.build())
    }
}

/// Rows of a row group: small enough that two cores share one file, large enough for good dictionaries.
const ROW_GROUP_ROWS: usize = 512 * 1024;
/// Rows of a page, the unit that the page index skips.
const PAGE_ROWS: usize = 20_000;
