//! The payload of a big push on disk, kept only while its contract may still reject the whole batch: then every row
//! has to go to quarantine as it was sent, and the stream cannot be asked again.

use crate::{
    Error, Result,
    decode::{Cells, Chunk, Element, Misread, Shape, Span},
    map::Header,
    replay::Fixes,
};
use smartcenter_warehouse::{quarantine::RejectedRow, runs::scratch_file};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
    sync::Arc,
};

/// Chunks in the order they were cut.
#[derive(Debug)]
pub(crate) struct Spill {
    file: File,
    kept: Vec<Kept>,
}

#[derive(Debug)]
struct Kept {
    bytes: usize,
    line: u64,
    offset: u64,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Csv(Arc<Header>),
    Lines,
    Fixed,
    Again(Arc<Fixes>),
    /// So many values; their places follow the bytes.
    Elements(usize),
    /// The same of GeoJSON features.
    Features(usize),
    /// So many cells and rows; both follow the bytes. What was found wrong is little, and stays in memory.
    Cells {
        header: Arc<Header>,
        spans: usize,
        lines: usize,
        misread: Vec<Misread>,
        broken: Vec<RejectedRow>,
    },
}

impl Spill {
    /// An empty spill in `folder`; its file has no name and cannot be left behind.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        Ok(Self {
            file: scratch_file(folder).map_err(failed)?,
            kept: Vec::new(),
        })
    }

    /// Keeps a copy of `chunk`.
    pub(crate) fn keep(&mut self, chunk: &Chunk) -> Result<()> {
        self.file.write_all(&chunk.bytes).map_err(failed)?;
        let form = match &chunk.shape {
            Shape::Csv(header) => Form::Csv(header.clone()),
            Shape::Lines => Form::Lines,
            Shape::Fixed => Form::Fixed,
            Shape::Again(fixes) => Form::Again(fixes.clone()),
            Shape::Elements(elements) => {
                self.keep_places(elements)?;
                Form::Elements(elements.len())
            }
            Shape::Features(elements) => {
                self.keep_places(elements)?;
                Form::Features(elements.len())
            }
            Shape::Cells(header, cells) => {
                let mut places = Vec::with_capacity((cells.spans.len() + cells.lines.len()) * 8);
                cells.spans.iter().for_each(|span| places.extend(span.to_bytes()));
                cells.lines.iter().for_each(|line| places.extend(line.to_le_bytes()));
                self.file.write_all(&places).map_err(failed)?;
                Form::Cells {
                    header: header.clone(),
                    spans: cells.spans.len(),
                    lines: cells.lines.len(),
                    misread: cells.misread.clone(),
                    broken: cells.broken.clone(),
                }
            }
        };
        self.kept.push(Kept {
            bytes: chunk.bytes.len(),
            line: chunk.line,
            offset: chunk.offset,
            form,
        });
        Ok(())
    }

    fn keep_places(&mut self, elements: &[Element]) -> Result<()> {
        let places: Vec<u8> = elements
            .iter()
            .flat_map(|e| [e.start as u64, e.end as u64, e.line])
            .flat_map(u64::to_le_bytes)
            .collect();
        self.file.write_all(&places).map_err(failed)
    }

    fn places(&mut self, count: usize) -> Result<Vec<Element>> {
        let mut places = vec![0; count * 24];
        self.file.read_exact(&mut places).map_err(failed)?;
        Ok(places.chunks_exact(24).map(element).collect())
    }

    /// Hands the chunks back, in order.
    pub(crate) fn replay(mut self, take: &mut dyn FnMut(Chunk) -> Result<()>) -> Result<()> {
        self.file.seek(SeekFrom::Start(0)).map_err(failed)?;
        for (index, kept) in std::mem::take(&mut self.kept).into_iter().enumerate() {
            let mut bytes = vec![0; kept.bytes];
            self.file.read_exact(&mut bytes).map_err(failed)?;
            let shape = match kept.form {
                Form::Csv(header) => Shape::Csv(header),
                Form::Lines => Shape::Lines,
                Form::Fixed => Shape::Fixed,
                Form::Elements(count) => Shape::Elements(self.places(count)?),
                Form::Features(count) => Shape::Features(self.places(count)?),
                // What the rules change was counted when the rows came by first.
                Form::Again(fixes) => Shape::Again(Arc::new(fixes.uncounted())),
                Form::Cells {
                    header,
                    spans,
                    lines,
                    misread,
                    broken,
                } => {
                    let mut places = vec![0; (spans + lines) * 8];
                    self.file.read_exact(&mut places).map_err(failed)?;
                    let (eights, _) = places.as_chunks::<8>();
                    let (spans, lines) = eights.split_at_checked(spans).unwrap_or_default();
                    let cells = Cells {
                        spans: spans.iter().map(|bytes| Span::from_bytes(*bytes)).collect(),
                        lines: lines.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect(),
                        misread,
                        broken,
                    };
                    Shape::Cells(header, cells)
                }
            };
            take(Chunk {
                index,
                bytes,
                line: kept.line,
                offset: kept.offset,
                shape,
            })?;
        }
        Ok(())
    }
}

fn element(bytes: &[u8]) -> Element {
    let number = |at: usize| {
        let part = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>());
        part.map_or(0, |part| u64::from_le_bytes(*part))
    };
    Element {
        start: number(0) as usize,
        end: number(8) as usize,
        line: number(16),
    }
}

fn failed(error: std::io::Error) -> Error {
    Error::internal("the hub's disk could not hold the spill of a big push", error)
}
