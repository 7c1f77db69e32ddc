//! The two faces of the page, embedded with the glyphs that are used and with the way back to text.

use pdf_writer::{
    Filter, Finish, Name, Pdf, Ref, Str,
    types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap},
};
use smartcenter_warehouse::{Error, Result};
use std::collections::BTreeMap;
use subsetter::{GlyphRemapper, subset};
use ttf_parser::{Face, GlyphId};

/// Latin glyphs of Noto Sans; its licence lies beside it.
const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../../assets/fonts/NotoSans-Bold.ttf");

const SYSTEM: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// Which face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

impl Weight {
    pub const ALL: [Self; 2] = [Self::Regular, Self::Bold];

    /// The resource by which pages name it.
    pub fn resource(self) -> Name<'static> {
        match self {
            Self::Regular => Name(b"R"),
            Self::Bold => Name(b"B"),
        }
    }

    fn base(self) -> &'static [u8] {
        match self {
            Self::Regular => b"SMARTC+NotoSans",
            Self::Bold => b"SMARTC+NotoSans-Bold",
        }
    }
}

/// A face and the glyphs that were used of it.
pub(super) struct Font {
    weight: Weight,
    data: &'static [u8],
    face: Face<'static>,
    remapper: GlyphRemapper,
    /// Character of each used glyph, by its new id, and its advance in thousandths of the size.
    used: BTreeMap<u16, (char, f32)>,
}

impl Font {
    pub fn new(weight: Weight) -> Result<Self> {
        let data = match weight {
            Weight::Regular => REGULAR,
            Weight::Bold => BOLD,
        };
        let face = Face::parse(data, 0).map_err(|error| Error::internal("the font cannot be read", error))?;
        Ok(Self {
            weight,
            data,
            face,
            remapper: GlyphRemapper::new(),
            used: BTreeMap::new(),
        })
    }

    /// How wide a text is, in points.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|char| self.advance(self.glyph(char).0)).sum::<f32>() * size / 1000.0
    }

    /// The text as the page shows it: two bytes a glyph.
    pub fn encode(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len() * 2);
        for char in text.chars() {
            let (glyph, shown) = self.glyph(char);
            let new = self.remapper.remap(glyph.0);
            let advance = self.advance(glyph);
            self.used.entry(new).or_insert((shown, advance));
            bytes.extend(new.to_be_bytes());
        }
        bytes
    }

    /// The glyph of a character, or that of a question mark.
    fn glyph(&self, char: char) -> (GlyphId, char) {
        // A narrow space keeps number and unit together; the face has the plain one.
        let wanted = if char == '\u{a0}' || char == '\u{202f}' {
            ' '
        } else {
            char
        };
        match self.face.glyph_index(wanted) {
            Some(glyph) => (glyph, char),
            None => (self.face.glyph_index('?').unwrap_or_default(), '?'),
        }
    }

    fn advance(&self, glyph: GlyphId) -> f32 {
        self.scaled(f32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0)))
    }

    fn scaled(&self, units: f32) -> f32 {
        units * 1000.0 / f32::from(self.face.units_per_em().max(1))
    }

    /// Writes the font; `refs` are the font itself and four objects of its own.
    pub fn write(&self, pdf: &mut Pdf, refs: [Ref; 5]) -> Result<()> {
        let [font, cid, descriptor, file, cmap] = refs;
        let base = Name(self.weight.base());
        let subset =
            subset(self.data, 0, &self.remapper).map_err(|error| Error::internal("the font cannot be cut", error))?;
        let mut type0 = pdf.type0_font(font);
        type0.base_font(base).encoding_predefined(Name(b"Identity-H"));
        type0.descendant_font(cid).to_unicode(cmap);
        type0.finish();
        let mut cid_font = pdf.cid_font(cid);
        cid_font.subtype(CidFontType::Type2).base_font(base).system_info(SYSTEM);
        cid_font.font_descriptor(descriptor).default_width(0.0);
        cid_font.cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = cid_font.widths();
        for (glyph, (_, advance)) in &self.used {
            widths.same(*glyph, *glyph, *advance);
        }
        widths.finish();
        cid_font.finish();
        self.describe(pdf, descriptor, file);
        let packed = super::file::packed(&subset)?;
        pdf.stream(file, &packed)
            .filter(Filter::FlateDecode)
            .pair(Name(b"Length1"), i32::try_from(subset.len()).unwrap_or(0));
        let mut unicode = UnicodeCmap::new(Name(b"Smartcenter"), SYSTEM);
        for (glyph, (char, _)) in &self.used {
            unicode.pair(*glyph, *char);
        }
        pdf.cmap(cmap, &unicode.finish()).finish();
        Ok(())
    }

    fn describe(&self, pdf: &mut Pdf, descriptor: Ref, file: Ref) {
        let bounds = self.face.global_bounding_box();
        let corner = |x: i16, y: i16| (self.scaled(f32::from(x)), self.scaled(f32::from(y)));
        let ((left, bottom), (right, top)) = (corner(bounds.x_min, bounds.y_min), corner(bounds.x_max, bounds.y_max));
        let cap = f32::from(self.face.capital_height().unwrap_or(self.face.ascender()));
        pdf.font_descriptor(descriptor)
            .name(Name(self.weight.base()))
            .flags(FontFlags::NON_SYMBOLIC)
            .bbox(pdf_writer::Rect::new(left, bottom, right, top))
            .italic_angle(0.0)
            .ascent(self.scaled(f32::from(self.face.ascender())))
            .descent(self.scaled(f32::from(self.face.descender())))
            .cap_height(self.scaled(cap))
            .stem_v(if self.weight == Weight::Bold { 140.0 } else { 80.0 })
            .font_file2(file);
    }
}
