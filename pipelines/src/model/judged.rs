//! Models whose rows are judged: indicators. They are worked out in stretches of days, the judge's chunks, each from the
//! rows of a fixed time before it: what a chunk gives depends on those rows alone, so that it is the same whenever, and
//! after whatever other chunks, it is worked out.

use super::{
    changes::{self, Scope},
    delta::Delta,
    file::{CALENDAR, ModelFile},
    outbox::Outbox,
    plan::PlannedModel,
    refresh::{Refresh, lit_days},
};
use crate::indicator::{Days, Indicator};
use arrow::{array::AsArray, compute::filter_record_batch, datatypes::Date32Type, record_batch::RecordBatch};
use chrono::NaiveDate;
use datafusion::{common::ScalarValue, logical_expr::LogicalPlan};
use smartcenter_warehouse::{Error, Result, query::Reader};
use std::{collections::BTreeSet, ops::RangeInclusive, sync::Arc};

/// The day of a row, in the SQL of an indicator and in its table.
const DAY: &str = "tanggal";
/// Chunks that are read together when everything is worked out: their times before overlap.
const TOGETHER: usize = 6;

pub(super) type Chunk = RangeInclusive<NaiveDate>;

impl Refresh<'_> {
    /// Works the indicator out where `scope` says that something changed.
    pub(super) async fn fill_judged(
        &self,
        indicator: &Arc<Indicator>,
        cut: &Reader,
        scope: Scope,
        outbox: &mut Outbox,
    ) -> Result<()> {
        let chunks = self.chunks(indicator, cut, scope).await?;
        if chunks.is_empty() {
            return Ok(());
        }
        let days = Arc::new(days(cut).await?);
        for some in chunks.chunks(TOGETHER) {
            let (Some(first), Some(last)) = (some.first(), some.last()) else {
                continue;
            };
            let span = indicator.past_of(first)..=*last.end();
            let rows = Arc::new(self.between(cut, &span).await?);
            for chunk in some {
                let judged = judge(indicator.clone(), rows.clone(), days.clone(), chunk.clone()).await?;
                let mut delta = Delta::new(self.contract, self.held_between(cut, chunk).await?)?;
                if let Some(changed) = delta.changed(&judged)? {
                    outbox.add(&changed).await?;
                }
                for gone in delta.vanished()? {
                    outbox.add(&gone).await?;
                }
            }
        }
        Ok(())
    }

    /// The chunks that have to be worked out: those of the changed days, and those that have such a day in their past.
    async fn chunks(&self, indicator: &Indicator, cut: &Reader, scope: Scope) -> Result<Vec<Chunk>> {
        let changed: BTreeSet<NaiveDate> = match scope {
            Scope::All => {
                let mut known = self.known_days(cut, self.held(cut, None).await?).await?;
                known.extend(self.known_days(cut, self.given(cut, None).await?).await?);
                let chunks = known.iter().map(|day| indicator.chunk_of(*day).into_inner());
                let chunks: BTreeSet<(NaiveDate, NaiveDate)> = chunks.collect();
                return Ok(chunks.into_iter().map(|(from, to)| from..=to).collect());
            }
            Scope::Slices(slices) => slices.iter().filter_map(day).collect(),
        };
        let Some(last) = changed.last() else {
            return Ok(Vec::new());
        };
        let newest = self.newest(cut).await?.map_or(*last, |held| held.max(*last));
        let mut chunks = BTreeSet::new();
        for day in &changed {
            let mut chunk = indicator.chunk_of(*day);
            while *chunk.start() <= newest && indicator.past_of(&chunk) <= *day {
                chunks.insert(chunk.clone().into_inner());
                let Some(next) = chunk.end().succ_opt() else { break };
                chunk = indicator.chunk_of(next);
            }
        }
        Ok(chunks.into_iter().map(|(from, to)| from..=to).collect())
    }

    /// The days of a plan's rows.
    async fn known_days(&self, cut: &Reader, plan: LogicalPlan) -> Result<BTreeSet<NaiveDate>> {
        let sizes = self.sizes(cut, plan).await?;
        Ok(sizes.iter().filter_map(|(slice, _)| day(slice)).collect())
    }

    /// The last day that the table holds.
    async fn newest(&self, cut: &Reader) -> Result<Option<NaiveDate>> {
        let sql = format!("SELECT max({DAY}) FROM mart.{}", self.contract.dataset);
        let batches = changes::rows(cut, cut.plan(&sql).await?).await?;
        let newest = batches.first().filter(|batch| batch.num_rows() > 0);
        let newest = newest.map(|batch| ScalarValue::try_from_array(batch.column(0), 0).map_err(Reader::told));
        Ok(newest.transpose()?.as_ref().and_then(day))
    }

    /// What the SQL gives of some days: one batch at least, so that its columns are known.
    pub(super) async fn between(&self, cut: &Reader, span: &Chunk) -> Result<Vec<RecordBatch>> {
        let plan = self.given(cut, Some(lit_days(DAY, span))).await?;
        let schema = Arc::new(plan.schema().as_arrow().clone());
        let mut rows = changes::rows(cut, plan).await?;
        if rows.is_empty() {
            rows.push(RecordBatch::new_empty(schema));
        }
        Ok(rows)
    }

    /// What the table holds of some days.
    pub(super) async fn held_between(&self, cut: &Reader, span: &Chunk) -> Result<Vec<RecordBatch>> {
        let plan = self.held(cut, Some(lit_days(DAY, span))).await?;
        changes::rows(cut, plan).await
    }
}

/// The calendar, whole: points are numbered by it.
pub(super) async fn days(cut: &Reader) -> Result<Days> {
    let sql = format!("SELECT {} FROM mart.{CALENDAR}", Days::COLUMNS.join(", "));
    let plan = cut.plan(&sql).await?;
    Days::of(&changes::rows(cut, plan).await?)
}

/// Judges a chunk, from the rows of its own time before it alone, whatever else is in `rows`.
pub(super) async fn judge(
    indicator: Arc<Indicator>,
    rows: Arc<Vec<RecordBatch>>,
    days: Arc<Days>,
    chunk: Chunk,
) -> Result<RecordBatch> {
    let judged = tokio::task::spawn_blocking(move || {
        let within = indicator.past_of(&chunk)..=*chunk.end();
        let rows = rows.iter().map(|batch| cropped(batch, &within));
        indicator.judge(&rows.collect::<Result<Vec<_>>>()?, &days, &chunk)
    });
    judged
        .await
        .map_err(|error| Error::internal("an indicator stopped in its middle", error))?
}

fn day(slice: &ScalarValue) -> Option<NaiveDate> {
    match slice {
        ScalarValue::Date32(Some(day)) => Date32Type::to_naive_date_opt(*day),
        _ => None,
    }
}

/// The rows of some days.
pub(super) fn cropped(batch: &RecordBatch, span: &Chunk) -> Result<RecordBatch> {
    let days = batch
        .column_by_name(DAY)
        .and_then(|column| column.as_primitive_opt::<Date32Type>())
        .ok_or_else(|| Error::internal("an indicator lost its days", DAY))?;
    let (first, last) = (
        Date32Type::from_naive_date(*span.start()),
        Date32Type::from_naive_date(*span.end()),
    );
    let within = days
        .iter()
        .map(|day| Some(day.is_some_and(|day| (first..=last).contains(&day))));
    Ok(filter_record_batch(batch, &within.collect())?)
}

/// Columns that all indicators have, besides `indikator`, in `mart.indikator`.
const SHARED: [&str; 17] = [
    "tanggal",
    "unit",
    "nama",
    "wilayah",
    "nilai",
    "penyebut",
    "harapan",
    "batas",
    "skor",
    "p",
    "tanda",
    "aturan",
    "keparahan",
    "keterangan",
    "langkah",
    "metode",
    "versi",
];

/// The view `mart.indikator` over the indicators among `models`; none where there is none.
pub(super) fn all(models: &[Arc<PlannedModel>]) -> Option<ModelFile> {
    let parts = models.iter().filter_map(|model| {
        let indicator = model.file.indicator.as_ref()?;
        Some(format!(
            "SELECT '{}' AS indikator, {} FROM mart.{}",
            indicator.slug,
            SHARED.join(", "),
            model.name()
        ))
    });
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        return None;
    }
    let text = format!("/*\n{HEADER}*/\n{}", parts.join("\nUNION ALL\n"));
    ModelFile::parse(ALL, "models/indikator.sql", &text).ok()
}

/// Name of the view over all indicators.
const ALL: &str = "indikator";
const HEADER: &str = "\
title: Semua indikator
title_en: All indicators
description: >-
  Values of all indicators with what was expected of each and whether it is unusual. One table per indicator lies behind
  it, with further columns of its own.
owner: kominfo
grain: one point of one series of one indicator
kind: view
";
