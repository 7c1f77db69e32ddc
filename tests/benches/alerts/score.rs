//! What was found of what was planted, how late, and what was said without reason.

use super::{
    Plan,
    found::{Case, Episode, Reasons},
    stories::{days_of, is_of_clinics, is_of_outbreaks, relates, says_why},
    trial::Trial,
};
use chrono::{Days, NaiveDate};
use smartcenter_simulator::{StoryAnswer, World};

/// Days before the end of the history by which a story must have begun, so that there was time to find it.
const OUTBREAK_DAYS: u64 = 7;
const SLOW_DAYS: u64 = 28;
/// School days after the fifth case within which the goal wants an outbreak found.
pub const GOAL_DAYS: i64 = 3;
/// How far the answer key is moved to see what is found where nothing was planted.
const MOVED_DAYS: u64 = 56;

/// A planted outbreak.
#[derive(Debug, Clone)]
pub struct Outbreak {
    /// Slug of the disease.
    pub disease: String,
    /// School days from the fifth case until the hub could say so; negative where it was before. None if it never did.
    pub delay: Option<i64>,
    /// Most pupils of one school who were entered as ill on one day beyond what would have been without it, within the
    /// days of the goal.
    pub peak: u32,
    /// Whether both schools and health centres are in the evidence.
    pub is_confirmed: bool,
    /// Whether it was told at once, and not held back for the owner's budget.
    pub is_told: bool,
}

/// A look-alike.
#[derive(Debug, Clone)]
pub struct Look {
    pub kind: String,
    /// Something was said of it.
    pub is_said: bool,
    /// And the sentence or the evidence says why.
    pub is_explained: bool,
}

/// Any other story: found or not, and when.
#[derive(Debug, Clone)]
pub struct Other {
    pub kind: String,
    /// Days from its beginning.
    pub delay: Option<i64>,
    /// Of fewer or more visits, as parts of those before: as the alert has them and as the story made them.
    pub split: Option<Split>,
}

/// Parts of a change of visits: elsewhere, repeats, unexplained.
#[derive(Debug, Clone, Copy)]
pub struct Split {
    pub said: [f64; 3],
    pub made: [f64; 3],
}

/// How one method did in one world.
#[derive(Debug, Clone, Default)]
pub struct Score {
    pub outbreaks: Vec<Outbreak>,
    /// Outbreaks that would have been "found" eight weeks earlier, and of how many.
    pub by_chance: (usize, usize),
    pub looks: Vec<Look>,
    pub others: Vec<Other>,
    /// Cases that no story explains: of all indicators, and of those for outbreaks.
    pub false_all: usize,
    pub false_outbreaks: usize,
    /// Of the latter, those told at once.
    pub false_told: usize,
    /// Cases about outbreaks, look-alikes, and a rise after a flood.
    pub true_outbreaks: usize,
    pub look_alikes: usize,
    /// Indicators of the cases without reason.
    pub false_of: Vec<String>,
    /// For whoever tunes an indicator: what was said without reason, and which outbreaks came late or never.
    pub details: Vec<String>,
}

/// Judges what a method said about a world. Look-alikes count as said only by indicators for outbreaks.
pub fn judge(trial: &Trial, plan: &Plan, cases: &[Case]) -> Score {
    let listed: Vec<&Case> = cases
        .iter()
        .filter(|case| case.is_listed && case.first().is_some_and(|day| day >= plan.begin && day <= plan.last))
        .collect();
    let mut score = Score::default();
    sort_out(trial, &listed, &mut score);
    for answer in &trial.answers {
        match answer.kind.as_str() {
            "outbreak" => outbreak(trial, plan, &listed, answer, &mut score),
            _ if answer.expected == "none" => look(trial, plan, &listed, answer, &mut score),
            _ => score.others.extend(other(trial, plan, &listed, answer)),
        }
    }
    score
}

/// Which cases have a reason.
fn sort_out(trial: &Trial, listed: &[&Case], score: &mut Score) {
    for case in listed {
        let of = |wanted: &dyn Fn(&StoryAnswer) -> bool| {
            let mut answers = trial.answers.iter().filter(|answer| wanted(answer));
            answers.any(|answer| relates(case, answer))
        };
        let is_medical = case.episodes.iter().any(|episode| is_of_outbreaks(&episode.indicator));
        if of(&|answer| answer.expected != "none") {
            score.true_outbreaks += usize::from(is_medical);
        } else if of(&|answer| answer.expected == "none") {
            score.look_alikes += 1;
        } else {
            score.false_all += 1;
            score.false_of.push(case.indicator.clone());
            if is_medical {
                let of =
                    |episode: &Episode| format!("{} {} {:?}", episode.indicator, episode.unit, episode.days.first());
                let episodes: Vec<String> = case.episodes.iter().map(of).collect();
                score.details.push(format!("false: {}", episodes.join(", ")));
            }
            score.false_outbreaks += usize::from(is_medical);
            score.false_told += usize::from(is_medical && case.is_told);
        }
    }
}

fn outbreak(trial: &Trial, plan: &Plan, listed: &[&Case], answer: &StoryAnswer, score: &mut Score) {
    // What began before the days that are judged may have been found then.
    let is_inside = |fifth: &NaiveDate| {
        answer.first_case.unwrap_or(answer.from) >= plan.begin && *fifth <= plan.last - Days::new(OUTBREAK_DAYS)
    };
    let Some(fifth) = answer.fifth_case.filter(is_inside) else {
        return;
    };
    let world = &trial.world;
    let first_known = |case: &Case| {
        let days = case
            .episodes
            .iter()
            .flat_map(|episode| days_of(episode, answer).map(move |day| known(world, episode, day)));
        days.min()
    };
    let related: Vec<(&Case, NaiveDate)> = listed
        .iter()
        .filter_map(|case| Some((*case, first_known(case)?)))
        .collect();
    let has = |wanted: fn(&str) -> bool| {
        let episodes = related.iter().flat_map(|(case, _)| &case.episodes);
        let mut own = episodes.filter(|episode| days_of(episode, answer).next().is_some());
        own.any(|episode| wanted(&episode.indicator))
    };
    let delay = related
        .iter()
        .map(|(_, day)| *day)
        .min()
        .map(|day| school_days(world, fifth, day));
    if delay.is_none_or(|days| days > GOAL_DAYS) {
        let late = delay.map_or_else(|| "never".to_owned(), |days| format!("{days} school days late"));
        score.details.push(format!(
            "{late}: {} at {}, fifth case {fifth}: {}",
            answer.disease.as_deref().unwrap_or_default(),
            answer.units.join(" "),
            answer.note
        ));
    }
    score.outbreaks.push(Outbreak {
        disease: answer.disease.clone().unwrap_or_default(),
        delay,
        peak: peak(trial, answer, fifth),
        is_confirmed: has(is_of_clinics) && has(|slug| is_of_outbreaks(slug) && !is_of_clinics(slug)),
        is_told: related.iter().any(|(case, _)| case.is_told),
    });
    chance(trial, plan, listed, answer, score);
}

/// How far an outbreak shows at a school at all, from the same world without stories.
fn peak(trial: &Trial, answer: &StoryAnswer, fifth: NaiveDate) -> u32 {
    let from = answer.first_case.unwrap_or(answer.from);
    let days = from
        .iter_days()
        .take_while(|day| *day <= fifth || school_days(&trial.world, fifth, *day) <= GOAL_DAYS);
    let ill = |world: &World, npsn: &String, day| {
        let school = world.schools.iter().find(|school| school.npsn == *npsn)?;
        Some(world.report(school, day)?.counts.sick)
    };
    let further = |day| {
        let of = move |npsn| {
            let (with, without) = (ill(&trial.world, npsn, day)?, ill(&trial.plain, npsn, day)?);
            Some(with.saturating_sub(without))
        };
        answer.units.iter().filter_map(of).max()
    };
    days.filter_map(further).max().unwrap_or_default()
}

/// The same outbreak eight weeks earlier, when it was not there: what finds it then is chance.
fn chance(trial: &Trial, plan: &Plan, listed: &[&Case], answer: &StoryAnswer, score: &mut Score) {
    let back = |day: NaiveDate| day - Days::new(MOVED_DAYS);
    let moved = StoryAnswer {
        from: back(answer.from),
        until: back(answer.until),
        first_case: answer.first_case.map(back),
        fifth_case: answer.fifth_case.map(back),
        ..answer.clone()
    };
    if moved.from < plan.begin {
        return;
    }
    let is_planted = |case: &Case| trial.answers.iter().any(|answer| relates(case, answer));
    let is_found = listed.iter().any(|case| relates(case, &moved) && !is_planted(case));
    score.by_chance.0 += usize::from(is_found);
    score.by_chance.1 += 1;
}

/// The day on which the hub could have a point: when its report arrived.
fn known(world: &World, episode: &Episode, day: NaiveDate) -> NaiveDate {
    let head = episode.unit.split('/').next().unwrap_or_default();
    let arrived = match episode.indicator.as_str() {
        "absensi_kecamatan" => None,
        weekly if weekly.starts_with("skdr_") => world.week_known(head, day),
        clinics if is_of_clinics(clinics) => Some(world.visits_known(head, day)),
        _ => {
            let school = world.schools.iter().find(|school| school.npsn == head);
            school.and_then(|school| world.attendance_known(school, day))
        }
    };
    arrived.unwrap_or(day).max(day)
}

/// School days after `from` up to `to`; negative the other way round.
fn school_days(world: &World, from: NaiveDate, to: NaiveDate) -> i64 {
    let count = |after: NaiveDate, last: NaiveDate| {
        let days = after.iter_days().skip(1).take_while(|day| *day <= last);
        days.filter(|day| world.calendar.is_school_day(*day, true)).count() as i64
    };
    if to >= from { count(from, to) } else { -count(to, from) }
}

fn look(trial: &Trial, plan: &Plan, listed: &[&Case], answer: &StoryAnswer, score: &mut Score) {
    let is_inside = answer.from >= plan.begin && answer.from <= plan.last;
    if !is_inside || !answer.datasets.iter().any(|dataset| dataset.starts_with("absensi")) {
        return;
    }
    // Where children are ill at the same time as well, nobody can say what an alert is about.
    let is_mixed = trial.answers.iter().any(|other| {
        let share = |a: &[String], b: &[String]| a.iter().any(|code| b.contains(code));
        let meets = other.from <= answer.until + Days::new(3) && answer.from <= other.until + Days::new(3);
        other.kind == "outbreak"
            && meets
            && (share(&other.units, &answer.units) || share(&other.places, &answer.places))
    });
    if is_mixed {
        return;
    }
    let of_it = |case: &&&Case| {
        let mut own = case
            .episodes
            .iter()
            .filter(|episode| is_of_outbreaks(&episode.indicator));
        own.any(|episode| days_of(episode, answer).next().is_some())
    };
    let said: Vec<_> = listed.iter().filter(of_it).collect();
    for case in &said {
        let of = |episode: &Episode| format!("{} {} {:?}", episode.indicator, episode.unit, episode.days);
        let episodes: Vec<String> = case.episodes.iter().map(of).collect();
        let line = format!(
            "{} at {} from {}: {}",
            answer.kind,
            answer.units.join(" "),
            answer.from,
            episodes.join(", ")
        );
        score.details.push(line);
    }
    score.looks.push(Look {
        kind: answer.kind.clone(),
        is_said: !said.is_empty(),
        is_explained: !said.is_empty() && said.iter().all(|case| says_why(case, &answer.kind)),
    });
}

/// Stories of services, ratings, feeds and balances; none of persons, which no indicator is about.
fn other(trial: &Trial, plan: &Plan, listed: &[&Case], answer: &StoryAnswer) -> Option<Other> {
    let kinds = [
        "mall_villages_serve",
        "mall_fewer_repeats",
        "mall_worse_service",
        "falling_satisfaction",
        "rating_burst",
        "rating_self",
        "silence",
        "halving",
        "feed_silent",
        "feed_halved",
        "balance_residual",
    ];
    let is_slow = answer.kind.starts_with("mall_") || answer.kind == "falling_satisfaction";
    let latest = plan.last - Days::new(if is_slow { SLOW_DAYS } else { OUTBREAK_DAYS });
    if !kinds.contains(&answer.kind.as_str()) || answer.from < plan.begin || answer.from > latest {
        return None;
    }
    let related: Vec<&&Case> = listed.iter().filter(|case| relates(case, answer)).collect();
    let days = related.iter().flat_map(|case| &case.episodes);
    let first = days.flat_map(|episode| days_of(episode, answer)).min();
    Some(Other {
        kind: answer.kind.clone(),
        delay: first.map(|day| (day - answer.from).num_days()),
        split: related
            .iter()
            .find_map(|case| case.reasons.as_ref())
            .and_then(|reasons| split(trial, &answer.kind, reasons)),
    })
}

/// What an alert says beside what the story did: the same days of the same world with and without stories.
fn split(trial: &Trial, kind: &str, reasons: &Reasons) -> Option<Split> {
    let visits = |world: &World| {
        let (first, again) = world.mall_visits(&reasons.family, reasons.days.0, reasons.days.1);
        (first as f64, again as f64)
    };
    let ((first, again), (quiet_first, quiet_again)) = (visits(&trial.world), visits(&trial.plain));
    if reasons.before < 1.0 || quiet_first < 1.0 {
        return None;
    }
    // A matter that is not brought takes its further visits along.
    let fewer = (first - quiet_first) * (quiet_first + quiet_again) / quiet_first;
    let repeats = (first + again) - (quiet_first + quiet_again) - fewer;
    let made = match kind {
        "mall_villages_serve" => [fewer, repeats, 0.0],
        _ => [0.0, repeats, fewer],
    };
    let of_before = |parts: [f64; 3]| parts.map(|part| part / reasons.before);
    Some(Split {
        said: of_before(reasons.parts),
        made: of_before(made),
    })
}
