//! A sender that stops, and one of which half of the rows get lost on the way without a word.

use super::{Answer, Setting, Story};
use crate::dice::Dice;
use chrono::{Days, NaiveDate};
use std::{collections::BTreeSet, sync::Arc};

#[derive(Debug)]
struct Silence {
    dataset: &'static str,
    /// Empty stands for the sender as a whole.
    units: BTreeSet<String>,
    places: Vec<String>,
    from: NaiveDate,
    until: NaiveDate,
    share: f64,
}

/// In two of three quarters a sender of the core stops, and as often one halves.
pub(super) fn tell(setting: &Setting<'_>, dice: &mut Dice) -> Vec<Arc<dyn Story>> {
    [(0.0, 5_usize, 10), (0.5, 14, 28)]
        .into_iter()
        .filter_map(|(share, shortest, longest)| {
            let (first, last) = setting.quarter;
            let length = (last - first).num_days().unsigned_abs() as usize;
            let from = setting
                .calendar
                .last_school_day(first + Days::new(dice.below(length) as u64))
                .max(first);
            let days = (shortest + dice.below(longest - shortest + 1)) as u64;
            let (dataset, units, place) = sender(setting, dice).filter(|_| dice.chance(2.0 / 3.0))?;
            Some(Arc::new(Silence {
                dataset,
                units,
                places: vec![place],
                from,
                until: from + Days::new(days - 1),
                share,
            }) as Arc<dyn Story>)
        })
        .collect()
}

fn sender(setting: &Setting<'_>, dice: &mut Dice) -> Option<(&'static str, BTreeSet<String>, String)> {
    let regions = setting.regions;
    match dice.below(5) {
        0 | 1 => {
            let place = &regions.kecamatan.get(dice.below(regions.kecamatan.len()))?.code;
            let own = setting.schools.iter().filter(|s| s.kecamatan == *place);
            let units: BTreeSet<_> = own.map(|s| s.npsn.clone()).collect();
            (!units.is_empty()).then(|| ("absensi_harian_sekolah", units, place.clone()))
        }
        2 | 3 => {
            let centre = regions.centres.get(dice.below(regions.centres.len()))?;
            let place = regions.code(centre.kecamatan).to_owned();
            Some(("kunjungan_puskesmas", [centre.code.clone()].into(), place))
        }
        _ => Some((
            "peristiwa_kependudukan",
            BTreeSet::new(),
            crate::regions::REGENCY.into(),
        )),
    }
}

impl Story for Silence {
    fn span(&self) -> (NaiveDate, NaiveDate) {
        (self.from, self.until)
    }

    fn answer(&self) -> Answer {
        let stops = self.share <= 0.0;
        Answer {
            kind: if stops { "silence" } else { "halving" }.into(),
            datasets: vec![self.dataset.into()],
            places: self.places.clone(),
            units: self.units.iter().cloned().collect(),
            from: self.from,
            until: self.until,
            expected: "quality".into(),
            note: if stops {
                "nothing is sent"
            } else {
                "half of the rows are lost on the way"
            }
            .into(),
            ..Answer::default()
        }
    }

    fn delivery(&self, dataset: &str, unit: &str, _: NaiveDate) -> f64 {
        if dataset == self.dataset && (self.units.is_empty() || self.units.contains(unit)) {
            self.share
        } else {
            1.0
        }
    }
}
