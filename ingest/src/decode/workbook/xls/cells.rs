//! The cells of a sheet. Records of cells may come in any order, so their places are gathered and sorted first.

use super::{
    super::{
        archive::damaged,
        book::{Merges, Row, Shows, Take, Value},
    },
    Globals,
    container::{f64_at, u16_at, u32_at},
    records::{Record, records},
};
use crate::Result;
use std::{collections::HashSet, ops::ControlFlow};

/// Where a cell is: row, column, and byte of its record.
type Place = (u16, u16, u32);

/// The sheet without its values.
#[derive(Default)]
struct Plan {
    places: Vec<Place>,
    hidden: HashSet<u16>,
    merges: Merges,
}

/// Hands over the rows of the sheet whose records start at byte `start`.
pub(super) fn rows(stream: &[u8], start: usize, globals: &Globals, take: Take<'_>) -> Result<()> {
    let mut plan = plan(stream, start)?;
    // Of two cells in one place the later wins.
    plan.places.sort_unstable();
    let mut row = Row::counting_from(globals.epoch);
    for cells in plan.places.chunk_by(|a, b| a.0 == b.0) {
        let Some((number, ..)) = cells.first() else { continue };
        row.begin(u64::from(*number) + 1);
        row.is_hidden = plan.hidden.contains(number);
        for (at, (_, column, place)) in cells.iter().enumerate() {
            let is_last = cells.get(at + 1).is_none_or(|next| next.1 != *column);
            if is_last && let Some(record) = records(stream, *place as usize).next() {
                push(&mut row, *column, &record?, stream, globals)?;
            }
        }
        row.seal()?;
        plan.merges.mark(&mut row);
        if !row.cells().is_empty() && take(&row)? == ControlFlow::Break(()) {
            return Ok(());
        }
    }
    Ok(())
}

/// Goes through the records of a sheet once.
fn plan(stream: &[u8], start: usize) -> Result<Plan> {
    let mut plan = Plan::default();
    // A chart inside the sheet has records of its own between its own start and end.
    let mut depth = 0;
    for record in records(stream, start) {
        let record = record?;
        match record.kind {
            Record::BOF => depth += 1,
            Record::EOF if depth <= 1 => return Ok(plan),
            Record::EOF => depth -= 1,
            _ if depth > 1 => {}
            Record::ROW if record.u16(12) & 0x20 != 0 => {
                plan.hidden.insert(record.u16(0));
            }
            Record::MERGES => {
                for region in record.data().get(2..).unwrap_or_default().chunks_exact(8) {
                    let at = |at| u32::from(u16_at(region, at));
                    plan.merges.add((at(0), at(2)), (at(4), at(6)));
                }
            }
            Record::MULTIPLE_RK => {
                let cells = record.data().len().saturating_sub(6) / 6;
                let first = record.u16(2);
                let columns = (0..cells).map_while(|at| first.checked_add(u16::try_from(at).ok()?));
                plan.places
                    .extend(columns.map(|column| (record.u16(0), column, record.at as u32)));
            }
            kind if is_cell(kind) => plan.places.push((record.u16(0), record.u16(2), record.at as u32)),
            _ => {}
        }
    }
    // Without its end the sheet has lost rows.
    Err(damaged())
}

fn is_cell(kind: u16) -> bool {
    matches!(
        kind,
        Record::NUMBER
            | Record::RK
            | Record::LABEL
            | Record::RICH_LABEL
            | Record::SHARED_LABEL
            | Record::BOOLEAN_OR_ERROR
    ) || Record::FORMULA.contains(&kind)
}

/// Adds the cell of `column` that `record` holds.
fn push(row: &mut Row, column: u16, record: &Record<'_>, stream: &[u8], globals: &Globals) -> Result<()> {
    let data = record.data();
    let shows = |style: u16| globals.styles.get(usize::from(style)).copied().unwrap_or(Shows::Number);
    let place = u32::from(column);
    match record.kind {
        Record::NUMBER => push_number(row, place, f64_at(data, 6), shows(record.u16(4))),
        Record::RK => push_number(row, place, rk(record.u32(6)), shows(record.u16(4))),
        Record::MULTIPLE_RK => {
            let at = 4 + usize::from(column.saturating_sub(record.u16(2))) * 6;
            push_number(row, place, rk(u32_at(data, at + 2)), shows(u16_at(data, at)));
        }
        Record::SHARED_LABEL => {
            let text = globals.texts.get(record.u32(6) as usize).ok_or_else(damaged)?;
            row.push(place, Value::Text(text));
        }
        Record::LABEL | Record::RICH_LABEL => row.push(place, Value::Text(&globals.long(&mut record.reading(6))?)),
        Record::BOOLEAN_OR_ERROR if data.get(7) == Some(&0) => {
            row.push(place, Value::Boolean(data.get(6).is_some_and(|byte| *byte != 0)));
        }
        Record::BOOLEAN_OR_ERROR => row.push(place, Value::Error(error(data.get(6)))),
        _ => return push_result(row, place, record, stream, globals),
    }
    Ok(())
}

/// Adds the result of a formula: a number, or a mark that says what else it is.
fn push_result(row: &mut Row, column: u32, record: &Record<'_>, stream: &[u8], globals: &Globals) -> Result<()> {
    let data = record.data();
    if u16_at(data, 12) != 0xffff {
        let style = globals.styles.get(usize::from(record.u16(4)));
        push_number(row, column, f64_at(data, 6), style.copied().unwrap_or(Shows::Number));
        return Ok(());
    }
    match data.get(6) {
        Some(0) => {
            // The text follows, at times behind the formula that several cells share.
            for next in records(stream, record.at).skip(1).take(3) {
                let next = next?;
                if next.kind == Record::TEXT_RESULT {
                    row.push(column, Value::Text(&globals.long(&mut next.reading(0))?));
                    return Ok(());
                }
            }
            row.push(column, Value::Uncomputed);
        }
        Some(1) => row.push(column, Value::Boolean(data.get(8).is_some_and(|byte| *byte != 0))),
        Some(2) => row.push(column, Value::Error(error(data.get(8)))),
        _ => {}
    }
    Ok(())
}

fn push_number(row: &mut Row, column: u32, number: f64, shows: Shows) {
    if number.is_finite() {
        row.push(column, Value::Number(number, shows));
    }
}

/// A number in four bytes: thirty bits of a double or of a whole number, perhaps times a hundred.
fn rk(bits: u32) -> f64 {
    let number = if bits & 2 == 0 {
        f64::from_bits(u64::from(bits & !3) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & 1 == 0 { number } else { number / 100.0 }
}

fn error(code: Option<&u8>) -> &'static str {
    match code {
        Some(0x00) => "#NULL!",
        Some(0x07) => "#DIV/0!",
        Some(0x0f) => "#VALUE!",
        Some(0x17) => "#REF!",
        Some(0x1d) => "#NAME?",
        Some(0x24) => "#NUM!",
        _ => "#N/A",
    }
}
