//! Reading the three sources into one list of given values. Unknown names are faults here.

use super::{
    FILE, Fault, Given, Origin, Sources,
    document::{Kind, known},
    nearest::{distance, nearest},
};
use std::path::{Path, PathBuf};
use toml::{Value, de::DeTable};

const PREFIX: &str = "SMARTCENTER_";

/// Short names of the environment for the two settings that every hub has.
const SHORT: [(&str, &str); 2] = [("DATA", "warehouse.data"), ("HTTP", "http.addr")];

/// Variables of ours that are not settings of the hub.
const OTHERS: [&str; 4] = ["KEY", "KEY_FILE", "URL", "CONFIG"];

pub(super) fn file(sources: &Sources, faults: &mut Vec<Fault>) -> Vec<Given> {
    let path = sources.config.clone().unwrap_or_else(|| PathBuf::from(FILE));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && sources.config.is_none() => return Vec::new(),
        Err(e) => {
            let message = format!("cannot be read: {e}");
            faults.push(Fault {
                origin: Origin::File { path, line: 1 },
                message,
            });
            return Vec::new();
        }
    };
    parse_file(&path, &text, faults)
}

pub(super) fn parse_file(path: &Path, text: &str, faults: &mut Vec<Fault>) -> Vec<Given> {
    let at = |offset: usize| Origin::File {
        path: path.to_owned(),
        line: line_of(text, offset),
    };
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(e) => {
            let origin = at(e.span().map_or(0, |span| span.start));
            faults.push(Fault {
                origin,
                message: e.message().trim().to_owned(),
            });
            return Vec::new();
        }
    };
    let whole: toml::Table = toml::from_str(text).unwrap_or_default();
    let known = known();
    let mut given = Vec::new();
    for (section, entries) in document.get_ref() {
        let (section, place) = (section.get_ref().as_ref(), section.span().start);
        if !known
            .iter()
            .any(|(key, ..)| key.split_once('.').is_some_and(|(own, _)| own == section))
        {
            let sections = known
                .iter()
                .filter_map(|(key, ..)| key.split_once('.').map(|(own, _)| own));
            faults.push(Fault {
                origin: at(place),
                message: unknown(section, "section", sections),
            });
            continue;
        }
        let Some(entries) = entries.get_ref().as_table() else {
            let message = format!("{section} is a section: write [{section}] and its keys below it");
            faults.push(Fault {
                origin: at(place),
                message,
            });
            continue;
        };
        for (name, _) in entries {
            let origin = at(name.span().start);
            let key = format!("{section}.{}", name.get_ref());
            let Some((_, kind, _)) = known.iter().find(|(own, ..)| *own == key) else {
                let keys = known.iter().map(|(own, ..)| own.as_str());
                faults.push(Fault {
                    origin,
                    message: unknown(&key, "key", keys),
                });
                continue;
            };
            let value = whole.get(section).and_then(|s| s.get(name.get_ref().as_ref())).cloned();
            match value
                .ok_or_else(|| "cannot be read".to_owned())
                .and_then(|value| typed(&key, *kind, value))
            {
                Ok(value) => given.push(Given { key, value, origin }),
                Err(message) => faults.push(Fault { origin, message }),
            }
        }
    }
    given
}

pub(super) fn environment(sources: &Sources, faults: &mut Vec<Fault>) -> Vec<Given> {
    let known = known();
    let variable = |key: &str| key.replace('.', "_").to_ascii_uppercase();
    let mut given = Vec::new();
    let mut variables: Vec<_> = sources
        .environment
        .iter()
        .filter(|(name, _)| name.starts_with(PREFIX))
        .collect();
    variables.sort();
    for (name, text) in variables {
        let rest = &name[PREFIX.len()..];
        let short = SHORT.iter().find(|(own, _)| *own == rest).map(|(_, key)| *key);
        let entry = known
            .iter()
            .find(|(key, ..)| short == Some(key.as_str()) || variable(key) == rest);
        let origin = Origin::Env(name.clone());
        if let Some((key, kind, _)) = entry {
            match from_text(key, *kind, text) {
                Ok(value) => given.push(Given {
                    key: key.clone(),
                    value,
                    origin,
                }),
                Err(message) => faults.push(Fault { origin, message }),
            }
        } else if !OTHERS.contains(&rest) {
            let names: Vec<String> = known.iter().map(|(key, ..)| variable(key)).collect();
            let all = names
                .iter()
                .map(String::as_str)
                .chain(SHORT.map(|(own, _)| own))
                .chain(OTHERS);
            // Builds and tests have variables of this prefix too: without a section only a near miss is a mistake.
            let sectioned = known.iter().any(|(key, ..)| {
                key.split('.')
                    .next()
                    .is_some_and(|s| rest.starts_with(&format!("{}_", s.to_ascii_uppercase())))
            });
            if sectioned || all.clone().any(|own| own.len() > 3 && distance(own, rest) <= 2) {
                let hint = nearest(rest, all).map_or(String::new(), |near| format!(": did you mean {PREFIX}{near}?"));
                faults.push(Fault {
                    origin,
                    message: format!("is not a setting{hint}"),
                });
            }
        }
    }
    given
}

pub(super) fn flags(sources: &Sources, faults: &mut Vec<Fault>) -> Vec<Given> {
    let known = known();
    let mut given = Vec::new();
    for (key, text, name) in &sources.flags {
        let kind = known
            .iter()
            .find(|(own, ..)| own == key)
            .map_or(Kind::Text, |(_, kind, _)| *kind);
        match from_text(key, kind, text) {
            Ok(value) => given.push(Given {
                key: (*key).to_owned(),
                value,
                origin: Origin::Flag(name),
            }),
            Err(message) => faults.push(Fault {
                origin: Origin::Flag(name),
                message,
            }),
        }
    }
    given
}

/// A value as a variable or flag gives it; lists of paths are separated as in `PATH`, others by commas.
fn from_text(key: &str, kind: Kind, text: &str) -> Result<Value, String> {
    let text = text.trim();
    match kind {
        Kind::Text => Ok(Value::String(text.to_owned())),
        Kind::Boolean => match text {
            "true" | "1" => Ok(Value::Boolean(true)),
            "false" | "0" => Ok(Value::Boolean(false)),
            _ => Err(format!("{key} is true or false, not {text:?}")),
        },
        Kind::Texts if !key.ends_with(".contracts") => {
            let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
            Ok(Value::Array(texts.map(|text| Value::String(text.to_owned())).collect()))
        }
        Kind::Texts => {
            let paths = std::env::split_paths(text).filter(|path| !path.as_os_str().is_empty());
            Ok(Value::Array(
                paths
                    .map(|path| Value::String(path.to_string_lossy().into_owned()))
                    .collect(),
            ))
        }
        Kind::Integer => match text.parse() {
            Ok(number) => Ok(Value::Integer(number)),
            Err(_) => typed(key, kind, Value::String(text.to_owned())),
        },
    }
}

/// A value of the file, if it is of the key's kind.
fn typed(key: &str, kind: Kind, value: Value) -> Result<Value, String> {
    match (kind, value) {
        (Kind::Integer, Value::String(text)) if key.ends_with("_bytes") => bytes(&text)
            .map(Value::Integer)
            .ok_or_else(|| format!("{key} is a size such as 67108864 or \"64 MB\", not {text:?}")),
        (Kind::Integer, value @ Value::Integer(_))
        | (Kind::Text, value @ Value::String(_))
        | (Kind::Boolean, value @ Value::Boolean(_)) => Ok(value),
        (Kind::Texts, Value::Array(items)) if items.iter().all(Value::is_str) => Ok(Value::Array(items)),
        (Kind::Texts, item @ Value::String(_)) => Ok(Value::Array(vec![item])),
        (Kind::Integer, _) => Err(format!("{key} is a whole number")),
        (Kind::Text, _) => Err(format!("{key} is a text in quotes")),
        (Kind::Boolean, _) => Err(format!("{key} is true or false")),
        (Kind::Texts, _) => Err(format!("{key} is a list of texts, such as [\"contracts\"]")),
    }
}

fn bytes(text: &str) -> Option<i64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let unit: i64 = match text[digits.len()..].trim().to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "KB" | "KIB" => 1 << 10,
        "MB" | "MIB" => 1 << 20,
        "GB" | "GIB" => 1 << 30,
        _ => return None,
    };
    digits.trim().parse::<i64>().ok()?.checked_mul(unit)
}

fn unknown<'a>(name: &str, what: &str, known: impl Iterator<Item = &'a str>) -> String {
    match nearest(name, known) {
        Some(near) => format!("{what} {name} is not known: did you mean {near}?"),
        None => format!("{what} {name} is not known: `smartcenter serve --print-config` lists all"),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes().iter().take(offset).filter(|b| **b == b'\n').count()
}
