//! The contract as it stands in the file: Open Data Contract Standard v3.1.0, nothing judged yet, every part with
//! its line. [`super::lint`] turns it into the validated [`Contract`](super::Contract).
//!
//! Reading never fails: what the [grammar](super::grammar) has refused is simply absent here.

use super::yaml::{Node, Value};

/// A value and the line it stands on.
#[derive(Debug, Clone)]
pub(super) struct Spot<T> {
    pub(super) value: T,
    pub(super) line: usize,
}

/// The document.
#[derive(Debug)]
pub(super) struct ContractFile {
    pub(super) version: Option<Spot<String>>,
    pub(super) name: Option<String>,
    pub(super) domain: Option<Spot<String>>,
    pub(super) team: Option<Spot<String>>,
    pub(super) purpose: Option<String>,
    pub(super) service_levels: Vec<ServiceLevel>,
    pub(super) objects: Vec<SchemaObject>,
    pub(super) objects_line: usize,
    pub(super) custom: Vec<Custom>,
}

/// One entry of `slaProperties`.
#[derive(Debug)]
pub(super) struct ServiceLevel {
    pub(super) line: usize,
    pub(super) property: String,
    pub(super) value: Option<String>,
    pub(super) unit: Option<String>,
}

/// One entry of `schema`: the dataset.
#[derive(Debug)]
pub(super) struct SchemaObject {
    pub(super) line: usize,
    pub(super) name: Option<Spot<String>>,
    pub(super) business_name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) properties: Vec<Property>,
    pub(super) relationships: Vec<Relationship>,
    pub(super) quality: Vec<Quality>,
    pub(super) custom: Vec<Custom>,
}

/// One entry of `properties`: a column.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) line: usize,
    pub(super) name: Option<Spot<String>>,
    pub(super) business_name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) logical_type: Option<Spot<String>>,
    pub(super) physical_type: Option<Spot<String>>,
    pub(super) physical_name: Option<Spot<String>>,
    pub(super) options: Option<Node>,
    pub(super) required: bool,
    pub(super) unique: bool,
    /// Position among the key's columns; absent positions follow the written ones.
    pub(super) primary_key: Option<Spot<i64>>,
    /// A position without `primaryKey: true`.
    pub(super) stray_position: Option<usize>,
    pub(super) partitioned: Option<Spot<i64>>,
    pub(super) classification: Option<Spot<String>>,
    pub(super) relationships: Vec<Relationship>,
    pub(super) quality: Vec<Quality>,
    pub(super) custom: Vec<Custom>,
}

/// One entry of `relationships`; `to` only where it is a single text.
#[derive(Debug)]
pub(super) struct Relationship {
    pub(super) line: usize,
    pub(super) from: Option<String>,
    pub(super) to: Option<Spot<String>>,
    pub(super) custom: Vec<Custom>,
}

/// One entry of `quality`.
#[derive(Debug)]
pub(super) struct Quality {
    pub(super) line: usize,
    pub(super) kind: String,
    pub(super) name: Option<Spot<String>>,
    pub(super) description: Option<String>,
    pub(super) metric: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) arguments: Option<Node>,
    pub(super) operators: Vec<(String, Node)>,
    pub(super) engine: Option<String>,
    pub(super) implementation: Option<Node>,
    pub(super) custom: Vec<Custom>,
}

/// One entry of `customProperties`.
#[derive(Debug, Clone)]
pub(super) struct Custom {
    pub(super) name: Spot<String>,
    pub(super) value: Node,
}

impl ContractFile {
    pub(super) fn read(document: &Node) -> Self {
        Self {
            version: text(document, "version"),
            name: plain(document, "name"),
            domain: text(document, "domain"),
            team: document.get("team").and_then(|team| text(team, "name")),
            purpose: document
                .get("description")
                .and_then(|d| plain(d, "purpose").or_else(|| plain(d, "usage"))),
            service_levels: list(document, "slaProperties", ServiceLevel::read),
            objects: list(document, "schema", SchemaObject::read),
            objects_line: document.get("schema").map_or(document.line, |schema| schema.line),
            custom: customs(document),
        }
    }
}

impl ServiceLevel {
    fn read(node: &Node) -> Self {
        Self {
            line: node.line,
            property: plain(node, "property").unwrap_or_default(),
            value: node.get("value").and_then(Node::written),
            unit: plain(node, "unit"),
        }
    }
}

impl SchemaObject {
    fn read(node: &Node) -> Self {
        Self {
            line: node.line,
            name: text(node, "name"),
            business_name: plain(node, "businessName"),
            description: plain(node, "description"),
            properties: list(node, "properties", Property::read),
            relationships: list(node, "relationships", Relationship::read),
            quality: list(node, "quality", Quality::read),
            custom: customs(node),
        }
    }
}

impl Property {
    fn read(node: &Node) -> Self {
        let flag = |key| node.get(key).and_then(Node::flag).unwrap_or(false);
        let key_line = |key: &str| node.entries().iter().find(|e| e.key == key).map(|e| e.line);
        let key_position = whole(node, "primaryKeyPosition").filter(|p| p.value >= 0);
        let primary_key = flag("primaryKey").then(|| Spot {
            value: key_position.as_ref().map_or(i64::MAX, |p| p.value),
            line: key_line("primaryKey").unwrap_or(node.line),
        });
        let stray_position = key_position.filter(|_| primary_key.is_none()).map(|p| p.line);
        let position = whole(node, "partitionKeyPosition").filter(|p| p.value >= 0);
        let partitioned = flag("partitioned").then(|| Spot {
            value: position.as_ref().map_or(i64::MAX, |p| p.value),
            line: key_line("partitioned").unwrap_or(node.line),
        });
        Self {
            line: node.line,
            name: text(node, "name"),
            business_name: plain(node, "businessName"),
            description: plain(node, "description"),
            logical_type: text(node, "logicalType"),
            physical_type: text(node, "physicalType"),
            physical_name: text(node, "physicalName"),
            options: node.get("logicalTypeOptions").cloned(),
            required: flag("required"),
            unique: flag("unique"),
            primary_key,
            stray_position,
            partitioned,
            classification: text(node, "classification"),
            relationships: list(node, "relationships", Relationship::read),
            quality: list(node, "quality", Quality::read),
            custom: customs(node),
        }
    }
}

impl Relationship {
    fn read(node: &Node) -> Self {
        Self {
            line: node.line,
            from: plain(node, "from"),
            to: text(node, "to"),
            custom: customs(node),
        }
    }
}

impl Quality {
    fn read(node: &Node) -> Self {
        Self {
            line: node.line,
            kind: plain(node, "type").unwrap_or_else(|| "library".to_owned()),
            name: text(node, "name"),
            description: plain(node, "description"),
            metric: plain(node, "metric"),
            unit: plain(node, "unit"),
            arguments: node.get("arguments").cloned(),
            operators: node
                .entries()
                .iter()
                .filter(|e| e.key.starts_with("must"))
                .map(|e| (e.key.clone(), e.value.clone()))
                .collect(),
            engine: plain(node, "engine"),
            implementation: node.get("implementation").cloned(),
            custom: customs(node),
        }
    }
}

fn text(node: &Node, key: &str) -> Option<Spot<String>> {
    let found = node.get(key)?;
    Some(Spot {
        value: found.text()?.to_owned(),
        line: found.line,
    })
}

fn plain(node: &Node, key: &str) -> Option<String> {
    text(node, key).map(|spot| spot.value.trim().to_owned())
}

fn whole(node: &Node, key: &str) -> Option<Spot<i64>> {
    let found = node.get(key)?;
    let Value::Number(written, true) = &found.value else {
        return None;
    };
    Some(Spot {
        value: written.parse().ok()?,
        line: found.line,
    })
}

fn list<T>(node: &Node, key: &str, read: fn(&Node) -> T) -> Vec<T> {
    node.get(key).map_or_else(Vec::new, |found| {
        found
            .items()
            .iter()
            .filter(|item| matches!(item.value, Value::Map(_)))
            .map(read)
            .collect()
    })
}

fn customs(node: &Node) -> Vec<Custom> {
    let items = node.get("customProperties").map_or(&[][..], Node::items);
    items
        .iter()
        .filter_map(|item| {
            Some(Custom {
                name: text(item, "property")?,
                value: item.get("value")?.clone(),
            })
        })
        .collect()
}
