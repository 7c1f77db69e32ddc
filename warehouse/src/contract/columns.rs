//! From a property of the file to a column of the model: name, type, options, settings.

use super::{
    Classification, Column, ColumnType, INDONESIAN_DATES, LeadingZeros, Mask, NumberSigns, OnFailure, Reading, RowRule,
    fault::{Faults, hint},
    hub_settings::{self, Settings},
    options, places, reading, references, rules,
    shape::{Property, Spot},
    types,
    yaml::Value,
};

/// The choices of `onFailure`.
pub(super) const ON_FAILURE: &[(&str, OnFailure)] = &[
    ("reject_batch", OnFailure::RejectBatch),
    ("quarantine_row", OnFailure::QuarantineRow),
    ("warn", OnFailure::Warn),
];

/// What a property turns into.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) column: Column,
    /// Checks that need SQL, such as `multipleOf`.
    pub(super) row_rules: Vec<RowRule>,
    /// Offset of a `defaultTimezone`, in minutes.
    pub(super) utc_offset: Option<Spot<i32>>,
    /// Line of the setting `position`.
    pub(super) position_line: Option<usize>,
}

/// What the dataset hands down to its columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Defaults {
    pub(super) classification: Classification,
    pub(super) utc_offset_minutes: i32,
    pub(super) number_signs: NumberSigns,
}

/// The class a text names; English words of the standard's examples are read in their strict sense.
pub(super) fn classification(spot: &Spot<String>, path: &str, faults: &mut Faults) -> Option<Classification> {
    Some(match spot.value.trim() {
        "terbuka" | "public" => Classification::Open,
        "terbatas" | "internal" => Classification::Restricted,
        "pribadi" => Classification::Personal,
        "pribadi_spesifik" => Classification::Sensitive,
        "tertutup" | "restricted" | "confidential" => Classification::Closed,
        other => {
            let known = ["terbuka", "terbatas", "pribadi", "pribadi_spesifik", "tertutup"];
            let list = known.join(", ");
            let hint = hint(other, known);
            faults.add(
                spot.line,
                path,
                format!("classification {other:?} is not known: use one of {list}{hint}"),
            );
            return None;
        }
    })
}

/// Builds the column; none (with the faults noted) when its type cannot be told.
pub(super) fn build(property: &Property, defaults: Defaults, path: &str, faults: &mut Faults) -> Option<Built> {
    let settings = Settings::of(&property.custom, hub_settings::PROPERTY, "a property", path, faults);
    let name = property.name.as_ref().map(|n| n.value.clone()).unwrap_or_default();
    check_name(property.name.as_ref(), path, faults);
    let class = property
        .classification
        .as_ref()
        .and_then(|spot| classification(spot, path, faults));
    let on_failure = settings.choice("onFailure", ON_FAILURE, faults).unwrap_or_default();
    let (ty, implied) = types::column_type(property, path, faults)?;

    let mut column = Column {
        name,
        title: property.business_name.clone(),
        description: property.description.clone(),
        ty,
        required: property.required,
        unique: property.unique,
        classification: class.unwrap_or(defaults.classification),
        mask: mask(&settings, ty, faults),
        aliases: Vec::new(),
        null_values: values(settings.texts("nullValues", faults)),
        formats: Vec::new(),
        position: None,
        path: None,
        reading: Reading::default(),
        leading_zeros: leading_zeros(&settings, ty, faults),
        rules: Vec::new(),
        on_failure,
    };
    // What the column is called in its source is one more header that means it.
    column
        .aliases
        .extend(property.physical_name.iter().map(|spot| spot.value.clone()));
    column.aliases.extend(values(settings.texts("aliases", faults)));
    column.formats = formats(&settings, ty, faults);
    let position = places::position(&settings, faults);
    column.position = position.as_ref().map(|spot| spot.value);
    column.path = places::fhir_path(&settings, faults);

    let mut built = Built {
        column,
        row_rules: Vec::new(),
        utc_offset: None,
        position_line: position.map(|spot| spot.line),
    };
    options::of_property(property, implied, defaults, path, &mut built, faults);
    rules::of_property(property, path, &mut built, faults);
    references::of_property(property, &settings, path, &mut built.column, faults);
    built.column.reading = reading::of_property(&settings, &built.column, defaults.number_signs, faults);
    Some(built)
}

fn values(spots: Option<Vec<Spot<String>>>) -> Vec<String> {
    spots.unwrap_or_default().into_iter().map(|spot| spot.value).collect()
}

fn check_name(name: Option<&Spot<String>>, path: &str, faults: &mut Faults) {
    let Some(Spot { value, line }) = name else { return };
    if value.starts_with('_') {
        let message = format!("column {value:?} starts with `_`, which is reserved for the hub's own columns");
        faults.add(*line, path, message);
        return;
    }
    let snake = value.len() <= 63
        && value.starts_with(|c: char| c.is_ascii_lowercase())
        && value
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !snake {
        let message = format!(
            "column {value:?} is not a plain SQL name: use lower-case letters, digits and `_`, first a letter, at most 63 \
             (headers are matched whatever their case and spaces; list other spellings as the hub setting `aliases`)"
        );
        faults.add(*line, path, message);
    }
}

fn mask(settings: &Settings<'_>, ty: ColumnType, faults: &mut Faults) -> Mask {
    let choices = [
        ("null", Mask::Null),
        ("hash", Mask::Hash),
        ("year", Mask::Year),
        ("partial", Mask::Partial),
    ];
    let Some((node, path)) = settings.get("mask") else {
        return Mask::Null;
    };
    // `mask: null` without quotes is YAML's null, and means just that.
    if matches!(node.value, Value::Null) {
        return Mask::Null;
    }
    let Some(mask) = hub_settings::choice(node, &path, &choices, faults) else {
        return Mask::Null;
    };
    let fits = match mask {
        Mask::Null => true,
        Mask::Hash | Mask::Partial => ty == ColumnType::Text,
        Mask::Year => matches!(ty, ColumnType::Date | ColumnType::Timestamp),
    };
    if !fits {
        let wanted = if mask == Mask::Year {
            "dates and timestamps"
        } else {
            "text"
        };
        let given = types::name(ty);
        faults.add(
            node.line,
            &path,
            format!("mask {mask:?} works on {wanted} only, and the column is {given}"),
        );
    }
    mask
}

fn leading_zeros(settings: &Settings<'_>, ty: ColumnType, faults: &mut Faults) -> LeadingZeros {
    let choices = [("restore", LeadingZeros::Restore), ("refuse", LeadingZeros::Refuse)];
    let Some(chosen) = settings.choice("leadingZeros", &choices, faults) else {
        return LeadingZeros::default();
    };
    if ty != ColumnType::Text
        && let Some((node, path)) = settings.get("leadingZeros")
    {
        let message = format!("`leadingZeros` is for text, and the column is {}", types::name(ty));
        faults.add(node.line, &path, message);
    }
    chosen
}

fn formats(settings: &Settings<'_>, ty: ColumnType, faults: &mut Faults) -> Vec<String> {
    let Some(found) = settings.texts("formats", faults) else {
        return Vec::new();
    };
    let Some((_, path)) = settings.get("formats") else {
        return Vec::new();
    };
    for spot in &found {
        if !matches!(ty, ColumnType::Date | ColumnType::Timestamp) {
            faults.add(
                spot.line,
                &path,
                format!(
                    "`formats` is for dates and timestamps, and the column is {}",
                    types::name(ty)
                ),
            );
            break;
        }
        if spot.value != INDONESIAN_DATES {
            check_format(&spot.value, ty, spot.line, &path, faults);
        }
    }
    values(Some(found))
}

/// A pattern must be readable and must pin down a whole date, or a date and an hour.
pub(super) fn check_format(pattern: &str, ty: ColumnType, line: usize, path: &str, faults: &mut Faults) {
    use chrono::format::{Item, StrftimeItems};
    let items: Vec<Item<'_>> = StrftimeItems::new(pattern).collect();
    if items.iter().any(|item| matches!(item, Item::Error)) {
        faults.add(
            line,
            path,
            format!("date pattern {pattern:?} is not a strftime pattern such as `%d/%m/%Y`"),
        );
        return;
    }
    // Writing a known instant and reading it back finds patterns that lose a part, such as `%d/%m`.
    let Some(sample) = chrono::DateTime::from_timestamp(1_721_005_200, 0) else {
        return;
    };
    let written = sample.format_with_items(items.iter()).to_string();
    let mut parsed = chrono::format::Parsed::new();
    let read = chrono::format::parse(&mut parsed, &written, items.iter()).is_ok();
    let whole = read
        && match ty {
            ColumnType::Date => parsed.to_naive_date().is_ok(),
            _ => parsed.to_naive_datetime_with_offset(0).is_ok() || parsed.to_naive_date().is_ok(),
        };
    if !whole {
        faults.add(
            line,
            path,
            format!("date pattern {pattern:?} does not give a whole date (day, month, year)"),
        );
    }
}
