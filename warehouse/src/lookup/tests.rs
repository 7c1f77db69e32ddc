#![allow(clippy::unwrap_used)]

use super::*;
use crate::contract::{self, Contract, Origin};
use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array, RecordBatch,
        StringViewArray, TimestampMicrosecondArray,
    },
    compute::concat_batches,
};
use std::{path::Path, sync::Arc};

fn contract() -> Contract {
    let text = r#"
apiVersion: v3.1.0
kind: DataContract
id: urn:test:semua
name: Semua
version: 1.0.0
status: active
schema:
  - name: semua
    customProperties:
      - {property: owner, value: kominfo}
      - {property: lookup, value: true}
    properties:
      - {name: t, logicalType: string, required: true, primaryKey: true}
      - {name: i, logicalType: integer, physicalType: int}
      - {name: l, logicalType: integer}
      - {name: f, logicalType: number}
      - {name: d, logicalType: number, physicalType: "decimal(12,2)"}
      - {name: b, logicalType: boolean}
      - {name: h, logicalType: date}
      - {name: w, logicalType: timestamp}
      - {name: u, logicalType: string}
"#;
    contract::parse(text, Origin::Site, "semua").unwrap()
}

/// Rows `first..first + n`; every third value is missing.
fn rows(contract: &Contract, first: i64, n: i64) -> RecordBatch {
    let numbers = || first..first + n;
    let schema = contract.schema();
    let columns = schema.fields().iter().zip(0..).map(|(field, at)| -> ArrayRef {
        let some = |i: i64| ((i + at) % 3 != 0 || at == 0).then_some(i);
        let values = numbers().map(some);
        match field.data_type() {
            arrow::datatypes::DataType::Utf8View => Arc::new(StringViewArray::from_iter(
                values.map(|v| v.map(|v| "panjang ".repeat((v % 40) as usize) + &v.to_string())),
            )),
            arrow::datatypes::DataType::Int32 => Arc::new(Int32Array::from_iter(values.map(|v| v.map(|v| v as i32)))),
            arrow::datatypes::DataType::Int64 => Arc::new(Int64Array::from_iter(values)),
            arrow::datatypes::DataType::Float64 => {
                Arc::new(Float64Array::from_iter(values.map(|v| v.map(|v| v as f64 / 7.0))))
            }
            arrow::datatypes::DataType::Decimal128(p, s) => {
                let values = Decimal128Array::from_iter(values.map(|v| v.map(|v| i128::from(v) * 101 - 5000)));
                Arc::new(values.with_precision_and_scale(*p, *s).unwrap())
            }
            arrow::datatypes::DataType::Boolean => {
                Arc::new(BooleanArray::from_iter(values.map(|v| v.map(|v| v % 2 == 0))))
            }
            arrow::datatypes::DataType::Date32 => {
                Arc::new(Date32Array::from_iter(values.map(|v| v.map(|v| 20_000 + v as i32))))
            }
            _ => Arc::new(TimestampMicrosecondArray::from_iter(values).with_timezone("UTC")),
        }
    });
    RecordBatch::try_new(schema.clone(), columns.collect()).unwrap()
}

fn source(rows: u64) -> StoreSource {
    StoreSource {
        path: "g=1/part-1.parquet".into(),
        size: 99,
        rows,
    }
}

fn write(folder: &Path, contract: &Contract, parts: &[RecordBatch]) -> std::path::PathBuf {
    let path = folder.join("part-1.parquet.rows");
    let mut writer = RowStoreWriter::create(folder, contract).unwrap();
    for part in parts {
        writer.add(part).unwrap();
    }
    let count = parts.iter().map(|part| part.num_rows() as u64).sum();
    writer.finish(&path, source(count)).unwrap();
    path
}

#[test]
fn every_row_comes_back_as_it_was() {
    let (folder, contract) = (tempfile::tempdir().unwrap(), contract());
    for parts in [vec![0], vec![1], vec![16], vec![5, 30, 1, 12], vec![0, 100]] {
        let mut first = 0;
        let batches: Vec<RecordBatch> = parts
            .into_iter()
            .map(|n| {
                first += n;
                rows(&contract, first - n, n)
            })
            .collect();
        let path = write(folder.path(), &contract, &batches);
        let store = RowStore::open(&path, &source(first as u64)).unwrap();
        let all = concat_batches(&contract.schema(), &batches).unwrap();
        for row in 0..first {
            let found = store.row(row as u32, &contract).unwrap();
            assert_eq!(found, all.slice(row as usize, 1), "row {row} of {first}");
        }
        assert!(store.row(first as u32 + 16, &contract).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no litter");
    }
}

#[test]
fn a_column_that_came_later_is_null() {
    let (folder, older) = (tempfile::tempdir().unwrap(), contract());
    let path = write(folder.path(), &older, &[rows(&older, 0, 20)]);
    let mut newer = contract();
    let mut column = newer.columns[1].clone();
    column.name = "baru".into();
    newer.columns.insert(2, column);
    newer.columns.remove(5);
    let store = RowStore::open(&path, &source(20)).unwrap();
    let found = store.row(7, &newer).unwrap();
    assert_eq!(found.schema(), newer.schema());
    assert_eq!(found.column_by_name("baru").unwrap().null_count(), 1);
    assert_eq!(found.column_by_name("u"), rows(&older, 7, 1).column_by_name("u"));
}

#[test]
fn damage_is_noticed_wherever_it_is() {
    let (folder, contract) = (tempfile::tempdir().unwrap(), contract());
    let path = write(folder.path(), &contract, &[rows(&contract, 0, 40)]);
    let sound = std::fs::read(&path).unwrap();
    let all = rows(&contract, 0, 40);
    for at in 0..sound.len() {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x10;
        std::fs::write(&path, bytes).unwrap();
        let Ok(store) = RowStore::open(&path, &source(40)) else {
            continue;
        };
        let wrong = (0..40).filter(|row| match store.row(*row, &contract) {
            Ok(found) => {
                assert_eq!(found, all.slice(*row as usize, 1), "byte {at}");
                false
            }
            Err(_) => true,
        });
        assert!(wrong.count() > 0, "byte {at} means nothing");
    }
    for len in [0, 3, 15, 16, 200, sound.len() - 1] {
        std::fs::write(&path, &sound[..len]).unwrap();
        assert!(RowStore::open(&path, &source(40)).is_err(), "{len} bytes");
    }
    std::fs::write(&path, &sound).unwrap();
    let other = StoreSource {
        size: 100,
        ..source(40)
    };
    assert!(RowStore::open(&path, &other).is_err());
    assert!(RowStore::open(&path, &source(41)).is_err());
    assert!(RowStore::open(&path, &source(400_000)).is_err());
    assert!(RowStore::open(&folder.path().join("absent"), &source(40)).is_err());
}

#[test]
fn an_unfinished_store_leaves_nothing() {
    let (folder, contract) = (tempfile::tempdir().unwrap(), contract());
    let mut writer = RowStoreWriter::create(folder.path(), &contract).unwrap();
    writer.add(&rows(&contract, 0, 50)).unwrap();
    drop(writer);
    let writer = RowStoreWriter::create(folder.path(), &contract).unwrap();
    assert!(writer.finish(&folder.path().join("x"), source(1)).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
