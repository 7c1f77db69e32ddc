//! The draft as a contract file, in the form of those that come with the hub.

use super::{
    DraftRequest,
    column::{Locale, Proposal},
};
use smartcenter_warehouse::contract::fold;
use std::fmt::Write;

/// The contract as YAML.
pub(super) fn contract(
    request: &DraftRequest,
    columns: &[Proposal],
    key: &[usize],
    locale: Locale,
    rows: u64,
) -> String {
    let dataset = &request.dataset;
    let title = sentence(dataset);
    let mut text = format!(
        "# Proposed from a sample of {rows} rows. Read every line, correct it, and check it with `smartcenter contract lint`.\n\
         apiVersion: v3.1.0\n\
         kind: DataContract\n\
         id: {id}\n\
         name: {title}\n\
         version: \"1.0.0\"\n\
         status: draft\n\
         domain: {owner}\n\
         description:\n  \
           purpose: {purpose}\n  \
           usage: {usage}\n  \
           limitations: {limits}\n\
         schema:\n  \
           - name: {dataset}\n    \
             logicalType: object\n    \
             businessName: {title}\n    \
             description: {grain}\n    \
             properties:\n",
        id = quoted(&format!("{}-{}", request.owner, dataset.replace('_', "-"))),
        title = quoted(&title),
        owner = quoted(&request.owner),
        purpose = quoted("TODO: for what the data are kept, and on which legal basis."),
        usage = quoted("TODO: how rows are to be read and counted."),
        limits = quoted("TODO: what the data do not tell."),
        grain = quoted("TODO: what one row is."),
    );
    for (index, column) in columns.iter().enumerate() {
        let position = key.iter().position(|at| *at == index).map(|at| at + 1);
        property(&mut text, column, position, key.len());
    }
    text.push_str("    customProperties:\n");
    let mut setting = |name: &str, value: &str| {
        let _ = writeln!(text, "      - {{property: {name}, value: {value}}}");
    };
    setting("owner", &quoted(&request.owner));
    match locale {
        Locale::Plain => {}
        Locale::Indonesian => setting("locale", "id-ID"),
        Locale::English => setting("locale", "en-US"),
        Locale::Mixed => {
            setting("locale", "id-ID");
            setting("numberSigns", "mixed");
        }
    }
    if let Some(sheet) = &request.sheet {
        setting("sheet", &quoted(sheet));
    }
    let time = columns.iter().find(|column| {
        matches!(column.logical_type, "date" | "timestamp") && column.required && column.classification == "terbatas"
    });
    if let Some(time) = time {
        setting("eventTime", &format!("{{column: {}}}", time.name));
    }
    text
}

fn property(text: &mut String, column: &Proposal, position: Option<usize>, parts: usize) {
    let mut line = |depth: usize, part: &str| {
        let _ = writeln!(text, "{:width$}{part}", "", width = 6 + depth * 2);
    };
    line(0, &format!("- name: {}", column.name));
    line(1, &format!("businessName: {}", quoted(&column.header)));
    for remark in &column.remarks {
        line(1, &format!("# {}", remark.replace('\n', " ")));
    }
    line(1, &format!("logicalType: {}", column.logical_type));
    if let Some(physical) = &column.physical_type {
        line(1, &format!("physicalType: {}", quoted(physical)));
    }
    if let Some(pattern) = &column.pattern {
        line(1, &format!("logicalTypeOptions: {{pattern: {}}}", quoted(pattern)));
    } else if let (Some((_, most)), "string", true) = (column.length, column.logical_type, column.values.is_empty()) {
        line(1, &format!("logicalTypeOptions: {{maxLength: {}}}", round(most)));
    } else if let (Some((least, _)), "integer" | "number") = (column.range, column.logical_type)
        && least >= 0.0
    {
        line(1, "logicalTypeOptions: {minimum: 0}");
    }
    if column.required {
        line(1, "required: true");
    }
    if column.classification != "terbatas" {
        line(1, &format!("classification: {}", column.classification));
    }
    if let Some(position) = position {
        line(1, "primaryKey: true");
        if parts > 1 {
            line(1, &format!("primaryKeyPosition: {position}"));
        }
    }
    if let Some(reference) = column.reference {
        line(1, "relationships:");
        line(2, &format!("- to: {reference}"));
    }
    if !column.values.is_empty() {
        let list: Vec<String> = column.values.iter().map(|value| quoted(value)).collect();
        line(1, "quality:");
        line(2, "- type: library");
        line(3, "metric: invalidValues");
        line(3, "arguments:");
        line(4, &format!("validValues: [{}]", list.join(", ")));
        line(3, "mustBe: 0");
    }
    if !column.examples.is_empty() && column.values.is_empty() {
        let list: Vec<String> = column.examples.iter().map(|value| quoted(value)).collect();
        line(1, &format!("examples: [{}]", list.join(", ")));
    }
    let has_alias = fold(&column.header) != fold(&column.name);
    if has_alias || !column.formats.is_empty() {
        line(1, "customProperties:");
        if has_alias {
            line(
                2,
                &format!("- {{property: aliases, value: [{}]}}", quoted(&column.header)),
            );
        }
        if !column.formats.is_empty() {
            let list: Vec<String> = column.formats.iter().map(|value| quoted(value)).collect();
            line(2, &format!("- {{property: formats, value: [{}]}}", list.join(", ")));
        }
    }
}

/// A text as YAML, always quoted: `no` is no boolean and `012` no number.
pub(super) fn quoted(text: &str) -> String {
    // JSON's strings are YAML's double-quoted ones.
    serde_json::Value::from(text).to_string()
}

/// A generous limit for texts of which the longest seen had `most` characters.
fn round(most: usize) -> usize {
    [20, 50, 100, 200, 500, 1000, 2000, 5000]
        .into_iter()
        .find(|limit| most * 3 / 2 <= *limit)
        .unwrap_or(most * 2)
}

/// `absensi_kelas` as `Absensi kelas`.
fn sentence(dataset: &str) -> String {
    let words = dataset.replace('_', " ");
    let mut chars = words.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
