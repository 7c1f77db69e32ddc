//! Arrow IPC. The file format holds the stream format between a magic word and a footer, so both are read as a stream,
//! message by message, and the footer with its own list of places is not needed.

use super::{
    super::{
        Emit,
        document::{Asked, Held, ReadSeek},
    },
    Wanted, Writer, broken, guarded,
};
use crate::{Error, Result};
use arrow::{
    buffer::Buffer,
    ipc::{self, MessageHeader, reader::StreamDecoder},
};
use std::{
    io::{Read, Seek, SeekFrom},
    ops::Range,
};

const NAME: &str = "Arrow";
const MAGIC: &[u8; 6] = b"ARROW1";
/// The first bytes of the format before IPC, which only a few versions of one library wrote.
const FEATHER_1: &[u8; 4] = b"FEA1";
/// What a message begins with, since 2019.
const CONTINUATION: [u8; 4] = [0xff; 4];
/// How a stream ends.
const END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
/// Widest alignment of buffers that is written.
const WIDEST_ALIGNMENT: u64 = 64;
/// Longest description of a message.
const LONGEST_METADATA: u64 = 16 << 20;
/// Largest message: a batch is in memory as a whole.
const LARGEST_BODY: u64 = 256 << 20;

/// Reads the rows of an Arrow stream or file.
pub(in super::super) fn arrow(held: &mut Held, asked: &Asked, emit: Emit<'_>) -> Result<Vec<String>> {
    let length = held.length()?;
    let reader = held.reader()?;
    guarded(NAME, || read(Messages::new(reader, length)?, asked, emit))
}

/// The names of the columns of an Arrow stream or file.
pub(in super::super) fn arrow_headers(held: &mut Held) -> Result<Vec<String>> {
    let length = held.length()?;
    let reader = held.reader()?;
    guarded(NAME, || {
        let first = Messages::new(reader, length)?.next()?;
        first.ok_or_else(|| broken(NAME))?.names()
    })
}

fn read(mut messages: Messages<'_>, asked: &Asked, emit: Emit<'_>) -> Result<Vec<String>> {
    let first = messages.next()?.ok_or_else(|| broken(NAME))?;
    let wanted = Wanted::of(&first.names()?, asked)?;
    let mut writer = Writer::new(&wanted, asked, emit);
    let mut decoder = StreamDecoder::new();
    let mut message = Some(first);
    loop {
        // A message without a body is decoded when the next one begins, and the last when the stream ends.
        let is_last = message.is_none();
        let mut bytes = Buffer::from(message.map_or_else(|| END.to_vec(), |message| message.bytes));
        while !bytes.is_empty() {
            if let Some(batch) = decoder.decode(&mut bytes).map_err(|_| broken(NAME))? {
                let batch = batch.project(&wanted.columns).map_err(|_| broken(NAME))?;
                writer.batch(&batch)?;
            }
        }
        if is_last {
            break;
        }
        message = messages.next()?;
    }
    writer.rows.finish()?;
    Ok(wanted.warnings)
}

/// A message as it stands in the stream, whole.
struct Message {
    bytes: Vec<u8>,
    /// Where its description is.
    metadata: Range<usize>,
}

impl Message {
    /// The names of the columns, of a message that describes them.
    fn names(&self) -> Result<Vec<String>> {
        let metadata = self.bytes.get(self.metadata.clone()).unwrap_or_default();
        let message = ipc::root_as_message(metadata).map_err(|_| broken(NAME))?;
        let schema = message.header_as_schema().and_then(|schema| schema.fields());
        let fields = schema.ok_or_else(|| broken(NAME))?;
        Ok(fields
            .iter()
            .map(|field| field.name().unwrap_or_default().to_owned())
            .collect())
    }
}

/// The messages of a stream, each checked before there is room made for it.
struct Messages<'a> {
    reader: Box<dyn ReadSeek + 'a>,
    /// Bytes behind what has been read.
    left: u64,
}

impl<'a> Messages<'a> {
    fn new(mut reader: Box<dyn ReadSeek + 'a>, length: u64) -> Result<Self> {
        let mut first = [0; 8];
        reader.read_exact(&mut first).map_err(|_| broken(NAME))?;
        if first.starts_with(FEATHER_1) {
            return Err(Error::Unsupported(
                "the payload is a Feather file of version 1: write version 2, which is Arrow".to_owned(),
            ));
        }
        let mut read = 0;
        if first.starts_with(MAGIC) {
            // Blanks up to where the writer aligns its buffers.
            while first.starts_with(MAGIC) || (first == [0; 8] && read < WIDEST_ALIGNMENT) {
                read += 8;
                reader.read_exact(&mut first).map_err(|_| broken(NAME))?;
            }
        }
        reader.seek(SeekFrom::Start(read)).map_err(|_| broken(NAME))?;
        let left = length.saturating_sub(read);
        Ok(Self { reader, left })
    }

    /// The next message as it stands; none at the end.
    fn next(&mut self) -> Result<Option<Message>> {
        // A stream may end without a word. A file may not: its footer would be missing, and is no message.
        if self.left == 0 {
            return Ok(None);
        }
        let mut message = Vec::new();
        self.take(4, &mut message)?;
        if message == CONTINUATION {
            self.take(4, &mut message)?;
        }
        let size = message
            .last_chunk::<4>()
            .map(|size| u64::from(u32::from_le_bytes(*size)));
        let size = size.ok_or_else(|| broken(NAME))?;
        if size == 0 {
            return Ok(None);
        }
        if size > LONGEST_METADATA {
            return Err(Error::invalid(
                "the payload is no Arrow stream or file: its first message has no sensible length",
            ));
        }
        let head = message.len();
        self.take(size, &mut message)?;
        let metadata = message.get(head..).unwrap_or_default();
        let metadata_length = metadata.len();
        let body = body(metadata)?;
        if body > LARGEST_BODY {
            return Err(Error::invalid(format!(
                "the Arrow data have a batch of {body} bytes: write batches of at most {LARGEST_BODY} bytes"
            )));
        }
        self.take(body, &mut message)?;
        Ok(Some(Message {
            metadata: head..head + metadata_length,
            bytes: message,
        }))
    }

    /// Appends the next bytes, which must be there.
    fn take(&mut self, count: u64, to: &mut Vec<u8>) -> Result<()> {
        self.left = self.left.checked_sub(count).ok_or_else(|| broken(NAME))?;
        let taken = (&mut self.reader)
            .take(count)
            .read_to_end(to)
            .map_err(|_| broken(NAME))?;
        if taken as u64 == count {
            Ok(())
        } else {
            Err(broken(NAME))
        }
    }
}

/// Length of the body that a message announces.
fn body(metadata: &[u8]) -> Result<u64> {
    let message = ipc::root_as_message(metadata).map_err(|_| broken(NAME))?;
    let batch = match message.header_type() {
        MessageHeader::RecordBatch => message.header_as_record_batch(),
        MessageHeader::DictionaryBatch => message.header_as_dictionary_batch().and_then(|batch| batch.data()),
        _ => None,
    };
    if batch.is_some_and(|batch| batch.compression().is_some()) {
        return Err(Error::Unsupported(
            "the Arrow data are packed inside, which is not read here: write them without compression, and pack the \
             whole with zstd or gzip instead"
                .to_owned(),
        ));
    }
    u64::try_from(message.bodyLength()).map_err(|_| broken(NAME))
}
