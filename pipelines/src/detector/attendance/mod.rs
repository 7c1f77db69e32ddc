//! Attendance: is a school missing more children than its own past and the day explain? Weather, the day before a
//! holiday and the end of term empty all schools alike; taking that common day effect out found four times as many
//! injected outbreaks at the same alarm rate as any detector on the raw rate.
//!
//! On the logit of the absent share, less the day effect, C2 judges each school; of the day's p-values those pass that
//! keep the false-discovery rate; and only an excess of enough children alarms. Sessions are counted, not calendar
//! days; a school that did not report is missing, not present.

mod effect;
#[cfg(test)]
mod tests;

use super::cusum_binomial::Sum;
use super::ears::{Ears, Rule};
use super::params::{choice, parameters, within};
use super::special::t_sf;
use super::trend::median;
use super::{Error, ears, fdr};
pub use effect::{day_effect, own_median};

choice! {
    /// What a session without report does to the baselines it would be in.
    pub enum Gaps {
        /// The last reported sessions are the baseline.
        Skip = "skip",
        /// Sessions with a gap in their baseline are not judged.
        Refuse = "refuse",
    }
}

parameters! {
    /// Parameters of the attendance detector.
    pub struct Attendance {
        /// Sessions in the median and in the baseline of C2.
        baseline: usize = 28,
        /// Least standard deviation of the logit.
        min_sigma: f64 = 0.1,
        /// What a missing report does.
        gaps: Gaps = Gaps::Skip,
        /// False-discovery rate over the schools of a day.
        q: f64 = 0.05,
        /// Fewest children above expectation that alarm.
        excess_floor: f64 = 10.0,
        /// The same at schools with fewer pupils than `small_school`.
        excess_floor_small: f64 = 5.0,
        /// Pupils from which a school is not small.
        small_school: f64 = 200.0,
        /// Fewest schools from which a day effect is taken; with fewer it is 0.
        min_schools: usize = 5,
        /// Shift of the logit of the slow watch.
        watch_shift: f64 = 0.5,
        /// Decision limit of the slow watch.
        watch_h: f64 = 5.0,
    }
}

/// A school: pupils absent and pupils expected, one of each per session of the panel; NaN where it did not report.
#[derive(Debug, Clone, PartialEq)]
pub struct School {
    /// Pupils absent.
    pub absent: Vec<f64>,
    /// Pupils expected that day: enrolled, less absence approved beforehand.
    pub pupils: Vec<f64>,
}

/// What is said about a school on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Absent pupils expected from the school's median and the day.
    pub expected: f64,
    /// Absent pupils above that.
    pub excess: f64,
    /// Mean of the baseline of the residual: logit less the day effect.
    pub mean: f64,
    /// Its standard deviation, at least `min_sigma`.
    pub sigma: f64,
    /// C2 of the residual.
    pub z: f64,
    /// P(T > z), with as many degrees of freedom as the baseline has points, less one.
    pub p: f64,
    /// P-value adjusted over the schools of the day.
    pub q: f64,
    /// Whether q is small and the excess large enough.
    pub alarm: bool,
    /// Sum of the slow watch.
    pub watch: f64,
    /// Whether the slow watch alarms.
    pub watch_alarm: bool,
}

/// The panel judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Common deviation of each day on the logit scale: a rise of all schools, an indicator of its own.
    pub day_effect: Vec<f64>,
    /// For each school and session; `None` where there is no verdict.
    pub schools: Vec<Vec<Option<Row>>>,
}

/// Judges a panel of schools of one district and level. Cost: O(schools x sessions x baseline).
///
/// # Errors
/// Schools with other numbers of sessions, counts above the number of pupils, parameters out of range.
pub fn detect(schools: &[School], params: &Attendance) -> Result<Judged, Error> {
    let sessions = check(schools, params)?;
    let logits: Vec<Vec<f64>> = schools.iter().map(logits).collect();
    let medians: Vec<Vec<f64>> = logits
        .iter()
        .map(|x| own_median(x, params.baseline, params.gaps))
        .collect();
    let effect = day_effect(&logits, &medians, sessions, params.min_schools);
    let mut judged: Vec<Vec<Option<Row>>> = Vec::with_capacity(schools.len());
    for ((school, x), median) in schools.iter().zip(&logits).zip(&medians) {
        let residual: Vec<f64> = x.iter().zip(&effect).map(|(x, e)| x - e).collect();
        let baselines = baselines(&residual, params)?;
        judged.push(rows(school, median, &effect, &baselines, params));
    }
    for day in 0..sessions {
        adjust(&mut judged, schools, day, params);
    }
    Ok(Judged {
        day_effect: effect,
        schools: judged,
    })
}

/// C2 of residuals; NaN where there is none.
///
/// # Errors
/// Parameters out of range.
pub fn c2(residual: &[f64], params: &Attendance) -> Result<Vec<f64>, Error> {
    let baselines = baselines(residual, params)?;
    Ok(baselines
        .iter()
        .map(|row| row.map_or(f64::NAN, |row| row.statistic))
        .collect())
}

/// What C2 says of each residual; `None` where there is no full baseline.
fn baselines(residual: &[f64], params: &Attendance) -> Result<Vec<Option<ears::Row>>, Error> {
    let ears = Ears {
        baseline: params.baseline,
        min_sigma: params.min_sigma,
        ..Ears::default()
    };
    let at: Vec<usize> = match params.gaps {
        Gaps::Skip => (0..residual.len()).filter(|&t| !residual[t].is_nan()).collect(),
        Gaps::Refuse => (0..residual.len()).collect(),
    };
    let values: Vec<f64> = at.iter().map(|&t| residual[t]).collect();
    let mut all = vec![None; residual.len()];
    for (i, row) in ears::rows(&values, Rule::C2, &ears)? {
        all[at[i]] = Some(row);
    }
    Ok(all)
}

fn rows(
    school: &School,
    median: &[f64],
    effect: &[f64],
    baselines: &[Option<ears::Row>],
    params: &Attendance,
) -> Vec<Option<Row>> {
    let df = params.baseline as f64 - 1.0;
    let mut watch = 0.0_f64;
    let row = |t: usize| {
        let (absent, pupils) = (school.absent[t], school.pupils[t]);
        let share = 1.0 / (1.0 + (-(median[t] + effect[t])).exp());
        let c2 = baselines[t].filter(|row| !row.statistic.is_nan())?;
        if share.is_nan() || absent.is_nan() {
            return None;
        }
        let mut sum = Sum::new(share, params.watch_shift);
        sum.c = watch;
        sum.add(absent, pupils);
        let watch_alarm = sum.c > params.watch_h;
        watch = if watch_alarm { 0.0 } else { sum.c };
        Some(Row {
            expected: pupils * share,
            excess: absent - pupils * share,
            mean: c2.mean,
            sigma: c2.sigma,
            z: c2.statistic,
            p: t_sf(c2.statistic, df),
            q: f64::NAN,
            alarm: false,
            watch: sum.c,
            watch_alarm,
        })
    };
    (0..baselines.len()).map(row).collect()
}

/// Fills in what needs all schools of a day.
fn adjust(judged: &mut [Vec<Option<Row>>], schools: &[School], day: usize, params: &Attendance) {
    let p: Vec<f64> = judged
        .iter()
        .map(|rows| rows[day].map_or(f64::NAN, |row| row.p))
        .collect();
    for ((rows, school), q) in judged.iter_mut().zip(schools).zip(fdr::benjamini_hochberg(&p)) {
        if let Some(row) = &mut rows[day] {
            let is_small = school.pupils[day] < params.small_school;
            let floor = if is_small {
                params.excess_floor_small
            } else {
                params.excess_floor
            };
            row.q = q;
            row.alarm = q <= params.q && row.excess >= floor;
        }
    }
}

/// ln((a + 1/2) / (n - a + 1/2)), which is defined for none and all.
fn logits(school: &School) -> Vec<f64> {
    let pairs = school.absent.iter().zip(&school.pupils);
    pairs.map(|(a, n)| ((a + 0.5) / (n - a + 0.5)).ln()).collect()
}

fn check(schools: &[School], params: &Attendance) -> Result<usize, Error> {
    within("q", params.q, 0.0, 1.0)?;
    let sessions = schools.first().map_or(0, |school| school.absent.len());
    for (i, school) in schools.iter().enumerate() {
        if school.absent.len() != sessions || school.pupils.len() != sessions {
            return Err(Error::new(format!(
                "school {}: give absent and pupils for all {sessions} sessions",
                i + 1
            )));
        }
        let fits = |t: &usize| {
            let (a, n) = (school.absent[*t], school.pupils[*t]);
            a.is_nan() || (a >= 0.0 && a <= n && n > 0.0)
        };
        if let Some(t) = (0..sessions).find(|t| !fits(t)) {
            return Err(Error::new(format!(
                "school {}, session {}: {} absent of {} pupils is not possible",
                i + 1,
                t + 1,
                school.absent[t],
                school.pupils[t]
            )));
        }
    }
    Ok(sessions)
}

/// Episodes: alarms of a school with at most three sessions between count once. First and last session of each.
pub fn episodes(alarms: &[bool]) -> Vec<(usize, usize)> {
    const GAP: usize = 3;
    let mut all: Vec<(usize, usize)> = Vec::new();
    for (t, _) in alarms.iter().enumerate().filter(|(_, alarm)| **alarm) {
        match all.last_mut() {
            Some(last) if t - last.1 <= GAP => last.1 = t,
            _ => all.push((t, t)),
        }
    }
    all
}
