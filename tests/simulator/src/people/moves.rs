//! People who come and go.

use super::{
    evolve::OUTSIDE,
    household,
    person::{Relation, Status},
    step::Step,
};
use crate::dice::Dice;

impl Step<'_> {
    /// A household or one person from outside.
    pub(super) fn arrival(&mut self) {
        let household = household::household(self.dice);
        let alone = self.dice.chance(0.35);
        let members = if alone { &household[..1] } else { &household[..] };
        let (day, v) = (self.day(), self.plan.village);
        let family = self.all.settle(members, v, 90, day, self.dice);
        let ids = self.all.families[family as usize].members.clone();
        for id in &ids {
            self.note_person(*id);
        }
        self.note_family(family);
        let outside = self.outside();
        let delay = 3 + self.dice.below(25) as u64;
        if let Some(first) = ids.first() {
            self.push(*first, delay, None, Some(v), Some(outside), ids.len() as u32);
        }
    }

    /// A move: within the village, the kecamatan, the regency, or out of it; alone or with the family.
    pub(super) fn departure(&mut self) {
        let Some(id) = self.find(|_, age| (17..60).contains(&age)) else {
            return;
        };
        let family = self.all.persons[id as usize].family;
        let members = self.all.families[family as usize].members.clone();
        let whole = members.len() == 1 || self.dice.chance(0.5);
        let movers = if whole { members } else { vec![id] };
        let (day, v) = (self.day(), self.plan.village);
        let delay = 1 + self.dice.below(14) as u64;
        let target = self.target();
        let goal = match target {
            None => None,
            Some(village) if whole => {
                self.all.families[family as usize].village = village;
                Some((village, family))
            }
            Some(village) => Some((village, self.all.open_family(village, day, self.dice))),
        };
        for mover in &movers {
            self.all.leave(*mover, day);
            match goal {
                None => {
                    self.all.persons[*mover as usize].status = Status::Moved;
                    self.drop_from_family(*mover);
                }
                Some((village, new)) => {
                    if new != family {
                        self.drop_from_family(*mover);
                        self.all.families[new as usize].members.push(*mover);
                        self.all.persons[*mover as usize].relation = Relation::Head;
                    }
                    self.all.persons[*mover as usize].family = new;
                    self.all.persons[*mover as usize].village = village;
                    self.all.stay(*mover, village, day);
                }
            }
            self.note_person(*mover);
        }
        self.note_family(family);
        if let Some((_, new)) = goal.filter(|g| g.1 != family) {
            self.note_family(new);
        }
        let outside = if target.is_none() { Some(self.outside()) } else { None };
        self.push(id, delay, Some(v), target, outside, movers.len() as u32);
    }

    /// The village of a move within the regency; none when it goes out.
    fn target(&mut self) -> Option<u8> {
        let regions = &self.world.regions;
        let own = regions.villages[usize::from(self.plan.village)].kecamatan;
        let pick = |dice: &mut Dice, all: Vec<usize>| all.get(dice.below(all.len())).map(|v| *v as u8);
        match self.dice.unit() {
            ..0.1 => Some(self.plan.village),
            ..0.28 => pick(self.dice, regions.villages_of(own).collect()),
            ..0.4 => pick(
                self.dice,
                (0..regions.villages.len())
                    .filter(|v| regions.villages[*v].kecamatan != own)
                    .collect(),
            ),
            _ => None,
        }
    }

    fn outside(&mut self) -> &'static str {
        let choices = OUTSIDE.map(|(code, _, weight)| (code, weight));
        self.dice.weighted(&choices).unwrap_or(OUTSIDE[0].0)
    }
}
