#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::thrift::{PageClaims, is_sound_footer};
use crate::{
    Format, Result,
    check::{Checked, check},
    decode::{CHUNK, Source},
    fixture::{cases, chunks, col, context, contract, faults, plan, request},
};
use arrow::{
    array::*,
    buffer::OffsetBuffer,
    datatypes::*,
    ipc::writer::{FileWriter, StreamWriter},
    record_batch::RecordBatch,
};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, Encoding},
    file::properties::{WriterProperties, WriterVersion},
};
use proptest::prelude::*;
use smartcenter_warehouse::contract::{Column, ColumnType, Contract};
use std::sync::Arc;

const FORMATS: [Format; 3] = [Format::Parquet, Format::Arrow, Format::Arrow];

fn parquet_with(batch: &RecordBatch, properties: WriterProperties) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// The batch in Parquet, as an Arrow stream, and as an Arrow file.
fn written(batch: &RecordBatch) -> [Vec<u8>; 3] {
    let (mut stream, mut file) = (Vec::new(), Vec::new());
    let mut writer = StreamWriter::try_new(&mut stream, &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    let mut writer = FileWriter::try_new(&mut file, &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    [parquet_with(batch, WriterProperties::default()), stream, file]
}

fn read(format: Format, contract: &Contract, payload: &[u8]) -> Result<Vec<Checked>> {
    let plan = plan(contract.clone());
    let (chunks, _) = chunks(&request(format), &plan, payload, 4096, CHUNK)?;
    chunks
        .into_iter()
        .map(|chunk| check(chunk, &plan, &context()))
        .collect()
}

fn error(format: Format, payload: &[u8]) -> String {
    let contract = contract(vec![col("a", ColumnType::Text)]);
    read(format, &contract, payload).unwrap_err().message().to_owned()
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

/// Every cell of a column of texts.
fn texts(checked: &[Checked], column: usize) -> Vec<Option<String>> {
    let columns = checked
        .iter()
        .map(|checked| checked.accepted.column(column).as_string_view().clone());
    columns
        .flat_map(|column| column.iter().map(|v| v.map(str::to_owned)).collect::<Vec<_>>())
        .collect()
}

/// What an array reads as in a text column, in all three forms.
#[track_caller]
fn reads_as(array: impl Array + 'static, expected: &[Option<&str>]) {
    let contract = contract(vec![col("a", ColumnType::Text)]);
    let array: ArrayRef = Arc::new(array);
    let expected: Vec<_> = expected.iter().map(|text| text.map(str::to_owned)).collect();
    for (format, bytes) in FORMATS.into_iter().zip(written(&batch(vec![("A", array.clone())]))) {
        let checked = read(format, &contract, &bytes).unwrap();
        assert!(checked.iter().all(|checked| checked.rejected.is_empty()), "{format:?}");
        assert_eq!(texts(&checked, 0), expected, "{format:?}");
    }
}

#[test]
fn values_become_text_in_their_plain_form() {
    reads_as(StringArray::from(vec![Some("007"), None]), &[Some("007"), None]);
    reads_as(LargeStringArray::from(vec!["\u{e9}"]), &[Some("\u{e9}")]);
    reads_as(
        StringViewArray::from(vec!["a text that is longer than twelve bytes"]),
        &[Some("a text that is longer than twelve bytes")],
    );
    reads_as(UInt64Array::from(vec![u64::MAX]), &[Some("18446744073709551615")]);
    reads_as(
        Float64Array::from(vec![0.1, 1e21, -2.5e-7]),
        &[Some("0.1"), Some("1000000000000000000000"), Some("-0.00000025")],
    );
    reads_as(Float32Array::from(vec![0.1]), &[Some("0.1")]);
    reads_as(BooleanArray::from(vec![true, false]), &[Some("true"), Some("false")]);
    let decimal = Decimal128Array::from(vec![-12345])
        .with_precision_and_scale(18, 2)
        .unwrap();
    reads_as(decimal, &[Some("-123.45")]);
    reads_as(Date32Array::from(vec![20_651]), &[Some("2026-07-17")]);
    reads_as(Time64MicrosecondArray::from(vec![30_600_000_000]), &[Some("08:30:00")]);
    reads_as(
        TimestampMillisecondArray::from(vec![1_784_251_800_500]),
        &[Some("2026-07-17T01:30:00.500")],
    );
    let zoned = TimestampMicrosecondArray::from(vec![1_784_251_800_000_000]);
    reads_as(zoned.with_timezone("UTC"), &[Some("2026-07-17T01:30:00Z")]);
    let keys = Int8Array::from(vec![Some(1), None, Some(0), Some(1)]);
    let words = StringArray::from(vec![Some("pasar"), Some("desa")]);
    let dictionary = DictionaryArray::new(keys, Arc::new(words));
    reads_as(dictionary, &[Some("desa"), None, Some("pasar"), Some("desa")]);
    reads_as(NullArray::new(2), &[None, None]);
}

#[test]
fn arrow_knows_zones_and_runs() {
    let contract = contract(vec![col("a", ColumnType::Text)]);
    let one = |array: ArrayRef| {
        let [_, stream, _] = written(&batch(vec![("a", array)]));
        texts(&read(Format::Arrow, &contract, &stream).unwrap(), 0)
    };
    let at = || TimestampSecondArray::from(vec![1_784_251_800]);
    for (zone, text) in [
        ("+07:00", "2026-07-17T08:30:00+07:00"),
        ("Asia/Jakarta", "2026-07-17T08:30:00+07:00"),
        ("Asia/Jayapura", "2026-07-17T10:30:00+09:00"),
        ("Europe/Paris", "2026-07-17T01:30:00Z"),
    ] {
        assert_eq!(
            one(Arc::new(at().with_timezone(zone))),
            [Some(text.to_owned())],
            "{zone}"
        );
    }
    let runs = RunArray::<Int32Type>::try_new(&Int32Array::from(vec![2, 3]), &StringArray::from(vec![Some("x"), None]));
    assert_eq!(
        one(Arc::new(runs.unwrap())),
        [Some("x".to_owned()), Some("x".to_owned()), None]
    );
    let none = DictionaryArray::<Int8Type>::new(Int8Array::from(vec![None]), Arc::new(StringArray::new_null(0)));
    assert_eq!(one(Arc::new(none)), [None]);
}

#[test]
fn the_contract_decides_the_type() {
    let mut contract = contract(vec![
        Column {
            required: true,
            ..col("kode", ColumnType::Text)
        },
        Column {
            formats: vec!["%d/%m/%Y".to_owned()],
            ..col("tanggal", ColumnType::Date)
        },
        col("hadir", ColumnType::Int32),
        col("persen", ColumnType::Decimal(5, 2)),
        col("saat", ColumnType::Timestamp),
    ]);
    contract.source.decimal = ',';
    contract.source.thousands = Some('.');
    let rows = batch(vec![
        ("KODE", Arc::new(Int64Array::from(vec![Some(7), None])) as ArrayRef),
        ("lain", Arc::new(StringArray::from(vec!["x", "y"])) as ArrayRef),
        ("Tanggal", Arc::new(Date32Array::from(vec![20_651, 20_652]))),
        ("hadir", Arc::new(Float64Array::from(vec![1261.0, 1.5]))),
        ("persen", Arc::new(Float64Array::from(vec![12.5, 1.25]))),
        (
            "saat",
            Arc::new(TimestampMicrosecondArray::from(vec![1_784_251_800_000_000, 0]).with_timezone("UTC")),
        ),
    ]);
    for (format, bytes) in FORMATS.into_iter().zip(written(&rows)) {
        let plan = plan(contract.clone());
        let (chunks, summary) = chunks(&request(format), &plan, &bytes, 512, CHUNK).unwrap();
        assert!(
            summary.warnings[0].contains("kept out: \"lain\""),
            "{:?}",
            summary.warnings
        );
        let checked = check(chunks.into_iter().next().unwrap(), &plan, &context()).unwrap();
        let row = |column: usize| array_text(checked.accepted.column(column));
        let found: Vec<_> = (0..6).map(row).collect();
        assert_eq!(found, ["7", "2026-07-17", "1261", "12.50", "2026-07-17T01:30:00Z", "1"]);
        let found: Vec<_> = faults(&checked)
            .into_iter()
            .map(|fault| (fault.0, fault.1, fault.2))
            .collect();
        assert_eq!(
            found,
            [
                (2, "kode".to_owned(), "required".to_owned()),
                (2, "hadir".to_owned(), "type".to_owned())
            ]
        );
        assert_eq!(
            checked.rejected[0].cells[1],
            ("Tanggal".to_owned(), "2026-07-18".to_owned())
        );
    }
}

fn array_text(array: &dyn Array) -> String {
    arrow::util::display::array_value_to_string(array, 0).unwrap()
}

#[test]
fn bytes_and_lists_are_faults() {
    let contract = contract(vec![
        col("a", ColumnType::Text),
        col("b", ColumnType::Text),
        col("c", ColumnType::Text),
    ]);
    let items: ArrayRef = Arc::new(Int32Array::from(vec![Some(1), None]));
    let list = ListArray::new(
        Arc::new(Field::new_list_field(DataType::Int32, true)),
        OffsetBuffer::from_lengths([2]),
        items,
        None,
    );
    let fields = Fields::from(vec![
        Field::new("x", DataType::Utf8, true),
        Field::new("y", DataType::Float64, true),
    ]);
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(vec!["\"q\""])),
        Arc::new(Float64Array::from(vec![f64::NAN])),
    ];
    let object = StructArray::new(fields, arrays, None);
    let rows = batch(vec![
        ("a", Arc::new(BinaryArray::from(vec![&b"\xff\x00"[..]])) as ArrayRef),
        ("b", Arc::new(list)),
        ("c", Arc::new(object)),
    ]);
    for (format, bytes) in FORMATS.into_iter().zip(written(&rows)) {
        let checked = read(format, &contract, &bytes).unwrap().remove(0);
        let fault = |column: &str, rule: &str, value: &str| (1, column.to_owned(), rule.to_owned(), value.to_owned());
        let mut found = faults(&checked);
        found.sort();
        assert_eq!(
            found,
            [
                fault("a", "binary", "(2 bytes)"),
                fault("b", "nested", "[1,null]"),
                fault("c", "nested", r#"{"x":"\"q\"","y":"NaN"}"#),
            ]
        );
    }
}

#[test]
fn rows_come_through_a_file_in_many_groups_and_encodings() {
    let count = 20_000;
    let contract = contract(vec![col("n", ColumnType::Int64), col("t", ColumnType::Text)]);
    let rows = batch(vec![
        ("n", Arc::new(Int64Array::from_iter_values(0..count)) as ArrayRef),
        (
            "t",
            Arc::new(StringArray::from_iter_values(
                (0..count).map(|n| format!("baris yang panjang sekali {n}")),
            )),
        ),
    ]);
    let properties = || WriterProperties::builder().set_max_row_group_row_count(Some(3000));
    let variants = [
        properties().build(),
        properties().set_compression(Compression::SNAPPY).build(),
        properties()
            .set_compression(Compression::ZSTD(Default::default()))
            .set_writer_version(WriterVersion::PARQUET_2_0)
            .set_column_encoding("t".into(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
            .set_dictionary_enabled(false)
            .build(),
        properties()
            .set_column_encoding("t".into(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
            .set_dictionary_enabled(false)
            .build(),
        properties().set_dictionary_enabled(false).build(),
    ];
    for (index, properties) in variants.into_iter().enumerate() {
        let checked = read(Format::Parquet, &contract, &parquet_with(&rows, properties)).unwrap();
        let lines: Vec<i64> = checked
            .iter()
            .flat_map(|c| crate::check::lines(&c.accepted).unwrap().to_vec())
            .collect();
        assert_eq!(lines, (1..=count).collect::<Vec<_>>(), "variant {index}");
        assert_eq!(
            texts(&checked, 1)[12_345].as_deref(),
            Some("baris yang panjang sekali 12345")
        );
    }
    let prefixes = properties()
        .set_column_encoding("t".into(), Encoding::DELTA_BYTE_ARRAY)
        .set_dictionary_enabled(false);
    let error = read(Format::Parquet, &contract, &parquet_with(&rows, prefixes.build()))
        .unwrap_err()
        .to_string();
    assert!(error.contains("DELTA_BYTE_ARRAY"), "{error}");
}

#[test]
fn limits_hold() {
    let contract = contract(vec![col("t", ColumnType::Text)]);
    let rows =
        |text: &str, count: usize| batch(vec![("t", Arc::new(StringArray::from(vec![text; count])) as ArrayRef)]);
    let under = |format: Format, bytes: &[u8], limit: u64| {
        let mut source = Source::new(
            &request(format),
            &plan(contract.clone()),
            limit,
            CHUNK,
            &std::env::temp_dir(),
        )?;
        source.push(bytes, u64::MAX, &mut |_| Ok(()))?;
        source.finish(&mut |_| Ok(()))
    };
    for (format, bytes) in FORMATS.into_iter().zip(written(&rows("seratus huruf ", 40_000))) {
        assert!(under(format, &bytes, 1 << 30).is_ok());
        // The dictionary of the Parquet file and the text views are small, the rows are not.
        let limit = bytes.len() as u64 + 100_000;
        let small = under(format, &bytes, limit.min(400_000).max(bytes.len() as u64));
        assert!(
            format == Format::Arrow || matches!(small, Err(crate::Error::TooLarge(_))),
            "{format:?}"
        );
    }
    for (format, bytes) in FORMATS.into_iter().zip(written(&rows(&"x".repeat(2 << 20), 2))) {
        let error = read(format, &contract, &bytes).unwrap_err().to_string();
        assert!(error.contains("row 1 is longer than"), "{error}");
    }
}

#[test]
fn what_is_no_such_file_is_refused() {
    for bytes in [
        &b""[..],
        b"x",
        b"PAR1",
        b"PAR1PAR1",
        b"kode,nama\n1,2\n3,4\n",
        &[0xff; 64],
        &[0; 64],
    ] {
        for format in [Format::Parquet, Format::Arrow] {
            let message = error(format, bytes);
            assert!(
                message.contains("empty") || message.contains("file") || message.contains("payload"),
                "{message}"
            );
        }
    }
    assert!(error(Format::Arrow, b"FEA1\0\0\0\0FEA1").contains("Feather"));
    assert!(error(Format::Parquet, b"PAR1............\x04\0\0\0PARE").contains("encrypted"));
    let gzip = batch(vec![("b", Arc::new(Int32Array::from(vec![1])) as ArrayRef)]);
    for (format, bytes) in FORMATS.into_iter().zip(written(&gzip)) {
        assert!(error(format, &bytes).contains("\"a\" is missing") || format == Format::Arrow);
    }
}

#[test]
fn claims_are_not_believed() {
    // A list of two thousand million row groups.
    let mut footer = vec![
        0x15, 2, 0x19, 0x1c, 0x48, 4, b'r', b'o', b'o', b't', 0, 0x16, 0, 0x19, 0xfc,
    ];
    assert!(!is_sound_footer(&footer, 32));
    footer.extend([0xff, 0xff, 0xff, 0xff, 7]);
    assert!(!is_sound_footer(&footer, 32));
    // Lists in lists in lists.
    assert!(!is_sound_footer(&[&[0x69][..], &[0x19; 1 << 20]].concat(), 32));
    // A schema in a schema in a schema.
    let deep = |levels: usize| {
        let mut footer = vec![0x15, 2, 0x19, 0xfc];
        let mut count = levels;
        while count > 127 {
            footer.push((count & 127) as u8 | 128);
            count >>= 7;
        }
        footer.push(count as u8);
        for _ in 0..levels {
            footer.extend([0x48, 1, b'g', 0x15, 2, 0]);
        }
        footer.extend([0x16, 0, 0x19, 0x0c, 0]);
        footer
    };
    assert!(is_sound_footer(&deep(20), 32));
    assert!(!is_sound_footer(&deep(40), 32));
    assert!(!is_sound_footer(&deep(30_000), 32));
    // Page headers: plain, a field repeated, one that is cut off, a text without end.
    let plain = [0x15, 0, 0x15, 200, 1, 0x15, 100, 0x2c, 0x15, 20, 0x15, 0, 0];
    assert_eq!(PageClaims::read(&plain[..plain.len()]), None, "one end is missing");
    let mut whole = plain.to_vec();
    whole.push(0);
    let claims = PageClaims::read(&whole).unwrap();
    assert_eq!((claims.bytes, claims.values, claims.shares_prefixes), (100, 10, false));
    whole.pop();
    whole.extend([0x05, 4, 0xfe, 0xff, 0xff, 0xff, 15, 0]);
    assert_eq!(PageClaims::read(&whole).unwrap().bytes, i64::from(i32::MAX));
    assert_eq!(PageClaims::read(&[0x98, 0xff, 0xff, 0xff, 0xff, 15, 1]), None);
}

#[test]
fn a_page_that_claims_too_much_is_refused_before_there_is_room_made_for_it() {
    let rows = batch(vec![("a", Arc::new(StringArray::from(vec!["teks"; 100])) as ArrayRef)]);
    for properties in [
        WriterProperties::builder(),
        WriterProperties::builder().set_compression(Compression::SNAPPY),
    ] {
        let bytes = parquet_with(&rows, properties.build());
        // The first page header begins behind the magic word: type, then bytes once unpacked.
        assert_eq!((bytes[4], bytes[6]), (0x15, 0x15));
        let length = bytes[7..].iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
        let mut claims = bytes[..7].to_vec();
        claims.extend([0xfe, 0xff, 0xff, 0xff, 0x0f]);
        claims.extend(&bytes[7 + length..]);
        let message = error(Format::Parquet, &claims);
        assert!(message.contains("a page of 2147483647 bytes"), "{message}");
    }
}

/// A file with all kinds of columns, so that spoiling it spoils all kinds of readers.
fn sample() -> RecordBatch {
    let strings = (0..300).map(|n| (n % 7 > 0).then(|| format!("teks {}", n % 20)));
    let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(2, 300));
    let list = ListArray::new(
        Arc::new(Field::new_list_field(DataType::Int32, true)),
        offsets,
        Arc::new(Int32Array::from_iter_values(0..600)),
        None,
    );
    batch(vec![
        ("a", Arc::new(StringArray::from_iter(strings)) as ArrayRef),
        ("b", Arc::new(Int64Array::from_iter_values(0..300))),
        ("c", Arc::new(list)),
        (
            "d",
            Arc::new(
                Decimal128Array::from_iter_values(0..300)
                    .with_precision_and_scale(20, 3)
                    .unwrap(),
            ),
        ),
        (
            "e",
            Arc::new(BooleanArray::from_iter((0..300).map(|n| Some(n % 3 == 0)))),
        ),
        (
            "f",
            Arc::new(TimestampMicrosecondArray::from_iter_values(0..300).with_timezone("UTC")),
        ),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(200)))]

    /// A spoilt file is read or refused, and nothing worse.
    #[test]
    fn spoilt_files_do_no_harm(
        form in 0_usize..4,
        spoils in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
        near_end in any::<bool>(),
    ) {
        let rows = sample();
        let mut bytes = match form {
            3 => parquet_with(&rows, WriterProperties::builder().set_writer_version(WriterVersion::PARQUET_2_0)
                .set_compression(Compression::SNAPPY).set_dictionary_enabled(false)
                .set_column_encoding("a".into(), Encoding::DELTA_LENGTH_BYTE_ARRAY).build()),
            form => written(&rows)[form].clone(),
        };
        // Most of what can go wrong goes wrong in the footer.
        let from = if near_end { bytes.len().saturating_sub(1500) } else { 0 };
        for (at, byte) in spoils {
            let at = from + at.index(bytes.len() - from);
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let format = if form % 3 == 0 { Format::Parquet } else { Format::Arrow };
        let columns = ["a", "b", "c", "d", "e", "f"].map(|name| col(name, ColumnType::Text));
        if let Err(error) = read(format, &contract(columns.to_vec()), &bytes) {
            prop_assert!(error.kind() == smartcenter_warehouse::Kind::Invalid, "{error}");
        }
    }
}
