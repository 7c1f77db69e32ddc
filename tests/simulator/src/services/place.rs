//! The sites that have a queue, with counters for their usual load.

use crate::{
    regions::Regions,
    services::{catalogue::Service, demand, kecamatan_office},
};

/// A place with a queue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Site {
    /// `MPP`, `CPP`, `KEC-35.03.01`.
    pub(crate) code: String,
    /// `mpp`, `cpp` or `kecamatan`.
    pub(crate) kind: &'static str,
    /// Position of the kecamatan that it serves; none serves the whole regency.
    pub(crate) kecamatan: Option<usize>,
    /// Groups of counters; each has its own queue.
    pub(crate) pools: Vec<Pool>,
    /// For each service of the catalogue: its pool and its share of the first visits, 0 when it is not offered.
    pub(crate) offers: Vec<(usize, f64)>,
}

/// Counters that share a queue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pool {
    /// Institution whose people serve there.
    pub(crate) institution: String,
    /// Letters on its tickets.
    pub(crate) letters: String,
    /// Counters.
    pub(crate) counters: usize,
}

impl Site {
    /// Counters of all pools.
    pub(crate) fn counters(&self) -> usize {
        self.pools.iter().map(|pool| pool.counters).sum()
    }
}

/// MPP, CPP, then the fourteen kecamatan.
/// `wide` plans counters for the load of the whole regency.
pub(crate) fn queueing(catalogue: &[Service], regions: &Regions, wide: bool) -> Vec<Site> {
    let own = (0..regions.kecamatan.len()).map(|index| site(catalogue, regions, ("kecamatan", wide), Some(index)));
    [
        site(catalogue, regions, ("mpp", wide), None),
        site(catalogue, regions, ("cpp", wide), None),
    ]
    .into_iter()
    .chain(own)
    .collect()
}

fn site(
    catalogue: &[Service],
    regions: &Regions,
    (kind, wide): (&'static str, bool),
    kecamatan: Option<usize>,
) -> Site {
    let place = kecamatan.and_then(|index| regions.kecamatan.get(index));
    let (code, host) = match place {
        Some(place) => (format!("KEC-{}", place.code), kecamatan_office(&place.name)),
        None => (kind.to_uppercase(), "dpmptsp".to_owned()),
    };
    let total: f64 = catalogue.iter().filter(|s| s.offered(kind)).map(|s| s.weight).sum();
    let mut pools: Vec<Pool> = Vec::new();
    let mut offers = Vec::new();
    for service in catalogue {
        if !service.offered(kind) || service.weight <= 0.0 {
            offers.push((0, 0.0));
            continue;
        }
        // At the MPP every institution has its own counters; elsewhere the house serves everything.
        let institution = if kind == "mpp" { &service.institution } else { &host };
        let known = pools.iter().position(|pool| pool.institution == *institution);
        let pool = known.unwrap_or_else(|| {
            let letters = letters(pools.len());
            pools.push(Pool {
                institution: institution.clone(),
                letters,
                counters: 0,
            });
            pools.len() - 1
        });
        offers.push((pool, service.weight / total));
    }
    let people: u32 = regions.kecamatan.iter().map(|k| k.population).sum();
    let share = place.map_or(1.0, |place| f64::from(place.population) / f64::from(people.max(1)));
    for (position, pool) in pools.iter_mut().enumerate() {
        let minutes: f64 = catalogue
            .iter()
            .zip(&offers)
            .filter(|(_, offer)| offer.0 == position && offer.1 > 0.0)
            .map(|(service, offer)| offer.1 * demand::counter_minutes(service))
            .sum();
        // First visits, a sixth more for repeats; a counter works about six hours and is planned to be four fifths busy.
        let load = minutes * demand::first_visits(kind, wide) * share * 1.17;
        pool.counters = (load / (370.0 * 0.8)).ceil().max(1.0) as usize;
    }
    Site {
        code,
        kind,
        kecamatan,
        pools,
        offers,
    }
}

/// A, B, ... Z, AA, AB, ...
fn letters(number: usize) -> String {
    let letter = |n: usize| char::from(b'A' + (n % 26) as u8);
    if number < 26 {
        letter(number).to_string()
    } else {
        format!("{}{}", letter(number / 26 - 1), letter(number))
    }
}
