//! The flexible form: seasonal levels, a gentler reweighting, and a quantile of the negative binomial.

use super::super::{Error, Series, Verdict, series::known};
use super::fit::{Bench, Errors, Point, Prediction, Settings, predict};
use super::reference::{Choice, Reference};
use super::sums::Data;
use super::table::Table;
use super::{Flexible, Row, SeMode, ThresholdMethod, bound, bound_quantile, enough, score};
use std::ops::Range;

/// What is worked on, to be used for many series: then nothing is allocated for a series but its answer, and the
/// reference of series without dates and gaps is laid out once for all.
#[derive(Debug, Default)]
pub struct Workspace {
    pub(super) table: Table,
    pub(super) reference: Reference,
    pub(super) bench: Bench,
}

/// A detector with its parameters checked against a series.
struct Judge<'a> {
    series: &'a Series,
    params: &'a Flexible,
    choice: Choice,
    settings: Settings,
    z: f64,
}

impl<'a> Judge<'a> {
    fn new(series: &'a Series, params: &'a Flexible) -> Result<Self, Error> {
        let choice = Choice {
            b: params.b,
            w: params.w,
            levels: params.no_periods,
            left_out: params.past_weeks_not_included.unwrap_or(params.w),
            by_date: true,
            by_population: params.population_offset,
        };
        choice.check(series)?;
        if params.population_offset {
            series.denominators("population_offset=true")?;
        }
        Ok(Self {
            series,
            params,
            choice,
            settings: Settings {
                b: params.b,
                trend: params.trend,
                p_threshold_trend: params.p_threshold_trend,
                reweight: params.reweight.then_some(params.weights_threshold),
                errors: match params.se_mode {
                    SeMode::Proper => Errors::Proper,
                    SeMode::RCompat => Errors::RCompat,
                },
            },
            z: bound_quantile(params.alpha)?,
        })
    }

    /// `None` where there is no reference count at all.
    fn row(&self, t: usize, workspace: &mut Workspace) -> Result<Option<Row>, Error> {
        let Workspace {
            table,
            reference,
            bench,
        } = workspace;
        self.choice.fill(self.series, table.has_gaps, t, reference)?;
        let observed = self.series.observed[t];
        let enough = enough(self.series, t, self.params.limit54);
        let data = Data {
            y: &self.series.observed,
            table,
            reference,
        };
        bench.totals.fill(data);
        // R would iterate towards minus infinity, mostly in vain.
        let prediction = if bench.totals.is_zero(data) && self.params.se_mode == SeMode::Proper {
            None
        } else {
            self.predict(t, data, bench)
        };
        let Some(prediction) = prediction else {
            return Ok(Row::fallback(data.all(), observed, self.params.alpha, enough));
        };
        let mu = prediction.eta.exp();
        let (method, power) = (self.params.threshold_method, self.params.power_trans);
        let bound = bound::flexible(&prediction, (self.params.alpha, self.z), observed, method, power);
        let score = match (self.params.se_mode, method) {
            (SeMode::Proper, _) => score(observed, mu, bound.upper),
            (SeMode::RCompat, ThresholdMethod::Delta) => (observed - mu) / (bound.upper - mu),
            (SeMode::RCompat, _) => (observed - prediction.eta) / (bound.upper - prediction.eta),
        };
        Ok(Some(Row {
            expected: mu,
            upper: bound.upper,
            score,
            p: bound.p,
            phi: prediction.phi,
            trend: prediction.trend,
            enough,
            is_fallback: false,
            alarm: (!observed.is_nan()).then_some(enough && observed > bound.upper),
        }))
    }

    fn predict(&self, t: usize, data: Data<'_>, bench: &mut Bench) -> Option<Prediction> {
        let population = self.series.population.as_ref();
        let population = population.filter(|_| self.params.population_offset);
        let point = Point {
            level: data.reference.levels - 1,
            time: data.reference.now,
            offset: population.map_or(0.0, |p| p[t].ln()),
        };
        predict(data, bench, point, &self.settings)
    }
}

/// Judges the positions of `range`, by default all with a full reference. `None` for those without reference counts.
///
/// # Errors
/// Parameters out of range, or a range that begins before its reference exists.
pub fn rows(
    series: &Series,
    range: Option<Range<usize>>,
    params: &Flexible,
) -> Result<Vec<(usize, Option<Row>)>, Error> {
    rows_in(&mut Workspace::default(), series, range, params)
}

/// The same, for one of many series.
///
/// # Errors
/// As [`rows`].
pub fn rows_in(
    workspace: &mut Workspace,
    series: &Series,
    range: Option<Range<usize>>,
    params: &Flexible,
) -> Result<Vec<(usize, Option<Row>)>, Error> {
    let judge = Judge::new(series, params)?;
    let range = range.unwrap_or_else(|| judge.choice.first(series)..series.len());
    workspace.table.fill(series);
    range.map(|t| Ok((t, judge.row(t, workspace)?))).collect()
}

/// Judges a series.
///
/// # Errors
/// As [`rows`].
pub fn detect(series: &Series, range: Option<Range<usize>>, params: &Flexible) -> Result<Vec<Verdict>, Error> {
    let rows = rows(series, range, params)?;
    Ok(rows.into_iter().map(|(t, row)| verdict(series, t, row)).collect())
}

/// Bounds are shown also where too few cases keep it from alarming: the reader sees why.
pub(super) fn verdict(series: &Series, index: usize, row: Option<Row>) -> Verdict {
    let observed = series.observed[index];
    let Some(row) = row else {
        return Verdict::none(index, observed);
    };
    Verdict {
        index,
        observed,
        expected: known(row.expected),
        upper: known(row.upper),
        score: known(row.score),
        p: if observed.is_nan() { None } else { known(row.p) },
        alarm: row.alarm,
    }
}
