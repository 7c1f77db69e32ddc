//! Gamma-Poisson prediction over a panel (the shrinkage of DuMouchel 1999, The American Statistician 53:177-190, turned to
//! surveillance): where a case is rare, the past of one place says next to nothing, and two or three cases within the time
//! in which one infects the next are news. The rate of a place has a gamma prior whose mean is the rate of its group;
//! its own past moves it from there, and the next count is negative binomial.
//!
//! Counts are rolling sums over `window` steps, so that cases a few days apart are seen together. A step on which the sum
//! does not rise brings no case and is no test.

use super::params::{parameters, probability};
use super::special::{nb_quantile, nb_sf};
use super::{Error, Verdict};

parameters! {
    /// Parameters of the prediction.
    pub struct GammaPoisson {
        /// Steps that a count is the sum of, where the place does not say.
        window: usize = 7,
        /// Steps before the window from which rates are learnt.
        baseline: usize = 120,
        /// Fewest of them.
        min_baseline: usize = 30,
        /// Weight of the group's rate, in cases.
        prior: f64 = 1.0,
        /// Variance over mean of the counts of one place; 1 is Poisson, and common complaints that swing with season and
        /// opening hours have more.
        dispersion: f64 = 1.0,
        /// Probability of an alarm where nothing happens.
        alpha: f64 = 0.001,
        /// Fewest cases in a window that alarm.
        floor: usize = 2,
    }
}

/// Rolling sums of a place, by step; all vectors of one length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    /// Cases; NaN where nothing was reported.
    pub cases: Vec<f64>,
    /// What they are cases of, such as visits; NaN where it is not known.
    pub exposure: Vec<f64>,
    /// Steps that each is the sum of; 0 where it is the parameter's.
    pub window: Vec<usize>,
}

/// Judges the steps from `from` on; of each place, one verdict a step.
///
/// # Errors
/// Parameters out of range, and vectors of different lengths.
pub fn detect(places: &[Place], from: usize, params: &GammaPoisson) -> Result<Vec<Vec<Verdict>>, Error> {
    check(params)?;
    let steps = places.first().map_or(0, |place| place.cases.len());
    let fits = |place: &Place| [place.cases.len(), place.exposure.len(), place.window.len()] == [steps; 3];
    if !places.iter().all(fits) {
        return Err(Error::new("cases, exposures and windows of all places have one length"));
    }
    let sums: Vec<Sums> = places.iter().map(Sums::of).collect();
    let judged = |place: usize| {
        let judge = |t| judge(&places[place], &sums, place, t, params);
        (from..steps).map(judge).collect()
    };
    Ok((0..places.len()).map(judged).collect())
}

/// Whether the parameters are such as any panel can be judged with.
///
/// # Errors
/// What is out of range.
pub fn check(params: &GammaPoisson) -> Result<(), Error> {
    probability("alpha", params.alpha)?;
    if params.prior <= 0.0 {
        return Err(Error::new("parameter prior: give a weight above 0, such as 1"));
    }
    if params.dispersion < 1.0 {
        return Err(Error::new("parameter dispersion: 1 (Poisson) or more"));
    }
    if params.window == 0 || params.min_baseline == 0 {
        return Err(Error::new("parameters window and min_baseline: give 1 or more"));
    }
    if params.baseline < params.min_baseline {
        return Err(Error::new("parameter baseline: not less than min_baseline"));
    }
    Ok(())
}

/// Running sums over the steps that were reported.
struct Sums {
    cases: Vec<f64>,
    exposure: Vec<f64>,
    steps: Vec<f64>,
}

/// What was reported in a stretch.
#[derive(Clone, Copy)]
struct Past {
    cases: f64,
    exposure: f64,
    steps: f64,
}

impl Sums {
    fn of(place: &Place) -> Self {
        let known = || {
            let pairs = place.cases.iter().zip(&place.exposure);
            pairs.map(|(y, e)| Some((*y, *e)).filter(|(y, e)| !y.is_nan() && !e.is_nan()))
        };
        let running = |value: fn((f64, f64)) -> f64| {
            let mut sum = 0.0;
            let steps = known().map(|pair| {
                sum += pair.map_or(0.0, value);
                sum
            });
            std::iter::once(0.0).chain(steps).collect()
        };
        Self {
            cases: running(|(y, _)| y),
            exposure: running(|(_, e)| e),
            steps: running(|_| 1.0),
        }
    }

    fn past(&self, from: usize, to: usize) -> Past {
        let between = |sums: &[f64]| sums[to] - sums[from];
        Past {
            cases: between(&self.cases),
            exposure: between(&self.exposure),
            steps: between(&self.steps),
        }
    }
}

fn judge(place: &Place, sums: &[Sums], own: usize, t: usize, params: &GammaPoisson) -> Verdict {
    let (value, exposure) = (place.cases[t], place.exposure[t]);
    let window = match place.window[t] {
        0 => params.window,
        window => window,
    };
    let to = (t + 1).saturating_sub(window);
    let from = to.saturating_sub(params.baseline);
    if value.is_nan() || exposure.is_nan() || to - from < params.min_baseline {
        return Verdict::none(t, value);
    }
    // Of each step there is a sum over a whole window: every case is in as many of them.
    let width = window as f64;
    let all = sums.iter().map(|sums| sums.past(from, to));
    let (cases, exposures) = all.fold((0.0, 0.0), |(y, e), past| (y + past.cases, e + past.exposure));
    let rate = (cases + 0.5 * width) / exposures.max(1.0);
    let past = sums[own].past(from, to);
    // What the place usually has to do, so that neither a campaign nor a flood of today changes what is expected.
    let usual = if past.steps > 0.0 {
        past.exposure / past.steps
    } else {
        exposure
    };
    let group = rate * usual;
    if group <= 0.0 {
        return Verdict::none(t, value);
    }
    let shape = params.prior + past.cases / width;
    let expected = shape / (params.prior / group + past.steps / width);
    // The variance of a negative binomial of size s is m + m^2 / s; to that of the prediction comes (dispersion - 1) m.
    let size = expected / (expected / shape + params.dispersion - 1.0);
    let before = place.cases[..t]
        .iter()
        .rev()
        .find(|y| !y.is_nan())
        .copied()
        .unwrap_or(0.0);
    let p = (value > before).then(|| nb_sf(value, expected, size));
    let least = params.floor as f64;
    Verdict {
        index: t,
        observed: value,
        expected: Some(expected),
        // The bound is the value that does not alarm yet.
        upper: Some(nb_quantile(1.0 - params.alpha, expected, size).max(least - 1.0)),
        score: p.map(|p| -p.log10()),
        p,
        alarm: Some(p.is_some_and(|p| p <= params.alpha) && value >= least),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::params::Parameters;
    use super::*;

    /// A place whose daily cases are summed over `window` steps, with ten visits a day.
    fn place(daily: &[f64], window: usize) -> Place {
        let sum = |t: usize| daily[(t + 1).saturating_sub(window)..=t].iter().sum();
        let visits = |t: usize| 10.0 * (t + 1).min(window) as f64;
        Place {
            cases: (0..daily.len()).map(sum).collect(),
            exposure: (0..daily.len()).map(visits).collect(),
            window: vec![window; daily.len()],
        }
    }

    /// A hundred steps; cases on some of them.
    fn daily(cases: &[(usize, f64)]) -> Vec<f64> {
        let mut all = vec![0.0; 100];
        for (day, count) in cases {
            all[*day] += count;
        }
        all
    }

    #[test]
    fn the_prediction_is_the_one_worked_out_by_hand() {
        // Window 1: own past 2 cases in 60 steps of 10 visits, the group 6 in 120; then 2 cases.
        let own = place(&daily(&[(31, 1.0), (50, 1.0), (90, 2.0)]), 1);
        let other = place(&daily(&[(35, 3.0), (70, 1.0)]), 1);
        let params = GammaPoisson {
            window: 1,
            baseline: 60,
            ..GammaPoisson::default()
        };
        let found = detect(&[own, other], 90, &params).unwrap();
        let verdict = &found[0][0];
        let rate = (6.0 + 0.5) / 1200.0;
        let expected = 3.0 / (1.0 / (10.0 * rate) + 60.0);
        assert!((verdict.expected.unwrap() - expected).abs() < 1e-12);
        // P(X >= 2) of a negative binomial of size 3.
        let q = 3.0 / (3.0 + expected);
        let p = 1.0 - q.powi(3) - 3.0 * q.powi(3) * (1.0 - q);
        assert!((verdict.p.unwrap() - p).abs() < 1e-12, "{verdict:?}");
        assert_eq!(verdict.alarm, Some(p <= params.alpha));
    }

    #[test]
    fn cases_days_apart_alarm_together_and_one_alone_does_not() {
        let quiet = vec![place(&daily(&[]), 14); 20];
        let judged = |cases: &[(usize, f64)]| {
            let mut all = quiet.clone();
            all.push(place(&daily(cases), 14));
            let found = detect(&all, 60, &GammaPoisson::default()).unwrap();
            found[20]
                .iter()
                .filter(|verdict| verdict.alarm == Some(true))
                .map(|verdict| verdict.index)
                .collect::<Vec<_>>()
        };
        assert_eq!(judged(&[(80, 1.0)]), Vec::<usize>::new());
        assert_eq!(judged(&[(80, 1.0), (88, 1.0)]), [88]);
        // Too far apart to be one thing.
        assert_eq!(judged(&[(70, 1.0), (88, 1.0)]), Vec::<usize>::new());
    }

    #[test]
    fn a_step_without_a_further_case_is_no_test() {
        let found = detect(&[place(&daily(&[(80, 3.0)]), 7)], 60, &GammaPoisson::default()).unwrap();
        let tested: Vec<usize> = found[0]
            .iter()
            .filter(|verdict| verdict.p.is_some())
            .map(|verdict| verdict.index)
            .collect();
        assert_eq!(tested, [80]);
    }

    #[test]
    fn what_was_not_reported_is_no_zero() {
        let whole = place(&daily(&[(20, 1.0), (40, 1.0), (90, 1.0)]), 1);
        let mut gap = whole.clone();
        for t in 50..80 {
            gap.cases[t] = f64::NAN;
        }
        let params = GammaPoisson {
            window: 1,
            ..GammaPoisson::default()
        };
        let expected = |place: &Place| {
            detect(std::slice::from_ref(place), 90, &params).unwrap()[0][0]
                .expected
                .unwrap()
        };
        assert!(
            expected(&gap) > expected(&whole),
            "the same cases in fewer reports are a higher rate"
        );
        assert_eq!(detect(&[gap], 60, &params).unwrap()[0][0].alarm, None);
    }

    #[test]
    fn what_comes_later_changes_nothing() {
        let early = daily(&[(70, 2.0)]);
        let mut late = early.clone();
        late[95] = 9.0;
        let judged =
            |daily: &[f64]| detect(&[place(daily, 7)], 40, &GammaPoisson::default()).unwrap()[0][..50].to_vec();
        // Missing values differ from themselves.
        assert_eq!(format!("{:?}", judged(&early)), format!("{:?}", judged(&late)));
    }

    #[test]
    fn parameters_out_of_range_are_told() {
        let said = |key: &str, value: &str| {
            let params = GammaPoisson::from_pairs([(key, value)]).unwrap();
            check(&params).unwrap_err().to_string()
        };
        for (key, value) in [
            ("prior", "0"),
            ("alpha", "2"),
            ("baseline", "5"),
            ("dispersion", "0.5"),
            ("window", "0"),
        ] {
            assert!(said(key, value).contains(key), "{key}");
        }
    }

    #[test]
    fn counts_that_swing_alarm_later() {
        let cases: Vec<(usize, f64)> = (0..90)
            .map(|day| (day, f64::from(u8::from(day % 3 == 0))))
            .chain([(90, 5.0)])
            .collect();
        let p = |dispersion| {
            let params = GammaPoisson {
                window: 1,
                dispersion,
                ..GammaPoisson::default()
            };
            detect(&[place(&daily(&cases), 1)], 90, &params).unwrap()[0][0]
                .p
                .unwrap()
        };
        assert!(p(1.0) < p(1.5) && p(1.5) < p(3.0));
    }
}
