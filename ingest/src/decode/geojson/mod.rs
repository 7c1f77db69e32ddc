//! GeoJSON (RFC 7946): a feature is a row. Its properties are the cells; `id` and `geometry` stand beside them. The
//! geometry becomes a text cell, compact and otherwise as it was sent, once its shape has been looked at.

mod geometry;
#[cfg(test)]
mod tests;

use super::{
    Chunk, Element, Emit, Misread, Shape,
    frame::{Frame, Span, Written},
    members::{self, Kind},
    object::{self, Keys, Row, RowFault, Target},
};
use crate::{Error, Result, map::show, plan::Plan};
use serde::Deserialize;
use serde_json::value::RawValue;
use smartcenter_warehouse::quarantine::CellKind;
use std::borrow::Cow;

const KIND: Kind = Kind {
    name: "GeoJSON document",
    member: "features",
    texts: &["type"],
};

/// Cuts a feature collection, or a feature, into features.
#[derive(Debug)]
pub(super) struct Splitter(members::Splitter);

impl Splitter {
    pub(super) fn new(target: usize) -> Self {
        Self(members::Splitter::new(KIND, target))
    }

    pub(super) fn push(&mut self, utf8: &[u8], emit: Emit<'_>) -> Result<()> {
        self.0.push(utf8, &mut |chunk| emit(of_features(chunk)))
    }

    pub(super) fn finish(&mut self, emit: Emit<'_>) -> Result<Vec<String>> {
        let wanted = if self.0.has_array() {
            "FeatureCollection"
        } else {
            "Feature"
        };
        // The end is what tells whether the document is whole, so that is judged first.
        let mut last = None;
        self.0.finish(&mut |chunk| {
            last = Some(chunk);
            Ok(())
        })?;
        match self.0.text("type") {
            Some(found) if found == wanted => {}
            found => {
                return Err(Error::invalid(format!(
                    "the GeoJSON document has {} where `\"type\": \"{wanted}\"` was expected: send a FeatureCollection \
                     with its features, or one Feature",
                    found.map_or_else(|| "no `type`".to_owned(), |found| format!("the type {}", show(found)))
                )));
            }
        }
        if let Some(chunk) = last {
            emit(of_features(chunk))?;
        }
        Ok(Vec::new())
    }
}

fn of_features(mut chunk: Chunk) -> Chunk {
    if let Shape::Elements(elements) = chunk.shape {
        chunk.shape = Shape::Features(elements);
    }
    chunk
}

/// The members of a feature that mean something here.
#[derive(Deserialize)]
struct Feature<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    properties: Option<&'a RawValue>,
    #[serde(borrow, default)]
    geometry: Option<&'a RawValue>,
}

/// Rows of a chunk of features.
pub(super) fn features(text: String, elements: &[Element], plan: &Plan) -> Frame {
    let mut frame = Frame::new(text, plan.json_header.clone());
    frame.pairs = pairs;
    // Known only when a row has it.
    frame.has_operations = false;
    let mut keys = Keys::of(plan);
    let text = std::mem::take(&mut frame.text);
    for element in elements {
        let record = text.get(element.start..element.end).unwrap_or_default();
        let first = frame.spans.len();
        frame.spans.resize(first + frame.header.width(), Span::ABSENT);
        match feature(record, first, text.as_ptr().addr(), &mut frame, &mut keys) {
            None => {
                frame.lines.push(element.line);
                frame.objects.push((element.start as u32, element.end as u32));
            }
            Some((rule, message)) => {
                frame.spans.truncate(first);
                let cells = vec![("json".to_owned(), record.trim().to_owned())];
                frame.reject(element.line, cells, rule, message);
            }
        }
    }
    frame.text = text;
    frame
}

/// Fills the row that starts at span `first`; answers why it cannot be one.
fn feature(record: &str, first: usize, base: usize, frame: &mut Frame, keys: &mut Keys<'_>) -> RowFault {
    let feature: Feature<'_> = match serde_json::from_str(record) {
        Ok(feature) => feature,
        Err(error) if error.is_data() => {
            let message = "the element is not an object with `type`, `properties` and `geometry`, each once".to_owned();
            return Some(("geojson", message));
        }
        Err(error) => return Some(("json", object::explain(&error))),
    };
    if feature.kind.as_deref() != Some("Feature") {
        let found = feature.kind.map_or_else(|| "nothing".to_owned(), |kind| show(&kind));
        let message = format!("the element has the type {found} where \"Feature\" was expected");
        return Some(("geojson", message));
    }
    let mut row = Row {
        base,
        row: first,
        frame,
        keys,
        fault: None,
    };
    if let Some(properties) = feature.properties {
        let own = Row {
            base,
            row: first,
            frame: &mut *row.frame,
            keys: &mut *row.keys,
            fault: None,
        };
        match object::read(properties.get(), own) {
            Ok(None) => {}
            Ok(fault) => return fault,
            Err(_) => return Some(("geojson", "`properties` is not an object".to_owned())),
        }
    }
    if let Some(id) = feature.id {
        match row.keys.target("id") {
            // A property of that name is what the sender's data say; the feature's is its stand-in.
            Target::Column(column) if row.frame.is_absent(first + column) => row.put(column, id.get()),
            Target::Unknown => row.frame.note_unknown("id"),
            _ => {}
        }
        if row.fault.is_some() {
            return row.fault;
        }
    }
    if let Some(geometry) = feature.geometry {
        match row.keys.target("geometry") {
            Target::Column(column) => shape(geometry.get(), first, column, base, row.frame),
            _ => row.frame.note_unknown("geometry"),
        }
    }
    None
}

/// Writes the geometry into its column.
fn shape(raw: &str, first: usize, column: usize, base: usize, frame: &mut Frame) {
    let span = if geometry::is_compact(raw) {
        let start = raw.as_ptr().addr().wrapping_sub(base);
        Span::text(start, start + raw.len())
    } else {
        let start = frame.side.len();
        geometry::compact(raw, &mut frame.side);
        Span::side(start, frame.side.len())
    };
    if let Some(cell) = frame.spans.get_mut(first + column) {
        *cell = span;
    }
    if let Err(message) = geometry::check(raw) {
        frame.misread.push(Misread {
            row: frame.lines.len(),
            column,
            rule: "geometry",
            message,
        });
    }
}

/// The cells of a feature as they were sent.
fn pairs(record: &str) -> Vec<Written> {
    let Ok(feature) = serde_json::from_str::<Feature<'_>>(record) else {
        return object::pairs(record);
    };
    let mut pairs = feature
        .properties
        .map(|raw| object::pairs(raw.get()))
        .unwrap_or_default();
    for (name, value) in [("id", feature.id), ("geometry", feature.geometry)] {
        if let Some(value) = value
            && !pairs.iter().any(|((own, _), _)| own == name)
        {
            let (cell, kind) = object::written(name.to_owned(), value.get());
            // A geometry is kept as text, so that is how it is read again.
            let kind = if kind == CellKind::Nested { CellKind::Text } else { kind };
            pairs.push((cell, kind));
        }
    }
    pairs
}
