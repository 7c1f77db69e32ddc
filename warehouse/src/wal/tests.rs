//! The log against a model: what was acknowledged is read back, whole and in order, after any mixture of torn
//! writes, failed syncs, full disks, rotations, schema changes and restarts; what was refused never is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{sim::SimDisk, *};
use crate::{Kind, Seq};
use arrow::datatypes::{DataType, Field, Schema};
use proptest::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, mpsc},
};

type Outcome = (u64, Result<Seq, Refusal>);

/// A hub's life on one simulated disk, with what the senders know.
struct Life {
    disk: SimDisk,
    options: WalOptions,
    sent: u64,
    /// Payload by acknowledged position.
    acknowledged: BTreeMap<Seq, Vec<u8>>,
    /// Payloads whose outcome the sender does not know.
    unknown: BTreeSet<Vec<u8>>,
    released: Seq,
}

struct Running {
    wal: Wal<u64>,
    outcomes: mpsc::Receiver<Outcome>,
}

impl Life {
    fn new(segment_bytes: u64) -> Self {
        Self {
            disk: SimDisk::default(),
            options: WalOptions {
                segment_bytes,
                group_bytes: 4096,
            },
            sent: 0,
            acknowledged: BTreeMap::new(),
            unknown: BTreeSet::new(),
            released: Seq(0),
        }
    }

    fn disk(&self) -> Arc<dyn Disk> {
        Arc::new(self.disk.clone())
    }

    fn replay(&self, bad: BadFrames) -> crate::Result<(Vec<Frame>, Replay)> {
        let mut replay = Replay::new(self.disk(), bad)?;
        let mut frames = Vec::new();
        while let Some(frame) = replay.next()? {
            frames.push(frame);
        }
        Ok((frames, replay))
    }

    /// Starts the hub and checks what it finds.
    fn start(&mut self) -> Running {
        let (frames, replay) = self.replay(BadFrames::Stop).unwrap();
        let found: BTreeMap<Seq, Vec<u8>> = frames
            .iter()
            .filter(|f| f.kind.numbered())
            .map(|f| (f.seq, f.payload.clone()))
            .collect();
        for (seq, payload) in self.acknowledged.range(self.released.next()..) {
            assert_eq!(found.get(seq), Some(payload), "position {seq} was acknowledged");
        }
        for (seq, payload) in found {
            match self.acknowledged.get(&seq) {
                Some(known) => assert_eq!(*known, payload),
                None => {
                    assert!(
                        self.unknown.remove(&payload),
                        "position {seq} was refused, or never sent"
                    );
                    self.acknowledged.insert(seq, payload);
                }
            }
        }
        // What did not come back never will: its place is taken by the next push.
        self.unknown.clear();
        let (tell, outcomes) = mpsc::channel();
        let wal = Wal::start(replay, self.disk(), self.options.clone(), move |group: Group<u64>| {
            for (seq, ticket) in group.entries {
                let _ = tell.send((ticket, group.failed.map_or(Ok(seq), Err)));
            }
        });
        Running {
            wal: wal.unwrap(),
            outcomes,
        }
    }

    /// Sends pushes and waits for all answers.
    fn send(&mut self, running: &Running, sizes: &[usize], schema: Option<usize>) -> Vec<Result<Seq, Refusal>> {
        let mut payloads = BTreeMap::new();
        for size in sizes {
            self.sent += 1;
            let mut payload = self.sent.to_le_bytes().to_vec();
            payload.resize(8 + size, (self.sent % 251) as u8);
            payloads.insert(self.sent, payload.clone());
            let schemas = schema.map(schema_of).into_iter().collect();
            running
                .wal
                .append(
                    Entry {
                        kind: FrameKind::Push,
                        payload,
                        schemas,
                        link: None,
                    },
                    self.sent,
                )
                .unwrap();
        }
        let mut answers = Vec::new();
        for _ in sizes {
            let (ticket, outcome) = running.outcomes.recv().unwrap();
            let payload = payloads.remove(&ticket).unwrap();
            match outcome {
                Ok(seq) => assert_eq!(self.acknowledged.insert(seq, payload), None, "a position is given once"),
                Err(Refusal::Poisoned) => drop(self.unknown.insert(payload)),
                Err(_) => {}
            }
            answers.push(outcome);
        }
        answers
    }
}

fn schema_of(width: usize) -> (u64, arrow::datatypes::SchemaRef) {
    let fields: Vec<_> = (0..=width)
        .map(|i| Field::new(format!("c{i}"), DataType::Int64, true))
        .collect();
    let schema = Schema::new(fields);
    (record::schema_id(&schema), Arc::new(schema))
}

#[derive(Debug, Clone)]
enum Step {
    Push(Vec<usize>),
    PushWithSchema(usize, Vec<usize>),
    Release(usize),
    FullAfter(u64),
    FailedSyncThenPower(Vec<usize>, u64),
    Power(u64),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let sizes = || prop::collection::vec(0_usize..3000, 1..6);
    let step = prop_oneof![
        6 => sizes().prop_map(Step::Push),
        2 => (0_usize..4, sizes()).prop_map(|(w, s)| Step::PushWithSchema(w, s)),
        1 => (0_usize..20).prop_map(Step::Release),
        1 => (0_u64..6000).prop_map(Step::FullAfter),
        2 => (sizes(), any::<u64>()).prop_map(|(s, seed)| Step::FailedSyncThenPower(s, seed)),
        1 => any::<u64>().prop_map(Step::Power),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..25)
}

/// A coin that falls the same way for the same seed.
fn coin(mut seed: u64) -> impl FnMut() -> bool {
    move || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        seed >> 63 == 1
    }
}

fn live(steps: Vec<Step>) {
    let mut life = Life::new(8 << 10);
    let mut running = life.start();
    for step in steps {
        match step {
            Step::Push(sizes) => drop(life.send(&running, &sizes, None)),
            Step::PushWithSchema(width, sizes) => drop(life.send(&running, &sizes, Some(width))),
            Step::Release(back) => {
                let last = life.acknowledged.keys().next_back().copied().unwrap_or_default();
                let up_to = Seq(last.0.saturating_sub(back as u64));
                running.wal.release(up_to).unwrap();
                life.released = life.released.max(up_to);
            }
            Step::FullAfter(bytes) => {
                life.disk.fail_write_after(Some(bytes));
                life.send(&running, &[1000, 1000, 1000], None);
                life.disk.fail_write_after(None);
                let answers = life.send(&running, &[10], None);
                assert!(
                    answers[0].is_ok() || answers[0] == Err(Refusal::Poisoned),
                    "space has returned"
                );
            }
            Step::FailedSyncThenPower(sizes, seed) => {
                life.disk.fail_syncs(true);
                life.send(&running, &sizes, None);
                let after = life.send(&running, &[5], None);
                assert_ne!(after[0].ok(), Some(Seq(0)), "nothing is accepted after a failed sync");
                assert!(after[0].is_err());
                drop(running);
                life.disk.power_cut(coin(seed));
                life.disk.fail_syncs(false);
                running = life.start();
            }
            Step::Power(seed) => {
                drop(running);
                life.disk.power_cut(coin(seed));
                running = life.start();
            }
            Step::Restart => {
                drop(running);
                running = life.start();
            }
        }
    }
    drop(running);
    life.start();
}

/// `PROPTEST_CASES` for long campaigns.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn acknowledged_frames_survive_any_life(steps in steps()) {
        live(steps);
    }
}

#[test]
fn a_group_is_one_sync() {
    let mut life = Life::new(1 << 20);
    let running = life.start();
    life.send(&running, &[100; 200], None);
    let status = running.wal.status();
    assert_eq!(status.frames, 200);
    assert!(status.syncs < 200, "{} syncs", status.syncs);
}

#[test]
fn damage_before_acknowledged_frames_stops_start_up_or_is_set_aside() {
    let mut life = Life::new(1 << 20);
    let running = life.start();
    for _ in 0..5 {
        life.send(&running, &[500], None);
    }
    drop(running);
    let name = life.disk().list().unwrap().remove(0);
    // Into the payload of the second frame.
    life.disk.flip_bit(&name, 64 + 552 + 40 + 100, 3);
    let error = life.replay(BadFrames::Stop).unwrap_err();
    assert_eq!(error.kind(), Kind::Internal);
    assert!(
        error
            .message()
            .contains(&format!("{name} is damaged at offset {}", 64 + 552)),
        "{error}"
    );

    let folder = tempfile::tempdir().unwrap();
    let (frames, _) = life.replay(BadFrames::Quarantine(folder.path().to_owned())).unwrap();
    let seqs: Vec<u64> = frames.iter().map(|f| f.seq.0).collect();
    assert_eq!(seqs, [1, 3, 4, 5]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn damage_in_a_sealed_segment_is_never_taken_for_a_torn_tail() {
    let mut life = Life::new(2 << 10);
    let running = life.start();
    for _ in 0..10 {
        life.send(&running, &[900], None);
    }
    drop(running);
    let mut names = life.disk().list().unwrap();
    names.sort();
    assert!(names.len() > 2);
    // The last frame of the first segment.
    life.disk.flip_bit(&names[0], 64 + 952 + 60, 1);
    assert!(life.replay(BadFrames::Stop).is_err());
}

#[test]
fn a_newer_format_is_refused_with_the_remedy() {
    let mut life = Life::new(1 << 20);
    drop(life.start());
    let running = life.start();
    life.send(&running, &[10], None);
    drop(running);
    let disk = life.disk();
    let mut names = disk.list().unwrap();
    names.sort();
    let file = disk.open(&names[0]).unwrap();
    let mut header = [0; 24];
    file.read_at(&mut header, 0).unwrap();
    header[8] = 9;
    file.write_all_at(&header, 0).unwrap();
    file.write_all_at(&crc32c::crc32c(&header).to_le_bytes(), 24).unwrap();
    file.sync().unwrap();
    let error = life.replay(BadFrames::Stop).unwrap_err();
    assert!(error.message().contains("format 9"), "{error}");
}

#[test]
fn segments_go_when_everything_in_them_is_applied() {
    let mut life = Life::new(4 << 10);
    let running = life.start();
    for _ in 0..20 {
        life.send(&running, &[1000], None);
    }
    let before = life.disk().list().unwrap().len();
    assert!(running.wal.status().lag_bytes > 20_000);
    running.wal.release(Seq(20)).unwrap();
    life.released = Seq(20);
    assert_eq!(running.wal.status().lag_bytes, 0);
    assert!(life.disk().list().unwrap().len() < before);
    drop(running);
    let running = life.start();
    let answers = life.send(&running, &[10], None);
    assert_eq!(
        answers,
        [Ok(Seq(21))],
        "positions go on although the old segments are gone"
    );
}

#[test]
fn a_full_disk_refuses_and_recovers() {
    let mut life = Life::new(4 << 10);
    life.disk.set_capacity(Some(9 << 10));
    let running = life.start();
    let mut refused = 0;
    for _ in 0..12 {
        refused += usize::from(life.send(&running, &[1500], None)[0] == Err(Refusal::DiskFull));
    }
    assert!(refused > 0);
    assert_eq!(running.wal.status().refusal, Some(Refusal::DiskFull));
    life.disk.set_capacity(None);
    assert!(life.send(&running, &[1500], None)[0].is_ok());
    assert_eq!(running.wal.status().refusal, None);
}

#[test]
fn the_real_disk_keeps_segments_and_reserves_space() {
    let folder = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(OsDisk::open(folder.path()).unwrap());
    let (tell, outcomes) = mpsc::channel();
    let replay = Replay::new(disk.clone(), BadFrames::Stop).unwrap();
    let options = WalOptions {
        segment_bytes: 1 << 20,
        ..WalOptions::default()
    };
    let wal = Wal::start(replay, disk.clone(), options, move |group: Group<()>| {
        let _ = tell.send(group.entries.last().map(|(seq, ())| *seq));
    })
    .unwrap();
    for n in 0..10_u8 {
        wal.append(
            Entry {
                kind: FrameKind::Push,
                payload: vec![n; 100],
                schemas: vec![schema_of(2)],
                link: None,
            },
            (),
        )
        .unwrap();
    }
    while outcomes.recv().unwrap() != Some(Seq(10)) {}
    let report = inspect(folder.path()).unwrap();
    assert_eq!(report.len(), 1);
    assert_eq!(report[0].size, 1 << 20, "space is reserved while the segment is open");
    assert_eq!((report[0].first_seq, report[0].last_seq), (Some(1), Some(10)));
    assert_eq!(report[0].frames, BTreeMap::from([("push", 10), ("schema", 1)]));
    drop(wal);
    assert!(
        inspect(folder.path()).unwrap()[0].size < 1 << 20,
        "and given back when it is sealed"
    );
}

#[test]
fn what_builds_on_a_refused_entry_is_refused_as_well() {
    let mut life = Life::new(1 << 20);
    life.disk.set_capacity(Some(3 << 20));
    let running = life.start();
    let chain = Chain::default();
    let state = chain.state();
    let entry = |bytes: usize, link| Entry {
        kind: FrameKind::Push,
        payload: vec![7; bytes],
        schemas: Vec::new(),
        link,
    };
    let outcome = |ticket: u64| {
        let (told, outcome) = running.outcomes.recv().unwrap();
        assert_eq!(told, ticket);
        outcome
    };
    let append = |ticket, bytes, link| running.wal.append(entry(bytes, link), ticket).unwrap();
    append(1, 100, Some(chain.link(state)));
    assert!(outcome(1).is_ok());
    // The second needs a segment that the disk has no room for; space comes back before the third.
    append(2, 8 << 20, Some(chain.link(state)));
    assert_eq!(outcome(2), Err(Refusal::DiskFull));
    life.disk.set_capacity(None);
    append(3, 100, Some(chain.link(state)));
    assert_eq!(
        outcome(3),
        Err(Refusal::Unfounded),
        "it was made in the belief that 2 is kept"
    );
    append(4, 100, None);
    assert!(outcome(4).is_ok(), "others are not concerned");
    append(5, 100, Some(chain.link(chain.state())));
    assert!(outcome(5).is_ok(), "made after the refusal was known");
}

#[test]
fn a_segment_that_holds_only_a_schema_does_not_block_the_next_push() {
    let mut life = Life::new(1 << 20);
    let running = life.start();
    life.send(&running, &[500], Some(2));
    drop(running);
    // As a kill in the middle of the first write leaves it: the schema's frame is whole, the push's is not.
    let name = life.disk().list().unwrap().remove(0);
    let mut content = vec![0; 4 << 10];
    let read = life.disk().open(&name).unwrap().read_at(&mut content, 0).unwrap();
    let payload = content[..read]
        .windows(400)
        .position(|bytes| bytes.iter().all(|byte| *byte == 1));
    life.disk.flip_bit(&name, payload.unwrap() as u64 + 10, 2);
    life.acknowledged.clear();
    let running = life.start();
    assert_eq!(life.send(&running, &[500], Some(2)), [Ok(Seq(1))]);
}
