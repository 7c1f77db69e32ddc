//! Households as they are found: couples with and without children, the old who live alone, three generations.
//! Shares are set so that ages and sizes come near the regency's (13.5 % aged 5 to 14, 12 % above 65, 2.8 a household).

use super::person::{Marital, Relation};
use crate::dice::Dice;

/// A member before it has a name and a number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draft {
    pub(crate) female: bool,
    /// Age in days.
    pub(crate) days: u32,
    pub(crate) relation: Relation,
    pub(crate) marital: Marital,
    /// True for the second of twins: same birth date as the one before.
    pub(crate) twin: bool,
}

#[derive(Clone, Copy)]
enum Shape {
    Children,
    Couple,
    OldAlone,
    Alone,
    Generations,
}

/// A household, head first.
pub(crate) fn household(dice: &mut Dice) -> Vec<Draft> {
    let shapes = [
        (Shape::Children, 41),
        (Shape::Couple, 26),
        (Shape::OldAlone, 8),
        (Shape::Alone, 11),
        (Shape::Generations, 14),
    ];
    match dice.weighted(&shapes).unwrap_or(Shape::Couple) {
        Shape::Children => parents_and_children(dice),
        Shape::Couple => {
            let age = if dice.chance(0.7) {
                span(dice, 50, 80)
            } else {
                span(dice, 22, 34)
            };
            couple(age, dice)
        }
        Shape::OldAlone => vec![member(
            dice.chance(0.75),
            span(dice, 60, 88),
            Relation::Head,
            Marital::Widowed,
            dice,
        )],
        Shape::Alone => {
            let divorced = dice.chance(0.25);
            let marital = if divorced { Marital::Divorced } else { Marital::Single };
            vec![member(
                dice.chance(0.4),
                span(dice, 20, 48),
                Relation::Head,
                marital,
                dice,
            )]
        }
        Shape::Generations => {
            let mut all = parents_and_children(dice);
            let parent = all[0].days / 365 + span(dice, 20, 32);
            let relation = if dice.chance(0.6) {
                Relation::Parent
            } else {
                Relation::InLaw
            };
            all.push(member(
                dice.chance(0.7),
                parent.min(97),
                relation,
                Marital::Widowed,
                dice,
            ));
            all
        }
    }
}

fn parents_and_children(dice: &mut Dice) -> Vec<Draft> {
    let father = (44.0 + 9.0 * dice.normal()).clamp(22.0, 64.0) as u32;
    let mut all = couple(father, dice);
    let mother = all[1].days / 365;
    let oldest = mother.saturating_sub(19).clamp(1, 25);
    let count = dice.weighted(&[(1, 53), (2, 38), (3, 9)]).unwrap_or(1);
    for _ in 0..count {
        let mut age = dice.below(oldest as usize + 1) as u32;
        // Births have become fewer: the youngest years are smaller than those before.
        if age < 5 && oldest >= 15 && dice.chance(0.34) {
            age = span(dice, 15, oldest);
        }
        all.push(member(dice.chance(0.49), age, Relation::Child, Marital::Single, dice));
        if dice.chance(0.012) {
            let twin = Draft {
                female: dice.chance(0.5),
                twin: true,
                ..all[all.len() - 1]
            };
            all.push(twin);
        }
    }
    all
}

fn couple(husband: u32, dice: &mut Dice) -> Vec<Draft> {
    let wife = (husband.saturating_sub(dice.below(7) as u32)).max(19);
    vec![
        member(false, husband, Relation::Head, Marital::Married, dice),
        member(true, wife, Relation::Wife, Marital::Married, dice),
    ]
}

fn member(female: bool, age: u32, relation: Relation, marital: Marital, dice: &mut Dice) -> Draft {
    Draft {
        female,
        days: age * 365 + age / 4 + dice.below(365) as u32,
        relation,
        marital,
        twin: false,
    }
}

fn span(dice: &mut Dice, from: u32, to: u32) -> u32 {
    from + dice.below((to - from + 1) as usize) as u32
}
