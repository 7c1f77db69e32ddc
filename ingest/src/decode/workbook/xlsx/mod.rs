//! Office Open XML workbooks (`.xlsx`, `.xlsm`), read row by row: a sheet of a million rows takes no more memory than
//! one row, besides the texts that all sheets share.

mod cells;
mod merges;
mod strings;
mod styles;

use super::{
    archive::{Archive, SAVE_ANEW},
    book::{Book, Merges, Sheet, Shows, Take},
    xml::{Xml, attribute, is_true, unescaped},
};
use crate::{Error, Result, decode::document::Held};
use quick_xml::events::Event;
use std::collections::HashMap;
use strings::Strings;

/// Largest small part: the workbook, its styles, its relations.
const SMALL_PART: u64 = 64 << 20;
/// Most sheets that are looked at.
const SHEETS: usize = 1_000;
/// Days between the two epochs.
const EPOCH_1904: f64 = 1462.0;

/// An open workbook.
pub(super) struct Xlsx<'h> {
    held: &'h mut Held,
    archive: Archive,
    sheets: Vec<Sheet>,
    /// Part of each sheet.
    parts: Vec<String>,
    /// Regions of the sheets that have been read.
    merges: HashMap<usize, Merges>,
    strings: Strings,
    styles: Vec<Shows>,
    epoch: f64,
}

impl<'h> Xlsx<'h> {
    /// Reads all but the cells.
    pub(super) fn open(held: &'h mut Held, archive: Archive) -> Result<Self> {
        let workbook = workbook_part(held, &archive)?;
        let folder = workbook.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let file = workbook.rsplit('/').next().unwrap_or_default();
        let relations = relations(held, &archive, &format!("{folder}/_rels/{file}.rels"))?;
        let path = |target: &str| resolve(&folder, target);
        let of_kind = |kind: &str| {
            let found = relations.values().find(|relation| relation.kind == kind);
            found
                .map(|relation| path(&relation.target))
                .filter(|part| archive.has(part))
        };
        let strings = match of_kind("sharedStrings") {
            Some(part) => Strings::read(archive.part(held, &part)?)?,
            None => Strings::default(),
        };
        let styles = match of_kind("styles") {
            Some(part) => styles::read(archive.part(held, &part)?)?,
            None => Vec::new(),
        };
        let mut book = Self {
            sheets: Vec::new(),
            parts: Vec::new(),
            merges: HashMap::new(),
            strings,
            styles,
            epoch: 0.0,
            archive,
            held,
        };
        book.read_workbook(&workbook, &relations, &path)?;
        Ok(book)
    }

    fn read_workbook(
        &mut self,
        part: &str,
        relations: &HashMap<String, Relation>,
        path: &dyn Fn(&str) -> String,
    ) -> Result<()> {
        let mut xml = Xml::new(self.archive.part(self.held, part)?);
        let mut buffer = Vec::new();
        loop {
            match xml.next(&mut buffer)? {
                Event::Start(element) if element.local_name().as_ref() == "workbookPr" => {
                    // An extension has an element of the same name, which never has the attribute.
                    if attribute(&element, "date1904").is_some_and(is_true) {
                        self.epoch = EPOCH_1904;
                    }
                }
                Event::Start(element) if element.local_name().as_ref() == "sheet" => {
                    let relation = attribute(&element, "id").and_then(|id| relations.get(&*unescaped(id)));
                    // Charts and dialogs are no sheets of cells.
                    let Some(relation) = relation.filter(|relation| relation.kind == "worksheet") else {
                        continue;
                    };
                    let part = path(&relation.target);
                    // A part is one sheet, however often it is listed.
                    if !self.archive.has(&part) || self.parts.contains(&part) || self.sheets.len() >= SHEETS {
                        continue;
                    }
                    self.parts.push(part);
                    self.sheets.push(Sheet {
                        name: unescaped(attribute(&element, "name").unwrap_or_default()).into_owned(),
                        is_hidden: attribute(&element, "state").is_some_and(|state| state != "visible"),
                    });
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }
}

impl Book for Xlsx<'_> {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, index: usize, take: Take<'_>) -> Result<()> {
        let Some(part) = self.parts.get(index) else {
            return Ok(());
        };
        if !self.merges.contains_key(&index) {
            let merges = merges::read(self.archive.part(self.held, part)?)?;
            self.merges.insert(index, merges);
        }
        let context = cells::Context {
            strings: &self.strings,
            styles: &self.styles,
            epoch: self.epoch,
            merges: self.merges.get(&index),
        };
        cells::rows(self.archive.part(self.held, part)?, &context, take)
    }
}

/// What a part needs of another.
struct Relation {
    /// Last word of its type: `worksheet`, `styles`...
    kind: String,
    target: String,
}

/// The part that is the workbook itself.
fn workbook_part(held: &mut Held, archive: &Archive) -> Result<String> {
    let relations = relations(held, archive, "_rels/.rels")?;
    let found = relations
        .into_values()
        .find(|relation| relation.kind == "officeDocument");
    let part = found.map_or_else(
        || "xl/workbook.xml".to_owned(),
        |relation| resolve("", &relation.target),
    );
    if part.ends_with(".bin") {
        return Err(Error::Unsupported(format!(
            "binary workbooks (.xlsb) are not read here: {SAVE_ANEW}"
        )));
    }
    if !archive.has(&part) || !part.starts_with("xl/") && archive.has("word/document.xml") {
        return Err(Error::invalid(format!("the file is no workbook: {SAVE_ANEW}")));
    }
    Ok(part)
}

/// The relations of a part, by their ids; none where it has none.
fn relations(held: &mut Held, archive: &Archive, part: &str) -> Result<HashMap<String, Relation>> {
    let mut found = HashMap::new();
    let Some(bytes) = archive.bytes(held, part.trim_start_matches('/'), SMALL_PART)? else {
        return Ok(found);
    };
    let mut xml = Xml::new(&bytes[..]);
    let mut buffer = Vec::new();
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                let text = |name| attribute(&element, name).map(|raw| unescaped(raw).into_owned());
                if let (Some(id), Some(kind), Some(target)) = (text("Id"), text("Type"), text("Target")) {
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    found.insert(id, Relation { kind, target });
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// The part that `target` means, seen from `folder`.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut path: Vec<&str> = match target.starts_with('/') {
        true => Vec::new(),
        false => folder.split('/').filter(|step| !step.is_empty()).collect(),
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}
