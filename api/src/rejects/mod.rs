//! Rejected rows of one push, read through the caller's own SQL session, so that the policy covers what it must: as a
//! list, and as files to be put right and pushed again.

mod csv;
mod overview;
mod table;
#[cfg(test)]
mod tests;
mod workbook;

pub use csv::csv;
pub use overview::{OpenRejects, overview};
pub use workbook::{MEDIA_TYPE as XLSX, workbook};

use crate::{fetch::fetch, paging::Page, problem::Answer, reasons::Tongue, receipt_body::CellFault};
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{
    Receipt, Result,
    contract::Contract,
    quarantine::{SentCell, read_raw},
    query::{Limits, Params, QueryStream, Session},
};
use utoipa::ToSchema;

/// Which rejected rows, by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Whatever became of them.
    All,
    /// Nobody did anything about them.
    Open,
    /// Brought in by a corrected file.
    Corrected,
    /// Sent again, rejected again, and open in the later receipt.
    Superseded,
    /// Brought in by a replay.
    Replayed,
    /// Given up.
    Discarded,
    /// Open for longer than rejected rows are kept.
    Expired,
}

impl Wanted {
    /// The state's name; none for all of them.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::All => None,
            Self::Open => Some("open"),
            Self::Corrected => Some("corrected"),
            Self::Superseded => Some("superseded"),
            Self::Replayed => Some("replayed"),
            Self::Discarded => Some("discarded"),
            Self::Expired => Some("expired"),
        }
    }
}

/// A rejected row.
#[derive(Debug, Serialize, ToSchema)]
pub struct RejectedRow {
    /// Line of the payload on which the row starts, from 1.
    pub line: i64,
    /// What became of it: `open`, `corrected`, `superseded`, `replayed`, `discarded` or `expired`.
    #[schema(example = "open")]
    pub state: String,
    /// Receipt of the push that closed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<String>,
    /// Columns that were wrong, joined with `; `.
    pub columns: String,
    /// Rules that failed, joined with `; `.
    pub rules: String,
    /// Everything found wrong; left out where the sent text is hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults: Option<Vec<CellFault>>,
    /// Header and text of every cell as it was sent; left out where the sent text is hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells: Option<Vec<(String, String)>>,
}

/// The quarantine table as SQL shows it; masked columns are null.
#[derive(Debug, Deserialize)]
struct Stored {
    line: i64,
    #[serde(default)]
    state: String,
    closed_by: Option<String>,
    #[serde(default)]
    columns: String,
    #[serde(default)]
    rules: String,
    messages: Option<String>,
    faults: Option<String>,
    raw: Option<String>,
}

impl Stored {
    fn cells(&self) -> Result<Option<Vec<SentCell>>> {
        self.raw.as_deref().map(read_raw).transpose()
    }

    fn faults(&self) -> Result<Option<Vec<CellFault>>> {
        Ok(self.faults.as_deref().map(serde_json::from_str).transpose()?)
    }
}

/// A page of rejected rows in the order of the payload, behind line `after`; why they are wrong is told in a language.
pub async fn page(
    session: &Session,
    receipt: &Receipt,
    wanted: Wanted,
    after: Option<i64>,
    limit: usize,
    (tongue, contract): (Tongue, Option<&Contract>),
) -> Answer<Page<RejectedRow>> {
    let sql = format!(
        "{} AND line > $2 ORDER BY line LIMIT {}",
        select(receipt, wanted),
        limit + 1
    );
    let params = vec![receipt.receipt_id.to_string().into(), after.unwrap_or(-1).into()];
    let mut rows: Vec<Stored> = if receipt.rows.rejected == 0 {
        Vec::new()
    } else {
        fetch(session, &sql, params).await?
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.line.to_string());
    let items = rows
        .into_iter()
        .map(|row| shown(row, tongue, contract))
        .collect::<Result<_>>()?;
    Ok(Page { items, next })
}

fn shown(row: Stored, tongue: Tongue, contract: Option<&Contract>) -> Result<RejectedRow> {
    let cells = row.cells()?;
    let mut faults = row.faults()?;
    for fault in faults.iter_mut().flatten() {
        fault.message = tongue.reason(fault, contract);
    }
    Ok(RejectedRow {
        line: row.line,
        state: row.state,
        closed_by: row.closed_by,
        columns: row.columns,
        rules: row.rules,
        faults,
        cells: cells.map(|cells| cells.into_iter().map(|cell| (cell.name, cell.text)).collect()),
    })
}

async fn open(session: &Session, receipt: &Receipt, wanted: Wanted) -> Result<QueryStream> {
    let sql = format!("{} ORDER BY line", select(receipt, wanted));
    session
        .query(
            &sql,
            Params::Positional(vec![receipt.receipt_id.to_string().into()]),
            Limits::default(),
        )
        .await
}

fn select(receipt: &Receipt, wanted: Wanted) -> String {
    // A dataset id is lower-case letters, digits and _, so it needs no quoting beyond that of a keyword.
    let state = wanted
        .name()
        .map_or(String::new(), |name| format!(" AND state = '{name}'"));
    format!(
        "SELECT line, state, closed_by, columns, rules, messages, faults, raw FROM quarantine.\"{}\" \
         WHERE receipt_id = $1{state}",
        receipt.dataset
    )
}
