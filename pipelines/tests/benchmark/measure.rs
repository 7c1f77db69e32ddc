//! Shares of false alarms and of outbreaks found, over many series.

use crate::detectors::Detector;
use crate::random::Random;
use crate::scenario::{FIRST, SCENARIOS, Sample, WEEKS, draw};

/// What is counted for a row of the table.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    weeks: usize,
    clean: usize,
    past: usize,
    outbreaks: usize,
    found: usize,
    first_week: usize,
    true_positive: usize,
    false_positive: usize,
    positive: usize,
    negative: usize,
}

/// Shares, in the order of the table.
#[derive(Debug, Clone, Copy)]
pub struct Shares {
    pub fpr_clean: f64,
    pub fpr_past: f64,
    pub pod: f64,
    pub pod_first_week: f64,
    pub sensitivity: f64,
    pub specificity: f64,
    pub ppv: f64,
}

impl Count {
    fn add(&mut self, sample: &Sample, clean: &[bool], past: &[bool], outbreak: &[bool]) {
        let number = |alarms: &[bool]| alarms.iter().filter(|a| **a).count();
        self.weeks += clean.len();
        self.clean += number(clean);
        self.past += number(past);
        let (start, end) = sample.current.map_or((0, 0), |(s, e)| (s - FIRST, e - FIRST + 1));
        if sample.current.is_some() {
            self.outbreaks += 1;
            self.found += usize::from(number(&outbreak[start..end]) > 0);
            self.first_week += usize::from(outbreak[start]);
        }
        let hits = number(&outbreak[start..end]);
        self.true_positive += hits;
        self.false_positive += number(outbreak) - hits;
        self.positive += end - start;
        self.negative += outbreak.len() - (end - start);
    }

    fn join(&mut self, other: &Self) {
        self.weeks += other.weeks;
        self.clean += other.clean;
        self.past += other.past;
        self.outbreaks += other.outbreaks;
        self.found += other.found;
        self.first_week += other.first_week;
        self.true_positive += other.true_positive;
        self.false_positive += other.false_positive;
        self.positive += other.positive;
        self.negative += other.negative;
    }

    pub fn shares(&self) -> Shares {
        let share = |a: usize, b: usize| a as f64 / b as f64;
        Shares {
            fpr_clean: share(self.clean, self.weeks),
            fpr_past: share(self.past, self.weeks),
            pod: share(self.found, self.outbreaks),
            pod_first_week: share(self.first_week, self.outbreaks),
            sensitivity: share(self.true_positive, self.positive),
            specificity: 1.0 - share(self.false_positive, self.negative),
            ppv: share(self.true_positive, self.true_positive + self.false_positive),
        }
    }
}

/// Counts of each scenario for each row of the detectors, from `replicates` series each.
pub fn run(detectors: &[Detector], replicates: usize, seed: u64) -> Vec<Vec<Count>> {
    let rows: usize = detectors.iter().map(|d| d.names().len()).sum();
    let mut counts = vec![vec![Count::default(); rows]; SCENARIOS];
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for (part, chunk) in counts.chunks_mut(SCENARIOS.div_ceil(threads)).enumerate() {
            let first = part * SCENARIOS.div_ceil(threads);
            scope.spawn(move || {
                for (i, counts) in chunk.iter_mut().enumerate() {
                    scenario(detectors, first + i, replicates, seed, counts);
                }
            });
        }
    });
    counts
}

fn scenario(detectors: &[Detector], scenario: usize, replicates: usize, seed: u64, counts: &mut [Count]) {
    for replicate in 0..replicates {
        let mut random = Random::new(seed, (scenario * 10_000 + replicate) as u64);
        let sample = draw(scenario, &mut random);
        let mut row = 0;
        for detector in detectors {
            let [clean, past, outbreak] =
                [&sample.clean, &sample.past, &sample.outbreak].map(|series| detector.alarms(series));
            for ((clean, past), outbreak) in clean.iter().zip(&past).zip(&outbreak) {
                assert_eq!(clean.len(), WEEKS - FIRST);
                counts[row].add(&sample, clean, past, outbreak);
                row += 1;
            }
        }
    }
}

/// Sums over scenarios.
pub fn total<'a>(counts: impl Iterator<Item = &'a Vec<Count>>) -> Vec<Count> {
    let mut sum: Vec<Count> = Vec::new();
    for scenario in counts {
        sum.resize(scenario.len(), Count::default());
        sum.iter_mut().zip(scenario).for_each(|(sum, count)| sum.join(count));
    }
    sum
}
