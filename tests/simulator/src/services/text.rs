//! Lines of text files, and times as systems write them.

use crate::dice::Dice;
use chrono::{NaiveDateTime, TimeDelta};
use serde_json::{Map, Value};

/// Appends a line with `delimiter`; cells that need quotes get them.
pub(crate) fn line(out: &mut String, delimiter: char, cells: &[&str]) {
    for (position, cell) in cells.iter().enumerate() {
        if position > 0 {
            out.push(delimiter);
        }
        if cell.contains([delimiter, '"', '\n']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

/// `2026-07-12T08:30:15+07:00`.
pub(crate) fn iso(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%S+07:00").to_string()
}

/// The same moment in UTC: `2026-07-12T01:30:15Z`.
pub(crate) fn utc(at: NaiveDateTime) -> String {
    (at - TimeDelta::hours(7)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2026-07-12 08:30:15`, local.
pub(crate) fn local(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// An object without the members that are empty.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let full = members
        .into_iter()
        .filter(|(_, value)| !value.is_null() && value.as_str() != Some(""));
    Value::Object(
        full.map(|(name, value)| (name.to_owned(), value))
            .collect::<Map<_, _>>(),
    )
}

/// The text as a tired hand types it, about once in `times`: without its last sign.
pub(crate) fn typed(text: &str, times: usize, name: &str) -> String {
    let mut dice = Dice::of(super::name_number(name), [752, 0, 0]);
    let mut text = text.to_owned();
    if dice.below(times.max(1)) == 0 {
        text.pop();
    }
    text
}

/// 12 hexadecimal digits of the dice, as systems name devices.
pub(crate) fn device(mut dice: Dice) -> String {
    format!("{:012x}", dice.bits() >> 16)
}

/// Of how many rows one is kept, by a dice of its own: true for the share that still arrives.
pub(crate) fn arrives(share: f64, name: &str) -> bool {
    share >= 1.0 || Dice::of(super::name_number(name), [751, 0, 0]).unit() < share
}
