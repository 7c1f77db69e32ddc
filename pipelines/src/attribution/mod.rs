//! Why did the use of a service change? A fall of visits to the mall is good news where the villages now serve the same
//! people, and bad news where nobody knows. This splits a change of visits between two periods into what the calendar
//! and the population explain, what is served elsewhere, what fewer (or more) repeat visits explain, and a rest.
//!
//! The parts add up to the change exactly, in every draw of the uncertainty as well. Pure: counts in, parts out.

mod draws;
mod sentence;
#[cfg(test)]
mod tests;

pub use sentence::{Sentences, sentences};

use draws::Draws;
use serde::{Deserialize, Serialize};

/// Counts of one family of services for the residents of one area in one period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Visits here for a matter that had not been tried before.
    pub first: f64,
    /// Further visits here for the same matters.
    pub repeat: f64,
    /// Matters served elsewhere: in the village, at the kecamatan, online, by outreach.
    pub elsewhere: f64,
}

impl Counts {
    /// All visits here.
    pub fn visits(&self) -> f64 {
        self.first + self.repeat
    }
}

/// One area in both periods.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// The period compared with.
    pub before: Counts,
    /// The period in question.
    pub after: Counts,
    /// What calendar, season and population let one expect of `after` per unit of `before`: open days of both periods,
    /// seasonal index, residents. 1 where nothing of it changed.
    pub expected_ratio: f64,
}

/// A number of visits with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Visits; negative where it lowers them.
    pub visits: f64,
    /// 5 % of the draws are below.
    pub low: f64,
    /// 5 % of the draws are above.
    pub high: f64,
}

/// A change of visits, split. `calendar + elsewhere + repeats + unexplained = change`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// Visits of the period compared with.
    pub before: f64,
    /// Visits of the period in question.
    pub after: f64,
    /// `after - before`.
    pub change: f64,
    /// Open days, season, population.
    pub calendar: Part,
    /// Matters that went to, or came back from, another place.
    pub elsewhere: Part,
    /// Fewer or more visits for the same matter.
    pub repeats: Part,
    /// Demand that vanished or appeared without any of these.
    pub unexplained: Part,
}

/// How sure one wants to be, and of what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Draws of the uncertainty.
    pub draws: usize,
    /// Variance over mean of the counts; 1 is Poisson, and people who come in families are more.
    pub dispersion: f64,
    /// Seed of the draws: the same counts have the same answer.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            draws: 400,
            dispersion: 1.5,
            seed: 1,
        }
    }
}

/// The four parts of one area, or of their sum: calendar, elsewhere, repeats, unexplained.
type Parts = [f64; 4];

/// Splits the change over all areas. Areas count one by one, so that letters of one kecamatan never explain visitors
/// missed from another. Costs `draws` times the areas.
///
/// A matter that moved is counted where matters here and elsewhere moved against each other beyond what was expected of
/// both: the smaller of the two. Each such matter takes its visits along at the old number of visits a matter. What the
/// remaining matters do more or less often is `repeats`.
pub fn attribute(areas: &[Area], settings: &Settings) -> Attribution {
    let total = |areas: &[Area], counts: fn(&Area) -> Counts| areas.iter().map(|a| counts(a).visits()).sum::<f64>();
    let (before, after) = (total(areas, |a| a.before), total(areas, |a| a.after));
    let middle = summed(areas);
    let mut draws = Draws::of(settings.seed, settings.dispersion);
    let mut spread: [Vec<f64>; 4] = Default::default();
    for _ in 0..settings.draws {
        let drawn: Vec<Area> = areas.iter().map(|area| draws.area(area)).collect();
        for (part, value) in spread.iter_mut().zip(summed(&drawn)) {
            part.push(value);
        }
    }
    let [calendar, elsewhere, repeats, unexplained] = std::array::from_fn(|i| part(middle[i], &mut spread[i]));
    Attribution {
        before,
        after,
        change: after - before,
        calendar,
        elsewhere,
        repeats,
        unexplained,
    }
}

fn summed(areas: &[Area]) -> Parts {
    areas.iter().map(split).fold(Parts::default(), |sum, parts| {
        std::array::from_fn(|i| sum[i] + parts[i])
    })
}

/// The parts of one area; they add up to its change.
fn split(area: &Area) -> Parts {
    let Area {
        before,
        after,
        expected_ratio,
    } = *area;
    let calendar = before.visits() * (expected_ratio - 1.0);
    // Visits a matter took: without any first visit before, one.
    let visits_per_matter = |counts: &Counts| {
        if counts.first > 0.0 {
            counts.visits() / counts.first
        } else {
            1.0
        }
    };
    let old_rate = visits_per_matter(&before);
    let here = after.first - before.first * expected_ratio;
    let there = after.elsewhere - before.elsewhere * expected_ratio;
    // Against each other: one falls as the other rises. Together, both follow demand, and nothing moved.
    let moved = if here * there < 0.0 {
        here.signum() * here.abs().min(there.abs())
    } else {
        0.0
    };
    let elsewhere = moved * old_rate;
    let repeats = after.visits() - after.first * old_rate;
    let unexplained = (after.visits() - before.visits()) - calendar - elsewhere - repeats;
    [calendar, elsewhere, repeats, unexplained]
}

fn part(visits: f64, draws: &mut [f64]) -> Part {
    draws.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let last = draws.len().saturating_sub(1) as f64;
        draws.get((share * last).round() as usize).copied().unwrap_or(visits)
    };
    Part {
        visits,
        low: at(0.05).min(visits),
        high: at(0.95).max(visits),
    }
}
