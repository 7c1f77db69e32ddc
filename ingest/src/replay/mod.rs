//! Rejected rows that are read again: as they were sent, under the contract in force now, with rules of correction
//! where some are given. They come out of the quarantine as lines `[line, cells]` and go the way of every payload, so a
//! replay of any size needs no more memory than a push does. Each cell is read as it was the first time: texts by the
//! contract's signs, what was a number as a number, what was nothing as nothing.

mod fixes;
mod request;
#[cfg(test)]
mod tests;

pub use fixes::FixRule;
pub(crate) use fixes::Fixes;
pub(crate) use request::Replay;
pub use request::ReplayRequest;

use crate::{
    Error, Result,
    decode::{Frame, Misread, Span},
    map::Header,
    plan::Plan,
};
use smartcenter_warehouse::quarantine::{CellKind, SentCell};
use std::{collections::HashMap, sync::Arc};

/// The rows of a chunk of lines, corrected by `fixes`.
///
/// # Errors
/// `Internal` when the quarantine holds what no hub has written.
pub(crate) fn frame(text: &str, fixes: &Fixes, plan: &Plan) -> Result<Frame> {
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (line, mut cells): (u64, Vec<SentCell>) =
            serde_json::from_str(line).map_err(|error| Error::internal("a rejected row cannot be read", error))?;
        fixes.apply(&mut cells, plan);
        rows.push((line, cells));
    }
    let (names, places) = columns(&rows);
    let header = Arc::new(Header::gathered(names, &plan.contract, &plan.names));
    let mut frame = Frame::new(String::new(), header);
    frame.is_replay = true;
    for (line, cells) in &rows {
        let start = frame.spans.len();
        frame.spans.resize(start + frame.header.width(), Span::ABSENT);
        for cell in cells {
            let Some(column) = places.get(cell.name.as_str()).copied() else {
                continue;
            };
            put(&mut frame, start, column, cell);
        }
        frame.lines.push(*line);
    }
    Ok(frame)
}

/// The headers of all rows in the order of their first appearance, and where each is.
fn columns(rows: &[(u64, Vec<SentCell>)]) -> (Vec<String>, HashMap<&str, usize>) {
    let (mut names, mut places) = (Vec::new(), HashMap::new());
    for cell in rows.iter().flat_map(|(_, cells)| cells) {
        places.entry(cell.name.as_str()).or_insert_with(|| {
            names.push(cell.name.clone());
            names.len() - 1
        });
    }
    (names, places)
}

/// Writes a cell into the row that starts at span `start`.
fn put(frame: &mut Frame, start: usize, column: usize, cell: &SentCell) {
    if cell.kind == CellKind::Absent {
        return;
    }
    let from = frame.text.len();
    frame.text.push_str(&cell.text);
    let span = Span::text(from, frame.text.len());
    let span = match cell.kind {
        CellKind::Native => span.native(),
        CellKind::Nested => span.nested(),
        CellKind::Text | CellKind::Misread | CellKind::Absent | CellKind::Broken => span,
    };
    if cell.kind == CellKind::Misread {
        frame.misread.push(Misread {
            row: frame.lines.len(),
            column,
            rule: "misread",
            message: "the file itself marks this cell as wrong: send a value instead of it".to_owned(),
        });
    }
    if let Some(place) = frame.spans.get_mut(start + column) {
        *place = span;
    }
}
