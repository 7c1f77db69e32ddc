//! `smartcenter demo`: a hub with a synthetic regency that pushes to it through the public doors.

mod keys;
mod noticed;
mod watch;

use super::{
    Global, Outcome, output,
    serve::{HubArgs, serve},
};
use crate::{server::Opened, settings::Origin};
use anyhow::{Context, anyhow};
use clap::Args;
use keys::DemoKeys;
use smartcenter_simulator::{DemoOptions, QUESTIONS, Size};
use std::{
    io::Write,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

/// The last question: nobody has to ask it.
const NOTICED: &str = "Apa yang ditemukan hub sendiri?";
/// Folder of the demo where none is named.
const DATA: &str = "demo-data";

/// Arguments of `demo`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  smartcenter demo                            data in ./demo-data; a second start goes on from there
  smartcenter demo --full --years 3           the whole regency: 753,810 people, 1,250 schools
  smartcenter demo --data /tmp/demo --http 127.0.0.1:9000")]
pub struct DemoArgs {
    /// Where settings and contracts are changed for one start.
    #[command(flatten)]
    pub hub: HubArgs,
    /// Seed of the synthetic world
    #[arg(long, default_value_t = 2026)]
    pub seed: u64,
    /// The whole regency instead of one person in fifty and one visit in five
    #[arg(long)]
    pub full: bool,
    /// Number of schools [default: 120, with --full 1250]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=5000))]
    pub schools: Option<u32>,
    /// Years of history
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(0..=20))]
    pub years: u32,
    /// How fast the day so far is caught up, in minutes a second
    #[arg(long, default_value_t = 1.0)]
    pub speed: f64,
    /// Last day of the history; nothing is sent live
    #[arg(long, value_name = "DATE")]
    pub until: Option<chrono::NaiveDate>,
}

/// Runs the command.
///
/// # Errors
/// As `serve`.
pub fn run(global: &Global, args: &DemoArgs) -> Outcome {
    if global.url.is_some() {
        return Err(anyhow!("the demo runs a hub here: use --data instead of --url"));
    }
    if !(args.speed.is_finite() && args.speed > 0.0) {
        return Err(anyhow!("--speed is a number above zero"));
    }
    let mut effective = args.hub.settings(global)?;
    let is_default = |key: &str| {
        effective
            .values
            .iter()
            .any(|v| v.key == key && v.origin == Origin::Default)
    };
    let (own_data, own_level) = (is_default("warehouse.data"), is_default("log.level"));
    if own_data {
        effective.warehouse.data = std::path::absolute(DATA).context("the working directory is gone")?;
    }
    if own_level {
        // The bar and the questions are what the demo has to say.
        "warn".clone_into(&mut effective.log.level);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let simulator: Arc<Mutex<Option<JoinHandle<()>>>> = Arc::default();
    let whole = if args.full { Size::FULL } else { Size::SMALL };
    let options = DemoOptions {
        seed: args.seed,
        size: Size {
            schools: args.schools.map_or(whole.schools, |schools| schools as usize),
            ..whole
        },
        years: args.years,
        until: args.until,
        speed: args.speed,
        stop: Arc::clone(&stop),
        ..DemoOptions::new("", smartcenter_simulator::Keys::one(""))
    };
    let (slot, flag) = (Arc::clone(&simulator), Arc::clone(&stop));
    let outcome = serve(
        effective,
        Box::new(move |opened| {
            tokio::spawn(stop_with_the_hub(flag));
            match begin(opened, options) {
                Ok(thread) => *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread),
                Err(error) => output::note(&format!("smartcenter: {error:#}")),
            }
        }),
    );
    stop.store(true, Ordering::Release);
    let thread = simulator.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(thread) = thread {
        let _ = thread.join();
    }
    outcome
}

/// The simulator must let go of its connection when the hub is told to stop, or the hub would wait for it.
async fn stop_with_the_hub(stop: Arc<AtomicBool>) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    stop.store(true, Ordering::Release);
}

fn begin(opened: &Opened, options: DemoOptions) -> anyhow::Result<JoinHandle<()>> {
    let keys = DemoKeys::of(&opened.warehouse)?;
    announce(&opened.url, &keys)?;
    let options = DemoOptions {
        url: opened.url.clone(),
        keys: keys.for_simulator(),
        ..options
    };
    let analyst = keys.analyst().to_owned();
    let body = move || watch::run(options, analyst);
    std::thread::Builder::new()
        .name("simulator".into())
        .spawn(body)
        .context("the simulator cannot start")
}

fn announce(url: &str, keys: &DemoKeys) -> anyhow::Result<()> {
    let mut out = output::stdout();
    writeln!(
        out,
        "Smart Center is ready at {url} (documents at {url}/docs). Ctrl-C stops it; the data stay.\n"
    )?;
    writeln!(
        out,
        "In a browser: {url}/app/ shows what needs attention today; the key for it (pimpinan):\n  {}\n",
        keys.leader()
    )?;
    writeln!(
        out,
        "{url} is for agencies that send, by the keys below. Keys of the demo, by role:"
    )?;
    for (name, key) in keys.shown() {
        writeln!(out, "  {name:24} {key}")?;
    }
    writeln!(out, "\nQuestions, answered below once the history is in:")?;
    for (number, (title, _)) in (1..).zip(QUESTIONS) {
        writeln!(out, "  {number}. {title}")?;
    }
    writeln!(out, "  {}. {NOTICED}", QUESTIONS.len() + 1)?;
    let question = QUESTIONS[0].1.split_whitespace().collect::<Vec<_>>().join(" ");
    writeln!(
        out,
        "\nAsk yourself, for instance:\n  export SMARTCENTER_KEY={}",
        keys.analyst()
    )?;
    writeln!(out, "  smartcenter sql --url {url} \"{question}\"\n")?;
    Ok(out.flush()?)
}
