//! Every kind of fault, with the line it names.

use super::*;

/// The contract has exactly one fault, on the marked line, and its message has `part`.
#[track_caller]
pub(super) fn one(text: &str, part: &str) {
    let marked = text
        .lines()
        .position(|line| line.contains("# <-"))
        .expect("a marked line")
        + 1;
    let faults = bad(text);
    let list: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 1, "{}", list.join("\n"));
    assert_eq!(faults[0].line, marked, "{}\n{text}", list[0]);
    assert!(faults[0].message.contains(part), "{}", list[0]);
    assert_eq!(list[0], format!("contoh.yaml:{marked}: {}", faults[0].message));
}

#[test]
fn yaml_that_is_none() {
    let faults = bad("apiVersion: v3.1.0\nkind: [DataContract\n");
    assert_eq!(faults.len(), 1);
    assert!(faults[0].message.starts_with("not valid YAML"), "{}", faults[0]);
    assert!(bad("")[0].message.contains("empty"));
    assert!(bad("a: 1\n---\nb: 2\n")[0].message.contains("one contract per file"));
    assert!(
        bad("- one\n- two\n")[0]
            .message
            .contains("expected a contract as a map")
    );
    assert!(
        bad("apiVersion: !wrong v3.1.0\n")
            .iter()
            .any(|f| f.message.contains("tags") || f.message.contains("missing"))
    );
}

#[test]
fn repeated_keys_are_refused() {
    let faults = bad(&PLAIN.replace("status: active", "status: active\nstatus: draft"));
    assert!(faults[0].message.contains("not valid YAML"), "{}", faults[0]);
    assert_eq!(faults[0].line, 6);
}

#[test]
fn deep_nesting_is_refused_before_it_costs_stack() {
    for text in ["[".repeat(100_000), "- ".repeat(100_000), "a: ".repeat(100_000)] {
        assert!(!bad(&text).is_empty());
    }
    let laughs = format!(
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [{0}]\nc: &c [{1}]\nd: &d [{2}]\ne: &e [{3}]\nf: [{4}]\n",
        ["*a"; 9].join(","),
        ["*b"; 9].join(","),
        ["*c"; 9].join(","),
        ["*d"; 9].join(","),
        ["*e"; 9].join(",")
    );
    assert!(bad(&laughs)[0].message.contains("not valid YAML"));
}

#[test]
fn what_the_standard_does_not_know() {
    one(
        &PLAIN.replace("status: active", "status: active\nverzion: 1 # <-"),
        "did you mean `version`?",
    );
    one(&PLAIN.replace("v3.1.0", "v3.0.2 # <-"), "must be one of v3.1.0");
    one(&PLAIN.replace("DataContract", "Contract # <-"), "`kind`");
    one(&PLAIN.replace("\"1.0.0\"", "1.0 # <-"), "put it in quotes");
    one(
        &PLAIN.replace("logicalType: date", "logicalType: datum # <-"),
        "did you mean `date`?",
    );
    one(&with("        required: yes # <-\n"), "expected true or false");
    one(&with("        wajib: true # <-\n"), "unknown key `wajib` in a property");
    one(
        &with("        logicalTypeOptions: {minimun: 0} # <-\n"),
        "did you mean `minimum`?",
    );
    one(
        &PLAIN.replace("status: active", "status: active\nteam: {nama: x} # <-"),
        "unknown key `nama` in a team",
    );
    one(
        &PLAIN.replace(
            "status: active",
            "status: active\nslaProperties:\n  - property: latency # <-",
        ),
        "`value` is missing",
    );
    let faults = bad("apiVersion: v3.1.0\n");
    let missing = ["version", "kind", "id", "status", "schema"];
    assert_eq!(faults.len(), missing.len());
    for key in missing {
        assert!(
            faults
                .iter()
                .any(|f| f.message.contains(&format!("`{key}` is missing")) && f.line == 1),
            "{key}"
        );
    }
}

#[test]
fn the_frame_of_the_dataset() {
    one(&PLAIN.replace("\"1.0.0\"", "\"1.0\" # <-"), "major.minor.patch");
    one(&PLAIN.replace("- name: contoh", "- name: Contoh # <-"), "not valid");
    one(
        &PLAIN.replace("- name: contoh", "- name: contoh_v2 # <-"),
        "older version of another dataset",
    );
    one(
        &with("  - name: kedua # <-\n    properties: []\n"),
        "one dataset per file",
    );
    one(
        &PLAIN[..PLAIN.find("schema:").unwrap()]
            .to_owned()
            .replace("status: active", "status: active\nschema: [] # <-"),
        "is empty",
    );
    one(
        &format!(
            "{}schema:\n  - name: x # <-\n    properties: []\n",
            &PLAIN[..PLAIN.find("schema:").unwrap()]
        ),
        "at least one property",
    );
    one(&with_settings("owner: Dinas Pendidikan # <-"), "institution");
    one(
        &with("    relationships:\n      - from: npsn # <-\n        to: x.y\n"),
        "write them at the property",
    );
}

#[test]
fn names_and_types_of_columns() {
    one(&PLAIN.replace("name: npsn", "name: NPSN # <-"), "plain SQL name");
    one(&PLAIN.replace("name: npsn", "name: _npsn # <-"), "reserved");
    one(
        &with("      - name: tang_gal # <-\n        logicalType: date\n"),
        "reads the same",
    );
    one(
        &with(
            "      - name: lain # <-\n        logicalType: date\n        customProperties: [{property: aliases, value: [\"NP SN\"]}]\n",
        ),
        "reads the same",
    );
    one(&with("      - name: lain # <-\n"), "no type");
    one(
        &with("      - name: lain\n        logicalType: time # <-\n"),
        "not kept as a column",
    );
    one(
        &with("      - name: lain\n        logicalType: array # <-\n"),
        "not kept as a column",
    );
    one(
        &with("      - name: lain\n        logicalType: number\n        physicalType: decimal # <-\n"),
        "precision and scale",
    );
    one(
        &with("      - name: lain\n        logicalType: number\n        physicalType: decimal(50,2) # <-\n"),
        "at most 38",
    );
    one(
        &with("        logicalTypeOptions: {format: u64} # <-\n"),
        "wider than 64 bits",
    );
    one(
        &with("        logicalTypeOptions: {format: f64} # <-\n"),
        "not one of i8",
    );
    one(&with("        classification: rahasia # <-\n"), "terbuka, terbatas");
}

#[test]
fn options_of_types() {
    one(
        &with("        logicalTypeOptions: {minLength: 1} # <-\n"),
        "does not fit a column of type integer",
    );
    one(
        &with("        logicalTypeOptions: {minimum: \"1\"} # <-\n"),
        "a bound of a number is a number",
    );
    one(
        &with("        logicalTypeOptions:\n          minimum: 5\n          maximum: 4 # <-\n"),
        "no value can pass",
    );
    one(
        &with("        logicalTypeOptions:\n          minimum: 5\n          exclusiveMaximum: 5 # <-\n"),
        "no value can pass",
    );
    one(
        &with("        logicalTypeOptions: {multipleOf: 0} # <-\n"),
        "greater than 0",
    );
    one(
        &with(
            "      - name: teks # <-\n        logicalType: string\n        logicalTypeOptions: {minLength: 3, maxLength: 2}\n",
        ),
        "no text can pass",
    );
    one(
        &with(
            "      - name: teks\n        logicalType: string\n        logicalTypeOptions: {pattern: \"[0-9\"} # <-\n",
        ),
        "does not compile",
    );
    one(
        &with(
            "      - name: teks\n        logicalType: string\n        logicalTypeOptions: {pattern: \"a)(b\"} # <-\n",
        ),
        "does not compile",
    );
    one(
        &with("      - name: teks\n        logicalType: string\n        logicalTypeOptions: {format: hostname} # <-\n"),
        "write a `pattern`",
    );
    one(
        &with(
            "      - name: hari\n        logicalType: date\n        logicalTypeOptions: {minimum: \"31-12-2024\"} # <-\n",
        ),
        "ISO date",
    );
    one(
        &with("      - name: hari\n        logicalType: date\n        logicalTypeOptions: {format: QQ-yyyy} # <-\n"),
        "formats",
    );
    one(
        &with("      - name: hari\n        logicalType: date\n        logicalTypeOptions: {format: dd/MM} # <-\n"),
        "whole date",
    );
    one(
        &with(
            "      - name: saat\n        logicalType: timestamp\n        logicalTypeOptions: {defaultTimezone: Asia/Bandung} # <-\n",
        ),
        "Asia/Jakarta",
    );
}

#[test]
fn unknown_and_misplaced_settings() {
    one(
        &with_settings("sortby: [npsn]").replace("property: sortby", "property: sortby # <-"),
        "did you mean `sortBy`?",
    );
    one(
        &with_settings("aliases: [x]").replace("property: aliases", "property: aliases # <-"),
        "it is a setting of a property",
    );
    one(
        &with("        customProperties: [{property: owner, value: x}] # <-\n"),
        "it is a setting of the schema object",
    );
    one(
        &with("        customProperties: [{property: alias, value: [x]}] # <-\n"),
        "did you mean `aliases`?",
    );
    one(
        &PLAIN.replace(
            "schema:",
            "customProperties: [{property: owner, value: x}] # <-\nschema:",
        ),
        "does not belong to the contract",
    );
    let twice = with_settings("public: false\npublic: true");
    let twice = twice
        .replacen("property: public", "property:  public", 1)
        .replace("property: public", "property: public # <-");
    one(&twice, "given twice");
    one(
        &with_settings("eventTime: {column: tanggal, maxage: 1d} # <-"),
        "did you mean `maxAge`?",
    );
    one(
        &with_settings("rowScope: [npsn] # <-"),
        "a map with the keys institution, region",
    );
}

#[test]
fn values_of_settings() {
    one(&with_settings("delimiter: \";;\" # <-"), "one ASCII sign");
    one(
        &with_settings("delimiter: \"'\"\nquote: \"'\"").replacen("value: \"'\"", "value: \"'\" # <-", 1),
        "the same character",
    );
    one(&with_settings("encoding: latin-99 # <-"), "WHATWG");
    one(&with_settings("locale: jv-ID # <-"), "must be one of id-ID");
    one(&with_settings("decimal: \",\"\nthousands: \",\" # <-"), "the same sign");
    one(&with_settings("utcOffset: +7 # <-"), "`utcOffset`");
    one(&with_settings("maxRejected: 20 # <-"), "a per cent such as `20%`");
    one(&with_settings("mergeInterval: P1M # <-"), "no fixed length");
    one(&with_settings("mergeInterval: lama # <-"), "not a duration");
    one(&with_settings("lookup: true # <-"), "needs a primary key");
    one(&with_settings("schemaMode: frozen # <-"), "did you mean `freeze`?");
    one(&with_settings("public: ya # <-"), "true or false");
    one(&with_settings("nullValues: NA # <-"), "a list");
    one(
        &with("        customProperties: [{property: onFailure, value: drop}] # <-\n"),
        "reject_batch, quarantine_row, warn",
    );
    one(
        &with("        customProperties: [{property: mask, value: hash}] # <-\n"),
        "works on text only",
    );
    one(
        &with(
            "      - name: teks\n        logicalType: string\n        customProperties: [{property: mask, value: year}] # <-\n",
        ),
        "dates and timestamps only",
    );
    one(
        &with("        customProperties: [{property: formats, value: [\"%Y\"]}] # <-\n"),
        "for dates and timestamps",
    );
    one(
        &with(
            "      - name: hari\n        logicalType: date\n        customProperties: [{property: formats, value: [\"%Q\"]}] # <-\n",
        ),
        "strftime",
    );
    one(
        &with("        customProperties: [{property: reference, value: {dataset: wilayah}}] # <-\n"),
        "needs `column`",
    );
    one(
        &with("        relationships:\n          - to: schema/x/properties/y # <-\n"),
        "`dataset.column`",
    );
    one(
        &PLAIN.replace(
            "schema:",
            "slaProperties:\n  - {property: frequency, value: 1, unit: m} # <-\nschema:",
        ),
        "unit",
    );
}

#[test]
fn settings_that_name_columns() {
    one(
        &with_settings("eventTime: {column: tangal} # <-"),
        "did you mean `tanggal`?",
    );
    one(
        &with_settings("eventTime: {column: npsn} # <-"),
        "must be a date or timestamp",
    );
    one(&with_settings("eventTime: {maxAge: 1d} # <-"), "needs `column`");
    one(
        &with_settings("rowScope: {region: jumlah} # <-"),
        "must be a text column",
    );
    one(&with_settings("sortBy: [npsn, npsn] # <-"), "twice");
    one(&with_settings("uniqueTogether: [tanggal, npsn] # <-"), "list of lists");
    one(
        &with_settings("uniqueTogether: [[tanggal, nspn]] # <-"),
        "did you mean `npsn`?",
    );
    let number = with(
        "      - name: nilai\n        logicalType: number\n    customProperties: [{property: partitionBy, value: [nilai]}] # <-\n",
    );
    one(&number, "use text, integer, date or boolean");
    let twice =
        with("        partitioned: true # <-\n    customProperties: [{property: partitionBy, value: [npsn]}]\n");
    one(&twice, "keep one");
    for setting in ["bloomColumns", "statisticsColumns", "partitionBy"] {
        let text = with(&format!(
            "      - name: nik\n        logicalType: string\n        classification: pribadi\n    customProperties: [{{property: {setting}, value: [nik]}}] # <-\n"
        ));
        one(&text, "names personal column `nik`");
    }
}

#[test]
fn what_a_key_must_be() {
    let key = |lines: &str| with(&format!("        primaryKey: true # <-\n{lines}"));
    one(&key(""), "add `required: true`");
    one(
        &key("        required: true\n        customProperties: [{property: onFailure, value: warn}]\n"),
        "lets rows without a key in",
    );
    let float = key("        required: true\n").replace("logicalType: integer", "logicalType: number");
    one(&float, "floating-point number");
    one(
        &with("        required: true\n        primaryKeyPosition: 1 # <-\n"),
        "without `primaryKey: true`",
    );
    good(&with("        primaryKeyPosition: -1\n"));
    let twice = KEYED.replace("logicalType: date", "logicalType: date\n        primaryKeyPosition: 1");
    let twice = twice.replace(
        "logicalType: string",
        "logicalType: string\n        primaryKeyPosition: 1",
    );
    let twice = twice.replacen("primaryKey: true", "primaryKey: true # first", 1);
    let second = twice.rfind("primaryKey: true\n").unwrap() + "primaryKey: true".len();
    one(
        &format!("{} # <-{}", &twice[..second], &twice[second..]),
        "have the position 1",
    );
}

#[test]
fn settings_of_keyed_datasets() {
    let keyed = |setting: &str| format!("{KEYED}    customProperties: [{setting}] # <-\n");
    one(
        &keyed("{property: partitionBy, value: [jumlah]}"),
        "all versions of a key must stay in one",
    );
    let native = KEYED.replace(
        "logicalType: integer",
        "logicalType: integer\n        partitioned: true # <-",
    );
    one(&native, "`jumlah` is not part of the primary key");
    good(&keyed("{property: partitionBy, value: [tanggal]}"));
    one(
        &keyed("{property: versionColumn, value: tanggal}"),
        "part of the primary key",
    );
    one(&keyed("{property: versionColumn, value: diubah}"), "does not have");
    one(&keyed("{property: maxVanished, value: 30}"), "`maxVanished`");
    for setting in ["versionColumn: jumlah", "maxVanished: 50%", "lookup: true"] {
        one(&with_settings(&format!("{setting} # <-")), "needs a primary key");
    }
    for (lines, ty) in [
        ("logicalType: string", "text"),
        ("logicalType: number", "number"),
        ("logicalType: boolean", "boolean"),
        ("logicalType: number\n        physicalType: decimal(9,2)", "decimal"),
    ] {
        let text = format!(
            "{KEYED}      - name: versi\n        {lines}\n    customProperties: [{{property: versionColumn, value: versi}}] # <-\n"
        );
        one(&text, "an integer, a date or a timestamp");
        let message = &bad(&text)[0].message;
        assert!(message.contains(ty) || message.contains("string"), "{message}");
    }
}

#[test]
fn public_means_open_throughout() {
    one(&with_settings("public: true # <-"), "not so: tanggal, npsn, jumlah");
    let one_closed = with(
        "        classification: terbatas\n    customProperties:\n      - {property: classification, value: terbuka}\n      - {property: public, value: true} # <-\n",
    );
    one(&one_closed, "not so: jumlah");
    assert!(good(&with_settings("public: true\nclassification: terbuka")).public);
}

#[test]
fn checks_that_the_hub_cannot_run() {
    let check = |lines: &str| with(&format!("        quality:\n          - {lines} # <-\n"));
    one(
        &check("{metric: rowCount, mustBeGreaterThan: 1}"),
        "metric `rowCount` is not run",
    );
    one(
        &check("{metric: invalidValues, arguments: {validValues: [1]}, mustBeLessThan: 5}"),
        "mustBe: 0",
    );
    one(
        &check("{metric: invalidValues, arguments: {validValues: [1]}}"),
        "mustBe: 0",
    );
    one(
        &check("{metric: invalidValues, mustBe: 0}"),
        "`validValues` or `pattern`",
    );
    one(
        &check("{metric: invalidValues, arguments: {validValues: []}, mustBe: 0}"),
        "no value can pass",
    );
    one(
        &check("{metric: invalidValues, arguments: {validValues: [satu]}, mustBe: 0}"),
        "not of the column's type",
    );
    one(
        &check("{metric: invalidValues, arguments: {pattern: x}, mustBe: 0}"),
        "does not fit",
    );
    one(&check("{type: sql, query: SELECT 1, mustBe: 1}"), "quality type `sql`");
    one(&check("{type: custom, implementation: x}"), "needs `engine`");
    one(&check("{type: custom, engine: smartcenter}"), "needs `implementation`");
    one(&check("{description: nothing in it}"), "needs `metric`");
    one(
        &check("{metric: nullValues, mustBe: 0, customProperties: [{property: onfailure, value: warn}]}"),
        "did you mean `onFailure`?",
    );
}

#[test]
fn row_rules_are_planned() {
    let rule = |expression: &str| {
        with(&format!(
            "    quality:\n      - {{name: aturan, type: custom, engine: smartcenter, implementation: \"{expression}\"}} # <-\n"
        ))
    };
    one(&rule("jumlh > 0"), "jumlh");
    one(&rule("jumlah + 1"), "not true or false");
    one(&rule("jumlah >"), "rule `aturan`");
    one(&rule("tidak_ada(jumlah)"), "tidak_ada");
    one(&rule("sum(jumlah) > 0"), "aggregate");
    one(&rule("tanggal < current_date()"), "always answers the same");
    one(&rule("jumlah > random()"), "always answers the same");
    one(&rule("jumlah IN (SELECT 1)"), "rule `aturan`");
    good(&rule("jumlah > 0 OR npsn LIKE '99%'"));
    let twice = "      - {name: aturan, type: custom, engine: smartcenter, implementation: jumlah > 1}\n";
    let twice = format!(
        "{}{}",
        rule("jumlah > 0").replace(" # <-", ""),
        twice.replace("}\n", "} # <-\n")
    );
    one(&twice, "two rules are called");
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_lines() {
    let text = with("        wajib: true\n        classification: rahasia\n    customProperties:\n      - {property: sortBy, value: [tidak]}\n      - {property: pemilik, value: x}\n")
        .replace("\"1.0.0\"", "\"satu\"");
    let lines: Vec<usize> = bad(&text).iter().map(|f| f.line).collect();
    assert_eq!(lines, [4, 15, 16, 18, 19]);
}
