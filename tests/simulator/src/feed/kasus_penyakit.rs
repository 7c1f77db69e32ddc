//! Form W2: a week's cases per health centre, due on Monday. The history has a file per week; late reports follow.

use super::{Feed, Shipment, Timed, periods::moment};
use crate::{
    Envelope, Result, World,
    attendance::day_number,
    calendar::epi_week_start,
    dice::Dice,
    health::weekly::{Promptness, of_centre, promptness},
    sheet,
};
use chrono::{Datelike, Days, NaiveDate, NaiveTime};

/// The feed.
pub(crate) struct Weeks;

const DATASET: &str = "kasus_penyakit";

impl Feed for Weeks {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let mut all = Vec::new();
        for sunday in epi_week_start(from + Days::new(6))
            .iter_weeks()
            .take_while(|s| monday(*s) <= to)
        {
            all.push(shipment(format!("W2_{sunday}.ndjson"), sunday, 0));
            let mut days: Vec<_> = (0..world.regions.centres.len())
                .filter_map(|centre| match promptness(world, centre, sunday) {
                    Promptness::Late(days) => Some(days),
                    _ => None,
                })
                .filter(|days| monday(sunday) + Days::new(*days) <= to)
                .collect();
            days.sort_unstable();
            days.dedup();
            all.extend(
                days.into_iter()
                    .map(|days| shipment(format!("W2_{sunday}_susulan_{days}.ndjson"), sunday, days)),
            );
        }
        all.sort_by_key(|shipment| shipment.arrives);
        Ok(all)
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let mut all = Vec::new();
        for weeks in 1..=3 {
            let sunday = epi_week_start(day) - Days::new(7 * weeks);
            let Some(days) = (day - monday(sunday)).num_days().try_into().ok() else {
                continue;
            };
            for centre in due(world, sunday, days) {
                let cases = of_centre(world, centre, sunday);
                let second =
                    8 * 3600 + Dice::of(world.seed, [81, centre as u64, day_number(day)]).below(5 * 3600) as u32;
                all.push(Timed {
                    at: NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap_or(NaiveTime::MIN),
                    envelope: sheet::cases_lines(
                        &world.regions.centres[centre].name,
                        &cases.iter().collect::<Vec<_>>(),
                    ),
                });
            }
        }
        Ok(all)
    }
}

/// The Monday on which the week of `sunday` is due.
fn monday(sunday: NaiveDate) -> NaiveDate {
    debug_assert_eq!(sunday.weekday(), chrono::Weekday::Sun);
    sunday + Days::new(8)
}

/// Centres whose report comes `days` after the Monday.
fn due(world: &World, sunday: NaiveDate, days: u64) -> Vec<usize> {
    let wanted = if days == 0 {
        Promptness::OnTime
    } else {
        Promptness::Late(days)
    };
    let centres = 0..world.regions.centres.len();
    centres
        .filter(|centre| promptness(world, *centre, sunday) == wanted)
        .collect()
}

fn shipment(name: String, sunday: NaiveDate, days: u64) -> Shipment {
    let title = name.clone();
    Shipment::new(
        DATASET,
        name,
        moment(monday(sunday) + Days::new(days), 13, 0),
        move |world| Ok(file(world, &title, sunday, days)),
    )
}

fn file(world: &World, name: &str, sunday: NaiveDate, days: u64) -> Envelope {
    let cases: Vec<_> = due(world, sunday, days)
        .into_iter()
        .flat_map(|centre| of_centre(world, centre, sunday))
        .collect();
    sheet::cases_lines(name, &cases.iter().collect::<Vec<_>>())
}
