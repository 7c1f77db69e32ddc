//! What a sound contract turns into.

use super::*;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

#[test]
fn a_contract_without_hub_settings_has_the_defaults() {
    let contract = good(PLAIN);
    assert_eq!(contract.dataset.as_str(), "contoh");
    assert_eq!(contract.owner.as_str(), "walidata");
    assert_eq!(contract.source, SourceFormat::default());
    assert_eq!(contract.classification, Classification::Restricted);
    assert!(!contract.public && !contract.reference && !contract.allow_repeats);
    assert!(contract.primary_key.is_empty() && contract.unique.is_empty() && contract.row_rules.is_empty());
    assert_eq!(
        (contract.event_time.clone(), contract.freshness, contract.max_rejected),
        (None, None, 1.0)
    );
    assert_eq!(
        contract.layout,
        Layout {
            merge_interval: Duration::from_secs(900),
            ..Layout::default()
        }
    );
    let types: Vec<ColumnType> = contract.columns.iter().map(|c| c.ty).collect();
    assert_eq!(types, [ColumnType::Date, ColumnType::Text, ColumnType::Int64]);
    assert!(
        contract
            .columns
            .iter()
            .all(|c| c.on_failure == OnFailure::QuarantineRow && c.rules.is_empty())
    );
    assert_eq!(&*contract.text, PLAIN);
}

#[test]
fn the_owner_is_the_setting_then_the_team_then_the_domain() {
    let team = PLAIN.replace(
        "status: active",
        "status: active\ndomain: dinkes\nteam: {name: Dinas Pendidikan}",
    );
    assert_eq!(good(&team).owner.as_str(), "dinas-pendidikan");
    let domain = PLAIN.replace("status: active", "status: active\ndomain: dinkes");
    assert_eq!(good(&domain).owner.as_str(), "dinkes");
    assert_eq!(good(&with_settings("owner: setda")).owner.as_str(), "setda");
}

#[test]
fn types_come_from_logical_type_format_and_physical_type() {
    let of = |lines: &str| {
        let contract = good(&with(&format!("      - name: lain\n{lines}")));
        contract.columns[3].ty
    };
    assert_eq!(
        of("        logicalType: integer\n        logicalTypeOptions: {format: i32}\n"),
        ColumnType::Int32
    );
    assert_eq!(
        of("        logicalType: integer\n        physicalType: INT\n"),
        ColumnType::Int32
    );
    assert_eq!(
        of("        logicalType: integer\n        physicalType: BIGINT\n"),
        ColumnType::Int64
    );
    assert_eq!(of("        logicalType: number\n"), ColumnType::Float64);
    assert_eq!(
        of("        logicalType: number\n        physicalType: decimal(18, 2)\n"),
        ColumnType::Decimal(18, 2)
    );
    assert_eq!(of("        logicalType: boolean\n"), ColumnType::Boolean);
    assert_eq!(of("        logicalType: timestamp\n"), ColumnType::Timestamp);
    assert_eq!(of("        physicalType: VARCHAR(18)\n"), ColumnType::Text);
    assert_eq!(of("        physicalType: numeric(10)\n"), ColumnType::Decimal(10, 0));
}

#[test]
fn options_become_rules() {
    let contract = good(&with(
        r#"        logicalTypeOptions: {minimum: 0, exclusiveMaximum: 10, multipleOf: 5}
      - name: kode
        logicalType: string
        logicalTypeOptions: {minLength: 2, maxLength: 4, pattern: "[a-z]+"}
      - name: kecil
        logicalType: integer
        logicalTypeOptions: {format: u8}
      - name: hari
        logicalType: date
        logicalTypeOptions: {minimum: "1970-01-11", format: dd/MM/yyyy}
      - name: saat
        logicalType: timestamp
        logicalTypeOptions: {minimum: "1970-01-01 07:00:01", format: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"}
"#,
    ));
    let range = |column: usize| match &contract.columns[column].rules[0].check {
        Check::Range { min, max } => (min.map(|b| (b.value, b.exclusive)), max.map(|b| (b.value, b.exclusive))),
        other => panic!("{other:?}"),
    };
    assert_eq!(range(2), (Some((0.0, false)), Some((10.0, true))));
    assert_eq!(range(4), (Some((0.0, false)), Some((255.0, false))));
    assert_eq!(range(5), (Some((10.0, false)), None));
    // Without an offset, the time is local (WIB).
    assert_eq!(range(6), (Some((1_000_000.0, false)), None));
    assert_eq!(contract.columns[5].formats, ["%d/%m/%Y"]);
    assert_eq!(contract.columns[6].formats, ["%Y-%m-%dT%H:%M:%S%.f%:z"]);
    assert_eq!(contract.row_rules[0].expression, "\"jumlah\" % 5 = 0");
    let names: Vec<&str> = contract.columns[3].rules.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["pattern", "length"]);
    let Check::Pattern(pattern) = &contract.columns[3].rules[0].check else {
        panic!()
    };
    assert!(
        pattern.is_match("abc") && !pattern.is_match("abc1"),
        "patterns cover the whole text"
    );
}

#[test]
fn quality_checks_become_rules() {
    let contract = good(&with(
        r#"        quality:
          - {metric: nullValues, mustBe: 0}
          - {metric: missingValues, arguments: {missingValues: [null, "", "N/A"]}, mustBe: 0}
          - {metric: duplicateValues, mustBe: 0}
          - {metric: invalidValues, arguments: {validValues: [01, 2]}, mustBe: 0, customProperties: [{property: onFailure, value: warn}]}
          - {type: text, description: counted by hand}
          - {type: custom, engine: soda, implementation: {checks: []}}
    quality:
      - {metric: duplicateValues, arguments: {properties: [tanggal, npsn]}, mustBe: 0}
      - {name: positif, type: custom, engine: smartcenter, implementation: " jumlah >= 0 ", customProperties: [{property: onFailure, value: reject_batch}]}
"#,
    ));
    let column = &contract.columns[2];
    assert!(column.required && column.unique);
    assert_eq!(column.null_values, ["N/A"]);
    assert_eq!(column.rules.len(), 1);
    assert_eq!(
        (column.rules[0].name.as_str(), column.rules[0].on_failure),
        ("enum", OnFailure::Warn)
    );
    let Check::OneOf(values) = &column.rules[0].check else {
        panic!()
    };
    assert_eq!(&**values, ["01", "2"], "numbers keep the text they were written as");
    assert_eq!(contract.unique, [vec![0, 1]]);
    assert_eq!(contract.row_rules.len(), 1);
    assert_eq!(contract.row_rules[0].expression, "jumlah >= 0");
    assert_eq!(contract.row_rules[0].on_failure, OnFailure::RejectBatch);
}

#[test]
fn settings_reach_the_model() {
    let text = with_settings(
        "owner: dikpora\nlocale: id-ID\ndelimiter: tab\nquote: \"'\"\nencoding: windows-1252\nnullValues: [NA, -99]\nutcOffset: \"+08:00\"\n\
         eventTime: {column: tanggal, maxAge: 400d, maxAhead: PT12H, onFailure: warn}\n\
         rowScope: {institution: npsn, region: npsn}\npartitionBy: [tanggal]\nsortBy: [npsn, tanggal]\nstatisticsColumns: [tanggal]\n\
         bloomColumns: [npsn]\nmergeInterval: 5m\nschemaMode: freeze\nmaxRejected: 20%\nuniqueTogether: [[tanggal, npsn]]\nallowRepeats: true\nreference: true",
    )
    .replace("schema:", "slaProperties:\n  - {property: frequency, value: 1, unit: w}\n  - {property: latency, value: 2, unit: d}\nschema:");
    let contract = good(&text);
    assert_eq!(
        contract.source,
        SourceFormat {
            delimiter: Some(b'\t'),
            quote: b'\'',
            encoding: Some("windows-1252".to_owned()),
            decimal: ',',
            thousands: Some('.'),
            null_values: vec!["NA".to_owned(), "-99".to_owned()],
            utc_offset_minutes: 480,
            fixed_width_header: 0,
            sheet: None,
        }
    );
    let event = contract.event_time.unwrap();
    assert_eq!(
        (event.column, event.max_age, event.max_ahead),
        (0, Some(400 * DAY), Some(DAY / 2))
    );
    assert_eq!(event.on_failure, OnFailure::Warn);
    assert_eq!(
        contract.row_scope,
        RowScope {
            institution: Some(1),
            region: Some(1)
        }
    );
    let layout = Layout {
        partition_by: vec![0],
        sort_by: vec![1, 0],
        statistics: vec![0],
        bloom: vec![1],
        merge_interval: Duration::from_secs(300),
    };
    assert_eq!(contract.layout, layout);
    assert_eq!((contract.schema_mode, contract.max_rejected), (SchemaMode::Freeze, 0.2));
    assert_eq!(contract.unique, [vec![0, 1]]);
    assert!(contract.allow_repeats && contract.reference);
    assert_eq!(contract.freshness, Some(9 * DAY));
}

#[test]
fn a_primary_key_makes_a_dataset_keyed() {
    let plain = good(PLAIN);
    assert!(!plain.is_keyed() && plain.table() == plain.current_table());
    let keyed = good(KEYED);
    assert_eq!((keyed.primary_key.clone(), keyed.version_column), (vec![0, 1], None));
    assert_eq!((keyed.unique.len(), keyed.max_vanished), (0, 0.2));
    assert_ne!(keyed.table(), keyed.current_table());
    let ordered = KEYED
        .replace("logicalType: date", "logicalType: date\n        primaryKeyPosition: 2")
        .replace(
            "logicalType: string",
            "logicalType: string\n        primaryKeyPosition: 1",
        );
    assert_eq!(good(&ordered).primary_key, [1, 0]);
    for (ty, versions) in [("integer", "jumlah"), ("date", "versi"), ("timestamp", "versi")] {
        let text = format!(
            "{KEYED}      - name: versi\n        logicalType: {ty}\n    customProperties: [{{property: versionColumn, value: {versions}}}, {{property: maxVanished, value: 50%}}, {{property: lookup, value: true}}]\n"
        );
        let contract = good(&text);
        assert_eq!(contract.version_column, contract.column(versions));
        assert_eq!((contract.max_vanished, contract.lookup), (0.5, true));
    }
}

#[test]
fn references_are_soft_unless_said_otherwise() {
    let native = "        relationships:\n          - {type: foreignKey, to: wilayah.kode}\n";
    let own = "        customProperties:\n          - {property: reference, value: {dataset: wilayah, column: kode, onFailure: quarantine_row}}\n";
    for (lines, expected) in [(native, OnFailure::Warn), (own, OnFailure::QuarantineRow)] {
        let contract = good(&with(lines));
        let rule = &contract.columns[2].rules[0];
        assert!(
            matches!(&rule.check, Check::Reference { dataset, column } if dataset.as_str() == "wilayah" && column == "kode")
        );
        assert_eq!((rule.name.as_str(), rule.on_failure), ("reference", expected));
    }
}

#[test]
fn native_partitions_keep_their_position() {
    let text = PLAIN
        .replace(
            "logicalType: date",
            "logicalType: date\n        partitioned: true\n        partitionKeyPosition: 2",
        )
        .replace(
            "logicalType: string",
            "logicalType: string\n        partitioned: true\n        partitionKeyPosition: 1",
        );
    assert_eq!(good(&text).layout.partition_by, [1, 0]);
}

#[test]
fn a_dataset_is_as_secret_as_its_most_secret_column() {
    let text = with(
        "        classification: pribadi_spesifik\n    customProperties: [{property: classification, value: terbuka}]\n",
    );
    let contract = good(&text);
    let classes: Vec<Classification> = contract.columns.iter().map(|c| c.classification).collect();
    assert_eq!(
        classes,
        [Classification::Open, Classification::Open, Classification::Sensitive]
    );
    assert_eq!(contract.classification, Classification::Sensitive);
    assert_eq!(
        good(&PLAIN.replace(
            "logicalType: string",
            "logicalType: string\n        classification: confidential"
        ))
        .classification,
        Classification::Closed
    );
}

#[test]
fn compiled_rules_judge_batches() {
    use arrow::{
        array::{AsArray, Date32Array, Int64Array, StringViewArray},
        record_batch::RecordBatch,
    };
    use std::sync::Arc;
    let contract = good(&with(
        "    quality:\n      - {name: positif, type: custom, engine: smartcenter, implementation: jumlah * 2 > 0}\n      \
         - {name: ada, type: custom, engine: smartcenter, implementation: 'coalesce(jumlah, 1) > 0'}\n",
    ));
    let schema = contract.schema();
    let batch = RecordBatch::try_new(
        schema,
        vec![
            Arc::new(Date32Array::from(vec![0, 0, 0])),
            Arc::new(StringViewArray::from(vec!["a", "b", "c"])),
            Arc::new(Int64Array::from(vec![Some(1), Some(-1), None])),
        ],
    )
    .unwrap();
    let judge = |rule: usize| {
        let rule = compile(&contract.row_rules[rule], &batch.schema()).unwrap();
        let answer = rule.evaluate(&batch).unwrap().into_array(3).unwrap();
        answer.as_boolean().iter().collect::<Vec<_>>()
    };
    assert_eq!(judge(0), [Some(true), Some(false), None]);
    assert_eq!(judge(1), [Some(true), Some(false), Some(true)]);
}
