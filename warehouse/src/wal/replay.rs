//! Reading the log back at start-up: one frame at a time, so that memory does not grow with the log.

use super::{
    disk::{Disk, SegmentFile},
    frame::{FrameKind, HEADER},
    segment::{self, Found, Sealed, SegmentHeader},
};
use crate::{Error, Result, Seq};
use std::{path::PathBuf, sync::Arc};

/// What to do with damage that is not a torn tail.
#[derive(Debug, Clone, Default)]
pub enum BadFrames {
    /// Stop with segment and offset. The default: a person must decide.
    #[default]
    Stop,
    /// Copy the damaged bytes to a file in this folder, say so in the log, and go on behind them.
    Quarantine(PathBuf),
}

/// One frame, in sequence order; schema frames come before the frames that use them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it holds.
    pub kind: FrameKind,
    /// Its position (0 for schema frames).
    pub seq: Seq,
    /// Its bytes.
    pub payload: Vec<u8>,
}

/// A walk over all segments; after the last frame it knows where writing goes on.
#[derive(Debug)]
pub struct Replay {
    disk: Arc<dyn Disk>,
    bad: BadFrames,
    segments: Vec<(Seq, String)>,
    next_segment: usize,
    current: Option<(String, Arc<dyn SegmentFile>, u64)>,
    last_seq: Option<Seq>,
    sealed: Vec<Sealed>,
    cut: u64,
}

impl Replay {
    /// Lists the segments; reads nothing yet.
    pub fn new(disk: Arc<dyn Disk>, bad: BadFrames) -> Result<Self> {
        let mut segments: Vec<_> = disk
            .list()?
            .into_iter()
            .filter_map(|name| Some((segment::first_seq(&name)?, name)))
            .collect();
        segments.sort();
        Ok(Self {
            disk,
            bad,
            segments,
            next_segment: 0,
            current: None,
            last_seq: None,
            sealed: Vec::new(),
            cut: 0,
        })
    }

    /// Bytes of all segments, for progress.
    pub fn total_bytes(&self) -> Result<u64> {
        let mut total = 0;
        for (_, name) in &self.segments {
            total += self.disk.open(name)?.size()?;
        }
        Ok(total)
    }

    /// The last position read; `None` before the first numbered frame of an empty log.
    pub fn last_seq(&self) -> Option<Seq> {
        self.last_seq
    }

    /// Says that positions up to `floor` have been given, whatever the log still holds: a log whose folder was lost or
    /// emptied must not give a position twice.
    pub fn raise(&mut self, floor: Seq) {
        self.last_seq = Some(self.last_seq.unwrap_or_default().max(floor));
    }

    /// Bytes of torn tail that were cut.
    pub fn cut_bytes(&self) -> u64 {
        self.cut
    }

    /// The next frame, or `None` at the end of the log.
    #[allow(
        clippy::should_implement_trait,
        reason = "fallible, and a for loop over it would hide the error"
    )]
    pub fn next(&mut self) -> Result<Option<Frame>> {
        loop {
            let Some((name, file, offset)) = self.current.take() else {
                if !self.open_next()? {
                    return Ok(None);
                }
                continue;
            };
            match segment::read_frame(file.as_ref(), offset)? {
                Found::End => self.finish(name, file.as_ref(), offset)?,
                Found::Bad => {
                    if let Some(goes_on) = self.judge_damage(&name, file.as_ref(), offset)? {
                        self.current = Some((name, file, goes_on));
                    } else {
                        self.finish(name, file.as_ref(), offset)?;
                    }
                }
                Found::Frame { header, payload } => {
                    if header.kind.numbered() {
                        if let Some(last) = self.last_seq
                            && header.seq != last.next()
                        {
                            return Err(damaged(&name, offset, &format!("position {} after {last}", header.seq)));
                        }
                        self.last_seq = Some(header.seq);
                    }
                    self.current = Some((name, file, offset + header.frame_len() as u64));
                    return Ok(Some(Frame {
                        kind: header.kind,
                        seq: header.seq,
                        payload,
                    }));
                }
            }
        }
    }

    /// The sealed segments left behind by a finished walk.
    pub(super) fn into_sealed(self) -> Vec<Sealed> {
        self.sealed
    }

    fn open_next(&mut self) -> Result<bool> {
        let Some((first, name)) = self.segments.get(self.next_segment).cloned() else {
            return Ok(false);
        };
        self.next_segment += 1;
        let is_last = self.next_segment == self.segments.len();
        let file = self.disk.open(&name)?;
        match segment::decode_header(file.as_ref())? {
            SegmentHeader::Sound(seq) if seq == first => {
                if is_last {
                    // A killed process may have written frames that it did not sync. Who is given them may rely on
                    // them, and the next power cut must not take them back.
                    file.sync()?;
                }
                if self.last_seq.is_none() {
                    self.last_seq = Some(Seq(first.0.saturating_sub(1)));
                }
                self.current = Some((name, file, segment::SEGMENT_HEADER));
            }
            // The machine stopped before the header was synced, so nothing in it was acknowledged.
            SegmentHeader::Blank | SegmentHeader::Damaged
                if is_last
                    && segment::headers_after(file.as_ref(), 0)?
                        .iter()
                        .all(|(_, h)| h.durable < first) =>
            {
                self.cut += file.size()?;
                drop(file);
                self.disk.remove(&name)?;
                if self.last_seq.is_none() {
                    self.last_seq = Some(Seq(first.0.saturating_sub(1)));
                }
            }
            SegmentHeader::Newer(format) => {
                return Err(Error::invalid(format!(
                    "log segment {name} has format {format}, this hub reads up to {}: start the newer hub",
                    segment::FORMAT
                )));
            }
            _ => return Err(damaged(&name, 0, "unreadable segment header")),
        }
        Ok(true)
    }

    /// Seals what was read, so that the writer always starts a fresh segment.
    fn finish(&mut self, name: String, file: &dyn SegmentFile, offset: u64) -> Result<()> {
        let first = self
            .segments
            .get(self.next_segment.wrapping_sub(1))
            .map(|(first, _)| *first);
        if self.last_seq < first {
            // No push in it, at most the schema of one that was torn off, and the next push wants its name.
            return Ok(self.disk.remove(&name)?);
        }
        if file.size()? > offset {
            file.truncate(offset)?;
        }
        let last_seq = self.last_seq.unwrap_or_default();
        self.sealed.push(Sealed {
            name,
            last_seq,
            bytes: offset,
        });
        Ok(())
    }

    /// Torn tail: `None` (cut here). Damage: an error, or where to go on when it may be set aside.
    fn judge_damage(&mut self, name: &str, file: &dyn SegmentFile, offset: u64) -> Result<Option<u64>> {
        let expected = self.last_seq.unwrap_or_default().next();
        let later = segment::headers_after(file, offset + 8)?;
        let is_last = self.next_segment == self.segments.len();
        let acknowledged = later.iter().any(|(_, header)| header.durable >= expected);
        if is_last && !acknowledged {
            self.cut += file.size()?.saturating_sub(offset);
            return Ok(None);
        }
        let BadFrames::Quarantine(folder) = &self.bad else {
            return Err(damaged(name, offset, &format!("frame {expected} cannot be read")));
        };
        let sound = later.iter().find(|(at, header)| {
            header.seq >= expected && matches!(segment::read_frame(file, *at), Ok(Found::Frame { .. }))
        });
        let end = sound.map_or(file.size()?, |(at, _)| *at);
        let mut bytes = vec![0; (end - offset) as usize];
        segment::read_full(file, &mut bytes, offset)?;
        std::fs::create_dir_all(folder)?;
        let path = folder.join(format!("{name}.{offset}.bad"));
        std::fs::write(&path, &bytes)?;
        tracing::error!(
            segment = name,
            offset,
            bytes = bytes.len(),
            "set a damaged part of the log aside"
        );
        if let Some((at, header)) = sound {
            self.last_seq = Some(Seq(header.seq.0.saturating_sub(1)));
            return Ok(Some(*at));
        }
        Ok(None)
    }
}

fn damaged(name: &str, offset: u64, what: &str) -> Error {
    Error::internal(
        format!(
            "log segment {name} is damaged at offset {offset} ({what}); restore it from a backup, or start with \
             --quarantine-bad-frames to set the damaged part aside and lose what it held"
        ),
        format!("wal damage; header is {HEADER} bytes"),
    )
}
