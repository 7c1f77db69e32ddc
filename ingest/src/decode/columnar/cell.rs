//! One column of an Arrow batch, cell by cell, as text in its plain form.

use super::{MAX_RECORD, Rows};
use arrow::{
    array::{
        Array, ArrayRef, AsArray, BinaryArray, BinaryViewArray, FixedSizeBinaryArray, LargeBinaryArray,
        LargeStringArray, RunArray, StringArray, StringViewArray,
    },
    buffer::NullBuffer,
    compute::cast,
    datatypes::{DataType, Float32Type, Float64Type, Int16Type, Int32Type, Int64Type, RunEndIndexType},
    util::display::{ArrayFormatter, FormatOptions},
};
use std::fmt::Write;

/// Zones without daylight saving that Indonesian programs write by name; of any other name the instant counts.
const ZONES: [(&str, &str); 5] = [
    ("Asia/Jakarta", "+07:00"),
    ("Asia/Pontianak", "+07:00"),
    ("Asia/Makassar", "+08:00"),
    ("Asia/Ujung_Pandang", "+08:00"),
    ("Asia/Jayapura", "+09:00"),
];

const OPTIONS: FormatOptions<'static> = FormatOptions::new().with_display_error(false);

/// A column, ready to be written.
pub(super) struct Column<'a> {
    nulls: Option<NullBuffer>,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Text(&'a StringArray),
    LargeText(&'a LargeStringArray),
    TextView(&'a StringViewArray),
    Float32(&'a [f32]),
    Float64(&'a [f64]),
    /// Anything else that has one plain form.
    Plain(ArrayFormatter<'a>),
    /// Lists, structs, maps.
    Nested(&'a dyn Array),
    Binary(&'a dyn Array),
    /// Where in another column each value is (dictionaries, runs).
    Indirect(Vec<usize>, Box<Column<'a>>),
    /// A type that has no plain form.
    Unread,
}

/// The array with times in an offset where its zone is a name: names need a list of zones that the hub does not have.
pub(super) fn in_known_zone(array: &ArrayRef) -> ArrayRef {
    let DataType::Timestamp(unit, Some(zone)) = array.data_type() else {
        return array.clone();
    };
    if zone.starts_with(['+', '-']) {
        return array.clone();
    }
    let offset = ZONES.iter().find(|(name, _)| *name == zone.as_ref());
    let offset = offset.map_or("+00:00", |(_, offset)| offset);
    cast(array, &DataType::Timestamp(*unit, Some(offset.into()))).unwrap_or_else(|_| array.clone())
}

impl<'a> Column<'a> {
    /// Makes a column ready.
    pub(super) fn of(array: &'a dyn Array) -> Self {
        Self {
            nulls: array.logical_nulls(),
            kind: Kind::of(array),
        }
    }

    /// Hands the cell of `row` to `rows` and answers the length of its text.
    pub(super) fn put(&self, row: usize, rows: &mut Rows<'_>, scratch: &mut String) -> usize {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            rows.absent();
            return 0;
        }
        let text = match &self.kind {
            Kind::Text(array) => array.value(row),
            Kind::LargeText(array) => array.value(row),
            Kind::TextView(array) => array.value(row),
            Kind::Indirect(places, column) => match places.get(row) {
                Some(place) => return column.put(*place, rows, scratch),
                None => "",
            },
            _ => return self.put_native(row, rows, scratch),
        };
        // A longer text ends the push, and would only be copied for it.
        if text.len() <= MAX_RECORD {
            rows.text(text);
        }
        text.len()
    }

    fn put_native(&self, row: usize, rows: &mut Rows<'_>, scratch: &mut String) -> usize {
        scratch.clear();
        let is_written = match &self.kind {
            Kind::Float32(values) => values.get(row).is_some_and(|value| write!(scratch, "{value}").is_ok()),
            Kind::Float64(values) => values.get(row).is_some_and(|value| write!(scratch, "{value}").is_ok()),
            Kind::Plain(formatter) => formatter.value(row).write(scratch).is_ok(),
            Kind::Nested(array) => {
                json(*array, row, scratch);
                rows.nested(if scratch.len() <= MAX_RECORD { scratch } else { "" });
                return scratch.len();
            }
            Kind::Binary(array) => {
                let text = format!("({} bytes)", bytes(*array, row).len());
                rows.misread(
                    &text,
                    "binary",
                    "the cell holds bytes: write the column as text".to_owned(),
                );
                return text.len();
            }
            _ => false,
        };
        if is_written {
            rows.native(scratch);
        } else {
            let message = "the value has no plain text: write the column as text, number, date or time".to_owned();
            rows.misread("", "type", message);
        }
        scratch.len()
    }
}

impl<'a> Kind<'a> {
    fn of(array: &'a dyn Array) -> Self {
        match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string()),
            DataType::LargeUtf8 => Self::LargeText(array.as_string()),
            DataType::Utf8View => Self::TextView(array.as_string_view()),
            DataType::Float32 => Self::Float32(array.as_primitive::<Float32Type>().values()),
            DataType::Float64 => Self::Float64(array.as_primitive::<Float64Type>().values()),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
                Self::Binary(array)
            }
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                // Keys of an empty dictionary are all null.
                if dictionary.values().is_empty() {
                    return Self::Unread;
                }
                Self::Indirect(
                    dictionary.normalized_keys(),
                    Box::new(Column::of(dictionary.values().as_ref())),
                )
            }
            DataType::RunEndEncoded(ends, _) => match ends.data_type() {
                DataType::Int16 => runs::<Int16Type>(array),
                DataType::Int32 => runs::<Int32Type>(array),
                _ => runs::<Int64Type>(array),
            },
            kind if kind.is_nested() => Self::Nested(array),
            DataType::Null => Self::Unread,
            _ => ArrayFormatter::try_new(array, &OPTIONS).map_or(Self::Unread, Self::Plain),
        }
    }
}

fn runs<R: RunEndIndexType>(array: &dyn Array) -> Kind<'_> {
    let Some(array) = array.as_any().downcast_ref::<RunArray<R>>() else {
        return Kind::Unread;
    };
    let places = (0..array.len()).map(|row| array.get_physical_index(row)).collect();
    Kind::Indirect(places, Box::new(Column::of(array.values().as_ref())))
}

fn bytes(array: &dyn Array, row: usize) -> &[u8] {
    let any = array.as_any();
    if let Some(array) = any.downcast_ref::<BinaryArray>() {
        array.value(row)
    } else if let Some(array) = any.downcast_ref::<LargeBinaryArray>() {
        array.value(row)
    } else if let Some(array) = any.downcast_ref::<BinaryViewArray>() {
        array.value(row)
    } else if let Some(array) = any.downcast_ref::<FixedSizeBinaryArray>() {
        array.value(row)
    } else {
        &[]
    }
}

/// Appends a value as JSON. Stops where it is longer than any record may be: then only its length counts.
fn json(array: &dyn Array, row: usize, to: &mut String) {
    if array.logical_nulls().is_some_and(|nulls| nulls.is_null(row)) {
        to.push_str("null");
        return;
    }
    match array.data_type() {
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            to.push('{');
            for (index, (field, column)) in fields.iter().zip(columns).enumerate() {
                separate(index, to);
                quote(field.name(), to);
                to.push(':');
                json(column.as_ref(), row, to);
            }
            to.push('}');
        }
        DataType::List(_) => list(array.as_list::<i32>().value(row).as_ref(), to),
        DataType::LargeList(_) => list(array.as_list::<i64>().value(row).as_ref(), to),
        DataType::ListView(_) => list(array.as_list_view::<i32>().value(row).as_ref(), to),
        DataType::LargeListView(_) => list(array.as_list_view::<i64>().value(row).as_ref(), to),
        DataType::FixedSizeList(..) => list(array.as_fixed_size_list().value(row).as_ref(), to),
        DataType::Map(..) => list(&array.as_map().value(row), to),
        kind => {
            let is_bare = kind.is_integer() || kind.is_floating() || kind.is_decimal() || *kind == DataType::Boolean;
            let text = ArrayFormatter::try_new(array, &OPTIONS)
                .and_then(|formatter| formatter.value(row).try_to_string())
                .unwrap_or_default();
            // JSON has no words for what is not finite.
            match is_bare && !text.ends_with(['N', 'f']) {
                true => to.push_str(&text),
                false => quote(&text, to),
            }
        }
    }
}

fn list(items: &dyn Array, to: &mut String) {
    to.push('[');
    for index in 0..items.len() {
        if to.len() > MAX_RECORD {
            return;
        }
        separate(index, to);
        json(items, index, to);
    }
    to.push(']');
}

fn separate(index: usize, to: &mut String) {
    if index > 0 {
        to.push(',');
    }
}

fn quote(text: &str, to: &mut String) {
    to.push_str(&serde_json::Value::from(text).to_string());
}
