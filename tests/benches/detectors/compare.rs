//! Our answers beside R's, number by number.

use anyhow::{Result, ensure};
use smartcenter_pipelines::detector::{ears, farrington};

const TOLERANCE: f64 = 1e-6;

/// What was compared.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Numbers and alarms compared.
    pub values: u64,
    /// Largest relative difference.
    pub largest: f64,
    /// Points of which R says nothing, because its regression did not converge.
    pub no_verdict: u64,
    /// Alarms of both.
    pub alarms: u64,
}

impl Tally {
    fn number(&mut self, what: &str, at: (usize, usize), ours: f64, theirs: f64) -> Result<()> {
        self.values += 1;
        if (ours.is_nan() && theirs.is_nan()) || ours == theirs {
            return Ok(());
        }
        let difference = (ours - theirs).abs() / ours.abs().max(theirs.abs());
        ensure!(
            difference <= TOLERANCE || (ours - theirs).abs() <= 1e-12,
            "{what} of series {} week {}: {ours} here, {theirs} in R",
            at.0 + 1,
            at.1 + 1
        );
        if (ours - theirs).abs() > 1e-12 {
            self.largest = self.largest.max(difference);
        }
        Ok(())
    }

    fn alarm(&mut self, at: (usize, usize), ours: Option<bool>, theirs: f64) -> Result<()> {
        self.values += 1;
        self.alarms += u64::from(theirs == 1.0);
        ensure!(
            ours.unwrap_or(false) == (theirs == 1.0),
            "alarm of series {} week {}: {ours:?} here, {theirs} in R",
            at.0 + 1,
            at.1 + 1
        );
        Ok(())
    }
}

/// Rows of all series beside expected, bound, alarm, score and p-value of R.
pub fn farrington(ours: &[Vec<(usize, Option<farrington::Row>)>], theirs: &[f64]) -> Result<Tally> {
    let mut tally = Tally::default();
    let weeks = ours.first().map_or(0, Vec::len);
    let n = ours.len() * weeks;
    ensure!(
        theirs.len() == 5 * n,
        "R answered {} numbers, not {}",
        theirs.len(),
        5 * n
    );
    for (s, rows) in ours.iter().enumerate() {
        for (place, (week, row)) in rows.iter().enumerate() {
            let of = |part: usize| theirs[part * n + s * weeks + place];
            let [expected, upper, alarm, score, p] = [0, 1, 2, 3, 4].map(of);
            if score.is_nan() && expected == 0.0 {
                tally.no_verdict += 1;
                continue;
            }
            let at = (s, *week);
            let Some(row) = row else {
                anyhow::bail!("series {} week {}: a verdict of R only", s + 1, week + 1);
            };
            // R hides bounds where there are fewer than five cases in four weeks.
            let shown = |x: f64| if row.enough { x } else { f64::NAN };
            tally.number("expected", at, shown(row.expected), expected)?;
            tally.number("bound", at, shown(row.upper), upper)?;
            tally.number("score", at, row.score, score)?;
            tally.number("p", at, row.p, p)?;
            tally.alarm(at, row.alarm, alarm)?;
        }
    }
    Ok(tally)
}

/// Rows of all series beside bound and alarm of R.
pub fn ears(ours: &[Vec<(usize, ears::Row)>], theirs: &[f64]) -> Result<Tally> {
    let mut tally = Tally::default();
    let weeks = ours.first().map_or(0, Vec::len);
    let n = ours.len() * weeks;
    ensure!(
        theirs.len() == 2 * n,
        "R answered {} numbers, not {}",
        theirs.len(),
        2 * n
    );
    for (s, rows) in ours.iter().enumerate() {
        for (place, (week, row)) in rows.iter().enumerate() {
            let at = (s, *week);
            tally.number("bound", at, row.upper, theirs[s * weeks + place])?;
            tally.alarm(at, row.alarm, theirs[n + s * weeks + place])?;
        }
    }
    Ok(tally)
}
