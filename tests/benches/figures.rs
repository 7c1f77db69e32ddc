//! Medians, quantiles, ratios, and how they are written.

/// The middle of some figures; the mean of the two middle ones of an even number.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.len() / 2, sorted.len() % 2) {
        (_, _) if sorted.is_empty() => f64::NAN,
        (half, 1) => sorted[half],
        (half, _) => f64::midpoint(sorted[half - 1], sorted[half]),
    }
}

/// The figure below which `share` of the sorted figures lie.
pub fn quantile(sorted: &[u32], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let index = ((sorted.len() as f64 * share) as usize).min(last);
    sorted.get(index).copied().map_or(f64::NAN, f64::from)
}

/// The geometric mean.
pub fn geometric_mean(figures: &[f64]) -> f64 {
    (figures.iter().map(|f| f.ln()).sum::<f64>() / figures.len() as f64).exp()
}

/// All figures of a list, for the report's readers to see their spread.
pub fn spread(figures: &[f64]) -> String {
    let text: Vec<_> = figures.iter().map(|f| format!("{f:.2}")).collect();
    text.join(" ")
}

/// Bytes as MB (of 1,048,576).
pub fn mb(bytes: u64) -> String {
    format!("{:.0} MB", bytes as f64 / f64::from(1 << 20))
}

/// 1234567 as 1,234,567.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
