//! The lake as a backup takes it, and as a restore makes it anew: for each table what a new table log needs. The log
//! itself is not copied, because its older entries name files that the backup does not have.

use super::{
    Lake, LakeView, TableLayout,
    table::{Changes, Table, kernel_fields, log_store},
    view::DataFile,
};
use crate::{Error, Result, Seq, StagedFile, TableId, store::LakeStore};
use arrow::datatypes::{DataType as ArrowType, Field, Schema, SchemaRef, TimeUnit};
use deltalake_core::{
    DeltaTable,
    kernel::{DataType, PrimitiveType, StructType},
};
use std::{collections::HashSet, sync::Arc};

/// All tables at one moment. While it is held, none of its files is unlinked.
#[derive(Debug)]
pub(crate) struct Cut {
    pub view: Arc<LakeView>,
    /// Those with a table log, by name.
    pub tables: Vec<CutTable>,
}

/// The committed part of a table.
#[derive(Debug)]
pub(crate) struct CutTable {
    pub id: TableId,
    /// Every push up to here is in the files.
    pub through: Seq,
    pub schema: StructType,
    pub layout: TableLayout,
    pub files: Vec<Arc<DataFile>>,
}

impl Lake {
    /// The committed files of all tables, those included that no contract names just now.
    pub async fn cut_all(&self) -> Result<Cut> {
        loop {
            let folders = self.table_folders().await?;
            let view = self.view();
            let Some(mut tables) = self.known_tables(&view)? else {
                tokio::task::yield_now().await;
                continue;
            };
            let unknown: Vec<TableId> = folders.into_iter().filter(|id| !view.tables.contains_key(id)).collect();
            for id in &unknown {
                tables.extend(self.unknown_table(id).await?);
            }
            // A contract that comes back brings writers to a table that was read as if it had none.
            let now = self.view();
            if unknown.iter().all(|id| !now.tables.contains_key(id)) {
                tables.sort_by(|a, b| a.id.cmp(&b.id));
                return Ok(Cut { view, tables });
            }
        }
    }

    /// None while a table of the view is still being opened.
    fn known_tables(&self, view: &LakeView) -> Result<Option<Vec<CutTable>>> {
        let states = self.tables.lock();
        let mut tables = Vec::new();
        for (id, table) in view.tables.iter().filter(|(_, table)| table.snapshot.version >= 0) {
            let Some(state) = states.get(id) else { return Ok(None) };
            tables.push(CutTable {
                id: id.clone(),
                through: table.flushed_seq,
                schema: StructType::try_new(kernel_fields(&table.schema)?).map_err(not_delta)?,
                layout: TableLayout::clone(&state.layout.load()),
                files: table.snapshot.files.clone(),
            });
        }
        Ok(Some(tables))
    }

    async fn table_folders(&self) -> Result<HashSet<TableId>> {
        let listed = self.store.objects.list_with_delimiter(None).await?;
        let names = listed.common_prefixes.iter().filter_map(|folder| folder.filename());
        Ok(names.map(TableId::from_stored).collect())
    }

    /// A table whose contract is gone: nobody writes to it, and its rows must not be lost for that.
    async fn unknown_table(&self, id: &TableId) -> Result<Option<CutTable>> {
        let (_, snapshot, through) = Table::open(&self.store, id.clone(), u64::MAX).await?;
        if snapshot.version < 0 {
            return Ok(None);
        }
        let mut delta = DeltaTable::new(log_store(&self.store, id)?);
        delta.load().await?;
        let state = delta.snapshot()?;
        let statistics = state.metadata().configuration().get("delta.dataSkippingStatsColumns");
        let statistics = statistics.map(|names| names.split(',').filter(|name| !name.is_empty()));
        let layout = TableLayout {
            partition_by: state.metadata().partition_columns().to_vec(),
            statistics: statistics.into_iter().flatten().map(str::to_owned).collect(),
            ..TableLayout::default()
        };
        Ok(Some(CutTable {
            id: id.clone(),
            through,
            schema: state.schema().as_ref().clone(),
            layout,
            files: snapshot.files,
        }))
    }
}

/// Writes the log of a table whose files are in the store already: one commit that covers every push up to `through`.
///
/// # Errors
/// `Conflict` when there is a table at that place.
pub(crate) async fn restore_table(
    store: &LakeStore,
    id: TableId,
    schema: &StructType,
    layout: &TableLayout,
    through: Seq,
    files: Vec<(StagedFile, Option<Seq>)>,
) -> Result<()> {
    let (mut table, snapshot, _) = Table::open(store, id.clone(), u64::MAX).await?;
    if snapshot.version >= 0 {
        return Err(Error::conflict(format!(
            "there is a table {id} already: restore to an empty place"
        )));
    }
    let changes = Changes {
        add: files,
        through: (through > Seq(0)).then_some(through),
        ..Changes::default()
    };
    table.commit(&arrow_schema(schema)?, layout, changes).await?;
    Ok(())
}

fn arrow_schema(schema: &StructType) -> Result<SchemaRef> {
    let fields = schema
        .fields()
        .map(|field| Ok(Field::new(field.name(), arrow_type(field.data_type())?, true)));
    Ok(Arc::new(Schema::new(fields.collect::<Result<Vec<_>>>()?)))
}

/// The types of our tables, and no others.
fn arrow_type(ty: &DataType) -> Result<ArrowType> {
    let DataType::Primitive(primitive) = ty else {
        return Err(not_ours(ty));
    };
    Ok(match primitive {
        PrimitiveType::String => ArrowType::Utf8View,
        PrimitiveType::Integer => ArrowType::Int32,
        PrimitiveType::Long => ArrowType::Int64,
        PrimitiveType::Double => ArrowType::Float64,
        PrimitiveType::Boolean => ArrowType::Boolean,
        PrimitiveType::Date => ArrowType::Date32,
        PrimitiveType::Timestamp => ArrowType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        PrimitiveType::Decimal(decimal) => ArrowType::Decimal128(decimal.precision(), decimal.scale() as i8),
        _ => return Err(not_ours(ty)),
    })
}

fn not_ours(ty: &DataType) -> Error {
    Error::invalid(format!(
        "a table of the backup has a column of type {ty}, which no table of a hub has"
    ))
}

fn not_delta(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::internal("a table's schema is not valid", error)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_type_of_a_table_survives_the_manifest() {
        let types = [
            ArrowType::Utf8View,
            ArrowType::Int32,
            ArrowType::Int64,
            ArrowType::Float64,
            ArrowType::Boolean,
            ArrowType::Date32,
            ArrowType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            ArrowType::Decimal128(18, 2),
        ];
        let fields = types.into_iter().enumerate();
        let fields = fields.map(|(n, ty)| Field::new(format!("c{n}"), ty, true));
        let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let kernel = StructType::try_new(kernel_fields(&schema).unwrap()).unwrap();
        let text = serde_json::to_string(&kernel).unwrap();
        assert_eq!(arrow_schema(&serde_json::from_str(&text).unwrap()).unwrap(), schema);
    }
}
