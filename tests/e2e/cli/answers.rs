//! `sql` and `feeds`.

use super::{local, text};
use crate::hub::Start;
use serde_json::json;

#[test]
fn sql_answers_in_a_table_and_in_formats() {
    let hub = Start::fresh().start();
    hub.admin()
        .push_csv("pengumuman", "nomor,judul\n1,pertama\n12,kedua\n")
        .expect(202);
    let sql = "SELECT nomor, judul FROM data.pengumuman ORDER BY nomor";
    let said = local(hub.data(), &["sql", sql]).expect(0);
    let lines: Vec<&str> = said.out.lines().map(str::trim_end).collect();
    assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["nomor", "judul"]);
    assert_eq!((lines[2], lines[3]), ("    1  pertama", "   12  kedua"));
    assert_eq!(
        local(hub.data(), &["sql", sql, "--format", "csv"]).expect(0).out,
        "nomor,judul\n1,pertama\n12,kedua\n"
    );
    let by_json = local(
        hub.data(),
        &[
            "sql",
            "SELECT judul FROM data.pengumuman WHERE nomor = $1",
            "--param",
            "12",
            "--json",
        ],
    );
    assert_eq!(by_json.expect(0).json()["rows"], json!([{ "judul": "kedua" }]));
    let out = hub.folder().scratch("jawaban.parquet");
    local(hub.data(), &["sql", sql, "--format", "parquet", "--output", text(&out)]).expect(0);
    let file = std::fs::File::open(&out).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 2);
    let said = local(hub.data(), &["sql", "SELECT tidak_ada FROM data.pengumuman"]).expect(1);
    assert!(said.err.contains("tidak_ada") && said.out.is_empty(), "{}", said.err);
    let said = local(
        hub.data(),
        &["sql", "SELECT value FROM generate_series(1, 50)", "--limit", "10"],
    )
    .expect(0);
    assert_eq!(said.out.lines().count(), 2 + 10 + 1);
    assert!(said.err.contains("first 10 rows"), "{}", said.err);
    let said = local(hub.data(), &["feeds"]).expect(0);
    assert!(
        said.out.contains("pengumuman") && said.out.contains("kominfo"),
        "{}",
        said.out
    );
}
