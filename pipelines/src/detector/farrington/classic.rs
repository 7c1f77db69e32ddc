//! The original of 1996: windows of earlier years only, and the upper end of a two-sided interval.

use super::super::{Error, Series, Verdict};
use super::fit::{Bench, Errors, Point, Settings, predict};
use super::flexible::{Workspace, verdict};
use super::reference::Choice;
use super::sums::Data;
use super::{Classic, Row, bound, bound_quantile, enough, score};
use std::ops::Range;

/// Anscombe residual from which the original weighs down.
const WEIGHTS_THRESHOLD: f64 = 1.0;
/// Significance of the original's trend.
const P_TREND: f64 = 0.05;

/// Judges the positions of `range`, by default all with a full reference. `None` for those without reference counts.
///
/// # Errors
/// Parameters out of range, or a range that begins before its reference exists.
pub fn rows(
    series: &Series,
    range: Option<Range<usize>>,
    params: &Classic,
) -> Result<Vec<(usize, Option<Row>)>, Error> {
    let choice = Choice {
        b: params.b,
        w: params.w,
        levels: 1,
        // The windows end before now in any case.
        left_out: params.w,
        by_date: false,
        by_population: false,
    };
    choice.check(series)?;
    let z = bound_quantile(params.alpha / 2.0)?;
    let settings = Settings {
        b: params.b,
        trend: params.trend,
        p_threshold_trend: P_TREND,
        reweight: params.reweight.then_some(WEIGHTS_THRESHOLD),
        errors: Errors::Classic,
    };
    let range = range.unwrap_or_else(|| choice.first(series)..series.len());
    let mut workspace = Workspace::default();
    workspace.table.fill(series);
    let Workspace {
        table,
        mut reference,
        mut bench,
    } = workspace;
    let judge = |t: usize| {
        choice.fill(series, table.has_gaps, t, &mut reference)?;
        let data = Data {
            y: &series.observed,
            table: &table,
            reference: &reference,
        };
        Ok((t, row(series, t, data, &mut bench, &settings, params, z)))
    };
    range.map(judge).collect()
}

fn row(
    series: &Series,
    t: usize,
    data: Data<'_>,
    bench: &mut Bench,
    settings: &Settings,
    params: &Classic,
    z: f64,
) -> Option<Row> {
    let observed = series.observed[t];
    let enough = enough(series, t, params.limit54);
    let point = Point {
        level: 0,
        time: data.reference.now,
        offset: 0.0,
    };
    bench.totals.fill(data);
    let Some(prediction) = predict(data, bench, point, settings) else {
        return Row::fallback(data.all(), observed, params.alpha / 2.0, enough);
    };
    let mu = prediction.eta.exp();
    let tau = prediction.phi + prediction.se * prediction.se * mu;
    let bound = bound::delta(mu, tau, z, observed, params.power_trans);
    Some(Row {
        expected: mu,
        upper: bound.upper,
        score: score(observed, mu, bound.upper),
        p: bound.p,
        phi: prediction.phi,
        trend: prediction.trend,
        enough,
        is_fallback: false,
        alarm: (!observed.is_nan()).then_some(enough && observed > bound.upper),
    })
}

/// Judges a series.
///
/// # Errors
/// As [`rows`].
pub fn detect(series: &Series, range: Option<Range<usize>>, params: &Classic) -> Result<Vec<Verdict>, Error> {
    let rows = rows(series, range, params)?;
    Ok(rows.into_iter().map(|(t, row)| verdict(series, t, row)).collect())
}
