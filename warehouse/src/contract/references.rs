//! References of a column to a code list or another dataset: the standard's `relationships`, or our `reference`.

use super::{
    Check, Column, ColumnRule, OnFailure,
    columns::ON_FAILURE,
    fault::Faults,
    hub_settings::{self, Settings},
    shape::{Property, Relationship, Spot},
};
use crate::DatasetId;

/// Adds the references of a property to its column.
pub(super) fn of_property(
    property: &Property,
    settings: &Settings<'_>,
    path: &str,
    column: &mut Column,
    faults: &mut Faults,
) {
    for relationship in &property.relationships {
        native_reference(relationship, path, column, faults);
    }
    let Some((node, place)) = settings.get("reference") else {
        return;
    };
    let Some(map) = hub_settings::map(node, &place, &["dataset", "column", "onFailure"], faults) else {
        return;
    };
    let mut part = |key: &str| match map.get(key) {
        Some(found) => hub_settings::text(found, &format!("{place}.{key}"), faults),
        None => {
            faults.add(node.line, &place, format!("`reference` needs `{key}`"));
            None
        }
    };
    let (dataset, target) = (part("dataset"), part("column"));
    let on_failure = map
        .get("onFailure")
        .and_then(|found| hub_settings::choice(found, &format!("{place}.onFailure"), ON_FAILURE, faults));
    if let Some((dataset, target)) = dataset.zip(target) {
        push_reference(&dataset, &target.value, on_failure, &place, column, faults);
    }
}

fn native_reference(relationship: &Relationship, path: &str, column: &mut Column, faults: &mut Faults) {
    let place = format!("{path}.relationships");
    let settings = Settings::of(
        &relationship.custom,
        hub_settings::CHECK,
        "a relationship",
        &place,
        faults,
    );
    let on_failure = settings.choice("onFailure", ON_FAILURE, faults);
    if relationship.from.is_some() {
        faults.add(relationship.line, &place, "`from` is implied at a property: remove it");
    }
    match relationship.to.as_ref().map(|to| (to, to.value.split_once('.'))) {
        Some((to, Some((dataset, target)))) if !to.value.contains('/') => {
            let dataset = Spot {
                value: dataset.to_owned(),
                line: to.line,
            };
            push_reference(&dataset, target, on_failure, &place, column, faults);
        }
        _ => faults.add(
            relationship.line,
            &place,
            "a relationship names its target as `dataset.column`",
        ),
    }
}

fn push_reference(
    dataset: &Spot<String>,
    target: &str,
    on_failure: Option<OnFailure>,
    path: &str,
    column: &mut Column,
    faults: &mut Faults,
) {
    match dataset.value.parse::<DatasetId>() {
        Ok(id) => column.rules.push(ColumnRule {
            name: "reference".to_owned(),
            check: Check::Reference {
                dataset: id,
                column: target.to_owned(),
            },
            // Soft unless said otherwise: the code list may arrive after the rows that use it.
            on_failure: on_failure.unwrap_or(OnFailure::Warn),
        }),
        Err(e) => faults.add(dataset.line, path, e.message()),
    }
}
