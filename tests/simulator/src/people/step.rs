//! One event carried out: who it happens to, what changes in the registry, what is recorded of it.

use super::{
    event::{Event, Kind},
    evolve::Plan,
    household::Draft,
    person::{Marital, Person, Relation, Status},
    registry::{Change, Registry},
};
use crate::{World, dice::Dice};
use chrono::{Days, NaiveDate};

/// The registry, the plan, and the dice of this event.
pub(super) struct Step<'a> {
    pub(super) all: &'a mut Registry,
    pub(super) world: &'a World,
    pub(super) plan: &'a Plan,
    pub(super) dice: &'a mut Dice,
    /// Events made so far; twins make two.
    pub(super) made: u32,
}

impl Step<'_> {
    pub(super) fn day(&self) -> NaiveDate {
        self.plan.recorded.date()
    }

    /// Lets it happen; nothing where nobody fits.
    pub(super) fn happen(&mut self) {
        let v = self.plan.village;
        match self.plan.kind {
            Kind::Birth => self.birth(),
            Kind::Death => self.death(),
            Kind::Arrival => self.arrival(),
            Kind::Departure => self.departure(),
            Kind::Marriage => self.marriage(),
            Kind::Divorce => self.divorce(),
            Kind::ElementChange => {
                if let Some(id) = self.find(|p, age| age >= 19 && p.education < 7) {
                    let person = &mut self.all.persons[id as usize];
                    person.education += 1;
                    self.note_person(id);
                    self.event(id, 0, Some(v), None);
                }
            }
            Kind::CardChange | Kind::IdPrinted | Kind::DigitalId => {
                if let Some(id) = self.find(|_, age| age >= 17) {
                    self.event(id, 0, Some(v), None);
                }
            }
            Kind::IdRecorded => {
                if let Some(id) = self.find(|_, age| (16..=18).contains(&age)) {
                    self.event(id, 0, Some(v), None);
                }
            }
            Kind::ChildCard | Kind::Acknowledged | Kind::Adopted => {
                if let Some(id) = self.find(|_, age| age < 17) {
                    self.event(id, 0, Some(v), None);
                }
            }
        }
    }

    fn birth(&mut self) {
        let mother = self.find(|p, age| p.female && p.marital == Marital::Married && (18..44).contains(&age));
        let Some(mother) = mother else { return };
        // Most births are recorded within two months, some years later.
        let delay = if self.dice.chance(0.06) {
            60 + self.dice.below(700)
        } else {
            2 + self.dice.below(55)
        };
        let birth = self.day() - Days::new(delay as u64);
        let family = self.all.persons[mother as usize].family;
        let origin = self.world.regions.villages[usize::from(self.plan.village)].kecamatan as u8 + 1;
        let children = if self.dice.chance(0.012) { 2 } else { 1 };
        for _ in 0..children {
            let draft = Draft {
                female: self.dice.chance(0.488),
                days: 0,
                relation: Relation::Child,
                marital: Marital::Single,
                twin: false,
            };
            let day = self.day();
            let child = self.all.add(&draft, birth, family, origin, day, self.dice);
            self.note_person(child);
            self.event(child, delay as u64, None, Some(self.plan.village));
        }
        self.note_family(family);
    }

    fn death(&mut self) {
        let day = self.day();
        let mut found = None;
        for _ in 0..400 {
            let Some(id) = self.find(|_, _| true) else { return };
            let age = self.all.persons[id as usize].age(day);
            // Gompertz: the risk doubles every eight years; infants have one of their own.
            let risk = if age == 0 {
                0.03
            } else {
                0.000_12 * (0.0866 * f64::from(age)).exp()
            };
            if self.dice.chance(risk * 4.0) {
                found = Some(id);
                break;
            }
        }
        let Some(id) = found else { return };
        // Reported within days, or when a document is needed, which may be years later.
        let delay = match self.dice.unit() {
            ..0.55 => 1 + self.dice.below(30),
            ..0.85 => 30 + self.dice.below(150),
            _ => 180 + self.dice.below(900),
        } as u64;
        let born = self.all.persons[id as usize].birth;
        let delay = delay.min((day - born).num_days().unsigned_abs());
        self.all.leave(id, day);
        self.all.persons[id as usize].status = Status::Dead;
        self.event(id, delay, Some(self.plan.village), None);
        self.drop_from_family(id);
        self.note_person(id);
        let family = self.all.persons[id as usize].family;
        let widowed: Vec<u32> = self.all.families[family as usize].members.clone();
        for other in widowed {
            let person = &mut self.all.persons[other as usize];
            if person.marital == Marital::Married && matches!(person.relation, Relation::Head | Relation::Wife) {
                person.marital = Marital::Widowed;
                self.note_person(other);
            }
        }
        self.note_family(family);
    }

    fn marriage(&mut self) {
        let Some(groom) = self.find(|p, age| !p.female && p.marital != Marital::Married && (20..45).contains(&age))
        else {
            return;
        };
        let bride = self.find(|p, age| p.female && p.marital != Marital::Married && (19..40).contains(&age));
        let (day, v) = (self.day(), self.plan.village);
        self.all.persons[groom as usize].marital = Marital::Married;
        let same = |all: &Registry, b: u32| all.persons[b as usize].family == all.persons[groom as usize].family;
        if let Some(bride) = bride.filter(|b| !same(self.all, *b)) {
            self.all.persons[bride as usize].marital = Marital::Married;
            let new = self.all.open_family(v, day, self.dice);
            for (id, relation) in [(groom, Relation::Head), (bride, Relation::Wife)] {
                let old = self.all.persons[id as usize].family;
                self.drop_from_family(id);
                self.note_family(old);
                let person = &mut self.all.persons[id as usize];
                (person.family, person.relation) = (new, relation);
                self.all.families[new as usize].members.push(id);
            }
            self.note_person(bride);
            self.note_family(new);
        }
        self.note_person(groom);
        let delay = self.dice.below(30) as u64;
        self.event(groom, delay, Some(v), None);
    }

    fn divorce(&mut self) {
        let Some(wife) = self.find(|p, _| p.relation == Relation::Wife && p.marital == Marital::Married) else {
            return;
        };
        let family = self.all.persons[wife as usize].family;
        for id in self.all.families[family as usize].members.clone() {
            let person = &mut self.all.persons[id as usize];
            if person.marital == Marital::Married && matches!(person.relation, Relation::Head | Relation::Wife) {
                person.marital = Marital::Divorced;
                self.note_person(id);
            }
        }
        let delay = 5 + self.dice.below(60) as u64;
        self.event(wife, delay, Some(self.plan.village), None);
    }

    /// Somebody of the village who fits; none after some draws.
    pub(super) fn find(&mut self, fits: impl Fn(&Person, u32) -> bool) -> Option<u32> {
        let day = self.day();
        let stays = &self.all.stays[usize::from(self.plan.village)];
        for _ in 0..80 {
            let stay = stays.get(self.dice.below(stays.len()))?;
            let person = &self.all.persons[stay.person as usize];
            if stay.to == NaiveDate::MAX && person.status == Status::Active && fits(person, person.age(day)) {
                return Some(stay.person);
            }
        }
        None
    }

    pub(super) fn drop_from_family(&mut self, id: u32) {
        let family = self.all.persons[id as usize].family as usize;
        let members = &mut self.all.families[family].members;
        members.retain(|m| *m != id);
        // A card needs a head.
        let heir = members
            .iter()
            .copied()
            .find(|m| self.all.persons[*m as usize].age(self.plan.recorded.date()) >= 17);
        let headless = !members
            .iter()
            .any(|m| self.all.persons[*m as usize].relation == Relation::Head);
        if let Some(heir) = heir.or_else(|| members.first().copied()).filter(|_| headless) {
            self.all.persons[heir as usize].relation = Relation::Head;
            self.note_person(heir);
        }
    }

    pub(super) fn note_person(&mut self, id: u32) {
        let row = self.all.persons[id as usize].clone();
        self.all.person_changes.push(Change {
            at: self.plan.recorded,
            id,
            row,
        });
    }

    pub(super) fn note_family(&mut self, id: u32) {
        let row = self.all.families[id as usize].clone();
        self.all.family_changes.push(Change {
            at: self.plan.recorded,
            id,
            row,
        });
    }

    fn event(&mut self, id: u32, delay: u64, from: Option<u8>, to: Option<u8>) {
        self.push(id, delay, from, to, None, 1);
    }

    pub(super) fn push(
        &mut self,
        id: u32,
        delay: u64,
        from: Option<u8>,
        to: Option<u8>,
        outside: Option<&'static str>,
        persons: u32,
    ) {
        self.made += 1;
        self.all.events.push(Event {
            kind: self.plan.kind,
            occurred: self.plan.recorded.date() - Days::new(delay),
            recorded: self.plan.recorded,
            person: id,
            family: self.all.persons[id as usize].family,
            from,
            to,
            outside,
            persons,
            number: self.plan.number * 4 + self.made,
        });
    }
}
