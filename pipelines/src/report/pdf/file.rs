//! The file: pages, fonts, the tree for screen readers, what it is called and in which language. Nothing in it depends on
//! the moment or the machine on which it is written.

use super::{
    font::Weight,
    sheet::{Kid, Node, Sheet, Tag},
    style::{HEIGHT, PAPER},
};
use chrono::{DateTime, Datelike, Timelike, Utc};
use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{
    Content, Date, Filter, Finish, Name, Pdf, Rect, Ref, Settings, TextStr,
    types::{TabOrder, TableHeaderScope},
};
use smartcenter_warehouse::{Error, Result};
use std::io::Write;
use xmp_writer::{LangId, Timezone, XmpWriter};

/// What is told of the document.
pub(super) struct About<'a> {
    pub title: &'a str,
    pub lang: &'a str,
    pub made_at: DateTime<Utc>,
    /// Stands for the content.
    pub digest: [u8; 16],
}

/// Numbers of the objects.
struct Refs {
    next: i32,
}

impl Refs {
    fn take(&mut self) -> Ref {
        self.next += 1;
        Ref::new(self.next)
    }

    fn many(&mut self, count: usize) -> Vec<Ref> {
        (0..count).map(|_| self.take()).collect()
    }
}

/// Writes what was laid out.
pub(super) fn write(sheet: &mut Sheet, about: &About<'_>) -> Result<Vec<u8>> {
    let mut refs = Refs { next: 0 };
    let [catalog, list, info, meta, root, parents, outline] = [(); 7].map(|()| refs.take());
    let fonts: [[Ref; 5]; 2] = [(); 2].map(|()| [(); 5].map(|()| refs.take()));
    let pages = refs.many(sheet.pages.len());
    let contents = refs.many(sheet.pages.len());
    let marks = refs.many(sheet.pages.len());
    let nodes = refs.many(sheet.tree.len());
    let bookmarks = refs.many(sheet.bookmarks.len());

    let mut pdf = Pdf::with_settings(Settings { pretty: false });
    pdf.set_version(1, 7);
    pdf.set_file_id((about.digest.to_vec(), about.digest.to_vec()));
    let mut dictionary = pdf.catalog(catalog);
    dictionary.pages(list).metadata(meta).lang(TextStr(about.lang));
    dictionary.viewer_preferences().display_doc_title(true);
    dictionary.mark_info().marked(true);
    let mut tree = dictionary.struct_tree_root();
    tree.child(root).parent_tree_next_key(count(sheet.pages.len()));
    tree.pair(Name(b"ParentTree"), parents);
    tree.finish();
    if !bookmarks.is_empty() {
        dictionary.outlines(outline);
    }
    dictionary.finish();
    pdf.pages(list).kids(pages.iter().copied()).count(count(pages.len()));
    write_pages(&mut pdf, sheet, (&pages, &contents, list), fonts)?;
    write_tree(&mut pdf, sheet, &nodes, (&pages, root, catalog));
    write_parents(&mut pdf, sheet, (&marks, &nodes), parents);
    write_outline(&mut pdf, sheet, (&bookmarks, &pages), outline);
    for (font, refs) in sheet.fonts.iter().zip(fonts) {
        font.write(&mut pdf, refs)?;
    }
    write_about(&mut pdf, about, info, meta);
    Ok(pdf.finish())
}

/// Compressed as PDF wants it.
pub(super) fn packed(bytes: &[u8]) -> Result<Vec<u8>> {
    let failed = |error| Error::internal("a page cannot be written", error);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).map_err(failed)?;
    encoder.finish().map_err(failed)
}

fn count(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

fn write_pages(
    pdf: &mut Pdf,
    sheet: &mut Sheet,
    (pages, contents, list): (&[Ref], &[Ref], Ref),
    fonts: [[Ref; 5]; 2],
) -> Result<()> {
    for (index, page) in sheet.pages.iter_mut().enumerate() {
        let (Some(own), Some(content)) = (pages.get(index), contents.get(index)) else {
            continue;
        };
        let bytes = packed(&std::mem::replace(&mut page.content, Content::new()).finish())?;
        pdf.stream(*content, &bytes).filter(Filter::FlateDecode);
        let mut dictionary = pdf.page(*own);
        dictionary
            .parent(list)
            .media_box(Rect::new(0.0, 0.0, PAPER, HEIGHT))
            .contents(*content);
        dictionary
            .struct_parents(count(index))
            .tab_order(TabOrder::StructureOrder);
        let mut resources = dictionary.resources();
        let mut named = resources.fonts();
        for (weight, [font, ..]) in Weight::ALL.into_iter().zip(fonts) {
            named.pair(weight.resource(), font);
        }
    }
    Ok(())
}

fn write_tree(pdf: &mut Pdf, sheet: &Sheet, nodes: &[Ref], (pages, root, _): (&[Ref], Ref, Ref)) {
    // The first part of the tree hangs on its root, which the catalogue names by the same number.
    let own = |index: usize| {
        if index == Sheet::ROOT {
            Some(root)
        } else {
            nodes.get(index).copied()
        }
    };
    for (index, node) in sheet.tree.iter().enumerate() {
        let Some(id) = own(index) else { continue };
        let mut element = pdf.struct_element(id);
        element.custom_kind(Name(node.tag.name()));
        if let Some(parent) = node.parent.and_then(own) {
            element.parent(parent);
        }
        attributes(&mut element, node);
        let mut kids = element.children();
        for kid in &node.kids {
            match kid {
                Kid::Node(kid) => {
                    if let Some(kid) = own(*kid) {
                        kids.struct_element(kid);
                    }
                }
                Kid::Mark { page, id } => {
                    if let Some(page) = pages.get(*page) {
                        kids.marked_content_ref().page(*page).marked_content_id(*id);
                    }
                }
            }
        }
    }
}

fn attributes(element: &mut pdf_writer::writers::StructElement<'_>, node: &Node) {
    if let Some((alt, area)) = &node.picture {
        element.alt(TextStr(alt));
        element.attributes().push().layout().bbox(*area);
    }
    if node.tag == Tag::Th {
        element.attributes().push().table().scope(TableHeaderScope::Column);
    }
}

fn write_parents(pdf: &mut Pdf, sheet: &Sheet, (marks, nodes): (&[Ref], &[Ref]), parents: Ref) {
    for (page, own) in sheet.pages.iter().zip(marks) {
        let elements = page.marks.iter().filter_map(|node| nodes.get(*node).copied());
        pdf.indirect(*own).array().items(elements);
    }
    let mut tree = pdf.indirect(parents).dict();
    let mut numbers = tree.insert(Name(b"Nums")).array();
    for (index, own) in marks.iter().enumerate() {
        numbers.item(count(index)).item(*own);
    }
}

fn write_outline(pdf: &mut Pdf, sheet: &Sheet, (bookmarks, pages): (&[Ref], &[Ref]), outline: Ref) {
    let (Some(first), Some(last)) = (bookmarks.first(), bookmarks.last()) else {
        return;
    };
    pdf.outline(outline)
        .first(*first)
        .last(*last)
        .count(count(bookmarks.len()));
    for (index, bookmark) in sheet.bookmarks.iter().enumerate() {
        let (Some(own), Some(page)) = (bookmarks.get(index), pages.get(bookmark.page)) else {
            continue;
        };
        let mut item = pdf.outline_item(*own);
        item.title(TextStr(&bookmark.title)).parent(outline);
        if let Some(next) = bookmarks.get(index + 1) {
            item.next(*next);
        }
        if let Some(before) = index.checked_sub(1).and_then(|before| bookmarks.get(before)) {
            item.prev(*before);
        }
        item.dest().page(*page).xyz(0.0, bookmark.y, None);
    }
}

fn write_about(pdf: &mut Pdf, about: &About<'_>, info: Ref, meta: Ref) {
    let at = about.made_at;
    let small = |value: u32| u8::try_from(value).unwrap_or(0);
    let date = Date::new(u16::try_from(at.year()).unwrap_or(0))
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    let mut document = pdf.document_info(info);
    document
        .title(TextStr(about.title))
        .author(TextStr("Smart Center"))
        .creator(TextStr("Smart Center"));
    document.producer(TextStr("Smart Center")).creation_date(date);
    document.finish();
    let moment = xmp_writer::DateTime {
        year: u16::try_from(at.year()).unwrap_or(0),
        month: Some(small(at.month())),
        day: Some(small(at.day())),
        hour: Some(small(at.hour())),
        minute: Some(small(at.minute())),
        second: Some(small(at.second())),
        timezone: Some(Timezone::Utc),
    };
    let mut xmp = XmpWriter::new();
    xmp.title([(None, about.title)])
        .language([LangId(about.lang)])
        .creator(["Smart Center"]);
    xmp.producer("Smart Center")
        .creator_tool("Smart Center")
        .create_date(moment)
        .pdfua_part(1);
    let text = xmp.finish(None);
    pdf.stream(meta, text.as_bytes())
        .pair(Name(b"Type"), Name(b"Metadata"))
        .pair(Name(b"Subtype"), Name(b"XML"));
}
