//! From the standard's `quality` checks to rules that run on every row. A check that the hub cannot run is refused
//! with the way to write it; only prose and checks of other engines pass by.

use super::{
    Check, ColumnRule, ColumnType, OnFailure, RowRule,
    columns::{Built, ON_FAILURE},
    fault::Faults,
    hub_settings::{self, Settings},
    options::whole_match,
    shape::{Quality, Spot},
    types, units,
    yaml::{Node, Value},
};

/// The engine name of checks that the hub runs itself.
const ENGINE: &str = "smartcenter";

/// What the checks of a schema object ask for.
#[derive(Debug, Default)]
pub(super) struct ObjectRules {
    /// With the line of the expression.
    pub(super) row_rules: Vec<Spot<RowRule>>,
    /// Column names that may not repeat together.
    pub(super) unique: Vec<Vec<Spot<String>>>,
}

/// Checks of a whole row.
pub(super) fn of_object(checks: &[Quality], path: &str, faults: &mut Faults) -> ObjectRules {
    let mut rules = ObjectRules::default();
    for (index, check) in checks.iter().enumerate() {
        let path = place(check, index, path);
        let on_failure = on_failure(check, OnFailure::default(), &path, faults);
        match check.kind.as_str() {
            "text" => {}
            "custom" => rules
                .row_rules
                .extend(row_rule(check, index, on_failure, &path, faults)),
            "library" if check.metric.as_deref() == Some("duplicateValues") => {
                let columns = check.arguments.as_ref().and_then(|a| a.get("properties"));
                let columns = columns.and_then(|node| hub_settings::texts(node, &path, faults));
                if must_be_zero(check, &path, faults) {
                    match columns {
                        Some(columns) if !columns.is_empty() => rules.unique.push(columns),
                        _ => faults.add(
                            check.line,
                            &path,
                            "`duplicateValues` of a dataset needs `arguments: {properties: [...]}`",
                        ),
                    }
                }
            }
            "library" => not_run(check, &path, "write it at the property it is about", faults),
            _ => not_run(
                check,
                &path,
                "write a `custom` check of `engine: smartcenter` over one row",
                faults,
            ),
        }
    }
    rules
}

/// Checks of one column.
pub(super) fn of_property(property: &super::shape::Property, path: &str, built: &mut Built, faults: &mut Faults) {
    for (index, check) in property.quality.iter().enumerate() {
        let path = place(check, index, path);
        let on_failure = on_failure(check, built.column.on_failure, &path, faults);
        match check.kind.as_str() {
            "text" => {}
            "custom" => {
                let rule = row_rule(check, index, on_failure, &path, faults);
                built.row_rules.extend(rule.map(|spot| spot.value));
            }
            "library" => library(check, on_failure, &path, built, faults),
            _ => not_run(
                check,
                &path,
                "write a `custom` check of `engine: smartcenter` over one row",
                faults,
            ),
        }
    }
}

fn place(check: &Quality, index: usize, path: &str) -> String {
    let label = check
        .name
        .as_ref()
        .map_or_else(|| index.to_string(), |name| name.value.clone());
    format!("{path}.quality[{label}]")
}

fn on_failure(check: &Quality, default: OnFailure, path: &str, faults: &mut Faults) -> OnFailure {
    let settings = Settings::of(&check.custom, hub_settings::CHECK, "a quality check", path, faults);
    settings.choice("onFailure", ON_FAILURE, faults).unwrap_or(default)
}

fn not_run(check: &Quality, path: &str, instead: &str, faults: &mut Faults) {
    let what = match &check.metric {
        Some(metric) if check.kind == "library" => format!("metric `{metric}`"),
        _ => format!("quality type `{}`", check.kind),
    };
    faults.add(
        check.line,
        path,
        format!("{what} is not run by the hub here: {instead}"),
    );
}

fn row_rule(
    check: &Quality,
    index: usize,
    on_failure: OnFailure,
    path: &str,
    faults: &mut Faults,
) -> Option<Spot<RowRule>> {
    let Some(engine) = &check.engine else {
        faults.add(
            check.line,
            path,
            "a `custom` check needs `engine` (the hub's own is `smartcenter`)",
        );
        return None;
    };
    if engine != ENGINE {
        return None;
    }
    let Some((node, expression)) = check.implementation.as_ref().and_then(|n| Some((n, n.text()?))) else {
        faults.add(
            check.line,
            path,
            "a `smartcenter` check needs `implementation`: a SQL expression over one row, as text",
        );
        return None;
    };
    let expression = expression.trim().to_owned();
    let name = check
        .name
        .as_ref()
        .map_or_else(|| format!("rule_{}", index + 1), |name| name.value.clone());
    let description = check
        .description
        .clone()
        .unwrap_or_else(|| format!("must hold: {expression}"));
    Some(Spot {
        value: RowRule {
            name,
            expression,
            description,
            on_failure,
        },
        line: node.line,
    })
}

/// The hub judges row by row: "no such value" is the only threshold it can hold.
fn must_be_zero(check: &Quality, path: &str, faults: &mut Faults) -> bool {
    let zero = matches!(
        check.operators.as_slice(),
        [(name, Node { value: Value::Number(written, _), .. })]
            if name == "mustBe" && written.parse::<f64>() == Ok(0.0)
    );
    if !zero {
        let message = "write `mustBe: 0`: rows are judged one by one (how many bad rows a push may have is the hub setting `maxRejected`)";
        faults.add(check.line, path, message);
    }
    zero
}

fn library(check: &Quality, on_failure: OnFailure, path: &str, built: &mut Built, faults: &mut Faults) {
    let argument = |key: &str| check.arguments.as_ref().and_then(|arguments| arguments.get(key));
    let Some(metric) = check.metric.as_deref() else {
        faults.add(check.line, path, "a `library` check needs `metric`");
        return;
    };
    if metric == "rowCount" {
        return not_run(check, path, "a push has as many rows as it has", faults);
    }
    if check
        .unit
        .as_deref()
        .is_some_and(|unit| unit != "rows" && unit != "percent")
    {
        faults.add(check.line, path, "`unit` of a library check is `rows` or `percent`");
    }
    if !must_be_zero(check, path, faults) {
        return;
    }
    match metric {
        "nullValues" => built.column.required = true,
        "missingValues" => {
            built.column.required = true;
            let texts = argument("missingValues")
                .map_or(&[][..], Node::items)
                .iter()
                .filter_map(Node::written);
            built.column.null_values.extend(texts.filter(|text| !text.is_empty()));
        }
        "duplicateValues" => built.column.unique = true,
        _ => match (argument("validValues"), argument("pattern")) {
            (None, None) => faults.add(
                check.line,
                path,
                "`invalidValues` needs `arguments` with `validValues` or `pattern`",
            ),
            (values, pattern) => {
                if let Some(values) = values {
                    one_of(values, on_failure, path, built, faults);
                }
                if let Some((node, written)) = pattern.and_then(|node| Some((node, node.text()?))) {
                    match whole_match(written) {
                        Ok(_) if built.column.ty != ColumnType::Text => {
                            let given = types::name(built.column.ty);
                            faults.add(
                                node.line,
                                path,
                                format!("`pattern` does not fit a column of type {given}"),
                            );
                        }
                        Ok(regex) => built.column.rules.push(ColumnRule {
                            name: "pattern".to_owned(),
                            check: Check::Pattern(regex),
                            on_failure,
                        }),
                        Err(why) => faults.add(node.line, path, why),
                    }
                }
            }
        },
    }
}

fn one_of(values: &Node, on_failure: OnFailure, path: &str, built: &mut Built, faults: &mut Faults) {
    let texts: Vec<String> = values.items().iter().filter_map(Node::written).collect();
    if texts.is_empty() {
        faults.add(values.line, path, "`validValues` is empty: no value can pass");
        return;
    }
    let ty = built.column.ty;
    for item in values.items() {
        let Some(text) = item.written() else { continue };
        let fits = match ty {
            ColumnType::Text => true,
            ColumnType::Int32 => text.parse::<i32>().is_ok(),
            ColumnType::Int64 => text.parse::<i64>().is_ok(),
            ColumnType::Float64 | ColumnType::Decimal(..) => text.parse::<f64>().is_ok_and(f64::is_finite),
            ColumnType::Boolean => text == "true" || text == "false",
            ColumnType::Date => units::days(&text).is_ok(),
            ColumnType::Timestamp => units::micros(&text, 0).is_ok(),
        };
        if !fits {
            faults.add(
                item.line,
                path,
                format!("valid value {text:?} is not of the column's type {}", types::name(ty)),
            );
        }
    }
    built.column.rules.push(ColumnRule {
        name: "enum".to_owned(),
        check: Check::OneOf(texts.into()),
        on_failure,
    });
}
