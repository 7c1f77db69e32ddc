//! Pupils of the schools that report pupil by pupil, for one school year. Invariants: a registered child sits in one
//! class only; the codes of a class add up to the counts that the class and the school report.

use crate::{
    World,
    attendance::{self, Class, day_number},
    calendar::school_year,
    dice::Dice,
    people::{
        names::{Name, misspelt},
        person::Status,
    },
    school::{Reporting, School},
};
use chrono::{Datelike, Days, NaiveDate};
use std::collections::HashMap;

/// Where a school's record of a child disagrees with the civil registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
    Name,
    Birth,
}

/// A pupil as the school writes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pupil {
    pub(crate) id: String,
    pub(crate) nisn: Option<String>,
    pub(crate) nik: Option<String>,
    pub(crate) name: String,
    pub(crate) female: bool,
    pub(crate) birth: NaiveDate,
    /// Position of the village.
    pub(crate) village: usize,
    pub(crate) conflict: Option<Conflict>,
}

/// A class with its pupils at the start of the year.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Roll {
    pub(crate) class: Class,
    pub(crate) pupils: Vec<Pupil>,
}

/// The rolls of one school year by school index.
#[derive(Debug, Default)]
pub(crate) struct Pupils {
    /// The year in which it starts.
    pub(crate) year: i32,
    pub(crate) rolls: HashMap<u64, Vec<Roll>>,
}

/// First day of the school year that starts in `year`.
pub(crate) fn first_day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 7, 13).unwrap_or(NaiveDate::MIN)
}

impl Pupils {
    /// Seats the registered children of the school year of `day`, the nearest first.
    pub(crate) fn seat(world: &World, day: NaiveDate) -> Self {
        let year = school_year(day);
        let start = first_day(year);
        let mut free = children(world, start);
        let mut rolls = HashMap::new();
        for school in world.schools.iter().filter(|s| s.reporting == Reporting::Pupils) {
            let own = attendance::classes(world.seed, school, start)
                .into_iter()
                .map(|class| roll(world, school, class, start, &mut free))
                .collect();
            rolls.insert(school.index, own);
        }
        Self { year, rolls }
    }

    /// All pupils whose record disagrees with the registry, with their school's index.
    pub(crate) fn conflicts(&self) -> Vec<(u64, &Pupil)> {
        let mut all: Vec<_> = self
            .rolls
            .iter()
            .flat_map(|(school, rolls)| rolls.iter().flat_map(|r| &r.pupils).map(|p| (*school, p)))
            .filter(|(_, pupil)| pupil.conflict.is_some())
            .collect();
        all.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
        all
    }
}

/// Children by kecamatan and age on the first day: positions in the registry, in an order of chance.
type Free = HashMap<(usize, u32), Vec<u32>>;

fn children(world: &World, start: NaiveDate) -> Free {
    let mut free = Free::new();
    for person in world.registry().on(start).0 {
        let age = person.age(start);
        if person.status == Status::Active && (4..20).contains(&age) {
            let place = world.regions.villages[usize::from(person.village)].kecamatan;
            free.entry((place, age)).or_default().push(person.id);
        }
    }
    for ((place, age), ids) in &mut free {
        ids.sort_by_cached_key(|id| {
            Dice::of(world.seed, [50, u64::from(*id), (*place as u64) << 8 | u64::from(*age)]).bits()
        });
    }
    free
}

fn roll(world: &World, school: &School, class: Class, start: NaiveDate, free: &mut Free) -> Roll {
    let place = world.regions.kecamatan_of(&school.kecamatan).unwrap_or_default();
    let villages: Vec<usize> = world.regions.villages_of(place).collect();
    let age = if class.grade == 0 { 5 } else { class.grade + 6 };
    let pupils = (0..class.pupils)
        .map(|seat| {
            let mut dice = Dice::of(
                world.seed,
                [
                    51,
                    school.index << 32 | u64::from(seat) << 16 | text_number(&class.name),
                    school_year(start).unsigned_abs().into(),
                ],
            );
            let age = if dice.chance(0.8) { age } else { age - 1 };
            let found = free.get_mut(&(place, age)).and_then(Vec::pop);
            let person = found.map(|id| &world.registry().persons[id as usize]);
            let seen = match person {
                Some(person) => Pupil {
                    nik: Some(person.nik()),
                    name: person.full_name(),
                    female: person.female,
                    birth: person.birth,
                    village: usize::from(person.village),
                    ..blank(&mut dice)
                },
                // Not in this registry: comes from elsewhere, or the number was never asked for.
                None => {
                    let female = dice.chance(0.49);
                    Pupil {
                        name: Name::draw(female, 10, &mut dice).text(female),
                        female,
                        birth: start - Days::new(u64::from(age) * 365 + dice.below(365) as u64),
                        village: villages.get(dice.below(villages.len())).copied().unwrap_or_default(),
                        ..blank(&mut dice)
                    }
                }
            };
            disagree(seen, &mut dice)
        })
        .collect();
    Roll { class, pupils }
}

fn blank(dice: &mut Dice) -> Pupil {
    let (a, b) = (dice.bits(), dice.bits());
    Pupil {
        id: format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xfff,
            b >> 48 & 0xfff,
            b & 0xffff_ffff_ffff
        ),
        nisn: None,
        nik: None,
        name: String::new(),
        female: false,
        birth: NaiveDate::MIN,
        village: 0,
        conflict: None,
    }
}

/// Adds the school number and the errors of the school's own typing.
fn disagree(mut pupil: Pupil, dice: &mut Dice) -> Pupil {
    let true_birth = pupil.birth;
    let chance = dice.unit();
    if pupil.nik.is_some() {
        match chance {
            ..0.012 => {
                pupil.name = misspelt(&pupil.name, dice);
                pupil.conflict = Some(Conflict::Name);
            }
            0.012..0.02 => {
                let turned = NaiveDate::from_ymd_opt(true_birth.year(), true_birth.day(), true_birth.month());
                pupil.birth = turned
                    .filter(|d| *d != true_birth)
                    .unwrap_or(true_birth + Days::new(365));
                pupil.conflict = Some(Conflict::Birth);
            }
            // The school has not asked for the number.
            0.02..0.05 => pupil.nik = None,
            _ => {}
        }
    }
    // Made up like everything else: 99 after the part of the year.
    let number = dice.below(100_000);
    pupil.nisn = (!dice.chance(0.02)).then(|| format!("{:03}99{number:05}", true_birth.year() % 1000));
    pupil
}

/// The codes of a class on `day`, in the order of its roll: `S`, `I` and `A` as the class has them by seat, the rest `H`
/// with a few `T` and `D`. Leavers have none.
pub(crate) fn codes(world: &World, school: &School, roll: &Roll, seats: &[char], day: NaiveDate) -> Vec<(usize, char)> {
    let name = text_number(&roll.class.name);
    let code = |(seat, code): (usize, &char)| match code {
        'H' => (seat, present_code(world, school, seat, name, day)),
        code => (seat, *code),
    };
    seats.iter().enumerate().take(roll.pupils.len()).map(code).collect()
}

fn present_code(world: &World, school: &School, seat: usize, class: u64, day: NaiveDate) -> char {
    let mut dice = Dice::of(
        world.seed,
        [53, school.index << 32 | (seat as u64) << 16 | class, day_number(day)],
    );
    match dice.unit() {
        ..0.012 => 'T',
        0.012..0.015 => 'D',
        _ => 'H',
    }
}

/// A small number for the name of a class.
pub(crate) fn text_number(text: &str) -> u64 {
    text.bytes()
        .fold(0, |hash: u64, byte| (hash * 31 + u64::from(byte)) & 0xffff)
}

/// Start of the school year whose pupils a world has.
pub(crate) fn year(world: &World) -> i32 {
    school_year(world.span.1)
}
