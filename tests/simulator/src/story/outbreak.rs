//! An outbreak that starts in one class of one school, goes round in it, reaches schools nearby and the health centre.
//! Cases are drawn one by one, each from the one before, with incubation, length and pattern of the disease; effects
//! and answer key are counts of the same list.

mod pattern;
mod spread;

use super::{Ages, Answer, Setting, Story};
use crate::{absence::Ill, dice::Dice, school::School};
use chrono::{Days, NaiveDate};
use pattern::PATTERNS;
use spread::Spread;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

#[derive(Debug, Clone)]
struct Case {
    school: u64,
    class: String,
    onset: NaiveDate,
    /// Last day of absence.
    until: NaiveDate,
    /// Where the pupil sits, and how the school enters it.
    ill: Ill,
}

#[derive(Debug)]
struct Outbreak {
    slug: &'static str,
    cases: Vec<Case>,
    /// The ages of the patients, by village and day.
    visits: BTreeMap<(usize, NaiveDate), Vec<Ages>>,
    span: (NaiveDate, NaiveDate),
    npsn: BTreeMap<u64, String>,
    places: BTreeSet<String>,
}

/// One to three outbreaks a quarter.
pub(super) fn tell(setting: &Setting<'_>, dice: &mut Dice) -> Vec<Arc<dyn Story>> {
    let count = 1 + dice.below(3);
    let mut all: Vec<Arc<dyn Story>> = Vec::new();
    for _ in 0..count {
        // A chain that dies out at once is no outbreak; another one is tried.
        for _ in 0..12 {
            if let Some(outbreak) = Outbreak::draw(setting, dice).filter(|o| o.cases.len() >= 8) {
                all.push(Arc::new(outbreak));
                break;
            }
        }
    }
    all
}

impl Outbreak {
    fn draw(setting: &Setting<'_>, dice: &mut Dice) -> Option<Self> {
        let (first, last) = setting.quarter;
        let pattern = &PATTERNS[dice.below(PATTERNS.len())];
        let length = (last - first).num_days().unsigned_abs() as usize;
        let day = setting
            .calendar
            .last_school_day(first + Days::new(dice.below(length) as u64));
        let fit: Vec<_> = setting
            .schools
            .iter()
            .filter(|s| pattern.kinds.contains(&s.kind) && s.pupils >= 40)
            .collect();
        let index = fit.get(dice.below(fit.len()))?;
        if day < first {
            return None;
        }
        let mut spread = Spread::new(setting, pattern, index, day);
        spread.run(dice);
        Some(spread.done(dice))
    }
}

impl Story for Outbreak {
    fn span(&self) -> (NaiveDate, NaiveDate) {
        self.span
    }

    fn answer(&self) -> Answer {
        let mut onsets: Vec<_> = self.cases.iter().map(|c| c.onset).collect();
        onsets.sort();
        Answer {
            kind: "outbreak".into(),
            datasets: [
                "absensi_harian_sekolah",
                "absensi_kelas",
                "absensi_siswa",
                "kunjungan_puskesmas",
                "kasus_penyakit",
            ]
            .map(String::from)
            .to_vec(),
            places: self.places.iter().cloned().collect(),
            units: self.npsn.values().cloned().collect(),
            from: self.span.0,
            until: self.span.1,
            disease: Some(self.slug.into()),
            first_case: onsets.first().copied(),
            fifth_case: onsets.get(4).copied(),
            expected: "alarm".into(),
            note: format!(
                "{} pupils of {} schools fall ill, {} visits to the health centre",
                self.cases.len(),
                self.npsn.len(),
                self.visits.values().map(Vec::len).sum::<usize>()
            ),
        }
    }

    fn ill(&self, school: &School, class: &str, day: NaiveDate) -> Vec<Ill> {
        if !self.npsn.contains_key(&school.index) {
            return Vec::new();
        }
        let ill = |c: &&Case| c.school == school.index && c.class == class && (c.onset..=c.until).contains(&day);
        self.cases.iter().filter(ill).map(|c| c.ill).collect()
    }

    fn visits(&self, village: usize, disease: &str, day: NaiveDate) -> Vec<Ages> {
        if disease != self.slug {
            return Vec::new();
        }
        self.visits.get(&(village, day)).cloned().unwrap_or_default()
    }
}
