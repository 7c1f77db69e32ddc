//! Systems of services that send nothing for a while, or silently only half: the queue of a site, the letters of a
//! kecamatan, a bench. Fewer rows are then no news about people, but about the line.

use super::{Answer, Setting, Story};
use crate::dice::Dice;
use chrono::{Days, NaiveDate};
use std::sync::Arc;

#[derive(Debug)]
struct Gap {
    dataset: &'static str,
    unit: String,
    from: NaiveDate,
    until: NaiveDate,
    /// Share that still arrives.
    share: f64,
}

/// In two of three quarters a feed stops, and as often one halves.
pub(super) fn tell(setting: &Setting<'_>, dice: &mut Dice) -> Vec<Arc<dyn Story>> {
    let (first, last) = setting.quarter;
    let kecamatan = |dice: &mut Dice| {
        setting
            .regions
            .code(dice.below(setting.regions.kecamatan.len()))
            .to_owned()
    };
    let stops = match dice.below(3) {
        0 => ("antrean_peristiwa", format!("KEC-{}", kecamatan(dice))),
        1 => ("wifi_sesi", format!("SB-{:02}", 1 + dice.below(4))),
        _ => ("permohonan_desa", kecamatan(dice)),
    };
    let halves = match dice.below(2) {
        0 => ("antrean_peristiwa", "CPP".to_owned()),
        _ => ("skm_respons", String::new()),
    };
    [(stops, 0.0, 9), (halves, 0.5, 20)]
        .into_iter()
        .map(|((dataset, unit), share, days)| {
            let from = first + Days::new(20 + dice.below(45) as u64);
            let gap = Gap {
                dataset,
                unit,
                from,
                until: (from + Days::new(days + dice.below(5) as u64)).min(last),
                share,
            };
            (Arc::new(gap) as Arc<dyn Story>, dice.chance(2.0 / 3.0))
        })
        .filter_map(|(gap, told)| told.then_some(gap))
        .collect()
}

impl Story for Gap {
    fn span(&self) -> (NaiveDate, NaiveDate) {
        (self.from, self.until)
    }

    fn answer(&self) -> Answer {
        let what = if self.share > 0.0 {
            "sends only half"
        } else {
            "sends nothing"
        };
        Answer {
            kind: if self.share > 0.0 { "feed_halved" } else { "feed_silent" }.into(),
            datasets: vec![self.dataset.into()],
            units: vec![self.unit.clone()],
            from: self.from,
            until: self.until,
            expected: "quality".into(),
            note: format!("{} {} {what}", self.dataset, self.unit),
            ..Answer::default()
        }
    }

    fn delivery(&self, dataset: &str, unit: &str, _day: NaiveDate) -> f64 {
        if dataset == self.dataset && unit == self.unit {
            self.share
        } else {
            1.0
        }
    }
}
