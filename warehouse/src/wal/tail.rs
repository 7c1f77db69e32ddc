//! The tail of a log, read without changing anything: what a backup takes from a running hub, and what is walked again
//! when the backup is verified. The writer may go on meanwhile: nothing behind the wanted end is looked at.

use super::{
    disk::{self, SegmentFile},
    frame,
    replay::Frame,
    segment::{self, Found, SegmentHeader},
};
use crate::{Error, Result, Seq};
use std::path::Path;

/// A piece of the tail, in order. Written one after the other, the pieces of a segment are a segment.
#[derive(Debug)]
pub enum Piece {
    /// A segment begins.
    Segment {
        /// Its file name.
        name: String,
        /// Its first bytes.
        header: Vec<u8>,
    },
    /// A frame of it.
    Frame {
        /// What it holds.
        frame: Frame,
        /// The whole frame as it stands in the segment.
        bytes: Vec<u8>,
    },
}

/// Hands over every frame of the positions `after.next()..=to` of the log in `folder`, with the schemas that they use,
/// in segments that begin with the first of them. Memory: one frame.
///
/// # Errors
/// `Internal` when a frame cannot be read or the log does not reach from `after` to `to`; what `each` answers.
pub fn read_tail(folder: &Path, after: Seq, to: Seq, mut each: impl FnMut(Piece) -> Result<()>) -> Result<()> {
    if after >= to {
        return Ok(());
    }
    let segments = segments(folder)?;
    let mut last = after;
    for (at, (first, name)) in segments.iter().enumerate() {
        let ends_before = segments.get(at + 1).is_some_and(|(next, _)| *next <= after.next());
        if ends_before || *first > to {
            continue;
        }
        let file = disk::open_to_read(&folder.join(name))?;
        last = read_segment(file.as_ref(), (*first, name), last, to, &mut each)?;
    }
    match last == to {
        true => Ok(()),
        false => Err(unreadable(
            folder,
            0,
            &format!("it ends at position {last}, not at {to}"),
        )),
    }
}

/// Positions of the segments' beginnings, and their names, in order.
fn segments(folder: &Path) -> Result<Vec<(Seq, String)>> {
    let mut segments = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        segments.extend(segment::first_seq(&name).map(|first| (first, name)));
    }
    segments.sort();
    Ok(segments)
}

/// Hands over what of a segment lies behind `last`; answers the last position handed over.
fn read_segment(
    file: &dyn SegmentFile,
    (first, name): (Seq, &str),
    mut last: Seq,
    to: Seq,
    each: &mut impl FnMut(Piece) -> Result<()>,
) -> Result<Seq> {
    let unreadable = |offset, what: &str| unreadable(Path::new(name), offset, what);
    match segment::decode_header(file)? {
        SegmentHeader::Sound(seq) if seq == first => {}
        _ => return Err(unreadable(0, "its header is not sound")),
    }
    let begins = first.max(last.next());
    each(Piece::Segment {
        name: segment::name(begins),
        header: segment::encode_header(begins).to_vec(),
    })?;
    let mut offset = segment::SEGMENT_HEADER;
    while last < to {
        let (header, payload) = match segment::read_frame(file, offset)? {
            Found::End => break,
            Found::Bad => return Err(unreadable(offset, "a frame is not sound")),
            Found::Frame { header, payload } => (header, payload),
        };
        offset += header.frame_len() as u64;
        if header.kind.numbered() {
            if header.seq <= last {
                continue;
            }
            if header.seq != last.next() {
                return Err(unreadable(offset, &format!("position {} follows {last}", header.seq)));
            }
            last = header.seq;
        }
        let mut bytes = Vec::with_capacity(header.frame_len());
        frame::encode_into(
            &mut bytes,
            header.kind,
            header.seq,
            header.durable,
            &payload,
            header.payload_crc,
        );
        each(Piece::Frame {
            frame: Frame {
                kind: header.kind,
                seq: header.seq,
                payload,
            },
            bytes,
        })?;
    }
    Ok(last)
}

fn unreadable(name: &Path, offset: u64, what: &str) -> Error {
    Error::internal(
        format!("the log {} cannot be read at offset {offset}: {what}", name.display()),
        "unreadable log",
    )
}

#[cfg(test)]
mod tests;
