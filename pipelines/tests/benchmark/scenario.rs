//! The 42 scenarios of Noufaily et al. 2013 as read by Bedubourg and Le Strat 2017: seven levels, trend or not, season
//! of order 0, 1 or 2; 624 weeks, with outbreaks in the past and one in the 49 weeks evaluated.

use crate::random::Random;

/// Weeks of a series.
pub const WEEKS: usize = 624;
/// First week evaluated, from 0.
pub const FIRST: usize = 575;
/// Weeks with outbreaks of the past, from 0.
const PAST: (usize, usize) = (312, 574);
const STRENGTHS: [f64; 4] = [2.0, 3.0, 5.0, 10.0];

/// A level: theta, phi, beta if there is a trend, and the season's two coefficients.
const GROUPS: [[f64; 5]; 7] = [
    [0.10, 1.5, 0.0025, 0.60, 0.60],
    [-2.00, 2.0, 0.0050, 0.10, 0.30],
    [1.50, 1.0, 0.0030, 0.20, -0.40],
    [0.50, 5.0, 0.0020, 0.50, 0.50],
    [2.50, 3.0, 0.0010, 1.00, 0.10],
    [3.75, 1.1, 0.0010, 0.10, -0.10],
    [5.00, 1.2, 0.0001, 0.05, 0.01],
];

/// Number of scenarios.
pub const SCENARIOS: usize = 42;

/// A series in its three versions, and its current outbreak.
pub struct Sample {
    pub clean: Vec<f64>,
    pub past: Vec<f64>,
    pub outbreak: Vec<f64>,
    /// First and last week of the current outbreak; none if it left no case.
    pub current: Option<(usize, usize)>,
}

/// Draws a series of scenario 0..42.
pub fn draw(scenario: usize, random: &mut Random) -> Sample {
    let [theta, phi, beta, g1, g2] = GROUPS[scenario / 6];
    let trend = if scenario / 3 % 2 == 1 { beta } else { 0.0 };
    let order = scenario % 3;
    let mean: Vec<f64> = (1..=WEEKS)
        .map(|t| {
            let t = t as f64;
            let angle = |j: usize| std::f64::consts::TAU * j as f64 * t / 52.0;
            let season: f64 = (1..=order).map(|j| g1 * angle(j).cos() + g2 * angle(j).sin()).sum();
            (theta + trend * t + season).exp()
        })
        .collect();
    let clean: Vec<f64> = mean.iter().map(|&mu| random.count(mu, phi)).collect();
    let mut past = clean.clone();
    let mut starts: Vec<usize> = Vec::new();
    while starts.len() < 4 {
        let start = random.between(PAST.0, PAST.1);
        if !starts.contains(&start) {
            starts.push(start);
        }
    }
    for start in starts {
        let k = STRENGTHS[random.between(0, 3)];
        add(&mut past, start, k, phi * mean[start], random);
    }
    let mut outbreak = past.clone();
    let start = random.between(FIRST, WEEKS - 1);
    let k = random.between(1, 10) as f64;
    let last = add(&mut outbreak, start, k, phi * mean[start], random);
    Sample {
        clean,
        past,
        outbreak,
        current: last.map(|last| (start, last)),
    }
}

/// Adds an outbreak of strength k; the last week with a case of it.
fn add(series: &mut [f64], start: usize, k: f64, variance: f64, random: &mut Random) -> Option<usize> {
    let cases = random.poisson(k * variance.sqrt()) as usize;
    let mut last = None;
    for _ in 0..cases {
        let week = start + (0.5 * random.normal()).exp() as usize;
        if week < series.len() {
            series[week] += 1.0;
            last = last.max(Some(week));
        }
    }
    last
}
