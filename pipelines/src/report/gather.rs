//! From answers to a briefing. Who asks is the caller's: under the rules of that identity each question is answered or not.

use super::{
    days::{Days, before, end},
    form::{Cell, Column, Figure, Grain, Point, Question, Report, Section, Table},
    questions::{ColumnAsked, FigureAsked, KEY_FIGURES, Read, SECTIONS, SectionAsked, TableAsked, When},
    sentences,
    week::Week,
    words::Text,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};
use smartcenter_warehouse::{Kind as Fault, Result};
use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

/// A row of an answer, by column; a null column may be missing.
pub type Row = Map<String, Value>;
/// What the `$name`s of a question stand for.
pub type Params = BTreeMap<String, String>;

/// Somebody who can be asked: a session of an identity on one cut of the lake.
pub trait Ask: Sync {
    /// The position of the log that all answers are of.
    fn seq(&self) -> u64;
    /// The rows of a reading statement, as of the position or of an earlier moment. `params` are those that it names.
    ///
    /// # Errors
    /// `Invalid`, `NotFound` or `Forbidden` for a table that is not there, or not for this identity.
    fn ask(
        &self,
        sql: &str,
        params: Params,
        at: Option<DateTime<Utc>>,
    ) -> impl Future<Output = Result<Vec<Row>>> + Send;
}

/// How long the periods of an indicator are: `hari`, `minggu` or `bulan`.
pub type Grains = BTreeMap<String, String>;

/// Asks everything about `week`. The report is the first version; what became of it is the archive's to say.
///
/// # Errors
/// What keeps the hub from answering at all. A single table that is not there leaves its figures empty.
pub async fn gather(ask: &impl Ask, week: Week, now: DateTime<Utc>, grains: &Grains) -> Result<Report> {
    let days = Days::of(week, now);
    let ended = ended(grains);
    let mut asked = Asked {
        ask,
        days: &days,
        ended: &ended,
        questions: Vec::new(),
    };
    let mut sections = Vec::new();
    for section in SECTIONS {
        sections.push(asked.section(section).await?);
    }
    let questions = asked.questions;
    let mut report = Report {
        week,
        from: week.first(),
        to: week.last(),
        version: 1,
        made_at: now,
        in_progress: !week.is_over(now),
        seq: ask.seq(),
        changes: Vec::new(),
        headline: Vec::new(),
        key_figures: KEY_FIGURES.iter().map(|metric| (*metric).to_owned()).collect(),
        sections,
        questions,
    };
    report.headline = sentences::headline(&report);
    Ok(report)
}

/// SQL: the day on which the first flagged period of an alert ended.
fn ended(grains: &Grains) -> String {
    let of = |grain: &str| {
        // Slugs only: they stand in the statement.
        let is_slug = |slug: &str| slug.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let slugs = grains.iter().filter(|(slug, own)| *own == grain && is_slug(slug));
        slugs
            .map(|(slug, _)| format!("'{slug}'"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut arms = String::new();
    for (slugs, end) in [
        (of("minggu"), "mulai + INTERVAL '6 days'"),
        (of("bulan"), "mulai + INTERVAL '1 month' - INTERVAL '1 day'"),
    ] {
        if !slugs.is_empty() {
            arms.push_str(&format!(" WHEN indikator IN ({slugs}) THEN CAST({end} AS DATE)"));
        }
    }
    match arms.is_empty() {
        true => "mulai".to_owned(),
        false => format!("(CASE{arms} ELSE mulai END)"),
    }
}

struct Asked<'a, A> {
    ask: &'a A,
    days: &'a Days,
    ended: &'a str,
    questions: Vec<Question>,
}

impl<A: Ask> Asked<'_, A> {
    async fn section(&mut self, asked: &SectionAsked) -> Result<Section> {
        let mut figures = Vec::new();
        for one in asked.figures {
            let rows = self.rows(one.metric, one.sql, one.asked).await?;
            let rows = rows.map(|rows| {
                if one.asked == When::Within {
                    self.counted(rows.len())
                } else {
                    rows
                }
            });
            figures.push(figure(one, rows.as_deref(), self.days, self.ask.seq()));
        }
        let mut tables = Vec::new();
        for one in asked.tables {
            let rows = self.rows(one.metric, one.sql, one.asked).await?;
            tables.push(table(one, &rows.unwrap_or_default(), self.ask.seq()));
        }
        let sentences = figures.iter().map(sentences::figure).collect();
        Ok(Section {
            id: asked.id.to_owned(),
            title: asked.title.into(),
            note: asked.note.into(),
            sentences,
            figures,
            tables,
        })
    }

    /// A number of the week as the row of a figure.
    fn counted(&self, count: usize) -> Vec<Row> {
        let day = self.days.week.first().to_string();
        vec![Row::from_iter([
            ("periode".to_owned(), day.into()),
            ("nilai".to_owned(), count.into()),
        ])]
    }

    /// The rows; none where there is no such table for who asks.
    async fn rows(&mut self, metric: &str, sql: &str, when: When) -> Result<Option<Vec<Row>>> {
        let sql = sql.replace("{hari}", self.ended);
        let params = self.days.params(&sql);
        let (begin, end) = self.days.ends;
        let (asked, at) = match when {
            When::Then => (self.ask.ask(&sql, params.clone(), None).await, Vec::new()),
            When::Within => (
                self.within(&sql, &params, (begin, end)).await,
                [Some(begin), end].into_iter().flatten().collect(),
            ),
        };
        let (rows, failed) = match asked {
            Ok(rows) => (Some(rows), None),
            Err(error) if matches!(error.kind(), Fault::Invalid | Fault::NotFound | Fault::Forbidden) => {
                (None, Some(error.message().to_owned()))
            }
            Err(error) => return Err(error),
        };
        self.questions.push(Question {
            metric: metric.to_owned(),
            sql,
            params,
            seq: self.ask.seq(),
            at,
            failed,
        });
        Ok(rows)
    }

    /// What was there at the end of the week and not at its beginning.
    async fn within(
        &self,
        sql: &str,
        params: &Params,
        (begin, end): (DateTime<Utc>, Option<DateTime<Utc>>),
    ) -> Result<Vec<Row>> {
        let mut rows = self.ask.ask(sql, params.clone(), end).await?;
        let earlier = self.ask.ask(sql, params.clone(), Some(begin)).await?;
        let known: BTreeSet<&str> = earlier.iter().filter_map(|row| row.get("kunci")?.as_str()).collect();
        rows.retain(|row| {
            row.get("kunci")
                .and_then(Value::as_str)
                .is_none_or(|key| !known.contains(key))
        });
        Ok(rows)
    }
}

fn figure(asked: &FigureAsked, rows: Option<&[Row]>, days: &Days, seq: u64) -> Figure {
    let points: Vec<(Point, Option<f64>)> = rows
        .unwrap_or_default()
        .iter()
        .filter_map(|row| {
            let from = row.get("periode").and_then(date)?;
            let value = row.get("nilai").and_then(number);
            Some((Point { from, value }, row.get("sasaran").and_then(number)))
        })
        .collect();
    let (mut from, mut to) = days.period(asked.grain);
    if asked.grain == Grain::Triwulan
        && let Some((last, _)) = points.last()
    {
        (from, to) = (last.from, end(last.from, asked.grain));
    }
    let zero = rows.filter(|_| asked.counts).map(|_| 0.0);
    let at = |day: NaiveDate| points.iter().find(|(point, _)| point.from == day);
    let value_at = |day: NaiveDate| at(day).map_or(zero, |(point, _)| point.value);
    // Of a count without a history nothing is known of the week before.
    let has_history = points.iter().any(|(point, _)| point.from < from);
    let earlier = before(from, asked.grain).filter(|_| has_history || !asked.counts);
    Figure {
        metric: asked.metric.to_owned(),
        title: asked.title.into(),
        note: asked.note.map(Text::from),
        unit: asked.unit,
        better: asked.better,
        grain: asked.grain,
        from,
        to,
        value: value_at(from),
        before: earlier.and_then(value_at),
        target: at(from).and_then(|(_, target)| *target),
        trend: trend(points.iter().map(|(point, _)| point), from, zero, asked.grain),
        seq,
    }
}

/// The points up to `last` without a gap: a period without a row is there without a value, or with `zero`.
fn trend<'a>(points: impl Iterator<Item = &'a Point>, last: NaiveDate, zero: Option<f64>, grain: Grain) -> Vec<Point> {
    const MOST: usize = 13;
    let known: BTreeMap<NaiveDate, Option<f64>> = points.map(|point| (point.from, point.value)).collect();
    let Some(first) = known.keys().next().copied() else {
        return Vec::new();
    };
    let mut days = vec![last];
    while let Some(day) = days.last().and_then(|day| before(*day, grain)) {
        if day < first || days.len() >= MOST {
            break;
        }
        days.push(day);
    }
    let value = |day: &NaiveDate| known.get(day).copied().unwrap_or(zero);
    let point = |day: NaiveDate| Point {
        from: day,
        value: value(&day),
    };
    days.into_iter().rev().map(point).collect()
}

fn table(asked: &TableAsked, rows: &[Row], seq: u64) -> Table {
    let cells = |row: &Row| asked.columns.iter().map(|column| cell(column, row)).collect();
    Table {
        metric: asked.metric.to_owned(),
        title: asked.title.into(),
        note: asked.note.map(Text::from),
        columns: asked
            .columns
            .iter()
            .map(|column| Column {
                key: column.key.to_owned(),
                title: column.title.into(),
                kind: column.kind,
                unit: column.unit,
            })
            .collect(),
        rows: rows.iter().take(asked.most).map(cells).collect(),
        left_out: rows.len().saturating_sub(asked.most) as u64,
        seq,
    }
}

fn cell(column: &ColumnAsked, row: &Row) -> Cell {
    use super::form::Kind;
    let value = row.get(column.key).filter(|value| !value.is_null());
    let Some(value) = value else {
        return Cell::Nothing;
    };
    let text = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match (column.kind, column.read) {
        (Kind::Number | Kind::Change, _) => number(value).map_or(Cell::Nothing, Cell::Number),
        (Kind::Day, _) => date(value).map_or(Cell::Nothing, Cell::Day),
        (_, Read::Plain) => Cell::Name(text()),
        (_, Read::Codes(words)) => {
            let code = text();
            let known = words.iter().find(|(own, _)| *own == code);
            known.map_or_else(
                || Cell::Name(code.replace('_', " ")),
                |(_, both)| Cell::Words((*both).into()),
            )
        }
        (_, Read::Pair) => {
            let english = row.get(&format!("{}_en", column.key)).and_then(Value::as_str);
            let indonesian = text();
            let english = english.map_or_else(|| indonesian.clone(), str::to_owned);
            Cell::Words(Text::of(indonesian, english))
        }
        (_, Read::Json) => {
            let read: Value = serde_json::from_str(&text()).unwrap_or_default();
            let say = |lang: &str| read["kalimat"][lang].as_str().map(str::to_owned);
            match (say("id"), say("en")) {
                (Some(id), en) => Cell::Words(Text::of(id.clone(), en.unwrap_or(id))),
                (None, _) => Cell::Nothing,
            }
        }
    }
}

/// A number, also where the answer writes it as a text (decimals).
fn number(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.parse().ok())?;
    number.is_finite().then_some(number + 0.0)
}

fn date(value: &Value) -> Option<NaiveDate> {
    value.as_str()?.get(..10)?.parse().ok()
}
