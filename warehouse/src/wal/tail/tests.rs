#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::wal::{BadFrames, Entry, FrameKind, OsDisk, Replay, Wal, WalOptions};
use arrow::datatypes::{DataType, Field, Schema};
use std::sync::{Arc, mpsc};

const FRAMES: u64 = 40;

/// A log of several segments whose frames use two schemas in turn; it is still open.
fn log(folder: &Path) -> Wal<()> {
    let disk = Arc::new(OsDisk::open(folder).unwrap());
    let mut replay = Replay::new(disk.clone(), BadFrames::Stop).unwrap();
    while replay.next().unwrap().is_some() {}
    let options = WalOptions {
        segment_bytes: 2048,
        group_bytes: 1,
    };
    let (done, written) = mpsc::channel();
    let wal = Wal::start(replay, disk, options, move |group| done.send(group.failed).unwrap()).unwrap();
    for n in 0..FRAMES {
        let schema = Arc::new(Schema::new(vec![Field::new(
            format!("c{}", n % 2),
            DataType::Int64,
            true,
        )]));
        let entry = Entry {
            kind: FrameKind::Push,
            payload: vec![n as u8; 100 + n as usize],
            schemas: vec![(n % 2, schema)],
            link: None,
        };
        wal.append(entry, ()).unwrap();
        assert!(written.recv().unwrap().is_none());
    }
    wal
}

#[test]
fn any_part_of_a_running_log_is_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let wal = log(&folder.path().join("wal"));
    assert!(segments(&folder.path().join("wal")).unwrap().len() > 3);
    for (after, to) in (0..=FRAMES).flat_map(|after| (after..=FRAMES).map(move |to| (after, to))) {
        let copy = folder.path().join(format!("{after}-{to}"));
        std::fs::create_dir(&copy).unwrap();
        let mut open: Option<(String, Vec<u8>)> = None;
        let mut seen = Vec::new();
        let close = |open: Option<(String, Vec<u8>)>| {
            if let Some((name, bytes)) = open {
                std::fs::write(copy.join(name), bytes).unwrap();
            }
        };
        read_tail(&folder.path().join("wal"), Seq(after), Seq(to), |piece| {
            match piece {
                Piece::Segment { name, header } => close(open.replace((name, header))),
                Piece::Frame { frame, bytes } => {
                    open.as_mut().unwrap().1.extend(bytes);
                    seen.push(frame);
                }
            }
            Ok(())
        })
        .unwrap();
        close(open);
        let mut replay = Replay::new(Arc::new(OsDisk::open(&copy).unwrap()), BadFrames::Stop).unwrap();
        let mut found = Vec::new();
        while let Some(frame) = replay.next().unwrap() {
            found.push(frame);
        }
        assert_eq!(found, seen);
        let numbered: Vec<u64> = found.iter().filter(|f| f.kind.numbered()).map(|f| f.seq.0).collect();
        assert_eq!(numbered, (after + 1..=to).collect::<Vec<_>>());
        // Every frame finds the schema that it uses before it.
        let mut known = Vec::new();
        for frame in &found {
            match frame.kind {
                FrameKind::Schema => known.push(u64::from(frame.payload[0])),
                _ => assert!(known.contains(&((frame.seq.0 - 1) % 2)), "position {}", frame.seq),
            }
        }
    }
    wal.close();
}

#[test]
fn a_log_that_does_not_reach_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let wal = log(folder.path());
    let read = |after, to| read_tail(folder.path(), Seq(after), Seq(to), |_| Ok(()));
    assert!(read(0, FRAMES + 1).is_err());
    let held = wal.hold();
    wal.release(Seq(FRAMES)).unwrap();
    read(0, FRAMES).unwrap();
    drop(held);
    wal.release(Seq(FRAMES)).unwrap();
    assert!(read(0, FRAMES).is_err(), "its beginning was released");
    read(FRAMES - 1, FRAMES).unwrap();
    read(FRAMES, FRAMES).unwrap();
}
