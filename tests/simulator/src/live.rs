//! The order of the live rows: today's reports as schools send them, between them the pile of stragglers and
//! corrections, and the health centres' reports of the last week.

use crate::{
    Result,
    attendance::Fate,
    calendar::epi_week_start,
    dice::Dice,
    disease, outbox,
    outbox::Present,
    sheet::{self, Envelope},
    world::{Report, World},
};
use chrono::{Days, NaiveDate};
use std::collections::{BTreeMap, HashSet, VecDeque};

/// One live push.
#[derive(Debug)]
pub(crate) struct Item {
    /// What to push.
    pub(crate) envelope: Envelope,
    /// The reports in it.
    pub(crate) reports: Vec<(String, NaiveDate)>,
    /// The weekly report in it, by health centre and Sunday.
    pub(crate) week: Option<(String, NaiveDate)>,
    /// True when it is typed wrongly and will not be held afterwards.
    pub(crate) spoilt: bool,
    /// Seconds until the next push at usual speed.
    pub(crate) gap: f64,
}

/// Everything to be sent live on `day`, in order. Rows the hub holds are left out.
pub(crate) fn queue(
    world: &World,
    from: NaiveDate,
    day: NaiveDate,
    present: &Present,
    weeks: &HashSet<(String, NaiveDate)>,
) -> Result<Vec<Item>> {
    let mut dice = Dice::of(world.seed, [11, crate::attendance::day_number(day), 0]);
    let mut today: Vec<_> = world
        .reports(day, day)
        .filter(|report| !present.holds(report))
        .collect();
    today.sort_by_cached_key(|report| {
        Dice::of(
            world.seed,
            [12, report.school.index, crate::attendance::day_number(day)],
        )
        .bits()
    });
    let corrections: Vec<_> = today
        .iter()
        .filter(|report| report.fate == Fate::Spoilt)
        .cloned()
        .collect();
    let mut pile: VecDeque<_> = outbox::backlog(world, from, day - Days::new(1), present).into();
    // Corrections of today come after everything of today has been sent once.
    pile.extend(corrections);
    let mut today: VecDeque<_> = today.into();
    let mut centres: VecDeque<_> = weekly(world, day, weeks)?.into();

    let mut items = Vec::new();
    while !(today.is_empty() && pile.is_empty() && centres.is_empty()) {
        let gap = 0.4 + 1.2 * dice.unit();
        if dice.chance(0.06) || (today.is_empty() && pile.is_empty()) {
            items.extend(centres.pop_front().map(|item| Item { gap, ..item }));
        } else if !today.is_empty() && (pile.is_empty() || dice.chance(0.75)) {
            let count = if today.front().is_some_and(|report| report.fate == Fate::Spoilt) {
                1
            } else {
                1 + dice.below(3)
            };
            let mut reports = Vec::new();
            while reports.len() < count && (reports.is_empty() || today.front().is_some_and(|r| r.fate != Fate::Spoilt))
            {
                let Some(report) = today.pop_front() else { break };
                reports.push(report);
            }
            items.push(of_reports(world.seed, &reports, gap));
        } else if let Some(report) = pile.pop_front() {
            items.push(of_reports(
                world.seed,
                &[Report {
                    fate: Fate::Straggler,
                    ..report
                }],
                gap,
            ));
        }
    }
    Ok(items)
}

fn of_reports(seed: u64, reports: &[Report<'_>], gap: f64) -> Item {
    Item {
        envelope: sheet::attendance_lines(seed, reports),
        spoilt: reports.iter().any(|report| report.fate == Fate::Spoilt),
        reports: reports
            .iter()
            .map(|report| (report.school.npsn.clone(), report.counts.day))
            .collect(),
        week: None,
        gap,
    }
}

/// The last complete week, one push per health centre that has not reported.
fn weekly(world: &World, day: NaiveDate, held: &HashSet<(String, NaiveDate)>) -> Result<Vec<Item>> {
    let sunday = epi_week_start(day) - Days::new(7);
    let cases = disease::week(world.seed, sunday)?;
    let mut by_centre: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for case in &cases {
        if !held.contains(&(case.source.clone(), sunday)) {
            by_centre.entry(&case.source).or_default().push(case);
        }
    }
    Ok(by_centre
        .into_iter()
        .map(|(centre, cases)| Item {
            envelope: sheet::cases_lines(centre, &cases),
            reports: Vec::new(),
            week: Some((centre.to_owned(), sunday)),
            spoilt: false,
            gap: 0.0,
        })
        .collect())
}
