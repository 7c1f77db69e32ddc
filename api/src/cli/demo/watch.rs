//! What a person who watches the demo sees: a bar for the history, the answers, then the live pushes.

use super::{NOTICED, noticed};
use crate::cli::{client::Client, output, sql};
use indicatif::{ProgressBar, ProgressStyle};
use smartcenter_simulator::{Corrected, DemoOptions, Progress, QUESTIONS};
use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

/// How long the answers may wait for `mart`.
const PATIENCE: Duration = Duration::from_secs(90);

/// Runs the simulator to its end.
pub fn run(options: DemoOptions, analyst: String) {
    let stop = options.stop.clone();
    let mut screen = Screen {
        bar: ProgressBar::new(0),
        terminal: std::io::stderr().is_terminal(),
        url: options.url.clone(),
        analyst,
        live: 0,
    };
    let outcome = smartcenter_simulator::demo(options, &mut |step| screen.show(step));
    screen.bar.finish_and_clear();
    match outcome {
        Err(error) if !stop.load(std::sync::atomic::Ordering::Acquire) => {
            output::note(&format!(
                "the simulator ended: {error}. The hub goes on; Ctrl-C stops it."
            ));
        }
        _ => {}
    }
}

struct Screen {
    bar: ProgressBar,
    terminal: bool,
    url: String,
    analyst: String,
    live: u64,
}

impl Screen {
    fn show(&mut self, step: Progress) {
        match step {
            Progress::Planned {
                schools,
                from,
                files,
                held,
                ..
            } => {
                self.say(&format!(
                    "{schools} made-up schools, history from {from}: {files} files, {held} payloads known already"
                ));
                self.bar.set_length(files as u64);
                let style = ProgressStyle::with_template("history {wide_bar} {pos}/{len} files, {eta} left");
                self.bar
                    .set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            }
            Progress::File {
                dataset,
                name,
                done,
                files,
                answer,
            } => {
                self.bar.set_position(done as u64);
                if let Some(refused) = answer.refused {
                    self.say(&format!("{dataset} {name} was refused: {refused}"));
                } else if !self.terminal && done > 0 && done.is_multiple_of(50) {
                    self.say(&format!("{done} of {files} files"));
                }
            }
            Progress::Skipped { done, .. } => self.bar.set_position(done as u64),
            Progress::HistoryDone { summary } => {
                self.bar.finish_and_clear();
                self.say(&format!(
                    "The history is in: {} rows accepted, {} in quarantine (`smartcenter quarantine ls`).\n",
                    summary.accepted, summary.rejected
                ));
                self.answer();
                self.bar = ProgressBar::new_spinner();
                self.bar.enable_steady_tick(Duration::from_millis(200));
                self.say("Live reports follow.");
            }
            Progress::Corrected(corrected) => self.corrected(&corrected),
            Progress::Live { dataset, name, answer } => {
                self.live += 1;
                let rows = answer.rows;
                self.bar.set_message(format!(
                    "{} live pushes; last: {dataset} {name}, {} accepted, {} rejected",
                    self.live, rows.accepted, rows.rejected
                ));
                if !self.terminal && self.live.is_multiple_of(100) {
                    self.say(&format!("{} live pushes", self.live));
                }
            }
            Progress::Idle => self.say("Everything of the day is in; the next reports come tomorrow."),
            Progress::Waiting { wait, reason } => {
                self.say(&format!("waiting {:.1} s: {reason}", wait.as_secs_f64()));
            }
            Progress::Warning(text) => self.say(&format!("warning: {text}")),
        }
    }

    fn corrected(&self, corrected: &Corrected) {
        let Corrected {
            day,
            npsn,
            ill: [before, after, again],
            versions,
            again: answer,
        } = corrected;
        self.say(&format!(
            "A corrected file of {day} came in: {before} ill pupils became {after} at once, and the history has \
             {versions} versions of school {npsn}.\nThe old file came once more: still {again}, {} rows are stale. {}\n",
            answer.rows.stale,
            answer.warnings.join(" "),
        ));
    }

    /// Asks the questions as the analyst, once `mart` has followed what came in.
    fn answer(&self) {
        let Ok(client) = Client::new(&self.url, Some(self.analyst.clone()), true) else {
            return;
        };
        let until = Instant::now() + PATIENCE;
        while matches!(is_settled(&client), Ok(false)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(500));
        }
        for (number, (title, statement)) in (1..).zip(QUESTIONS) {
            let mut text = Vec::new();
            match sql::print_table(&client, statement, 20, &mut text) {
                Ok(_) => {
                    let mut out = output::stdout();
                    let _ = writeln!(out, "{number}. {title}\n{}", String::from_utf8_lossy(&text));
                    let _ = out.flush();
                }
                Err(error) => self.say(&format!("{number}. {title}: {error:#}")),
            }
        }
        match noticed::told(&client, until) {
            Ok(lines) if lines.is_empty() => {}
            Ok(lines) => {
                let mut out = output::stdout();
                let _ = writeln!(out, "{}. {NOTICED}\n{}\n", QUESTIONS.len() + 1, lines.join("\n"));
                let _ = out.flush();
            }
            Err(error) => self.say(&format!("{NOTICED} {error:#}")),
        }
    }

    fn say(&self, text: &str) {
        self.bar.suspend(|| output::note(text));
    }
}

/// Whether every table of `mart` has all that its sources had when this is asked.
fn is_settled(client: &Client) -> anyhow::Result<bool> {
    let receipts = client.get("/api/v1/receipts", &[("limit", "100".to_owned())])?;
    let models = client.get("/api/v1/models", &[])?;
    let items = |page: &serde_json::Value| page["items"].as_array().cloned().unwrap_or_default();
    let models = items(&models);
    let is_model = |dataset: &serde_json::Value| models.iter().any(|model| model["name"] == *dataset);
    let newest = items(&receipts)
        .iter()
        .filter(|receipt| !is_model(&receipt["dataset"]))
        .filter_map(|receipt| receipt["seq"].as_u64())
        .max();
    Ok(models
        .iter()
        .filter(|model| model["kind"] == "table")
        .all(|model| model["applied_seq"].as_u64() >= newest))
}
