//! Methods of single series, up and down.
//!
//! What is watched for falls is judged so: methods of symmetric errors (EARS, EWMA, the regression, their switch) see the
//! mirrored series, since their statistic of -y is minus that of y; shares (binomial CUSUM) see the other part of the
//! denominator; counts are compared with the lower quantile of the same predictive distribution ([`lower`]); methods that
//! judge a series as a whole tell the direction themselves. Both directions share `alpha` in halves.

use super::{
    header::Direction,
    line::{Finding, Line, SHORT},
    lower,
    method::{Detector, How, Way},
    whole,
};
use crate::detector::{
    Error, Series, Verdict,
    choose::{self, Auto, Choice, choose},
    ears,
    farrington::{Flexible, classic, flexible},
    nb_predictive::{self, NbPredictive},
    run,
    special::{normal_quantile, t_sf},
};

/// Findings of a chunk's points that have a value, by position.
pub(super) fn judge(detector: &Detector, direction: Direction, line: &Line) -> Vec<(usize, Finding)> {
    let judging = Judging { detector, line };
    match (&detector.how, direction) {
        (How::Run { way: Way::Whole }, _) => whole::judge(detector, direction, line),
        (_, Direction::Naik) => judging.rises(1.0),
        (_, Direction::Turun) => judging.falls(1.0),
        (_, Direction::DuaArah) => {
            let both = judging.rises(0.5).into_iter().zip(judging.falls(0.5));
            both.map(|((t, rise), (_, fall))| (t, rise.of_both(fall, line.value(t))))
                .collect()
        }
    }
}

struct Judging<'a> {
    detector: &'a Detector,
    line: &'a Line,
}

/// Mirrored values are taken from this, which is above all values; a power of two, so that whole numbers stay whole.
const MIRROR: f64 = 16_777_216.0;

impl Judging<'_> {
    /// Rises at a share of the method's probability.
    fn rises(&self, share: f64) -> Vec<(usize, Finding)> {
        let line = self.line;
        let each = |judge: &dyn Fn(usize) -> Finding| line.judged().map(|t| (t, judge(t))).collect();
        match &self.detector.how {
            How::Auto(params) => each(&|t| auto(line, t, params, share)),
            How::NbPredictive(params) => self.predictive(params, share),
            How::Flexible(params) => {
                let params = Flexible {
                    alpha: params.alpha * share,
                    ..params.clone()
                };
                each(&|t| {
                    let found = flexible::detect(&line.series, Some(t..t + 1), &params);
                    or_prediction(line, t, params.alpha, found)
                })
            }
            How::Classic(params) => {
                // Its alpha is of both ends already.
                each(&|t| {
                    let found = classic::detect(&line.series, Some(t..t + 1), params);
                    or_prediction(line, t, params.alpha / 2.0, found)
                })
            }
            How::Ears(rule, params) => self.ears(*rule, params, share, false),
            How::Run { .. } => self.fill(self.run(share, |series| series), true),
            // Of groups, or none.
            _ => Vec::new(),
        }
    }

    fn falls(&self, share: f64) -> Vec<(usize, Finding)> {
        let line = self.line;
        let each = |judge: &dyn Fn(usize) -> Finding| line.judged().map(|t| (t, judge(t))).collect();
        match &self.detector.how {
            How::Auto(params) => each(&|t| lower::auto(line, t, params, share)),
            How::NbPredictive(params) => each(&|t| lower::predictive(line, t, params.w, params.alpha * share)),
            How::Flexible(params) => each(&|t| lower::flexible(line, t, params, share)),
            How::Classic(params) => each(&|t| lower::classic(line, t, params)),
            How::Ears(rule, params) => self.ears(*rule, params, share, true),
            How::Run { way: Way::Others } => self.others(share),
            How::Run { .. } => self.mirrored(share),
            _ => Vec::new(),
        }
    }

    /// A method by name that judges each point by those before it, on the reported points of the series as `image` has
    /// them.
    fn run(&self, share: f64, image: impl Fn(Series) -> Series) -> Vec<(usize, Finding)> {
        let (series, known) = self.line.known();
        let pairs = self.shared(share);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let verdicts = run::run(self.detector.method, &image(series), &pairs).unwrap_or_default();
        let found = verdicts
            .iter()
            .map(|verdict| (known[verdict.index], Finding::rise(verdict)));
        found.collect()
    }

    fn mirrored(&self, share: f64) -> Vec<(usize, Finding)> {
        let image = |mut series: Series| {
            series.observed.iter_mut().for_each(|y| *y = MIRROR - *y);
            series
        };
        let is_too_large = self.line.series.observed.iter().any(|y| y.abs() > MIRROR / 2.0);
        let found = if is_too_large {
            Vec::new()
        } else {
            self.run(share, image)
        };
        let found = found.into_iter();
        let back = found.map(|(t, finding)| (t, finding.mirrored(|y| (MIRROR - y).max(0.0))));
        self.fill(back.collect(), false)
    }

    fn others(&self, share: f64) -> Vec<(usize, Finding)> {
        let population = |t: usize| self.line.series.population.as_ref().map_or(f64::NAN, |n| n[t]);
        let image = |mut series: Series| {
            let population = series.population.iter().flatten();
            series
                .observed
                .iter_mut()
                .zip(population)
                .for_each(|(y, n)| *y = n - *y);
            series
        };
        let found = self.run(share, image).into_iter();
        let back = found.map(|(t, finding)| (t, finding.mirrored(|y| population(t) - y)));
        self.fill(back.collect(), false)
    }

    fn ears(&self, rule: ears::Rule, params: &ears::Ears, share: f64, is_fall: bool) -> Vec<(usize, Finding)> {
        let usual = if rule == ears::Rule::C3 { 0.025 } else { 0.001 };
        let alpha = params.alpha.unwrap_or(usual) * share;
        let params = ears::Ears {
            alpha: Some(alpha),
            ..params.clone()
        };
        let (mut series, known) = self.line.known();
        if is_fall {
            series.observed.iter_mut().for_each(|y| *y = -*y);
        }
        let rows = ears::rows(&series.observed, rule, &params).unwrap_or_default();
        let z = normal_quantile(1.0 - alpha);
        let baseline = params.baseline as f64;
        let finding = |row: &ears::Row| {
            let is_c3 = rule == ears::Rule::C3;
            // Of a new value against a mean of as many.
            let t = row.statistic / (1.0 + 1.0 / baseline).sqrt();
            let bound = if is_c3 && is_fall {
                row.mean + row.sigma * (z - row.lag_sum + 1.0)
            } else {
                row.upper
            };
            let known = |x: f64| x.is_finite().then_some(x);
            let found = Finding {
                expected: known(row.mean),
                bound: known(bound),
                score: known(if is_c3 { row.published } else { row.statistic }),
                p: known(t).filter(|_| !is_c3).map(|t| t_sf(t, baseline - 1.0)),
                alarm: row.alarm,
                ..Finding::default()
            };
            if is_fall { found.mirrored(|y| 0.0 - y) } else { found }
        };
        self.fill(
            rows.iter().map(|(i, row)| (known[*i], finding(row))).collect(),
            !is_fall,
        )
    }

    fn predictive(&self, params: &NbPredictive, share: f64) -> Vec<(usize, Finding)> {
        let params = NbPredictive {
            alpha: params.alpha * share,
            ..params.clone()
        };
        // The most recent points are reported ones; points of earlier years have their place.
        let (series, known) = if params.b == 0 {
            self.line.known()
        } else {
            (self.line.series.clone(), (0..self.line.series.len()).collect())
        };
        let first = known.partition_point(|t| *t < self.line.chunk);
        let cut = if params.b == 0 {
            first.saturating_sub(params.w)
        } else {
            0
        };
        let series = Series {
            observed: series.observed[cut..].to_vec(),
            freq: series.freq,
            ..Series::default()
        };
        let verdicts = nb_predictive::detect(&series, &params).unwrap_or_default();
        let found = verdicts
            .iter()
            .map(|verdict| (known[cut + verdict.index], Finding::rise(verdict)));
        self.fill(found.collect(), true)
    }

    /// The method's parameters with a share of its probability.
    fn shared(&self, share: f64) -> Vec<(&str, String)> {
        let given = self.detector.pairs();
        let mut pairs: Vec<(&str, String)> = given.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        if share < 1.0 {
            let defaults = run::method(self.detector.method)
                .map(run::Method::parameters)
                .unwrap_or_default();
            let default = defaults
                .iter()
                .find(|(key, _)| *key == "alpha")
                .map(|(_, value)| value.as_str());
            let alpha = given
                .iter()
                .find(|(key, _)| *key == "alpha")
                .map(|(_, value)| *value)
                .or(default);
            if let Some(alpha) = alpha.and_then(|alpha| alpha.parse::<f64>().ok()) {
                pairs.retain(|(key, _)| *key != "alpha");
                pairs.push(("alpha", (alpha * share).to_string()));
            }
        }
        pairs
    }

    /// One finding for each point with a value: those of the method, or what is said without it.
    fn fill(&self, found: Vec<(usize, Finding)>, rises: bool) -> Vec<(usize, Finding)> {
        let mut all: Vec<(usize, Finding)> = self.line.judged().map(|t| (t, Finding::default())).collect();
        for (t, finding) in found {
            if let Ok(at) = all.binary_search_by_key(&t, |(t, _)| *t) {
                all[at].1 = finding;
            }
        }
        for (t, finding) in &mut all {
            if finding.alarm.is_none() {
                *finding = if rises {
                    self.line.otherwise(*t)
                } else {
                    Finding::none(SHORT)
                };
            }
        }
        all
    }
}

fn auto(line: &Line, t: usize, params: &Auto, share: f64) -> Finding {
    let params = Auto {
        alpha: params.alpha * share,
        ..params.clone()
    };
    let verdict = choose::detect(&line.series, Some(t..t + 1), &params)
        .ok()
        .and_then(|mut found| found.pop());
    let Some(verdict) = verdict.filter(|verdict| verdict.alarm.is_some()) else {
        return line.otherwise(t);
    };
    Finding {
        method: Some(method(t, line.series.freq, params.w)),
        ..Finding::rise(&verdict)
    }
}

/// The name of the method that `auto` chooses.
pub(super) fn method(t: usize, freq: usize, w: usize) -> &'static str {
    match choose(t, freq, w) {
        Choice::Static => "ambang tetap",
        Choice::NbPredictive => "nb-predictive",
        Choice::Flexible { .. } => "farrington-flexible",
    }
}

/// The verdict of a regression, or the prediction where its years are not there yet or it has none.
fn or_prediction(line: &Line, t: usize, alpha: f64, found: Result<Vec<Verdict>, Error>) -> Finding {
    let verdict = found
        .ok()
        .and_then(|mut found| found.pop())
        .filter(|verdict| verdict.alarm.is_some());
    match verdict {
        Some(verdict) => Finding::rise(&verdict),
        None => line.prediction(t, alpha).unwrap_or_else(|| Finding::none(SHORT)),
    }
}
