//! The contract of a model's table, written from its header and the columns that its plan gives. It is an ordinary
//! contract of the layer `mart`: everything else about the table follows from it.

use super::header::{Header, Kind};
use arrow::datatypes::{DataType, SchemaRef};
use semver::Version;
use smartcenter_warehouse::{
    DatasetId, Error, Result,
    contract::{self, Access, ChangeKind, Classification, ColumnType, Contract, Mask, Origin},
};
use std::fmt::Write;

/// The kind of column that a value of the engine is kept in; none where it has no place in a table.
pub(super) fn column_type(ty: &DataType) -> Option<ColumnType> {
    Some(match ty {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => ColumnType::Text,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 => ColumnType::Int32,
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => ColumnType::Int64,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => ColumnType::Float64,
        DataType::Boolean => ColumnType::Boolean,
        DataType::Date32 | DataType::Date64 => ColumnType::Date,
        DataType::Timestamp(..) => ColumnType::Timestamp,
        DataType::Decimal128(precision, scale) if *scale >= 0 => ColumnType::Decimal(*precision, *scale),
        DataType::Dictionary(_, value) => return column_type(value),
        _ => return None,
    })
}

/// A column of a model's table.
#[derive(Debug, Clone)]
pub(crate) struct OutputColumn {
    pub name: String,
    pub ty: ColumnType,
    /// Class and mask of the personal column that it passes on.
    pub secret: Option<(Classification, Mask)>,
}

/// The columns of a plan.
///
/// # Errors
/// A sentence for each column that no table can have.
pub(super) fn columns(
    schema: &SchemaRef,
    secrets: &[Option<(Classification, Mask)>],
) -> Result<Vec<OutputColumn>, Vec<String>> {
    let mut wrong = Vec::new();
    let mut found: Vec<OutputColumn> = Vec::new();
    for (at, field) in schema.fields().iter().enumerate() {
        let name = field.name();
        let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !plain {
            wrong.push(format!(
                "column {name:?} needs a plain name of lower-case letters, digits and _: write `AS nama`"
            ));
        } else if found.iter().any(|column| column.name == *name) {
            wrong.push(format!("two columns are called `{name}`"));
        } else if let Some(ty) = column_type(field.data_type()) {
            found.push(OutputColumn {
                name: name.clone(),
                ty,
                secret: secrets.get(at).copied().flatten(),
            });
        } else {
            wrong.push(format!(
                "column `{name}` is of type {}, which no table keeps: cast it to text, a number, a date or a timestamp",
                field.data_type()
            ));
        }
    }
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

/// The contract that follows `active`, which is the model's contract so far: the same where nothing differs, else with
/// the next version that its differences ask for.
pub(crate) fn next(
    name: &DatasetId,
    header: &Header,
    columns: &[OutputColumn],
    active: Option<&Contract>,
) -> Result<Contract> {
    let read = |version: &Version| parsed(&written(name, header, columns, version));
    let Some(active) = active else {
        return read(&Version::new(1, 0, 0));
    };
    let same = read(&active.version)?;
    let (major, minor, patch) = (active.version.major, active.version.minor, active.version.patch);
    match contract::compare(active, &same).kind {
        ChangeKind::Identical => Ok(same),
        ChangeKind::Metadata => read(&Version::new(major, minor, patch + 1)),
        ChangeKind::Additive => read(&Version::new(major, minor + 1, 0)),
        ChangeKind::Breaking | ChangeKind::New => read(&Version::new(major + 1, 0, 0)),
    }
}

/// The contract that leaves the rows of a table to stewards, when no model answers for them any more; none where `active`
/// is that already. The model's own contract opens it again.
pub(super) fn closed(active: &Contract) -> Result<Option<Contract>> {
    let Version {
        major, minor, patch, ..
    } = active.version;
    let same = parsed(&closed_text(&active.text, &active.version))?;
    if contract::compare(active, &same).kind == ChangeKind::Identical {
        return Ok(None);
    }
    parsed(&closed_text(&active.text, &Version::new(major, minor, patch + 1))).map(Some)
}

/// A text of [`written`] with another version, for stewards only.
fn closed_text(text: &str, version: &Version) -> String {
    let mut closed = String::new();
    for line in text.lines() {
        let setting = line.trim_start().strip_prefix("- {property: ");
        let setting = setting.and_then(|rest| rest.split_once(',')).map(|(name, _)| name);
        let line = match setting {
            Some("public") => continue,
            Some("access") => "      - {property: access, value: analis}".to_owned(),
            Some("classification") => "      - {property: classification, value: tertutup}".to_owned(),
            _ if line.starts_with("version: ") => format!("version: {}", quoted(&version.to_string())),
            _ => line.to_owned(),
        };
        closed.push_str(&line);
        closed.push('\n');
    }
    closed
}

fn parsed(text: &str) -> Result<Contract> {
    contract::parse(text, Origin::Derived, "model").map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| fault.message.clone()).collect();
        Error::invalid(lines.join("; "))
    })
}

fn written(name: &DatasetId, header: &Header, columns: &[OutputColumn], version: &Version) -> String {
    let (key, slice) = match &header.kind {
        Kind::Table { key, slice } => (key.as_slice(), slice.as_deref()),
        Kind::View => (&[][..], None),
    };
    let mut text = format!(
        "# Written by the hub from the header and the SQL of the model {name}.\n\
         apiVersion: v3.1.0\nkind: DataContract\nid: {}\nname: {}\nversion: {}\nstatus: active\ndomain: {}\n\
         description:\n  purpose: {}\n\
         schema:\n  - name: {name}\n    logicalType: object\n    businessName: {}\n    description: {}\n    \
         dataGranularityDescription: {}\n    properties:\n",
        quoted(&format!("model-{name}")),
        quoted(&header.title),
        quoted(&version.to_string()),
        quoted(header.owner.as_str()),
        quoted(&header.description),
        quoted(&header.title),
        quoted(&header.description),
        quoted(&header.grain),
    );
    for column in columns {
        // Writing into a text cannot fail.
        let _ = write!(
            text,
            "      - name: {}\n        {}\n",
            column.name,
            type_lines(column.ty)
        );
        if let Some(at) = key.iter().position(|key| *key == column.name) {
            let _ = write!(
                text,
                "        required: true\n        primaryKey: true\n        primaryKeyPosition: {}\n",
                at + 1
            );
        }
        if let Some((class, mask)) = column.secret {
            let _ = writeln!(text, "        classification: {}", word(&class));
            if fits(mask, column.ty) {
                let _ = write!(
                    text,
                    "        customProperties:\n          - {{property: mask, value: {}}}\n",
                    quoted(&word(&mask))
                );
            }
        }
    }
    let mut settings = vec![
        ("owner", quoted(header.owner.as_str())),
        ("layer", "mart".to_owned()),
        ("access", word(&header.access)),
        ("classification", word(&header.classification)),
        ("allowRepeats", "true".to_owned()),
    ];
    let sort: Vec<&str> = slice
        .into_iter()
        .chain(key.iter().map(String::as_str).filter(|k| Some(*k) != slice))
        .collect();
    settings.push(("sortBy", format!("[{}]", sort.join(", "))));
    if header.access == Access::Publik {
        settings.push(("public", "true".to_owned()));
    }
    let scope = [("region", &header.region), ("institution", &header.institution)];
    let scope: Vec<String> = scope
        .iter()
        .filter_map(|(part, column)| Some(format!("{part}: {}", column.as_ref()?)))
        .collect();
    if !scope.is_empty() {
        settings.push(("rowScope", format!("{{{}}}", scope.join(", "))));
    }
    text.push_str("    customProperties:\n");
    for (property, value) in settings {
        let _ = writeln!(text, "      - {{property: {property}, value: {value}}}");
    }
    text
}

fn type_lines(ty: ColumnType) -> String {
    match ty {
        ColumnType::Text => "logicalType: string".to_owned(),
        ColumnType::Int32 => "logicalType: integer\n        logicalTypeOptions: {format: i32}".to_owned(),
        ColumnType::Int64 => "logicalType: integer".to_owned(),
        ColumnType::Float64 => "logicalType: number".to_owned(),
        ColumnType::Decimal(precision, scale) => {
            format!("logicalType: number\n        physicalType: \"decimal({precision},{scale})\"")
        }
        ColumnType::Boolean => "logicalType: boolean".to_owned(),
        ColumnType::Date => "logicalType: date".to_owned(),
        ColumnType::Timestamp => "logicalType: timestamp".to_owned(),
    }
}

fn fits(mask: Mask, ty: ColumnType) -> bool {
    match mask {
        Mask::Null => true,
        Mask::Hash | Mask::Partial => ty == ColumnType::Text,
        Mask::Year => matches!(ty, ColumnType::Date | ColumnType::Timestamp),
    }
}

/// A text as YAML reads it back, which is as JSON writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The word that stands for a unit variant.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
