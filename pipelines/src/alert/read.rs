//! Flags of an indicator, and how often it looked, from the rows of its table.

use super::{Flag, Place, Series, Severity, Watched};
use crate::model::rows;
use arrow::{
    array::{
        Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, new_null_array,
    },
    compute::{cast, concat_batches},
    datatypes::{DataType, Date32Type, Float64Type, Int64Type},
    record_batch::RecordBatch,
};
use chrono::NaiveDate;
use smartcenter_warehouse::{Result, query::Reader};
use std::{collections::BTreeMap, sync::Arc};

/// What an indicator found.
#[derive(Debug)]
pub(super) struct Read {
    pub watched: Arc<Watched>,
    /// Its flagged rows, all columns.
    pub rows: RecordBatch,
    pub flags: Vec<Flag>,
    /// Row of each flagged day of a unit.
    at: BTreeMap<(String, NaiveDate), usize>,
    /// Name and place of each flagged unit, as of its last flag.
    pub units: BTreeMap<String, Unit>,
    /// Points with a probability, by day.
    pub tested: BTreeMap<NaiveDate, usize>,
    /// The newest day that has a verdict.
    pub newest: Option<NaiveDate>,
}

/// A unit of an indicator.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unit {
    pub name: Option<String>,
    pub region: Option<String>,
    /// None where nothing is known of it.
    pub place: Option<Place>,
}

impl Read {
    /// Reads what `watched` found in the cut. Costs one pass over the columns of verdicts, and the flagged rows.
    pub async fn of(watched: &Arc<Watched>, cut: &Reader) -> Result<Self> {
        let table = watched.table();
        let flagged = match watched.rule {
            Some(_) => "tanda OR aturan",
            None => "tanda",
        };
        let sql = format!("SELECT * FROM mart.{table} WHERE ({flagged}) AND nilai IS NOT NULL ORDER BY tanggal, unit");
        let plan = cut.plan(&sql).await?;
        let schema = Arc::new(plan.schema().as_arrow().clone());
        let batches = rows(cut, plan).await?;
        let schema = batches.first().map_or(schema, RecordBatch::schema);
        let rows_found = concat_batches(&schema, &batches)?;
        let sql = format!(
            "SELECT tanggal, count(p) AS diuji FROM mart.{table} \
             WHERE tanda IS NOT NULL OR aturan IS NOT NULL GROUP BY tanggal ORDER BY tanggal"
        );
        let judged = rows(cut, cut.plan(&sql).await?).await?;
        let mut read = Self {
            watched: watched.clone(),
            rows: rows_found,
            flags: Vec::new(),
            at: BTreeMap::new(),
            units: BTreeMap::new(),
            tested: BTreeMap::new(),
            newest: None,
        };
        read.find_flags()?;
        for batch in &judged {
            let (days, counts) = (dates(batch, "tanggal")?, integers(batch, "diuji")?);
            for row in 0..batch.num_rows() {
                let Some(day) = date(&days, row) else { continue };
                read.newest = read.newest.max(Some(day));
                let count = usize::try_from(counts.value(row)).unwrap_or(0);
                if watched.tests && count > 0 {
                    read.tested.insert(day, count);
                }
            }
        }
        Ok(read)
    }

    fn find_flags(&mut self) -> Result<()> {
        let rows = &self.rows;
        let (days, units) = (dates(rows, "tanggal")?, texts(rows, "unit")?);
        let (names, regions, catchments) = (texts(rows, "nama")?, texts(rows, "wilayah")?, texts(rows, "puskesmas")?);
        let (latitudes, longitudes) = (doubles(rows, "lintang")?, doubles(rows, "bujur")?);
        let (values, expected, upper) = (
            doubles(rows, "nilai")?,
            doubles(rows, "harapan")?,
            doubles(rows, "batas")?,
        );
        let (p, steps, severities) = (
            doubles(rows, "p")?,
            integers(rows, "langkah")?,
            texts(rows, "keparahan")?,
        );
        let (alarms, rules) = (truths(rows, "tanda")?, truths(rows, "aturan")?);
        for row in 0..rows.num_rows() {
            let (Some(day), Some(unit), Some(observed)) = (date(&days, row), text(&units, row), double(&values, row))
            else {
                continue;
            };
            let flag = Flag {
                series: Series {
                    indicator: self.watched.slug.clone(),
                    unit: unit.clone(),
                },
                family: self.watched.family.clone(),
                day,
                step: match steps.is_null(row) {
                    true => i64::from(days.value(row)),
                    false => steps.value(row),
                },
                observed,
                expected: double(&expected, row),
                upper: double(&upper, row),
                p: double(&p, row),
                severity: text(&severities, row)
                    .and_then(|word| word.parse().ok())
                    .unwrap_or(Severity::Sedang),
                is_rule: false,
            };
            if truth(&rules, row) && self.watched.rule.is_some() {
                self.flags.push(Flag {
                    p: None,
                    is_rule: true,
                    ..flag.clone()
                });
            }
            if truth(&alarms, row) {
                self.flags.push(flag);
            }
            let (region, catchment) = (text(&regions, row), text(&catchments, row));
            let at = double(&latitudes, row).zip(double(&longitudes, row));
            let is_placed = region.is_some() || catchment.is_some() || at.is_some();
            let place = is_placed.then(|| Place {
                region: region.clone().unwrap_or_default(),
                catchment,
                at,
            });
            let name = text(&names, row);
            // Rows are in order of days.
            self.units.insert(unit.clone(), Unit { name, region, place });
            self.at.insert((unit, day), row);
        }
        Ok(())
    }

    /// The row of a flag.
    pub fn row(&self, flag: &Flag) -> Option<usize> {
        self.at.get(&(flag.series.unit.clone(), flag.day)).copied()
    }

    /// The text of a further column of a flagged row.
    pub fn text_at(&self, flag: &Flag, column: &str) -> Option<String> {
        text(&texts(&self.rows, column).ok()?, self.row(flag)?)
    }
}

/// A column in a type; all null where there is none.
fn column(rows: &RecordBatch, name: &str, ty: &DataType) -> Result<ArrayRef> {
    Ok(match rows.column_by_name(name) {
        Some(column) => cast(column, ty)?,
        None => new_null_array(ty, rows.num_rows()),
    })
}

pub(super) fn texts(rows: &RecordBatch, name: &str) -> Result<StringArray> {
    Ok(column(rows, name, &DataType::Utf8)?.as_string::<i32>().clone())
}

pub(super) fn doubles(rows: &RecordBatch, name: &str) -> Result<Float64Array> {
    Ok(column(rows, name, &DataType::Float64)?
        .as_primitive::<Float64Type>()
        .clone())
}

pub(super) fn dates(rows: &RecordBatch, name: &str) -> Result<Date32Array> {
    Ok(column(rows, name, &DataType::Date32)?
        .as_primitive::<Date32Type>()
        .clone())
}

fn integers(rows: &RecordBatch, name: &str) -> Result<Int64Array> {
    Ok(column(rows, name, &DataType::Int64)?
        .as_primitive::<Int64Type>()
        .clone())
}

fn truths(rows: &RecordBatch, name: &str) -> Result<BooleanArray> {
    Ok(column(rows, name, &DataType::Boolean)?.as_boolean().clone())
}

pub(super) fn text(column: &StringArray, row: usize) -> Option<String> {
    (!column.is_null(row)).then(|| column.value(row).to_owned())
}

/// Not of numbers that are none.
pub(super) fn double(column: &Float64Array, row: usize) -> Option<f64> {
    (!column.is_null(row))
        .then(|| column.value(row))
        .filter(|value| value.is_finite())
}

pub(super) fn date(column: &Date32Array, row: usize) -> Option<NaiveDate> {
    match column.is_null(row) {
        true => None,
        false => column.value_as_date(row),
    }
}

fn truth(column: &BooleanArray, row: usize) -> bool {
    !column.is_null(row) && column.value(row)
}
