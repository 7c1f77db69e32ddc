//! The sequential half of NDJSON: every line feed is a record boundary, because JSON strings cannot hold one.

use super::{Chunk, Emit, MAX_RECORD, Shape};
use crate::{Error, Result};
use memchr::{memchr_iter, memrchr};

/// Cuts a text at line ends.
#[derive(Debug)]
pub(super) struct Splitter {
    target: usize,
    buffer: Vec<u8>,
    line: u64,
    offset: u64,
    index: usize,
}

impl Splitter {
    pub(super) fn new(target: usize) -> Self {
        Self {
            target,
            buffer: Vec::new(),
            line: 1,
            offset: 0,
            index: 0,
        }
    }

    pub(super) fn push(&mut self, utf8: &[u8], emit: Emit<'_>) -> Result<()> {
        self.buffer.extend_from_slice(utf8);
        if self.buffer.len() < self.target {
            return Ok(());
        }
        if let Some(feed) = memrchr(b'\n', &self.buffer) {
            self.cut(feed + 1, emit)?;
        }
        if self.buffer.len() >= MAX_RECORD.max(self.target) {
            return Err(Error::invalid(format!(
                "the record on line {} is longer than {MAX_RECORD} bytes: send one JSON object per line",
                self.line
            )));
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, emit: Emit<'_>) -> Result<Vec<String>> {
        if !self.buffer.is_empty() {
            self.cut(self.buffer.len(), emit)?;
        }
        Ok(Vec::new())
    }

    fn cut(&mut self, end: usize, emit: Emit<'_>) -> Result<()> {
        let rest = self.buffer.split_off(end);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let (line, offset, index) = (self.line, self.offset, self.index);
        self.line += memchr_iter(b'\n', &bytes).count() as u64;
        self.offset += bytes.len() as u64;
        self.index += 1;
        emit(Chunk {
            index,
            bytes,
            line,
            offset,
            shape: Shape::Lines,
        })
    }
}
