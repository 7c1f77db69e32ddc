//! Names instead of codes: a column whose contract says `resolve` may be written with the names of a code list, and
//! keeps the codes. A name that means one code becomes it, one that means several or none is a fault that names the
//! candidates. A row's region is looked up inside the parent that the same row names.

mod index;
mod nearest;
#[cfg(test)]
mod tests;

pub(crate) use index::Index;

use crate::{
    Result,
    decode::Frame,
    map::list,
    plan::{ColumnPlan, Plan, Role},
    validate::Context,
    verdict::Verdicts,
};
use arrow::{
    array::{Array, ArrayRef, AsArray, StringViewArray, StringViewBuilder},
    datatypes::{Date32Type, TimestampMicrosecondType},
    record_batch::RecordBatch,
};
use chrono::{DateTime, Utc};
use index::Found;
use parking_lot::Mutex;
use smartcenter_warehouse::{
    Kind, Warehouse,
    contract::{ColumnType, Contract, OnFailure, Resolve, SourceFormat},
};
use std::sync::Arc;

/// How many unknown names of one chunk get the names nearest to them: comparing with a long list costs time.
const SUGGESTIONS: usize = 32;
/// How many candidates a message names.
const SHOWN: usize = 10;

/// One column that is looked up, ready.
#[derive(Debug)]
pub(crate) struct ResolvePlan {
    /// Number among the contract's columns.
    pub column: usize,
    /// The contract's words.
    pub rule: Resolve,
    /// Columns of the row that the list's `within` columns must agree with, in their order.
    pub within: Vec<usize>,
    /// The index of the list as it was last seen.
    held: Mutex<Option<(Arc<RecordBatch>, Arc<Index>)>>,
}

impl ResolvePlan {
    /// The look-ups of a contract; each comes behind those that it needs.
    pub(crate) fn of(contract: &Contract) -> Vec<Self> {
        let mut left: Vec<Self> = contract
            .columns
            .iter()
            .enumerate()
            .filter_map(|(column, planned)| {
                let rule = planned.reading.resolve.clone()?;
                let within = rule.within.iter().filter_map(|(_, own)| contract.column(own));
                Some(Self {
                    column,
                    within: within.collect(),
                    rule,
                    held: Mutex::default(),
                })
            })
            .collect();
        let mut sorted: Vec<Self> = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let waits = |one: &Self| left.iter().any(|other| one.within.contains(&other.column));
            // A linted contract has no circle; without one there is always a first.
            let next = left.iter().position(|one| !waits(one)).unwrap_or(0);
            sorted.push(left.remove(next));
        }
        sorted
    }

    /// The list as it is now; nothing where it is not there or has no rows. Built once per version of the list.
    ///
    /// # Errors
    /// Those of reading the list.
    pub(crate) async fn index(&self, warehouse: &Arc<Warehouse>) -> Result<Option<Arc<Index>>> {
        let rule = &self.rule;
        let mut columns: Vec<String> = rule.columns().map(str::to_owned).collect();
        let valid = rule.valid.clone().or_else(|| validity(warehouse, rule));
        let has_validity = valid.is_some();
        columns.extend(valid.into_iter().flat_map(|(from, to)| [from, to]));
        let rows = match warehouse.code_rows(&rule.dataset, &columns).await {
            Ok(rows) => rows,
            Err(error) if error.kind() == Kind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if let Some((_, index)) = self.held.lock().as_ref().filter(|(held, _)| Arc::ptr_eq(held, &rows)) {
            return Ok(Some(index.clone()).filter(|index| !index.is_empty()));
        }
        let index = Arc::new(Index::new(rule, &rows, has_validity));
        *self.held.lock() = Some((rows, index.clone()));
        Ok(Some(index).filter(|index| !index.is_empty()))
    }

    /// What the receipt says where the list is empty.
    pub(crate) fn note(&self) -> String {
        format!(
            "names were not looked up in dataset {}: it has no rows yet",
            self.rule.dataset
        )
    }
}

/// The usual columns of validity, where the list has both as dates or times.
fn validity(warehouse: &Arc<Warehouse>, rule: &Resolve) -> Option<(String, String)> {
    let contracts = warehouse.contracts();
    let list = contracts.get(rule.dataset.as_str())?;
    let is_moment = |name: &str| {
        let column = list.column(name).and_then(|index| list.columns.get(index));
        column.is_some_and(|column| matches!(column.ty, ColumnType::Date | ColumnType::Timestamp))
    };
    let (from, to) = Resolve::VALIDITY;
    (is_moment(from) && is_moment(to)).then(|| (from.to_owned(), to.to_owned()))
}

/// Turns the names in `columns`, which are typed, into codes.
pub(crate) fn run(frame: &Frame, columns: &mut [ArrayRef], plan: &Plan, context: &Context, verdicts: &mut Verdicts) {
    if plan.resolves.is_empty() {
        return;
    }
    let days = Days::of(columns, plan, context);
    for (slot, resolve) in plan.resolves.iter().enumerate() {
        let Some(planned) = plan.columns.get(resolve.column) else {
            continue;
        };
        let Some(source) = frame.header.columns.get(resolve.column).copied().flatten() else {
            continue;
        };
        verdicts.spare_deletions(planned.role == Role::Value);
        let texts = |index: &usize| columns.get(*index).and_then(|array| array.as_string_view_opt());
        let within: Vec<Option<&StringViewArray>> = resolve.within.iter().map(texts).collect();
        let Some(cells) = texts(&resolve.column) else { continue };
        let mut lookup = Lookup {
            frame,
            source,
            planned,
            resolve,
            index: context.lists.get(slot).and_then(Option::as_deref),
            within,
            days: &days,
            suggestions: SUGGESTIONS,
        };
        let resolved = lookup.all(cells, verdicts);
        if let Some(column) = columns.get_mut(resolve.column) {
            *column = resolved;
        }
    }
}

/// The day where the data come from.
pub(crate) fn day_of(now: DateTime<Utc>, source: &SourceFormat) -> i32 {
    day(now.timestamp_micros() + shift(source))
}

/// The day that an instant, in microseconds since 1970-01-01, lies in.
fn day(micros: i64) -> i32 {
    i32::try_from(micros.div_euclid(86_400_000_000)).unwrap_or(i32::MAX)
}

/// Microseconds by which the clocks where the data come from are ahead of UTC.
fn shift(source: &SourceFormat) -> i64 {
    i64::from(source.utc_offset_minutes) * 60_000_000
}

/// The day for which the list is asked, row by row.
struct Days {
    of_rows: Option<ArrayRef>,
    shift: i64,
    today: i32,
}

impl Days {
    fn of(columns: &[ArrayRef], plan: &Plan, context: &Context) -> Self {
        let event = plan.contract.event_time.as_ref();
        let source = &plan.contract.source;
        Self {
            of_rows: event.and_then(|event| columns.get(event.column).cloned()),
            shift: shift(source),
            today: day_of(context.now, source),
        }
    }

    fn of_row(&self, row: usize) -> i32 {
        let Some(array) = self.of_rows.as_ref().filter(|array| array.is_valid(row)) else {
            return self.today;
        };
        if let Some(days) = array.as_primitive_opt::<Date32Type>() {
            return days.value(row);
        }
        let times = array.as_primitive_opt::<TimestampMicrosecondType>();
        times.map_or(self.today, |times| day(times.value(row).saturating_add(self.shift)))
    }
}

/// The look-ups of one column of a frame.
struct Lookup<'a> {
    frame: &'a Frame,
    source: usize,
    planned: &'a ColumnPlan,
    resolve: &'a ResolvePlan,
    index: Option<&'a Index>,
    within: Vec<Option<&'a StringViewArray>>,
    days: &'a Days,
    suggestions: usize,
}

impl<'a> Lookup<'a> {
    fn all(&mut self, cells: &StringViewArray, verdicts: &mut Verdicts) -> ArrayRef {
        let mut codes = StringViewBuilder::with_capacity(cells.len());
        for row in 0..cells.len() {
            if cells.is_null(row) {
                codes.append_null();
                continue;
            }
            let text = cells.value(row);
            match self.index {
                None if self.is_code(text) => codes.append_value(text),
                None => {
                    let message = || {
                        format!(
                            "this is no code, and dataset {} has no rows yet to look the name up in: send its rows first, \
                             or write the code",
                            self.resolve.rule.dataset
                        )
                    };
                    self.fail(row, "resolve", message, verdicts);
                    codes.append_null();
                }
                Some(index) => {
                    let parents = self.parents(row);
                    match index.find(text, self.days.of_row(row), &parents) {
                        Found::One(code) => codes.append_value(code),
                        other => {
                            self.refuse(row, index, text, &parents, &other, verdicts);
                            codes.append_null();
                        }
                    }
                }
            }
        }
        Arc::new(codes.finish())
    }

    /// Whether the column's own rules tell that a text is a code; without such rules nothing can.
    fn is_code(&self, text: &str) -> bool {
        let mut verdicts = self
            .planned
            .checks
            .iter()
            .filter_map(|check| check.passes_text(text))
            .peekable();
        verdicts.peek().is_some() && verdicts.all(|passes| passes)
    }

    fn parents(&self, row: usize) -> Vec<Option<&'a str>> {
        self.within
            .iter()
            .map(|array| {
                (*array)
                    .filter(|array| array.is_valid(row))
                    .map(|array| array.value(row))
            })
            .collect()
    }

    #[cold]
    fn refuse(
        &mut self,
        row: usize,
        index: &Index,
        text: &str,
        parents: &[Option<&str>],
        found: &Found<'_>,
        verdicts: &mut Verdicts,
    ) {
        let day = self.days.of_row(row);
        let dataset = &self.resolve.rule.dataset;
        let shown = |rows: &[u32]| list(rows.iter().map(|row| index.shown(*row)), SHOWN);
        let (rule, message) = match found {
            Found::One(_) => return,
            Found::Several(rows) => ("ambiguous", format!("{text}: {}: write the code", shown(rows))),
            Found::Elsewhere(rows) => (
                "resolve",
                format!("{text} is not within {}, but {}", said(parents), shown(rows)),
            ),
            Found::Expired(rows) => (
                "resolve",
                format!(
                    "{text} ({}) was not in force on the day of the row, {}",
                    shown(rows),
                    crate::parse::day_text(i64::from(day))
                ),
            ),
            Found::None if self.suggestions == 0 => ("resolve", format!("{text} is not in dataset {dataset}")),
            Found::None => {
                self.suggestions -= 1;
                let near = index.nearest(text, day, parents);
                let near = if near.is_empty() {
                    String::new()
                } else {
                    format!(
                        "; nearest are {}",
                        list(near.iter().map(|(name, code)| format!("{name} ({code})")), SHOWN)
                    )
                };
                ("resolve", format!("{text} is not in dataset {dataset}{near}"))
            }
        };
        self.fail(row, rule, || message, verdicts);
    }

    fn fail(&self, row: usize, rule: &str, message: impl FnOnce() -> String, verdicts: &mut Verdicts) {
        let column = Some((self.resolve.column, &self.planned.name));
        let value = self.frame.cell(row, self.source).text;
        let action = self.planned.on_failure;
        let dataset = &self.resolve.rule.dataset;
        // A `warn` finding tells of many rows, and its words must not show what one of them says.
        let message = || match action {
            OnFailure::Warn => format!("the value does not mean one row of dataset {dataset}"),
            _ => message(),
        };
        verdicts.fail(row, column, rule, action, Some(value), message);
    }
}

fn said(parents: &[Option<&str>]) -> String {
    parents.iter().flatten().copied().collect::<Vec<_>>().join(", ")
}
