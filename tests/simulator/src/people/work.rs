//! Schooling and work by age and sex.

use super::person::{EDUCATION, JOBS};
use crate::dice::Dice;

/// Positions in [`EDUCATION`] and [`JOBS`] of somebody of that age.
pub(super) fn schooling_and_work(age: u32, female: bool, dice: &mut Dice) -> (u8, u8) {
    let education = match age {
        ..7 => 0,
        7..13 => 1,
        13..16 => 2,
        16..19 => 3,
        19..45 => dice
            .weighted(&[(2, 18), (3, 27), (4, 43), (5, 2), (6, 9), (7, 1)])
            .unwrap_or(4),
        _ => dice
            .weighted(&[(0, 8), (1, 14), (2, 46), (3, 15), (4, 13), (6, 4)])
            .unwrap_or(2),
    };
    let job = match age {
        ..6 => 0,
        6..19 => 1,
        _ if female && dice.chance(0.5) => 2,
        65.. if dice.chance(0.4) => 0,
        _ => dice
            .weighted(&[
                (3, 38),
                (4, 8),
                (5, 20),
                (6, 15),
                (7, 8),
                (8, 3),
                (9, 3),
                (10, 3),
                (11, 2),
            ])
            .unwrap_or(3),
    };
    debug_assert!(usize::from(education) < EDUCATION.len() && usize::from(job) < JOBS.len());
    (education, job)
}
