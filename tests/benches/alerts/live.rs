//! From the push of the decisive attendance to the alert: a school whose pupils fall ill overnight, on the day after the
//! history. What all the others report of that day is there already.

use super::{Plan, trial::Trial};
use crate::{
    figures::median,
    hub::Hub,
    regency::{feeds, models},
};
use anyhow::{Context, Result, ensure};
use smartcenter_simulator::{FeedHistory, Report, Reporting, School, World};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

/// Schools that take turns.
const SCHOOLS: usize = 5;
/// Pupils of a school, at least, and the share of them that falls ill.
const PUPILS: u32 = 120;
const ILL: f64 = 0.35;
/// Time between two of them.
const APART: Duration = Duration::from_secs(6);
const LOOK: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(120);
/// How much longer the stream of events is listened to when the table has the alert.
const GRACE: Duration = Duration::from_secs(15);

/// Seconds from the beginning of the push, of each school.
#[derive(Debug, Default)]
pub struct Latency {
    pub acknowledged: Vec<f64>,
    /// Until a question in SQL finds the alert.
    pub sql: Vec<f64>,
    /// Until it came as an event; fewer than schools where some did not.
    pub event: Vec<f64>,
    /// Schools whose alert did not come in time.
    pub missed: usize,
    /// What listening said where it was refused.
    pub refused: Option<String>,
}

impl Latency {
    /// Medians for the report.
    pub fn text(&self) -> String {
        let of = |name: &str, seconds: &[f64]| match seconds {
            [] => format!("{name}: never"),
            some => format!(
                "{name}: {:.2} s (median of {}, at most {:.2} s)",
                median(some),
                some.len(),
                most(some)
            ),
        };
        let refused = self.refused.as_ref().map_or_else(String::new, |why| format!("; {why}"));
        format!(
            "{}; {}; {}{refused}. Of {} schools {} never alarmed within {} s.",
            of("acknowledged", &self.acknowledged),
            of("visible in SQL", &self.sql),
            of("as a server-sent event", &self.event),
            self.acknowledged.len(),
            self.missed,
            PATIENCE.as_secs(),
        )
    }
}

fn most(seconds: &[f64]) -> f64 {
    seconds.iter().copied().fold(0.0, f64::max)
}

/// Measures in the hub of a world that was tried.
pub fn measured(hub: &Hub, trial: &Trial, plan: &Plan, work: &Path) -> Result<Latency> {
    let world = World::with_stories(trial.seed, plan.size, (plan.from, plan.next))?;
    others(hub, &world, plan)?;
    let mut latency = Latency::default();
    for (school, report) in chosen(&world, plan) {
        // What came of the one before is worked out and the hub has rested: pushes that stream wait for their share.
        std::thread::sleep(APART);
        let file = work.join(format!("sakit_{}.csv", school.npsn));
        std::fs::write(&file, row(school, &report, plan))?;
        let events = listen(hub, &school.name);
        let start = Instant::now();
        let (took, receipt) = hub.push("absensi_harian_sekolah", &file, "")?;
        ensure!(receipt["rows"]["accepted"] == 1, "the row was not accepted: {receipt}");
        latency.acknowledged.push(took.as_secs_f64());
        match seen(hub, school, plan, start)? {
            Some(seconds) => latency.sql.push(seconds),
            None => latency.missed += 1,
        }
        match events.recv_timeout(GRACE) {
            Ok(Ok(at)) => latency.event.push((at - start).as_secs_f64()),
            Ok(Err(error)) => latency.refused = Some(format!("events: {error:#}")),
            Err(_) => {}
        }
    }
    ensure!(
        !latency.acknowledged.is_empty(),
        "no school of the world can fall ill on {}",
        plan.next
    );
    Ok(latency)
}

/// Pushes what all schools report of the day, and waits until it is worked out.
fn others(hub: &Hub, world: &World, plan: &Plan) -> Result<()> {
    let door = feeds::door(hub)?;
    let history = FeedHistory::all(world, plan.from, plan.last)?;
    let mut next = FeedHistory::all(world, plan.from, plan.next)?;
    next.iter_mut().for_each(|feed| feed.without(&history));
    models::followed(hub, || {
        let mut load = feeds::Load::default();
        for feed in next.iter().filter(|feed| feed.dataset().starts_with("absensi_")) {
            for envelope in feeds::written(world, feed, 0..feed.len())? {
                feeds::push(&door, &envelope, false, &mut load)?;
            }
        }
        ensure!(load.accepted > 0, "the day brought nothing");
        Ok((load.seq, ()))
    })?;
    Ok(())
}

/// Schools that send the recap alone, so that one row decides, and about which no story is told these days.
fn chosen<'a>(world: &'a World, plan: &Plan) -> Vec<(&'a School, Report<'a>)> {
    let answers = world.answers();
    let is_told_of = |npsn: &String| {
        let mut own = answers.iter().filter(|answer| answer.units.contains(npsn));
        own.any(|answer| (plan.next - answer.until).num_days() < 45)
    };
    let schools = world.schools.iter();
    schools
        .filter(|school| school.reporting == Reporting::Recap && !is_told_of(&school.npsn))
        .filter(|school| world.attendance_known(school, plan.next) == Some(plan.next))
        .filter_map(|school| Some((school, world.report(school, plan.next)?)))
        .filter(|(_, report)| report.counts.enrolled >= PUPILS)
        .take(SCHOOLS)
        .collect()
}

/// The school's corrected report.
fn row(school: &School, report: &Report<'_>, plan: &Plan) -> String {
    let counts = &report.counts;
    let away = counts.excused + counts.unexcused;
    let ill = (f64::from(counts.enrolled) * ILL) as u32;
    format!(
        "tanggal,npsn,nama_sekolah,jenjang,kode_kecamatan,terdaftar,hadir,sakit,izin,alpa,diperbarui\n\
         {day},{},{},{},{},{},{},{ill},{},{},{day}T13:00:00+07:00\n",
        school.npsn,
        school.name,
        school.kind.as_str(),
        school.kecamatan,
        counts.enrolled,
        counts.enrolled - away - ill,
        counts.excused,
        counts.unexcused,
        day = plan.next,
    )
}

/// Seconds until the table has an alert of the school and day.
fn seen(hub: &Hub, school: &School, plan: &Plan, start: Instant) -> Result<Option<f64>> {
    let sql = format!(
        "SELECT count(*) AS n FROM mart.alert WHERE terakhir >= DATE '{}' AND bukti LIKE '%\"unit\":\"{}\"%'",
        plan.next, school.npsn
    );
    while start.elapsed() < PATIENCE {
        let (_, rows) = hub.sql(&hub.admin, &sql)?;
        if rows.first().and_then(|row| row["n"].as_u64()).context("no count")? > 0 {
            return Ok(Some(start.elapsed().as_secs_f64()));
        }
        std::thread::sleep(LOOK);
    }
    Ok(None)
}

/// Listens for the event of an alert that names the school; when it came.
fn listen(hub: &Hub, name: &str) -> Receiver<Result<Instant>> {
    let (sender, receiver) = mpsc::channel();
    let (ready, listening) = mpsc::channel();
    let (url, key, name) = (hub.url("/api/v1/events"), hub.admin.clone(), name.to_owned());
    // Not joined: it ends with the hub at the latest.
    std::thread::spawn(move || {
        let heard = heard(&url, &key, &name, &ready);
        let _ = sender.send(heard);
    });
    // The push must not be faster than the ear.
    let _ = listening.recv_timeout(GRACE);
    receiver
}

fn heard(url: &str, key: &str, name: &str, ready: &mpsc::Sender<()>) -> Result<Instant> {
    let client = reqwest::blocking::Client::builder().no_proxy().timeout(None).build()?;
    let answer = client.get(url).bearer_auth(key).send()?;
    ensure!(answer.status() == 200, "status {}", answer.status());
    let mut is_alert = false;
    for line in BufReader::new(answer).lines() {
        let line = line?;
        // The first event says where the stream begins.
        let _ = ready.send(());
        if let Some(event) = line.strip_prefix("event:") {
            is_alert = event.trim() == "alert";
        }
        if is_alert && line.starts_with("data:") && line.contains(name) {
            return Ok(Instant::now());
        }
    }
    anyhow::bail!("the stream ended")
}
