//! Prospective space-time scan: is there a circle of neighbouring schools or puskesmas with too many cases in the days
//! up to today? Space-time permutation (Kulldorff et al. 2005, PLoS Med 2:e59), which needs no denominators because
//! totals of days and places are given, and the Poisson model (Kulldorff 2001, J R Stat Soc A 164:61-72) to be compared
//! with. Statistics and members as SaTScan 10.3.2.
//!
//! Totals of days cancel weekdays, holidays and whatever concerns the whole regency; the permutation scan is therefore
//! blind to a rise everywhere, and takes a place that begins to report for a cluster: give it complete reporters only.

mod replicate;
mod search;
#[cfg(test)]
mod tests;
mod zones;

use super::Error;
use super::params::{choice, parameters, probability, within};
use search::Best;
use std::sync::atomic::{AtomicUsize, Ordering};
use zones::Zones;

choice! {
    /// How cases are expected to spread.
    pub enum Model {
        /// Totals of days and places are given; dates are shuffled.
        Permutation = "permutation",
        /// In proportion to population and days.
        Poisson = "poisson",
    }
}

choice! {
    /// Which clusters are reported beside the most likely one.
    pub enum Secondary {
        /// Those that share no place with one reported before.
        NoOverlap = "no_overlap",
        /// Those whose centre lies in none reported before, and the other way round.
        NoCentres = "no_centres",
    }
}

parameters! {
    /// Parameters of the scan.
    pub struct Scan {
        /// How cases are expected to spread.
        model: Model = Model::Permutation,
        /// Largest radius in km; auto is none.
        max_radius: Option<f64> = None,
        /// Largest share of the cases (Poisson: of the population) in a circle.
        max_share: f64 = 0.5,
        /// Longest period in days, counted back from today.
        max_days: usize = 7,
        /// Shuffles.
        replications: usize = 999,
        /// Seed of the shuffles; the same seed gives the same p-values on any machine and number of threads.
        seed: u64 = 12_345_678,
        /// Which clusters are reported beside the most likely one.
        secondary: Secondary = Secondary::NoOverlap,
        /// p-value at which a cluster alarms; 0.0027 is once in a year of daily runs.
        alpha: f64 = 0.0027,
    }
}

/// Fewest cases in a cluster.
const LEAST_CASES: f64 = 2.0;
/// Longest period.
const MOST_DAYS: usize = 32;

/// A place that can have cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Name.
    pub name: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Population, of the Poisson model.
    pub population: f64,
}

/// Cases of one place on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cases {
    /// Position of the place.
    pub place: usize,
    /// Day from 0.
    pub day: usize,
    /// How many.
    pub count: u32,
}

/// What is scanned: places, cases and the number of days, of which the last is today.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// The places; those without cases matter little, but are named in clusters.
    pub places: Vec<Place>,
    /// The cases.
    pub cases: Vec<Cases>,
    /// Number of days; 60 to 90 service days are usual.
    pub days: usize,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Positions of its places, from the centre outwards.
    pub members: Vec<usize>,
    /// First day; the last is today.
    pub first_day: usize,
    /// Cases.
    pub cases: f64,
    /// Cases expected.
    pub expected: f64,
    /// Log-likelihood ratio.
    pub statistic: f64,
    /// Share of the shuffles, the data included, with a cluster at least as strong anywhere.
    pub p: f64,
    /// Days between such clusters by chance, if the scan runs daily.
    pub recurrence_days: f64,
}

/// Finds the clusters, the most likely first. Cost: O(places^2 x `max_days`) for each shuffle.
///
/// # Errors
/// Parameters or positions out of range, no cases, a model without its populations.
pub fn scan(window: &Window, params: &Scan) -> Result<Vec<Cluster>, Error> {
    let scanned = Scanned::new(window, params)?;
    let maxima = replicate::maxima(window, &scanned.zones, params, |_| true);
    Ok(scanned.clusters(window, &maxima))
}

/// The clusters of [`scan`] that alarm, which have a p of at most `alpha`; none where even the strongest has a statistic
/// below `screen`. They are those of the whole scan, at a fraction of its cost: where nothing is wrong, a few shuffles are
/// already stronger than the strongest cluster, and the rest of them cannot make it rarer.
///
/// # Errors
/// As [`scan`].
pub fn alarms(window: &Window, params: &Scan, screen: f64) -> Result<Vec<Cluster>, Error> {
    let scanned = Scanned::new(window, params)?;
    let Some(strongest) = scanned.reported.first().filter(|best| best.statistic >= screen) else {
        return Ok(Vec::new());
    };
    let above = AtomicUsize::new(0);
    let may_alarm = |max: f64| {
        let one = usize::from(is_above(max, strongest));
        p(above.fetch_add(one, Ordering::Relaxed) + one, params.replications) <= params.alpha
    };
    let maxima = replicate::maxima(window, &scanned.zones, params, may_alarm);
    if p(above.into_inner(), params.replications) > params.alpha {
        return Ok(Vec::new());
    }
    let mut clusters = scanned.clusters(window, &maxima);
    clusters.retain(|cluster| cluster.p <= params.alpha);
    Ok(clusters)
}

/// Whether a shuffle has a cluster at least as strong.
fn is_above(max: f64, best: &Best) -> bool {
    max >= best.statistic * (1.0 - 1e-12)
}

/// Share of the shuffles, the data included, that are at least as strong.
fn p(above: usize, replications: usize) -> f64 {
    (above + 1) as f64 / (replications + 1) as f64
}

/// The observed data, before any shuffle.
struct Scanned {
    zones: Zones,
    /// The strongest first.
    reported: Vec<Best>,
}

impl Scanned {
    fn new(window: &Window, params: &Scan) -> Result<Self, Error> {
        check(window, params)?;
        let zones = Zones::new(window, params);
        let counts = search::recent(window, zones.lengths);
        let found = search::best_per_centre(&zones, &counts);
        let reported = report(&zones, found, params.secondary);
        Ok(Self { zones, reported })
    }

    /// What is reported, with the probability that follows from all shuffles.
    fn clusters(&self, window: &Window, maxima: &[f64]) -> Vec<Cluster> {
        let zones = &self.zones;
        let clusters = self.reported.iter().map(|best| {
            let above = maxima.iter().filter(|max| is_above(**max, best)).count();
            let p = p(above, maxima.len());
            Cluster {
                members: zones.members(best.centre, best.zone).collect(),
                first_day: window.days - best.length,
                cases: best.cases,
                expected: zones.expected(best.centre, best.zone, best.length),
                statistic: best.statistic,
                p,
                recurrence_days: 1.0 / p,
            }
        });
        clusters.collect()
    }
}

/// Those that are reported, the strongest first.
fn report(zones: &Zones, mut found: Vec<Best>, secondary: Secondary) -> Vec<Best> {
    // Equal statistics by adding places without cases: the smaller set is reported.
    found.sort_by(|a, b| b.statistic.total_cmp(&a.statistic).then(a.places.cmp(&b.places)));
    let mut reported: Vec<Best> = Vec::new();
    let contains = |best: &Best, place: usize| zones.members(best.centre, best.zone).any(|member| member == place);
    for candidate in found {
        let is_apart = |before: &Best| match secondary {
            Secondary::NoOverlap => !zones
                .members(candidate.centre, candidate.zone)
                .any(|m| contains(before, m)),
            Secondary::NoCentres => !contains(before, candidate.centre) && !contains(&candidate, before.centre),
        };
        if reported.iter().all(is_apart) {
            reported.push(candidate);
        }
    }
    reported
}

/// Checks the ranges of parameters.
///
/// # Errors
/// The first parameter out of range.
pub fn check_parameters(params: &Scan) -> Result<(), Error> {
    probability("alpha", params.alpha)?;
    within("max_share", params.max_share, f64::MIN_POSITIVE, 1.0)?;
    within("max_days", params.max_days as f64, 1.0, MOST_DAYS as f64)
}

fn check(window: &Window, params: &Scan) -> Result<(), Error> {
    check_parameters(params)?;
    if window.days < 2 * params.max_days {
        return Err(Error::new(format!(
            "a scan over periods up to {} days needs {} days or more, and there are {}: give more days or a smaller max_days",
            params.max_days,
            2 * params.max_days,
            window.days
        )));
    }
    if let Some(place) = window.places.iter().find(|p| {
        !(p.latitude.abs() <= 90.0 && p.longitude.abs() <= 180.0)
            || (params.model == Model::Poisson && !(p.population > 0.0 && p.population.is_finite()))
    }) {
        return Err(Error::new(format!(
            "place {}: give degrees of latitude and longitude, and for model=poisson a positive population",
            place.name
        )));
    }
    let in_range = |c: &Cases| c.place < window.places.len() && c.day < window.days;
    if !window.cases.iter().all(in_range) {
        return Err(Error::new("a case lies outside the places or days of the scan"));
    }
    if window.cases.iter().map(|c| u64::from(c.count)).sum::<u64>() < 2 {
        return Err(Error::new("there are fewer than two cases: nothing to scan"));
    }
    Ok(())
}
