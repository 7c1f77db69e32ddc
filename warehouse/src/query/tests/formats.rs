use super::fixture::*;
use crate::query::{Format, Limits, Params, encode};
use arrow::{datatypes::DataType, ipc::reader::StreamReader};
use futures::TryStreamExt;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

const SQL: &str = "SELECT id, sekolah, waktu, DATE '2025-07-01' AS tanggal, CAST(12.50 AS DECIMAL(10,2)) AS uang, \
                   CASE WHEN id = 1 THEN NULL ELSE hadir END AS hadir FROM absensi ORDER BY id";

fn house(change: impl FnOnce(&mut crate::Settings)) -> House {
    let house = House::with(vec![absensi()], change);
    let contract = house.contract("absensi");
    let rows = [
        Pupil {
            sekolah: Some("a,\"b\"\nc".to_owned()),
            ..Pupil::new(0)
        },
        Pupil::new(1),
        Pupil::new(2),
    ];
    house.push_hot(&contract.table(), batch(&contract, &rows, Some(1), 1));
    house
}

async fn bytes(house: &House, sql: &str, format: Format, limits: Limits) -> crate::Result<Vec<u8>> {
    let answer = house.session(steward()).query(sql, Params::None, limits).await?;
    let chunks: Vec<_> = encode(answer, format).try_collect().await?;
    assert!(chunks.iter().all(|chunk| !chunk.is_empty()));
    Ok(chunks.concat())
}

#[tokio::test]
async fn json_is_one_object_with_an_end() {
    let house = house(|_| {});
    let text = bytes(&house, SQL, Format::Json, Limits::default()).await.unwrap();
    let whole: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(whole["columns"][2], json!({"name": "waktu", "type": "timestamp"}));
    assert_eq!(whole["columns"][4]["type"], "decimal(10,2)");
    assert_eq!(whole["rows"].as_array().unwrap().len(), 3);
    assert_eq!(
        whole["rows"][1],
        json!({"id": 1, "sekolah": "sdn-2", "waktu": "2023-11-14T22:13:21.000001Z", "tanggal": "2025-07-01", "uang": 12.5, "hadir": null})
    );
    assert_eq!(
        (&whole["end"], &whole["count"], &whole["truncated"]),
        (&json!(true), &json!(3), &json!(false))
    );
    let cut = bytes(
        &house,
        SQL,
        Format::Json,
        Limits {
            rows: Some(2),
            deadline: None,
        },
    )
    .await
    .unwrap();
    let cut: Value = serde_json::from_slice(&cut).unwrap();
    assert_eq!((&cut["count"], &cut["truncated"]), (&json!(2), &json!(true)));
    let none = bytes(
        &house,
        "SELECT id FROM absensi WHERE id > 9",
        Format::Json,
        Limits::default(),
    )
    .await
    .unwrap();
    let none: Value = serde_json::from_slice(&none).unwrap();
    assert_eq!((&none["rows"], &none["end"]), (&json!([]), &json!(true)));
    let twice = "SELECT a.id, b.id FROM absensi a JOIN absensi b ON a.id = b.id WHERE a.id = 1";
    let twice: Value =
        serde_json::from_slice(&bytes(&house, twice, Format::Json, Limits::default()).await.unwrap()).unwrap();
    assert_eq!(twice["rows"][0], json!({"id": 1, "id_2": 1}));
}

#[tokio::test]
async fn ndjson_ends_with_a_marker() {
    let house = house(|_| {});
    let text = String::from_utf8(bytes(&house, SQL, Format::Ndjson, Limits::default()).await.unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[3]), (4, "{\"end\":true,\"rows\":3}"));
    assert_eq!(
        serde_json::from_str::<Value>(lines[0]).unwrap()["sekolah"],
        "a,\"b\"\nc"
    );
    let text = bytes(
        &house,
        SQL,
        Format::Ndjson,
        Limits {
            rows: Some(1),
            deadline: None,
        },
    )
    .await
    .unwrap();
    assert!(
        String::from_utf8(text)
            .unwrap()
            .ends_with("{\"end\":true,\"rows\":1,\"truncated\":true}\n")
    );
}

#[tokio::test]
async fn csv_has_one_header_and_quotes() {
    let house = house(|_| {});
    let text = String::from_utf8(bytes(&house, SQL, Format::Csv, Limits::default()).await.unwrap()).unwrap();
    assert!(
        text.starts_with(
            "id,sekolah,waktu,tanggal,uang,hadir\n0,\"a,\"\"b\"\"\nc\",2023-11-14T22:13:20Z,2025-07-01,12.50,0\n"
        ),
        "{text}"
    );
    assert!(
        text.contains("\n1,sdn-2,2023-11-14T22:13:21.000001Z,2025-07-01,12.50,\n"),
        "{text}"
    );
    let none = bytes(
        &house,
        "SELECT id FROM absensi WHERE id > 9",
        Format::Csv,
        Limits::default(),
    )
    .await
    .unwrap();
    assert_eq!(none, b"id\n");
}

#[tokio::test]
async fn arrow_and_parquet_read_back() {
    let house = house(|_| {});
    let arrow = bytes(&house, SQL, Format::Arrow, Limits::default()).await.unwrap();
    let batches: Vec<_> = StreamReader::try_new(arrow.as_slice(), None)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(batches.iter().map(|b| b.num_rows()).sum::<usize>(), 3);
    assert_eq!(batches[0].schema().field(1).data_type(), &DataType::Utf8);
    let parquet = bytes(&house, SQL, Format::Parquet, Limits::default()).await.unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(parquet))
        .unwrap()
        .build()
        .unwrap();
    let read: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(
        read[0].columns(),
        arrow::compute::concat_batches(&batches[0].schema(), &batches)
            .unwrap()
            .columns()
    );
    let empty = bytes(
        &house,
        "SELECT id FROM absensi WHERE id > 9",
        Format::Parquet,
        Limits::default(),
    )
    .await
    .unwrap();
    assert!(ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(empty)).is_ok());
}

#[tokio::test]
async fn formats_without_a_marker_break_off_when_the_hub_cut_them() {
    let house = house(|settings| settings.query_max_rows = 2);
    for format in [Format::Csv, Format::Arrow, Format::Parquet] {
        assert!(
            bytes(&house, SQL, format, Limits::default()).await.is_err(),
            "{format:?}"
        );
        assert!(
            bytes(
                &house,
                SQL,
                format,
                Limits {
                    rows: Some(2),
                    deadline: None
                }
            )
            .await
            .is_ok(),
            "{format:?}"
        );
    }
    assert!(bytes(&house, SQL, Format::Json, Limits::default()).await.is_ok());
}
