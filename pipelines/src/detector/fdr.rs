//! Many series, few false alarms: the false-discovery rate of Benjamini and Hochberg 1995 (J R Stat Soc B 57:289-300),
//! and of Benjamini and Yekutieli 2001 under any dependence. With discrete p-values both stay valid, on the safe side.

/// P-values adjusted after Benjamini and Hochberg, in the order given: an alarm at rate q is one at most q. Missing
/// p-values (NaN) stay missing and do not count.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    benjamini_hochberg_among(p, 0)
}

/// The same where `p` are the smallest p-values of `tested` tests, the others of which were not kept. Never fewer tests
/// than p-values.
pub fn benjamini_hochberg_among(p: &[f64], tested: usize) -> Vec<f64> {
    adjust(p, tested, 1.0)
}

/// The same under any dependence: larger by the harmonic sum.
pub fn benjamini_yekutieli(p: &[f64]) -> Vec<f64> {
    let count = p.iter().filter(|p| !p.is_nan()).count();
    adjust(p, count, (1..=count).map(|i| 1.0 / i as f64).sum())
}

fn adjust(p: &[f64], tested: usize, factor: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).filter(|&i| !p[i].is_nan()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let count = order.len().max(tested) as f64;
    let mut adjusted = vec![f64::NAN; p.len()];
    let mut least = 1.0_f64;
    for (rank, &at) in order.iter().enumerate().rev() {
        least = least.min(p[at] * factor * count / (rank as f64 + 1.0));
        adjusted[at] = least;
    }
    adjusted
}
