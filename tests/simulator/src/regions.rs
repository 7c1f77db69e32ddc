//! The regency's map as the simulator needs it: kecamatan, villages with people, health centres with catchments.
//! Invariant: places depend on the facts alone, never on the seed, so every world has the same map.

use crate::{
    Error, Result,
    dice::Dice,
    facts::{self, Kecamatan},
};

/// Kemendagri code of the whole regency.
pub(crate) const REGENCY: &str = "35.03";

/// A desa or kelurahan.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Village {
    /// Kemendagri code, such as `35.03.11.2008`.
    pub(crate) code: String,
    /// Name.
    pub(crate) name: String,
    /// `desa` or `kelurahan`.
    pub(crate) kind: String,
    /// Position of its kecamatan in [`Regions::kecamatan`].
    pub(crate) kecamatan: usize,
    /// Latitude and longitude of its middle.
    pub(crate) place: (f64, f64),
    /// Registered people of the real size (modelled; the villages of a kecamatan sum up to it).
    pub(crate) population: u32,
    /// Position of the health centre it belongs to in [`Regions::centres`].
    pub(crate) centre: usize,
}

/// A puskesmas.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Centre {
    /// `PKM-01` to `PKM-22`.
    pub(crate) code: String,
    /// Name with "Puskesmas".
    pub(crate) name: String,
    /// Position of its kecamatan.
    pub(crate) kecamatan: usize,
    /// Where it stands, as good as it is known.
    pub(crate) place: (f64, f64),
    /// Villages that it cares for.
    pub(crate) villages: Vec<usize>,
    /// People of its villages, real size.
    pub(crate) population: u32,
    /// True where the road and the line are bad: its batches come days later.
    pub(crate) mountain: bool,
}

/// Places by position.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Regions {
    pub(crate) kecamatan: Vec<Kecamatan>,
    pub(crate) villages: Vec<Village>,
    pub(crate) centres: Vec<Centre>,
}

/// Kecamatan whose health centres report in batches.
const MOUNTAINS: [&str; 5] = ["35.03.02", "35.03.03", "35.03.04", "35.03.09", "35.03.14"];

impl Regions {
    /// Reads the map.
    pub(crate) fn load() -> Result<Self> {
        let kecamatan = facts::kecamatan()?;
        let mut villages = villages(&kecamatan)?;
        let mut centres = centres(&kecamatan, &villages)?;
        for (index, village) in villages.iter_mut().enumerate() {
            let near = centres
                .iter()
                .enumerate()
                .filter(|(_, centre)| centre.kecamatan == village.kecamatan)
                .min_by(|a, b| distance(a.1.place, village.place).total_cmp(&distance(b.1.place, village.place)))
                .map(|(position, _)| position)
                .ok_or_else(|| Error::facts(format!("no health centre for {}", village.code)))?;
            village.centre = near;
            centres[near].villages.push(index);
            centres[near].population += village.population;
        }
        Ok(Self {
            kecamatan,
            villages,
            centres,
        })
    }

    /// Code of a kecamatan by position.
    pub(crate) fn code(&self, kecamatan: usize) -> &str {
        self.kecamatan.get(kecamatan).map_or("", |k| k.code.as_str())
    }

    /// Position of a kecamatan by code.
    pub(crate) fn kecamatan_of(&self, code: &str) -> Option<usize> {
        self.kecamatan.iter().position(|k| k.code == code)
    }

    /// Positions of the villages of a kecamatan.
    pub(crate) fn villages_of(&self, kecamatan: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.villages.len()).filter(move |v| self.villages[*v].kecamatan == kecamatan)
    }
}

/// Kilometres between two points; flat, which is enough for a regency.
pub(crate) fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (north, east) = ((a.0 - b.0) * 110.6, (a.1 - b.1) * 110.2);
    north.hypot(east)
}

fn villages(kecamatan: &[Kecamatan]) -> Result<Vec<Village>> {
    let mut all = Vec::new();
    for row in facts::rows(facts::REGIONS)? {
        let Some(position) = kecamatan.iter().position(|k| k.code == row.get("parent_code")) else {
            continue;
        };
        all.push(Village {
            code: row.get("code").into(),
            name: row.get("name").into(),
            kind: row.get("type").into(),
            kecamatan: position,
            place: (row.decimal("lat")?, row.decimal("lon")?),
            population: 0,
            centre: 0,
        });
    }
    for (position, place) in kecamatan.iter().enumerate() {
        share_out(&mut all, position, place.population);
    }
    Ok(all)
}

/// Splits the people of a kecamatan over its villages, to the last one.
fn share_out(villages: &mut [Village], kecamatan: usize, population: u32) {
    let mut own: Vec<_> = villages
        .iter_mut()
        .enumerate()
        .filter(|(_, v)| v.kecamatan == kecamatan)
        .map(|(index, village)| (village, (0.35 * Dice::of(0, [20, index as u64, 0]).normal()).exp()))
        .collect();
    let total: f64 = own.iter().map(|o| o.1).sum();
    let mut left = population;
    let count = own.len();
    for (number, (village, weight)) in own.iter_mut().enumerate() {
        let share = (f64::from(population) * *weight / total).round() as u32;
        village.population = if number + 1 == count { left } else { share.min(left) };
        left -= village.population;
    }
}

fn centres(kecamatan: &[Kecamatan], villages: &[Village]) -> Result<Vec<Centre>> {
    let rows = facts::rows(facts::HEALTH_CENTRES)?;
    let mut all = Vec::new();
    for (number, row) in (1..).zip(&rows) {
        let code = row.get("kec_code");
        let position = kecamatan
            .iter()
            .position(|k| k.code == code)
            .ok_or_else(|| Error::facts(format!("kecamatan {code:?} of a health centre is not known")))?;
        let place = match (row.decimal("approx_lat"), row.decimal("approx_lon")) {
            (Ok(lat), Ok(lon)) => (lat, lon),
            _ => middle(villages, position),
        };
        all.push(Centre {
            code: format!("PKM-{number:02}"),
            name: row.get("name").into(),
            kecamatan: position,
            place,
            villages: Vec::new(),
            population: 0,
            mountain: MOUNTAINS.contains(&code),
        });
    }
    Ok(all)
}

fn middle(villages: &[Village], kecamatan: usize) -> (f64, f64) {
    let own: Vec<_> = villages.iter().filter(|v| v.kecamatan == kecamatan).collect();
    let mean = |value: fn(&Village) -> f64| own.iter().map(|v| value(v)).sum::<f64>() / own.len().max(1) as f64;
    (mean(|v| v.place.0), mean(|v| v.place.1))
}
