//! The regency's institutions under the ids by which the hub knows them, before and after the reorganisation of 2026.

use crate::{World, services::kecamatan_office};

/// Offices as they were before 2026.
pub(crate) const ROOTS: [&str; 26] = [
    "setda",
    "setwan",
    "inspektorat",
    "dikpora",
    "dinkes",
    "dpupr",
    "dpkplh",
    "satpolpp",
    "dinsos",
    "disperinaker",
    "dispertapan",
    "dukcapil",
    "dpmd",
    "dishub",
    "kominfo",
    "diskomidag",
    "dpmptsp",
    "disarpus",
    "diskan",
    "disparbud",
    "bappeda",
    "bpkad",
    "bkd",
    "bpbd",
    "bakesbangpol",
    "disnak",
];

/// Id in that year of what was `root` before 2026.
pub(crate) fn current(root: &str, year: i32) -> &str {
    match root {
        _ if year < 2026 => root,
        "dpkplh" => "dlh",
        "dishub" => "dpkpp",
        "diskan" | "disnak" => "disnakkan",
        _ => root,
    }
}

/// Offices that have employees and a budget in that year, those of the kecamatan included; each once.
pub(crate) fn employers(world: &World, year: i32) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for root in ROOTS {
        let id = current(root, year);
        if !all.iter().any(|known| known == id) {
            all.push(id.to_owned());
        }
    }
    all.extend(
        world
            .regions
            .kecamatan
            .iter()
            .map(|place| kecamatan_office(&place.name)),
    );
    all
}
