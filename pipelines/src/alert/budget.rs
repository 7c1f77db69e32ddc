//! Nobody reads the hundredth alert of a day. An owner gets the worst ones; the others wait, are listed as such, and come
//! first where the day after has room.

use super::{
    Severity,
    corroborate::{Case, Confidence},
};
use std::collections::BTreeMap;

/// What an owner is told of a day's cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Delivered.
    Now,
    /// Held back: the owner's budget of the day is used up.
    Held,
}

/// Decides for each case, in the order given, whether its owner is told today. The worst come first: by severity, then
/// confidence, then probability, then name, so that the same cases are told again when the day is computed again.
/// Critical ones are always told and count.
pub fn spend(cases: &[(&str, &Case)], per_owner: usize) -> Vec<Told> {
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by(|a, b| {
        rank(cases[*b].1).cmp(&rank(cases[*a].1)).then_with(|| {
            let p = |i: usize| cases[i].1.p().unwrap_or(0.0);
            p(*a)
                .total_cmp(&p(*b))
                .then_with(|| cases[*a].1.lead().series.cmp(&cases[*b].1.lead().series))
        })
    });
    let mut spent: BTreeMap<&str, usize> = BTreeMap::new();
    let mut told = vec![Told::Held; cases.len()];
    for index in order {
        let (owner, case) = cases[index];
        let spent = spent.entry(owner).or_default();
        if *spent < per_owner || case.severity() == Severity::Kritis {
            *spent += 1;
            told[index] = Told::Now;
        }
    }
    told
}

fn rank(case: &Case) -> (Severity, Confidence) {
    (case.severity(), case.confidence())
}
