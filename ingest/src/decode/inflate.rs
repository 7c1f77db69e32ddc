//! Unpacking gzip and zstd in small steps: one step never writes more than [`STEP`] bytes, so a bomb is noticed
//! long before it hurts.

use crate::{ContentEncoding, Error, Result};
use flate2::{Decompress, FlushDecompress, Status};
use std::fmt;
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

/// Most bytes one step writes.
const STEP: usize = 256 << 10;
/// Below this many unpacked bytes any ratio is fine: log files of one repeated line exist.
const RATIO_FREE: u64 = 64 << 20;
/// Above [`RATIO_FREE`], this many times the packed size is a bomb.
const RATIO: u64 = 1000;

/// An unpacker of one body.
pub(crate) struct Inflate {
    stream: Stream,
    read: u64,
    written: u64,
    limit: u64,
    /// Between members or frames: the stream may end here.
    at_end: bool,
}

enum Stream {
    Identity,
    Gzip(Decompress),
    Zstd(Decoder<'static>, Vec<u8>),
}

impl Inflate {
    /// An unpacker that refuses to write more than `limit` bytes.
    pub(crate) fn new(encoding: ContentEncoding, limit: u64) -> Result<Self> {
        let stream = match encoding {
            ContentEncoding::Identity => Stream::Identity,
            ContentEncoding::Gzip => Stream::Gzip(Decompress::new_gzip(15)),
            ContentEncoding::Zstd => {
                let decoder = Decoder::new().map_err(|e| Error::internal("zstd could not start", e))?;
                Stream::Zstd(decoder, vec![0; STEP])
            }
        };
        Ok(Self {
            stream,
            read: 0,
            written: 0,
            limit,
            at_end: matches!(encoding, ContentEncoding::Identity),
        })
    }

    /// Unpacks `input`, handing over pieces of at most [`STEP`] bytes (not packed: `input` itself), until it is used
    /// up or at least `until` bytes have been written in all. Answers how much of `input` was taken; the rest has
    /// to come again, if only as an empty piece that drains what is held back.
    pub(crate) fn push(
        &mut self,
        input: &[u8],
        until: u64,
        sink: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<usize> {
        if matches!(self.stream, Stream::Identity) {
            self.read += input.len() as u64;
            self.written += input.len() as u64;
            self.within_limit()?;
            sink(input)?;
            return Ok(input.len());
        }
        let mut taken = 0;
        let mut out = Vec::new();
        loop {
            let rest = input.get(taken..).unwrap_or_default();
            if self.at_end && rest.is_empty() {
                return Ok(taken);
            }
            out.clear();
            let (consumed, is_starved) = self.step(rest, &mut out)?;
            taken += consumed;
            self.read += consumed as u64;
            self.written += out.len() as u64;
            self.within_limit()?;
            if !out.is_empty() {
                sink(&out)?;
            }
            let is_done = is_starved && (taken == input.len() || (consumed == 0 && out.is_empty()));
            if is_done || self.written >= until {
                return Ok(taken);
            }
        }
    }

    /// One step: bytes consumed, and whether the step wants more input before it can write more.
    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<(usize, bool)> {
        let read = self.read;
        match &mut self.stream {
            Stream::Identity => Ok((0, true)),
            Stream::Gzip(gzip) => {
                if self.at_end {
                    // Some writers pad the end with zero bytes; anything else is a further member.
                    let zeros = input.iter().take_while(|b| **b == 0).count();
                    if zeros > 0 {
                        return Ok((zeros, zeros == input.len()));
                    }
                    *gzip = Decompress::new_gzip(15);
                    self.at_end = false;
                }
                out.reserve(STEP);
                let before = gzip.total_in();
                let status = gzip
                    .decompress_vec(input, out, FlushDecompress::None)
                    .map_err(|_| corrupt("gzip", read))?;
                let consumed = (gzip.total_in() - before) as usize;
                self.at_end = status == Status::StreamEnd;
                Ok((consumed, out.len() < out.capacity() || self.at_end))
            }
            Stream::Zstd(decoder, scratch) => {
                let mut source = InBuffer::around(input);
                let mut target = OutBuffer::around(scratch.as_mut_slice());
                let hint = decoder.run(&mut source, &mut target);
                let (consumed, wrote) = (source.pos(), target.pos());
                let full = wrote == STEP;
                out.extend_from_slice(scratch.get(..wrote).unwrap_or_default());
                let hint = hint.map_err(|_| corrupt("zstd", read))?;
                self.at_end = hint == 0;
                Ok((consumed, !full || self.at_end))
            }
        }
    }

    /// Checks that the body did not end in the middle.
    pub(crate) fn finish(&self) -> Result<()> {
        if self.at_end {
            return Ok(());
        }
        let name = match self.stream {
            Stream::Zstd(..) => "zstd",
            _ => "gzip",
        };
        Err(Error::invalid(format!(
            "the {name} stream ends early, after {} packed bytes: send the whole file again",
            self.read
        )))
    }

    fn within_limit(&self) -> Result<()> {
        if self.written > self.limit {
            return Err(Error::TooLarge(format!(
                "the payload is larger than {} bytes: split it into several pushes",
                self.limit
            )));
        }
        if self.written > RATIO_FREE && self.written / RATIO > self.read {
            return Err(Error::TooLarge(format!(
                "{} packed bytes became more than {} bytes: send the file unpacked if it is meant",
                self.read, self.written
            )));
        }
        Ok(())
    }
}

fn corrupt(name: &str, read: u64) -> Error {
    Error::invalid(format!(
        "the body is not {name} after byte {read}: send Content-Encoding only for a body that is packed so, and the whole file"
    ))
}

impl fmt::Debug for Inflate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflate")
            .field("read", &self.read)
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}
