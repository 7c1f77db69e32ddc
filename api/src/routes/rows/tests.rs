#![allow(clippy::unwrap_used)]

use super::*;
use arrow::{
    array::{Int64Array, RecordBatch, StringViewArray},
    datatypes::{DataType, Field, Schema},
};
use std::sync::Arc;

fn parse(pairs: &[(&str, &str)]) -> Answer<RowsRequest> {
    let pairs = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    requested("absensi".parse().unwrap(), pairs)
}

#[test]
fn a_query_string_becomes_a_request() {
    let request = parse(&[
        ("tanggal", "gte.2025-07-01"),
        ("kecamatan", "eq.35.03.01"),
        ("tanggal", "lt.2025-08-01"),
        ("select", "tanggal, hadir"),
        ("order", "tanggal.desc,hadir"),
        ("limit", "7"),
        ("cursor", "abc"),
        ("history", "true"),
    ])
    .unwrap();
    let filter = |column: &str, op, value: &str| RowFilterRequest {
        column: column.into(),
        op,
        value: value.into(),
    };
    assert_eq!(
        request,
        RowsRequest {
            dataset: "absensi".parse().unwrap(),
            schema: RowsSchema::History,
            filters: vec![
                filter("tanggal", Op::Gte, "2025-07-01"),
                filter("kecamatan", Op::Eq, "35.03.01"),
                filter("tanggal", Op::Lt, "2025-08-01"),
            ],
            select: vec!["tanggal".into(), "hadir".into()],
            order: vec![("tanggal".into(), true), ("hadir".into(), false)],
            limit: Some(7),
            cursor: Some("abc".into()),
        }
    );
}

#[test]
fn what_cannot_be_read_is_refused_without_repeating_values() {
    for (pairs, status) in [
        (("nik", "9903012345670001"), 400),
        (("nik", "is9903012345670001.x"), 422),
        (("order", "a.up"), 400),
        (("limit", "many"), 400),
        (("history", "maybe"), 400),
    ] {
        let problem = parse(&[pairs]).unwrap_err();
        assert_eq!(problem.status(), status, "{pairs:?}");
    }
    for text in ["9903012345670001", "is9903012345670001.x"] {
        assert!(!parse(&[("nik", text)]).unwrap_err().detail().contains("99030"));
    }
}

#[tokio::test]
async fn rows_are_a_list_with_a_cursor() {
    let fields = vec![
        Field::new("a", DataType::Int64, true),
        Field::new("b", DataType::Utf8View, true),
    ];
    let columns: Vec<arrow::array::ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![Some(1), None])),
        Arc::new(StringViewArray::from(vec![Some("x\"y"), None])),
    ];
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let read = async |batches: &[RecordBatch], next| {
        let body = listed(batches, next).unwrap().into_body();
        let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()
    };
    let row = serde_json::json!({"a": 1, "b": "x\"y"});
    let empty = serde_json::json!({"a": null, "b": null});
    assert_eq!(
        read(&[batch.clone(), batch], Some("c")).await,
        serde_json::json!({"items": [row, empty, row, empty], "next": "c"})
    );
    assert_eq!(read(&[], None).await, serde_json::json!({"items": []}));
}
