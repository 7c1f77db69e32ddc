//! Whether what stands in a cell can be a value of a column, seen from afar: this only tells rows of data from what
//! stands around them; what a value is worth is judged later.

use super::{
    book::{Shows, Value},
    number,
};
use smartcenter_warehouse::contract::{Check, Column, ColumnType};

/// Whether `value` may be a value of `column`.
pub(super) fn may_be(column: &Column, value: Value<'_>) -> bool {
    match (column.ty, value) {
        // A broken formula stands where a value should be.
        (_, Value::Error(_) | Value::Uncomputed) => true,
        (ColumnType::Text, Value::Text(text)) => passes(column, text.trim()),
        (ColumnType::Text, Value::Number(number, Shows::Number)) => {
            let mut text = String::new();
            number::push_decimal(&mut text, number);
            passes(column, &text) || is_code(column)
        }
        (ColumnType::Date | ColumnType::Timestamp, Value::Number(number, Shows::Number)) => {
            number::is_likely_day(number) || !column.formats.is_empty()
        }
        (ColumnType::Text | ColumnType::Boolean, _) => true,
        // Every number and every date has a digit.
        (_, Value::Text(text)) => text.bytes().any(|byte| byte.is_ascii_digit()),
        (ColumnType::Date | ColumnType::Timestamp, Value::Boolean(_)) => false,
        _ => true,
    }
}

/// Whether the column's own rules name what its values look like.
pub(super) fn has_look(column: &Column) -> bool {
    column.ty != ColumnType::Text
        || column
            .rules
            .iter()
            .any(|rule| matches!(rule.check, Check::Pattern(_) | Check::OneOf(_)))
}

fn passes(column: &Column, text: &str) -> bool {
    column.rules.iter().all(|rule| match &rule.check {
        Check::Pattern(pattern) => pattern.is_match(text),
        Check::OneOf(values) => values.iter().any(|value| value == text),
        _ => true,
    })
}

/// Whether numbers may be codes of the column whose zeros are lost.
fn is_code(column: &Column) -> bool {
    crate::parse::fixed_digits(column).is_some()
}
