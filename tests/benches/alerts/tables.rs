//! The tables of the trial: what was found, by how far it showed, by disease, by look-alike, by other story.

use super::{
    score::{GOAL_DAYS, Other, Split},
    section::{Method, share},
};
use std::collections::BTreeMap;

/// A table by a name: of how many, and how many of them hold.
fn table<T>(head: &str, all: impl Iterator<Item = (String, T)>, line: impl Fn(&[T]) -> String) -> String {
    let mut kinds: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for (kind, one) in all {
        kinds.entry(kind).or_default().push(one);
    }
    let columns = head.matches('|').count() - 1;
    let rule = "|---".repeat(columns) + "|\n";
    let rows: String = kinds
        .iter()
        .map(|(kind, own)| format!("| {kind} | {} |\n", line(own)))
        .collect();
    format!("{head}\n{rule}{rows}")
}

/// What of the outbreaks could be seen at schools in time, and what was.
pub fn visible(ours: &Method) -> String {
    let class = |peak: u32| match peak {
        0..=2 => "0 to 2",
        3..=4 => "3 to 4",
        5..=9 => "5 to 9",
        _ => "from 10",
    };
    let all = ours
        .outbreaks()
        .map(|outbreak| (class(outbreak.peak).to_owned(), outbreak.delay));
    let text = by_delay(
        "| further pupils ill at one school on one day, within the days of the goal |",
        all,
    );
    format!(
        "{text}\n- Further pupils: entered as ill beyond what the same world has without its stories, at the worst school and day up to \
         {GOAL_DAYS} school days after the fifth case. Fewer than the floor of the indicator (three, six where 200 or more are enrolled) cannot alarm \
         at a school; visits to health centres and neighbours together may.\n"
    )
}

fn by_delay(head: &str, all: impl Iterator<Item = (String, Option<i64>)>) -> String {
    table(&format!("{head} found | within three school days |"), all, |delays| {
        let found = delays.iter().flatten().count();
        let early = delays.iter().flatten().filter(|delay| **delay <= GOAL_DAYS).count();
        format!("{} | {}", share((found, delays.len())), share((early, delays.len())))
    })
}

pub fn diseases(ours: &Method) -> String {
    let all = ours
        .outbreaks()
        .map(|outbreak| (outbreak.disease.clone(), outbreak.delay));
    by_delay("| disease |", all)
}

pub fn looks(ours: &Method) -> String {
    let all = ours.scores.iter().flat_map(|score| &score.looks);
    let all = all.map(|look| (look.kind.clone(), (look.is_said, look.is_explained)));
    table(
        "| look-alike | without an alert | alert that says why |",
        all,
        |looks| {
            let quiet = looks.iter().filter(|look| !look.0).count();
            let explained = looks.iter().filter(|look| look.1).count();
            format!("{} | {}", share((quiet, looks.len())), share((explained, looks.len())))
        },
    )
}

/// What a change of the use of the mall is due to: position among elsewhere, repeats, unexplained.
fn cause(kind: &str) -> Option<usize> {
    ["mall_villages_serve", "mall_fewer_repeats", "mall_worse_service"]
        .iter()
        .position(|k| *k == kind)
}

pub fn others(ours: &Method) -> String {
    let all = ours.scores.iter().flat_map(|score| &score.others);
    let all = all.map(|other| (other.kind.clone(), other.clone()));
    let head = "| other story | found | days from its beginning, median | change attributed | its part: made / said, % of visits before | mean error, points | largest part is its own |";
    let text = table(head, all, |others: &[Other]| {
        let mut delays: Vec<i64> = others.iter().filter_map(|other| other.delay).collect();
        delays.sort_unstable();
        let middle = delays.get(delays.len() / 2).map_or("none".to_owned(), i64::to_string);
        let found = share((delays.len(), others.len()));
        let Some(cause) = others.first().and_then(|other| cause(&other.kind)) else {
            return format!("{found} | {middle} | | | |");
        };
        let splits: Vec<Split> = others.iter().filter_map(|other| other.split).collect();
        if splits.is_empty() {
            return format!("{found} | {middle} | {} | | |", share((0, others.len())));
        }
        let mean = |value: &dyn Fn(&Split) -> f64| 100.0 * splits.iter().map(value).sum::<f64>() / splits.len() as f64;
        let is_largest = |split: &&Split| split.said.iter().all(|part| part.abs() <= split.said[cause].abs());
        format!(
            "{found} | {middle} | {} | {:.0} / {:.0} | {:.0} | {}",
            share((splits.len(), others.len())),
            mean(&|split| split.made[cause]),
            mean(&|split| split.said[cause]),
            mean(&|split| (split.said[cause] - split.made[cause]).abs()),
            share((splits.iter().filter(is_largest).count(), splits.len()))
        )
    });
    format!(
        "{text}\n- Change attributed: the alert has the parts of the change. *Made* is what the story did to the visits of these \
         days, from the same world without stories; the part is the one that is the story's: served elsewhere, repeats, \
         unexplained. A world of one year has no season of the year before: what the season does is unexplained then, which \
         makes that part the largest now and then. The error holds the chance in the counts as well.\n"
    )
}
