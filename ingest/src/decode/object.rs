//! JSON objects as rows of cells. An object is flat: keys are columns, values are texts, numbers, booleans or null;
//! a nested value becomes a cell that no type accepts, so that the row is kept with its reason.

use super::{
    Element,
    frame::{Frame, Span, Written},
};
use crate::{
    map::{is_operation, is_origin, is_reject_column},
    plan::Plan,
};
use memchr::{memchr, memchr_iter};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use smartcenter_warehouse::quarantine::CellKind;
use std::{borrow::Cow, collections::HashMap, fmt};

/// Rows of an NDJSON chunk.
pub(super) fn lines(text: String, mut line: u64, plan: &Plan) -> Frame {
    let mut elements = Vec::new();
    let mut start = 0;
    for end in memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        if text.get(start..end).is_some_and(|record| !record.trim().is_empty()) {
            elements.push(Element { start, end, line });
        }
        start = end + 1;
        line += 1;
    }
    self::elements(text, &elements, plan)
}

/// Rows of a chunk whose values are known.
pub(super) fn elements(text: String, elements: &[Element], plan: &Plan) -> Frame {
    let mut frame = Frame::new(text, plan.json_header.clone());
    // Known only when a row has it.
    frame.has_operations = false;
    frame.has_origins = false;
    // Senders repeat the same keys in the same order; each spelling is folded once per chunk.
    let mut keys = Keys::of(plan);
    let text = std::mem::take(&mut frame.text);
    for element in elements {
        let record = text.get(element.start..element.end).unwrap_or_default();
        let row = frame.spans.len();
        frame.spans.resize(row + frame.header.width(), Span::ABSENT);
        let reader = Row {
            base: text.as_ptr().addr(),
            row,
            frame: &mut frame,
            keys: &mut keys,
            fault: None,
        };
        let fault = match read(record, reader) {
            Ok(None) => {
                frame.lines.push(element.line);
                frame.objects.push((element.start as u32, element.end as u32));
                continue;
            }
            Ok(Some(fault)) => fault,
            Err(error) => ("json", explain(&error)),
        };
        frame.spans.truncate(row);
        frame.reject(
            element.line,
            vec![("json".to_owned(), record.trim().to_owned())],
            fault.0,
            fault.1,
        );
    }
    frame.text = text;
    frame
}

/// A pair of an object as it was sent.
pub(super) fn written(key: String, raw: &str) -> Written {
    let (text, kind) = match raw.as_bytes().first() {
        Some(b'"') => (serde_json::from_str(raw).unwrap_or_default(), CellKind::Text),
        Some(b'n') => (String::new(), CellKind::Absent),
        Some(b'{' | b'[') => (raw.to_owned(), CellKind::Nested),
        _ => (raw.to_owned(), CellKind::Native),
    };
    ((key, text), kind)
}

/// The pairs of an object as they were sent; texts unquoted, other values as JSON, null as nothing.
pub(super) fn pairs(record: &str) -> Vec<Written> {
    struct Pairs;
    impl<'de> Visitor<'de> for Pairs {
        type Value = Vec<Written>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                if !is_reject_column(&key) {
                    pairs.push(written(key, value.get()));
                }
            }
            Ok(pairs)
        }
    }
    serde_json::Deserializer::from_str(record)
        .deserialize_map(Pairs)
        .unwrap_or_default()
}

/// Rule and reason for which a row that is valid JSON is refused all the same.
pub(super) type RowFault = Option<(&'static str, String)>;

/// Fills one row.
pub(super) fn read(record: &str, row: Row<'_, '_>) -> Result<RowFault, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(record);
    let fault = row.deserialize(&mut reader)?;
    reader.end()?;
    Ok(fault)
}

/// What is wrong with a record, without the parser's words: those may hold values.
pub(super) fn explain(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    match error.classify() {
        Category::Eof => "the JSON object ends early: send one whole object per record".to_owned(),
        Category::Data => "the record is not a JSON object: send an object with the columns as keys".to_owned(),
        Category::Syntax | Category::Io => {
            format!(
                "the record is not valid JSON at character {}: send one object per record",
                error.column()
            )
        }
    }
}

/// The keys met so far, and what they mean.
#[derive(Debug)]
pub(super) struct Keys<'p> {
    plan: &'p Plan,
    known: HashMap<String, Target>,
}

/// What a key means.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    /// A column of the contract.
    Column(usize),
    /// What the row does to its key.
    Operation,
    Origin,
    Ignored,
    /// Nothing.
    Unknown,
}

impl<'p> Keys<'p> {
    /// No key yet.
    pub(super) fn of(plan: &'p Plan) -> Self {
        Self {
            plan,
            known: HashMap::new(),
        }
    }
}

impl Keys<'_> {
    /// What `key` means.
    pub(super) fn target(&mut self, key: &str) -> Target {
        if let Some(target) = self.known.get(key) {
            return *target;
        }
        let target = match self.plan.names.column(key) {
            _ if is_origin(key) => Target::Origin,
            _ if is_reject_column(key) => Target::Ignored,
            _ if is_operation(key) && self.plan.contract.is_keyed() => Target::Operation,
            Some(column) => Target::Column(column),
            None => Target::Unknown,
        };
        // A sender who makes up keys must not fill the memory.
        if self.known.len() < super::MAX_CELLS {
            self.known.insert(key.to_owned(), target);
        }
        target
    }
}

/// A visitor that writes an object's values into the row that starts at span `row`.
pub(super) struct Row<'a, 'p> {
    /// Address of the chunk's first byte: a value that is a piece of the chunk tells its place by its own.
    pub(super) base: usize,
    pub(super) row: usize,
    pub(super) frame: &'a mut Frame,
    pub(super) keys: &'a mut Keys<'p>,
    pub(super) fault: RowFault,
}

impl<'de> DeserializeSeed<'de> for Row<'_, '_> {
    type Value = RowFault;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_, '_> {
    type Value = RowFault;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut seen = Seen::default();
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            let value: &'de RawValue = map.next_value()?;
            let column = match self.keys.target(&key) {
                Target::Ignored => continue,
                Target::Origin => {
                    if let Some(column) = self.frame.header.origin {
                        self.frame.has_origins = true;
                        self.put(column, value.get());
                    }
                    continue;
                }
                Target::Column(column) => column,
                Target::Operation => self.operation(),
                Target::Unknown => {
                    if is_operation(&key) {
                        let column = self.operation();
                        self.put(column, value.get());
                    }
                    self.frame.note_unknown(&key);
                    continue;
                }
            };
            if seen.first(column) {
                self.put(column, value.get());
            } else {
                let message = format!("key {} occurs twice: send each column once", crate::map::show(&key));
                self.fault = Some(("columns", message));
            }
        }
        Ok(self.fault)
    }
}

impl Row<'_, '_> {
    /// The place of the operation, which is behind the contract's columns.
    fn operation(&mut self) -> usize {
        self.frame.has_operations = true;
        self.frame.header.columns.len()
    }

    /// Writes the JSON value `raw`, which is a piece of the chunk.
    pub(super) fn put(&mut self, column: usize, raw: &str) {
        let span = self.span(raw);
        if let Some(cell) = self.frame.spans.get_mut(self.row + column) {
            *cell = span;
        }
    }

    fn span(&mut self, raw: &str) -> Span {
        let start = raw.as_ptr().addr().wrapping_sub(self.base);
        let here = Span::text(start, start + raw.len());
        match raw.as_bytes().first() {
            Some(b'n') => Span::ABSENT,
            Some(b'{' | b'[') => here.nested(),
            Some(b'"') if memchr(b'\\', raw.as_bytes()).is_none() => Span::text(start + 1, start + raw.len() - 1),
            Some(b'"') => {
                let from = self.frame.side.len();
                match serde_json::from_str::<Cow<'_, str>>(raw) {
                    Ok(text) => self.frame.side.push_str(&text),
                    Err(error) => self.fault = Some(("json", explain(&error))),
                }
                Span::side(from, self.frame.side.len())
            }
            _ => here.native(),
        }
    }
}

/// Columns that have had a value in this object.
#[derive(Default)]
struct Seen(u128, Vec<usize>);

impl Seen {
    fn first(&mut self, column: usize) -> bool {
        if column < 128 {
            let bit = 1 << column;
            let is_new = self.0 & bit == 0;
            self.0 |= bit;
            is_new
        } else if self.1.contains(&column) {
            false
        } else {
            self.1.push(column);
            true
        }
    }
}

/// A key, borrowed where it needs no unescaping.
struct Key<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }
            fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}
