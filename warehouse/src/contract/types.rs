//! Which type a property has: the standard's logical type, made exact by its format or its physical type.

use super::{
    ColumnType,
    fault::Faults,
    shape::{Property, Spot},
    yaml::Node,
};

/// The type in words, for messages.
pub(super) fn name(ty: ColumnType) -> String {
    match ty {
        ColumnType::Text => "string".to_owned(),
        ColumnType::Int32 => "integer (32 bits)".to_owned(),
        ColumnType::Int64 => "integer".to_owned(),
        ColumnType::Float64 => "number".to_owned(),
        ColumnType::Decimal(precision, scale) => format!("decimal({precision},{scale})"),
        ColumnType::Boolean => "boolean".to_owned(),
        ColumnType::Date => "date".to_owned(),
        ColumnType::Timestamp => "timestamp".to_owned(),
    }
}

/// The type, and the range that a narrow integer format implies.
pub(super) fn column_type(
    property: &Property,
    path: &str,
    faults: &mut Faults,
) -> Option<(ColumnType, Option<(f64, f64)>)> {
    let format = property.options.as_ref().and_then(|options| options.get("format"));
    let physical = property.physical_type.as_ref();
    let Some(logical) = &property.logical_type else {
        let found = physical.and_then(|spot| physical_type(spot, path, faults));
        if found.is_none() {
            let label = property.name.as_ref().map_or("?", |n| n.value.as_str());
            let message = format!(
                "column `{label}` has no type: add `logicalType` (string, integer, number, boolean, date, timestamp)"
            );
            faults.add(property.line, path, message);
        }
        return found.map(|ty| (ty, None));
    };
    let simple = |ty| Some((ty, None));
    match logical.value.as_str() {
        "string" => simple(ColumnType::Text),
        "date" => simple(ColumnType::Date),
        "timestamp" => simple(ColumnType::Timestamp),
        "boolean" => simple(ColumnType::Boolean),
        "integer" => integer(format, physical, path, faults),
        "number" => simple(number(format, physical, path, faults)?),
        other @ ("time" | "object" | "array") => {
            let message =
                format!("type `{other}` is not kept as a column in this release: use string, or one column per part");
            faults.add(logical.line, path, message);
            None
        }
        // The grammar has said so already.
        _ => None,
    }
}

fn integer(
    format: Option<&Node>,
    physical: Option<&Spot<String>>,
    path: &str,
    faults: &mut Faults,
) -> Option<(ColumnType, Option<(f64, f64)>)> {
    if let Some((node, text)) = format.and_then(|node| Some((node, node.text()?))) {
        return Some(match text {
            "i8" => (ColumnType::Int32, Some((f64::from(i8::MIN), f64::from(i8::MAX)))),
            "i16" => (ColumnType::Int32, Some((f64::from(i16::MIN), f64::from(i16::MAX)))),
            "i32" => (ColumnType::Int32, None),
            "u8" => (ColumnType::Int32, Some((0.0, f64::from(u8::MAX)))),
            "u16" => (ColumnType::Int32, Some((0.0, f64::from(u16::MAX)))),
            "u32" => (ColumnType::Int64, Some((0.0, f64::from(u32::MAX)))),
            "i64" => (ColumnType::Int64, None),
            "i128" | "u64" | "u128" => {
                let message =
                    format!("integer format `{text}` is wider than 64 bits signed: use `physicalType: decimal(38,0)`");
                faults.add(node.line, path, message);
                return None;
            }
            _ => {
                faults.add(
                    node.line,
                    path,
                    format!("integer format {text:?} is not one of i8, i16, i32, i64, u8, u16, u32"),
                );
                return None;
            }
        });
    }
    let Some(physical) = physical else {
        return Some((ColumnType::Int64, None));
    };
    match physical_type(physical, path, faults) {
        Some(ty @ (ColumnType::Int32 | ColumnType::Decimal(_, 0))) => Some((ty, None)),
        _ => Some((ColumnType::Int64, None)),
    }
}

fn number(
    format: Option<&Node>,
    physical: Option<&Spot<String>>,
    path: &str,
    faults: &mut Faults,
) -> Option<ColumnType> {
    match format.and_then(|node| Some((node, node.text()?))) {
        Some((_, "f32" | "f64")) => return Some(ColumnType::Float64),
        Some((node, other)) => {
            let message = format!(
                "number format {other:?} is not f32 or f64 (for exact decimals write `physicalType: decimal(18,2)`)"
            );
            faults.add(node.line, path, message);
            return None;
        }
        None => {}
    }
    match physical.and_then(|spot| physical_type(spot, path, faults)) {
        Some(ty @ ColumnType::Decimal(..)) => Some(ty),
        _ => Some(ColumnType::Float64),
    }
}

/// The common SQL names of types; none for a name that is of another system.
fn physical_type(spot: &Spot<String>, path: &str, faults: &mut Faults) -> Option<ColumnType> {
    let lower = spot.value.trim().to_lowercase();
    let (base, arguments) = match lower.split_once('(') {
        Some((base, rest)) => (base.trim(), rest.trim_end().strip_suffix(')')),
        None => (lower.as_str(), None),
    };
    Some(match base {
        "text" | "string" | "varchar" | "character varying" | "char" | "character" | "nvarchar" | "uuid" => {
            ColumnType::Text
        }
        "int" | "integer" | "int4" | "int32" | "smallint" | "int2" | "tinyint" | "int16" => ColumnType::Int32,
        "bigint" | "int8" | "int64" | "long" => ColumnType::Int64,
        "double" | "double precision" | "float" | "float4" | "float8" | "float64" | "real" => ColumnType::Float64,
        "bool" | "boolean" => ColumnType::Boolean,
        "date" => ColumnType::Date,
        "timestamp" | "timestamptz" | "datetime" | "timestamp with time zone" | "timestamp without time zone" => {
            ColumnType::Timestamp
        }
        "decimal" | "numeric" => {
            let parsed = arguments.and_then(|list| {
                let (precision, scale) = list.split_once(',').unwrap_or((list, "0"));
                Some((precision.trim().parse::<u8>().ok()?, scale.trim().parse::<i8>().ok()?))
            });
            match parsed {
                Some((precision @ 1..=38, scale)) if scale >= 0 && scale as u8 <= precision => {
                    ColumnType::Decimal(precision, scale)
                }
                _ => {
                    let message = format!(
                        "physical type {:?} needs precision and scale, such as `decimal(18,2)` (at most 38 digits)",
                        spot.value
                    );
                    faults.add(spot.line, path, message);
                    return None;
                }
            }
        }
        _ => return None,
    })
}
