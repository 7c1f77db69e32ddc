//! The complete panel: every unit on every day that is due, whether there is a row or not. A missing report is no zero, a
//! closed day is no day, and what is masked has no value.

use super::{
    Indicator,
    columns::is_text,
    days::{Days, HOLIDAY, words},
    given::{Given, number, text},
    header::{Calendar, Grain},
    periods,
};
use arrow::array::Array;
use chrono::NaiveDate;
use polars::prelude::*;
use smartcenter_warehouse::{Error, Result};
use std::ops::RangeInclusive;

/// A series.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    /// Its points in order of days, those before the chunk first.
    pub points: Vec<Point>,
    /// Position of the first point of the chunk.
    pub chunk: usize,
}

/// A point of a series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub day: NaiveDate,
    /// Its number among the points that are due; of a row on a closed day, that of the last one.
    pub step: i64,
    /// The row, if there is one.
    pub row: Option<u32>,
    /// The row itself or the last one before: what the unit is.
    pub like: u32,
    pub state: State,
    /// What was reported; NaN unless the point is an ordinary one.
    pub value: f64,
    /// Denominator; NaN if there is none.
    pub population: f64,
}

/// Whether a point is judged and in baselines, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Ordinary,
    /// There should be a report.
    Missing,
    /// A row on a day that is not due.
    Closed,
    /// The same on a public holiday.
    Holiday,
    /// By the mask of this position.
    Masked(usize),
    /// The period is not over, or not all of it is in.
    Incomplete,
    /// A value that cannot be.
    Impossible(&'static str),
}

/// Days are counted from here.
const EPOCH: NaiveDate = match NaiveDate::from_ymd_opt(2000, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The panel of `given`: units in order of their names.
///
/// # Errors
/// `Invalid` for two rows of a unit on one day, or a day that is not the last of its week or month.
pub(super) fn units(
    indicator: &Indicator,
    given: &Given,
    days: &Days,
    chunk: &RangeInclusive<NaiveDate>,
) -> Result<Vec<Unit>> {
    let newest = given.day.iter().flatten().max();
    let Some(newest) = newest.and_then(arrow::datatypes::Date32Type::to_naive_date_opt) else {
        return Ok(Vec::new());
    };
    periods::check(indicator.grain, given)?;
    let frame = complete(indicator, given, days, indicator.past_of(chunk)..=newest)
        .map_err(|error| Error::internal("the panel of an indicator", error))?;
    walk(indicator, given, days, &frame, *chunk.start())
}

/// One row for each unit and day from its first row on, due or not.
fn complete(
    indicator: &Indicator,
    given: &Given,
    days: &Days,
    span: RangeInclusive<NaiveDate>,
) -> PolarsResult<DataFrame> {
    let rows = DataFrame::new_infer_height(vec![
        Column::new("unit".into(), given.unit.iter().flatten().collect::<Vec<&str>>()),
        dates("tanggal", given.day.values().to_vec())?,
        Column::new("baris".into(), (0..given.unit.len() as u32).collect::<Vec<u32>>()),
    ])?
    .lazy();
    let units = rows
        .clone()
        .group_by([col("unit")])
        .agg([col("tanggal").min().alias("awal")])
        .sort(["unit"], SortMultipleOptions::default())
        .with_row_index("seri", None);
    let rows = rows
        .join(
            units.clone(),
            [col("unit")],
            [col("unit")],
            JoinArgs::new(JoinType::Inner),
        )
        .select([col("seri"), col("tanggal"), col("baris")]);
    // Every unit with every day: a join on what all have.
    let all = || lit(0).alias("semua");
    let panel = units
        .select([col("seri"), col("awal"), all()])
        .join(
            calendar(indicator, days, &span)?.with_column(all()),
            [col("semua")],
            [col("semua")],
            JoinArgs::new(JoinType::Inner),
        )
        .filter(col("tanggal").gt_eq(col("awal")))
        .join(
            rows,
            [col("seri"), col("tanggal")],
            [col("seri"), col("tanggal")],
            JoinArgs::new(JoinType::Left),
        );
    panel
        .sort(["seri", "tanggal", "baris"], SortMultipleOptions::default())
        .collect()
}

/// The days of `span` that can have a point: whether they are due to schools of five and of six days, their numbers by
/// either, and the mask that holds.
fn calendar(indicator: &Indicator, days: &Days, span: &RangeInclusive<NaiveDate>) -> PolarsResult<LazyFrame> {
    let points: Vec<NaiveDate> = match indicator.grain {
        // Numbers count all days from the beginning, so that they are the same in every chunk.
        Grain::Hari => {
            let from = EPOCH.min(*span.start());
            from.iter_days().take_while(|day| day <= span.end()).collect()
        }
        grain => periods::ends(grain, span),
    };
    let due = |six: bool| -> Vec<u32> {
        let due = |day: &NaiveDate| days.is_due(indicator.calendar, six, *day);
        points.iter().map(|day| u32::from(due(day))).collect()
    };
    let steps = |due: &str, first: i64| col(due).cast(DataType::Int64).cum_sum(false) + lit(first - 1);
    let first = points.first().map_or(0, |day| periods::number(indicator.grain, *day));
    let mut masks = Vec::new();
    for day in points.iter().filter(|day| span.contains(day)) {
        if let Some(mask) = periods::mask(indicator, days, *day) {
            masks.push((*day, mask as u32));
        }
    }
    let masked = DataFrame::new_infer_height(vec![
        dates("tanggal", masks.iter().map(|(day, _)| number_of(*day)).collect())?,
        Column::new(
            "topeng".into(),
            masks.iter().map(|(_, mask)| *mask).collect::<Vec<u32>>(),
        ),
    ])?;
    let (five, six) = match (indicator.grain, indicator.calendar) {
        (Grain::Hari, Calendar::HariSekolah) => (due(false), due(true)),
        (Grain::Hari, _) => (due(false), due(false)),
        _ => (vec![1; points.len()], vec![1; points.len()]),
    };
    let all = DataFrame::new_infer_height(vec![
        dates("tanggal", points.iter().map(|day| number_of(*day)).collect())?,
        Column::new("wajib_5".into(), five),
        Column::new("wajib_6".into(), six),
    ])?;
    Ok(all
        .lazy()
        .with_columns([
            steps("wajib_5", first).alias("langkah_5"),
            steps("wajib_6", first).alias("langkah_6"),
        ])
        .filter(col("tanggal").gt_eq(lit(number_of(*span.start())).cast(DataType::Date)))
        .join(
            masked.lazy(),
            [col("tanggal")],
            [col("tanggal")],
            JoinArgs::new(JoinType::Left),
        ))
}

fn dates(name: &str, days: Vec<i32>) -> PolarsResult<Column> {
    Column::new(name.into(), days).cast(&DataType::Date)
}

fn number_of(day: NaiveDate) -> i32 {
    arrow::datatypes::Date32Type::from_naive_date(day)
}

/// Makes units of the frame's rows: what is not due and has no row is no point.
fn walk(indicator: &Indicator, given: &Given, days: &Days, frame: &DataFrame, chunk: NaiveDate) -> Result<Vec<Unit>> {
    let lost = |error: PolarsError| Error::internal("the panel of an indicator", error);
    let column = |name: &str, kind: DataType| frame.column(name).and_then(|column| column.cast(&kind)).map_err(lost);
    let whole = |name: &str| column(name, DataType::Int64);
    let (series, day) = (whole("seri")?, column("tanggal", DataType::Int32)?);
    let (due_5, due_6) = (whole("wajib_5")?, whole("wajib_6")?);
    let (step_5, step_6) = (whole("langkah_5")?, whole("langkah_6")?);
    let (mask, row) = (column("topeng", DataType::UInt32)?, column("baris", DataType::UInt32)?);
    let (series, day) = (series.i64().map_err(lost)?, day.i32().map_err(lost)?);
    let five = (due_5.i64().map_err(lost)?, step_5.i64().map_err(lost)?);
    let six = (due_6.i64().map_err(lost)?, step_6.i64().map_err(lost)?);
    let (mask, row) = (mask.u32().map_err(lost)?, row.u32().map_err(lost)?);
    let schools = indicator.grain == Grain::Hari && indicator.calendar == Calendar::HariSekolah;
    let reading = Reading::of(indicator, given);
    let mut units: Vec<Unit> = Vec::new();
    let (mut before, mut like, mut is_six) = (None, 0, false);
    let columns = series.iter().zip(day.iter()).zip(five.0.iter().zip(five.1.iter()));
    let columns = columns
        .zip(six.0.iter().zip(six.1.iter()))
        .zip(mask.iter().zip(row.iter()));
    for ((((series, day), five), six), (mask, row)) in columns {
        let day = day
            .and_then(arrow::datatypes::Date32Type::to_naive_date_opt)
            .unwrap_or_default();
        if before.map(|(series, _)| series) != Some(series) {
            units.push(Unit {
                points: Vec::new(),
                chunk: 0,
            });
            is_six = false;
        } else if before == Some((series, day)) {
            let unit = given.unit.value(row.unwrap_or_default() as usize);
            return Err(Error::invalid(format!(
                "the SELECT gives two rows of unit {unit} on {day}: group them by unit and tanggal"
            )));
        }
        before = Some((series, day));
        if let Some(row) = row {
            like = row;
            if let Some(week) = given.week.as_ref().filter(|week| week.is_valid(row as usize)) {
                is_six = week.value(row as usize) == 6;
            }
        }
        let (due, step) = if schools && is_six { six } else { five };
        let is_due = due == Some(1);
        let Some(unit) = units.last_mut().filter(|_| is_due || row.is_some()) else {
            continue;
        };
        let mut point = Point {
            day,
            step: step.unwrap_or_default(),
            row,
            like,
            state: State::Ordinary,
            value: f64::NAN,
            population: row.map_or(f64::NAN, |row| number(given.population.as_ref(), row as usize)),
        };
        if !is_due {
            let is_holiday = days.is_masked(HOLIDAY, day);
            point.state = if is_holiday { State::Holiday } else { State::Closed };
        } else if let Some(mask) = mask {
            point.state = State::Masked(mask as usize);
        } else {
            reading.read(&mut point);
        }
        if day < chunk {
            unit.chunk = unit.points.len() + 1;
        }
        unit.points.push(point);
    }
    Ok(units)
}

/// How a row of an ordinary day is read.
struct Reading<'a> {
    indicator: &'a Indicator,
    given: &'a Given,
}

impl<'a> Reading<'a> {
    fn of(indicator: &'a Indicator, given: &'a Given) -> Self {
        Self { indicator, given }
    }

    /// Fills in value and state.
    fn read(&self, point: &mut Point) {
        let Some(row) = point.row.map(|row| row as usize) else {
            point.state = State::Missing;
            return;
        };
        let mut reasons = words(text(self.given.masker.as_ref(), row).unwrap_or_default());
        let masks = &self.indicator.masks;
        if let Some(mask) = reasons.find_map(|reason| masks.iter().position(|mask| mask == reason)) {
            point.state = State::Masked(mask);
            return;
        }
        let value = number(Some(&self.given.value), row);
        let complete = self.given.complete.as_ref();
        point.state = if value.is_nan() {
            State::Missing
        } else if complete.is_some_and(|complete| complete.is_valid(row) && !complete.value(row)) {
            State::Incomplete
        } else {
            self.possible(value, point.population)
        };
        if point.state == State::Ordinary {
            point.value = value;
        }
    }

    fn possible(&self, value: f64, population: f64) -> State {
        let detector = &self.indicator.detector;
        if detector.counts() && value < 0.0 {
            State::Impossible("nilai negatif")
        } else if detector.needs_population() && (population.is_nan() || population <= 0.0) {
            State::Impossible("penyebut kosong")
        } else if detector.is_share() && value > population {
            State::Impossible("nilai melebihi penyebut")
        } else {
            State::Ordinary
        }
    }
}

/// Whether a column says what a unit is, so that a point without a row has that of the row before: the shared ones, the
/// school week, and further texts.
pub(super) fn is_attribute(field: &arrow::datatypes::Field) -> bool {
    use super::columns::{LATITUDE, LONGITUDE, MASKER, UNIT, WEEK};
    match field.name().as_str() {
        LATITUDE | LONGITUDE | WEEK | UNIT => true,
        MASKER => false,
        _ => is_text(field.data_type()),
    }
}
