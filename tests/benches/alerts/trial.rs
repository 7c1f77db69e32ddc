//! One world in one hub, as the demo sends it, until the hub has worked out everything.

use super::{
    Plan,
    found::{self, Case},
    rules::{self, Scored},
    score::{self, Score},
};
use crate::{
    hub::Hub,
    regency::{self, feeds, models},
};
use anyhow::{Result, ensure};
use smartcenter_simulator::{Progress, StoryAnswer, World, demo};
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// Alerts follow their indicators at once; so long nothing may change before they are read.
const STILL: Duration = Duration::from_secs(4);
/// And so long it may take.
const PATIENCE: Duration = Duration::from_secs(900);

/// Stories of persons who are hard to keep apart: no indicator is about them.
const PERSONS: [&str; 5] = ["twins", "namesakes", "no_nik", "name_conflict", "birth_conflict"];

/// A world and what was said about it.
#[derive(Debug)]
pub struct Trial {
    pub seed: u64,
    pub world: World,
    /// The same without stories.
    pub plain: World,
    pub answers: Vec<StoryAnswer>,
    pub cases: Vec<Case>,
    /// Scores of C2 on raw shares, as they are and with a least deviation, and days of ten absent.
    pub c2: Vec<Scored>,
    pub c2_least: Vec<Scored>,
    pub ten: Vec<Scored>,
    /// Rows accepted; seconds until acknowledged, until the models were fresh, and until the alerts stood still.
    pub rows: u64,
    pub seconds: [f64; 3],
    pub peak: u64,
}

impl Trial {
    /// Loads the world of a seed into a hub in `folder`, and reads what it says.
    pub fn new(folder: &Path, seed: u64, plan: &Plan) -> Result<(Self, Hub)> {
        let hub = Hub::launch(folder, &[])?;
        let options = regency::demo_options(hub.url(""), hub.admin.clone(), seed, plan.years, plan.last);
        let world = options.world()?;
        let followed = models::followed(&hub, || {
            let mut seq = 0;
            let summary = demo(options, &mut |step| match step {
                Progress::File { answer, .. } => seq = seq.max(answer.seq.unwrap_or_default()),
                Progress::Warning(text) => println!("{text}"),
                _ => {}
            })?;
            Ok((seq, summary))
        })?;
        ensure!(followed.work.accepted > 0, "the demo brought nothing");
        let still = still(&hub)?;
        let door = feeds::door(&hub)?;
        let mut answers = world.answers();
        answers.retain(|answer| !PERSONS.contains(&answer.kind.as_str()));
        let trial = Self {
            seed,
            answers,
            plain: world.quiet(),
            world,
            cases: found::cases(&hub, &door)?,
            c2: rules::c2(&door, 0.0)?,
            c2_least: rules::c2(&door, rules::LEAST)?,
            ten: rules::ten(&door)?,
            rows: followed.work.accepted,
            seconds: [followed.worked, followed.behind, still],
            peak: hub.peak_memory()?,
        };
        ensure!(!trial.c2.is_empty(), "no school is judged");
        Ok((trial, hub))
    }

    /// What the hub said.
    pub fn ours(&self, plan: &Plan) -> Score {
        score::judge(self, plan, &self.cases)
    }

    /// What C2 on raw shares says.
    pub fn c2(&self, plan: &Plan) -> Score {
        score::judge(self, plan, &rules::cases(&self.c2, rules::usual()))
    }

    /// What it says with a least deviation, at a threshold.
    pub fn c2_at(&self, plan: &Plan, threshold: f64) -> Score {
        score::judge(self, plan, &rules::cases(&self.c2_least, threshold))
    }

    /// What the literal rule says.
    pub fn ten(&self, plan: &Plan) -> Score {
        score::judge(self, plan, &rules::cases(&self.ten, 0.5))
    }

    /// A line for whoever waits.
    pub fn line(&self, plan: &Plan) -> String {
        let ours = self.ours(plan);
        let found = ours
            .outbreaks
            .iter()
            .filter(|outbreak| outbreak.delay.is_some())
            .count();
        let details: String = ours.details.iter().map(|line| format!("\n  {line}")).collect();
        format!(
            "seed {}: {} alerts; {found} of {} outbreaks, {} false alerts for outbreaks in {:.0} weeks; {:.0} s, {:.0} s, {:.0} s{details}",
            self.seed,
            self.cases.len(),
            ours.outbreaks.len(),
            ours.false_outbreaks,
            plan.weeks(),
            self.seconds[0],
            self.seconds[1],
            self.seconds[2],
        )
    }
}

/// Waits until `mart.alert` stands still; the seconds until it did.
fn still(hub: &Hub) -> Result<f64> {
    let sql = "SELECT count(*) AS n, max(terakhir) AS t, sum(length(bukti)) AS b FROM mart.alert";
    let start = Instant::now();
    let (mut last, mut since) = (None, Instant::now());
    loop {
        let (_, rows) = hub.sql(&hub.admin, sql)?;
        if last.as_ref() != Some(&rows) {
            (last, since) = (Some(rows), Instant::now());
        } else if since.elapsed() >= STILL {
            return Ok((since - start).as_secs_f64());
        }
        ensure!(start.elapsed() < PATIENCE, "mart.alert does not come to rest");
        std::thread::sleep(Duration::from_millis(200));
    }
}
