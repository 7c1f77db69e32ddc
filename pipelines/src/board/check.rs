//! The questions of boards against the contracts: do they read what there is, and give what their panels show?

use super::Board;
use crate::model::{ModelFault, Plan};
use smartcenter_warehouse::{
    Result,
    contract::Registry,
    query::{Planner, parse_model},
};
use std::path::PathBuf;

/// Everything wrong with the boards in the data folders `sites`, judged against `contracts` and `models`; how many boards
/// there are. No row is read.
///
/// # Errors
/// `Internal` when the engine cannot be set up.
pub async fn check(sites: &[PathBuf], contracts: &Registry, models: &Plan) -> Result<(usize, Vec<ModelFault>)> {
    let (boards, mut faults) = Board::gather(sites);
    let planner = models.planner(contracts.iter().cloned())?;
    for board in &boards {
        for (line, sql, columns) in questions(board) {
            faults.extend(wrong(&planner, sql, &columns).await.map(|message| ModelFault {
                file: board.file.clone(),
                line,
                message,
            }));
        }
    }
    faults.sort();
    Ok((boards.len(), faults))
}

/// Line and text of each question, and the columns that it has to give.
fn questions(board: &Board) -> impl Iterator<Item = (usize, &str, Vec<&str>)> {
    board.sections.iter().flat_map(|section| {
        let filters = section.filters.iter();
        let filters = filters.filter_map(|filter| Some((filter.line, filter.sql.as_deref()?, vec!["nilai", "nama"])));
        let panels = section.panels.iter();
        filters.chain(panels.map(|panel| (panel.line, panel.sql.as_str(), panel.shape.columns())))
    })
}

async fn wrong(planner: &Planner, sql: &str, columns: &[&str]) -> Option<String> {
    let planned = match parse_model(sql) {
        Ok((statement, _)) => planner.plan_question(&statement).await,
        Err(error) => Err(error),
    };
    let given = match planned {
        Ok(given) => given,
        Err(error) => return Some(error.message().to_owned()),
    };
    let columns = columns.iter().copied();
    let missing: Vec<&str> = columns.filter(|name| given.field_with_name(name).is_err()).collect();
    (!missing.is_empty()).then(|| format!("the question gives no column {}, which is shown", missing.join(", ")))
}
