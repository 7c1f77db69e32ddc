//! Nobody reads the hundredth alert of a day. An owner gets the worst ones; the others wait for a day that has room, are
//! listed as such, and are old news after a week.

use super::{
    Severity,
    corroborate::{Case, Confidence},
};
use chrono::{Days, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Days that a case waits for room.
const PATIENCE: u64 = 7;

/// A case that its owner should hear of.
#[derive(Debug, Clone, Copy)]
pub struct Waiting<'a> {
    /// Who is to be told.
    pub owner: &'a str,
    /// Of what.
    pub case: &'a Case,
    /// Its owner was told before: what was told stays told, and has used up its place.
    pub told: bool,
}

/// What an owner is told of a day's cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Delivered.
    Now,
    /// Held back: the owner's budget of the day is used up.
    Held,
}

/// Decides for each case, in the order given, whether its owner is told today. The worst come first: by severity, then
/// confidence, then probability, then name, so that the same cases are told again when the day is computed again. A case
/// is told while fewer than `per_owner` of its severity or a higher one were: what was told in the morning keeps nothing
/// worse from being told at noon. Critical ones are always told.
pub fn spend(cases: &[Waiting<'_>], per_owner: usize) -> Vec<Told> {
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&cases[*a], &cases[*b]);
        // What is told already is counted first.
        let told = b.told.cmp(&a.told);
        told.then_with(|| rank(b.case).cmp(&rank(a.case))).then_with(|| {
            let p = |case: &Case| case.p().unwrap_or(0.0);
            p(a.case).total_cmp(&p(b.case)).then_with(|| {
                (&a.case.lead().series, a.case.lead().from).cmp(&(&b.case.lead().series, b.case.lead().from))
            })
        })
    });
    let mut spent: BTreeMap<&str, Vec<Severity>> = BTreeMap::new();
    let mut answer = vec![Told::Held; cases.len()];
    for index in order {
        let Waiting { owner, case, told } = cases[index];
        let severity = case.severity();
        let spent = spent.entry(owner).or_default();
        let ahead = spent.iter().filter(|other| **other >= severity).count();
        if told || ahead < per_owner || severity == Severity::Kritis {
            spent.push(severity);
            answer[index] = Told::Now;
        }
    }
    answer
}

/// The same over many days: a case may be told on the day on which it begins, or, where that is full, on one of the days
/// after, up to `today`, the newest day of which there are data.
pub fn spend_days(cases: &[Waiting<'_>], per_owner: usize, today: NaiveDate) -> Vec<Told> {
    let mut beginning: BTreeMap<NaiveDate, Vec<usize>> = BTreeMap::new();
    let mut days = BTreeSet::new();
    for (index, waiting) in cases.iter().enumerate() {
        let from = waiting.case.lead().from;
        beginning.entry(from).or_default().push(index);
        days.insert(from);
        let later = (1..=PATIENCE).map(|ahead| from + Days::new(ahead));
        days.extend(later.filter(|day| *day <= today));
    }
    let mut answer = vec![Told::Held; cases.len()];
    let mut held: Vec<usize> = Vec::new();
    for day in days {
        held.retain(|index| day <= cases[*index].case.lead().from + Days::new(PATIENCE));
        held.extend(beginning.get(&day).into_iter().flatten());
        let asked: Vec<Waiting<'_>> = held.iter().map(|index| cases[*index]).collect();
        let told = spend(&asked, per_owner);
        let mut left = Vec::new();
        for (index, told) in held.into_iter().zip(told) {
            answer[index] = told;
            if told == Told::Held {
                left.push(index);
            }
        }
        held = left;
    }
    answer
}

fn rank(case: &Case) -> (Severity, Confidence) {
    (case.severity(), case.confidence())
}
