//! Semiparametric start of an outbreak (Frisén, Andersson and Schiöler 2009, BMC Infect Dis 9:132), as
//! `surveillance::outbreakP`: the likelihood of a mean that never falls over that of a constant one. For the onset of a
//! season; restart it each season.

use super::params::parameters;
use super::{Error, Series, Verdict};

parameters! {
    /// Parameters of the outbreak detection.
    pub struct OutbreakP {
        /// Likelihood ratio that alarms.
        k: f64 = 100.0,
    }
}

/// Judges all points from the second; score and upper bound are the likelihood ratio and its limit. Missing counts are
/// left out.
///
/// # Errors
/// A limit that is not positive.
pub fn detect(series: &Series, params: &OutbreakP) -> Result<Vec<Verdict>, Error> {
    if params.k <= 0.0 {
        return Err(Error::new("parameter k: give a likelihood ratio above 0, such as 100"));
    }
    // Blocks of the isotonic regression: (sum, points); pooled while the last mean is not above the one before.
    let mut blocks: Vec<(f64, f64)> = Vec::new();
    let mut all = Vec::new();
    for (t, &y) in series.observed.iter().enumerate() {
        if y.is_nan() {
            all.push(Verdict::none(t, y));
            continue;
        }
        blocks.push((y, 1.0));
        while let [.., before, last] = blocks[..] {
            if before.0 / before.1 < last.0 / last.1 {
                break;
            }
            blocks.truncate(blocks.len() - 2);
            blocks.push((before.0 + last.0, before.1 + last.1));
        }
        if t > 0 {
            let (sum, points) = blocks.iter().fold((0.0, 0.0), |(s, n), b| (s + b.0, n + b.1));
            let mean: f64 = sum / points;
            let terms = blocks
                .iter()
                .filter(|b| b.0 > 0.0)
                .map(|b| b.0 * (b.0 / b.1 / mean).ln());
            let ratio = terms.sum::<f64>().exp();
            all.push(Verdict {
                expected: Some(mean),
                score: Some(ratio),
                alarm: Some(ratio > params.k),
                ..Verdict::none(t, y)
            });
        }
    }
    Ok(all)
}
