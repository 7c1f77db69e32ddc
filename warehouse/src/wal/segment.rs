//! Segment files: name, header, and walking the frames of one.

use super::{
    disk::SegmentFile,
    frame::{HEADER, Header, MAGIC},
};
use crate::Seq;
use std::{io, sync::Arc};

pub(super) const SEGMENT_HEADER: u64 = 64;
const SEGMENT_MAGIC: [u8; 8] = *b"SCWAL\0\0\0";
/// Format version of the segments this build writes; older ones it still reads are named in [`decode_header`].
pub(super) const FORMAT: u32 = 1;

pub(super) fn name(first: Seq) -> String {
    format!("{:020}.wal", first.0)
}

/// First position of the segment called `name`, if it is one of ours.
pub(super) fn first_seq(name: &str) -> Option<Seq> {
    name.strip_suffix(".wal")
        .filter(|stem| stem.len() == 20)?
        .parse()
        .ok()
        .map(Seq)
}

pub(super) fn encode_header(first: Seq) -> [u8; SEGMENT_HEADER as usize] {
    let mut out = [0; SEGMENT_HEADER as usize];
    out[0..8].copy_from_slice(&SEGMENT_MAGIC);
    out[8..12].copy_from_slice(&FORMAT.to_le_bytes());
    out[16..24].copy_from_slice(&first.0.to_le_bytes());
    let crc = crc32c::crc32c(&out[0..24]);
    out[24..28].copy_from_slice(&crc.to_le_bytes());
    out
}

/// What the first bytes of a segment say.
pub(super) enum SegmentHeader {
    Sound(Seq),
    /// Never written: the machine stopped between creating the file and syncing its header.
    Blank,
    Damaged,
    /// Written by a newer hub.
    Newer(u32),
}

pub(super) fn decode_header(file: &dyn SegmentFile) -> io::Result<SegmentHeader> {
    let mut bytes = [0; SEGMENT_HEADER as usize];
    let n = read_full(file, &mut bytes, 0)?;
    if bytes[..n].iter().all(|b| *b == 0) {
        return Ok(SegmentHeader::Blank);
    }
    let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    if n < bytes.len() || bytes[0..8] != SEGMENT_MAGIC || word(24) != crc32c::crc32c(&bytes[0..24]) {
        return Ok(SegmentHeader::Damaged);
    }
    if word(8) > FORMAT {
        return Ok(SegmentHeader::Newer(word(8)));
    }
    let mut seq = [0; 8];
    seq.copy_from_slice(&bytes[16..24]);
    Ok(SegmentHeader::Sound(Seq(u64::from_le_bytes(seq))))
}

pub(super) fn read_full(file: &dyn SegmentFile, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut done = 0;
    while done < buf.len() {
        match file.read_at(&mut buf[done..], offset + done as u64)? {
            0 => break,
            n => done += n,
        }
    }
    Ok(done)
}

/// What stands at an offset.
#[derive(Debug)]
pub(super) enum Found {
    Frame {
        header: Header,
        payload: Vec<u8>,
    },
    /// Zeros or the end of the file.
    End,
    /// Bytes that are no frame.
    Bad,
}

pub(super) fn read_frame(file: &dyn SegmentFile, offset: u64) -> io::Result<Found> {
    let mut bytes = [0; HEADER];
    let n = read_full(file, &mut bytes, offset)?;
    if bytes[..n].iter().all(|b| *b == 0) {
        return Ok(Found::End);
    }
    let Some(header) = Header::decode(&bytes[..n]) else {
        return Ok(Found::Bad);
    };
    if offset + header.frame_len() as u64 > file.size()? {
        return Ok(Found::Bad);
    }
    let mut payload = vec![0; header.payload_len];
    let n = read_full(file, &mut payload, offset + HEADER as u64)?;
    if n < payload.len() || crc32c::crc32c(&payload) != header.payload_crc {
        return Ok(Found::Bad);
    }
    Ok(Found::Frame { header, payload })
}

/// Headers found at 8-byte steps from `offset` to the end of the file, whatever their payloads hold.
pub(super) fn headers_after(file: &dyn SegmentFile, mut offset: u64) -> io::Result<Vec<(u64, Header)>> {
    const WINDOW: usize = 1 << 20;
    let mut found = Vec::new();
    let mut buf = vec![0; WINDOW + HEADER];
    loop {
        let n = read_full(file, &mut buf, offset)?;
        for at in (0..n.saturating_sub(HEADER - 1).min(WINDOW)).step_by(8) {
            if buf[at..at + 4] == MAGIC
                && let Some(header) = Header::decode(&buf[at..at + HEADER])
            {
                found.push((offset + at as u64, header));
            }
        }
        if n <= WINDOW {
            return Ok(found);
        }
        offset += WINDOW as u64;
    }
}

/// A sealed segment that waits to be released.
#[derive(Debug, Clone)]
pub(super) struct Sealed {
    pub name: String,
    pub last_seq: Seq,
    pub bytes: u64,
}

/// The segment being written.
#[derive(Debug)]
pub(super) struct Open {
    pub name: String,
    pub file: Arc<dyn SegmentFile>,
    pub size: u64,
    pub offset: u64,
}
