//! What is told before there are rows.

use super::fixture::*;
use arrow::datatypes::{DataType, Field, Schema};

fn schema(columns: &[(&str, DataType)]) -> Schema {
    Schema::new(
        columns
            .iter()
            .map(|(name, kind)| Field::new(*name, kind.clone(), true))
            .collect::<Vec<_>>(),
    )
}

#[test]
fn the_table_has_the_columns_of_the_select_first() {
    let indicator = indicator("grain: minggu\ndirection: naik\ndetector: {method: auto}\n");
    let given = schema(&[
        ("tanggal", DataType::Date32),
        ("unit", DataType::Utf8View),
        ("rumpun", DataType::Utf8View),
        ("nilai", DataType::Int64),
        ("loket", DataType::Int32),
    ]);
    let schema = indicator.output_schema(&given).unwrap();
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(
        names,
        [
            "tanggal",
            "unit",
            "rumpun",
            "nilai",
            "loket",
            "nama",
            "penyebut",
            "grup",
            "wilayah",
            "puskesmas",
            "lintang",
            "bujur",
            "harapan",
            "batas",
            "skor",
            "p",
            "tanda",
            "keterangan",
            "langkah",
            "metode",
            "versi",
            "aturan",
            "keparahan"
        ]
    );
    assert_eq!(schema.field_with_name("nilai").unwrap().data_type(), &DataType::Float64);
    assert_eq!(
        schema.field_with_name("rumpun").unwrap().data_type(),
        &DataType::Utf8View
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let indicator = indicator(&format!(
        "{ATTENDANCE}rule: {{sql: \"jumlah > 3\", title: a, title_en: b, severity: info, alerts: false}}\n\
         explanation: {{id: \"{{kelas}} sejak {{sejak}}\", en: \"{{nama}} {{kelebihan:0}} {{p}}\"}}\n"
    ));
    let given = schema(&[
        ("unit", DataType::Int64),
        ("tanggal", DataType::Date32),
        ("p", DataType::Float64),
    ]);
    let wrong = indicator.output_schema(&given).unwrap_err().join("\n");
    for part in [
        "column `unit` is a text, and the SELECT gives Int64: cast it",
        "the judge gives column `p`",
        "the SELECT gives no column `nilai` (a number)",
        "attendance needs column `penyebut`",
        "calendar hari_sekolah needs column `hari_sekolah`",
        "rule.sql: ",
        "explanation.id names {kelas}, and there is no such column",
    ] {
        assert!(wrong.contains(part), "{part}: {wrong}");
    }
    assert!(!wrong.contains("sejak}, and") && !wrong.contains("{nama}"), "{wrong}");
}

#[test]
fn a_rule_is_a_condition_of_the_row() {
    let told = |sql: &str| {
        let keys = format!(
            "grain: minggu\ndirection: naik\ndetector: {{method: rule}}\n\
             rule: {{sql: \"{sql}\", title: a, title_en: b, severity: info, alerts: false}}\n"
        );
        let given = batch(&[]).schema();
        indicator(&keys)
            .output_schema(&given)
            .map(drop)
            .map_err(|wrong| wrong.join(" "))
    };
    told("nilai >= 1.5 * penyebut AND tanda IS NOT TRUE AND coalesce(masker, '') <> 'x'").unwrap();
    assert!(told("nilai + 1").unwrap_err().contains("true or false"));
    assert!(told("nilai >").unwrap_err().contains("rule.sql"));
    assert!(told("tanggal < now()").unwrap_err().contains("does not give the same"));
    assert!(told("keparahan = 'info'").unwrap_err().contains("keparahan"));
}
