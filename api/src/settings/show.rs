//! The settings in force, written so that they can be saved as a settings file.

use super::{
    Effective, Given, Origin, Value,
    document::{is_secret, known},
};
use std::fmt::Write;

pub(super) fn values(given: &[Given]) -> Vec<Value> {
    let in_force = |key: &str| given.iter().rev().find(|given| given.key == key);
    known()
        .into_iter()
        .map(|(key, _, default)| match in_force(&key) {
            Some(given) => Value {
                is_hidden: is_secret(&key),
                value: (!is_secret(&key)).then(|| given.value.clone()),
                key,
                origin: given.origin.clone(),
            },
            None => Value {
                is_hidden: false,
                key,
                value: default,
                origin: Origin::Default,
            },
        })
        .collect()
}

/// As TOML, each line with the origin of its value behind it.
pub fn as_toml(settings: &Effective) -> String {
    let mut text = String::new();
    let mut section = "";
    let lines: Vec<_> = settings.values.iter().map(|value| (value, line(value))).collect();
    let width = lines.iter().map(|(_, line)| line.chars().count()).max().unwrap_or(0);
    for (value, line) in &lines {
        let own = value.key.split('.').next().unwrap_or_default();
        if own != section {
            let gap = if section.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}[{own}]");
            section = own;
        }
        let _ = writeln!(text, "{line:width$}  # {}", value.origin);
    }
    text
}

/// As JSON: `{"warehouse.flush_seconds": {"value": 60, "origin": "default"}, ...}`.
pub fn as_json(settings: &Effective) -> serde_json::Value {
    let entry = |value: &Value| {
        let mut shown = serde_json::json!({ "value": value.value, "origin": value.origin.to_string() });
        if value.is_hidden {
            shown["hidden"] = true.into();
        }
        (value.key.clone(), shown)
    };
    serde_json::Value::Object(settings.values.iter().map(entry).collect())
}

fn line(value: &Value) -> String {
    let name = value.key.split_once('.').map_or(value.key.as_str(), |(_, name)| name);
    if value.is_hidden {
        return format!("# {name} is set, and not shown");
    }
    value
        .value
        .as_ref()
        .map_or_else(|| format!("# {name} is not set"), |set| format!("{name} = {set}"))
}
