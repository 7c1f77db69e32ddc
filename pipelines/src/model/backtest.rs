//! What an indicator would have said on days of the past, from what the hub knew then: late reports were not there yet,
//! corrections not made. Nothing is written.

use super::{
    judged::{self, Chunk},
    refresh::Refresh,
};
use crate::indicator::{Days, Indicator};
use arrow::{
    array::{Array, AsArray, RecordBatch},
    compute::cast,
    datatypes::{DataType, Float64Type},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use smartcenter_warehouse::{
    Result,
    query::{AsOf, Reader},
};
use std::{collections::BTreeMap, sync::Arc};

/// One point, as it was judged then and as it is judged now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Replayed {
    /// Day of the point; of a week or month its last.
    pub day: NaiveDate,
    /// Which series.
    pub unit: String,
    /// What was known on the day.
    pub then: Option<Judgement>,
    /// What is known now.
    pub now: Option<Judgement>,
}

/// What is said of a point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Judgement {
    /// What was counted; none where the report is missing.
    pub value: Option<f64>,
    /// Whether it is unusual; none without a verdict.
    pub flag: Option<bool>,
    /// Whether the fixed rule holds.
    pub rule: Option<bool>,
}

impl Replayed {
    /// Flagged by statistics or by the rule, then and now.
    pub fn flagged(&self) -> (bool, bool) {
        let is =
            |judgement: &Option<Judgement>| judgement.is_some_and(|it| it.flag == Some(true) || it.rule == Some(true));
        (is(&self.then), is(&self.now))
    }
}

impl Refresh<'_> {
    /// Judges `day` from what was visible at `at`, beside what `cut` knows of it. Points in the order of their units;
    /// empty where nothing was known of the day, then or now.
    pub(super) async fn replay(
        &self,
        indicator: &Arc<Indicator>,
        cut: &Reader,
        days: &Arc<Days>,
        day: NaiveDate,
        at: DateTime<Utc>,
    ) -> Result<Vec<Replayed>> {
        let only = day..=day;
        let mut points: BTreeMap<String, Replayed> = BTreeMap::new();
        let past = cut.past(AsOf::Time(at));
        let chunk = indicator.chunk_of(day);
        let span: Chunk = indicator.past_of(&chunk)..=day;
        let rows = self.between(&past, &span).await?;
        if rows.iter().any(|batch| batch.num_rows() > 0) {
            let judged = judged::judge(indicator.clone(), Arc::new(rows), days.clone(), chunk).await?;
            note(&judged::cropped(&judged, &only)?, day, &mut points, |point| {
                &mut point.then
            })?;
        }
        for held in self.held_between(cut, &only).await? {
            note(&held, day, &mut points, |point| &mut point.now)?;
        }
        Ok(points.into_values().collect())
    }
}

fn note(
    rows: &RecordBatch,
    day: NaiveDate,
    points: &mut BTreeMap<String, Replayed>,
    which: fn(&mut Replayed) -> &mut Option<Judgement>,
) -> Result<()> {
    let column = |name: &str, ty: DataType| -> Result<_> {
        Ok(match rows.column_by_name(name) {
            Some(column) => cast(column, &ty)?,
            None => arrow::array::new_null_array(&ty, rows.num_rows()),
        })
    };
    let (units, values) = (column("unit", DataType::Utf8)?, column("nilai", DataType::Float64)?);
    let (flags, rules) = (
        column("tanda", DataType::Boolean)?,
        column("aturan", DataType::Boolean)?,
    );
    let (units, values) = (units.as_string::<i32>(), values.as_primitive::<Float64Type>());
    let (flags, rules) = (flags.as_boolean(), rules.as_boolean());
    for row in 0..rows.num_rows() {
        let unit = units.value(row).to_owned();
        let point = points.entry(unit.clone()).or_insert(Replayed {
            day,
            unit,
            then: None,
            now: None,
        });
        *which(point) = Some(Judgement {
            value: values.is_valid(row).then(|| values.value(row)),
            flag: flags.is_valid(row).then(|| flags.value(row)),
            rule: rules.is_valid(row).then(|| rules.value(row)),
        });
    }
    Ok(())
}
