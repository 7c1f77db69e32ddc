//! Pages that fill from top to bottom, and the tree that tells a screen reader what stands on them.

use super::{
    font::{Font, Weight},
    style::{BOTTOM, Colour, HEIGHT, LEFT, TOP, WIDTH},
};
use pdf_writer::{Content, Name, Rect, Str, types::LineCapStyle};
use smartcenter_warehouse::Result;

/// What a part of the page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Document,
    H1,
    H2,
    H3,
    P,
    Table,
    Tr,
    Th,
    Td,
    Figure,
}

impl Tag {
    pub fn name(self) -> &'static [u8] {
        match self {
            Self::Document => b"Document",
            Self::H1 => b"H1",
            Self::H2 => b"H2",
            Self::H3 => b"H3",
            Self::P => b"P",
            Self::Table => b"Table",
            Self::Tr => b"TR",
            Self::Th => b"TH",
            Self::Td => b"TD",
            Self::Figure => b"Figure",
        }
    }
}

/// A part of the tree.
#[derive(Debug)]
pub(super) struct Node {
    pub tag: Tag,
    pub parent: Option<usize>,
    pub kids: Vec<Kid>,
    /// What a picture shows, and where.
    pub picture: Option<(String, Rect)>,
}

/// What a part holds.
#[derive(Debug)]
pub(super) enum Kid {
    Node(usize),
    /// Something on a page.
    Mark {
        page: usize,
        id: i32,
    },
}

/// What a page shows.
pub(super) struct Page {
    pub content: Content,
    /// The part that each mark belongs to.
    pub marks: Vec<usize>,
}

impl Page {
    fn new() -> Self {
        Self {
            content: Content::new(),
            marks: Vec::new(),
        }
    }
}

/// A heading for the list of contents.
#[derive(Debug)]
pub(super) struct Bookmark {
    pub title: String,
    pub page: usize,
    pub y: f32,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub weight: Weight,
    pub size: f32,
    pub colour: Colour,
}

impl Style {
    pub fn leading(self) -> f32 {
        self.size * 1.36
    }
}

/// The document while it is laid out.
pub(super) struct Sheet {
    pub pages: Vec<Page>,
    pub tree: Vec<Node>,
    pub bookmarks: Vec<Bookmark>,
    pub fonts: [Font; 2],
    /// The upper edge of what comes next, from the bottom of the page.
    pub y: f32,
}

impl Sheet {
    pub fn new() -> Result<Self> {
        let root = Node {
            tag: Tag::Document,
            parent: None,
            kids: Vec::new(),
            picture: None,
        };
        Ok(Self {
            pages: vec![Page::new()],
            tree: vec![root],
            bookmarks: Vec::new(),
            fonts: [Font::new(Weight::Regular)?, Font::new(Weight::Bold)?],
            y: TOP,
        })
    }

    /// The whole document in the tree.
    pub const ROOT: usize = 0;

    /// A new part at the end of `parent`.
    pub fn node(&mut self, parent: usize, tag: Tag) -> usize {
        let id = self.tree.len();
        self.tree.push(Node {
            tag,
            parent: Some(parent),
            kids: Vec::new(),
            picture: None,
        });
        if let Some(parent) = self.tree.get_mut(parent) {
            parent.kids.push(Kid::Node(id));
        }
        id
    }

    pub fn page(&self) -> usize {
        self.pages.len() - 1
    }

    pub fn turn(&mut self) {
        self.pages.push(Page::new());
        self.y = TOP;
    }

    /// Turns the page unless there is room for `height`. True when it did.
    pub fn need(&mut self, height: f32) -> bool {
        let turns = self.y - height < BOTTOM && self.y < TOP;
        if turns {
            self.turn();
        }
        turns
    }

    pub fn width(&self, text: &str, style: Style) -> f32 {
        self.font(style.weight).width(text, style.size)
    }

    fn font(&self, weight: Weight) -> &Font {
        match weight {
            Weight::Regular => &self.fonts[0],
            Weight::Bold => &self.fonts[1],
        }
    }

    /// A line of text whose base stands at `y`, as a part of `node`; decoration where there is none.
    pub fn text(&mut self, node: Option<usize>, (x, y): (f32, f32), text: &str, style: Style) {
        if text.is_empty() {
            return;
        }
        let font = match style.weight {
            Weight::Regular => &mut self.fonts[0],
            Weight::Bold => &mut self.fonts[1],
        };
        let bytes = font.encode(text);
        let Colour(red, green, blue) = style.colour;
        let page = self.page();
        self.marked(page, node, |content| {
            content.set_fill_rgb(red, green, blue);
            content.begin_text();
            content.set_font(style.weight.resource(), style.size);
            content.next_line(x, y);
            content.show(Str(&bytes));
            content.end_text();
        });
    }

    /// A line of text on a page that is laid out already: running heads and page numbers.
    pub fn stamp(&mut self, page: usize, at: (f32, f32), text: &str, style: Style) {
        let kept = self.pages.split_off(page + 1);
        self.text(None, at, text, style);
        self.pages.extend(kept);
    }

    /// A text within `width`, over as many lines and pages as it takes.
    pub fn paragraph(&mut self, node: usize, (x, width): (f32, f32), text: &str, style: Style) {
        for line in self.wrap(text, width, style) {
            self.need(style.leading());
            self.y -= style.leading();
            self.text(Some(node), (x, self.y + style.size * 0.32), &line, style);
        }
    }

    /// A text as lines that fit.
    pub fn wrap(&self, text: &str, width: f32, style: Style) -> Vec<String> {
        let fits = |text: &str| self.width(text, style) <= width;
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            if fits(&longer) {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            // A word that is wider than the line is cut.
            for char in word.chars() {
                line.push(char);
                if !fits(&line) && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, char.to_string()));
                }
            }
        }
        lines.push(line);
        lines
    }

    /// Runs `draw` as a part of `node`, or as decoration.
    pub fn marked(&mut self, page: usize, node: Option<usize>, draw: impl FnOnce(&mut Content)) {
        let Some(on) = self.pages.get_mut(page) else { return };
        match node.and_then(|node| self.tree.get_mut(node).map(|found| (node, found))) {
            Some((node, found)) => {
                let id = i32::try_from(on.marks.len()).unwrap_or(i32::MAX);
                on.marks.push(node);
                found.kids.push(Kid::Mark { page, id });
                let mut mark = on.content.begin_marked_content_with_properties(Name(found.tag.name()));
                mark.properties().identify(id);
            }
            None => {
                on.content.begin_marked_content(Name(b"Artifact"));
            }
        }
        draw(&mut on.content);
        on.content.end_marked_content();
    }

    /// A filled area, as decoration.
    pub fn fill(&mut self, area: Rect, Colour(red, green, blue): Colour) {
        let page = self.page();
        self.marked(page, None, |content| {
            content.set_fill_rgb(red, green, blue);
            content.rect(area.x1, area.y1, area.x2 - area.x1, area.y2 - area.y1);
            content.fill_nonzero();
        });
    }

    /// A horizontal line, as decoration.
    pub fn rule(&mut self, (from, to): (f32, f32), y: f32, thick: f32, Colour(red, green, blue): Colour) {
        let page = self.page();
        self.marked(page, None, |content| {
            content.set_stroke_rgb(red, green, blue).set_line_width(thick);
            content.set_line_cap(LineCapStyle::ButtCap);
            content.move_to(from, y).line_to(to, y).stroke();
        });
    }

    /// The whole width of the text, as left and right edge.
    pub fn across() -> (f32, f32) {
        (LEFT, LEFT + WIDTH)
    }

    /// Marks a heading for the list of contents.
    pub fn bookmark(&mut self, title: &str) {
        self.bookmarks.push(Bookmark {
            title: title.to_owned(),
            page: self.page(),
            y: (self.y + 4.0).min(HEIGHT),
        });
    }
}
