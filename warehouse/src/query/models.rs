//! Models as queries see them: views that are planned anew for whoever asks, and how every model is doing.

use super::guard;
use crate::{
    DatasetId, Error, Result, Seq,
    contract::{Classification, Contract, Layer, Registry},
};
use chrono::{DateTime, Utc};
use datafusion::{
    common::TableReference,
    sql::{parser::Statement, resolve::resolve_table_references},
};
use std::sync::Arc;

/// All models at one moment; the keeper swaps in a new list when anything about them changes.
#[derive(Debug, Clone, Default)]
pub struct ModelList {
    /// Models that are views.
    pub views: Vec<ModelView>,
    /// How each model is doing, views included; in the order in which they are worked out.
    pub records: Vec<ModelRecord>,
    /// The tables that models answer for; none before models were judged.
    pub tables: Option<Vec<ModelTable>>,
}

/// A model whose rows are kept under the contract in force, and what that contract was written from.
#[derive(Debug, Clone)]
pub struct ModelTable {
    /// Its name in `mart`.
    pub name: DatasetId,
    /// The contracts of everything below it, through other models as well, as they were then.
    pub below: Vec<Arc<Contract>>,
}

/// A model that is planned in the session of whoever opens it: the rules for its reader hold for the tables below.
#[derive(Debug, Clone)]
pub struct ModelView {
    /// Its name in `mart`.
    pub name: DatasetId,
    /// What it says.
    pub statement: Statement,
    /// What it reads.
    pub reads: Vec<ModelRead>,
}

/// A table that the SQL of a model names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelRead {
    /// `data`, `ref`, `mart`, or what else the SQL says.
    pub schema: String,
    /// The table.
    pub table: String,
}

/// One row of `system.models`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelRecord {
    /// Name.
    pub name: String,
    /// Indonesian title.
    pub title: String,
    /// `table` or `view`.
    pub kind: String,
    /// Digest of the file.
    pub version: String,
    /// Institution that answers for it.
    pub owner: String,
    /// Datasets and models that it reads.
    pub upstream: Vec<String>,
    /// Models that read it.
    pub downstream: Vec<String>,
    /// Everything that its sources had up to here is in it.
    pub applied_seq: Option<Seq>,
    /// When it was last worked out.
    pub refreshed_at: Option<DateTime<Utc>>,
    /// Rows.
    pub rows: Option<u64>,
    /// Slices that the last refresh worked out; none when it was everything.
    pub changed_slices: Option<u64>,
    /// How long the last refresh took.
    pub milliseconds: Option<u64>,
    /// Why it is not up to date.
    pub last_error: Option<String>,
}

impl ModelList {
    /// The view of this name.
    pub fn view(&self, name: &str) -> Option<&ModelView> {
        self.views.iter().find(|view| view.name.as_str() == name)
    }

    /// Whether the contract of a table still says how secret its rows are. That of a model's table was written from the
    /// contracts of its sources: it does not where no model keeps the table any more, or where a source has become more
    /// secret since and the model was not judged again.
    pub(crate) fn vouches(&self, contract: &Contract, now: &Registry) -> bool {
        let (Layer::Mart, Some(tables)) = (contract.layer, &self.tables) else {
            return true;
        };
        let table = tables.iter().find(|table| table.name == contract.dataset);
        table.is_some_and(|table| {
            let mut below = table.below.iter();
            below.all(|then| {
                now.get(then.dataset.as_str())
                    .is_some_and(|now| !is_more_secret(now, then))
            })
        })
    }
}

/// A column that is gone counts as well: it may have been taken out for what it shows.
fn is_more_secret(now: &Contract, then: &Contract) -> bool {
    then.columns.iter().any(|before| {
        let after = now.columns.iter().find(|column| column.name == before.name);
        after.is_none_or(|after| {
            let masked = after.classification >= Classification::Personal;
            after.classification > before.classification || (masked && after.mask != before.mask)
        })
    })
}

/// Parses the SQL of a model and tells which tables it names. Tables without a schema are those of `data`.
///
/// # Errors
/// `Invalid` for anything but one statement that reads.
pub fn parse_model(sql: &str) -> Result<(Statement, Vec<ModelRead>)> {
    let statement = guard::check(sql)?;
    if !matches!(&statement, Statement::Statement(inner) if matches!(**inner, datafusion::sql::sqlparser::ast::Statement::Query(_)))
    {
        return Err(Error::invalid("sql: a model is one SELECT"));
    }
    let (tables, _) = resolve_table_references(&statement, true).map_err(super::failure::told)?;
    let mut reads: Vec<ModelRead> = tables
        .into_iter()
        .map(|table| match table {
            TableReference::Bare { table } => ModelRead {
                schema: super::catalog::DATA.to_owned(),
                table: table.to_string(),
            },
            TableReference::Partial { schema, table } => ModelRead {
                schema: schema.to_string(),
                table: table.to_string(),
            },
            TableReference::Full { catalog, schema, table } => ModelRead {
                schema: match catalog.as_ref() == super::catalog::CATALOG {
                    true => schema.to_string(),
                    false => format!("{catalog}.{schema}"),
                },
                table: table.to_string(),
            },
        })
        .collect();
    reads.sort();
    reads.dedup();
    Ok((statement, reads))
}
