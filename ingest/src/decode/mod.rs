//! From the body as it was sent to rows of text cells.
//!
//! Two halves. The *sequential* half ([`Source`]) unpacks, hashes, converts to UTF-8 and cuts the stream into chunks
//! of a few megabytes at record boundaries; it touches each byte as little as it can. The *parallel* half
//! ([`frame()`]) turns one chunk into a [`Frame`] of cells. A chunk knows its first line, so line numbers are those of
//! the payload whatever worker gets it. Cutting into chunks never changes what is read: tests try every position.
//!
//! A [`document`] can be read only when it is whole. Its reader does the sequential half and the cutting into cells.

mod cells;
mod charset;
mod columnar;
mod csv;
mod document;
mod fhir;
mod fixed;
mod frame;
mod geojson;
mod headers;
mod inflate;
mod json;
mod members;
mod ndjson;
mod object;
mod tokenise;
mod workbook;

#[cfg(test)]
mod tests;

pub(crate) use cells::{Cells, Misread};
pub(crate) use frame::{Cell, Frame, Span, trim};
pub(crate) use headers::headers;
pub(crate) use tokenise::{Dialect, MAX_CELLS};

use crate::{ContentEncoding, Error, Format, PushRequest, Result, map::Header, plan::Plan, replay::Fixes};
use charset::Charset;
use document::Document;
use inflate::Inflate;
use sha2::{Digest, Sha256};
use std::{fmt, path::Path, sync::Arc};

/// Largest record.
pub(crate) const MAX_RECORD: usize = 1 << 20;
/// Deepest JSON.
pub(crate) const MAX_DEPTH: usize = 64;
/// Chunks are cut at the first chance behind this many bytes.
pub(crate) const CHUNK: usize = 2 << 20;

/// Some whole records of the payload.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// Position among the chunks, from 0.
    pub index: usize,
    /// UTF-8 that nobody has checked yet.
    pub bytes: Vec<u8>,
    /// Line of the payload on which it starts (JSON: number of its first value).
    pub line: u64,
    /// Byte of the text at which it starts.
    pub offset: u64,
    /// How to cut it.
    pub shape: Shape,
}

/// How to cut a chunk into records.
#[derive(Debug)]
pub(crate) enum Shape {
    /// CSV rows under a header.
    Csv(Arc<Header>),
    /// One JSON object per line.
    Lines,
    /// One rejected row per line, to be read again with these rules.
    Again(Arc<Fixes>),
    /// JSON values at these places.
    Elements(Vec<Element>),
    /// GeoJSON features at these places.
    Features(Vec<Element>),
    /// Lines with columns at the contract's positions.
    Fixed,
    /// Cut already, by the reader of a document.
    Cells(Arc<Header>, Cells),
}

/// A top-level value of a JSON document, inside its chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element {
    /// First byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
    /// Number among the document's values, from 1. It stands for the line, since a whole array may be on one.
    pub line: u64,
}

/// Takes finished chunks.
pub(crate) type Emit<'a> = &'a mut dyn FnMut(Chunk) -> Result<()>;

/// The sequential half of decoding, for one body.
pub(crate) struct Source {
    inflate: Inflate,
    payload: Payload,
    /// What the rows are known by, where that is not the digest of their bytes.
    digest: Option<[u8; 32]>,
}

/// Everything behind the unpacking.
struct Payload {
    sha256: Sha256,
    bytes: u64,
    form: Form,
}

enum Form {
    Text(Charset, Splitter),
    Document(Document),
}

enum Splitter {
    Csv(csv::Splitter),
    Lines(ndjson::Splitter),
    Again(ndjson::Splitter, Arc<Fixes>),
    Json(json::Splitter),
    GeoJson(Box<geojson::Splitter>),
}

/// What is known of a payload at its end.
#[derive(Debug, Clone)]
pub(crate) struct Summary {
    /// Digest of the unpacked payload.
    pub sha256: [u8; 32],
    /// Its size.
    pub bytes: u64,
    /// What the receipt should say about the header.
    pub warnings: Vec<String>,
}

impl Source {
    /// A decoder for the body of `request`; refuses more than `limit` unpacked bytes. What has to be kept until the
    /// body is whole goes to the folder `scratch`.
    pub(crate) fn new(
        request: &PushRequest,
        plan: &Arc<Plan>,
        limit: u64,
        chunk: usize,
        scratch: &Path,
    ) -> Result<Self> {
        let form = if request.format.is_document() {
            Form::Document(Document::new(request, plan, limit, chunk, scratch))
        } else {
            Form::Text(
                Charset::new(request.charset.as_deref(), plan.contract.source.encoding.as_deref())?,
                Splitter::new(request.format, plan, chunk)?,
            )
        };
        Ok(Self {
            inflate: Inflate::new(request.encoding, limit)?,
            payload: Payload {
                sha256: Sha256::new(),
                bytes: 0,
                form,
            },
            digest: None,
        })
    }

    /// A decoder for rejected rows that are read again, which are known by `digest`.
    pub(crate) fn again(fixes: &Arc<Fixes>, limit: u64, chunk: usize, digest: [u8; 32]) -> Result<Self> {
        let splitter = Splitter::Again(ndjson::Splitter::new(ndjson::Of::Objects, chunk), fixes.clone());
        Ok(Self {
            inflate: Inflate::new(ContentEncoding::Identity, limit)?,
            payload: Payload {
                sha256: Sha256::new(),
                bytes: 0,
                form: Form::Text(Charset::new(None, None)?, splitter),
            },
            digest: Some(digest),
        })
    }

    /// Takes a piece of the body, but stops unpacking once `until` bytes are unpacked in all. Answers how much was
    /// taken; the rest must come again.
    pub(crate) fn push(&mut self, piece: &[u8], until: u64, emit: Emit<'_>) -> Result<usize> {
        let payload = &mut self.payload;
        self.inflate.push(piece, until, &mut |plain| payload.push(plain, emit))
    }

    /// Unpacked bytes so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.payload.bytes
    }

    /// Whether rows come only at the end, and then all of them.
    pub(crate) fn is_document(&self) -> bool {
        matches!(self.payload.form, Form::Document(_))
    }

    /// The body has ended: hands over the rest and checks that nothing is cut off. Of a document this hands over all
    /// rows, and may be done again.
    pub(crate) fn finish(&mut self, emit: Emit<'_>) -> Result<Summary> {
        self.inflate.finish()?;
        let payload = &mut self.payload;
        if payload.bytes == 0 {
            return Err(Error::invalid(
                "the payload is empty: send a file with a header or at least one record",
            ));
        }
        let warnings = match &mut payload.form {
            Form::Text(charset, splitter) => {
                charset.finish(&mut |utf8| splitter.push(utf8, emit))?;
                splitter.finish(emit)?
            }
            Form::Document(document) => document.read(emit)?,
        };
        Ok(Summary {
            sha256: self.digest.unwrap_or_else(|| payload.sha256.clone().finalize().into()),
            bytes: payload.bytes,
            warnings,
        })
    }
}

impl Payload {
    fn push(&mut self, plain: &[u8], emit: Emit<'_>) -> Result<()> {
        self.sha256.update(plain);
        self.bytes += plain.len() as u64;
        match &mut self.form {
            Form::Text(charset, splitter) => charset.push(plain, &mut |utf8| splitter.push(utf8, emit)),
            Form::Document(document) => document.push(plain),
        }
    }
}

impl Splitter {
    fn new(format: Format, plan: &Arc<Plan>, chunk: usize) -> Result<Self> {
        Ok(match format {
            Format::Csv => Self::Csv(csv::Splitter::new(plan.clone(), chunk)),
            Format::Ndjson => Self::Lines(ndjson::Splitter::new(ndjson::Of::Objects, chunk)),
            Format::FixedWidth => {
                fixed::check(plan)?;
                Self::Lines(ndjson::Splitter::new(ndjson::Of::Columns, chunk))
            }
            Format::Json => Self::Json(json::Splitter::new(chunk)),
            Format::GeoJson => Self::GeoJson(Box::new(geojson::Splitter::new(chunk))),
            _ => {
                return Err(Error::Unsupported(format!(
                    "the format {} is not read here yet",
                    format.as_str()
                )));
            }
        })
    }

    fn push(&mut self, utf8: &[u8], emit: Emit<'_>) -> Result<()> {
        match self {
            Self::Csv(s) => s.push(utf8, emit),
            Self::Lines(s) => s.push(utf8, emit),
            Self::Again(s, fixes) => s.push(utf8, &mut again(fixes, emit)),
            Self::Json(s) => s.push(utf8, emit),
            Self::GeoJson(s) => s.push(utf8, emit),
        }
    }

    fn finish(&mut self, emit: Emit<'_>) -> Result<Vec<String>> {
        match self {
            Self::Csv(s) => s.finish(emit),
            Self::Lines(s) => s.finish(emit),
            Self::Again(s, fixes) => s.finish(&mut again(fixes, emit)),
            Self::Json(s) => s.finish(emit),
            Self::GeoJson(s) => s.finish(emit),
        }
    }
}

/// Hands chunks of lines on as rejected rows.
fn again<'a>(fixes: &'a Arc<Fixes>, emit: Emit<'a>) -> impl FnMut(Chunk) -> Result<()> + 'a {
    |chunk| {
        emit(Chunk {
            shape: Shape::Again(fixes.clone()),
            ..chunk
        })
    }
}

/// The parallel half: a chunk as cells.
///
/// # Errors
/// `Invalid` when the chunk is not UTF-8, with the byte and the remedy.
pub(crate) fn frame(chunk: Chunk, plan: &Plan) -> Result<Frame> {
    let Chunk {
        bytes,
        line,
        offset,
        shape,
        ..
    } = chunk;
    let text = String::from_utf8(bytes)
        .map_err(|error| charset::not_utf8(offset + error.utf8_error().valid_up_to() as u64))?;
    Ok(match shape {
        Shape::Csv(header) => {
            let dialect = header.dialect;
            let mut frame = Frame::new(text, header);
            tokenise::tokenise(&mut frame, line, dialect);
            frame
        }
        Shape::Lines => object::lines(text, line, plan),
        Shape::Again(fixes) => crate::replay::frame(&text, &fixes, plan)?,
        Shape::Elements(elements) => object::elements(text, &elements, plan),
        Shape::Features(elements) => geojson::features(text, &elements, plan),
        Shape::Fixed => fixed::lines(text, line, plan),
        Shape::Cells(header, cells) => Frame::of_cells(text, header, cells),
    })
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("bytes", &self.payload.bytes)
            .finish_non_exhaustive()
    }
}
