//! One feed after the other, through the door that every agency uses.

use crate::{
    figures::{mb, thousands},
    hub::Hub,
};
use anyhow::{Context, Result, ensure};
use smartcenter_simulator::{Door, Envelope, FeedHistory, Keys, World};
use std::{
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant},
};

/// Files that are written out at the same time; the hub rests meanwhile.
const WRITERS: usize = 2;

/// What came of a feed.
#[derive(Debug, Clone, Default)]
pub struct Load {
    /// Dataset.
    pub dataset: &'static str,
    /// Files pushed.
    pub files: u64,
    /// Files that the hub refused as a whole.
    pub refused: u64,
    /// Rows that passed the contract.
    pub accepted: u64,
    /// Rows in quarantine.
    pub rejected: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Seconds of all pushes.
    pub seconds: f64,
    /// Seconds of these in which the hub had asked for patience.
    pub waited: f64,
    /// Position of the last push in the hub's log.
    pub seq: u64,
    /// Resident memory of the hub before, and its peak until the end.
    pub memory: (u64, u64),
}

impl Load {
    /// Rows accepted or rejected in a second.
    pub fn rate(&self) -> f64 {
        (self.accepted + self.rejected) as f64 / self.seconds
    }

    /// Its line of the report.
    pub fn line(&self) -> String {
        format!(
            "| {} | {} | {} | {} | {:.2} | {:.2} | {} | {} | {} |\n",
            self.dataset,
            thousands(self.files),
            thousands(self.accepted),
            thousands(self.rejected),
            self.bytes as f64 / f64::from(1 << 20),
            self.seconds,
            thousands(self.rate() as u64),
            mb(self.memory.1),
            mb(self.memory.0),
        )
    }

    /// All of them together.
    pub fn sum(all: &[Self]) -> Self {
        let mut sum = Self {
            dataset: "all feeds",
            memory: (u64::MAX, 0),
            ..Self::default()
        };
        for load in all {
            sum.files += load.files;
            sum.refused += load.refused;
            sum.accepted += load.accepted;
            sum.rejected += load.rejected;
            sum.bytes += load.bytes;
            sum.seconds += load.seconds;
            sum.waited += load.waited;
            sum.seq = sum.seq.max(load.seq);
            sum.memory = (sum.memory.0.min(load.memory.0), sum.memory.1.max(load.memory.1));
        }
        sum
    }
}

/// A door of `hub` for all feeds.
pub fn door(hub: &Hub) -> Result<Door> {
    let keys = Keys::one(hub.admin.clone());
    Ok(Door::open(&hub.url(""), keys, Arc::new(AtomicBool::new(false)))?)
}

/// Sends the whole of a feed; only pushing is timed.
pub fn send(hub: &Hub, door: &Door, world: &World, feed: &FeedHistory) -> Result<Load> {
    hub.forget_peak()?;
    let mut load = Load {
        dataset: feed.dataset(),
        memory: (hub.memory()?, 0),
        ..Load::default()
    };
    for first in (0..feed.len()).step_by(WRITERS) {
        for envelope in written(world, feed, first..(first + WRITERS).min(feed.len()))? {
            push(door, &envelope, feed.is_reference(), &mut load)?;
        }
    }
    load.memory.1 = hub.peak_memory()?;
    Ok(load)
}

/// Some files of a feed, those with rows.
pub fn written(world: &World, feed: &FeedHistory, files: std::ops::Range<usize>) -> Result<Vec<Envelope>> {
    let written = std::thread::scope(|scope| {
        let writers: Vec<_> = files
            .map(|index| scope.spawn(move || feed.envelope(world, index)))
            .collect();
        writers.into_iter().map(|writer| writer.join()).collect::<Vec<_>>()
    });
    let mut all = Vec::new();
    for envelope in written {
        let envelope = envelope
            .ok()
            .with_context(|| format!("{} cannot be written", feed.dataset()))?;
        all.extend(envelope?);
    }
    Ok(all)
}

/// Pushes a file and notes what came of it.
pub fn push(door: &Door, envelope: &Envelope, landed: bool, load: &mut Load) -> Result<()> {
    let mut waited = Duration::ZERO;
    let mut busy = |wait: Duration, _: &str| waited += wait;
    let start = Instant::now();
    let answer = match landed {
        true => door.push_landed(envelope, &mut busy)?,
        false => door.push(envelope, &mut busy)?,
    };
    load.seconds += start.elapsed().as_secs_f64();
    load.waited += waited.as_secs_f64();
    ensure!(
        !answer.replayed,
        "{} {} was there before",
        envelope.dataset,
        envelope.name
    );
    if let Some(why) = &answer.refused {
        println!("{} {} was refused: {why}", envelope.dataset, envelope.name);
    }
    load.files += 1;
    load.refused += u64::from(answer.refused.is_some());
    load.accepted += answer.rows.accepted;
    load.rejected += answer.rows.rejected;
    load.bytes += envelope.body.len() as u64;
    load.seq = load.seq.max(answer.seq.unwrap_or_default());
    Ok(())
}
