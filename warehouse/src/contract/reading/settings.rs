//! From the hub settings `numberSigns affixes synonyms stripTitles resolve` to the model, and what is wrong with them.

use super::{NumberSigns, Reading, Resolve, Synonyms, fold_word};
use crate::{
    DatasetId,
    contract::{
        Check, Column, ColumnType,
        fault::{Faults, hint},
        hub_settings::{self, Settings},
        lint::Dataset,
        shape::Spot,
        types,
        yaml::{Node, Value},
    },
};
use std::collections::HashMap;

/// The setting `numberSigns` of a dataset or a property.
pub(in crate::contract) fn number_signs(settings: &Settings<'_>, faults: &mut Faults) -> Option<NumberSigns> {
    let choices = [("strict", NumberSigns::Strict), ("mixed", NumberSigns::Mixed)];
    settings.choice("numberSigns", &choices, faults)
}

/// Reads the settings of a property whose type and rules are known; `signs` are those of the dataset.
pub(in crate::contract) fn of_property(
    settings: &Settings<'_>,
    column: &Column,
    signs: NumberSigns,
    faults: &mut Faults,
) -> Reading {
    let of_numbers =
        |name: &str, faults: &mut Faults| fits(name, settings, is_number(column.ty), "numbers", column, faults);
    let of_text = |name: &str, faults: &mut Faults| {
        fits(name, settings, column.ty == ColumnType::Text, "text", column, faults);
    };
    of_numbers("numberSigns", faults);
    of_numbers("affixes", faults);
    of_text("stripTitles", faults);
    of_text("resolve", faults);
    let resolve = resolve(settings, faults);
    Reading {
        number_signs: number_signs(settings, faults).unwrap_or(if is_number(column.ty) {
            signs
        } else {
            NumberSigns::Strict
        }),
        affixes: affixes(settings, faults),
        synonyms: synonyms(settings, column, resolve.is_some(), faults),
        strip_titles: settings.flag("stripTitles", faults).unwrap_or(false),
        resolve,
    }
}

fn is_number(ty: ColumnType) -> bool {
    matches!(
        ty,
        ColumnType::Int32 | ColumnType::Int64 | ColumnType::Float64 | ColumnType::Decimal(..)
    )
}

/// A setting that does nothing for the column's type is a fault.
fn fits(name: &str, settings: &Settings<'_>, is_fit: bool, wanted: &str, column: &Column, faults: &mut Faults) {
    if let (Some((node, path)), false) = (settings.get(name), is_fit) {
        let given = types::name(column.ty);
        faults.add(
            node.line,
            &path,
            format!("`{name}` is for {wanted}, and the column is {given}"),
        );
    }
}

fn affixes(settings: &Settings<'_>, faults: &mut Faults) -> Vec<String> {
    let Some((_, path)) = settings.get("affixes") else {
        return Vec::new();
    };
    let mut kept = Vec::new();
    for spot in settings.texts("affixes", faults).unwrap_or_default() {
        let affix = spot.value.trim();
        let is_sign =
            !affix.is_empty() && affix.chars().all(|c| matches!(c, '.' | ',' | '-' | '+')) && affix.len() == 1;
        if affix.is_empty() || is_sign || affix.chars().any(char::is_numeric) {
            let message = format!(
                "affix {:?} could be part of a number: write a word or sign that never is, such as `Rp`, `%`, `hari` or `,-`",
                spot.value
            );
            faults.add(spot.line, &path, message);
        }
        kept.push(affix.to_owned());
    }
    kept
}

fn synonyms(settings: &Settings<'_>, column: &Column, resolves: bool, faults: &mut Faults) -> Vec<Synonyms> {
    let Some((node, path)) = settings.get("synonyms") else {
        return Vec::new();
    };
    let is_fit = matches!(
        column.ty,
        ColumnType::Text | ColumnType::Boolean | ColumnType::Int32 | ColumnType::Int64
    );
    fits(
        "synonyms",
        settings,
        is_fit,
        "text, integers and booleans",
        column,
        faults,
    );
    if !matches!(node.value, Value::Map(_)) {
        let message = format!(
            "`synonyms` is {}; expected a map of codes to lists of spellings, such as `{{L: [Laki-laki, Pria]}}`",
            node.kind()
        );
        faults.add(node.line, &path, message);
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut meant: HashMap<String, String> = HashMap::new();
    for entry in node.entries() {
        let code = entry.key.trim().to_owned();
        let place = format!("{path}.{code}");
        if let Some(why) = misfit(&code, column, resolves) {
            faults.add(entry.line, &place, format!("`synonyms` gives the code {code:?}, {why}"));
        }
        let spots = hub_settings::texts(&entry.value, &place, faults).unwrap_or_default();
        let own = Spot {
            value: code.clone(),
            line: entry.line,
        };
        for spot in std::iter::once(&own).chain(&spots) {
            let folded = fold_word(&spot.value);
            if folded.is_empty() {
                let message = format!(
                    "spelling {:?} is no word: a text that means \"no value\" belongs into `nullValues`",
                    spot.value
                );
                faults.add(spot.line, &place, message);
            } else if let Some(other) = meant.insert(folded, code.clone()).filter(|other| *other != code) {
                let message = format!("spelling {:?} means both {other:?} and {code:?}: keep one", spot.value);
                faults.add(spot.line, &place, message);
            }
        }
        let spellings = spots.into_iter().map(|spot| spot.value).collect();
        found.push(Synonyms { code, spellings });
    }
    found
}

/// Why a code could never pass the column's own checks.
fn misfit(code: &str, column: &Column, resolves: bool) -> Option<String> {
    let is_typed = match column.ty {
        ColumnType::Int32 => code.parse::<i32>().is_ok(),
        ColumnType::Int64 => code.parse::<i64>().is_ok(),
        ColumnType::Boolean => matches!(code, "true" | "false" | "ya" | "tidak"),
        _ => true,
    };
    if code.is_empty() {
        return Some("which is empty".to_owned());
    }
    if !is_typed {
        let given = types::name(column.ty);
        return Some(match column.ty {
            ColumnType::Boolean => "while those of a boolean are `true` and `false`, or `ya` and `tidak`".to_owned(),
            _ => format!("which is not of the column's type ({given})"),
        });
    }
    // What is looked up in a list may still be a name here.
    if resolves {
        return None;
    }
    column.rules.iter().find_map(|rule| match &rule.check {
        Check::OneOf(values) if column.ty == ColumnType::Text && !values.iter().any(|value| value == code) => {
            Some("which is not one of the column's `validValues`".to_owned())
        }
        Check::Pattern(pattern) if !pattern.is_match(code) => Some(format!(
            "which has not the form {} that the column asks for",
            pattern.as_str()
        )),
        _ => None,
    })
}

fn resolve(settings: &Settings<'_>, faults: &mut Faults) -> Option<Resolve> {
    let (node, path) = settings.get("resolve")?;
    let known = ["dataset", "code", "names", "where", "within", "prefixes", "valid"];
    let map = hub_settings::map(node, &path, &known, faults)?;
    let mut needed = |key: &str| match map.get(key) {
        Some(found) => hub_settings::text(found, &format!("{path}.{key}"), faults),
        None => {
            faults.add(node.line, &path, format!("`resolve` needs `{key}`"));
            None
        }
    };
    let (dataset, code) = (needed("dataset"), needed("code"));
    let names = list(map, "names", &path, faults);
    if names.is_empty() {
        let message = "`resolve` needs `names`: the columns of the list that a cell may be written as";
        faults.add(map.get("names").unwrap_or(node).line, &path, message);
    }
    let prefixes = list(map, "prefixes", &path, faults);
    let filter = pairs(map, "where", &path, faults);
    let within = pairs(map, "within", &path, faults);
    let valid = validity(map, &path, faults);
    let dataset = dataset.and_then(|spot| {
        let parsed = spot.value.parse::<DatasetId>();
        parsed.map_err(|e| faults.add(spot.line, &path, e.message())).ok()
    });
    Some(Resolve {
        dataset: dataset?,
        code: code?.value,
        names,
        filter,
        within,
        prefixes,
        valid,
    })
}

fn list(map: &Node, key: &str, path: &str, faults: &mut Faults) -> Vec<String> {
    let spots = map
        .get(key)
        .and_then(|found| hub_settings::texts(found, &format!("{path}.{key}"), faults));
    spots.unwrap_or_default().into_iter().map(|spot| spot.value).collect()
}

fn validity(map: &Node, path: &str, faults: &mut Faults) -> Option<(String, String)> {
    let found = map.get("valid")?;
    match list(map, "valid", path, faults).as_slice() {
        [from, to] => Some((from.clone(), to.clone())),
        _ => {
            let message = "`valid` names two columns of the list: the first and the last day of a row's validity";
            faults.add(found.line, path, message);
            None
        }
    }
}

/// A map of column names to single values.
fn pairs(map: &Node, key: &str, path: &str, faults: &mut Faults) -> Vec<(String, String)> {
    let Some(found) = map.get(key) else {
        return Vec::new();
    };
    let read: Option<Vec<_>> = found
        .entries()
        .iter()
        .map(|entry| Some((entry.key.clone(), entry.value.written()?)))
        .collect();
    match read {
        Some(read) if !read.is_empty() => read,
        _ => {
            let message = format!("`{key}` is a map of columns to one value each, such as `{{tingkat: kecamatan}}`");
            faults.add(found.line, path, message);
            Vec::new()
        }
    }
}

impl Dataset<'_> {
    /// Judges what `resolve` says of the row's other columns: each is one of text, and none waits for itself.
    pub(in crate::contract) fn check_resolves(&self, faults: &mut Faults) {
        for (at, (name, built)) in self.columns.iter().enumerate() {
            let Some(resolve) = built.as_ref().and_then(|built| built.column.reading.resolve.as_ref()) else {
                continue;
            };
            let settings = self
                .object
                .properties
                .get(at)
                .map_or(&[][..], |property| property.custom.as_slice());
            let line = settings
                .iter()
                .find(|custom| custom.name.value == "resolve")
                .map_or(self.object.line, |custom| custom.value.line);
            let path = format!("{}.properties[{name}].resolve", self.path);
            let mut is_sound = true;
            for (_, own) in &resolve.within {
                if let Some(why) = self.unfit(own) {
                    faults.add(line, &path, format!("`within` names column {own:?}, {why}"));
                    is_sound = false;
                }
            }
            if is_sound && self.waits_for(at, name, &mut vec![false; self.columns.len()]) {
                let message = format!(
                    "`within` of `{name}` leads back to `{name}` itself: a region is looked up inside its parent, never the other way round too"
                );
                faults.add(line, &path, message);
            }
        }
    }

    fn unfit(&self, own: &str) -> Option<String> {
        match self.columns.iter().find(|(name, _)| name == own) {
            None => {
                let hint = hint(own, self.columns.iter().map(|(name, _)| name.as_str()));
                Some(format!("which the dataset does not have{hint}"))
            }
            Some((_, Some(built))) if built.column.ty != ColumnType::Text => {
                Some(format!("which is {} and not text", types::name(built.column.ty)))
            }
            Some(_) => None,
        }
    }

    /// Whether the column at `at` is looked up inside the one called `goal`, however many steps away.
    fn waits_for(&self, at: usize, goal: &str, seen: &mut [bool]) -> bool {
        match seen.get_mut(at) {
            Some(seen) if !*seen => *seen = true,
            _ => return false,
        }
        let built = self.columns.get(at).and_then(|(_, built)| built.as_ref());
        let Some(resolve) = built.and_then(|built| built.column.reading.resolve.as_ref()) else {
            return false;
        };
        resolve.within.iter().any(|(_, own)| {
            let next = self.columns.iter().position(|(name, _)| name == own);
            own == goal || next.is_some_and(|next| self.waits_for(next, goal, seen))
        })
    }
}
