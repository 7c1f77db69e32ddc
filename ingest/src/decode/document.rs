//! Formats whose rows can be read only once all of the payload is there: workbooks, columnar files, bundles. The
//! payload waits in memory while it is small and in a scratch file beyond, and can be read more than once.

use super::{Emit, columnar, fhir, workbook};
use crate::{Error, Format, PushRequest, Result, plan::Plan};
use bytes::Bytes;
use smartcenter_warehouse::runs::scratch_file;
use std::{
    fmt,
    fs::File,
    io::{Cursor, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Payloads up to this size wait in memory.
const IN_MEMORY: usize = 1 << 20;

/// A payload that is gathered whole.
pub(super) struct Document {
    format: Format,
    asked: Asked,
    held: Held,
    scratch: PathBuf,
}

/// What a reader needs to know besides the payload.
#[derive(Debug)]
pub(super) struct Asked {
    /// The contract, ready.
    pub plan: Arc<Plan>,
    /// Sheet of a workbook, by name or number from 1.
    pub sheet: Option<String>,
    /// Chunks are handed over behind so many bytes.
    pub chunk: usize,
    /// Most bytes that may come out of the document.
    pub limit: u64,
}

/// The payload.
#[derive(Debug)]
pub(super) enum Held {
    Memory(Vec<u8>),
    File(File),
}

/// Something that a library can read from anywhere.
pub(super) trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

impl Document {
    /// An empty gathering for `request`; big payloads go to a file in `scratch`.
    pub(super) fn new(request: &PushRequest, plan: &Arc<Plan>, limit: u64, chunk: usize, scratch: &Path) -> Self {
        Self {
            format: request.format,
            asked: Asked {
                plan: plan.clone(),
                sheet: request.sheet.clone(),
                chunk,
                limit,
            },
            held: Held::Memory(Vec::new()),
            scratch: scratch.to_owned(),
        }
    }

    /// Takes a piece of the payload.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<()> {
        if let Held::Memory(bytes) = &mut self.held {
            if bytes.len() + piece.len() <= IN_MEMORY {
                bytes.extend_from_slice(piece);
                return Ok(());
            }
            let mut file = scratch_file(&self.scratch).map_err(failed)?;
            file.write_all(bytes).map_err(failed)?;
            self.held = Held::File(file);
        }
        match &mut self.held {
            Held::File(file) => file.write_all(piece).map_err(failed),
            Held::Memory(_) => Ok(()),
        }
    }

    /// Reads all rows from the start; answers what the receipt should say about the document.
    pub(super) fn read(&mut self, emit: Emit<'_>) -> Result<Vec<String>> {
        match self.format {
            Format::Xlsx | Format::Xls | Format::Ods => workbook::read(self.format, &mut self.held, &self.asked, emit),
            Format::Parquet => columnar::parquet(&mut self.held, &self.asked, emit),
            Format::Arrow => columnar::arrow(&mut self.held, &self.asked, emit),
            Format::Fhir => fhir::read(&mut self.held, &self.asked, emit),
            _ => Err(Error::internal("this format is no document", self.format.as_str())),
        }
    }
}

impl Held {
    /// Bytes.
    pub(super) fn length(&mut self) -> Result<u64> {
        match self {
            Self::Memory(bytes) => Ok(bytes.len() as u64),
            Self::File(file) => file.seek(SeekFrom::End(0)).map_err(failed),
        }
    }

    /// The payload from its start.
    pub(super) fn reader(&mut self) -> Result<Box<dyn ReadSeek + '_>> {
        Ok(match self {
            Self::Memory(bytes) => Box::new(Cursor::new(bytes)),
            Self::File(file) => {
                file.seek(SeekFrom::Start(0)).map_err(failed)?;
                Box::new(file)
            }
        })
    }

    /// The payload for a reader that wants to own it. One at a time: those of a file share its position.
    pub(super) fn owned(&mut self) -> Result<Owned> {
        Ok(match self {
            Self::Memory(bytes) => Owned::Memory(Bytes::copy_from_slice(bytes)),
            Self::File(file) => {
                file.seek(SeekFrom::Start(0)).map_err(failed)?;
                Owned::File(file.try_clone().map_err(failed)?)
            }
        })
    }
}

/// A payload that a reader owns.
#[derive(Debug)]
pub(super) enum Owned {
    Memory(Bytes),
    File(File),
}

pub(super) fn failed(error: std::io::Error) -> Error {
    Error::internal("the hub's disk could not hold the payload", error)
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}
