//! What goes into a detector and what comes out: a series of counts, and one verdict per time point judged.

use super::Error;
use chrono::NaiveDate;

/// A series at equal steps: weeks, months, days or session days. A missing report is NaN, never zero.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// Counts (or shares, where a method says so); NaN where nothing was reported.
    pub observed: Vec<f64>,
    /// Population, denominator or number of answers, one per observation.
    pub population: Option<Vec<f64>>,
    /// Dates, strictly increasing, one per observation; without them time is the index.
    pub dates: Option<Vec<NaiveDate>>,
    /// Steps in a year: 52 weeks, 12 months, 365 days.
    pub freq: usize,
}

impl Series {
    /// A series without dates or population.
    pub fn new(observed: Vec<f64>, freq: usize) -> Self {
        Self {
            observed,
            freq,
            ..Self::default()
        }
    }

    /// Number of time points.
    pub fn len(&self) -> usize {
        self.observed.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.observed.is_empty()
    }

    /// Checks what all methods rely on.
    ///
    /// # Errors
    /// Lengths that differ, infinite values, dates that do not increase, a population that is not positive.
    pub fn check(&self) -> Result<(), Error> {
        let n = self.len();
        if let Some(at) = self.observed.iter().position(|y| y.is_infinite()) {
            return Err(Error::new(format!(
                "observation {} is infinite: leave it empty if it is missing",
                at + 1
            )));
        }
        if let Some(population) = &self.population {
            if population.len() != n {
                return Err(Error::new(format!(
                    "{n} observations and {} populations: give one each",
                    population.len()
                )));
            }
            let usable = |(p, y): (&f64, &f64)| y.is_nan() || (p.is_finite() && *p > 0.0);
            if let Some(at) = population.iter().zip(&self.observed).position(|pair| !usable(pair)) {
                return Err(Error::new(format!(
                    "population {} of observation {} is not a positive number: correct it, or leave the observation empty",
                    population[at],
                    at + 1
                )));
            }
        }
        if let Some(dates) = &self.dates {
            if dates.len() != n {
                return Err(Error::new(format!(
                    "{n} observations and {} dates: give one each",
                    dates.len()
                )));
            }
            if let Some(at) = dates.windows(2).position(|pair| pair[0] >= pair[1]) {
                return Err(Error::new(format!(
                    "date {} is followed by {}: sort the rows by date and keep one per date",
                    dates[at],
                    dates[at + 1]
                )));
            }
        }
        if self.freq == 0 {
            return Err(Error::new(
                "freq is 0: give the steps in a year, such as freq=52 for weeks",
            ));
        }
        Ok(())
    }

    /// The populations, or why the method cannot do without.
    pub(super) fn denominators(&self, method: &str) -> Result<&[f64], Error> {
        self.population
            .as_deref()
            .ok_or_else(|| Error::new(format!("{method} needs a denominator: add a column population")))
    }
}

/// The judgement on one time point.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Verdict {
    /// Position in the series, from 0.
    pub index: usize,
    /// What was observed; NaN where nothing was reported.
    pub observed: f64,
    /// What was expected, in the unit of the observation.
    pub expected: Option<f64>,
    /// The bound above which the observation is unusual.
    pub upper: Option<f64>,
    /// The method's statistic.
    pub score: Option<f64>,
    /// Probability of an observation at least as extreme in ordinary times, where the method has one.
    pub p: Option<f64>,
    /// Whether it is unusual; `None` where the method gives no verdict.
    pub alarm: Option<bool>,
}

impl Verdict {
    /// A time point the method does not judge.
    pub fn none(index: usize, observed: f64) -> Self {
        Self {
            index,
            observed,
            ..Self::default()
        }
    }
}

/// A number, if it is one.
pub(super) fn known(x: f64) -> Option<f64> {
    (!x.is_nan()).then_some(x)
}
