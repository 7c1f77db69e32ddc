//! The strongest cylinder for given cases.

use super::zones::{Cylinder, Zones};
use super::{MOST_DAYS, Window};

/// Cases of each place over the last 1, 2, ... days: `lengths` numbers for each place.
pub(super) type Recent = Vec<u32>;

/// The strongest cylinder about a centre.
#[derive(Debug, Clone, Copy)]
pub(super) struct Best {
    pub centre: usize,
    pub zone: usize,
    pub length: usize,
    pub places: u32,
    pub cases: f64,
    pub statistic: f64,
}

/// The cases as observed.
pub(super) fn recent(window: &Window, lengths: usize) -> Recent {
    let mut counts = vec![0; window.places.len() * lengths];
    for c in &window.cases {
        let back = window.days - c.day;
        if back <= lengths {
            counts[c.place * lengths + back - 1] += c.count;
        }
    }
    accumulate(&mut counts, lengths);
    counts
}

/// From cases of each day to cases of each period.
pub(super) fn accumulate(counts: &mut [u32], lengths: usize) {
    for place in counts.chunks_exact_mut(lengths) {
        for length in 1..lengths {
            place[length] += place[length - 1];
        }
    }
}

/// The log-likelihood ratio of c cases: c ln(c / mu) + (C - c) ln((C - c) / (C - mu)).
fn statistic(cylinder: &Cylinder, cases: u32, zones: &Zones) -> f64 {
    let (inside, outside) = (cases as usize, zones.x_ln_x.len() - 1 - cases as usize);
    let c = f64::from(cases);
    let ratio = zones.x_ln_x[inside] - c * cylinder.ln_mu;
    // With all cases inside nothing is left to compare.
    if outside == 0 {
        return ratio;
    }
    ratio + zones.x_ln_x[outside] - (zones.total - c) * cylinder.ln_rest
}

/// The strongest cylinder about each centre; centres without any excess are left out. Of equal ones the first counts,
/// which is the smaller circle.
pub(super) fn best_per_centre(zones: &Zones, counts: &Recent) -> Vec<Best> {
    let mut all = Vec::new();
    for centre in 0..zones.centres.len() {
        let mut best: Option<Best> = None;
        visit(zones, counts, centre, |zone, length, cases, cylinder| {
            let statistic = statistic(cylinder, cases, zones);
            if best.is_none_or(|b| statistic > b.statistic * (1.0 + 1e-12)) {
                best = Some(Best {
                    centre,
                    zone,
                    length,
                    places: zones.centres[centre].ends[zone],
                    cases: f64::from(cases),
                    statistic,
                });
            }
        });
        all.extend(best);
    }
    all
}

/// The largest statistic of all cylinders, 0 if there is no excess.
pub(super) fn maximum(zones: &Zones, counts: &Recent) -> f64 {
    let lengths = zones.lengths;
    let mut max = 0.0_f64;
    for centre in &zones.centres {
        let mut sums = [0_u32; MOST_DAYS];
        let sums = &mut sums[..lengths];
        let mut from = 0;
        for (zone, (&end, screens)) in centre.ends.iter().zip(centre.screens.chunks_exact(lengths)).enumerate() {
            add(sums, &centre.order[from..end as usize], counts, lengths);
            from = end as usize;
            for (length, (cases, screen)) in sums.iter().zip(screens).enumerate() {
                let excess = f64::from(*cases) - screen.mu;
                if excess > 0.0 && excess * excess * screen.factor > max {
                    let cylinder = &centre.cylinders[zone * lengths + length];
                    if f64::from(*cases) >= cylinder.least {
                        max = max.max(statistic(cylinder, *cases, zones));
                    }
                }
            }
        }
    }
    max
}

/// Adds the cases of places.
fn add(sums: &mut [u32], places: &[u32], counts: &Recent, lengths: usize) {
    for &place in places {
        let counts = &counts[place as usize * lengths..][..lengths];
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
}

/// Calls `f` with zone, length and cases of every cylinder about a centre that holds enough of them.
#[inline]
fn visit(zones: &Zones, counts: &Recent, centre: usize, mut f: impl FnMut(usize, usize, u32, &Cylinder)) {
    let centre = &zones.centres[centre];
    let lengths = zones.lengths;
    let mut sums = [0_u32; MOST_DAYS];
    let sums = &mut sums[..lengths];
    let mut from = 0;
    for (zone, (&end, cylinders)) in centre
        .ends
        .iter()
        .zip(centre.cylinders.chunks_exact(lengths))
        .enumerate()
    {
        add(sums, &centre.order[from..end as usize], counts, lengths);
        from = end as usize;
        for (length, (cases, cylinder)) in sums.iter().zip(cylinders).enumerate() {
            if f64::from(*cases) >= cylinder.least {
                f(zone, length + 1, *cases, cylinder);
            }
        }
    }
}
