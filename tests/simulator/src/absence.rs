//! Who is away on a day, seat by seat. Illness begins on a day and lasts for some, so that the same child is ill
//! today and tomorrow; leave and truancy are drawn anew each day. Invariant: a seat's code depends on the seed and on
//! the days it tells of only.

use crate::{
    World,
    attendance::{Class, day_number},
    dice::Dice,
    pupil::text_number,
    school::{Kind, School},
};
use chrono::{Datelike, NaiveDate, Weekday};

/// How long an illness keeps a child at home: school days with their weight.
const SPELLS: [(usize, u32); 4] = [(2, 35), (3, 30), (4, 20), (5, 15)];
const LONGEST: usize = 5;

/// What a story does to absence without illness.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Away {
    /// Factor on leave.
    pub(crate) leave: f64,
    /// Factor on absence without word.
    pub(crate) truancy: f64,
    /// Share of those who are away because of the story that are entered as ill.
    pub(crate) noted_ill: f64,
    /// Names the story, so that the same children are away on each of its days.
    pub(crate) tag: u64,
}

impl Away {
    /// Nothing happens.
    pub(crate) const NONE: Self = Self {
        leave: 1.0,
        truancy: 1.0,
        noted_ill: 0.0,
        tag: 0,
    };

    /// Both at once.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            leave: self.leave * other.leave,
            truancy: self.truancy * other.truancy,
            noted_ill: self.noted_ill.max(other.noted_ill),
            tag: self.tag.max(other.tag),
        }
    }
}

/// A pupil who is ill by a story, and how the school enters it: `S`, `I` or `A`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ill {
    pub(crate) seat: u32,
    pub(crate) code: char,
}

/// A school on a day.
pub(crate) struct Day<'a> {
    world: &'a World,
    school: &'a School,
    day: NaiveDate,
    /// The last school days, today first, with the share of pupils who fell ill on each.
    onsets: Vec<(NaiveDate, f64)>,
    /// Shares of pupils who are ill for this day only, on leave, and away without word.
    short: f64,
    leave: f64,
    truancy: f64,
    told: Away,
}

impl<'a> Day<'a> {
    /// The chances of a school day.
    pub(crate) fn of(world: &'a World, school: &'a School, day: NaiveDate) -> Self {
        let (seed, calendar) = (world.seed, &world.calendar);
        let place = world.regions.kecamatan_of(&school.kecamatan).unwrap_or_default();
        let rain = if world.weather.rain(place, day) > 25.0 {
            1.25
        } else {
            1.0
        };
        let flood = if world.weather.flood(place, day) { 6.0 } else { 1.0 };
        let level = school.habit * weekday(day) * rain * flood;
        let relaxed = if calendar.is_relaxed(day) { 2.6 } else { 1.0 };
        let bridge = if calendar.touches_holiday(day) { 3.0 } else { 1.0 };
        let older = matches!(school.kind, Kind::Smp | Kind::Mts | Kind::Sma | Kind::Smk | Kind::Ma);
        let illness = |on: NaiveDate| school.habit * season(on) * colds(seed, school, on);
        let fresh = |on: NaiveDate| (on, 0.0036 * illness(on) * onset(on));
        Self {
            world,
            school,
            day,
            // A break heals everybody: looking back stops after two weeks.
            onsets: day
                .iter_days()
                .rev()
                .take(14)
                .filter(|on| calendar.is_school_day(*on, school.six_days))
                .take(LONGEST)
                .map(fresh)
                .collect(),
            short: 0.0016 * illness(day) * short(day),
            leave: 0.009 * level * relaxed,
            truancy: if older { 0.008 } else { 0.003 } * level * bridge,
            told: world.stories.absence(school, day),
        }
    }

    /// The codes of a class by seat: `S`, `I`, `A`, or `H` for who is there.
    pub(crate) fn codes(&self, class: &Class) -> Vec<char> {
        let mut codes = vec!['H'; class.pupils as usize];
        if codes.is_empty() {
            return codes;
        }
        let (seed, name) = (self.world.seed, text_number(&class.name));
        let size = codes.len();
        let room = self.school.index << 16 | name;
        for ill in self.world.stories.ill(self.school, &class.name, self.day) {
            codes[ill.seat as usize % size] = ill.code;
        }
        for (back, (on, rate)) in self.onsets.iter().enumerate() {
            let mut dice = Dice::of(seed, [17, room, day_number(*on)]);
            for _ in 0..dice.poisson(size as f64 * rate) {
                let lasts = dice.weighted(&SPELLS).unwrap_or(2);
                let seat = dice.below(size);
                if lasts > back && codes[seat] == 'H' {
                    codes[seat] = 'S';
                }
            }
        }
        let mut dice = Dice::of(seed, [2, room, day_number(self.day)]);
        for (code, rate) in [('S', self.short), ('I', self.leave), ('A', self.truancy)] {
            for _ in 0..dice.poisson(size as f64 * rate) {
                let seat = dice.below(size);
                if codes[seat] == 'H' {
                    codes[seat] = code;
                }
            }
        }
        self.tell(&mut codes, room, &mut dice);
        codes
    }

    /// Those whom a story keeps at home: always the same seats first, so that they are the same from day to day.
    fn tell(&self, codes: &mut [char], room: u64, dice: &mut Dice) {
        let size = codes.len();
        let more = |rate: f64, factor: f64| size as f64 * rate * (factor - 1.0).max(0.0);
        let leave = dice.poisson(more(self.leave, self.told.leave)) as usize;
        let silent = dice.poisson(more(self.truancy, self.told.truancy)) as usize;
        if leave + silent == 0 {
            return;
        }
        let mut own = Dice::of(self.world.seed ^ self.told.tag, [18, room, 0]);
        let mut seats: Vec<usize> = (0..size).collect();
        for rank in 0..(leave + silent).min(size) {
            seats.swap(rank, rank + own.below(size - rank));
            let (seat, ill, quiet) = (seats[rank], own.unit(), own.unit());
            if codes[seat] == 'H' {
                codes[seat] = if ill < self.told.noted_ill {
                    'S'
                } else if quiet * ((leave + silent) as f64) < silent as f64 {
                    'A'
                } else {
                    'I'
                };
            }
        }
    }
}

/// Illness through the year: highest in the rains (November to April, peak late January).
fn season(day: NaiveDate) -> f64 {
    let phase = (f64::from(day.ordinal0()) - 25.0) / 365.25 * std::f64::consts::TAU;
    1.0 + 0.3 * phase.cos()
}

/// Absence of all kinds by weekday.
fn weekday(day: NaiveDate) -> f64 {
    match day.weekday() {
        Weekday::Mon => 1.2,
        Weekday::Fri => 1.1,
        Weekday::Sat => 1.3,
        _ => 0.92,
    }
}

/// What began on Sunday shows on Monday.
fn onset(day: NaiveDate) -> f64 {
    if day.weekday() == Weekday::Mon { 1.5 } else { 0.9 }
}

/// Illness of a single day lies next to the weekend.
fn short(day: NaiveDate) -> f64 {
    match day.weekday() {
        Weekday::Mon => 2.6,
        Weekday::Sat => 2.0,
        Weekday::Fri => 1.2,
        _ => 0.45,
    }
}

/// Colds that go round in a kecamatan for some weeks, strongest in the middle; 1 outside of them. Too weak to be an
/// outbreak: those are stories.
fn colds(seed: u64, school: &School, day: NaiveDate) -> f64 {
    const PERIOD: u64 = 42;
    let number = day_number(day);
    let place = school
        .kecamatan
        .bytes()
        .fold(0u64, |hash, byte| hash * 31 + u64::from(byte));
    let mut dice = Dice::of(seed, [5, place, number / PERIOD]);
    if !dice.chance(0.18) {
        return 1.0;
    }
    let peak = 12.0 + 18.0 * dice.unit();
    let height = 0.2 + 0.5 * dice.unit();
    let away = ((number % PERIOD) as f64 - peak) / 6.0;
    // Not every school of the kecamatan is hit.
    let hit = Dice::of(seed, [6, school.index, number / PERIOD]).chance(0.6);
    if hit {
        1.0 + height * (-away * away / 2.0).exp()
    } else {
        1.0
    }
}
