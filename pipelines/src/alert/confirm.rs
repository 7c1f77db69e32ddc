//! Control of false discoveries over the flags of all indicators.

use super::{
    Flag,
    control::{self, Tested},
    read::Read,
};
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

/// Days back to the same weekday, on which it is looked how often a family is tested when all is in.
const SAME_WEEKDAY: [u64; 2] = [7, 14];

/// The flags that are left. A day on which reports are still coming in is taken to be tested as often as its weekday was
/// before: else the first flag of a morning would pass among few, and go again when the others come.
pub(super) fn confirmed(reads: &[&Read], false_share: f64) -> Vec<Flag> {
    let mut counts: BTreeMap<&str, BTreeMap<NaiveDate, usize>> = BTreeMap::new();
    let (mut kept, mut asked): (Vec<Flag>, Vec<Flag>) = (Vec::new(), Vec::new());
    for read in reads {
        match read.watched.tests {
            true => asked.extend(read.flags.iter().cloned()),
            false => kept.extend(read.flags.iter().cloned()),
        }
        let family = counts.entry(read.watched.family.as_str()).or_default();
        for (day, count) in &read.tested {
            *family.entry(*day).or_default() += count;
        }
    }
    let mut tested = Tested::new();
    for flag in &asked {
        tested.entry((flag.day, flag.family.clone())).or_insert_with(|| {
            let count = |day: Option<NaiveDate>| counts.get(flag.family.as_str())?.get(&day?).copied();
            let before = SAME_WEEKDAY.map(|days| count(flag.day.checked_sub_days(Days::new(days))));
            let most = before.into_iter().chain([count(Some(flag.day))]).flatten().max();
            most.unwrap_or(0)
        });
    }
    let passes = control::passes(&asked, &tested, false_share);
    kept.extend(
        asked
            .into_iter()
            .zip(passes)
            .filter(|(_, passes)| *passes)
            .map(|(flag, _)| flag),
    );
    kept
}
