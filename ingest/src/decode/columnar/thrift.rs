//! As much of Thrift's compact protocol as is needed to look at what a Parquet file claims before its library acts on
//! the claim: list sizes are reserved in memory, and the schema is built by recursion.

/// Deeper nesting is in no Parquet file.
const DEEPEST: usize = 16;
/// Longest list of structures: row groups, columns, nodes of the schema.
const LONGEST: u64 = 1 << 15;

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const I16: u8 = 4;
const I64: u8 = 6;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const STRUCT: u8 = 12;

/// Reads from the start of some bytes; every answer is none where they end early or are no such thing.
#[derive(Debug)]
pub(super) struct Thrift<'b> {
    bytes: &'b [u8],
}

impl<'b> Thrift<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    /// Goes through a structure; `field` gets the number of each field and its type, and answers whether it has read
    /// the field's value. Others are passed over.
    pub(super) fn structure(
        &mut self,
        depth: usize,
        mut field: impl FnMut(&mut Self, i64, u8) -> Option<bool>,
    ) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let mut last = 0_i64;
        loop {
            let byte = self.byte()?;
            let ty = byte & 0xf;
            if ty == 0 {
                return Some(());
            }
            last = match byte >> 4 {
                0 => self.signed()?,
                step => last.checked_add(i64::from(step))?,
            };
            if !field(self, last, ty)? {
                self.skip(ty, depth + 1)?;
            }
        }
    }

    /// The head of a list: the type of its elements and their number.
    pub(super) fn list(&mut self) -> Option<(u8, u64)> {
        let byte = self.byte()?;
        let ty = byte & 0xf;
        let size = match byte >> 4 {
            15 => self.unsigned()?,
            size => u64::from(size),
        };
        // Every element takes a byte at least.
        let is_there = size <= self.bytes.len() as u64;
        (is_there && (ty != STRUCT || size <= LONGEST)).then_some((ty, size))
    }

    /// A whole number of any width.
    pub(super) fn signed(&mut self) -> Option<i64> {
        let plain = self.unsigned()?;
        Some((plain >> 1).cast_signed() ^ -((plain & 1).cast_signed()))
    }

    /// A whole number as the DELTA encodings of Parquet write it, too.
    pub(super) fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn skip(&mut self, ty: u8, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match ty {
            TRUE | FALSE => Some(()),
            3 => self.take(1),
            I16..=I64 => self.unsigned().map(|_| ()),
            7 => self.take(8),
            BINARY => {
                let length = self.unsigned()?;
                self.take(usize::try_from(length).ok()?)
            }
            LIST | SET => {
                let (ty, size) = self.list()?;
                // Truth values in a list take a byte each.
                (0..size).try_for_each(|_| {
                    if ty <= FALSE {
                        self.take(1)
                    } else {
                        self.skip(ty, depth + 1)
                    }
                })
            }
            STRUCT => self.structure(depth + 1, |_, _, _| Some(false)),
            // Parquet has no maps.
            _ => None,
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn take(&mut self, length: usize) -> Option<()> {
        self.bytes = self.bytes.get(length..)?;
        Some(())
    }
}

/// Whether a Parquet footer has a sound structure and a schema nested at most `deepest` levels.
pub(super) fn is_sound_footer(bytes: &[u8], deepest: usize) -> bool {
    let mut footer = Thrift::of(bytes);
    let mut schemas = 0;
    let found = footer.structure(0, |footer, number, ty| {
        if number != 2 {
            return Some(false);
        }
        schemas += 1;
        let (STRUCT, size) = footer.list().filter(|_| ty == LIST)? else {
            return None;
        };
        schema(footer, size, deepest)?;
        Some(true)
    });
    found.is_some() && schemas == 1
}

/// Goes through the nodes of a schema, which stand depth first, each with the number of its children.
fn schema(footer: &mut Thrift<'_>, size: u64, deepest: usize) -> Option<()> {
    // How many children are still to come, for each node on the way down.
    let mut open: Vec<i64> = Vec::new();
    for _ in 0..size {
        let mut children = 0;
        footer.structure(1, |node, number, ty| {
            if number == 5 && (I16..=I64).contains(&ty) {
                children = node.signed()?;
                return Some(true);
            }
            Some(false)
        })?;
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        open.push(children);
        while open.last().is_some_and(|left| *left <= 0) {
            open.pop();
        }
        if open.len() > deepest {
            return None;
        }
    }
    Some(())
}

/// What a page header claims. Fields that are there twice count with the larger claim.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageClaims {
    /// Bytes once unpacked.
    pub bytes: i64,
    /// Values.
    pub values: i64,
    /// Whether an encoding is DELTA_BYTE_ARRAY.
    pub shares_prefixes: bool,
}

impl PageClaims {
    const DELTA_BYTE_ARRAY: i64 = 7;

    /// The claims of the header that `bytes` begin with; none where that is broken or not whole.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut claims = Self::default();
        Thrift::of(bytes).structure(0, |header, number, ty| match (number, ty) {
            (2, I16..=I64) => {
                claims.bytes = claims.bytes.max(header.signed()?);
                Some(true)
            }
            // Data page, dictionary page, data page of version 2.
            (5 | 7 | 8, STRUCT) => {
                let encoding = if number == 8 { 4 } else { 2 };
                header.structure(1, |page, part, ty| match ty {
                    I16..=I64 if part == 1 => {
                        claims.values = claims.values.max(page.signed()?);
                        Some(true)
                    }
                    I16..=I64 if part == encoding => {
                        claims.shares_prefixes |= page.signed()? == Self::DELTA_BYTE_ARRAY;
                        Some(true)
                    }
                    _ => Some(false),
                })?;
                Some(true)
            }
            _ => Some(false),
        })?;
        Some(claims)
    }
}
