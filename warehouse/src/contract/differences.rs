//! The differences between two versions of a contract, each with its weight.

use super::{
    Bound, Check, Column, ColumnRule, Contract, LeadingZeros, OnFailure, SchemaMode,
    evolve::{ChangeKind, Difference},
    reading, types,
};

/// All differences, and the names of the columns that are new.
pub(super) fn between(old: &Contract, new: &Contract) -> (Vec<Difference>, Vec<String>) {
    let mut found = Found {
        list: Vec::new(),
        frozen: old.schema_mode == SchemaMode::Freeze,
    };
    let added = columns(old, new, &mut found);
    dataset(old, new, &mut found);
    (found.list, added)
}

/// The differences found so far.
struct Found {
    list: Vec<Difference>,
    frozen: bool,
}

impl Found {
    fn note(&mut self, path: impl Into<String>, kind: ChangeKind, what: impl Into<String>) {
        let breaking = kind == ChangeKind::Breaking;
        self.list.push(Difference {
            path: path.into(),
            what: what.into(),
            breaking,
            kind,
        });
    }

    /// A change of the stored schema: breaking where the contract has frozen it.
    fn schema(&mut self, path: impl Into<String>, kind: ChangeKind, what: &str) {
        if self.frozen && kind != ChangeKind::Breaking {
            self.note(
                path,
                ChangeKind::Breaking,
                format!("{what}, and the schema is frozen (`schemaMode: freeze`)"),
            );
        } else {
            self.note(path, kind, what);
        }
    }

    fn metadata<T: PartialEq>(&mut self, path: impl Into<String>, old: &T, new: &T, what: &str) {
        if old != new {
            self.note(path, ChangeKind::Metadata, what);
        }
    }

    fn breaking<T: PartialEq>(&mut self, path: impl Into<String>, old: &T, new: &T, what: &str) {
        if old != new {
            self.note(path, ChangeKind::Breaking, what);
        }
    }

    /// A set of texts that may only grow.
    fn growing(&mut self, path: &str, old: &[String], new: &[String], what: &str) {
        for gone in old.iter().filter(|text| !new.contains(text)) {
            self.note(path, ChangeKind::Breaking, format!("{what} {gone:?} is gone"));
        }
        for text in new.iter().filter(|text| !old.contains(text)) {
            self.note(path, ChangeKind::Additive, format!("{what} {text:?} is new"));
        }
    }
}

fn columns(old: &Contract, new: &Contract, found: &mut Found) -> Vec<String> {
    for column in &old.columns {
        match new.columns.iter().find(|other| other.name == column.name) {
            Some(other) => one_column(column, other, found),
            None => {
                let heir = new.columns.iter().find(|other| {
                    old.column(&other.name).is_none()
                        && (other
                            .aliases
                            .iter()
                            .any(|alias| super::fold(alias) == super::fold(&column.name)))
                });
                let what = match heir {
                    Some(heir) => format!("renamed to `{}`", heir.name),
                    None => "removed".to_owned(),
                };
                found.note(format!("columns.{}", column.name), ChangeKind::Breaking, what);
            }
        }
    }
    let mut added = Vec::new();
    for column in new.columns.iter().filter(|column| old.column(&column.name).is_none()) {
        added.push(column.name.clone());
        let path = format!("columns.{}", column.name);
        if column.required {
            found.note(
                path,
                ChangeKind::Breaking,
                "new and required, while stored rows and today's senders do not have it",
            );
        } else {
            found.schema(path, ChangeKind::Additive, "new");
        }
    }
    let order = |one: &Contract, two: &Contract| -> Vec<String> {
        one.columns
            .iter()
            .filter(|c| two.column(&c.name).is_some())
            .map(|c| c.name.clone())
            .collect()
    };
    if order(old, new) != order(new, old) {
        found.schema("columns", ChangeKind::Additive, "in another order");
    }
    added
}

fn one_column(old: &Column, new: &Column, found: &mut Found) {
    let path = |part: &str| format!("columns.{}.{part}", old.name);
    if old.ty != new.ty {
        let what = format!("was {}, becomes {}", types::name(old.ty), types::name(new.ty));
        found.note(path("type"), ChangeKind::Breaking, what);
    }
    match (old.required, new.required) {
        (true, false) => found.schema(path("required"), ChangeKind::Additive, "no longer required"),
        (false, true) => found.note(
            path("required"),
            ChangeKind::Breaking,
            "becomes required, while stored rows may lack it",
        ),
        _ => {}
    }
    match (old.unique, new.unique) {
        (true, false) => found.note(path("unique"), ChangeKind::Additive, "may repeat"),
        (false, true) => found.note(path("unique"), ChangeKind::Breaking, "may no longer repeat"),
        _ => {}
    }
    found.metadata(path("title"), &old.title, &new.title, "other title");
    found.metadata(
        path("description"),
        &old.description,
        &new.description,
        "other description",
    );
    if old.classification != new.classification {
        let what = if new.classification > old.classification {
            "more secret"
        } else {
            "less secret"
        };
        found.note(path("classification"), ChangeKind::Metadata, what);
    }
    found.metadata(path("mask"), &old.mask, &new.mask, "masked in another way");
    found.growing(&path("aliases"), &old.aliases, &new.aliases, "header");
    found.growing(&path("nullValues"), &old.null_values, &new.null_values, "empty mark");
    if old.formats != new.formats {
        // One more pattern leaves today's texts alone, unless it reads one of them as another day.
        let kept = !old.formats.is_empty() && old.formats.iter().all(|format| new.formats.contains(format));
        let added = || new.formats.iter().filter(|format| !old.formats.contains(format));
        let kind = if kept && !added().any(|added| reading::rival_formats(&old.formats, added)) {
            ChangeKind::Additive
        } else {
            ChangeKind::Breaking
        };
        found.note(path("formats"), kind, "other date patterns");
    }
    place(&path("position"), old.position.as_ref(), new.position.as_ref(), found);
    place(&path("path"), old.path.as_ref(), new.path.as_ref(), found);
    reading::compare_column(
        &old.reading,
        &new.reading,
        new.on_failure,
        &mut |setting, kind, what| {
            found.note(path(setting), kind, what);
        },
    );
    if old.leading_zeros != new.leading_zeros {
        let kind = match new.leading_zeros {
            LeadingZeros::Restore => ChangeKind::Additive,
            LeadingZeros::RestoreNumbers | LeadingZeros::Refuse => ChangeKind::Breaking,
        };
        found.note(
            path("leadingZeros"),
            kind,
            "lost leading zeros are treated in another way",
        );
    }
    strictness(&path("onFailure"), old.on_failure, new.on_failure, found);
    column_rules(old, new, found);
}

/// Where a format without headers has the column: a place that is new helps senders, another one misreads their files.
fn place<T: PartialEq>(path: &str, old: Option<&T>, new: Option<&T>, found: &mut Found) {
    match (old, new) {
        (None, Some(_)) => found.note(path, ChangeKind::Additive, "place is new"),
        (Some(_), None) => found.note(path, ChangeKind::Breaking, "place is gone"),
        (old, new) if old != new => found.note(path, ChangeKind::Breaking, "another place"),
        _ => {}
    }
}

fn strictness(path: &str, old: OnFailure, new: OnFailure, found: &mut Found) {
    let weight = |on_failure| match on_failure {
        OnFailure::Warn => 0,
        OnFailure::QuarantineRow => 1,
        OnFailure::RejectBatch => 2,
    };
    match weight(new).cmp(&weight(old)) {
        std::cmp::Ordering::Equal => {}
        std::cmp::Ordering::Less => found.note(path, ChangeKind::Additive, "failures weigh less"),
        std::cmp::Ordering::Greater => found.note(path, ChangeKind::Breaking, "failures weigh more"),
    }
}

/// A rule that only warns keeps nothing out, so it may come and change at any time.
fn stricter(on_failure: OnFailure) -> ChangeKind {
    if on_failure == OnFailure::Warn {
        ChangeKind::Additive
    } else {
        ChangeKind::Breaking
    }
}

fn column_rules(old: &Column, new: &Column, found: &mut Found) {
    let mut left: Vec<&ColumnRule> = new.rules.iter().collect();
    for rule in &old.rules {
        let path = format!("columns.{}.{}", old.name, rule.name);
        let twin = left
            .iter()
            .position(|other| {
                other.name == rule.name && looser(&rule.check, &other.check).is_some_and(|l| l == Looser::Same)
            })
            .or_else(|| left.iter().position(|other| other.name == rule.name));
        let Some(other) = twin.map(|index| left.remove(index)) else {
            found.note(path, ChangeKind::Additive, "rule is gone");
            continue;
        };
        match looser(&rule.check, &other.check) {
            Some(Looser::Same) => {}
            Some(Looser::Yes) => found.note(&path, ChangeKind::Additive, "accepts more"),
            None => found.note(&path, stricter(other.on_failure), "accepts other values than before"),
        }
        strictness(&path, rule.on_failure, other.on_failure, found);
    }
    for rule in left {
        let path = format!("columns.{}.{}", old.name, rule.name);
        found.note(path, stricter(rule.on_failure), "rule is new");
    }
}

#[derive(PartialEq, Eq)]
enum Looser {
    Same,
    Yes,
}

/// Whether everything that passed `old` passes `new`; none when that is not sure.
fn looser(old: &Check, new: &Check) -> Option<Looser> {
    let verdict = |same: bool, wider: bool| match (same, wider) {
        (true, _) => Some(Looser::Same),
        (false, true) => Some(Looser::Yes),
        (false, false) => None,
    };
    match (old, new) {
        (Check::Pattern(a), Check::Pattern(b)) => verdict(a.as_str() == b.as_str(), false),
        (Check::Length { min: a_min, max: a_max }, Check::Length { min: b_min, max: b_max }) => {
            let low = b_min.is_none_or(|b| a_min.is_some_and(|a| b <= a));
            let high = b_max.is_none_or(|b| a_max.is_some_and(|a| b >= a));
            verdict((a_min, a_max) == (b_min, b_max), low && high)
        }
        (Check::Range { min: a_min, max: a_max }, Check::Range { min: b_min, max: b_max }) => {
            let wider = |a: &Option<Bound>, b: &Option<Bound>, sign: f64| match (a, b) {
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(a), Some(b)) => {
                    let (a_value, b_value) = (a.value * sign, b.value * sign);
                    b_value > a_value || (b_value == a_value && (!b.exclusive || a.exclusive))
                }
            };
            let same = a_min == b_min && a_max == b_max;
            verdict(same, wider(a_min, b_min, -1.0) && wider(a_max, b_max, 1.0))
        }
        (Check::OneOf(a), Check::OneOf(b)) => {
            let within = |a: &[String], b: &[String]| a.iter().all(|text| b.contains(text));
            verdict(within(a, b) && within(b, a), within(a, b))
        }
        (
            Check::Reference {
                dataset: a,
                column: a_column,
            },
            Check::Reference {
                dataset: b,
                column: b_column,
            },
        ) => verdict(a == b && a_column == b_column, false),
        _ => None,
    }
}

fn dataset(old: &Contract, new: &Contract, found: &mut Found) {
    found.metadata("title", &old.title, &new.title, "other title");
    found.metadata("description", &old.description, &new.description, "other description");
    found.metadata(
        "owner",
        &old.owner,
        &new.owner,
        &format!("passes from {} to {}", old.owner, new.owner),
    );
    found.metadata(
        "classification",
        &old.classification,
        &new.classification,
        "other class",
    );
    found.metadata(
        "public",
        &old.public,
        &new.public,
        if new.public {
            "becomes public"
        } else {
            "is no longer public"
        },
    );
    found.metadata("access", &old.access, &new.access, "others may read it");
    found.metadata(
        "reference",
        &old.reference,
        &new.reference,
        "listed or no longer listed under `ref`",
    );
    found.metadata("schemaMode", &old.schema_mode, &new.schema_mode, "other schema mode");
    found.metadata(
        "maxRejected",
        &old.max_rejected,
        &new.max_rejected,
        "other share of bad rows",
    );
    found.metadata(
        "maxVanished",
        &old.max_vanished,
        &new.max_vanished,
        "other share of rows that a snapshot may end",
    );
    found.metadata(
        "allowRepeats",
        &old.allow_repeats,
        &new.allow_repeats,
        "equal payloads count differently",
    );
    found.metadata("freshness", &old.freshness, &new.freshness, "late after another time");

    found.breaking(
        "primaryKey",
        &names(old, &old.primary_key),
        &names(new, &new.primary_key),
        match (old.is_keyed(), new.is_keyed()) {
            (false, true) => "was append-only, becomes keyed",
            (true, false) => "was keyed, becomes append-only",
            _ => "other key",
        },
    );
    let version = |c: &Contract| c.version_column.map(|index| names(c, &[index]).join(""));
    found.breaking("versionColumn", &version(old), &version(new), "other version column");
    found.breaking(
        "partitionBy",
        &names(old, &old.layout.partition_by),
        &names(new, &new.layout.partition_by),
        "other partitions: files would have to move",
    );
    for (path, one, two) in [
        ("sortBy", &old.layout.sort_by, &new.layout.sort_by),
        ("statisticsColumns", &old.layout.statistics, &new.layout.statistics),
        ("bloomColumns", &old.layout.bloom, &new.layout.bloom),
    ] {
        found.metadata(path, &names(old, one), &names(new, two), "other layout of new files");
    }
    found.metadata(
        "mergeInterval",
        &old.layout.merge_interval,
        &new.layout.merge_interval,
        "other merge interval",
    );
    found.metadata(
        "lookup",
        &old.lookup,
        &new.lookup,
        "rows kept for look-ups by key, or not",
    );
    let scope = |c: &Contract| {
        let part = |index: Option<usize>| index.map(|index| names(c, &[index]).join(""));
        (part(c.row_scope.institution), part(c.row_scope.region))
    };
    found.metadata("rowScope", &scope(old), &scope(new), "rows are cut by other columns");
    unique(old, new, found);
    source(old, new, found);
    event_time(old, new, found);
    row_rules(old, new, found);
}

fn names<'c>(contract: &'c Contract, indexes: &[usize]) -> Vec<&'c str> {
    indexes
        .iter()
        .filter_map(|index| contract.columns.get(*index))
        .map(|column| column.name.as_str())
        .collect()
}

fn unique(old: &Contract, new: &Contract, found: &mut Found) {
    let groups = |c: &Contract| -> Vec<Vec<String>> {
        let sorted = |group: &Vec<usize>| {
            let mut names: Vec<String> = names(c, group).into_iter().map(str::to_owned).collect();
            names.sort();
            names
        };
        c.unique.iter().map(sorted).collect()
    };
    let (before, after) = (groups(old), groups(new));
    for group in before.iter().filter(|group| !after.contains(group)) {
        found.note(
            "uniqueTogether",
            ChangeKind::Additive,
            format!("{} may repeat", group.join(" + ")),
        );
    }
    for group in after.iter().filter(|group| !before.contains(group)) {
        found.note(
            "uniqueTogether",
            ChangeKind::Breaking,
            format!("{} may no longer repeat", group.join(" + ")),
        );
    }
}

fn source(old: &Contract, new: &Contract, found: &mut Found) {
    let (a, b) = (&old.source, &new.source);
    if a.delimiter != b.delimiter {
        let kind = if b.delimiter.is_none() {
            ChangeKind::Additive
        } else {
            ChangeKind::Breaking
        };
        found.note("delimiter", kind, "other delimiter");
    }
    found.breaking("quote", &a.quote, &b.quote, "other quote");
    found.breaking("sheet", &a.sheet, &b.sheet, "another sheet may be read");
    found.breaking("encoding", &a.encoding, &b.encoding, "other encoding");
    found.breaking("decimal", &a.decimal, &b.decimal, "numbers would read differently");
    found.breaking(
        "thousands",
        &a.thousands,
        &b.thousands,
        "numbers would read differently",
    );
    found.breaking(
        "utcOffset",
        &a.utc_offset_minutes,
        &b.utc_offset_minutes,
        "times would read differently",
    );
    // Before the columns had places, there were no such files.
    if old.columns.iter().any(|column| column.position.is_some()) {
        found.breaking(
            "fixedWidthHeader",
            &a.fixed_width_header,
            &b.fixed_width_header,
            "rows of fixed-width files begin on another line",
        );
    }
    place(
        "fhir.resource",
        old.fhir_resource.as_ref(),
        new.fhir_resource.as_ref(),
        found,
    );
    found.growing("nullValues", &a.null_values, &b.null_values, "empty mark");
}

fn event_time(old: &Contract, new: &Contract, found: &mut Found) {
    let column = |c: &Contract| c.event_time.as_ref().map(|e| names(c, &[e.column]).join(""));
    let (Some(a), Some(b)) = (&old.event_time, &new.event_time) else {
        match (&old.event_time, &new.event_time) {
            (Some(_), None) => found.note("eventTime", ChangeKind::Additive, "no longer checked"),
            (None, Some(b)) if b.max_age.is_none() && b.max_ahead.is_none() => {
                found.note("eventTime", ChangeKind::Metadata, "named, without a window");
            }
            (None, Some(b)) => found.note("eventTime", stricter(b.on_failure), "window is new"),
            _ => {}
        }
        return;
    };
    found.breaking("eventTime.column", &column(old), &column(new), "other event time");
    for (path, one, two) in [
        ("eventTime.maxAge", a.max_age, b.max_age),
        ("eventTime.maxAhead", a.max_ahead, b.max_ahead),
    ] {
        if one == two {
            continue;
        }
        let wider = two.is_none_or(|two| one.is_some_and(|one| two > one));
        let (kind, what) = if wider {
            (ChangeKind::Additive, "wider window")
        } else {
            (stricter(b.on_failure), "narrower window")
        };
        found.note(path, kind, what);
    }
    strictness("eventTime.onFailure", a.on_failure, b.on_failure, found);
}

fn row_rules(old: &Contract, new: &Contract, found: &mut Found) {
    for rule in &old.row_rules {
        let path = format!("rules.{}", rule.name);
        let Some(other) = new.row_rules.iter().find(|other| other.name == rule.name) else {
            found.note(path, ChangeKind::Additive, "rule is gone");
            continue;
        };
        if rule.expression != other.expression {
            found.note(&path, stricter(other.on_failure), "checks something else");
        }
        found.metadata(&path, &rule.description, &other.description, "other wording");
        strictness(&path, rule.on_failure, other.on_failure, found);
    }
    for rule in new
        .row_rules
        .iter()
        .filter(|rule| old.row_rules.iter().all(|held| held.name != rule.name))
    {
        found.note(format!("rules.{}", rule.name), stricter(rule.on_failure), "rule is new");
    }
}
