//! How a push meets what is there: the mode that was asked for, judged against the contract and the sender's scope,
//! and the rows of a snapshot, which must lie within what it says it is a snapshot of.

#[cfg(test)]
mod tests;

use crate::{
    Error, PushRequest, Result,
    decode::{Frame, Span},
    map::{list, show},
    parse::column,
    plan::Plan,
    resolve::{self, Index},
    validate::Scope,
    verdict::Verdicts,
};
use arrow::{
    array::{Array, ArrayRef, Scalar, StringViewArray},
    compute::kernels::cmp::eq,
    record_batch::RecordBatch,
    util::display::array_value_to_string,
};
use chrono::{DateTime, Datelike, Utc};
use smartcenter_warehouse::{PushMode, contract::OnFailure};
use std::sync::Arc;

/// One column of a snapshot's scope and the value that every row has in it.
#[derive(Debug, Clone)]
pub(crate) struct Pin {
    /// Number among the contract's columns.
    pub column: usize,
    /// One value, of the column's type.
    value: ArrayRef,
    /// The value as text, in the form that reads back as the column's type.
    pub text: String,
}

/// The mode of a push, and the pins of its scope.
///
/// # Errors
/// `Invalid` when the dataset is append-only and the mode needs keys, for a scope column that the contract does not
/// have or that comes twice, and for a value that is not of its type.
pub(crate) fn mode(request: &PushRequest, plan: &Plan) -> Result<(PushMode, Vec<Pin>)> {
    let dataset = &plan.contract.dataset;
    let refused = |name: &str| {
        Err(Error::invalid(format!(
            "dataset {dataset} is append-only, and mode={name} needs a primary key: leave the mode out, or send mode=append"
        )))
    };
    let scope = match &request.mode {
        None if plan.contract.is_keyed() => return Ok((PushMode::Upsert, Vec::new())),
        None | Some(PushMode::Append) => return Ok((PushMode::Append, Vec::new())),
        Some(PushMode::Upsert) if !plan.contract.is_keyed() => return refused("upsert"),
        Some(PushMode::Snapshot { .. }) if !plan.contract.is_keyed() => return refused("snapshot"),
        Some(PushMode::Upsert) => return Ok((PushMode::Upsert, Vec::new())),
        Some(PushMode::Snapshot { scope }) => scope,
    };
    let mut pins: Vec<Pin> = Vec::with_capacity(scope.len());
    for (name, value) in scope {
        let pin = pin(name, value, request, plan)?;
        if pins.iter().any(|held| held.column == pin.column) {
            return Err(Error::invalid(format!("the scope names column {} twice", show(name))));
        }
        pins.push(pin);
    }
    let scope = named(&pins, plan).collect();
    Ok((PushMode::Snapshot { scope }, pins))
}

fn pin(name: &str, text: &str, request: &PushRequest, plan: &Plan) -> Result<Pin> {
    let columns = &plan.contract.columns;
    let Some(index) = plan.contract.column(name) else {
        return Err(Error::invalid(format!(
            "scope column {} is not in the contract of dataset {} (it has {})",
            show(name),
            plan.contract.dataset,
            list(columns.iter().map(|column| column.name.as_str()), 20)
        )));
    };
    // Read as a cell of the payload is.
    let header = plan.json_header.clone();
    let mut frame = Frame::new(text.to_owned(), header);
    frame.spans = vec![Span::ABSENT; frame.header.width()];
    frame.spans[index] = Span::text(0, text.len());
    frame.lines = vec![1];
    let planned = &plan.columns[index];
    let year = request.received_at.year();
    let value = column(&frame, Some(index), index, planned, year, &mut Verdicts::new(1));
    if value.is_null(0) {
        let wanted = planned.reader.expected();
        return Err(Error::invalid(format!(
            "the value of scope column {name} cannot be used: {wanted}"
        )));
    }
    Ok(Pin {
        column: index,
        text: array_value_to_string(&value, 0)?,
        value,
    })
}

/// Turns the names that a scope is written with into codes, as those in the rows are; `lists` are the plan's code lists.
///
/// # Errors
/// `Invalid` for a name that does not mean one row of its list.
pub(crate) fn resolve(
    mode: &mut PushMode,
    pins: &mut [Pin],
    plan: &Plan,
    lists: &[Option<Arc<Index>>],
    now: DateTime<Utc>,
) -> Result<()> {
    let PushMode::Snapshot { scope } = mode else {
        return Ok(());
    };
    for (resolve, index) in plan.resolves.iter().zip(lists) {
        let at = pins.iter().position(|pin| pin.column == resolve.column);
        let (Some(at), Some(index)) = (at, index) else { continue };
        let text_of = |column: usize| {
            pins.iter()
                .find(|pin| pin.column == column)
                .map(|pin| pin.text.as_str())
        };
        let parents: Vec<Option<&str>> = resolve.within.iter().map(|column| text_of(*column)).collect();
        let today = resolve::day_of(now, &plan.contract.source);
        let Some(code) = text_of(resolve.column).and_then(|text| index.code(text, today, &parents)) else {
            return Err(Error::invalid(format!(
                "the value of scope column {} does not mean one row of dataset {}: write its code",
                plan.columns[resolve.column].name, resolve.rule.dataset
            )));
        };
        let code = code.to_owned();
        if let Some(pin) = pins.get_mut(at) {
            pin.value = Arc::new(StringViewArray::from(vec![code.as_str()]));
            pin.text = code;
        }
    }
    *scope = named(pins, plan).collect();
    Ok(())
}

/// The columns of a scope by name, with their values.
fn named<'p>(pins: &'p [Pin], plan: &'p Plan) -> impl Iterator<Item = (String, String)> + 'p {
    pins.iter()
        .map(|pin| (plan.columns[pin.column].name.to_string(), pin.text.clone()))
}

/// Refuses a snapshot that would end rows which the sender may not send.
///
/// # Errors
/// `Forbidden`, with the scope that would do.
pub(crate) fn may_end(mode: &PushMode, pins: &[Pin], own: Option<&Scope>, plan: &Plan) -> Result<()> {
    let (PushMode::Snapshot { .. }, Some(own)) = (mode, own) else {
        return Ok(());
    };
    let pinned = |column: usize| {
        pins.iter()
            .find(|pin| pin.column == column)
            .map(|pin| pin.text.as_str())
    };
    let Some(column) = own.uncovered(pinned) else {
        return Ok(());
    };
    let name = plan.columns.get(column).map_or("", |column| &column.name);
    Err(Error::Warehouse(smartcenter_warehouse::Error::forbidden(format!(
        "this key may send a part of dataset {} only, and the snapshot would end rows of others: name your own part in \
         the scope, by column {name}",
        plan.contract.dataset
    ))))
}

/// Judges every row of a snapshot: one that lies outside of the scope is not part of it.
pub(crate) fn check(
    frame: &Frame,
    batch: &RecordBatch,
    pins: &[Pin],
    plan: &Plan,
    verdicts: &mut Verdicts,
) -> Result<()> {
    for pin in pins {
        let same = eq(batch.column(pin.column), &Scalar::new(pin.value.clone()))?;
        if same.null_count() == 0 && same.false_count() == 0 {
            continue;
        }
        let name = &plan.columns[pin.column].name;
        let source = frame.header.columns.get(pin.column).copied().flatten();
        for row in (0..same.len()).filter(|row| same.is_null(*row) || !same.value(*row)) {
            let value = source.map(|source| frame.cell(row, source).text);
            verdicts.fail(
                row,
                Some((pin.column, name)),
                "scope",
                OnFailure::QuarantineRow,
                value.filter(|value| !value.is_empty()),
                || format!("the row lies outside of the snapshot's scope: column {name} must have the value it names"),
            );
        }
    }
    Ok(())
}
