//! What the hub itself needs to know beyond the standard: entries of `customProperties` with known names. Unknown
//! names are refused at the places where the hub reads them, because a misspelt setting would silently do nothing.

use super::{
    fault::{Faults, hint},
    shape::{Custom, Spot},
    units,
    yaml::{Node, Value},
};
use std::time::Duration;

/// Settings of a schema object (a dataset).
pub(super) const OBJECT: &[&str] = &[
    "owner",
    "classification",
    "delimiter",
    "quote",
    "encoding",
    "locale",
    "decimal",
    "thousands",
    "numberSigns",
    "nullValues",
    "sheet",
    "utcOffset",
    "fixedWidthHeader",
    "fhir",
    "eventTime",
    "versionColumn",
    "rowScope",
    "partitionBy",
    "sortBy",
    "statisticsColumns",
    "bloomColumns",
    "mergeInterval",
    "lookup",
    "schemaMode",
    "maxRejected",
    "maxVanished",
    "uniqueTogether",
    "allowRepeats",
    "reference",
    "public",
    "layer",
    "access",
];
/// Settings of a property (a column).
pub(super) const PROPERTY: &[&str] = &[
    "aliases",
    "nullValues",
    "formats",
    "position",
    "path",
    "mask",
    "onFailure",
    "reference",
    "numberSigns",
    "affixes",
    "synonyms",
    "stripTitles",
    "resolve",
    "leadingZeros",
];
/// Settings of a quality check or a relationship.
pub(super) const CHECK: &[&str] = &["onFailure"];

/// The hub settings of one place.
pub(super) struct Settings<'a> {
    path: String,
    found: Vec<&'a Custom>,
}

impl<'a> Settings<'a> {
    /// Takes the custom properties of a place that knows the settings `known`, noting strangers and repeats.
    pub(super) fn of(customs: &'a [Custom], known: &[&str], what: &str, path: &str, faults: &mut Faults) -> Self {
        let mut found: Vec<&Custom> = Vec::new();
        for custom in customs {
            let name = &custom.name.value;
            let place = format!("{path}.customProperties[{name}]");
            if found.iter().any(|earlier| earlier.name.value == *name) {
                faults.add(
                    custom.name.line,
                    &place,
                    format!("hub setting `{name}` is given twice for {what}"),
                );
            } else if known.contains(&name.as_str()) {
                found.push(custom);
            } else if let Some(home) = home_of(name) {
                let message = format!("hub setting `{name}` does not belong to {what}: it is a setting of {home}");
                faults.add(custom.name.line, &place, message);
            } else {
                let hint = hint(name, known.iter().copied());
                faults.add(
                    custom.name.line,
                    &place,
                    format!("unknown hub setting `{name}` for {what}{hint}"),
                );
            }
        }
        Self {
            path: path.to_owned(),
            found,
        }
    }

    /// The value of a setting and its path for messages.
    pub(super) fn get(&self, name: &str) -> Option<(&'a Node, String)> {
        let custom = self.found.iter().find(|custom| custom.name.value == name)?;
        Some((&custom.value, format!("{}.{name}", self.path)))
    }

    pub(super) fn text(&self, name: &str, faults: &mut Faults) -> Option<Spot<String>> {
        let (node, path) = self.get(name)?;
        text(node, &path, faults)
    }

    pub(super) fn flag(&self, name: &str, faults: &mut Faults) -> Option<bool> {
        let (node, path) = self.get(name)?;
        node.flag().or_else(|| wrong(node, &path, "true or false", faults))
    }

    pub(super) fn texts(&self, name: &str, faults: &mut Faults) -> Option<Vec<Spot<String>>> {
        let (node, path) = self.get(name)?;
        texts(node, &path, faults)
    }

    pub(super) fn duration(&self, name: &str, faults: &mut Faults) -> Option<Duration> {
        let (node, path) = self.get(name)?;
        duration(node, &path, faults)
    }

    /// A text from a closed list.
    pub(super) fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)], faults: &mut Faults) -> Option<T> {
        let (node, path) = self.get(name)?;
        choice(node, &path, choices, faults)
    }
}

/// A hub setting written at the level of the whole contract would be read by nobody.
pub(super) fn check_contract_level(customs: &[Custom], faults: &mut Faults) {
    for custom in customs {
        let name = &custom.name.value;
        if let Some(home) = home_of(name) {
            let message = format!("hub setting `{name}` does not belong to the contract: it is a setting of {home}");
            faults.add(custom.name.line, &format!("customProperties[{name}]"), message);
        }
    }
}

fn home_of(name: &str) -> Option<&'static str> {
    if OBJECT.contains(&name) {
        Some("the schema object")
    } else if PROPERTY.contains(&name) {
        Some("a property or a quality check")
    } else {
        None
    }
}

fn wrong<T>(node: &Node, path: &str, expected: &str, faults: &mut Faults) -> Option<T> {
    faults.add(
        node.line,
        path,
        format!("`{}` is {}; expected {expected}", last(path), node.kind()),
    );
    None
}

/// The setting's own name: messages carry the line, so the whole path would only be noise.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

pub(super) fn text(node: &Node, path: &str, faults: &mut Faults) -> Option<Spot<String>> {
    match node.text() {
        Some(text) => Some(Spot {
            value: text.to_owned(),
            line: node.line,
        }),
        None => wrong(node, path, "text", faults),
    }
}

/// A list of texts; numbers count as the text they were written as.
pub(super) fn texts(node: &Node, path: &str, faults: &mut Faults) -> Option<Vec<Spot<String>>> {
    if !matches!(node.value, Value::List(_)) {
        return wrong(node, path, "a list", faults);
    }
    let read = |item: &Node| {
        Some(Spot {
            value: item.written()?,
            line: item.line,
        })
    };
    let all: Option<Vec<_>> = node.items().iter().map(read).collect();
    all.or_else(|| wrong(node, path, "a list of texts", faults))
}

pub(super) fn duration(node: &Node, path: &str, faults: &mut Faults) -> Option<Duration> {
    let Some(written) = node.text() else {
        return wrong(node, path, "a duration such as `400d`", faults);
    };
    match units::duration(written) {
        Ok(duration) => Some(duration),
        Err(why) => {
            faults.add(node.line, path, format!("`{}`: {why}", last(path)));
            None
        }
    }
}

pub(super) fn choice<T: Copy>(node: &Node, path: &str, choices: &[(&str, T)], faults: &mut Faults) -> Option<T> {
    let Some(written) = node.text() else {
        let list = choices.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        return wrong(node, path, &format!("one of {list}"), faults);
    };
    let found = choices
        .iter()
        .find(|(name, _)| *name == written)
        .map(|(_, value)| *value);
    if found.is_none() {
        let list = choices.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let hint = hint(written, choices.iter().map(|(name, _)| *name));
        faults.add(
            node.line,
            path,
            format!("`{}` is {written:?}, which must be one of {list}{hint}", last(path)),
        );
    }
    found
}

/// A map with only the keys `known`; each as (key, node).
pub(super) fn map<'n>(node: &'n Node, path: &str, known: &[&str], faults: &mut Faults) -> Option<&'n Node> {
    if !matches!(node.value, Value::Map(_)) {
        return wrong(node, path, &format!("a map with the keys {}", known.join(", ")), faults);
    }
    for entry in node.entries() {
        if !known.contains(&entry.key.as_str()) {
            let hint = hint(&entry.key, known.iter().copied());
            let message = format!("unknown key `{}` in `{}`{hint}", entry.key, last(path));
            faults.add(entry.line, path, message);
        }
    }
    Some(node)
}
