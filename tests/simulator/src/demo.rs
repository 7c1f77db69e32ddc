//! The demo: code lists, the history of every feed, then the day that is lived until told to stop. A second start asks
//! the hub which payloads it has receipts for and continues from there.

use crate::{
    Error, Result, correction,
    door::{Answer, Door, Keys},
    feed::{self, Shipment},
    live::{self, DayClock, live_day},
    progress::{DemoSummary, Progress},
    send::{self, Senders, Step},
    sheet::Envelope,
    world::{Size, World},
};
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use std::{
    collections::HashSet,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

/// Senders of the history at work at the same time.
const SENDERS: usize = 4;
/// Days that a world may be lived beyond its span before it is made anew.
const BEYOND: u64 = 60;

/// What to simulate and where to push it.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Address of the hub, such as `http://127.0.0.1:8080`.
    pub url: String,
    /// Keys to push with.
    pub keys: Keys,
    /// Seed of the world.
    pub seed: u64,
    /// How much of the regency; [`Size::SMALL`] is quick, [`Size::FULL`] is everything.
    pub size: Size,
    /// How many years of history.
    pub years: u32,
    /// Last day of the history; then the demo ends. None lives on with the clock.
    pub until: Option<NaiveDate>,
    /// How fast the day so far is caught up, in minutes a second.
    pub speed: f64,
    /// The clock.
    pub now: fn() -> DateTime<Utc>,
    /// Set to stop; noticed within a tenth of a second.
    pub stop: Arc<AtomicBool>,
}

impl DemoOptions {
    /// The usual demo against `url`: seed 2026, small, one year, a minute of the day so far in a second.
    pub fn new(url: impl Into<String>, keys: Keys) -> Self {
        Self {
            url: url.into(),
            keys,
            seed: 2026,
            size: Size::SMALL,
            years: 1,
            until: None,
            speed: 1.0,
            now: Utc::now,
            stop: Arc::new(AtomicBool::new(false)),
        }
    }

    /// First and last day of the history.
    pub fn span(&self) -> (NaiveDate, NaiveDate) {
        let last = self.until.unwrap_or_else(|| live_day((self.now)()) - Days::new(1));
        (start_of_history(last + Days::new(1), self.years), last)
    }

    /// The world that is simulated.
    pub fn world(&self) -> Result<World> {
        World::with_stories(self.seed, self.size, self.span())
    }
}

/// Runs the demo until `options.stop` is set or the history has reached `options.until`; blocks its thread, so call it
/// from one that no async runtime owns. Errors mean that going on is pointless: wrong key or address, or a hub that
/// stays away for minutes.
pub fn demo(options: DemoOptions, progress: &mut dyn FnMut(Progress)) -> Result<DemoSummary> {
    if !options.speed.is_finite() || options.speed <= 0.0 {
        return Err(Error::new(format!(
            "speed {} is not possible: use a number above 0",
            options.speed
        )));
    }
    let door = Door::open(&options.url, options.keys.clone(), options.stop.clone())?;
    let mut run = Run {
        world: options.world()?,
        options,
        door,
        progress,
        known: HashSet::new(),
        summary: DemoSummary::default(),
    };
    match run.everything() {
        Err(error) if !error.is_stopped() => Err(error),
        _ => Ok(run.summary),
    }
}

struct Run<'a> {
    world: World,
    options: DemoOptions,
    door: Door,
    progress: &'a mut dyn FnMut(Progress),
    /// SHA-256 of the payloads that the hub has receipts for.
    known: HashSet<String>,
    summary: DemoSummary,
}

impl Run<'_> {
    fn everything(&mut self) -> Result<()> {
        let (from, last) = self.options.span();
        self.ask_what_is_known();
        self.history(from, last)?;
        (self.progress)(Progress::HistoryDone { summary: self.summary });
        if self.options.until.is_some() {
            return Ok(());
        }
        self.correct(last)?;
        loop {
            let day = live_day((self.options.now)());
            if day > self.world.span.1 + Days::new(BEYOND) {
                self.world = World::with_stories(self.options.seed, self.options.size, (from, day))?;
            }
            self.live(day)?;
            (self.progress)(Progress::Idle);
            while live_day((self.options.now)()) == day {
                self.door.pause(Duration::from_secs(1))?;
            }
        }
    }

    /// Loads what the hub knows. Without an answer everything is pushed again and the idempotency keys decide.
    fn ask_what_is_known(&mut self) {
        match self.door.known() {
            Ok(known) => self.known = known,
            Err(error) => (self.progress)(Progress::Warning(error.to_string())),
        }
    }

    fn history(&mut self, from: NaiveDate, last: NaiveDate) -> Result<()> {
        let (mut lists, mut files) = (Vec::new(), Vec::new());
        for feed in feed::all(&self.world) {
            let shipments = feed.history(&self.world, from, last)?;
            if feed.reference() { &mut lists } else { &mut files }.extend(shipments);
        }
        let total = files.len();
        (self.progress)(Progress::Planned {
            seed: self.world.seed,
            schools: self.world.schools.len(),
            from,
            live_day: last + Days::new(1),
            held: self.known.len(),
            files: total,
        });
        self.send(lists, Senders::OneByOne, 0)?;
        self.send(files, Senders::Together(SENDERS), total)
    }

    /// Sends with several senders and passes on what they tell; `files` is 0 for what is not counted.
    fn send(&mut self, shipments: Vec<Shipment>, senders: Senders, files: usize) -> Result<()> {
        let mut done = 0;
        let (world, door, known) = (&self.world, &self.door, &self.known);
        let (progress, summary) = (&mut self.progress, &mut self.summary);
        send::send(world, door, shipments, known, senders, &mut |step| {
            match step {
                Step::Sent {
                    dataset,
                    name,
                    rows,
                    answer,
                } => {
                    done += usize::from(files > 0);
                    note(summary, &answer);
                    if let Some(refused) = &answer.refused {
                        progress(Progress::Warning(format!(
                            "{dataset} {name} with {rows} rows was refused: {refused}"
                        )));
                    }
                    progress(Progress::File {
                        dataset,
                        name,
                        done,
                        files,
                        answer,
                    });
                }
                Step::Known => {
                    done += usize::from(files > 0);
                    progress(Progress::Skipped { done, files });
                }
                Step::Waiting { wait, reason } => progress(Progress::Waiting { wait, reason }),
                Step::Failed(error) => return Err(error),
            }
            Ok(())
        })
    }

    /// Corrects the last school day of the history.
    fn correct(&mut self, last: NaiveDate) -> Result<()> {
        let world = self.world.clone();
        let day = world.calendar.last_school_day(last);
        // The door is asked and pushed through in turns.
        let door = self.door.clone();
        match correction::correct(&world, day, &door, &mut |envelope| self.push(envelope)) {
            Ok(Some(corrected)) => (self.progress)(Progress::Corrected(corrected)),
            Ok(None) => {}
            Err(error) if error.is_stopped() => return Err(error),
            Err(error) => (self.progress)(Progress::Warning(format!("the correction was not shown: {error}"))),
        }
        Ok(())
    }

    /// Sends what comes on `day` when its time comes; ends when nothing is left or another day is lived.
    fn live(&mut self, day: NaiveDate) -> Result<()> {
        let mut clock = DayClock::new(day, self.options.speed);
        for item in live::queue(&self.world, day)? {
            if self.known.contains(&item.envelope.sha256()) {
                continue;
            }
            self.door.pause(clock.wait(item.at, (self.options.now)()))?;
            if live_day((self.options.now)()) != day {
                break;
            }
            let answer = self.push(&item.envelope)?;
            self.known.insert(item.envelope.sha256());
            self.summary.live_pushes += 1;
            (self.progress)(Progress::Live {
                dataset: item.envelope.dataset,
                name: item.envelope.name,
                answer,
            });
        }
        Ok(())
    }

    fn push(&mut self, envelope: &Envelope) -> Result<Answer> {
        let progress = &mut self.progress;
        let mut busy = |wait, reason: &str| {
            progress(Progress::Waiting {
                wait,
                reason: reason.to_owned(),
            });
        };
        let answer = self.door.push(envelope, &mut busy)?;
        note(&mut self.summary, &answer);
        if let Some(refused) = answer.refused.as_ref().filter(|_| envelope.rows > 1) {
            // A single spoilt row sent live is refused as a whole, as it should be.
            (self.progress)(Progress::Warning(format!("{} was refused: {refused}", envelope.name)));
        }
        Ok(answer)
    }
}

fn note(summary: &mut DemoSummary, answer: &Answer) {
    summary.pushes += 1;
    summary.replayed += u64::from(answer.replayed);
    if !answer.replayed {
        summary.accepted += answer.rows.accepted;
        summary.rejected += answer.rows.rejected;
    }
    summary.refused += u64::from(answer.refused.is_some());
}

/// The first of the month, `years` before `live_day`: whole months, so that files keep their content from day to day.
fn start_of_history(live_day: NaiveDate, years: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(live_day.year() - years as i32, live_day.month(), 1).unwrap_or(live_day)
}
