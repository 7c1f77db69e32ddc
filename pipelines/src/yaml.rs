//! Reading nested YAML: unknown keys are refused, and every fault has its line.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use std::collections::BTreeMap;

/// What is wrong, by line of the file.
pub(crate) type Wrong = Vec<(usize, String)>;

/// Reads the map that a file of its own is. Keys that are not `known` are faults.
pub(crate) fn root<T>(
    yaml: &str,
    known: &[&str],
    wrong: &mut Wrong,
    read: impl FnOnce(Map<'_>, &mut Wrong) -> Option<T>,
) -> Option<T> {
    let documents = match documents(yaml, 1) {
        Ok(documents) => documents,
        Err((line, why)) => {
            wrong.push((line, format!("this is not valid YAML: {why}")));
            return None;
        }
    };
    let Some(document) = documents.first() else {
        wrong.push((1, "the file is empty".to_owned()));
        return None;
    };
    let map = Map::below(String::new(), document, 1, known, wrong)?;
    read(map, wrong)
}

/// The documents of a text that begins on line `first` of its file.
///
/// # Errors
/// Line and reason where it is no YAML.
pub(crate) fn documents(yaml: &str, first: usize) -> Result<Vec<MarkedYaml<'_>>, (usize, String)> {
    MarkedYaml::load_from_str(yaml).map_err(|error| {
        let line = first + error.marker().line().max(1) - 1;
        (line, error.info().to_owned())
    })
}

/// A map of the header.
pub(crate) struct Map<'a> {
    /// Its own key with those above it, as in `rule.severity`; empty for the header itself.
    path: String,
    line: usize,
    first: usize,
    entries: BTreeMap<String, (usize, &'a MarkedYaml<'a>)>,
}

impl<'a> Map<'a> {
    /// The header's own map, of which only the keys in `known` are read.
    pub(crate) fn of(map: &'a saphyr::AnnotatedMapping<'a, MarkedYaml<'a>>, first: usize, known: &[&str]) -> Self {
        let mut found = Self {
            path: String::new(),
            line: first,
            first,
            entries: BTreeMap::new(),
        };
        for (key, value) in map {
            if let Some(name) = text(key).filter(|name| known.contains(&name.as_str())) {
                found.entries.insert(name, (line(key, first), value));
            }
        }
        found
    }

    /// A map below; keys that are not `known` are faults, unless nothing is known of them (an empty list).
    fn below(path: String, node: &'a MarkedYaml<'a>, first: usize, known: &[&str], wrong: &mut Wrong) -> Option<Self> {
        let at = line(node, first);
        let YamlData::Mapping(map) = &node.data else {
            let what = called(&path);
            wrong.push((
                at,
                format!("{what} is a map of keys and values, such as {{{}}}", example(known)),
            ));
            return None;
        };
        let mut entries = BTreeMap::new();
        for (key, value) in map {
            let at = line(key, first);
            match text(key) {
                Some(name) if known.is_empty() || known.contains(&name.as_str()) => {
                    entries.insert(name, (at, value));
                }
                name => {
                    let name = name.unwrap_or_default();
                    let what = called(&path);
                    wrong.push((
                        at,
                        format!("{what} has no key `{name}`: there are {}", known.join(", ")),
                    ));
                }
            }
        }
        Some(Self {
            path,
            line: at,
            first,
            entries,
        })
    }

    /// Keys with their lines.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&str, usize)> {
        self.entries.iter().map(|(key, (line, _))| (key.as_str(), *line))
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    pub(crate) fn line_of(&self, key: &str) -> usize {
        self.entries.get(key).map_or(self.line, |(line, _)| *line)
    }

    pub(crate) fn fault(&self, key: &str, message: impl Into<String>, wrong: &mut Wrong) {
        wrong.push((self.line_of(key), message.into()));
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The value of `key` as `read` has it; a fault where it is something else than `what`.
    fn value<T>(
        &self,
        key: &str,
        what: &str,
        wrong: &mut Wrong,
        read: impl Fn(&'a MarkedYaml<'a>) -> Option<T>,
    ) -> Option<T> {
        let (_, node) = self.entries.get(key)?;
        let found = read(node);
        if found.is_none() {
            self.fault(key, format!("`{}` is {what}", self.path_of(key)), wrong);
        }
        found
    }

    pub(crate) fn text(&self, key: &str, wrong: &mut Wrong) -> Option<String> {
        self.value(key, "a text", wrong, |node| text(node).filter(|text| !text.is_empty()))
    }

    /// A text that has to be there.
    pub(crate) fn required(&self, key: &str, wrong: &mut Wrong) -> Option<String> {
        if !self.has(key) {
            self.fault(key, format!("`{}` is needed", self.path_of(key)), wrong);
        }
        self.text(key, wrong)
    }

    pub(crate) fn number(&self, key: &str, wrong: &mut Wrong) -> Option<f64> {
        self.value(key, "a number", wrong, number)
    }

    pub(crate) fn flag(&self, key: &str, default: bool, wrong: &mut Wrong) -> bool {
        let read = |node: &MarkedYaml<'_>| match node.data {
            YamlData::Value(Scalar::Boolean(flag)) => Some(flag),
            _ => None,
        };
        self.value(key, "true or false", wrong, read).unwrap_or(default)
    }

    pub(crate) fn texts(&self, key: &str, wrong: &mut Wrong) -> Option<Vec<String>> {
        self.value(key, "a list of texts, such as [libur, ujian]", wrong, texts)
    }

    pub(crate) fn numbers(&self, key: &str, wrong: &mut Wrong) -> Option<Vec<f64>> {
        self.value(key, "a list of numbers, such as [-2, 10]", wrong, |node| {
            items(node)?.iter().map(number).collect()
        })
    }

    /// One of some words.
    pub(crate) fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)], wrong: &mut Wrong) -> Option<T> {
        let word = self.text(key, wrong)?;
        let found = choices.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            let path = self.path_of(key);
            self.fault(
                key,
                format!("`{path}` is one of {}, not {word:?}", known.join(", ")),
                wrong,
            );
        }
        found
    }

    /// A map below `key`.
    pub(crate) fn map(&self, key: &str, known: &[&str], wrong: &mut Wrong) -> Option<Map<'a>> {
        let (_, node) = self.entries.get(key)?;
        Map::below(self.path_of(key), node, self.first, known, wrong)
    }

    /// The maps of a list below `key`.
    pub(crate) fn maps(&self, key: &str, known: &[&str], wrong: &mut Wrong) -> Vec<Map<'a>> {
        let list = self.value(
            key,
            &format!("a list of maps, such as [{{{}}}]", example(known)),
            wrong,
            items,
        );
        let nodes = list.unwrap_or_default().iter();
        nodes
            .filter_map(|node| Map::below(self.path_of(key), node, self.first, known, wrong))
            .collect()
    }

    /// All entries as `key=value` texts, but for `but`.
    pub(crate) fn pairs(&self, but: &str, wrong: &mut Wrong) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for key in self.entries.keys().filter(|key| *key != but) {
            pairs.extend(
                self.value(key, "a number, a text, true or false", wrong, scalar)
                    .map(|value| (key.clone(), value)),
            );
        }
        pairs
    }
}

/// A map in words.
fn called(path: &str) -> String {
    if path.is_empty() {
        "the file".to_owned()
    } else {
        format!("`{path}`")
    }
}

fn example(known: &[&str]) -> String {
    known
        .first()
        .map_or_else(|| "method: rule".to_owned(), |key| format!("{key}: ..."))
}

/// The line of the file in which a node begins, `first` being that of the header.
pub(crate) fn line(node: &MarkedYaml<'_>, first: usize) -> usize {
    first + node.span.start.line().max(1) - 1
}

/// A node that is a text.
pub(crate) fn text(node: &MarkedYaml<'_>) -> Option<String> {
    match &node.data {
        YamlData::Value(Scalar::String(text)) => Some(text.trim().to_owned()),
        _ => None,
    }
}

fn number(node: &MarkedYaml<'_>) -> Option<f64> {
    match &node.data {
        YamlData::Value(Scalar::Integer(number)) => Some(*number as f64),
        YamlData::Value(Scalar::FloatingPoint(number)) => Some(number.into_inner()).filter(|x| x.is_finite()),
        _ => None,
    }
}

fn scalar(node: &MarkedYaml<'_>) -> Option<String> {
    match &node.data {
        YamlData::Value(Scalar::Boolean(flag)) => Some(flag.to_string()),
        YamlData::Value(Scalar::Integer(number)) => Some(number.to_string()),
        _ => text(node).or_else(|| number(node).map(|number| number.to_string())),
    }
}

fn items<'a>(node: &'a MarkedYaml<'a>) -> Option<&'a [MarkedYaml<'a>]> {
    match &node.data {
        YamlData::Sequence(items) => Some(items),
        _ => None,
    }
}

/// A node that is a list of texts.
pub(crate) fn texts(node: &MarkedYaml<'_>) -> Option<Vec<String>> {
    items(node)?.iter().map(text).collect()
}
