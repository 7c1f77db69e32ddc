//! All detectors of single series by name, with parameters as text: what the command line and indicator files call.

#[cfg(test)]
mod tests;

use super::params::{Parameters, Value};
use super::{Error, Series, Verdict};
use super::{
    adaptive_regression, choose, cusum, cusum_binomial, ears, ewma, farrington, laney, mstl, nb_predictive, outbreak_p,
    stl, switch, trend,
};
use std::ops::Range;

type Run = fn(&Series, Option<Range<usize>>, &[(&str, &str)]) -> Result<Vec<Verdict>, Error>;

/// A method: its name, what it is for, and how it runs.
pub struct Method {
    /// Name on the command line and in indicator files.
    pub name: &'static str,
    /// What it is for, in one line.
    pub about: &'static str,
    names: fn() -> Vec<(&'static str, String)>,
    run: Run,
    /// Whether it judges the series as a whole, so that a range makes no sense.
    is_whole: bool,
}

impl Method {
    /// Parameters with their defaults, those of all methods included.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![("freq", "52".to_owned())];
        if !self.is_whole {
            all.push(("range", "auto".to_owned()));
        }
        all.extend((self.names)());
        all
    }
}

macro_rules! method {
    ($name:literal, $about:literal, $params:ty, $is_whole:literal, |$series:ident, $range:ident, $p:ident| $run:expr) => {
        Method {
            name: $name,
            about: $about,
            names: <$params>::names,
            run: |$series, $range, pairs| {
                let $p = &<$params>::from_pairs(pairs.iter().copied())?;
                $run
            },
            is_whole: $is_whole,
        }
    };
}

/// The methods.
pub const METHODS: &[Method] = &[
    method!(
        "auto",
        "weekly counts: the method the length of the history allows",
        choose::Auto,
        false,
        |s, r, p| choose::detect(s, r, p)
    ),
    method!(
        "ears-c1",
        "9 to 40 points: today against the last week",
        ears::Ears,
        false,
        |s, _r, p| ears::detect(s, ears::Rule::C1, p)
    ),
    method!(
        "ears-c2",
        "9 to 40 points: as C1, with a guard of two",
        ears::Ears,
        false,
        |s, _r, p| ears::detect(s, ears::Rule::C2, p)
    ),
    method!(
        "ears-c3",
        "9 to 40 points: C2 of three days added up",
        ears::Ears,
        false,
        |s, _r, p| ears::detect(s, ears::Rule::C3, p)
    ),
    method!(
        "ewma",
        "daily counts below ten: smoothed count against a month",
        ewma::Essence,
        false,
        |s, _r, p| ewma::detect(s, p)
    ),
    method!(
        "adaptive-regression",
        "daily counts with a week's rhythm: forecast of weekday and trend",
        ewma::Essence,
        false,
        |s, _r, p| adaptive_regression::detect(s, &[], p)
    ),
    method!(
        "switch",
        "daily counts: regression where it explains enough, else ewma",
        ewma::Essence,
        false,
        |s, _r, p| switch::detect(s, &[], p)
    ),
    method!(
        "farrington-flexible",
        "three years or more of counts: the same season of earlier years",
        farrington::Flexible,
        false,
        |s, r, p| farrington::flexible::detect(s, r, p)
    ),
    method!(
        "farrington",
        "the original of 1996",
        farrington::Classic,
        false,
        |s, r, p| farrington::classic::detect(s, r, p)
    ),
    method!(
        "nb-predictive",
        "7 to 150 weeks of counts: prediction from the last weeks",
        nb_predictive::NbPredictive,
        false,
        |s, _r, p| nb_predictive::detect(s, p)
    ),
    method!(
        "cusum",
        "small lasting rises of counts",
        cusum::Cusum,
        false,
        |s, _r, p| cusum::detect(s, p)
    ),
    method!(
        "cusum-binomial",
        "slow drifts of a share, such as absence",
        cusum_binomial::CusumBinomial,
        false,
        |s, _r, p| cusum_binomial::detect(s, p)
    ),
    method!(
        "outbreak-p",
        "start of a season: a mean that never falls",
        outbreak_p::OutbreakP,
        false,
        |s, _r, p| outbreak_p::detect(s, p)
    ),
    method!(
        "laney-p",
        "shares by month, such as satisfaction",
        laney::Laney,
        false,
        |s, _r, p| laney::detect(s, p)
    ),
    method!(
        "mann-kendall",
        "is there a trend?",
        trend::mann_kendall::MannKendall,
        true,
        |s, _r, p| trend::mann_kendall::detect(s, p)
    ),
    method!(
        "theil-sen",
        "how large is the trend?",
        trend::theil_sen::TheilSen,
        true,
        |s, _r, p| trend::theil_sen::detect(s, p)
    ),
    method!(
        "pelt",
        "where did the level change?",
        trend::pelt::Pelt,
        true,
        |s, _r, p| trend::pelt::detect(s, p)
    ),
    method!(
        "stl",
        "what remains beside trend and season",
        stl::Stl,
        true,
        |s, _r, p| stl::detect(s, p)
    ),
    method!(
        "mstl",
        "the same with two seasons, such as 7 and 365 days",
        mstl::Mstl,
        true,
        |s, _r, p| mstl::detect(s, p)
    ),
];

/// The method of a name.
///
/// # Errors
/// An unknown name, with those there are.
pub fn method(name: &str) -> Result<&'static Method, Error> {
    METHODS.iter().find(|method| method.name == name).ok_or_else(|| {
        let names: Vec<_> = METHODS.iter().map(|method| method.name).collect();
        Error::new(format!(
            "there is no detector {name}: choose from {} scan-stp",
            names.join(" ")
        ))
    })
}

/// Runs a method. Beside its own parameters it takes `freq`, the steps in a year, and `range`, the observations judged,
/// counted from 1 as in `264:312`, or `last`.
///
/// # Errors
/// A series that is not one, unknown or unreadable parameters, or what the method cannot work with.
pub fn run(name: &str, series: &Series, pairs: &[(&str, &str)]) -> Result<Vec<Verdict>, Error> {
    let method = method(name)?;
    let mut series = series.clone();
    let mut range = None;
    let mut own = Vec::new();
    for &(key, value) in pairs {
        match key {
            "freq" => {
                series.freq = usize::read(value)
                    .filter(|freq| *freq > 0)
                    .ok_or_else(|| Error::new(format!("parameter freq: \"{value}\" is not a whole number above 0")))?;
            }
            "range" if !method.is_whole => range = read_range(value, series.len())?,
            "range" => {
                return Err(Error::new(format!(
                    "{name} judges the series as a whole: cut the file instead of giving a range"
                )));
            }
            _ => own.push((key, value)),
        }
    }
    let known = method.parameters();
    if let Some((key, _)) = own.iter().find(|(key, _)| !known.iter().any(|(name, _)| name == key)) {
        let names: Vec<_> = known
            .iter()
            .map(|(name, default)| format!("{name}={default}"))
            .collect();
        return Err(Error::new(format!(
            "{name} has no parameter {key}: choose from {}",
            names.join(" ")
        )));
    }
    series.check()?;
    let mut verdicts = (method.run)(&series, range.clone(), &own)?;
    if let Some(range) = range {
        verdicts.retain(|verdict| range.contains(&verdict.index));
    }
    Ok(verdicts)
}

fn read_range(text: &str, len: usize) -> Result<Option<Range<usize>>, Error> {
    let wrong = || {
        Error::new(format!(
            "parameter range: \"{text}\" is not within 1:{len}; give the first and last observation, such as 264:312, or last"
        ))
    };
    match text {
        "auto" => return Ok(None),
        "last" => return Ok(Some(len.saturating_sub(1)..len)),
        _ => {}
    }
    let (first, last) = text.split_once(':').ok_or_else(wrong)?;
    let first: usize = first.trim().parse().map_err(|_| wrong())?;
    let last: usize = last.trim().parse().map_err(|_| wrong())?;
    if first == 0 || first > last || last > len {
        return Err(wrong());
    }
    Ok(Some(first - 1..last))
}
