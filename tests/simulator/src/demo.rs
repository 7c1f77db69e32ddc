//! The demo: reference codes, a year of history, then live rows until told to stop. A second start asks the hub what
//! it holds and continues from there.

use crate::{
    Error, Result,
    attendance::Fate,
    calendar::epi_week_start,
    correction, disease,
    door::{Answer, Door, Keys},
    live, outbox,
    outbox::Present,
    progress::{DemoSummary, Progress},
    reference,
    sheet::{self, Envelope},
    world::World,
};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use std::{
    collections::HashSet,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

/// What to simulate and where to push it.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Address of the hub, such as `http://127.0.0.1:8080`.
    pub url: String,
    /// Keys to push with.
    pub keys: Keys,
    /// Seed of the world.
    pub seed: u64,
    /// How many schools; about 120 is quick, 1,250 is the whole regency.
    pub schools: usize,
    /// How many years of history.
    pub years: u32,
    /// How much faster than one live push a second; 1 is usual.
    pub speed: f64,
    /// Set to stop; noticed within a tenth of a second.
    pub stop: Arc<AtomicBool>,
}

impl DemoOptions {
    /// The usual demo against `url`: seed 2026, 120 schools, one year, usual speed.
    pub fn new(url: impl Into<String>, keys: Keys) -> Self {
        Self {
            url: url.into(),
            keys,
            seed: 2026,
            schools: 120,
            years: 1,
            speed: 1.0,
            stop: Arc::new(AtomicBool::new(false)),
        }
    }
}

/// Runs the demo until `options.stop` is set; blocks its thread, so call it from one that no async runtime owns.
/// Errors mean that going on is pointless: wrong key or address, or a hub that stays away for minutes.
pub fn demo(options: DemoOptions, progress: &mut dyn FnMut(Progress)) -> Result<DemoSummary> {
    if !options.speed.is_finite() || options.speed <= 0.0 {
        return Err(Error::new(format!(
            "speed {} is not possible: use a number above 0",
            options.speed
        )));
    }
    let world = World::new(options.seed, options.schools)?;
    let door = Door::open(&options.url, options.keys, options.stop)?;
    let mut run = Run {
        world: &world,
        door,
        progress,
        years: options.years,
        speed: options.speed,
        present: Present::default(),
        weeks: HashSet::new(),
        summary: DemoSummary::default(),
    };
    match run.everything() {
        Err(error) if !error.is_stopped() => Err(error),
        _ => Ok(run.summary),
    }
}

/// The day whose reports come live at `now`: today from 06.30 WIB on, else the day before; a day without lessons
/// gives way to the last one with.
pub fn live_day(world: &World, now: DateTime<Utc>) -> NaiveDate {
    let local = (now + TimeDelta::hours(7)).naive_utc();
    let opened = NaiveTime::from_hms_opt(6, 30, 0).is_some_and(|opening| local.time() >= opening);
    let day = if opened {
        local.date()
    } else {
        local.date() - Days::new(1)
    };
    world.calendar.last_school_day(day)
}

struct Run<'a> {
    world: &'a World,
    door: Door,
    progress: &'a mut dyn FnMut(Progress),
    years: u32,
    speed: f64,
    present: Present,
    /// Weekly reports the hub holds: health centre and Sunday.
    weeks: HashSet<(String, NaiveDate)>,
    summary: DemoSummary,
}

impl Run<'_> {
    fn everything(&mut self) -> Result<()> {
        self.reference()?;
        let day = live_day(self.world, Utc::now());
        let from = start_of_history(day, self.years);
        self.ask_what_is_held();
        self.history(from, day)?;
        (self.progress)(Progress::HistoryDone { summary: self.summary });
        self.correct(day)?;
        let mut sent = 0;
        loop {
            let day = live_day(self.world, Utc::now());
            sent += self.live(from, day, sent)?;
            (self.progress)(Progress::Idle);
            while live_day(self.world, Utc::now()) == day {
                self.door.pause(Duration::from_secs(1))?;
            }
        }
    }

    /// Corrects the last day of the history.
    fn correct(&mut self, live_day: NaiveDate) -> Result<()> {
        let world = self.world;
        let day = world.calendar.last_school_day(live_day - Days::new(1));
        // The door is asked and pushed through in turns.
        let door = self.door.clone();
        match correction::correct(world, day, &door, &mut |envelope| self.push(envelope)) {
            Ok(Some(corrected)) => (self.progress)(Progress::Corrected(corrected)),
            Ok(None) => {}
            Err(error) if error.is_stopped() => return Err(error),
            Err(error) => (self.progress)(Progress::Warning(format!("the correction was not shown: {error}"))),
        }
        Ok(())
    }

    fn reference(&mut self) -> Result<()> {
        for envelope in reference::envelopes()? {
            let held = self
                .door
                .query(&format!("SELECT count(*) AS n FROM data.{}", envelope.dataset));
            if held
                .ok()
                .and_then(|rows| rows.first()?.get("n")?.as_u64())
                .is_some_and(|n| n > 0)
            {
                continue;
            }
            let answer = self.push(&envelope)?;
            (self.progress)(Progress::File {
                dataset: envelope.dataset,
                name: envelope.name,
                done: 0,
                files: 0,
                answer,
            });
        }
        Ok(())
    }

    /// Loads what the hub holds. Without an answer everything is pushed again and the idempotency keys decide.
    fn ask_what_is_held(&mut self) {
        let text = |row: &serde_json::Value, name: &str| Some(row.get(name)?.as_str()?.to_owned());
        let day = |row: &serde_json::Value, name: &str| text(row, name)?.get(..10)?.parse::<NaiveDate>().ok();
        match self
            .door
            .query("SELECT npsn, tanggal FROM data.absensi_harian_sekolah WHERE npsn LIKE '99%'")
        {
            Ok(rows) => {
                for row in &rows {
                    if let (Some(npsn), Some(day)) = (text(row, "npsn"), day(row, "tanggal")) {
                        self.present.add(npsn, day);
                    }
                }
            }
            Err(error) => (self.progress)(Progress::Warning(error.to_string())),
        }
        match self
            .door
            .query("SELECT DISTINCT sumber, periode_mulai FROM data.kasus_penyakit")
        {
            Ok(rows) => {
                let held = rows
                    .iter()
                    .filter_map(|row| Some((text(row, "sumber")?, day(row, "periode_mulai")?)));
                self.weeks.extend(held);
            }
            Err(error) => (self.progress)(Progress::Warning(error.to_string())),
        }
    }

    fn history(&mut self, from: NaiveDate, live_day: NaiveDate) -> Result<()> {
        let world = self.world;
        let files = outbox::history(world, from, live_day - Days::new(1), &self.present);
        let weeks: Vec<_> = sundays(from, live_day)
            .filter(|week| !self.weeks.iter().any(|w| w.1 == *week))
            .collect();
        let total = files.len() + weeks.len();
        (self.progress)(Progress::Planned {
            seed: world.seed,
            schools: world.schools.len(),
            from,
            live_day,
            held: self.present.len(),
            files: total,
        });
        for (done, file) in (1..).zip(&files) {
            let envelope = file.envelope(world.seed);
            let answer = self.push(&envelope)?;
            if answer.refused.is_none() {
                for report in file.reports.iter().filter(|report| report.fate != Fate::Spoilt) {
                    self.present.add(report.school.npsn.clone(), report.counts.day);
                }
            }
            self.file_done(envelope, done, total, answer);
        }
        for (done, sunday) in (files.len() + 1..).zip(weeks) {
            let cases = disease::week(world.seed, sunday)?;
            let name = format!("W2_{sunday}.ndjson");
            let envelope = sheet::cases_lines(&name, &cases.iter().collect::<Vec<_>>());
            let answer = self.push(&envelope)?;
            self.weeks.extend(cases.into_iter().map(|case| (case.source, sunday)));
            self.file_done(envelope, done, total, answer);
        }
        Ok(())
    }

    fn file_done(&mut self, envelope: Envelope, done: usize, files: usize, answer: Answer) {
        (self.progress)(Progress::File {
            dataset: envelope.dataset,
            name: envelope.name,
            done,
            files,
            answer,
        });
    }

    /// Sends what is to be sent live on `day`; ends when the queue is empty or the day is over. Answers how much it
    /// sent; `before` says how much went before, because offices slow down as their pile shrinks.
    fn live(&mut self, from: NaiveDate, day: NaiveDate, before: u64) -> Result<u64> {
        let world = self.world;
        let mut sent = 0;
        for item in live::queue(world, from, day, &self.present, &self.weeks)? {
            let answer = self.push(&item.envelope)?;
            let new = !answer.replayed;
            if answer.refused.is_none() && !item.spoilt {
                for (npsn, day) in item.reports {
                    self.present.add(npsn, day);
                }
                self.weeks.extend(item.week);
            }
            self.summary.live_pushes += 1;
            (self.progress)(Progress::Live {
                dataset: item.envelope.dataset,
                name: item.envelope.name,
                answer,
            });
            if new {
                sent += 1;
                let slower = 1.0 + (before + sent) as f64 / 300.0;
                self.door
                    .pause(Duration::from_secs_f64((item.gap * slower / self.speed).min(60.0)))?;
            }
            if live_day(world, Utc::now()) != day {
                break;
            }
        }
        Ok(sent)
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
        self.summary.pushes += 1;
        self.summary.replayed += u64::from(answer.replayed);
        if !answer.replayed {
            self.summary.accepted += answer.rows.accepted;
            self.summary.rejected += answer.rows.rejected;
        }
        if let Some(refused) = &answer.refused {
            self.summary.refused += 1;
            // A single spoilt row sent live is refused as a whole, as it should be.
            if envelope.rows > 1 {
                (self.progress)(Progress::Warning(format!("{} was refused: {refused}", envelope.name)));
            }
        }
        Ok(answer)
    }
}

/// The first of the month, `years` before `live_day`: whole months, so that files keep their content from day to day.
fn start_of_history(live_day: NaiveDate, years: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(live_day.year() - years as i32, live_day.month(), 1).unwrap_or(live_day)
}

/// The Sundays of the complete weeks before the latest one, which comes live.
fn sundays(from: NaiveDate, live_day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let last = epi_week_start(live_day) - Days::new(14);
    epi_week_start(from + Days::new(6))
        .iter_weeks()
        .take_while(move |sunday| *sunday <= last)
}
