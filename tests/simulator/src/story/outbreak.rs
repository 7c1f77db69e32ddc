//! An outbreak that starts in one class of one school, goes round in it, reaches schools nearby and the health centre.
//! Cases are drawn one by one, each from the one before, with incubation, length and pattern of the disease; effects
//! and answer key are counts of the same list.

use super::{Answer, Setting, Story};
use crate::{
    attendance::{self, Class},
    dice::Dice,
    regions::distance,
    school::{Kind, School},
};
use chrono::{Days, NaiveDate};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

/// How a disease goes round among pupils.
struct Pattern {
    slug: &'static str,
    kinds: &'static [Kind],
    /// Days of absence.
    absent: (u64, u64),
    /// Cases at once at the start, from a meal or a well; from one pupil otherwise.
    source: (usize, usize),
    /// Mean number of further cases of one.
    next: f64,
    /// Days from case to case.
    interval: (u64, u64),
    /// Share of cases that see the health centre.
    seen: f64,
}

const SMALL: &[Kind] = &[Kind::Tk, Kind::Sd, Kind::Mi];
const MIDDLE: &[Kind] = &[Kind::Sd, Kind::Mi, Kind::Smp, Kind::Mts];
const LARGE: &[Kind] = &[Kind::Sd, Kind::Mi, Kind::Smp, Kind::Mts, Kind::Sma, Kind::Smk, Kind::Ma];

const fn pattern(slug: &'static str, kinds: &'static [Kind]) -> Pattern {
    Pattern {
        slug,
        kinds,
        absent: (2, 4),
        source: (1, 1),
        next: 2.0,
        interval: (2, 4),
        seen: 0.5,
    }
}

/// Incubation and pattern of each as the domain reference has them (section 8.5).
const PATTERNS: [Pattern; 10] = [
    Pattern {
        absent: (3, 5),
        next: 2.5,
        interval: (1, 4),
        seen: 0.35,
        ..pattern("ili", LARGE)
    },
    Pattern {
        absent: (1, 3),
        source: (4, 8),
        next: 1.2,
        interval: (1, 3),
        seen: 0.45,
        ..pattern("diare_akut", MIDDLE)
    },
    Pattern {
        absent: (1, 2),
        source: (18, 50),
        next: 0.0,
        interval: (1, 1),
        seen: 0.8,
        ..pattern("keracunan_pangan", LARGE)
    },
    Pattern {
        absent: (5, 7),
        next: 1.7,
        interval: (7, 14),
        seen: 0.9,
        ..pattern("suspek_dengue", MIDDLE)
    },
    Pattern {
        absent: (7, 10),
        next: 2.6,
        interval: (10, 14),
        seen: 0.85,
        ..pattern("campak", MIDDLE)
    },
    Pattern {
        absent: (7, 10),
        next: 2.4,
        interval: (12, 18),
        seen: 0.5,
        ..pattern("varisela", SMALL)
    },
    Pattern {
        absent: (5, 9),
        next: 2.4,
        interval: (13, 20),
        seen: 0.5,
        ..pattern("parotitis", MIDDLE)
    },
    Pattern {
        absent: (4, 7),
        next: 2.2,
        interval: (3, 6),
        seen: 0.5,
        ..pattern("hfmd", SMALL)
    },
    Pattern {
        absent: (10, 18),
        source: (6, 12),
        next: 0.4,
        interval: (20, 35),
        seen: 0.9,
        ..pattern("sindrom_jaundice", MIDDLE)
    },
    Pattern {
        absent: (2, 4),
        next: 2.8,
        interval: (1, 3),
        seen: 0.3,
        ..pattern("konjungtivitis", LARGE)
    },
];

/// Days after which nothing more happens, and most cases of one outbreak.
const LENGTH: u64 = 56;
const MOST: usize = 110;

#[derive(Debug, Clone)]
struct Case {
    school: u64,
    class: String,
    onset: NaiveDate,
    /// Last day of absence.
    until: NaiveDate,
}

#[derive(Debug)]
struct Outbreak {
    slug: &'static str,
    cases: Vec<Case>,
    visits: HashMap<(usize, NaiveDate), u32>,
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

/// An outbreak while it is drawn.
struct Spread<'a> {
    setting: &'a Setting<'a>,
    pattern: &'a Pattern,
    /// The first school, then those nearby.
    schools: Vec<&'a School>,
    classes: HashMap<u64, Vec<Class>>,
    hit: HashMap<(u64, String), u32>,
    start: NaiveDate,
    cases: Vec<Case>,
}

impl<'a> Spread<'a> {
    fn new(setting: &'a Setting<'a>, pattern: &'a Pattern, index: &'a School, start: NaiveDate) -> Self {
        let place = |school: &School| {
            let village = setting.regions.villages.iter().find(|v| v.code == school.village);
            village.map_or((0.0, 0.0), |v| v.place)
        };
        let mut near: Vec<_> = setting
            .schools
            .iter()
            .filter(|s| s.index != index.index && s.kecamatan == index.kecamatan && pattern.kinds.contains(&s.kind))
            .collect();
        near.sort_by(|a, b| distance(place(a), place(index)).total_cmp(&distance(place(b), place(index))));
        near.truncate(3);
        let mut schools = vec![index];
        schools.extend(near);
        let classes = schools
            .iter()
            .map(|s| (s.index, attendance::classes(setting.seed, s, start)))
            .collect();
        Self {
            setting,
            pattern,
            schools,
            classes,
            hit: HashMap::new(),
            start,
            cases: Vec::new(),
        }
    }

    fn run(&mut self, dice: &mut Dice) {
        let index = self.schools[0].index;
        let class = self.classes[&index]
            .get(dice.below(self.classes[&index].len()))
            .map(|c| c.name.clone());
        let (low, high) = self.pattern.source;
        let count = low + dice.below(high - low + 1);
        let mut open = VecDeque::new();
        for number in 0..count {
            // A meal or a well makes more than one class ill; a jaundice takes its time.
            let class = if number == 0 || dice.chance(0.5) {
                class.clone()
            } else {
                self.class_of(index, dice)
            };
            let slow = if self.pattern.absent.0 >= 10 {
                dice.below(12) as u64
            } else {
                0
            };
            if let Some(case) = class.and_then(|c| self.fall_ill(index, c, self.start + Days::new(slow), dice)) {
                open.push_back(case);
            }
        }
        while let Some(case) = open.pop_front() {
            for _ in 0..dice.poisson(self.pattern.next * self.left(&case)) {
                let onset = case.onset + Days::new(between(self.pattern.interval, dice));
                let school = match dice.unit() {
                    ..0.84 => case.school,
                    _ => self.schools[dice.below(self.schools.len())].index,
                };
                let same = school == case.school && dice.chance(0.66);
                let class = if same {
                    Some(case.class.clone())
                } else {
                    self.class_of(school, dice)
                };
                if let Some(next) = class.and_then(|c| self.fall_ill(school, c, onset, dice)) {
                    open.push_back(next);
                }
            }
        }
    }

    /// Share of a class that can still fall ill.
    fn left(&self, case: &Case) -> f64 {
        let size = self.size(case.school, &case.class).max(1);
        let hit = self.hit.get(&(case.school, case.class.clone())).copied().unwrap_or(0);
        (1.0 - f64::from(hit) / (0.6 * f64::from(size))).max(0.1)
    }

    fn size(&self, school: u64, class: &str) -> u32 {
        self.classes[&school]
            .iter()
            .find(|c| c.name == class)
            .map_or(0, |c| c.pupils)
    }

    fn class_of(&self, school: u64, dice: &mut Dice) -> Option<String> {
        let all = &self.classes[&school];
        all.get(dice.below(all.len())).map(|c| c.name.clone())
    }

    /// A further case, unless the class is through, the outbreak is over, or there are enough.
    fn fall_ill(&mut self, school: u64, class: String, onset: NaiveDate, dice: &mut Dice) -> Option<Case> {
        let most = (f64::from(self.size(school, &class)) * 0.6) as u32;
        let hit = self.hit.entry((school, class.clone())).or_default();
        if *hit >= most || self.cases.len() >= MOST || onset > self.start + Days::new(LENGTH) {
            return None;
        }
        *hit += 1;
        let case = Case {
            school,
            class,
            onset,
            until: onset + Days::new(between(self.pattern.absent, dice) - 1),
        };
        self.cases.push(case.clone());
        Some(case)
    }

    fn done(self, dice: &mut Dice) -> Outbreak {
        let regions = self.setting.regions;
        let by_index: HashMap<u64, &School> = self.schools.iter().map(|s| (s.index, *s)).collect();
        let mut visits = HashMap::new();
        for case in &self.cases {
            let school = by_index[&case.school];
            let Some(own) = regions.villages.iter().position(|v| v.code == school.village) else {
                continue;
            };
            let around: Vec<_> = regions.villages_of(regions.villages[own].kecamatan).collect();
            let village = if dice.chance(0.75) {
                own
            } else {
                around[dice.below(around.len())]
            };
            // Absence leads the visit by up to two days; brothers and sisters follow.
            if dice.chance(self.pattern.seen) {
                *visits
                    .entry((village, case.onset + Days::new(dice.below(3) as u64)))
                    .or_default() += 1;
            }
            for _ in 0..dice.poisson(0.35 * self.pattern.seen) {
                let later = between(self.pattern.interval, dice) + dice.below(2) as u64;
                *visits.entry((village, case.onset + Days::new(later))).or_default() += 1;
            }
        }
        let until = self
            .cases
            .iter()
            .map(|c| c.until)
            .chain(visits.keys().map(|v| v.1))
            .max();
        let hit: BTreeSet<u64> = self.cases.iter().map(|c| c.school).collect();
        Outbreak {
            slug: self.pattern.slug,
            span: (self.start, until.unwrap_or(self.start)),
            npsn: hit.iter().map(|i| (*i, by_index[i].npsn.clone())).collect(),
            places: hit.iter().map(|i| by_index[i].kecamatan.clone()).collect(),
            cases: self.cases,
            visits,
        }
    }
}

fn between((low, high): (u64, u64), dice: &mut Dice) -> u64 {
    low + dice.below((high - low + 1) as usize) as u64
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
                self.visits.values().sum::<u32>()
            ),
        }
    }

    fn school_illness(&self, school: &School, class: &str, day: NaiveDate) -> u32 {
        if !self.npsn.contains_key(&school.index) {
            return 0;
        }
        let ill = |c: &&Case| c.school == school.index && c.class == class && (c.onset..=c.until).contains(&day);
        self.cases.iter().filter(ill).count() as u32
    }

    fn visits(&self, village: usize, disease: &str, day: NaiveDate) -> f64 {
        if disease != self.slug {
            return 0.0;
        }
        self.visits.get(&(village, day)).copied().map_or(0.0, f64::from)
    }
}
