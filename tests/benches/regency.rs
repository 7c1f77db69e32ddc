//! Every feed of the regency: the first load feed by feed, the models that follow it, a day's changes, and the small
//! regency as the demo sends it. The sender is the simulator, which knows the public doors only.

pub mod feeds;
pub mod models;
mod section;

use crate::{
    figures::thousands,
    hub::{self, Hub},
    options::Options,
    sheet,
};
use anyhow::{Context, Result, ensure};
use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use feeds::Load;
use models::{Followed, Rebuild};
use smartcenter_simulator::{Calendar, DemoOptions, FeedHistory, Keys, Progress, Reporting, Size, World, demo};
use std::path::Path;

/// The world is the same in every run.
const SEED: u64 = 2026;
/// The feed that is heavier on the day after: every school reports by pupil.
const BY_PUPIL: &str = "absensi_siswa";

/// Measures; the section of the report.
pub fn run(options: &Options) -> Result<String> {
    let work = sheet::work_folder(options)?;
    let plan = Plan::new(options)?;
    println!("history from {} to {}, then {}", plan.from, plan.last, plan.next);
    let small = small(&work.path().join("demo"), &plan)?;
    let whole = whole(&work.path().join("hub"), &plan)?;
    Ok(section::text(options, &plan, &whole, &small))
}

/// What is sent.
struct Plan {
    size: Size,
    years: u32,
    /// First and last day of the history, and the day after it.
    from: NaiveDate,
    last: NaiveDate,
    next: NaiveDate,
}

impl Plan {
    fn new(options: &Options) -> Result<Self> {
        let years = options.years.unwrap_or(if options.is_quick { 1 } else { 3 }).max(1);
        let (last, next) = two_days()?;
        Ok(Self {
            size: if options.is_quick { Size::SMALL } else { Size::FULL },
            years,
            from: first(last, years)?,
            last,
            next,
        })
    }
}

/// The newest two days in a row with school and offices, inside one week and month, so that the second adds files to
/// those of the first and replaces none. Contracts take no rows of the future and none that are too old.
pub fn two_days() -> Result<(NaiveDate, NaiveDate)> {
    let calendar = Calendar::load()?;
    let plain = |day: NaiveDate| calendar.is_school_day(day, false) && calendar.is_work_day(day);
    let mut next = sheet::newest_day();
    for _ in 0..200 {
        let last = next - Days::new(1);
        // Some feeds are two days behind.
        if !matches!(next.weekday(), Weekday::Mon | Weekday::Sat | Weekday::Sun)
            && next.day() > 4
            && plain(last)
            && plain(next)
        {
            return Ok((last, next));
        }
        next = last;
    }
    anyhow::bail!("the calendar has no two school days in a row lately")
}

/// The first of a month: so many years of whole months, the running one among them.
fn first(last: NaiveDate, years: u32) -> Result<NaiveDate> {
    let month = last.with_day(1).context("a month without a first day")?;
    month
        .checked_sub_months(Months::new(12 * years - 1))
        .context("a history that begins before time does")
}

/// The first load, what is worked out from it, and the day after.
struct Whole {
    loads: Vec<Load>,
    /// How the models were worked out from nothing after the first load, and the hub's peak meanwhile.
    first: Followed<()>,
    peak: u64,
    /// Schools that report by pupil in the history.
    by_pupil: usize,
    /// The day, by feed.
    day: Followed<Vec<Load>>,
    rebuilds: Vec<Rebuild>,
    /// Bytes in the hub's folder at the end.
    disk: u64,
}

fn whole(folder: &Path, plan: &Plan) -> Result<Whole> {
    // A day more than the history, so that the next day belongs to the same world.
    let world = World::with_stories(SEED, plan.size, (plan.from, plan.next))?;
    let history = FeedHistory::all(&world, plan.from, plan.last)?;
    let loads = loaded(folder, &world, &history)?;
    let hub = Hub::launch(folder, &[])?;
    hub.forget_peak()?;
    let first = models::followed(&hub, || Ok((Load::sum(&loads).seq, ())))?;
    let peak = hub.peak_memory()?;
    println!("all models have everything {:.1} s later", first.behind);
    for (name, refreshes) in &first.refreshes {
        println!(
            "built {name}: {} ms in {} turns",
            refreshes.milliseconds, refreshes.count
        );
    }
    let door = feeds::door(&hub)?;

    let heavy = world.all_by_pupil();
    let mut files = Vec::new();
    for (world, by_pupil) in [(&world, false), (&heavy, true)] {
        let mut next = FeedHistory::all(world, plan.from, plan.next)?;
        next.iter_mut().for_each(|feed| feed.without(&history));
        next.retain(|feed| (feed.dataset() == BY_PUPIL) == by_pupil);
        for feed in next {
            let written = feeds::written(world, &feed, 0..feed.len())?;
            files.push((feed, written));
        }
    }
    let day = models::followed(&hub, || {
        let mut loads = Vec::new();
        for (feed, files) in files {
            let mut load = Load {
                dataset: feed.dataset(),
                ..Load::default()
            };
            for envelope in &files {
                feeds::push(&door, envelope, feed.is_reference(), &mut load)?;
            }
            if load.files > 0 {
                loads.push(load);
            }
        }
        Ok((Load::sum(&loads).seq, loads))
    })?;
    let rows = Load::sum(&day.work).accepted;
    ensure!(rows > 0, "the day brought nothing");
    println!(
        "{} rows of {}: all models have them {:.1} s after the last push",
        thousands(rows),
        plan.next,
        day.behind
    );
    let rebuilds = models::rebuild(&hub)?;
    Ok(Whole {
        loads,
        first,
        peak,
        by_pupil: world
            .schools
            .iter()
            .filter(|school| school.reporting == Reporting::Pupils)
            .count(),
        day,
        rebuilds,
        disk: bytes_below(folder)?,
    })
}

/// The history, sent feed by feed to a hub that works out no models meanwhile: what they cost is measured by itself.
fn loaded(folder: &Path, world: &World, history: &[FeedHistory]) -> Result<Vec<Load>> {
    let hub = Hub::launch(folder, &[("models", "false")])?;
    let door = feeds::door(&hub)?;
    let mut loads = Vec::new();
    for feed in history {
        let load = feeds::send(&hub, &door, world, feed)?;
        print!("{}", load.line());
        ensure!(load.accepted > 0, "no row of {} was accepted", load.dataset);
        loads.push(load);
    }
    Ok(loads)
}

/// What the demo is told to send a small regency's history up to `last`, and no more.
pub fn demo_options(url: String, key: String, seed: u64, years: u32, last: NaiveDate) -> DemoOptions {
    DemoOptions {
        seed,
        years,
        until: Some(last),
        ..DemoOptions::new(url, Keys::one(key))
    }
}

/// The small regency as the demo sends it.
struct Small {
    files: u64,
    accepted: u64,
    rejected: u64,
    /// Seconds until the history was acknowledged, and from then until all models had it.
    seconds: (f64, f64),
    /// Processor seconds of the hub and of the sender until either.
    hub: (f64, f64),
    sender: f64,
    /// The hub's peak.
    peak: u64,
}

fn small(folder: &Path, plan: &Plan) -> Result<Small> {
    let hub = Hub::launch(folder, &[])?;
    let options = demo_options(hub.url(""), hub.admin.clone(), SEED, 1, plan.last);
    // This program and those that it started: the hub is one of them.
    let both = || hub::cpu_seconds(std::process::id());
    let before = (both()?, hub.cpu_seconds()?);
    let followed = models::followed(&hub, || {
        let mut seq = 0;
        let mut refused = Vec::new();
        let summary = demo(options, &mut |step| match step {
            Progress::File { answer, .. } => seq = seq.max(answer.seq.unwrap_or_default()),
            Progress::Warning(text) => refused.push(text),
            _ => {}
        })?;
        refused.iter().for_each(|text| println!("{text}"));
        ensure!(summary.accepted > 0, "the demo brought nothing");
        Ok((seq, (summary, both()?, hub.cpu_seconds()?)))
    })?;
    let (summary, all, own) = followed.work;
    let (in_hub, after) = (own - before.1, hub.cpu_seconds()? - before.1);
    println!(
        "the demo's history in {:.1} s, models {:.1} s later",
        followed.worked, followed.behind
    );
    Ok(Small {
        files: summary.pushes,
        accepted: summary.accepted,
        rejected: summary.rejected,
        seconds: (followed.worked, followed.behind),
        hub: (in_hub, after),
        sender: all - before.0 - in_hub,
        peak: hub.peak_memory()?,
    })
}

fn bytes_below(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        // The hub goes on: a file may be gone by now.
        match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes += bytes_below(&entry.path())?,
            Ok(meta) => bytes += meta.len(),
            Err(_) => {}
        }
    }
    Ok(bytes)
}
