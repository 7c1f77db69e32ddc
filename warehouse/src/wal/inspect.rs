//! What `smartcenter wal inspect` shows: the segments of a log, read without changing anything.

use super::{
    disk::{Disk, OsDisk},
    frame::FrameKind,
    segment::{self, Found, SegmentHeader},
};
use crate::Result;
use serde::Serialize;
use std::{collections::BTreeMap, path::Path};

/// One segment.
#[derive(Debug, Clone, Serialize)]
pub struct SegmentReport {
    /// File name.
    pub name: String,
    /// Bytes reserved.
    pub size: u64,
    /// Bytes of header and frames.
    pub used: u64,
    /// First and last position, if it holds any.
    pub first_seq: Option<u64>,
    /// Last position.
    pub last_seq: Option<u64>,
    /// Frames by kind.
    pub frames: BTreeMap<&'static str, u64>,
    /// What ended the walk: `end`, `bad frame at OFFSET`, or the state of the header.
    pub ends: String,
}

/// Reports on every segment of the log in `folder`, oldest first.
pub fn inspect(folder: &Path) -> Result<Vec<SegmentReport>> {
    let disk = OsDisk::open(folder)?;
    let mut names = disk.list()?;
    names.retain(|name| segment::first_seq(name).is_some());
    names.sort();
    names.into_iter().map(|name| report(&disk, name)).collect()
}

fn report(disk: &OsDisk, name: String) -> Result<SegmentReport> {
    let file = disk.open(&name)?;
    let mut report = SegmentReport {
        name,
        size: file.size()?,
        used: 0,
        first_seq: None,
        last_seq: None,
        frames: BTreeMap::new(),
        ends: String::new(),
    };
    match segment::decode_header(file.as_ref())? {
        SegmentHeader::Sound(_) => {}
        SegmentHeader::Blank => {
            return Ok(SegmentReport {
                ends: "blank header".into(),
                ..report
            });
        }
        SegmentHeader::Damaged => {
            return Ok(SegmentReport {
                ends: "damaged header".into(),
                ..report
            });
        }
        SegmentHeader::Newer(format) => {
            return Ok(SegmentReport {
                ends: format!("format {format}"),
                ..report
            });
        }
    }
    report.used = segment::SEGMENT_HEADER;
    loop {
        match segment::read_frame(file.as_ref(), report.used)? {
            Found::End => report.ends = "end".into(),
            Found::Bad => report.ends = format!("bad frame at {}", report.used),
            Found::Frame { header, .. } => {
                let kind = match header.kind {
                    FrameKind::Schema => "schema",
                    FrameKind::Push => "push",
                    FrameKind::Contract => "contract",
                    FrameKind::Policy => "policy",
                };
                *report.frames.entry(kind).or_default() += 1;
                if header.kind.numbered() {
                    report.first_seq.get_or_insert(header.seq.0);
                    report.last_seq = Some(header.seq.0);
                }
                report.used += header.frame_len() as u64;
                continue;
            }
        }
        return Ok(report);
    }
}
