//! Hashes do not depend on how values are stored, and depend on everything else.

use super::*;
use crate::contract::{Contract, Origin, parse, system_fields};
use arrow::{
    array::{ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray},
    compute::cast,
    datatypes::{DataType, Schema, TimeUnit},
};
use std::sync::Arc;

const CONTRACT: &str = r#"apiVersion: v3.1.0
kind: DataContract
id: contoh
version: "1.0.0"
status: active
schema:
  - name: contoh
    properties:
      - {name: kode, logicalType: string}
      - {name: nomor, logicalType: integer}
      - {name: nama, logicalType: string}
      - {name: rasio, logicalType: number}
      - {name: nilai, logicalType: number, physicalType: "decimal(18,2)"}
      - {name: aktif, logicalType: boolean}
      - {name: tanggal, logicalType: date}
      - {name: waktu, logicalType: timestamp}
"#;

/// The contract with the columns `key` as its primary key.
fn contract(key: &[usize]) -> Contract {
    let mut contract = parse(CONTRACT, Origin::Site, "contoh.yaml").unwrap();
    contract.primary_key = key.to_vec();
    contract
}

fn hasher(key: &[usize]) -> KeyHasher {
    KeyHasher::new(&[7; 32], &contract(key)).unwrap()
}

/// One row; every value may be missing.
type Row = (Option<String>, Option<i32>, Option<String>, Option<f64>, Option<i32>);

fn row() -> impl Strategy<Value = Row> {
    let text = || prop::option::weighted(0.8, "[a-c]{0,3}|[a-z ]{12,40}|.{0,300}");
    (
        text(),
        prop::option::weighted(0.8, -3i32..4),
        text(),
        prop::option::weighted(0.8, prop_oneof![Just(0.0), Just(-0.0), any::<f64>()]),
        prop::option::weighted(0.8, -40_000i32..40_000),
    )
}

/// The rows in the hub's own types, all contract columns and the system columns.
fn batch(rows: &[Row]) -> RecordBatch {
    let numbers = || rows.iter().map(|row| row.4).collect::<Int32Array>();
    let wide: ArrayRef = Arc::new(cast(&numbers(), &DataType::Int64).unwrap());
    let values: Vec<ArrayRef> = vec![
        Arc::new(rows.iter().map(|row| row.0.as_deref()).collect::<StringArray>()),
        Arc::new(rows.iter().map(|row| row.1).collect::<Int32Array>()),
        Arc::new(rows.iter().map(|row| row.2.as_deref()).collect::<StringArray>()),
        Arc::new(rows.iter().map(|row| row.3).collect::<Float64Array>()),
        wide.clone(),
        Arc::new(
            rows.iter()
                .map(|row| row.4.map(|n| n > 0))
                .collect::<arrow::array::BooleanArray>(),
        ),
        Arc::new(numbers()),
        wide.clone(),
        wide.clone(),
        wide.clone(),
        values_of(rows),
        wide,
    ];
    let schema = contract(&[0]).storage_schema();
    let columns = schema.fields().iter().zip(values);
    let columns = columns.map(|(field, array)| cast(&array, field.data_type()).unwrap());
    RecordBatch::try_new(schema.clone(), columns.collect()).unwrap()
}

fn values_of(rows: &[Row]) -> ArrayRef {
    Arc::new(
        (0..rows.len())
            .map(|row| Some(format!("receipt {row}")))
            .collect::<StringArray>(),
    )
}

/// `batch` with one column in another Arrow type.
fn with_type(batch: &RecordBatch, column: &str, ty: &DataType) -> RecordBatch {
    let at = batch.schema().index_of(column).unwrap();
    let mut fields: Vec<_> = batch.schema().fields().iter().map(|field| (**field).clone()).collect();
    fields[at] = fields[at].clone().with_data_type(ty.clone());
    let mut columns = batch.columns().to_vec();
    columns[at] = cast(&columns[at], ty).unwrap();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

fn dictionary(values: DataType) -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(values))
}

proptest! {
    #[test]
    fn the_encoding_does_not_matter(rows in prop::collection::vec(row(), 0..20), from in 0usize..20, len in 0usize..20) {
        let all_columns = hasher(&[0, 1, 2, 3, 4, 5, 6, 7]);
        let plain = batch(&rows);
        let keys = all_columns.key_hashes(&plain).unwrap();
        let contents = all_columns.content_hashes(&plain).unwrap();
        let encodings = [
            ("kode", DataType::Utf8),
            ("kode", DataType::LargeUtf8),
            ("kode", dictionary(DataType::Utf8)),
            ("nomor", DataType::Int32),
            ("nomor", DataType::Int8),
            ("nomor", dictionary(DataType::Int64)),
            ("nilai", DataType::Decimal128(30, 2)),
            ("nilai", DataType::Decimal256(40, 2)),
            ("tanggal", DataType::Date64),
            ("waktu", DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()))),
            ("waktu", DataType::Timestamp(TimeUnit::Microsecond, None)),
        ];
        for (column, ty) in &encodings {
            let other = with_type(&plain, column, ty);
            prop_assert_eq!(&all_columns.key_hashes(&other).unwrap(), &keys, "{} as {}", column, ty);
            prop_assert_eq!(&all_columns.content_hashes(&other).unwrap(), &contents, "{} as {}", column, ty);
            let from = from.min(rows.len());
            let len = len.min(rows.len() - from);
            let slice = other.slice(from, len);
            prop_assert_eq!(&all_columns.key_hashes(&slice).unwrap(), &keys[from..from + len]);
            prop_assert_eq!(&all_columns.content_hashes(&slice).unwrap(), &contents[from..from + len]);
        }
    }

    #[test]
    fn hashes_are_equal_exactly_where_values_are(rows in prop::collection::vec(row(), 2..30)) {
        // Both zeros and all NaNs are one value.
        let float = |value: f64| if value.is_nan() { f64::NAN } else { value + 0.0 }.to_bits();
        let whole = |row: &Row| (row.0.clone(), row.1, row.2.clone(), row.3.map(float), row.4);
        let batch = batch(&rows);
        let hasher = hasher(&[2, 1, 0]);
        let keys = hasher.key_hashes(&batch).unwrap();
        let contents = hasher.content_hashes(&batch).unwrap();
        for a in 0..rows.len() {
            for b in 0..rows.len() {
                let (one, two) = (&rows[a], &rows[b]);
                let same_key = (&one.0, one.1, &one.2) == (&two.0, two.1, &two.2);
                prop_assert_eq!(keys[a] == keys[b], same_key);
                prop_assert_eq!(contents[a] == contents[b], whole(one) == whole(two));
            }
        }
    }

    #[test]
    fn contents_ignore_order_absent_columns_and_system_columns(rows in prop::collection::vec(row(), 1..20)) {
        let plain = batch(&rows);
        let hasher = hasher(&[0]);
        let contents = hasher.content_hashes(&plain).unwrap();
        let backwards: Vec<usize> = (0..plain.num_columns()).rev().collect();
        prop_assert_eq!(&hasher.content_hashes(&plain.project(&backwards).unwrap()).unwrap(), &contents);
        let own: Vec<usize> = (0..plain.num_columns() - system_fields().len()).collect();
        prop_assert_eq!(&hasher.content_hashes(&plain.project(&own).unwrap()).unwrap(), &contents);

        // A contract that has grown: its new column is absent, or null, in older rows.
        let grown: Vec<Row> = rows.into_iter().map(|row| (row.0, row.1, None, row.3, row.4)).collect();
        let grown = batch(&grown);
        let without: Vec<usize> = (0..grown.num_columns()).filter(|at| *at != 2).collect();
        let older = grown.project(&without).unwrap();
        let mut contract = contract(&[0]);
        contract.columns.remove(2);
        let before = KeyHasher::new(&[7; 32], &contract).unwrap();
        let expected = before.content_hashes(&older).unwrap();
        prop_assert_eq!(&hasher.content_hashes(&older).unwrap(), &expected);
        prop_assert_eq!(&hasher.content_hashes(&grown).unwrap(), &expected);
        prop_assert_eq!(hasher.fingerprint(), before.fingerprint());
    }
}

fn pairs(pairs: &[(Option<&str>, Option<&str>)]) -> RecordBatch {
    let own = |text: Option<&str>| text.map(str::to_owned);
    let rows: Vec<Row> = pairs
        .iter()
        .map(|(a, b)| (own(*a), None, own(*b), None, None))
        .collect();
    batch(&rows)
}

#[test]
fn parts_of_a_key_do_not_run_together() {
    let batch = pairs(&[
        (Some("a"), Some("bc")),
        (Some("ab"), Some("c")),
        (Some("abc"), Some("")),
        (Some("abc"), None),
        (Some(""), Some("abc")),
        (None, Some("abc")),
        (Some("bc"), Some("a")),
        (None, None),
        (Some(""), Some("")),
    ]);
    for key in [&[0, 2][..], &[2, 0]] {
        let mut hashes = hasher(key).key_hashes(&batch).unwrap();
        hashes.sort_unstable();
        assert!(hashes.windows(2).all(|pair| pair[0] != pair[1]));
        let mut contents = hasher(key).content_hashes(&batch).unwrap();
        contents.sort_unstable();
        assert!(contents.windows(2).all(|pair| pair[0] != pair[1]));
    }
    let (one, two) = (hasher(&[0, 2]), hasher(&[2, 0]));
    assert_ne!(one.key_hashes(&batch).unwrap()[0], two.key_hashes(&batch).unwrap()[0]);
    assert_ne!(one.fingerprint(), two.fingerprint());
}

#[test]
fn hashes_of_another_secret_have_nothing_in_common() {
    let batch = pairs(&[(Some("a"), None), (None, Some("a"))]);
    let (one, two) = (hasher(&[0]), KeyHasher::new(&[8; 32], &contract(&[0])).unwrap());
    assert_ne!(one.fingerprint(), two.fingerprint());
    for row in 0..2 {
        assert_ne!(
            one.key_hashes(&batch).unwrap()[row],
            two.key_hashes(&batch).unwrap()[row]
        );
        assert_ne!(
            one.content_hashes(&batch).unwrap()[row],
            two.content_hashes(&batch).unwrap()[row]
        );
    }
}

/// Hashes are on disk: when this test fails, `ALGORITHM` must change with it.
#[test]
fn hashes_stay_what_they_are() {
    let rows = [(Some("3273".into()), Some(5), None, Some(1.5), Some(9))];
    let hasher = hasher(&[0, 1]);
    assert_eq!(
        hasher.key_hashes(&batch(&rows)).unwrap(),
        [108504372252109621319084053239538480305]
    );
    assert_eq!(hasher.content_hashes(&batch(&rows)).unwrap(), [1606145234129739161]);
}

#[test]
fn what_cannot_be_hashed_is_refused() {
    assert!(KeyHasher::new(&[7; 32], &contract(&[])).is_err());
    let batch = pairs(&[(Some("a"), None)]);
    let hasher = hasher(&[0]);
    assert!(hasher.key_hashes(&batch.project(&[1, 2]).unwrap()).is_err());
    // A value that does not fit must not turn into a missing one.
    let schema = Schema::new(vec![arrow::datatypes::Field::new("nomor", DataType::Utf8, true)]);
    let text = RecordBatch::try_new(Arc::new(schema), vec![Arc::new(StringArray::from(vec!["x"]))]).unwrap();
    assert!(hasher.content_hashes(&text).is_err());
}

#[test]
fn versions_are_numbers_days_and_microseconds() {
    let batch = batch(&[
        (None, Some(5), None, None, Some(20_000)),
        (None, None, None, None, None),
    ]);
    assert_eq!(version_values(&batch, "nomor").unwrap(), [Some(5), None]);
    assert_eq!(version_values(&batch, "tanggal").unwrap(), [Some(20_000), None]);
    assert_eq!(version_values(&batch, "waktu").unwrap(), [Some(20_000), None]);
    let millis = with_type(&batch, "waktu", &DataType::Timestamp(TimeUnit::Millisecond, None));
    assert_eq!(version_values(&millis, "waktu").unwrap(), [Some(20_000), None]);
    let narrow = with_type(&batch, "nomor", &DataType::Int32);
    assert_eq!(version_values(&narrow.slice(1, 1), "nomor").unwrap(), [None]);
    for column in ["kode", "rasio", "nilai", "aktif", "tidak_ada"] {
        assert!(version_values(&batch, column).is_err(), "{column}");
    }
}
