//! The entries of a bundle: where each stands in the payload, whether it is a row, and by which references it is found.

use super::{
    super::{
        Chunk, Shape, charset,
        document::{ReadSeek, failed},
        members::{Kind, Splitter},
    },
    json::Json,
};
use crate::{Error, Result, map::show};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
    borrow::Cow,
    collections::HashMap,
    io::{Read, Seek, SeekFrom},
};
use xxhash_rust::xxh3::xxh3_128;

const KIND: Kind = Kind {
    name: "FHIR document",
    member: "entry",
    texts: &["resourceType", "type"],
};
/// Types of bundle whose entries are resources as they are. Others tell of a history, or answer a request.
const TYPES: [&str; 6] = ["collection", "batch", "transaction", "searchset", "message", "document"];
/// Most entries.
const MOST_ENTRIES: usize = 1_000_000;
/// Bytes read at once, and bytes of entries looked at at once.
const PIECE: usize = 64 << 10;
/// Resources that references point at are kept up to so many bytes.
const KEPT: usize = 8 << 20;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Row,
    /// A resource of another type.
    Other,
    /// Nothing but a request or an answer to one.
    Empty,
    /// No resource, for this reason.
    Broken(&'static str),
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) what: What,
    offset: u64,
    length: u32,
}

/// A bundle, or one resource that counts as a bundle of itself.
#[derive(Debug, Default)]
pub(super) struct Bundle {
    pub(super) entries: Vec<Entry>,
    /// Entries by the hash of the references that mean them.
    places: HashMap<u128, usize>,
    /// Type of the one resource, where there is no bundle.
    alone: Option<String>,
}

#[derive(Deserialize)]
struct EntryHead<'a> {
    #[serde(rename = "fullUrl", borrow, default)]
    full_url: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    resource: Option<&'a RawValue>,
    #[serde(borrow, default)]
    request: Option<&'a RawValue>,
    #[serde(borrow, default)]
    response: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct ResourceHead<'a> {
    #[serde(rename = "resourceType", borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
}

impl Bundle {
    /// Goes through the payload; resources of the type `wanted` are rows.
    pub(super) fn read(reader: &mut dyn ReadSeek, wanted: &str) -> Result<Self> {
        let mut bundle = Self::default();
        let mut splitter = Splitter::new(KIND, PIECE);
        let mut piece = vec![0; PIECE];
        // A byte order mark is no part of the text.
        let mut start = 0;
        let first = fill(reader, &mut piece)?;
        let mut rest = piece.get(..first).unwrap_or_default();
        if let Some(behind) = rest.strip_prefix(b"\xef\xbb\xbf") {
            (rest, start) = (behind, 3);
        }
        splitter.push(rest, &mut |chunk| bundle.add(chunk, start, wanted))?;
        loop {
            let length = fill(reader, &mut piece)?;
            if length == 0 {
                break;
            }
            let rest = piece.get(..length).unwrap_or_default();
            splitter.push(rest, &mut |chunk| bundle.add(chunk, start, wanted))?;
        }
        let mut alone = None;
        splitter.finish(&mut |chunk| {
            alone = Some(chunk);
            Ok(())
        })?;
        bundle.check(&splitter, alone, start, wanted)?;
        Ok(bundle)
    }

    /// Judges the document, now that it is known whole.
    fn check(&mut self, splitter: &Splitter, alone: Option<Chunk>, start: u64, wanted: &str) -> Result<()> {
        match (splitter.text("resourceType"), alone) {
            (Some("Bundle"), _) => {
                let ty = splitter.text("type").unwrap_or_default();
                if TYPES.contains(&ty) {
                    return Ok(());
                }
                Err(Error::invalid(format!(
                    "the bundle has the type {}, which is not read here: send one of {}",
                    show(ty),
                    TYPES.join(", ")
                )))
            }
            (Some(kind), Some(chunk)) if kind == wanted => {
                self.entries.push(Entry {
                    what: What::Row,
                    offset: start + chunk.offset,
                    length: chunk.bytes.len() as u32,
                });
                self.alone = Some(kind.to_owned());
                Ok(())
            }
            (Some(kind), _) => Err(Error::invalid(format!(
                "the document is a resource of the type {}: send a Bundle, or one {wanted}",
                show(kind)
            ))),
            (None, _) => Err(Error::invalid(
                "the document has no `resourceType`: send a FHIR R4 Bundle in JSON",
            )),
        }
    }

    fn add(&mut self, chunk: Chunk, start: u64, wanted: &str) -> Result<()> {
        let Shape::Elements(elements) = chunk.shape else {
            return Ok(());
        };
        let text = String::from_utf8(chunk.bytes)
            .map_err(|error| charset::not_utf8(start + chunk.offset + error.utf8_error().valid_up_to() as u64))?;
        for element in elements {
            if self.entries.len() >= MOST_ENTRIES {
                return Err(Error::invalid(format!(
                    "the bundle has more than {MOST_ENTRIES} entries: send several bundles"
                )));
            }
            let record = text.get(element.start..element.end).unwrap_or_default();
            let what = self.look(record, wanted);
            self.entries.push(Entry {
                what,
                offset: start + chunk.offset + element.start as u64,
                length: record.len() as u32,
            });
        }
        Ok(())
    }

    /// What the next entry is; notes the references that mean it.
    fn look(&mut self, record: &str, wanted: &str) -> What {
        let Ok(entry) = serde_json::from_str::<EntryHead<'_>>(record) else {
            return What::Broken("is no valid JSON object with `fullUrl` and `resource`, each once");
        };
        let Some(resource) = entry.resource else {
            return match entry.request.or(entry.response) {
                Some(_) => What::Empty,
                None => What::Broken("has no `resource`"),
            };
        };
        let Ok(resource) = serde_json::from_str::<ResourceHead<'_>>(resource.get()) else {
            return What::Broken("has a `resource` that is no object with a text as `resourceType`");
        };
        let Some(kind) = resource.kind else {
            return What::Broken("has a `resource` without `resourceType`");
        };
        let index = self.entries.len();
        if let Some(id) = &resource.id {
            self.places.entry(hash(&format!("{kind}/{id}"))).or_insert(index);
        }
        if let Some(full_url) = &entry.full_url {
            // It names the entry better than the id of a resource, which may come from anywhere.
            self.places.insert(hash(full_url), index);
        }
        if kind == wanted { What::Row } else { What::Other }
    }

    /// How an entry's resource is called in messages.
    pub(super) fn place(&self, index: usize) -> String {
        match &self.alone {
            Some(kind) => kind.clone(),
            None => format!("Bundle.entry[{index}].resource"),
        }
    }

    /// What the receipt should say.
    pub(super) fn warnings(&self) -> Vec<String> {
        let empty = self.entries.iter().filter(|entry| entry.what == What::Empty).count();
        (empty > 0)
            .then(|| format!("{empty} entries of the bundle have no resource and are no rows"))
            .into_iter()
            .collect()
    }

    /// The entry that `reference` means, in a resource at `full_url`.
    fn find(&self, reference: &str, full_url: Option<&str>) -> Option<&Entry> {
        let reference = reference.split_once("/_history/").map_or(reference, |(bare, _)| bare);
        let at = |text: &str| self.places.get(&hash(text)).and_then(|index| self.entries.get(*index));
        // `Patient/1` means the one of the server that the resource itself is from.
        let base = full_url
            .and_then(|url| url.rsplitn(3, '/').nth(2))
            .filter(|_| !reference.contains(':'));
        base.and_then(|base| at(&format!("{base}/{reference}")))
            .or_else(|| at(reference))
    }
}

fn hash(reference: &str) -> u128 {
    xxh3_128(reference.as_bytes())
}

fn fill(reader: &mut dyn ReadSeek, piece: &mut [u8]) -> Result<usize> {
    reader.read(piece).map_err(failed)
}

/// Reads entries again, by their places.
pub(super) struct Library<'b> {
    reader: Box<dyn ReadSeek + 'b>,
    bundle: &'b Bundle,
    /// Resources that references have pointed at.
    kept: HashMap<u64, (Option<String>, Json)>,
    bytes: usize,
}

impl<'b> Library<'b> {
    pub(super) fn new(reader: Box<dyn ReadSeek + 'b>, bundle: &'b Bundle) -> Self {
        Self {
            reader,
            bundle,
            kept: HashMap::new(),
            bytes: 0,
        }
    }

    /// The text of an entry.
    pub(super) fn text(&mut self, entry: &Entry) -> Result<String> {
        let mut bytes = vec![0; entry.length as usize];
        self.reader.seek(SeekFrom::Start(entry.offset)).map_err(failed)?;
        self.reader.read_exact(&mut bytes).map_err(failed)?;
        String::from_utf8(bytes)
            .map_err(|error| charset::not_utf8(entry.offset + error.utf8_error().valid_up_to() as u64))
    }

    /// An entry's full URL and its resource.
    pub(super) fn entry(&mut self, entry: &Entry) -> Result<(Option<String>, Json)> {
        let text = self.text(entry)?;
        let json = Json::read(&text).map_err(|_| {
            Error::invalid(format!(
                "the JSON document is broken near byte {}: send valid JSON",
                entry.offset
            ))
        })?;
        if self.bundle.alone.is_some() {
            return Ok((None, json));
        }
        let full_url = json.get("fullUrl").and_then(Json::text).map(str::to_owned);
        Ok((full_url, json.get("resource").cloned().unwrap_or(Json::Null)))
    }

    /// The full URL and resource that `reference` means, in a resource at `full_url`; none where the bundle has no
    /// such thing.
    pub(super) fn find(&mut self, reference: &str, full_url: Option<&str>) -> Result<Option<(Option<String>, Json)>> {
        let Some(entry) = self.bundle.find(reference, full_url).copied() else {
            return Ok(None);
        };
        if let Some(found) = self.kept.get(&entry.offset) {
            return Ok(Some(found.clone()));
        }
        let found = self.entry(&entry)?;
        self.bytes += entry.length as usize;
        if self.bytes > KEPT {
            self.kept.clear();
            self.bytes = entry.length as usize;
        }
        self.kept.insert(entry.offset, found.clone());
        Ok(Some(found))
    }
}
