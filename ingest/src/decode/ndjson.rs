//! The sequential half of NDJSON and fixed width: every line feed is a record boundary, because neither JSON strings
//! nor columns can hold one.

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
    of: Of,
}

/// What the lines are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of {
    /// JSON objects.
    Objects,
    /// Columns at fixed positions.
    Columns,
}

impl Splitter {
    pub(super) fn new(of: Of, target: usize) -> Self {
        Self {
            of,
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
            let remedy = match self.of {
                Of::Objects => "send one JSON object per line",
                Of::Columns => "end each record with a line feed",
            };
            return Err(Error::invalid(format!(
                "the record on line {} is longer than {MAX_RECORD} bytes: {remedy}",
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
            shape: match self.of {
                Of::Objects => Shape::Lines,
                Of::Columns => Shape::Fixed,
            },
        })
    }
}
