//! The pages of a Parquet file, looked at before its library makes room for them.

use super::{
    super::document::Owned,
    thrift::{PageClaims, Thrift},
    too_large,
};
use crate::Error;
use bytes::{Buf, Bytes};
use parking_lot::Mutex;
use parquet::{
    basic::{Encoding, Type},
    column::page::{Page, PageIterator, PageMetadata, PageReader},
    errors::{ParquetError, Result},
    file::{
        metadata::{ParquetMetaData, RowGroupMetaData},
        reader::{ChunkReader, Length, SerializedPageReader},
    },
    schema::types::ColumnDescriptor,
};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Largest page, unpacked. Writers make pages of a megabyte; some stop at a hundred.
const LARGEST_PAGE: i64 = 128 << 20;
/// Most values of a page. A run of equal values takes no room in the file, and much in memory.
const MOST_VALUES: i64 = 16 << 20;
/// Most values of a nested column in a row group: those of one row are in memory at once.
const MOST_NESTED: u64 = 4 << 20;
/// Nearly every page header is shorter than the first; statistics of long texts can fill the second.
const HEADERS: [u64; 2] = [4 << 10, 4 << 20];

/// The file, with the rest of what may be unpacked from it and the reason for which it was refused.
pub(super) struct Source {
    owned: Owned,
    length: u64,
    limit: u64,
    unpacked: AtomicU64,
    refusal: Mutex<Option<Error>>,
}

impl Source {
    pub(super) fn new(owned: Owned, length: u64, limit: u64) -> Self {
        Self {
            owned,
            length,
            limit,
            unpacked: AtomicU64::new(0),
            refusal: Mutex::new(None),
        }
    }

    /// Why it was refused, when it was.
    pub(super) fn refusal(&self) -> Option<Error> {
        self.refusal.lock().take()
    }

    fn refuse(&self, error: Error) -> ParquetError {
        self.refusal.lock().get_or_insert(error);
        ParquetError::General("refused".to_owned())
    }

    /// Looks at the page header at `start`.
    fn look(&self, start: u64) -> Result<()> {
        let claims = HEADERS.iter().find_map(|most| {
            let most = (*most).min(self.length.saturating_sub(start));
            PageClaims::read(&self.get_bytes(start, usize::try_from(most).ok()?).ok()?)
        });
        let Some(claims) = claims else {
            return Err(ParquetError::General("a page header is broken".to_owned()));
        };
        if claims.shares_prefixes {
            return Err(self.refuse(Error::Unsupported(
                "the Parquet file has a column in the encoding DELTA_BYTE_ARRAY, which is not read here: write it with \
                 the dictionary or plain encoding"
                    .to_owned(),
            )));
        }
        if claims.bytes > LARGEST_PAGE || claims.values > MOST_VALUES {
            return Err(self.refuse(Error::invalid(format!(
                "the Parquet file has a page of {} bytes and {} values: write it with pages of at most {LARGEST_PAGE} \
                 bytes and {MOST_VALUES} values",
                claims.bytes, claims.values
            ))));
        }
        let bytes = claims.bytes.max(0).cast_unsigned();
        let unpacked = self.unpacked.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if unpacked > self.limit {
            return Err(self.refuse(too_large(self.limit)));
        }
        Ok(())
    }
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Source {
    type T = Box<dyn Read + Send>;

    /// The library asks for this where a page header begins.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        self.look(start)?;
        Ok(match &self.owned {
            Owned::Memory(bytes) => Box::new(slice(bytes, start, self.length.saturating_sub(start))?.reader()),
            Owned::File(file) => Box::new(io::BufReader::new(at(file, start)?)),
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let is_there = start.checked_add(length as u64).is_some_and(|end| end <= self.length);
        if !is_there {
            return Err(ParquetError::EOF("the file ends early".to_owned()));
        }
        match &self.owned {
            Owned::Memory(bytes) => slice(bytes, start, length as u64),
            Owned::File(file) => {
                let mut bytes = vec![0; length];
                at(file, start)?.read_exact(&mut bytes)?;
                Ok(bytes.into())
            }
        }
    }
}

fn slice(bytes: &Bytes, start: u64, length: u64) -> Result<Bytes> {
    let from = usize::try_from(start)?;
    let to = usize::try_from(length)?
        .checked_add(from)
        .filter(|to| *to <= bytes.len());
    let to = to.ok_or_else(|| ParquetError::EOF("the file ends early".to_owned()))?;
    Ok(bytes.slice(from..to))
}

/// The file at a position, which all readers of it share: each takes what it needs before the next one begins.
fn at(file: &File, start: u64) -> io::Result<File> {
    let mut file = file.try_clone()?;
    file.seek(SeekFrom::Start(start))?;
    Ok(file)
}

/// One row group, for the library.
pub(super) struct RowGroup<'m> {
    pub(super) source: Arc<Source>,
    pub(super) metadata: &'m ParquetMetaData,
    pub(super) group: &'m RowGroupMetaData,
}

impl parquet::arrow::arrow_reader::RowGroups for RowGroup<'_> {
    fn num_rows(&self) -> usize {
        usize::try_from(self.group.num_rows()).unwrap_or_default()
    }

    fn column_chunks(&self, index: usize) -> Result<Box<dyn PageIterator>> {
        let column = self.group.columns().get(index);
        let column = column.ok_or(ParquetError::IndexOutOfBound(index, self.group.columns().len()))?;
        let inner = SerializedPageReader::new(self.source.clone(), column, self.num_rows(), None)?;
        let pages = Pages {
            source: self.source.clone(),
            column: column.column_descr_ptr(),
            inner,
            values: 0,
        };
        Ok(Box::new(Once(Some(pages))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.group))
    }

    fn metadata(&self) -> &ParquetMetaData {
        self.metadata
    }
}

/// The pages of one column of one row group, as the list of lists that the library asks for.
struct Once(Option<Pages>);

impl Iterator for Once {
    type Item = Result<Box<dyn PageReader>>;
    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(|pages| Ok(Box::new(pages) as Box<dyn PageReader>))
    }
}

impl PageIterator for Once {}

struct Pages {
    source: Arc<Source>,
    column: Arc<ColumnDescriptor>,
    inner: SerializedPageReader<Source>,
    /// Values so far.
    values: u64,
}

impl Pages {
    /// Looks at claims inside an unpacked page.
    fn check(&mut self, page: &Page) -> Result<()> {
        self.values += u64::from(page.num_values());
        if self.column.max_rep_level() > 0 && self.values > MOST_NESTED {
            return Err(self.source.refuse(Error::invalid(format!(
                "a list column of the Parquet file has more than {MOST_NESTED} values in one row group: leave it out, or \
                 write smaller row groups"
            ))));
        }
        // The least that a value of a dictionary takes.
        let least = match self.column.physical_type() {
            Type::BYTE_ARRAY | Type::INT32 | Type::FLOAT => 4,
            Type::INT64 | Type::DOUBLE => 8,
            _ => 1,
        };
        let is_sound = match page {
            Page::DictionaryPage { buf, num_values, .. } => {
                u64::from(*num_values).saturating_mul(least) <= buf.len() as u64
            }
            page if page.encoding() == Encoding::DELTA_LENGTH_BYTE_ARRAY => self.lengths(page).is_some(),
            _ => true,
        };
        if is_sound {
            Ok(())
        } else {
            Err(ParquetError::General(
                "a page claims more values than it has".to_owned(),
            ))
        }
    }

    /// Finds the list of lengths behind the levels of a page, and checks that it is no longer than the page.
    fn lengths(&self, page: &Page) -> Option<()> {
        let bytes = page.buffer();
        let values = match page {
            Page::DataPage { .. } => {
                let levels = [self.column.max_rep_level(), self.column.max_def_level()];
                levels
                    .iter()
                    .filter(|level| **level > 0)
                    .try_fold(&bytes[..], |rest, _| {
                        let (length, rest) = rest.split_first_chunk::<4>()?;
                        rest.get(usize::try_from(u32::from_le_bytes(*length)).ok()?..)
                    })?
            }
            Page::DataPageV2 {
                rep_levels_byte_len,
                def_levels_byte_len,
                ..
            } => {
                let levels = u64::from(*rep_levels_byte_len) + u64::from(*def_levels_byte_len);
                bytes.get(usize::try_from(levels).ok()?..)?
            }
            Page::DictionaryPage { .. } => return None,
        };
        let mut head = Thrift::of(values);
        let (_block, _parts, count) = (head.unsigned()?, head.unsigned()?, head.unsigned()?);
        (count <= u64::from(page.num_values())).then_some(())
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;
    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.inner.get_next_page()?;
        if let Some(page) = &page {
            self.check(page)?;
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.inner.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.inner.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.inner.at_record_boundary()
    }
}
