//! `logicalTypeOptions`: each option becomes a rule, a format or a fault.

use super::{
    Bound, Check, Column, ColumnRule, ColumnType, RowRule,
    columns::{self, Built, Defaults},
    fault::Faults,
    shape::{Property, Spot},
    types, units,
    yaml::{Node, Value},
};

/// Reads the options of a property into `built`; nothing the contract asks for is left undone.
pub(super) fn of_property(
    property: &Property,
    implied: Option<(f64, f64)>,
    defaults: Defaults,
    path: &str,
    built: &mut Built,
    faults: &mut Faults,
) {
    let ty = built.column.ty;
    let mut range: (Option<Bound>, Option<Bound>) = match implied {
        Some((min, max)) => (
            Some(Bound {
                value: min,
                exclusive: false,
            }),
            Some(Bound {
                value: max,
                exclusive: false,
            }),
        ),
        None => (None, None),
    };
    let mut length = (None, None);
    let mut range_line = property.line;
    let entries = property.options.as_ref().map_or(&[][..], Node::entries);
    for entry in entries {
        let (key, node) = (entry.key.as_str(), &entry.value);
        let place = format!("{path}.logicalTypeOptions.{key}");
        let fits = match key {
            "minLength" | "maxLength" | "pattern" => ty == ColumnType::Text,
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
                !matches!(ty, ColumnType::Text | ColumnType::Boolean)
            }
            "multipleOf" => matches!(ty, ColumnType::Int32 | ColumnType::Int64 | ColumnType::Decimal(..)),
            "timezone" | "defaultTimezone" => ty == ColumnType::Timestamp,
            "format" => ty != ColumnType::Boolean,
            "maxProperties" | "minProperties" | "required" | "maxItems" | "minItems" | "uniqueItems" => false,
            // The grammar has refused it.
            _ => continue,
        };
        if !fits {
            let message = format!("option `{key}` does not fit a column of type {}", types::name(ty));
            faults.add(entry.line, &place, message);
            continue;
        }
        match key {
            "minLength" => length.0 = whole(node, &place, faults),
            "maxLength" => length.1 = whole(node, &place, faults),
            "pattern" => pattern(node, "pattern", &place, built, faults),
            "multipleOf" => multiple_of(node, &place, built, faults),
            "format" => format(node, &place, built, faults),
            "defaultTimezone" => {
                let Some(zone) = node.text() else { continue };
                let Some(minutes) = units::zone(zone) else {
                    let message = format!(
                        "time zone {zone:?} is not known: use Asia/Jakarta, Asia/Makassar, Asia/Jayapura or UTC"
                    );
                    faults.add(node.line, &place, message);
                    continue;
                };
                built.utc_offset = Some(Spot {
                    value: minutes,
                    line: node.line,
                });
            }
            "timezone" => {}
            _ => {
                range_line = entry.line;
                let Some(value) = bound(node, ty, defaults, &place, faults) else {
                    continue;
                };
                let exclusive = key.starts_with("exclusive");
                let lower = key.ends_with("inimum");
                let end = if lower { &mut range.0 } else { &mut range.1 };
                // Both an inclusive and an exclusive end may be written; the tighter one holds.
                let tighter = end.is_none_or(|held| match value.total_cmp(&held.value) {
                    std::cmp::Ordering::Equal => exclusive,
                    order => (order == std::cmp::Ordering::Greater) == lower,
                });
                if tighter {
                    *end = Some(Bound { value, exclusive });
                }
            }
        }
    }
    if length.0.zip(length.1).is_some_and(|(min, max)| min > max) {
        faults.add(
            property.line,
            path,
            "`minLength` is greater than `maxLength`: no text can pass",
        );
    }
    if length != (None, None) {
        rule(
            "length",
            Check::Length {
                min: length.0,
                max: length.1,
            },
            &mut built.column,
        );
    }
    if let (Some(min), Some(max)) = range {
        let empty = min.value > max.value || (min.value == max.value && (min.exclusive || max.exclusive));
        if empty {
            faults.add(
                range_line,
                path,
                "the lower bound is above the upper bound: no value can pass",
            );
        }
    }
    if range.0.is_some() || range.1.is_some() {
        rule(
            "range",
            Check::Range {
                min: range.0,
                max: range.1,
            },
            &mut built.column,
        );
    }
}

fn rule(name: &str, check: Check, column: &mut Column) {
    column.rules.push(ColumnRule {
        name: name.to_owned(),
        check,
        on_failure: column.on_failure,
    });
}

fn whole(node: &Node, path: &str, faults: &mut Faults) -> Option<usize> {
    let Value::Number(written, true) = &node.value else {
        return None;
    };
    let parsed = written.parse().ok();
    if parsed.is_none() {
        faults.add(node.line, path, format!("{written} is not a length"));
    }
    parsed
}

fn pattern(node: &Node, name: &str, path: &str, built: &mut Built, faults: &mut Faults) {
    let Some(written) = node.text() else { return };
    match whole_match(written) {
        Ok(regex) => rule(name, Check::Pattern(regex), &mut built.column),
        Err(why) => faults.add(node.line, path, why),
    }
}

/// A pattern that must cover the whole text.
pub(super) fn whole_match(written: &str) -> Result<regex::Regex, String> {
    // On its own first, so that an unbalanced `a)(b` cannot become valid inside our brackets.
    regex::Regex::new(written)
        .and_then(|_| regex::Regex::new(&format!("^(?:{written})$")))
        .map_err(|e| {
            let why = e.to_string();
            let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("pattern {written:?} does not compile: {why} (look-around and back-references are not supported)")
        })
}

fn multiple_of(node: &Node, path: &str, built: &mut Built, faults: &mut Faults) {
    let Value::Number(written, _) = &node.value else { return };
    if !written.parse::<f64>().is_ok_and(|step| step > 0.0) {
        faults.add(
            node.line,
            path,
            format!("`multipleOf` is {written}, which must be greater than 0"),
        );
        return;
    }
    let name = &built.column.name;
    built.row_rules.push(RowRule {
        name: format!("multiple_of_{name}"),
        expression: format!("\"{name}\" % {written} = 0"),
        description: format!("{name} must be a multiple of {written}"),
        on_failure: built.column.on_failure,
    });
}

fn format(node: &Node, path: &str, built: &mut Built, faults: &mut Faults) {
    let Some(written) = node.text() else { return };
    match built.column.ty {
        ColumnType::Date | ColumnType::Timestamp => match units::strftime(written) {
            Ok(pattern) => {
                columns::check_format(&pattern, built.column.ty, node.line, path, faults);
                // The hub's own list, where given, is tried first.
                if !built.column.formats.contains(&pattern) {
                    built.column.formats.push(pattern);
                }
            }
            Err(why) => faults.add(node.line, path, why),
        },
        ColumnType::Text => {
            let known = match written {
                "uuid" => r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",
                "email" => r"[^@\s]+@[^@\s]+\.[^@\s]+",
                "uri" => r"[A-Za-z][A-Za-z0-9+.-]*:\S+",
                "ipv4" => r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}",
                _ => {
                    let message = format!(
                        "text format {written:?} is not checked by the hub (it knows uuid, email, uri, ipv4): write a `pattern`"
                    );
                    faults.add(node.line, path, message);
                    return;
                }
            };
            if let Ok(regex) = whole_match(known) {
                rule("format", Check::Pattern(regex), &mut built.column);
            }
        }
        // The format of a number is its width, and has chosen the type already.
        _ => {}
    }
}

/// A bound in the column's native number.
fn bound(node: &Node, ty: ColumnType, defaults: Defaults, path: &str, faults: &mut Faults) -> Option<f64> {
    let parsed = match (ty, &node.value) {
        (ColumnType::Date, Value::Text(text)) => units::days(text).map(|days| days as f64),
        (ColumnType::Timestamp, Value::Text(text)) => {
            units::micros(text, defaults.utc_offset_minutes).map(|micros| micros as f64)
        }
        (ColumnType::Date | ColumnType::Timestamp, _) => Err("a bound of a date is a date in quotes".to_owned()),
        (_, Value::Number(written, _)) => written
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite())
            .ok_or_else(|| format!("{written} is not a number")),
        _ => Err(format!("a bound of a number is a number, not {}", node.kind())),
    };
    parsed.map_err(|why| faults.add(node.line, path, why)).ok()
}
