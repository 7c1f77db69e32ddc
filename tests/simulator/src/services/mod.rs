//! Public services of the synthetic regency: what is offered where, who comes, and how a queue of them runs.
//!
//! The regency is always simulated whole; a small world shows a part of its tickets. So waits are those of a real
//! queue in a small world, too, and what a small world sends is part of what a large one sends.

pub(crate) mod bench;
pub(crate) mod catalogue;
pub(crate) mod demand;
pub(crate) mod institution;
pub(crate) mod letter;
pub(crate) mod matter;
pub(crate) mod office;
pub(crate) mod opinion;
pub(crate) mod place;
pub(crate) mod queue;
pub(crate) mod sepeda;
pub(crate) mod staff;
pub(crate) mod text;
pub(crate) mod ticket;
pub(crate) mod visit;
pub(crate) mod workbook;

use crate::{Result, World, dice::Dice, regions::Regions};
use catalogue::Service;
use office::OfficeDays;
use place::Site;

/// What stands: services, places and the days on which offices are open.
#[derive(Debug, Clone)]
pub(crate) struct Services {
    pub(crate) catalogue: Vec<Service>,
    /// Places with a queue: MPP, CPP, then the fourteen kecamatan.
    pub(crate) sites: Vec<Site>,
    pub(crate) office: OfficeDays,
    /// True for the load of the whole regency.
    pub(crate) wide: bool,
    /// By kecamatan: its villages (position) with their population.
    homes: Vec<Vec<(usize, u32)>>,
}

impl Services {
    /// Reads the package's facts; `seed` is not used, because every world has the same offices.
    pub(crate) fn build(_seed: u64, regions: &Regions) -> Result<Self> {
        let catalogue = catalogue::load()?;
        Ok(Self {
            sites: place::queueing(&catalogue, regions, false),
            wide: false,
            catalogue,
            office: OfficeDays::load()?,
            homes: homes(regions),
        })
    }

    /// Opens the counters that the load of the whole regency needs.
    pub(crate) fn widen(&mut self, regions: &Regions) {
        self.wide = true;
        self.sites = place::queueing(&self.catalogue, regions, true);
    }
}

fn homes(regions: &Regions) -> Vec<Vec<(usize, u32)>> {
    let mut all = vec![Vec::new(); regions.kecamatan.len()];
    for (position, village) in regions.villages.iter().enumerate() {
        if let Some(own) = all.get_mut(village.kecamatan) {
            own.push((position, village.population));
        }
    }
    all
}

/// A village of a kecamatan by population; its position among all villages.
pub(crate) fn village(world: &World, kecamatan: usize, dice: &mut Dice) -> usize {
    let homes = world.services.homes.get(kecamatan);
    homes.and_then(|homes| dice.weighted(homes)).unwrap_or(0)
}

/// Share of the regency's tickets, letters and sessions that a world shows. Smaller than its activity where that is
/// small: queues send several rows for each visit, and a small world must load in a minute.
pub(crate) fn shown(world: &World) -> f64 {
    world.size.activity.clamp(0.0, 1.0).powf(1.4)
}

/// A stable number for a text, to throw dice by name (FNV-1a).
pub(crate) fn name_number(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Id of the office of a kecamatan among the institutions, such as `kecamatan-panggul`.
pub(crate) fn kecamatan_office(name: &str) -> String {
    format!("kecamatan-{}", name.to_lowercase().replace(' ', "-"))
}

/// Share of `part` in `whole`, 0 for an empty whole.
pub(crate) fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole.max(1))
}
