//! YAML with a line for every node. The text of a number is kept as written, so that a code list such as
//! `[01, 02]` does not lose its zeros.

use super::fault::Faults;
use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};

/// Contracts are written by people; a larger file is a mistake or an attack.
const MAX_BYTES: usize = 1 << 20;
/// Deeper nesting has no meaning in a contract and would cost stack.
const MAX_DEPTH: usize = 40;

/// A node and the line it starts on.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// A number as written, and whether it is whole.
    Number(String, bool),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: usize,
    pub(super) value: Node,
}

impl Node {
    /// The value under `key`, when this is a map that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|e| e.key == key).map(|e| &e.value)
    }

    pub(super) fn entries(&self) -> &[Entry] {
        if let Value::Map(entries) = &self.value {
            entries
        } else {
            &[]
        }
    }

    pub(super) fn items(&self) -> &[Node] {
        if let Value::List(items) = &self.value {
            items
        } else {
            &[]
        }
    }

    /// Text proper: a number or a boolean is not text.
    pub(super) fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value {
            Some(text)
        } else {
            None
        }
    }

    pub(super) fn flag(&self) -> Option<bool> {
        if let Value::Bool(flag) = &self.value {
            Some(*flag)
        } else {
            None
        }
    }

    /// Any scalar as the text it was written as; null has none.
    pub(super) fn written(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) | Value::Number(text, _) => Some(text.clone()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// What it is, for a message.
    pub(super) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(..) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

/// The one document of a file; none (with the fault noted) when it is not such a thing.
pub(super) fn document(text: &str, faults: &mut Faults) -> Option<Node> {
    if text.len() > MAX_BYTES {
        faults.add(
            1,
            "",
            format!("the file has {} bytes; a contract has at most {MAX_BYTES}", text.len()),
        );
        return None;
    }
    if let Some(line) = too_deep(text) {
        faults.add(
            line,
            "",
            format!("nested deeper than {MAX_DEPTH} levels; no contract is"),
        );
        return None;
    }
    let documents = match MarkedYaml::load_from_str(text) {
        Ok(documents) => documents,
        Err(e) => {
            faults.add(e.marker().line(), "", format!("not valid YAML: {}", e.info()));
            return None;
        }
    };
    match documents.as_slice() {
        [] => {
            faults.add(1, "", "the file is empty: a contract starts with `apiVersion: v3.1.0`");
            None
        }
        [document] => convert(document, text, 0, faults),
        [_, second, ..] => {
            faults.add(
                second.span.start.line(),
                "",
                "a second YAML document: write one contract per file",
            );
            None
        }
    }
}

fn convert(node: &MarkedYaml<'_>, text: &str, depth: usize, faults: &mut Faults) -> Option<Node> {
    let line = node.span.start.line().max(1);
    if depth > MAX_DEPTH {
        faults.add(
            line,
            "",
            format!("nested deeper than {MAX_DEPTH} levels; no contract is"),
        );
        return None;
    }
    let value = match &node.data {
        YamlData::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(flag) => Value::Bool(*flag),
            Scalar::Integer(n) => Value::Number(as_written(node, text, &n.to_string()), true),
            Scalar::FloatingPoint(n) => Value::Number(as_written(node, text, &n.to_string()), false),
            Scalar::String(s) => Value::Text(s.to_string()),
        },
        YamlData::Sequence(items) => Value::List(
            items
                .iter()
                .filter_map(|item| convert(item, text, depth + 1, faults))
                .collect(),
        ),
        YamlData::Mapping(map) => {
            let mut entries = Vec::with_capacity(map.len());
            for (key, value) in map {
                let at = key.span.start.line().max(1);
                match key_text(key) {
                    Some(key) => {
                        if let Some(value) = convert(value, text, depth + 1, faults) {
                            entries.push(Entry { key, line: at, value });
                        }
                    }
                    None => faults.add(at, "", "a key must be text"),
                }
            }
            Value::Map(entries)
        }
        _ => {
            faults.add(
                line,
                "",
                "YAML tags such as `!name` are not used in contracts: remove it",
            );
            return None;
        }
    };
    Some(Node { line, value })
}

fn key_text(key: &MarkedYaml<'_>) -> Option<String> {
    match &key.data {
        YamlData::Value(Scalar::String(s)) => Some(s.to_string()),
        YamlData::Value(Scalar::Integer(n)) => Some(n.to_string()),
        YamlData::Value(Scalar::Boolean(b)) => Some(b.to_string()),
        _ => None,
    }
}

/// The characters of a number in the file, unless the node came from an alias, whose span is the alias itself.
fn as_written(node: &MarkedYaml<'_>, text: &str, parsed: &str) -> String {
    let (start, end) = (node.span.start.index(), node.span.end.index());
    let raw: String = text.chars().skip(start).take(end.saturating_sub(start)).collect();
    let raw = raw.trim();
    let same = match Scalar::parse_from_cow(raw.into()) {
        Scalar::Integer(n) => n.to_string() == parsed,
        Scalar::FloatingPoint(n) => n.to_string() == parsed,
        _ => false,
    };
    if same { raw.to_owned() } else { parsed.to_owned() }
}

/// The parser keeps its nodes in a tree whose drop recurses, so depth has to be bounded before parsing. A line
/// nests by its indentation, its `- ` and `? ` marks and its open brackets; the estimate errs on the deep side.
fn too_deep(text: &str) -> Option<usize> {
    let mut open: usize = 0;
    for (number, line) in text.lines().enumerate() {
        let body = line.trim_start_matches([' ', '-', '?', '\t', ':']);
        let lead = &line[..line.len() - body.len()];
        let marks = lead.matches("- ").count() + lead.matches("? ").count() + lead.matches(": ").count();
        for c in body.chars() {
            match c {
                '[' | '{' => open += 1,
                ']' | '}' => open = open.saturating_sub(1),
                _ => {}
            }
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        if marks > MAX_DEPTH || open > 4 * MAX_DEPTH || indent > 8 * MAX_DEPTH {
            return Some(number + 1);
        }
    }
    None
}
