//! The flexible form: seasonal levels, a gentler reweighting, and a quantile of the negative binomial.

use super::super::{Error, Series, Verdict, series::known};
use super::counts::Table;
use super::fit::{Bench, Errors, Point, Prediction, Settings, predict};
use super::reference::{Choice, Reference};
use super::{Flexible, Row, SeMode, ThresholdMethod, bound, bound_quantile, enough, score};
use std::ops::Range;

/// A detector with its parameters checked against a series.
struct Judge<'a> {
    series: &'a Series,
    params: &'a Flexible,
    choice: Choice,
    settings: Settings,
    table: Table,
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
            table: Table::new(series),
            z: bound_quantile(params.alpha)?,
        })
    }

    /// `None` where there is no reference count at all.
    fn row(&self, t: usize, reference: &mut Reference, bench: &mut Bench) -> Result<Option<Row>, Error> {
        self.choice.fill(self.series, t, reference)?;
        let observed = self.series.observed[t];
        let enough = enough(self.series, t, self.params.limit54);
        let population = self.population();
        bench.counts.fill(reference, &self.table, population);
        let is_zero = bench.counts.y.iter().all(|&y| y == 0.0);
        // R would iterate towards minus infinity, mostly in vain.
        let prediction = if is_zero && self.params.se_mode == SeMode::Proper {
            None
        } else {
            self.predict(t, reference, bench)
        };
        let Some(prediction) = prediction else {
            return Ok(Row::fallback(&bench.counts.y, observed, self.params.alpha, enough));
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

    fn population(&self) -> Option<&[f64]> {
        let population = self.series.population.as_deref();
        population.filter(|_| self.params.population_offset)
    }

    fn predict(&self, t: usize, reference: &Reference, bench: &mut Bench) -> Option<Prediction> {
        let point = Point {
            level: reference.levels - 1,
            time: reference.now - reference.time.first()?,
            offset: self.population().map_or(0.0, |p| p[t].ln()),
        };
        predict(bench, point, &self.settings)
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
    let judge = Judge::new(series, params)?;
    let range = range.unwrap_or_else(|| judge.choice.first(series)..series.len());
    let (mut reference, mut bench) = (Reference::default(), Bench::default());
    range
        .map(|t| Ok((t, judge.row(t, &mut reference, &mut bench)?)))
        .collect()
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
