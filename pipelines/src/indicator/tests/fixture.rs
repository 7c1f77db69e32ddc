//! Indicators from YAML, rows by hand, and judged rows to look at.

use super::super::{Days, Indicator};
use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int32Array, StringArray},
    datatypes::{Date32Type, Float64Type, Int64Type},
    record_batch::RecordBatch,
};
use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use saphyr::{LoadableYamlNode, MarkedYaml, YamlData};
use std::{ops::RangeInclusive, sync::Arc};

/// A day of 2026 or of the years around.
pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// An indicator, or what is wrong with its header, with lines.
pub fn parse(yaml: &str) -> Result<Indicator, Vec<(usize, String)>> {
    let documents = MarkedYaml::load_from_str(yaml).unwrap();
    let YamlData::Mapping(map) = &documents[0].data else {
        panic!("no map")
    };
    let mut wrong = Vec::new();
    let found = Indicator::parse("contoh", "0123456789ab", map, 1, &mut wrong);
    match found {
        Some(found) if wrong.is_empty() => Ok(found),
        _ => Err(wrong),
    }
}

/// An indicator of the keys that are always needed, and these.
pub fn indicator(keys: &str) -> Indicator {
    parse(&format!("{COMMON}{keys}")).unwrap()
}

pub const COMMON: &str = "unit: sekolah\nunit_en: school\nfamily: absensi\nalerts: false\n";

/// Attendance of schools in five days a week.
pub const ATTENDANCE: &str = "grain: hari\ncalendar: hari_sekolah\ndirection: naik\ndetector: {method: attendance}\n\
                              floor: {excess: 10, excess_small: 5, small_below: 200}\n\
                              severity: {tinggi: {excess: 20}, kritis: {excess: 40}}\n\
                              masks: [ujian, banjir]\n";

/// A row of the SELECT.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub unit: String,
    pub day: NaiveDate,
    pub value: Option<f64>,
    pub population: Option<f64>,
    pub group: Option<String>,
    pub at: Option<(f64, f64)>,
    pub week: i32,
    pub masker: Option<String>,
    pub complete: Option<bool>,
}

pub fn row(unit: &str, day: NaiveDate, value: f64) -> Row {
    Row {
        unit: unit.to_owned(),
        day,
        value: Some(value),
        population: Some(300.0),
        group: None,
        at: None,
        week: 5,
        masker: None,
        complete: None,
    }
}

pub fn batch(rows: &[Row]) -> RecordBatch {
    let days = rows.iter().map(|row| Some(Date32Type::from_naive_date(row.day)));
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "unit",
            Arc::new(rows.iter().map(|row| Some(row.unit.as_str())).collect::<StringArray>()),
        ),
        ("tanggal", Arc::new(days.collect::<Date32Array>())),
        (
            "nilai",
            Arc::new(rows.iter().map(|row| row.value).collect::<Float64Array>()),
        ),
        (
            "penyebut",
            Arc::new(rows.iter().map(|row| row.population).collect::<Float64Array>()),
        ),
        (
            "nama",
            Arc::new(
                rows.iter()
                    .map(|row| Some(format!("SD {}", row.unit)))
                    .collect::<StringArray>(),
            ),
        ),
        (
            "grup",
            Arc::new(rows.iter().map(|row| row.group.clone()).collect::<StringArray>()),
        ),
        (
            "lintang",
            Arc::new(rows.iter().map(|row| row.at.map(|at| at.0)).collect::<Float64Array>()),
        ),
        (
            "bujur",
            Arc::new(rows.iter().map(|row| row.at.map(|at| at.1)).collect::<Float64Array>()),
        ),
        (
            "hari_sekolah",
            Arc::new(rows.iter().map(|row| Some(row.week)).collect::<Int32Array>()),
        ),
        (
            "masker",
            Arc::new(rows.iter().map(|row| row.masker.clone()).collect::<StringArray>()),
        ),
        (
            "lengkap",
            Arc::new(rows.iter().map(|row| row.complete).collect::<BooleanArray>()),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true))).unwrap()
}

/// A judged row.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    pub unit: String,
    pub day: NaiveDate,
    pub name: Option<String>,
    pub value: Option<f64>,
    pub expected: Option<f64>,
    pub bound: Option<f64>,
    pub score: Option<f64>,
    pub p: Option<f64>,
    pub flag: Option<bool>,
    pub rule: Option<bool>,
    pub severity: Option<String>,
    pub note: Option<String>,
    pub step: i64,
    pub method: String,
}

pub fn judged(batch: &RecordBatch) -> Vec<Judged> {
    let text = |name: &str, row: usize| {
        let column = batch.column_by_name(name).unwrap().as_string::<i32>();
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let number = |name: &str, row: usize| {
        let column = batch.column_by_name(name).unwrap().as_primitive::<Float64Type>();
        column.is_valid(row).then(|| column.value(row))
    };
    let flag = |name: &str, row: usize| {
        let column = batch.column_by_name(name).unwrap().as_boolean();
        column.is_valid(row).then(|| column.value(row))
    };
    let one = |row: usize| Judged {
        unit: text("unit", row).unwrap(),
        day: batch
            .column_by_name("tanggal")
            .unwrap()
            .as_primitive::<Date32Type>()
            .value_as_date(row)
            .unwrap(),
        name: text("nama", row),
        value: number("nilai", row),
        expected: number("harapan", row),
        bound: number("batas", row),
        score: number("skor", row),
        p: number("p", row),
        flag: flag("tanda", row),
        rule: flag("aturan", row),
        severity: text("keparahan", row),
        note: text("keterangan", row),
        step: batch
            .column_by_name("langkah")
            .unwrap()
            .as_primitive::<Int64Type>()
            .value(row),
        method: text("metode", row).unwrap(),
    };
    (0..batch.num_rows()).map(one).collect()
}

pub fn judge(indicator: &Indicator, rows: &[Row], days: &Days, chunk: &RangeInclusive<NaiveDate>) -> Vec<Judged> {
    judged(&indicator.judge(&[batch(rows)], days, chunk).unwrap())
}

/// The point of a unit on a day.
pub fn at<'a>(judged: &'a [Judged], unit: &str, day: NaiveDate) -> &'a Judged {
    judged.iter().find(|row| row.unit == unit && row.day == day).unwrap()
}

/// Days from Monday to Friday, from the first to the last.
pub fn weekdays(from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    let weekend = [Weekday::Sat, Weekday::Sun];
    from.iter_days()
        .take_while(|day| *day <= to)
        .filter(|day| !weekend.contains(&day.weekday()))
        .collect()
}

/// Saturdays from the first week to the last.
pub fn saturdays(from: NaiveDate, count: i64) -> Vec<NaiveDate> {
    let first = from + TimeDelta::days(6 - i64::from(from.weekday().num_days_from_sunday()));
    (0..count).map(|week| first + TimeDelta::days(7 * week)).collect()
}

/// A small wave, the same on every run.
pub fn wave(unit: usize, at: usize) -> f64 {
    ((unit * 7 + at * 13) % 5) as f64 - 2.0
}
