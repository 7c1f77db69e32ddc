//! Sentences of an alarm: templates with columns of the row in them, and numbers and dates as the language writes them.

use super::{Indicator, Texts, header::Direction};
use crate::words::{Language, date, number};
use arrow::{
    array::{Array, AsArray},
    compute::cast,
    datatypes::{DataType, Date32Type, Float64Type},
    record_batch::RecordBatch,
};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Words of templates that are no columns: distance from the expected value, and first day of the episode.
pub(super) const WORDS: [&str; 2] = [EXCESS, SINCE];
const EXCESS: &str = "kelebihan";
const SINCE: &str = "sejak";

/// A text with `{column}` in it, or `{column:0}` with a number of decimals. `{{` is a brace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Column { name: String, decimals: Option<usize> },
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong with it: a brace that is not closed, a name that can be no column's, a number of decimals above 9.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            let Some((inside, after)) = rest.split_once('}').filter(|_| brace == "{") else {
                return Err("a brace stands alone: write {column}, or {{ for a brace".to_owned());
            };
            rest = after;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(column(inside)?);
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// The names in it: columns, `kelebihan`, `sejak`.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Column { name, .. } => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    fn fill(&self, language: Language, value: impl Fn(&str, Option<usize>) -> String) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Column { name, decimals } => {
                    let value = value(name, *decimals);
                    text.push_str(if value.is_empty() { unknown(language) } else { &value });
                }
            }
        }
        text
    }
}

fn column(inside: &str) -> Result<Part, String> {
    let (name, decimals) = match inside.split_once(':') {
        None => (inside, None),
        Some((name, digits)) => match digits.trim().parse::<usize>() {
            Ok(decimals) if decimals <= 9 => (name, Some(decimals)),
            _ => {
                return Err(format!(
                    "{{{inside}}}: after the colon stands a number of decimals from 0 to 9"
                ));
            }
        },
    };
    let name = name.trim();
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(format!(
            "{{{inside}}} is no name of a column, such as {{nilai}} or {{harapan:0}}"
        ));
    }
    Ok(Part::Column {
        name: name.to_owned(),
        decimals,
    })
}

fn unknown(language: Language) -> &'static str {
    match language {
        Language::Id => "tidak diketahui",
        Language::En => "unknown",
    }
}

impl Indicator {
    /// What is said of the alarm in `row` of a batch of the indicator's table, whose episode began on `since`; none where
    /// the header has no `explanation`. Columns that the batch lacks are told as not known.
    pub fn explain(&self, language: Language, batch: &RecordBatch, row: usize, since: NaiveDate) -> Option<String> {
        self.explanation
            .as_ref()
            .map(|texts| self.tell(texts, language, batch, row, since))
    }

    /// What is to be done first, in the same way.
    pub fn first_step(&self, language: Language, batch: &RecordBatch, row: usize, since: NaiveDate) -> Option<String> {
        self.action
            .as_ref()
            .map(|texts| self.tell(texts, language, batch, row, since))
    }

    /// Columns of its table that its texts need.
    pub fn told_columns(&self) -> BTreeSet<&str> {
        let texts = self.explanation.iter().chain(&self.action);
        let names = texts.flat_map(|texts| texts.id.columns().chain(texts.en.columns()));
        let mut columns: BTreeSet<&str> = names.filter(|name| !WORDS.contains(name)).collect();
        // The words are made of these.
        columns.extend(["unit", "nama", "nilai", "harapan"]);
        columns
    }

    fn tell(&self, texts: &Texts, language: Language, batch: &RecordBatch, row: usize, since: NaiveDate) -> String {
        let template = match language {
            Language::Id => &texts.id,
            Language::En => &texts.en,
        };
        template.fill(language, |name, decimals| match name {
            SINCE => date(language, since),
            EXCESS => {
                let distance = real(batch, "nilai", row).zip(real(batch, "harapan", row));
                let distance = distance.map(|(value, expected)| match self.direction {
                    Direction::Naik => value - expected,
                    Direction::Turun => expected - value,
                    Direction::DuaArah => (value - expected).abs(),
                });
                distance
                    .map(|distance| number(language, distance, decimals))
                    .unwrap_or_default()
            }
            "p" => real(batch, "p", row)
                .map(|p| probability(language, p, decimals))
                .unwrap_or_default(),
            "nama" => {
                let name = value(batch, "nama", row, language, decimals);
                if name.is_empty() {
                    value(batch, "unit", row, language, decimals)
                } else {
                    name
                }
            }
            name => value(batch, name, row, language, decimals),
        })
    }
}

fn real(batch: &RecordBatch, name: &str, row: usize) -> Option<f64> {
    let column = cast(batch.column_by_name(name)?, &DataType::Float64).ok()?;
    let column = column.as_primitive::<Float64Type>();
    column
        .is_valid(row)
        .then(|| column.value(row))
        .filter(|x| x.is_finite())
}

/// The value of a column as the language writes it; empty where there is none.
fn value(batch: &RecordBatch, name: &str, row: usize, language: Language, decimals: Option<usize>) -> String {
    let Some(column) = batch.column_by_name(name).filter(|column| column.is_valid(row)) else {
        return String::new();
    };
    match column.data_type() {
        DataType::Date32 => {
            let day = column.as_primitive::<Date32Type>().value_as_date(row);
            day.map(|day| date(language, day)).unwrap_or_default()
        }
        DataType::Boolean => match (column.as_boolean().value(row), language) {
            (true, Language::Id) => "ya".to_owned(),
            (false, Language::Id) => "tidak".to_owned(),
            (true, Language::En) => "yes".to_owned(),
            (false, Language::En) => "no".to_owned(),
        },
        kind if kind.is_numeric() => real(batch, name, row)
            .map(|x| number(language, x, decimals))
            .unwrap_or_default(),
        _ => cast(column, &DataType::Utf8)
            .map(|text| text.as_string::<i32>().value(row).to_owned())
            .unwrap_or_default(),
    }
}

/// A probability: with four decimals, or that it is smaller.
fn probability(language: Language, p: f64, decimals: Option<usize>) -> String {
    const DECIMALS: usize = 4;
    let decimals = decimals.unwrap_or(DECIMALS);
    let least = 0.1_f64.powi(i32::try_from(decimals).unwrap_or(0));
    if p >= least {
        return number(language, p, Some(decimals));
    }
    let least = number(language, least, Some(decimals));
    match language {
        Language::Id => format!("kurang dari {least}"),
        Language::En => format!("less than {least}"),
    }
}
