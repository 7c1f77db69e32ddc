//! The keys that ODCS v3.1.0 allows at every place, as tables. What is not in here is refused with its line, so a
//! misspelt key cannot silently switch a rule off. `tests/contracts/odcs_schema.py` holds these tables against the
//! standard's own JSON Schema from the other side: every contract we accept and ship passes that as well.

use super::{
    fault::{Faults, hint},
    yaml::{Node, Value},
};

/// What may stand at a place.
pub(super) enum Kind {
    Text,
    Flag,
    Whole,
    Number,
    Scalar,
    Any,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    List(&'static Kind),
    Map(&'static Shape),
    /// Either of two, told apart by whether a list is written.
    ListOr(&'static Kind, &'static Kind),
    /// Text, or anything of the second kind.
    TextOr(&'static Kind),
}

/// A map with a closed set of keys.
pub(super) struct Shape {
    /// What it is, for messages.
    what: &'static str,
    keys: &'static [(&'static str, Kind)],
    required: &'static [&'static str],
}

use Kind::{Any, Flag, List, ListOr, Map, Number, OneOf, Scalar, Text, TextOr, Whole};

const TEXTS: Kind = List(&Text);
const DEFINITIONS: Kind = List(&Map(&DEFINITION));
const CUSTOMS: Kind = List(&Map(&CUSTOM));
const CHECKS: Kind = List(&Map(&CHECK));
const PROPERTIES: Kind = List(&Map(&PROPERTY));
const PAIR: Kind = List(&Number);

static DEFINITION: Shape = Shape {
    what: "an authoritative definition",
    keys: &[("id", Text), ("url", Text), ("type", Text), ("description", Text)],
    required: &["url", "type"],
};

static CUSTOM: Shape = Shape {
    what: "a custom property",
    keys: &[("id", Text), ("property", Text), ("value", Any), ("description", Text)],
    required: &["property", "value"],
};

/// The whole document.
pub(super) static CONTRACT: Shape = Shape {
    what: "a contract",
    keys: &[
        ("version", Text),
        ("kind", OneOf(&["DataContract"])),
        ("apiVersion", OneOf(&["v3.1.0"])),
        ("id", Text),
        ("name", Text),
        ("tenant", Text),
        ("tags", TEXTS),
        ("status", Text),
        ("servers", List(&Any)),
        ("dataProduct", Text),
        ("description", Map(&DESCRIPTION)),
        ("domain", Text),
        ("schema", List(&Map(&OBJECT))),
        ("support", List(&Map(&SUPPORT))),
        ("price", Map(&PRICE)),
        ("team", ListOr(&Map(&MEMBER), &Map(&TEAM))),
        ("roles", List(&Map(&ROLE))),
        ("slaDefaultElement", Text),
        ("slaProperties", List(&Map(&SLA))),
        ("authoritativeDefinitions", DEFINITIONS),
        ("customProperties", CUSTOMS),
        ("contractCreatedTs", Text),
    ],
    required: &["version", "apiVersion", "kind", "id", "status", "schema"],
};

static DESCRIPTION: Shape = Shape {
    what: "a description",
    keys: &[
        ("usage", Text),
        ("purpose", Text),
        ("limitations", Text),
        ("authoritativeDefinitions", DEFINITIONS),
        ("customProperties", CUSTOMS),
    ],
    required: &[],
};

static OBJECT: Shape = Shape {
    what: "a schema object",
    keys: &[
        ("id", Text),
        ("name", Text),
        ("physicalType", Text),
        ("description", Text),
        ("businessName", Text),
        ("authoritativeDefinitions", DEFINITIONS),
        ("tags", TEXTS),
        ("customProperties", CUSTOMS),
        ("logicalType", OneOf(&["object"])),
        ("physicalName", Text),
        ("dataGranularityDescription", Text),
        ("properties", PROPERTIES),
        ("relationships", List(&Map(&RELATIONSHIP))),
        ("quality", CHECKS),
    ],
    required: &["name", "properties"],
};

static PROPERTY: Shape = Shape {
    what: "a property",
    keys: &[
        ("id", Text),
        ("name", Text),
        ("physicalType", Text),
        ("description", Text),
        ("businessName", Text),
        ("authoritativeDefinitions", DEFINITIONS),
        ("tags", TEXTS),
        ("customProperties", CUSTOMS),
        ("primaryKey", Flag),
        ("primaryKeyPosition", Whole),
        (
            "logicalType",
            OneOf(&[
                "string",
                "date",
                "timestamp",
                "time",
                "number",
                "integer",
                "object",
                "array",
                "boolean",
            ]),
        ),
        ("logicalTypeOptions", Map(&TYPE_OPTIONS)),
        ("physicalName", Text),
        ("required", Flag),
        ("unique", Flag),
        ("partitioned", Flag),
        ("partitionKeyPosition", Whole),
        ("classification", Text),
        ("encryptedName", Text),
        ("transformSourceObjects", TEXTS),
        ("transformLogic", Text),
        ("transformDescription", Text),
        ("examples", List(&Any)),
        ("criticalDataElement", Flag),
        ("relationships", List(&Map(&RELATIONSHIP))),
        ("quality", CHECKS),
        ("properties", List(&Any)),
        ("items", Any),
    ],
    required: &["name"],
};

/// Union over the logical types; which option fits which type is checked where the column is built.
static TYPE_OPTIONS: Shape = Shape {
    what: "the options of a type",
    keys: &[
        ("minLength", Whole),
        ("maxLength", Whole),
        ("pattern", Text),
        ("format", Text),
        ("minimum", Scalar),
        ("maximum", Scalar),
        ("exclusiveMinimum", Scalar),
        ("exclusiveMaximum", Scalar),
        ("multipleOf", Number),
        ("timezone", Flag),
        ("defaultTimezone", Text),
        ("maxProperties", Whole),
        ("minProperties", Whole),
        ("required", TEXTS),
        ("maxItems", Whole),
        ("minItems", Whole),
        ("uniqueItems", Flag),
    ],
    required: &[],
};

static RELATIONSHIP: Shape = Shape {
    what: "a relationship",
    keys: &[
        ("type", OneOf(&["foreignKey"])),
        ("from", TextOr(&TEXTS)),
        ("to", TextOr(&TEXTS)),
        ("customProperties", CUSTOMS),
    ],
    required: &["to"],
};

static CHECK: Shape = Shape {
    what: "a quality check",
    keys: &[
        ("id", Text),
        ("authoritativeDefinitions", DEFINITIONS),
        ("businessImpact", Text),
        ("customProperties", CUSTOMS),
        ("description", Text),
        (
            "dimension",
            OneOf(&[
                "accuracy",
                "completeness",
                "conformity",
                "consistency",
                "coverage",
                "timeliness",
                "uniqueness",
            ]),
        ),
        ("method", Text),
        ("name", Text),
        ("schedule", Text),
        ("scheduler", Text),
        ("severity", Text),
        ("tags", TEXTS),
        ("type", OneOf(&["text", "library", "sql", "custom"])),
        ("unit", Text),
        (
            "metric",
            OneOf(&[
                "nullValues",
                "missingValues",
                "invalidValues",
                "duplicateValues",
                "rowCount",
            ]),
        ),
        ("rule", Text),
        ("arguments", Map(&ARGUMENTS)),
        ("mustBe", Any),
        ("mustNotBe", Any),
        ("mustBeGreaterThan", Number),
        ("mustBeGreaterOrEqualTo", Number),
        ("mustBeLessThan", Number),
        ("mustBeLessOrEqualTo", Number),
        ("mustBeBetween", PAIR),
        ("mustNotBeBetween", PAIR),
        ("query", Text),
        ("engine", Text),
        ("implementation", TextOr(&Any)),
    ],
    required: &[],
};

static ARGUMENTS: Shape = Shape {
    what: "the arguments of a library check",
    keys: &[
        ("validValues", List(&Scalar)),
        ("pattern", Text),
        ("missingValues", List(&Any)),
        ("properties", TEXTS),
    ],
    required: &[],
};

static SUPPORT: Shape = Shape {
    what: "a support channel",
    keys: &[
        ("id", Text),
        ("channel", Text),
        ("url", Text),
        ("description", Text),
        ("tool", Text),
        ("scope", Text),
        ("invitationUrl", Text),
        ("customProperties", CUSTOMS),
    ],
    required: &["channel"],
};

static PRICE: Shape = Shape {
    what: "a price",
    keys: &[
        ("id", Text),
        ("priceAmount", Number),
        ("priceCurrency", Text),
        ("priceUnit", Text),
    ],
    required: &[],
};

static TEAM: Shape = Shape {
    what: "a team",
    keys: &[
        ("id", Text),
        ("name", Text),
        ("description", Text),
        ("members", List(&Map(&MEMBER))),
        ("tags", TEXTS),
        ("customProperties", CUSTOMS),
        ("authoritativeDefinitions", DEFINITIONS),
    ],
    required: &[],
};

static MEMBER: Shape = Shape {
    what: "a team member",
    keys: &[
        ("id", Text),
        ("username", Text),
        ("name", Text),
        ("description", Text),
        ("role", Text),
        ("dateIn", Text),
        ("dateOut", Text),
        ("replacedByUsername", Text),
        ("tags", TEXTS),
        ("customProperties", CUSTOMS),
        ("authoritativeDefinitions", DEFINITIONS),
    ],
    required: &["username"],
};

static ROLE: Shape = Shape {
    what: "a role",
    keys: &[
        ("id", Text),
        ("role", Text),
        ("description", Text),
        ("access", Text),
        ("firstLevelApprovers", Text),
        ("secondLevelApprovers", Text),
        ("customProperties", CUSTOMS),
    ],
    required: &["role"],
};

static SLA: Shape = Shape {
    what: "a service level",
    keys: &[
        ("id", Text),
        ("property", Text),
        ("value", Scalar),
        ("valueExt", Scalar),
        ("unit", Text),
        ("element", Text),
        ("driver", Text),
        ("description", Text),
        ("scheduler", Text),
        ("schedule", Text),
    ],
    required: &["property", "value"],
};

/// Notes every place where the document leaves the standard.
pub(super) fn check(document: &Node, faults: &mut Faults) {
    map(document, &CONTRACT, "", faults);
}

fn node(node: &Node, kind: &Kind, path: &str, faults: &mut Faults) {
    let expected = match (kind, &node.value) {
        (Any, _)
        | (Text | TextOr(_), Value::Text(_))
        | (Flag, Value::Bool(_))
        | (Whole, Value::Number(_, true))
        | (Number, Value::Number(..))
        | (Scalar, Value::Null | Value::Bool(_) | Value::Number(..) | Value::Text(_)) => return,
        (OneOf(names), Value::Text(text)) => {
            if !names.contains(&text.as_str()) {
                let hint = hint(text, names.iter().copied());
                let list = names.join(", ");
                faults.add(
                    node.line,
                    path,
                    format!("`{path}` is {text:?}, which must be one of {list}{hint}"),
                );
            }
            return;
        }
        (List(kind) | ListOr(kind, _), Value::List(items)) => {
            for (index, item) in items.iter().enumerate() {
                let label = item.get("name").or_else(|| item.get("property")).and_then(Node::text);
                let place = label.map_or_else(|| format!("{path}[{index}]"), |label| format!("{path}[{label}]"));
                self::node(item, kind, &place, faults);
            }
            return;
        }
        (Map(shape), Value::Map(_)) => return map(node, shape, path, faults),
        (ListOr(_, kind) | TextOr(kind), _) => return self::node(node, kind, path, faults),
        (Text | OneOf(_), Value::Number(..) | Value::Bool(_)) => "text; put it in quotes",
        (Text | OneOf(_), _) => "text",
        (Flag, _) => "true or false",
        (Whole, _) => "a whole number",
        (Number, _) => "a number",
        (Scalar, _) => "a single value",
        (List(_), _) => "a list",
        (Map(_), _) => "a map",
    };
    faults.add(
        node.line,
        path,
        format!("`{path}` is {}; expected {expected}", node.kind()),
    );
}

fn map(node: &Node, shape: &Shape, path: &str, faults: &mut Faults) {
    if !matches!(node.value, Value::Map(_)) {
        faults.add(
            node.line,
            path,
            format!("expected {} as a map of keys, found {}", shape.what, node.kind()),
        );
        return;
    }
    for entry in node.entries() {
        let place = if path.is_empty() {
            entry.key.clone()
        } else {
            format!("{path}.{}", entry.key)
        };
        match shape.keys.iter().find(|(key, _)| *key == entry.key) {
            Some((_, kind)) => self::node(&entry.value, kind, &place, faults),
            None => {
                let hint = hint(&entry.key, shape.keys.iter().map(|(key, _)| *key));
                let what = shape.what;
                faults.add(
                    entry.line,
                    &place,
                    format!("unknown key `{}` in {what}{hint}", entry.key),
                );
            }
        }
    }
    for key in shape.required {
        if node.get(key).is_none() {
            let place = if path.is_empty() {
                (*key).to_owned()
            } else {
                format!("{path}.{key}")
            };
            faults.add(node.line, &place, format!("key `{key}` is missing in {}", shape.what));
        }
    }
}
