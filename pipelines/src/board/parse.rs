//! Reading the file of a board. Unknown keys are refused: a misspelt one would silently do nothing.

use super::{Beside, Board, Column, Filter, Panel, Section, Shape};
use crate::{
    alert::Words,
    yaml::{Map, Wrong, root},
};
use smartcenter_warehouse::{policy::Role, query::parse_model};
use std::collections::BTreeSet;

/// Units that the application has words for; a test compares them with its own list.
pub(super) const UNITS: [&str; 22] = [
    "persen",
    "poin",
    "murid",
    "orang",
    "kasus",
    "kunjungan",
    "pengunjung",
    "tiket",
    "surat",
    "laporan",
    "pengaduan",
    "sekolah",
    "unit",
    "baris",
    "hari",
    "menit",
    "jam",
    "indeks",
    "bintang",
    "bilangan",
    "nilai",
    "rata",
];
const PERIODS: [&str; 5] = ["hari", "minggu", "bulan", "triwulan", "tahun"];
const SPANS: [&str; 6] = ["third", "five", "half", "seven", "wide", "full"];
const COLUMN_KINDS: [&str; 7] = ["name", "number", "change", "day", "word", "kecamatan", "institution"];
/// Addresses of the application that are no boards.
const TAKEN: [&str; 5] = ["peringatan", "laporan", "data-masuk", "dinding", "assets"];

const BOARD: [&str; 6] = ["title", "title_en", "lead", "lead_en", "roles", "sections"];
const SECTION: [&str; 4] = ["title", "title_en", "filters", "panels"];
const FILTER: [&str; 8] = ["name", "title", "title_en", "sql", "places", "initial", "all", "all_en"];
const PANEL: [&str; 16] = [
    "kind", "metric", "title", "title_en", "note", "note_en", "sql", "span", "roles", "unit", "period", "better",
    "masks", "beside", "columns", "full",
];
const BESIDE: [&str; 3] = ["key", "title", "title_en"];
const COLUMN: [&str; 5] = ["key", "title", "title_en", "kind", "unit"];

pub(super) fn board(id: &str, file: &str, text: &str) -> Result<Board, Wrong> {
    let mut wrong = Wrong::new();
    if !is_name(id) {
        let message =
            format!("the name of the file is the board's address: lower-case letters, digits and _, not {id:?}");
        wrong.push((1, message));
    }
    if TAKEN.contains(&id) {
        wrong.push((1, format!("/app/{id} is a page of the hub: give the file another name")));
    }
    let read = root(text, &BOARD, &mut wrong, |map, wrong| {
        let sections: Vec<Section> = map
            .maps("sections", &SECTION, wrong)
            .iter()
            .map(|map| section(id, map, wrong))
            .collect();
        if sections.is_empty() {
            map.fault("sections", "`sections` is a list of parts, each with `panels`", wrong);
        }
        unique(&sections, wrong);
        answered(&sections, wrong);
        Some(Board {
            id: id.to_owned(),
            file: file.to_owned(),
            title: words(&map, "title", wrong)?,
            lead: optional(&map, "lead", wrong).unwrap_or_default(),
            roles: roles(&map, wrong),
            sections,
        })
    });
    wrong.sort();
    match read {
        Some(board) if wrong.is_empty() => Ok(board),
        _ => Err(wrong),
    }
}

fn section(id: &str, map: &Map<'_>, wrong: &mut Wrong) -> Section {
    let panels = map.maps("panels", &PANEL, wrong);
    if panels.is_empty() {
        map.fault("panels", "`panels` is a list of what is shown", wrong);
    }
    let filters = map.maps("filters", &FILTER, wrong);
    Section {
        title: optional(map, "title", wrong),
        filters: filters.iter().filter_map(|map| filter(map, wrong)).collect(),
        panels: panels.iter().filter_map(|map| panel(id, map, wrong)).collect(),
    }
}

fn filter(map: &Map<'_>, wrong: &mut Wrong) -> Option<Filter> {
    let name = map.required("name", wrong);
    if name.as_ref().is_some_and(|name| !is_name(name)) {
        map.fault("name", "`name` has lower-case letters, digits and _ only", wrong);
    }
    let places = map.flag("places", false, wrong);
    let sql = map.has("sql").then(|| question(map, wrong)).flatten();
    if places == map.has("sql") {
        let message =
            "a filter has either `sql`, whose rows `nilai, nama` are the choices, or `places: true` for the kecamatan";
        map.fault("name", message, wrong);
    }
    Some(Filter {
        title: words(map, "title", wrong)?,
        name: name?,
        sql,
        places,
        initial: map.text("initial", wrong),
        all: optional(map, "all", wrong),
        line: map.line_of("name"),
    })
}

fn panel(id: &str, map: &Map<'_>, wrong: &mut Wrong) -> Option<Panel> {
    let name = map.required("metric", wrong);
    if name.as_ref().is_some_and(|name| !is_name(name)) {
        map.fault("metric", "`metric` has lower-case letters, digits and _ only", wrong);
    }
    let (title, sql, shape) = (words(map, "title", wrong), question(map, wrong), shape(map, wrong));
    Some(Panel {
        note: optional(map, "note", wrong),
        span: word(map, "span", &SPANS, wrong),
        roles: roles(map, wrong),
        line: map.line_of("sql"),
        metric: format!("{id}.{}", name?),
        title: title?,
        sql: sql?,
        shape: shape?,
    })
}

/// Keys of a panel that only some kinds have.
const OF_KIND: [&str; 7] = ["unit", "period", "better", "masks", "beside", "columns", "full"];

fn shape(map: &Map<'_>, wrong: &mut Wrong) -> Option<Shape> {
    let kinds: [(&str, (&str, &[&str])); 6] = [
        ("figure", ("figure", &["unit", "period", "better"])),
        ("series", ("series", &["unit", "period", "masks", "beside"])),
        ("map", ("map", &["unit", "period"])),
        ("table", ("table", &["columns"])),
        ("heat", ("heat", &["unit"])),
        ("bars", ("bars", &["unit", "full"])),
    ];
    map.required("kind", wrong)?;
    let (kind, keys) = map.choice("kind", &kinds, wrong)?;
    for key in OF_KIND.iter().filter(|key| map.has(key) && !keys.contains(key)) {
        map.fault(key, format!("a panel of kind {kind} has no `{key}`"), wrong);
    }
    let unit = |wrong: &mut Wrong| needed(map, "unit", &UNITS, wrong);
    let period = |wrong: &mut Wrong| needed(map, "period", &PERIODS, wrong);
    Some(match kind {
        "figure" => Shape::Figure {
            better: word(map, "better", &["more", "less"], wrong),
            unit: unit(wrong)?,
            period: period(wrong)?,
        },
        "series" => Shape::Series {
            masks: word(map, "masks", &["sekolah", "kerja"], wrong),
            beside: beside(map, wrong),
            unit: unit(wrong)?,
            period: period(wrong)?,
        },
        "map" => Shape::Map {
            unit: unit(wrong)?,
            period: period(wrong)?,
        },
        "table" => Shape::Table {
            columns: columns(map, wrong),
        },
        "heat" => Shape::Heat { unit: unit(wrong)? },
        _ => Shape::Bars {
            full: map.number("full", wrong),
            unit: unit(wrong)?,
        },
    })
}

fn beside(map: &Map<'_>, wrong: &mut Wrong) -> Vec<Beside> {
    let lines = map.maps("beside", &BESIDE, wrong);
    let read = |map: &Map<'_>, wrong: &mut Wrong| {
        Some(Beside {
            key: map.required("key", wrong)?,
            title: words(map, "title", wrong)?,
        })
    };
    lines.iter().filter_map(|map| read(map, wrong)).collect()
}

fn columns(map: &Map<'_>, wrong: &mut Wrong) -> Vec<Column> {
    let columns = map.maps("columns", &COLUMN, wrong);
    if columns.is_empty() {
        map.fault(
            "columns",
            "`columns` is a list such as [{key: nama, title: Desa, kind: name}]",
            wrong,
        );
    }
    let read = |map: &Map<'_>, wrong: &mut Wrong| {
        Some(Column {
            unit: word(map, "unit", &UNITS, wrong),
            key: map.required("key", wrong)?,
            title: words(map, "title", wrong)?,
            kind: needed(map, "kind", &COLUMN_KINDS, wrong)?,
        })
    };
    let mut seen = BTreeSet::new();
    let mut all: Vec<Column> = Vec::new();
    for map in &columns {
        let Some(column) = read(map, wrong) else { continue };
        if !seen.insert(column.key.clone()) {
            map.fault("key", format!("another column has the key {}, too", column.key), wrong);
        }
        all.push(column);
    }
    all
}

/// A question that can be read; whether its tables are there is for [`super::check()`] to say.
fn question(map: &Map<'_>, wrong: &mut Wrong) -> Option<String> {
    let sql = map.required("sql", wrong)?;
    match parse_model(&sql) {
        Ok(_) => Some(sql),
        Err(error) => {
            map.fault("sql", error.message(), wrong);
            None
        }
    }
}

/// Figures are told apart by their names.
fn unique(sections: &[Section], wrong: &mut Wrong) {
    let mut seen = BTreeSet::new();
    for panel in sections.iter().flat_map(|section| &section.panels) {
        if !seen.insert(&panel.metric) {
            let name = panel.metric.rsplit('.').next().unwrap_or_default();
            wrong.push((
                panel.line,
                format!("another panel has the `metric` {name}, too: give each its own"),
            ));
        }
    }
    let mut seen = BTreeSet::new();
    for filter in sections.iter().flat_map(|section| &section.filters) {
        if !seen.insert(&filter.name) {
            wrong.push((filter.line, format!("another filter has the name {}, too", filter.name)));
        }
    }
}

/// What a question asks for has to be given by a filter of the board.
fn answered(sections: &[Section], wrong: &mut Wrong) {
    let filters = || sections.iter().flat_map(|section| &section.filters);
    let given: BTreeSet<&str> = filters().map(|filter| filter.name.as_str()).collect();
    for panel in sections.iter().flat_map(|section| &section.panels) {
        for name in names(&panel.sql).into_iter().filter(|name| !given.contains(name)) {
            wrong.push((
                panel.line,
                format!("the question asks for ${name}, which no filter of the board gives"),
            ));
        }
    }
    for filter in filters() {
        if let Some(name) = filter.sql.as_deref().and_then(|sql| names(sql).into_iter().next()) {
            wrong.push((filter.line, format!("the choices of a filter cannot depend on ${name}")));
        }
    }
}

/// The `$name`s of a question, but for those in texts and comments.
pub(super) fn names(sql: &str) -> BTreeSet<&str> {
    let (mut found, mut rest) = (BTreeSet::new(), sql);
    while let Some(at) = rest.find(['\'', '"', '$', '-', '/']) {
        let (mark, after) = rest[at..].split_at(1);
        rest = match mark {
            "$" => {
                let end = after
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(after.len());
                found.extend((end > 0).then(|| &after[..end]));
                &after[end..]
            }
            "-" if after.starts_with('-') => after.split_once('\n').map_or("", |(_, rest)| rest),
            "/" if after.starts_with('*') => after.split_once("*/").map_or("", |(_, rest)| rest),
            "-" | "/" => after,
            quote => after.split_once(quote).map_or("", |(_, rest)| rest),
        };
    }
    found
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// A text in both languages; the Indonesian one stands for both where there is no other.
fn optional(map: &Map<'_>, key: &str, wrong: &mut Wrong) -> Option<Words> {
    let id = map.text(key, wrong)?;
    let en = map.text(&format!("{key}_en"), wrong);
    Some(Words::of(id.clone(), en.unwrap_or(id)))
}

fn words(map: &Map<'_>, key: &str, wrong: &mut Wrong) -> Option<Words> {
    map.required(key, wrong)?;
    optional(map, key, wrong)
}

fn word(map: &Map<'_>, key: &str, words: &[&'static str], wrong: &mut Wrong) -> Option<&'static str> {
    let choices: Vec<(&str, &'static str)> = words.iter().map(|word| (*word, *word)).collect();
    map.has(key).then(|| map.choice(key, &choices, wrong)).flatten()
}

fn needed(map: &Map<'_>, key: &str, words: &[&'static str], wrong: &mut Wrong) -> Option<&'static str> {
    if !map.has(key) {
        map.fault(key, format!("`{key}` is needed: one of {}", words.join(", ")), wrong);
    }
    word(map, key, words, wrong)
}

fn roles(map: &Map<'_>, wrong: &mut Wrong) -> Vec<Role> {
    let names = map.texts("roles", wrong).unwrap_or_default();
    let read = |name: String| {
        let found = Role::ALL.into_iter().find(|role| role.as_str() == name);
        if found.is_none() {
            let known: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
            map.fault(
                "roles",
                format!("there is no role {name:?}: there are {}", known.join(", ")),
                wrong,
            );
        }
        found
    };
    names.into_iter().filter_map(read).collect()
}
