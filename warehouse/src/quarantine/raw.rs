//! The cells of a rejected row as they are stored: text, and how it was written, so that a replay reads each cell just
//! as the first time. Rows of older hubs have pairs of header and text only, and are texts.

use super::RejectedRow;
use crate::Result;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeSeq};
use std::fmt;

/// How a cell was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum CellKind {
    /// A text; the signs and formats of the contract apply.
    #[default]
    #[serde(rename = "t")]
    Text,
    /// A value whose type the payload tells (a number or boolean of JSON, a number or date of a workbook), in its plain
    /// form. The signs of the contract do not apply.
    #[serde(rename = "n")]
    Native,
    /// A list or an object, as JSON.
    #[serde(rename = "o")]
    Nested,
    /// No value, such as null.
    #[serde(rename = "a")]
    Absent,
    /// The document itself marks it as wrong, as `#REF!` in a workbook.
    #[serde(rename = "m")]
    Misread,
    /// A piece of a record that could not be cut into cells.
    #[serde(rename = "b")]
    Broken,
}

/// A cell as it was sent. In JSON a list: header, text, and the kind where it is not plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentCell {
    /// Header of the column.
    pub name: String,
    /// The text.
    pub text: String,
    /// How it was written.
    pub kind: CellKind,
}

/// The cells in the `raw` column of a stored row.
///
/// # Errors
/// `Internal` for a text that is no such list.
pub fn read_raw(raw: &str) -> Result<Vec<SentCell>> {
    Ok(serde_json::from_str(raw)?)
}

/// The `raw` column of a row.
pub(super) fn write_raw(row: &RejectedRow) -> Result<String> {
    let kinds = row.kinds.iter().copied().chain(std::iter::repeat(CellKind::Text));
    let cells: Vec<Written<'_>> = row
        .cells
        .iter()
        .zip(kinds)
        .map(|((name, text), kind)| Written(name, text, kind))
        .collect();
    Ok(serde_json::to_string(&cells)?)
}

struct Written<'a>(&'a str, &'a str, CellKind);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(name, text, kind) = self;
        let is_text = *kind == CellKind::Text;
        let mut list = serializer.serialize_seq(Some(if is_text { 2 } else { 3 }))?;
        list.serialize_element(name)?;
        list.serialize_element(text)?;
        if !is_text {
            list.serialize_element(kind)?;
        }
        list.end()
    }
}

impl Serialize for SentCell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written(&self.name, &self.text, self.kind).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SentCell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;
        impl<'de> serde::de::Visitor<'de> for Parts {
            type Value = SentCell;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of header, text and kind")
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<SentCell, A::Error> {
                let missing = |at| serde::de::Error::invalid_length(at, &"header and text");
                Ok(SentCell {
                    name: list.next_element()?.ok_or_else(|| missing(0))?,
                    text: list.next_element()?.ok_or_else(|| missing(1))?,
                    kind: list.next_element()?.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_seq(Parts)
    }
}
