//! Adaptive multiple regression of the ESSENCE system (Burkom et al. 2007, Stat Med 26:4202-4218, as in CDC's `Rnssp`
//! 0.3.1): weekday means and a trend over a sliding baseline, and the forecast they give for today. For daily series
//! with a week's rhythm and ten or more a day. Beyond the reference: weekdays that never occur (schools without
//! Saturday) are no parameters, and holidays may be a weekday of their own.

use super::ewma::{Essence, Row, five_places, reported, verdicts};
use super::line::{Design, Line};
use super::special::{t_quantile, t_sf};
use super::{Error, Series, Verdict};
use chrono::Datelike;

/// Fewest baseline days.
const LEAST: usize = 11;
/// Group of holidays, after the seven weekdays.
const HOLIDAY: u8 = 7;

/// What the regression says about a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// The judgement.
    pub row: Row,
    /// Adjusted R2; 0 where the baseline does not vary.
    pub adjusted_r2: f64,
}

/// Judges reported days in order, given the weekday of each (0 Monday to 6 Sunday, 7 holiday); `None` where the
/// baseline is shorter than eleven days or has no day of that kind.
///
/// # Errors
/// Parameters out of range.
pub fn rows(observed: &[f64], weekday: &[u8], params: &Essence) -> Result<Vec<Option<Fit>>, Error> {
    params.check()?;
    let ones = vec![1.0; params.baseline];
    let numbers: Vec<f64> = (1..=params.baseline).map(|day| day as f64).collect();
    let quantiles: Vec<_> = (0..=params.baseline)
        .map(|df| {
            (
                five_places(t_quantile(0.95, df as f64)),
                t_quantile(1.0 - params.alpha, df as f64),
            )
        })
        .collect();
    let judge = |t: usize| {
        let end = t.saturating_sub(params.guard);
        if end < LEAST {
            return None;
        }
        let start = end.saturating_sub(params.baseline);
        let (y, days) = (&observed[start..end], end - start);
        let design = Design {
            group: &weekday[start..end],
            time: &numbers[..days],
        };
        let line = Line::fit(&design, &ones[..days], y, true);
        let forecast = line.at(usize::from(weekday[t]), (days + params.guard + 1) as f64);
        let df = days.checked_sub(line.rank).filter(|&df| df > 0)?;
        (!forecast.is_nan()).then(|| judge(observed[t], forecast.max(0.0), y, &design, &line, df, quantiles[df]))
    };
    Ok((0..observed.len()).map(judge).collect())
}

fn judge(
    today: f64,
    forecast: f64,
    y: &[f64],
    design: &Design<'_>,
    line: &Line,
    df: usize,
    (watch, at_alpha): (f64, f64),
) -> Fit {
    let days = y.len() as f64;
    let mean = y.iter().sum::<f64>() / days;
    let (mut rss, mut tss) = (0.0, 0.0);
    for ((&y, &group), &time) in y.iter().zip(design.group).zip(design.time) {
        let residual = y - line.at(usize::from(group), time);
        rss += residual * residual;
        tss += (y - mean) * (y - mean);
    }
    let df = df as f64;
    let inflation = ((days + 7.0) * (days - 4.0) / (days * (days - 7.0))).sqrt();
    let sigma = ((rss / df).sqrt() * inflation).max(0.01 / watch);
    let statistic = (today - forecast) / sigma;
    let adjusted_r2 = 1.0 - rss / tss * (days - 1.0) / df;
    Fit {
        row: Row {
            expected: forecast,
            statistic,
            p: t_sf(statistic, df),
            sigma,
            upper: forecast + at_alpha * sigma,
        },
        adjusted_r2: if adjusted_r2.is_nan() { 0.0 } else { adjusted_r2 },
    }
}

/// Whether a day is too low to speak of a rise: below the mean of its seven days, and at weekends also below the mean
/// of the last seven same weekdays. A mean that is not complete mutes nothing.
pub fn is_muted(observed: &[f64], weekday: &[u8], t: usize) -> bool {
    let is_weekend = matches!(weekday[t], 5 | 6);
    let week = (0..=t).rev();
    let same = (0..=t).rev().filter(|&at| weekday[at] == weekday[t]);
    is_below(observed, t, week) && (!is_weekend || is_below(observed, t, same))
}

fn is_below(observed: &[f64], t: usize, days: impl Iterator<Item = usize>) -> bool {
    let (count, sum) = days.take(7).fold((0, 0.0), |(n, sum), at| (n + 1, sum + observed[at]));
    count == 7 && observed[t] < sum / 7.0
}

/// The kind of each reported day.
pub(super) fn weekdays(series: &Series, days: &[usize], holiday: &[bool], method: &str) -> Result<Vec<u8>, Error> {
    let dates = series.dates.as_ref().ok_or_else(|| {
        Error::new(format!(
            "{method} needs the weekday: give dates such as 2026-07-13 in column date"
        ))
    })?;
    let kind = |&day: &usize| match holiday.get(day) {
        Some(true) => HOLIDAY,
        _ => u8::try_from(dates[day].weekday().num_days_from_monday()).unwrap_or(HOLIDAY),
    };
    Ok(days.iter().map(kind).collect())
}

/// Judges a series; the score is T. `holiday` marks holidays and may be empty.
///
/// # Errors
/// Parameters out of range, or a series without dates.
pub fn detect(series: &Series, holiday: &[bool], params: &Essence) -> Result<Vec<Verdict>, Error> {
    let (days, counts) = reported(series);
    let weekday = weekdays(series, &days, holiday, "adaptive-regression")?;
    let rows = rows(&counts, &weekday, params)?;
    let mut all = verdicts(
        series,
        &days,
        rows.into_iter().map(|fit| fit.map(|f| f.row)),
        params.alpha,
    );
    mute(&mut all, &days, &counts, &weekday, params, |_| true);
    Ok(all)
}

/// Takes back the alarms of muted days.
pub(super) fn mute(
    all: &mut [Verdict],
    days: &[usize],
    counts: &[f64],
    weekday: &[u8],
    params: &Essence,
    concerns: impl Fn(usize) -> bool,
) {
    for (t, &day) in days.iter().enumerate() {
        if params.mute && concerns(t) && all[day].alarm == Some(true) && is_muted(counts, weekday, t) {
            all[day].alarm = Some(false);
        }
    }
}
