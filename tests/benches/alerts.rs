//! Are the alerts any good? Worlds of fresh seeds, in which outbreaks, look-alikes, changes of services, silent feeds
//! and bought ratings are planted, go into a hub as it is shipped; what it says is held against the answer key, beside
//! two simple rules on the same series. The simulator is the judge and knows the public doors only.

mod found;
mod live;
mod rules;
mod score;
mod section;
mod stories;
mod trial;

use crate::{options::Options, regency, sheet};
use anyhow::{Context, Result};
use chrono::{Days, NaiveDate};
use rand::Rng;
use smartcenter_simulator::Size;
use std::fs;
use trial::Trial;

/// Worlds, unless said otherwise.
const SEEDS: usize = 20;
/// Days at the beginning that are not judged: detectors of days have no baseline yet.
const BEGIN: u64 = 84;

/// What is tried.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How much of the regency exists.
    pub size: Size,
    /// Years of history.
    pub years: u32,
    /// First day of the history, first day judged, and last day.
    pub from: NaiveDate,
    pub begin: NaiveDate,
    pub last: NaiveDate,
    /// The school day after it, for what is pushed live.
    pub next: NaiveDate,
}

impl Plan {
    fn new(options: &Options) -> Result<Self> {
        let years = options.years.unwrap_or(1).max(1);
        let (last, next) = regency::two_days()?;
        let from = regency::demo_options(String::new(), String::new(), 0, years, last)
            .span()
            .0;
        Ok(Self {
            size: Size::SMALL,
            years,
            from,
            begin: from + Days::new(BEGIN),
            last,
            next,
        })
    }

    /// Weeks that are judged.
    pub fn weeks(&self) -> f64 {
        ((self.last - self.begin).num_days() + 1) as f64 / 7.0
    }
}

/// Tries; the section of the report.
pub fn run(options: &Options) -> Result<String> {
    let work = sheet::work_folder(options)?;
    let plan = Plan::new(options)?;
    let seeds = seeds(options);
    println!(
        "history from {} to {}, judged from {}; seeds {}",
        plan.from,
        plan.last,
        plan.begin,
        words(&seeds)
    );
    let (mut trials, mut latency) = (Vec::new(), None);
    for (number, &seed) in seeds.iter().enumerate() {
        let folder = work.path().join(format!("hub-{number}"));
        let (trial, hub) = Trial::new(&folder, seed, &plan).with_context(|| format!("seed {seed}"))?;
        println!("{}", trial.line(&plan));
        if number + 1 == seeds.len() {
            latency = Some(live::measured(&hub, &trial, &plan, work.path()));
        }
        drop(hub);
        // Twenty hubs need not lie there at the same time.
        fs::remove_dir_all(&folder)?;
        trials.push(trial);
    }
    let latency = latency.context("no world was tried")?;
    Ok(section::text(options, &plan, &trials, &latency))
}

/// Fresh seeds, or those that follow the one that was given.
fn seeds(options: &Options) -> Vec<u64> {
    let count = options.seeds.unwrap_or(if options.is_quick { 2 } else { SEEDS }).max(1);
    match options.seed {
        Some(first) => (first..).take(count).collect(),
        None => (0..count).map(|_| u64::from(rand::rng().random::<u32>())).collect(),
    }
}

fn words(seeds: &[u64]) -> String {
    seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
}
