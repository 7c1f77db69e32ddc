//! How an outbreak spreads: case by case, each with its class, onset and end.

use super::{Case, Outbreak, pattern::Pattern};
use crate::{
    absence::Ill,
    attendance::{self, Class},
    dice::Dice,
    regions::distance,
    school::School,
    story::{Ages, Setting},
};
use chrono::{Days, NaiveDate};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// Days after which nothing more happens, and most cases of one outbreak.
const LENGTH: u64 = 56;
const MOST: usize = 110;
/// Visits of relatives for each visit of a pupil: about one visit in six.
const RELATIVES: f64 = 0.2;

/// An outbreak while it is drawn.
pub(super) struct Spread<'a> {
    setting: &'a Setting<'a>,
    pattern: &'a Pattern,
    /// The first school, then those nearby.
    schools: Vec<&'a School>,
    classes: HashMap<u64, Vec<Class>>,
    /// Seats of a class that have fallen ill.
    hit: HashMap<(u64, String), Vec<u32>>,
    /// By school: the share of the ill that it enters as ill; parents report the others as leave, or not at all.
    noted: HashMap<u64, f64>,
    start: NaiveDate,
    cases: Vec<Case>,
}

impl<'a> Spread<'a> {
    /// Before the first case: the school and up to three others nearby.
    pub(super) fn new(setting: &'a Setting<'a>, pattern: &'a Pattern, index: &'a School, start: NaiveDate) -> Self {
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
            classes,
            hit: HashMap::new(),
            noted: schools
                .iter()
                .map(|s| (s.index, noted(setting.seed, s, start)))
                .collect(),
            schools,
            start,
            cases: Vec::new(),
        }
    }

    /// Draws all cases.
    pub(super) fn run(&mut self, dice: &mut Dice) {
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
        let hit = self.hit.get(&(case.school, case.class.clone())).map_or(0, Vec::len);
        (1.0 - hit as f64 / (0.6 * f64::from(size))).max(0.1)
    }

    fn size(&self, school: u64, class: &str) -> u32 {
        self.classes[&school]
            .iter()
            .find(|c| c.name == class)
            .map_or(0, |c| c.pupils)
    }

    /// The ages of the pupils of a case's class: most begin grade 1 at seven, some at six.
    fn ages(&self, case: &Case) -> Ages {
        let class = self.classes[&case.school].iter().find(|c| c.name == case.class);
        match class.map_or(0, |class| class.grade) {
            0 => 4..=6,
            grade => grade + 5..=grade + 7,
        }
    }

    fn class_of(&self, school: u64, dice: &mut Dice) -> Option<String> {
        let all = &self.classes[&school];
        all.get(dice.below(all.len())).map(|c| c.name.clone())
    }

    /// A further case, unless the class is through, the outbreak is over, or there are enough.
    fn fall_ill(&mut self, school: u64, class: String, onset: NaiveDate, dice: &mut Dice) -> Option<Case> {
        let size = self.size(school, &class);
        let most = (f64::from(size) * 0.6) as usize;
        let hit = self.hit.entry((school, class.clone())).or_default();
        if hit.len() >= most || self.cases.len() >= MOST || onset > self.start + Days::new(LENGTH) {
            return None;
        }
        let start = dice.below(size as usize) as u32;
        let seat = (start..size).chain(0..start).find(|seat| !hit.contains(seat))?;
        hit.push(seat);
        let code = match dice.unit() {
            x if x < self.noted[&school] => 'S',
            _ if dice.chance(0.75) => 'I',
            _ => 'A',
        };
        let case = Case {
            school,
            class,
            onset,
            until: onset + Days::new(between(self.pattern.absent, dice) - 1),
            ill: Ill { seat, code },
        };
        self.cases.push(case.clone());
        Some(case)
    }

    /// Adds the visits to the health centres.
    pub(super) fn done(self, dice: &mut Dice) -> Outbreak {
        let regions = self.setting.regions;
        let by_index: HashMap<u64, &School> = self.schools.iter().map(|s| (s.index, *s)).collect();
        let mut visits: BTreeMap<_, Vec<Ages>> = BTreeMap::new();
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
            // Absence leads the visit by up to two days; brothers, sisters and parents follow.
            if dice.chance(self.pattern.seen) {
                let seen = case.onset + Days::new(dice.below(3) as u64);
                visits.entry((village, seen)).or_default().push(self.ages(case));
            }
            for _ in 0..dice.poisson(RELATIVES * self.pattern.seen) {
                let later = between(self.pattern.interval, dice) + dice.below(2) as u64;
                let relative = if dice.chance(0.5) { 1..=12 } else { 25..=48 };
                let seen = case.onset + Days::new(later);
                visits.entry((village, seen)).or_default().push(relative);
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

/// Share of the ill of an outbreak that a school enters as ill.
fn noted(seed: u64, school: &School, start: NaiveDate) -> f64 {
    0.35 + 0.55 * Dice::of(seed, [24, school.index, attendance::day_number(start)]).unit()
}

fn between((low, high): (u64, u64), dice: &mut Dice) -> u64 {
    low + dice.below((high - low + 1) as usize) as u64
}
