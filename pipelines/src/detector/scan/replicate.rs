//! What chance alone does: the strongest cylinder of many shuffles. Each shuffle has a random stream of its own, so the
//! result does not depend on the number of threads.

use super::search::{Recent, accumulate, maximum};
use super::zones::Zones;
use super::{Model, Scan, Window};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::atomic::{AtomicBool, Ordering};

/// The largest statistic of each shuffle. `goes_on` is told of each one; where it is false, the rest are left undone.
pub(super) fn maxima(window: &Window, zones: &Zones, params: &Scan, goes_on: impl Fn(f64) -> bool + Sync) -> Vec<f64> {
    let pool = Pool::new(window, zones, params.model);
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(params.replications.max(1));
    let share = params.replications.div_ceil(threads).max(1);
    let mut maxima = vec![0.0; params.replications];
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for (thread, part) in maxima.chunks_mut(share).enumerate() {
            let (pool, goes_on, is_over) = (&pool, &goes_on, &is_over);
            scope.spawn(move || {
                let mut cases = pool.cases.clone();
                let mut counts = vec![0; pool.places * zones.lengths];
                for (i, max) in part.iter_mut().enumerate() {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    let mut random = ChaCha8Rng::seed_from_u64(params.seed);
                    random.set_stream((thread * share + i) as u64);
                    pool.shuffle(&mut cases, &mut counts, zones.lengths, &mut random);
                    *max = maximum(zones, &counts);
                    if !goes_on(*max) {
                        is_over.store(true, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    maxima
}

/// What is shuffled.
struct Pool {
    places: usize,
    /// Place of each case.
    cases: Vec<u32>,
    /// Cases of the last days, today first.
    last_days: Vec<usize>,
    /// Of the Poisson model: cumulative shares of the places, and the number of days.
    shares: Option<(Vec<f64>, usize)>,
}

impl Pool {
    fn new(window: &Window, zones: &Zones, model: Model) -> Self {
        let mut last_days = vec![0; zones.lengths];
        let mut cases = Vec::with_capacity(zones.total as usize);
        for c in &window.cases {
            let place = u32::try_from(c.place).unwrap_or(u32::MAX);
            cases.extend(std::iter::repeat_n(place, c.count as usize));
            if let Some(day) = last_days.get_mut(window.days - c.day - 1) {
                *day += c.count as usize;
            }
        }
        let shares = (model == Model::Poisson).then(|| {
            let mut sum = 0.0;
            let population: f64 = window.places.iter().map(|p| p.population).sum();
            let cumulative = window.places.iter().map(|p| {
                sum += p.population / population;
                sum
            });
            (cumulative.collect(), window.days)
        });
        Self {
            places: window.places.len(),
            cases,
            last_days,
            shares,
        }
    }

    /// Fills `counts` with one shuffle. Shuffling dates over cases is drawing each last day's cases from all, without
    /// putting back: only they matter.
    fn shuffle(&self, cases: &mut [u32], counts: &mut Recent, lengths: usize, random: &mut ChaCha8Rng) {
        counts.fill(0);
        match &self.shares {
            None => {
                let mut drawn = 0;
                for (day, &number) in self.last_days.iter().enumerate() {
                    for _ in 0..number {
                        let other = random.random_range(drawn..cases.len());
                        cases.swap(drawn, other);
                        counts[cases[drawn] as usize * lengths + day] += 1;
                        drawn += 1;
                    }
                }
            }
            Some((shares, days)) => {
                for _ in 0..cases.len() {
                    let day = random.random_range(0..*days);
                    if day < lengths {
                        let u: f64 = random.random();
                        let place = shares.partition_point(|&share| share <= u).min(self.places - 1);
                        counts[place * lengths + day] += 1;
                    }
                }
            }
        }
        accumulate(counts, lengths);
    }
}
