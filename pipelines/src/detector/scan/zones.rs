//! The cylinders of a scan, and what is known of each before any case is placed: its expected count.

use super::{LEAST_CASES, Model, Scan, Window};
use crate::sphere::{chord_km, point};

/// Distances that differ by less (km) are equal, and their places enter together.
const SAME: f64 = 1e-9;

/// What the statistic of a cylinder needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cylinder {
    /// ln of the expected count.
    pub ln_mu: f64,
    /// ln of the count expected elsewhere.
    pub ln_rest: f64,
    /// Fewest cases that can be a cluster.
    pub least: f64,
}

/// What tells most cylinders from the strongest one without a logarithm: (c - mu)^2 C / (mu (C - mu)) is never below
/// the statistic.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    /// Expected count.
    pub mu: f64,
    /// C / (mu (C - mu)).
    pub factor: f64,
}

/// The circles about one place: each ends after some neighbour.
pub(super) struct Centre {
    /// Neighbours from the centre outwards, up to the largest circle.
    pub order: Vec<u32>,
    /// Numbers of neighbours at which a circle ends.
    pub ends: Vec<u32>,
    /// For each circle, one cylinder for each length.
    pub cylinders: Vec<Cylinder>,
    /// The same for the first look.
    pub screens: Vec<Screen>,
}

/// All cylinders.
pub(super) struct Zones {
    pub centres: Vec<Centre>,
    /// Longest period in days.
    pub lengths: usize,
    /// All cases.
    pub total: f64,
    /// x ln x for whole x up to the total.
    pub x_ln_x: Vec<f64>,
    place_weight: Vec<f64>,
    length_share: Vec<f64>,
}

impl Zones {
    pub fn new(window: &Window, params: &Scan) -> Self {
        let lengths = params.max_days;
        let total: f64 = window.cases.iter().map(|c| f64::from(c.count)).sum();
        let (weight, share) = weights(window, params.model, lengths, total);
        let mut zones = Self {
            centres: Vec::new(),
            lengths,
            total,
            x_ln_x: (0..=total as usize)
                .map(|x| if x == 0 { 0.0 } else { x as f64 * (x as f64).ln() })
                .collect(),
            place_weight: weight,
            length_share: share,
        };
        let points: Vec<[f64; 3]> = window.places.iter().map(|p| point(p.latitude, p.longitude)).collect();
        zones.centres = (0..points.len())
            .map(|centre| zones.centre(&points, centre, params))
            .collect();
        zones
    }

    /// The circles about a place: up to the largest radius and share.
    fn centre(&self, points: &[[f64; 3]], centre: usize, params: &Scan) -> Centre {
        let mut near: Vec<(f64, u32)> = (0..points.len())
            .map(|other| {
                let distance = chord_km(&points[centre], &points[other]);
                (distance, u32::try_from(other).unwrap_or(u32::MAX))
            })
            .filter(|(d, _)| params.max_radius.is_none_or(|radius| *d <= radius))
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let most = params.max_share * self.place_weight.iter().sum::<f64>();
        let mut found = Centre {
            order: Vec::new(),
            ends: Vec::new(),
            cylinders: Vec::new(),
            screens: Vec::new(),
        };
        let mut weight = 0.0;
        for ring in near.chunk_by(|a, b| b.0 - a.0 < SAME) {
            weight += ring
                .iter()
                .map(|(_, place)| self.place_weight[*place as usize])
                .sum::<f64>();
            if weight > most {
                break;
            }
            found.order.extend(ring.iter().map(|(_, place)| *place));
            found.ends.push(u32::try_from(found.order.len()).unwrap_or(u32::MAX));
            for mu in self.length_share.iter().map(|share| weight * share) {
                found.cylinders.push(self.cylinder(mu));
                found.screens.push(self.screen(mu));
            }
        }
        found
    }

    fn cylinder(&self, mu: f64) -> Cylinder {
        Cylinder {
            ln_mu: mu.ln(),
            ln_rest: (self.total - mu).ln(),
            // Only excess is a cluster; nothing expected, none possible.
            least: if mu > 0.0 {
                LEAST_CASES.max((mu + 1e-9).floor() + 1.0)
            } else {
                f64::INFINITY
            },
        }
    }

    fn screen(&self, mu: f64) -> Screen {
        // Nothing expected, nothing possible.
        let factor = if mu > 0.0 {
            self.total / (mu * (self.total - mu))
        } else {
            0.0
        };
        Screen { mu, factor }
    }

    /// Places of a circle, from the centre outwards.
    pub fn members(&self, centre: usize, zone: usize) -> impl Iterator<Item = usize> + '_ {
        let centre = &self.centres[centre];
        centre.order[..centre.ends[zone] as usize]
            .iter()
            .map(|&place| place as usize)
    }

    /// Expected count of a cylinder of `length` days.
    pub fn expected(&self, centre: usize, zone: usize, length: usize) -> f64 {
        let weight: f64 = self.members(centre, zone).map(|place| self.place_weight[place]).sum();
        weight * self.length_share[length - 1]
    }
}

/// Weight of each place and factor of each length whose product is the expected count: cases of the place times the
/// share of all cases in the period, or cases per person times the share of days.
fn weights(window: &Window, model: Model, lengths: usize, total: f64) -> (Vec<f64>, Vec<f64>) {
    match model {
        Model::Permutation => {
            let mut place = vec![0.0; window.places.len()];
            let mut length = vec![0.0; lengths];
            for c in &window.cases {
                place[c.place] += f64::from(c.count);
                for back in window.days - c.day..=lengths {
                    length[back - 1] += f64::from(c.count) / total;
                }
            }
            (place, length)
        }
        Model::Poisson => {
            let population: f64 = window.places.iter().map(|p| p.population).sum();
            let place = window
                .places
                .iter()
                .map(|p| total * p.population / population)
                .collect();
            let length = (1..=lengths).map(|length| length as f64 / window.days as f64).collect();
            (place, length)
        }
    }
}
