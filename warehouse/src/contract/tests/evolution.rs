//! What a new version may change.

use super::*;

fn next(change: &str, to: &str, version: &str) -> (Contract, Contract) {
    let text = PLAIN.replace(change, to).replace("1.0.0", version);
    assert_ne!(PLAIN, text);
    (good(PLAIN), good(&text))
}

#[track_caller]
fn kind_of(old: &str, new: &str) -> Change {
    compare(&good(old), &good(&new.replace("1.0.0", "1.1.0")))
}

#[test]
fn the_same_text_is_identical() {
    let change = compare(&good(PLAIN), &good(PLAIN));
    assert_eq!(
        (change.kind, change.differences.len(), change.new_table),
        (ChangeKind::Identical, 0, false)
    );
    assert!(change.allowed().is_ok());
}

#[test]
fn comments_need_no_version() {
    let change = compare(&good(PLAIN), &good(&format!("# about\n{PLAIN}")));
    assert_eq!(change.kind, ChangeKind::Metadata);
    assert!(change.allowed().is_ok());
}

#[test]
fn a_new_column_is_additive() {
    let more = "      - name: baru\n        logicalType: string\n";
    let change = kind_of(PLAIN, &with(more));
    assert_eq!(change.kind, ChangeKind::Additive);
    assert_eq!(change.added, ["baru"]);
    assert!(change.allowed().is_ok());
    let required = kind_of(PLAIN, &with(&format!("{more}        required: true\n")));
    assert_eq!(required.kind, ChangeKind::Breaking);
    assert!(required.refusals[0].contains("columns.baru"), "{:?}", required.refusals);
}

#[test]
fn other_content_needs_another_version() {
    let change = compare(
        &good(PLAIN),
        &good(&with("      - name: baru\n        logicalType: string\n")),
    );
    assert_eq!(change.kind, ChangeKind::Additive);
    assert!(
        change.refusals[0].contains("at least version 1.1.0"),
        "{:?}",
        change.refusals
    );
    assert_eq!(change.allowed().unwrap_err().kind(), crate::Kind::Conflict);
    let (old, new) = next("- name: contoh", "- businessName: Contoh\n    name: contoh", "1.0.0");
    assert!(compare(&old, &new).refusals[0].contains("at least version 1.0.1"));
    let (old, new) = next("id: contoh", "id: contoh", "0.9.0");
    assert!(compare(&old, &new).refusals[0].contains("only moves forward"));
}

#[test]
fn what_is_breaking() {
    for (old, new, part) in [
        ("name: npsn", "name: kode_sekolah", "removed"),
        (
            "logicalType: integer",
            "logicalType: number",
            "was integer, becomes number",
        ),
        (
            "logicalType: string",
            "logicalType: string\n        required: true",
            "becomes required",
        ),
        (
            "logicalType: string",
            "logicalType: string\n        unique: true",
            "no longer repeat",
        ),
        (
            "logicalType: string",
            "logicalType: string\n        partitioned: true",
            "files would have to move",
        ),
        (
            "logicalType: integer",
            "logicalType: integer\n        logicalTypeOptions: {minimum: 0}",
            "rule is new",
        ),
        (
            "name: npsn",
            "name: kode\n        customProperties: [{property: aliases, value: [NPSN]}]",
            "renamed to `kode`",
        ),
    ] {
        let (old, new) = next(old, new, "1.1.0");
        let change = compare(&old, &new);
        assert_eq!(change.kind, ChangeKind::Breaking, "{part}");
        assert!(
            change.differences.iter().any(|d| d.breaking && d.what.contains(part)),
            "{:?}",
            change.differences
        );
        assert!(
            change.refusals[0].contains("write version 2.0.0"),
            "{:?}",
            change.refusals
        );
        assert!(change.allowed().is_err());
        let major = Contract {
            version: semver::Version::new(2, 0, 0),
            ..new
        };
        let change = compare(&old, &major);
        assert_eq!((change.kind, change.new_table), (ChangeKind::New, true));
        assert!(change.allowed().is_ok());
    }
}

#[test]
fn a_key_is_for_good() {
    let versioned = format!("{KEYED}    customProperties: [{{property: versionColumn, value: jumlah}}]\n");
    let longer = KEYED.replace(
        "logicalType: integer",
        "logicalType: integer\n        required: true\n        primaryKey: true",
    );
    let turned = KEYED
        .replace("logicalType: date", "logicalType: date\n        primaryKeyPosition: 2")
        .replace(
            "logicalType: string",
            "logicalType: string\n        primaryKeyPosition: 1",
        );
    let unkeyed = KEYED.replace("        primaryKey: true\n", "");
    for (old, new, path, what) in [
        (&unkeyed, KEYED, "primaryKey", "was append-only, becomes keyed"),
        (
            &KEYED.to_owned(),
            unkeyed.as_str(),
            "primaryKey",
            "was keyed, becomes append-only",
        ),
        (&KEYED.to_owned(), longer.as_str(), "primaryKey", "other key"),
        (&KEYED.to_owned(), turned.as_str(), "primaryKey", "other key"),
        (
            &KEYED.to_owned(),
            versioned.as_str(),
            "versionColumn",
            "other version column",
        ),
        (&versioned, KEYED, "versionColumn", "other version column"),
    ] {
        let change = kind_of(old, new);
        let found = change.differences.iter().find(|d| d.path == path).unwrap();
        assert!(found.breaking && found.what == what, "{found:?}");
        assert!(change.allowed().is_err());
    }
    let looser = format!("{KEYED}    customProperties: [{{property: maxVanished, value: 1}}]\n");
    assert_eq!(kind_of(KEYED, &looser).kind, ChangeKind::Metadata);
}

#[test]
fn looser_rules_are_additive_and_tighter_ones_breaking() {
    let property = |lines: &str| with(&format!("      - name: lain\n{lines}"));
    let number = |options: &str| {
        property(&format!(
            "        logicalType: integer\n        logicalTypeOptions: {{{options}}}\n"
        ))
    };
    let text = |options: &str| {
        property(&format!(
            "        logicalType: string\n        logicalTypeOptions: {{{options}}}\n"
        ))
    };
    let values = |list: &str, extra: &str| {
        property(&format!(
            "        logicalType: string\n        quality: [{{metric: invalidValues, arguments: {{validValues: [{list}]}}, mustBe: 0{extra}}}]\n"
        ))
    };
    for (narrow, wide) in [
        (number("minimum: 1, maximum: 5"), number("minimum: 0, maximum: 5")),
        (number("exclusiveMinimum: 1"), number("minimum: 1")),
        (number("minimum: 1, maximum: 5"), number("minimum: 1")),
        (text("maxLength: 5"), text("maxLength: 6")),
        (text("pattern: a"), text("")),
        (values("a, b", ""), values("b, a, c", "")),
        (
            values("a", ""),
            values("a", ", customProperties: [{property: onFailure, value: warn}]"),
        ),
        (
            with_settings("eventTime: {column: tanggal, maxAge: 10d}"),
            with_settings("eventTime: {column: tanggal, maxAge: 11d}"),
        ),
        (
            with_settings("eventTime: {column: tanggal, maxAge: 10d}"),
            with_settings("eventTime: {column: tanggal}"),
        ),
        (with_settings("uniqueTogether: [[npsn]]"), PLAIN.to_owned()),
    ] {
        assert_eq!(kind_of(&narrow, &wide).kind, ChangeKind::Additive, "{narrow}\n{wide}");
        assert_eq!(kind_of(&wide, &narrow).kind, ChangeKind::Breaking, "{wide}\n{narrow}");
        assert!(kind_of(&narrow, &narrow).differences.is_empty());
    }
    let warns = property(
        "        logicalType: string\n        quality: [{metric: invalidValues, arguments: {validValues: [a]}, mustBe: 0, customProperties: [{property: onFailure, value: warn}]}]\n",
    );
    assert_eq!(
        kind_of(&property("        logicalType: string\n"), &warns).kind,
        ChangeKind::Additive,
        "a warning keeps nothing out"
    );
}

#[test]
fn row_rules_and_source_text() {
    let rule = |expression: &str| {
        with(&format!(
            "    quality:\n      - {{name: r, type: custom, engine: smartcenter, implementation: \"{expression}\"}}\n"
        ))
    };
    assert_eq!(
        kind_of(&rule("jumlah > 0"), &rule("jumlah > 1")).kind,
        ChangeKind::Breaking
    );
    assert_eq!(kind_of(&rule("jumlah > 0"), PLAIN).kind, ChangeKind::Additive);
    assert_eq!(kind_of(PLAIN, &rule("jumlah > 0")).kind, ChangeKind::Breaking);
    assert_eq!(
        kind_of(PLAIN, &with_settings("decimal: \",\"")).kind,
        ChangeKind::Breaking
    );
    assert_eq!(
        kind_of(PLAIN, &with_settings("nullValues: [NA]")).kind,
        ChangeKind::Additive
    );
    assert_eq!(
        kind_of(PLAIN, &with_settings("sortBy: [npsn]")).kind,
        ChangeKind::Metadata
    );
    assert_eq!(
        kind_of(PLAIN, &with_settings("owner: dinkes")).kind,
        ChangeKind::Metadata
    );
}

#[test]
fn a_frozen_schema_does_not_grow() {
    let frozen = with_settings("schemaMode: freeze");
    let grown = frozen.replace(
        "      - name: npsn",
        "      - name: baru\n        logicalType: string\n      - name: npsn",
    );
    let change = kind_of(&frozen, &grown);
    assert_eq!(change.kind, ChangeKind::Breaking);
    assert!(change.differences[0].what.contains("frozen"));
}

#[test]
fn a_change_reads_well_as_json() {
    let (old, new) = next("logicalType: integer", "logicalType: number", "1.1.0");
    let json = serde_json::to_value(compare(&old, &new)).unwrap();
    assert_eq!(json["kind"], "breaking");
    assert_eq!(json["from"], "1.0.0");
    assert_eq!(json["differences"][0]["path"], "columns.jumlah.type");
    assert_eq!(json["differences"][0]["breaking"], true);
}
