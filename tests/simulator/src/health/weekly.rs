//! Weekly case counts of the health centres (`kasus_penyakit`), Sunday to Saturday as the early-warning form W2 asks:
//! the new cases among the week's visits, zeros included. Some centres miss a week, some report late.

use super::{disease::Disease, list::DISEASES, visit::visits};
use crate::{World, attendance::day_number, calendar::epi_week_start, dice::Dice};
use chrono::{Days, NaiveDate};

/// A row of `kasus_penyakit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cases {
    /// Letter of the disease in the 2025 form; `X` for all visits.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Kemendagri code of the kecamatan.
    pub place: String,
    /// Sunday.
    pub from: NaiveDate,
    /// Saturday.
    pub to: NaiveDate,
    /// Cases, zero included: a zero report is a report.
    pub cases: u32,
    /// The health centre.
    pub source: String,
}

/// When a centre's report of a week comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Promptness {
    OnTime,
    /// So many days after the Monday on which it was due.
    Late(u64),
    Missing,
}

/// What becomes of the report of `centre` for the week of Sunday `from`.
pub(crate) fn promptness(world: &World, centre: usize, from: NaiveDate) -> Promptness {
    let mut dice = Dice::of(world.seed, [7, centre as u64, day_number(from)]);
    let far = if world.regions.centres[centre].mountain {
        0.1
    } else {
        0.0
    };
    match dice.unit() {
        x if x < 0.04 + far / 3.0 => Promptness::Missing,
        x if x < 0.1 + far => Promptness::Late(2 + dice.below(9) as u64),
        _ => Promptness::OnTime,
    }
}

/// The counts of one centre for the week that starts on Sunday `from`.
pub(crate) fn of_centre(world: &World, centre: usize, from: NaiveDate) -> Vec<Cases> {
    let place = &world.regions.centres[centre];
    let mut counts = vec![0u32; DISEASES.len()];
    let mut all = 0;
    for day in from.iter_days().take(7) {
        for visit in visits(world, centre, day) {
            all += 1;
            if let Some(position) = DISEASES.iter().position(|d| std::ptr::eq(d, visit.disease))
                && visit.new_case
                && visit.finished.is_some()
            {
                counts[position] += 1;
            }
        }
    }
    let row = |code, name, cases| Cases {
        code,
        name,
        place: world.regions.code(place.kecamatan).to_owned(),
        from,
        to: from + Days::new(6),
        cases,
        source: place.name.clone(),
    };
    let mut rows: Vec<_> = Disease::watched()
        .zip(counts)
        .filter(|(disease, _)| !disease.letter.is_empty())
        .map(|(disease, cases)| row(disease.letter, disease.name, cases))
        .collect();
    rows.push(row("X", "Total kunjungan", all));
    rows
}

/// The reports of all health centres for the week of `day` that are ever sent.
pub fn week(world: &World, day: NaiveDate) -> Vec<Cases> {
    let from = epi_week_start(day);
    (0..world.regions.centres.len())
        .filter(|centre| promptness(world, *centre, from) != Promptness::Missing)
        .flat_map(|centre| of_centre(world, centre, from))
        .collect()
}
