//! What a briefing is: periods, sections, figures, tables, and where each number came from.

use super::{
    week::Week,
    words::{Lang, Text, Unit},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The briefing of one week, as it was issued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Report)]
pub struct Report {
    /// ISO week, such as `2026-W47`.
    #[schema(value_type = String, example = "2026-W47")]
    pub week: Week,
    /// Its Monday (WIB).
    pub from: NaiveDate,
    /// Its Sunday (WIB).
    pub to: NaiveDate,
    /// Counts the issues of a week from 1.
    pub version: u32,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Whether the week was not over when it was made.
    pub in_progress: bool,
    /// Everything that was visible at this position of the log is in it, and nothing later.
    pub seq: u64,
    /// What differs from the issue before; empty in the first.
    pub changes: Vec<Change>,
    /// The week in a few sentences.
    pub headline: Vec<Text>,
    /// Ids of the figures that stand for the week; the figures themselves are in the sections.
    pub key_figures: Vec<String>,
    /// The parts, in their order.
    pub sections: Vec<Section>,
    /// What was asked for each figure and table.
    pub questions: Vec<Question>,
}

impl Report {
    /// All figures, in their order.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.sections.iter().flat_map(|section| &section.figures)
    }

    /// All tables, in their order.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.sections.iter().flat_map(|section| &section.tables)
    }

    /// The figure of this id.
    pub fn figure(&self, metric: &str) -> Option<&Figure> {
        self.figures().find(|figure| figure.metric == metric)
    }

    /// Whether nothing at all is known of the week.
    pub fn is_empty(&self) -> bool {
        self.figures()
            .all(|figure| figure.value.is_none_or(|value| value == 0.0))
            && self.tables().all(|table| table.rows.is_empty())
    }
}

/// A part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportSection)]
pub struct Section {
    /// Its id, such as `pendidikan`.
    pub id: String,
    /// Its heading.
    pub title: Text,
    /// What is counted, and what is not.
    pub note: Text,
    /// What its figures say.
    pub sentences: Vec<Text>,
    /// Single figures.
    pub figures: Vec<Figure>,
    /// Tables.
    pub tables: Vec<Table>,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ReportBetter)]
pub enum Better {
    /// The more the better.
    More,
    /// The less the better.
    Less,
}

/// How long the periods of a figure are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ReportGrain)]
pub enum Grain {
    /// Monday to Sunday.
    Minggu,
    /// Sunday to Saturday, as the marts and the early warning of the health office count: the week that ends within this one.
    Epi,
    /// A calendar month.
    Bulan,
    /// Three calendar months.
    Triwulan,
}

/// A key figure. An absent value is not known or withheld; it is not zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportFigure)]
pub struct Figure {
    /// Names it, such as `laporan.pendidikan.tidak_hadir`.
    pub metric: String,
    /// What it is.
    pub title: Text,
    /// What is counted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<Text>,
    /// Its unit.
    pub unit: Unit,
    /// Which way is better, where one is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub better: Option<Better>,
    /// How long its periods are.
    pub grain: Grain,
    /// First day of its period.
    pub from: NaiveDate,
    /// Last day of its period.
    pub to: NaiveDate,
    /// The value.
    pub value: Option<f64>,
    /// The value of the period before.
    pub before: Option<f64>,
    /// What was aimed at, where the data say so.
    pub target: Option<f64>,
    /// The last periods, oldest first, this one included.
    pub trend: Vec<Point>,
    /// The position of the log at which it was asked.
    pub seq: u64,
}

impl Figure {
    /// Now less before, as it is written.
    pub fn change(&self) -> Option<f64> {
        Some(self.unit.rounded(self.value? - self.before?))
    }

    /// Whether the change is for the better; none without change or direction.
    pub fn is_better(&self) -> Option<bool> {
        let change = self.change().filter(|change| *change != 0.0)?;
        Some((change > 0.0) == (self.better? == Better::More))
    }

    /// Whether the target is met.
    pub fn is_met(&self) -> Option<bool> {
        let (value, target) = (self.unit.rounded(self.value?), self.unit.rounded(self.target?));
        Some(match self.better? {
            Better::More => value >= target,
            Better::Less => value <= target,
        })
    }

    /// The value with its unit, or a dash.
    pub fn shown(&self, lang: Lang) -> String {
        self.value.map_or_else(none, |value| self.unit.measure(value, lang))
    }
}

/// What stands for a value that is not known or withheld.
pub fn none() -> String {
    "–".to_owned()
}

/// A point of a trend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportPoint)]
pub struct Point {
    /// First day of its period.
    pub from: NaiveDate,
    /// The value, where it is known.
    pub value: Option<f64>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportTable)]
pub struct Table {
    /// Names it, such as `laporan.pendidikan.kecamatan`.
    pub metric: String,
    /// What it is.
    pub title: Text,
    /// What is counted, and what is not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<Text>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, a cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// Rows beyond those that are shown.
    pub left_out: u64,
    /// The position of the log at which it was asked.
    pub seq: u64,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ReportColumnKind)]
pub enum Kind {
    /// Names and words.
    Text,
    /// Sentences: wider than names.
    Sentence,
    /// Numbers.
    Number,
    /// Numbers that tell a change.
    Change,
    /// Days.
    Day,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportColumn)]
pub struct Column {
    /// Its name in the answer.
    pub key: String,
    /// Its heading.
    pub title: Text,
    /// What stands in it.
    pub kind: Kind,
    /// Unit of its numbers.
    pub unit: Unit,
}

/// A cell. Nothing is not known or withheld.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = ReportCell)]
pub enum Cell {
    /// A number.
    Number(f64),
    /// A day.
    Day(NaiveDate),
    /// A name that is the same in all languages.
    Name(String),
    /// Words.
    Words(Text),
    /// Nothing.
    Nothing,
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportQuestion)]
pub struct Question {
    /// The figure or table that it gave.
    pub metric: String,
    /// The statement; `as_of` the position, it gives the same rows again.
    pub sql: String,
    /// What its `$name`s stood for.
    pub params: BTreeMap<String, String>,
    /// The position of the log.
    pub seq: u64,
    /// Moments at which it was asked instead: what counts are rows of the last one whose `kunci` is in none of the first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub at: Vec<DateTime<Utc>>,
    /// Why there was no answer: a table that is not there yet, or not for this role.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failed: Option<String>,
}

/// A difference from the issue before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportChange)]
pub struct Change {
    /// The figure or table.
    pub metric: String,
    /// What it was; of a table the number of rows that are no more.
    pub old: Option<f64>,
    /// What it is; of a table the number of rows that are new or other.
    pub new: Option<f64>,
    /// The difference in words.
    pub sentence: Text,
}
