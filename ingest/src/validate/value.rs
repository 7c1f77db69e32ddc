//! Checks of one value: pattern, length, range, list, reference. Missing values pass; `required` is judged when the
//! column is built.

use crate::{Error, Result, decode::Frame, map::list, parse::day_text, verdict::Verdicts};
use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType},
};
use regex::Regex;
use smartcenter_warehouse::contract::{Bound, Check, ColumnRule, ColumnType, OnFailure};
use std::{collections::HashSet, sync::Arc};

/// Up to this many listed values a plain comparison beats a hash.
const FEW: usize = 8;

/// One rule of a column, ready.
#[derive(Debug)]
pub(crate) struct ValueCheck {
    rule: String,
    on_failure: OnFailure,
    /// What is wrong and what would be right, for the sender.
    message: String,
    test: Test,
}

#[derive(Debug)]
enum Test {
    Pattern(Regex),
    Length {
        min: usize,
        max: usize,
    },
    Range {
        min: Option<Bound>,
        max: Option<Bound>,
        scale: f64,
    },
    Few(Arc<[String]>),
    Many(HashSet<String>),
    /// Number of the plan's reference.
    Reference(usize),
}

/// The values of one column.
#[derive(Debug)]
pub(super) struct Cells<'a> {
    pub frame: &'a Frame,
    pub source: usize,
    pub index: usize,
    pub name: &'a Arc<str>,
    pub array: &'a ArrayRef,
}

impl ValueCheck {
    /// Prepares `rule` for a column of type `ty`; `reference` is its number if it looks values up.
    pub(crate) fn new(rule: &ColumnRule, ty: ColumnType, reference: usize) -> Result<Self> {
        let (test, message) = match &rule.check {
            Check::Pattern(pattern) => {
                let message = format!("the text must have the form {}", pattern.as_str());
                let whole = Regex::new(&format!(r"\A(?:{})\z", pattern.as_str()))
                    .map_err(|error| Error::internal("a pattern could not be prepared", error))?;
                (Test::Pattern(whole), message)
            }
            Check::Length { min, max } => {
                let message = match (min, max) {
                    (Some(min), Some(max)) if min == max => format!("exactly {min} characters are needed"),
                    (Some(min), Some(max)) => format!("between {min} and {max} characters are needed"),
                    (Some(min), None) => format!("at least {min} characters are needed"),
                    (None, Some(max)) => format!("at most {max} characters are allowed"),
                    (None, None) => String::new(),
                };
                (
                    Test::Length {
                        min: min.unwrap_or(0),
                        max: max.unwrap_or(usize::MAX),
                    },
                    message,
                )
            }
            Check::Range { min, max } => {
                let end = |bound: &Option<Bound>, inclusive: &str, exclusive: &str| {
                    bound.map(|b| {
                        format!(
                            "{} {}",
                            if b.exclusive { exclusive } else { inclusive },
                            show(b.value, ty)
                        )
                    })
                };
                let ends = [end(min, "at least", "more than"), end(max, "at most", "less than")];
                let message = format!(
                    "the value must be {}",
                    ends.into_iter().flatten().collect::<Vec<_>>().join(" and ")
                );
                let scale = match ty {
                    ColumnType::Decimal(_, scale) => 10_f64.powi(i32::from(scale)),
                    _ => 1.0,
                };
                (
                    Test::Range {
                        min: *min,
                        max: *max,
                        scale,
                    },
                    message,
                )
            }
            Check::OneOf(values) => {
                let message = format!("the value must be one of: {}", list(values.iter(), 12));
                let test = if values.len() <= FEW {
                    Test::Few(values.clone())
                } else {
                    Test::Many(values.iter().cloned().collect())
                };
                (test, message)
            }
            Check::Reference { dataset, column } => (
                Test::Reference(reference),
                format!("the code is not in column {column} of dataset {dataset}"),
            ),
        };
        Ok(Self {
            rule: rule.name.clone(),
            on_failure: rule.on_failure,
            message,
            test,
        })
    }

    /// Judges every value of a column.
    pub(super) fn run(&self, cells: &Cells<'_>, codes: &[Option<Arc<HashSet<String>>>], verdicts: &mut Verdicts) {
        match &self.test {
            Test::Pattern(pattern) => self.texts(cells, verdicts, |text| pattern.is_match(text)),
            Test::Length { min, max } => self.texts(cells, verdicts, |text| {
                let length = if text.is_ascii() {
                    text.len()
                } else {
                    text.chars().count()
                };
                (*min..=*max).contains(&length)
            }),
            Test::Few(values) => self.texts(cells, verdicts, |text| values.iter().any(|value| value == text)),
            Test::Many(values) => self.texts(cells, verdicts, |text| values.contains(text)),
            Test::Reference(slot) => {
                // A dataset that is not there yet cannot prove a code wrong; the push says so once.
                if let Some(Some(codes)) = codes.get(*slot) {
                    self.texts(cells, verdicts, |text| codes.contains(text));
                }
            }
            Test::Range { min, max, scale } => {
                let inside = |value: f64| {
                    let above = min.is_none_or(|b| if b.exclusive { value > b.value } else { value >= b.value });
                    above && max.is_none_or(|b| if b.exclusive { value < b.value } else { value <= b.value })
                };
                self.numbers(cells, verdicts, |value| inside(value / scale));
            }
        }
    }

    fn texts(&self, cells: &Cells<'_>, verdicts: &mut Verdicts, passes: impl Fn(&str) -> bool) {
        // Files are sorted or filled column by column more often than not: the same text comes again and again.
        let mut last: Option<(&str, bool)> = None;
        // A text is judged as it is kept, which may be more than was sent (leading zeros); else as it was sent.
        let kept = cells.array.as_string_view_opt();
        for row in 0..cells.frame.rows() {
            if cells.array.is_null(row) {
                continue;
            }
            let text = match kept {
                Some(kept) => kept.value(row),
                None => cells.frame.cell(row, cells.source).text,
            };
            let good = match last {
                Some((same, verdict)) if same == text => verdict,
                _ => passes(text),
            };
            last = Some((text, good));
            if !good {
                self.fail(cells, row, verdicts);
            }
        }
    }

    fn numbers(&self, cells: &Cells<'_>, verdicts: &mut Verdicts, passes: impl Fn(f64) -> bool) {
        macro_rules! judge {
            ($($ty:ty),*) => {$(
                if let Some(array) = cells.array.as_primitive_opt::<$ty>() {
                    for (row, value) in array.values().iter().enumerate() {
                        #[allow(clippy::cast_lossless, clippy::cast_precision_loss, clippy::unnecessary_cast)]
                        let value = *value as f64;
                        if !passes(value) && array.is_valid(row) {
                            self.fail(cells, row, verdicts);
                        }
                    }
                    return;
                }
            )*};
        }
        judge!(
            Int32Type,
            Int64Type,
            Float64Type,
            Date32Type,
            TimestampMicrosecondType,
            Decimal128Type
        );
    }

    #[cold]
    fn fail(&self, cells: &Cells<'_>, row: usize, verdicts: &mut Verdicts) {
        let text = cells.frame.cell(row, cells.source).text;
        verdicts.fail(
            row,
            Some((cells.index, cells.name)),
            &self.rule,
            self.on_failure,
            Some(text),
            || self.message.clone(),
        );
    }
}

/// A bound as the sender would write it.
fn show(value: f64, ty: ColumnType) -> String {
    match ty {
        ColumnType::Date => day_text(value as i64),
        ColumnType::Timestamp => chrono::DateTime::from_timestamp_micros(value as i64)
            .map(|t| t.to_rfc3339())
            .unwrap_or_default(),
        _ => value.to_string(),
    }
}
