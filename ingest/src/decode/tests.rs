#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::needless_pass_by_value
)]

use super::{CHUNK, Chunk, Frame, frame};
use crate::{
    ContentEncoding, Error, Format, Result,
    fixture::{attendance, cases, chunks, col, contract, plan, request},
    plan::Plan,
};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use smartcenter_warehouse::contract::{Column, ColumnType, Contract};
use std::{io::Write, sync::Arc};

/// Lines and cells of all rows, and those of rows that did not fit.
type Rows = (Vec<(u64, Vec<String>)>, Vec<(u64, Vec<String>)>);

fn rows_of(chunks: Vec<Chunk>, plan: &Plan) -> Result<Rows> {
    let (mut good, mut broken) = (Vec::new(), Vec::new());
    for chunk in chunks {
        let frame: Frame = frame(chunk, plan)?;
        for (row, line) in frame.lines.iter().enumerate() {
            good.push((*line, frame.sent(row).into_iter().map(|(_, text)| text).collect()));
        }
        broken.extend(
            frame
                .broken
                .into_iter()
                .map(|r| (r.line, r.cells.into_iter().map(|(_, text)| text).collect())),
        );
    }
    Ok((good, broken))
}

fn read(format: Format, plan: &Arc<Plan>, payload: &[u8], piece: usize, chunk: usize) -> Result<Rows> {
    let (chunks, _) = chunks(&request(format), plan, payload, piece, chunk)?;
    rows_of(chunks, plan)
}

fn three() -> Contract {
    contract(vec![
        col("a", ColumnType::Text),
        col("b", ColumnType::Text),
        col("c", ColumnType::Text),
    ])
}

fn message(result: Result<Rows>) -> String {
    result.expect_err("this payload must be refused").message().to_owned()
}

fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
    (line, cells.iter().map(|c| (*c).to_owned()).collect())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn quotes_newlines_crlf_and_marks() {
    let plan = plan(three());
    let text = "\u{feff}a,b,c\r\n1,\"x, \"\"y\"\"\",2\r\n\r\n\"two\nlines\",\"\",z\r\n5\" pipe,b,c";
    let (good, broken) = read(Format::Csv, &plan, text.as_bytes(), 7, CHUNK).unwrap();
    assert_eq!(
        good,
        [
            row(2, &["1", "x, \"y\"", "2"]),
            row(4, &["two\nlines", "", "z"]),
            row(6, &["5\" pipe", "b", "c"])
        ]
    );
    assert!(broken.is_empty());
}

#[test]
fn every_cut_reads_the_same() {
    let plan = plan(three());
    let text = "a;b;c\r\n1;\"x;\"\"\ny\"\"\";2\n\n\"q\"\"\";\"\";z\r\nkurang;satu\n\"\n\n\";é;\"a\"b\nx;y;\"\"\n;;\n";
    let whole = read(Format::Csv, &plan, text.as_bytes(), text.len(), CHUNK).unwrap();
    assert_eq!(whole.0.len(), 5);
    assert_eq!(whole.1, [row(6, &["kurang", "satu"])]);
    for piece in 1..=text.len() {
        for target in 1..=text.len() {
            let cut = read(Format::Csv, &plan, text.as_bytes(), piece, target).unwrap();
            assert_eq!(cut, whole, "pieces of {piece}, chunks of {target}");
        }
    }
}

#[test]
fn every_cut_of_json_reads_the_same() {
    let plan = plan(three());
    let array = " [ {\"a\":\"x]}\\\"\\\\\",\"b\":1.5,\"c\":null},\n{\"c\":true, \"a\":\"\\u00e9\"} , 7, [1], \"s\", {\"a\":{\"n\":[]}},{\"a\":1,\"a\":2} ] \n";
    let lines = "{\"a\":\"x\",\"b\":1.5}\n\n{\"b\":\"\\n\"}\r\n{\"a\":\nnicht\n{\"a\":1}{\"b\":2}\n  {\"c\":\"é\"}";
    for (format, text, good, broken) in [(Format::Json, array, 3, 4), (Format::Ndjson, lines, 3, 3)] {
        let whole = read(format, &plan, text.as_bytes(), text.len(), CHUNK).unwrap();
        assert_eq!((whole.0.len(), whole.1.len()), (good, broken), "{whole:?}");
        for piece in 1..=text.len() {
            for target in [1, 2, 3, 5, 8, 13, 21, 34, 55, 89] {
                let cut = read(format, &plan, text.as_bytes(), piece, target).unwrap();
                assert_eq!(cut, whole, "pieces of {piece}, chunks of {target}");
            }
        }
    }
}

#[test]
fn json_lines_and_numbers() {
    let plan = plan(three());
    let (good, _) = read(Format::Json, &plan, br#"[{"a":"1"},{"a":"2"}]"#, 5, CHUNK).unwrap();
    assert_eq!(
        good,
        [row(1, &["1"]), row(2, &["2"])],
        "values of an array are numbered"
    );
    let (good, _) = read(Format::Ndjson, &plan, b"\n{\"a\":\"1\"}\n\n{\"a\":\"2\"}", 5, CHUNK).unwrap();
    assert_eq!(good, [row(2, &["1"]), row(4, &["2"])]);
    let (good, _) = read(Format::Json, &plan, b"{\"a\":\"1\"}", 5, CHUNK).unwrap();
    assert_eq!(good, [row(1, &["1"])], "one object is a row");
    assert_eq!(read(Format::Json, &plan, b"[]", 5, CHUNK).unwrap().0.len(), 0);
}

#[test]
fn broken_json_documents_name_the_place() {
    let plan = plan(three());
    let cases: [(&[u8], &str); 7] = [
        (b"[{\"a\":1},", "ends early, at byte 9"),
        (b"[{\"a\":1} {\"a\":2}]", "byte 9 on line 1: a comma"),
        (b"[{\"a\":1},]", "byte 9 on line 1: an object"),
        (b"[{\"a\":\"x", "ends early"),
        (b"[]\n\n]", "byte 4 on line 3: nothing"),
        (b"\"text\"", "byte 0 on line 1: an array of objects"),
        (b"  \n ", "blank"),
    ];
    for (payload, expected) in cases {
        let message = message(read(Format::Json, &plan, payload, 3, CHUNK));
        assert!(message.contains(expected), "{message:?} should say {expected:?}");
    }
}

#[test]
fn deep_json_is_refused() {
    let plan = plan(three());
    let deep = format!("[{{\"a\":{}{}}}]", "[".repeat(100_000), "]".repeat(100_000));
    assert!(message(read(Format::Json, &plan, deep.as_bytes(), 4096, CHUNK)).contains("deeper than 64"));
    // On a line of its own it is one bad cell of one row, and no stack is used up by it.
    let (good, broken) = read(Format::Ndjson, &plan, &deep.as_bytes()[1..deep.len() - 1], 4096, CHUNK).unwrap();
    assert_eq!((good.len(), broken.len()), (1, 0));
}

#[test]
fn a_million_columns_are_refused() {
    let plan = plan(three());
    let header = "a,".repeat(500_000);
    let text = message(read(
        Format::Csv,
        &plan,
        format!("{header}\n1\n").as_bytes(),
        65536,
        CHUNK,
    ));
    assert!(text.contains("more than 2000 columns"), "{text}");
    let wide = format!("a,b,c\n{}\nx,y,z\n", ",".repeat(900_000));
    let (good, broken) = read(Format::Csv, &plan, wide.as_bytes(), 65536, CHUNK).unwrap();
    assert_eq!(good, [row(3, &["x", "y", "z"])]);
    assert_eq!(broken.len(), 1);
    assert!(broken[0].1.len() <= 2002, "only so many cells are looked at");
    let endless = format!("a,b,c\n{}", "x".repeat(3 << 20));
    assert!(message(read(Format::Csv, &plan, endless.as_bytes(), 65536, CHUNK)).contains("longer than"));
}

#[test]
fn an_open_quote_names_its_line() {
    let plan = plan(three());
    let text = message(read(Format::Csv, &plan, b"a,b,c\n1,2,3\n4,\"5,6\n7,8,9\n", 9, CHUNK));
    assert!(text.contains("line 3 is never closed"), "{text}");
    let long = format!("a,b,c\n1,2,3\n4,\"5,6\n{}", "7,8,9\n".repeat(600_000));
    let text = message(read(Format::Csv, &plan, long.as_bytes(), 65536, CHUNK));
    assert!(text.contains("line 3") && text.contains("not closed"), "{text}");
}

#[test]
fn empty_files_are_refused() {
    let plan = plan(three());
    assert!(message(read(Format::Csv, &plan, b"", 1, CHUNK)).contains("empty"));
    assert!(message(read(Format::Csv, &plan, b"\n \r\n", 1, CHUNK)).contains("no header"));
    assert!(message(read(Format::Csv, &plan, b"a\r1\r2\r", 1, CHUNK)).contains("CR alone"));
    assert_eq!(
        read(Format::Csv, &plan, b"a,b,c", 1, CHUNK).unwrap().0.len(),
        0,
        "a header alone is a file"
    );
}

#[test]
fn delimiters_are_found_or_told() {
    for (text, cells) in [
        ("a;b;c\n1,5;2;3\n", ["1,5", "2", "3"]),
        ("a\tb\tc\n1\t2\t3\n", ["1", "2", "3"]),
        ("a|b|c\nx|y|z\n", ["x", "y", "z"]),
    ] {
        assert_eq!(
            read(Format::Csv, &plan(three()), text.as_bytes(), 4, CHUNK).unwrap().0,
            [row(2, &cells)]
        );
    }
    let mut told = three();
    told.source.delimiter = Some(b'^');
    assert_eq!(
        read(Format::Csv, &plan(told), b"a^b^c\n1^2,2^3\n", 4, CHUNK).unwrap().0,
        [row(2, &["1", "2,2", "3"])]
    );
}

#[test]
fn character_sets() {
    let plan = plan(three());
    let expected = [row(2, &["é", "b", "c"])];
    let utf16: Vec<u8> = "\u{feff}a,b,c\né,b,c\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for piece in 1..9 {
        assert_eq!(
            read(Format::Csv, &plan, &utf16, piece, CHUNK).unwrap().0,
            expected,
            "UTF-16 by its mark"
        );
    }
    let latin = b"a,b,c\n\xe9,b,c\n";
    let text = message(read(Format::Csv, &plan, latin, 4, CHUNK));
    assert!(text.contains("byte 6 ") && text.contains("windows-1252"), "{text}");
    let mut named = request(Format::Csv);
    named.charset = Some("latin1".to_owned());
    let (parts, _) = chunks(&named, &plan, latin, 3, CHUNK).unwrap();
    assert_eq!(rows_of(parts, &plan).unwrap().0, expected);
    named.charset = Some("klingon".to_owned());
    assert!(matches!(
        chunks(&named, &plan, latin, 3, CHUNK),
        Err(Error::Unsupported(_))
    ));
    let bare: Vec<u8> = utf16[2..].to_vec();
    assert!(message(read(Format::Csv, &plan, &bare, 4, CHUNK)).contains("UTF-16LE without a mark"));
    let odd = &utf16[..utf16.len() - 1];
    assert!(
        message(read(Format::Csv, &plan, odd, 4, CHUNK)).contains("is not UTF-16LE"),
        "half a character at the end"
    );
    let late = format!("a,b,c\n{}\u{e9},b,c\n", "x,y,z\n".repeat(1000));
    let mut late = late.into_bytes();
    let at = late.len() - 5;
    late[at] = 0xff;
    assert!(
        message(read(Format::Csv, &plan, &late, 100, 64)).contains(&format!("byte {at} ")),
        "offset across chunks"
    );
}

fn packed(encoding: ContentEncoding, bytes: &[u8], piece: usize) -> Result<(Rows, [u8; 32])> {
    let plan = plan(three());
    let mut request = request(Format::Csv);
    request.encoding = encoding;
    let (chunks, summary) = chunks(&request, &plan, bytes, piece, CHUNK)?;
    Ok((rows_of(chunks, &plan)?, summary.sha256))
}

#[test]
fn packed_bodies_read_as_unpacked_ones() {
    let text: String = std::iter::once("a,b,c\n".to_owned())
        .chain((0..20_000).map(|i| format!("{i},{},z\n", i * 7)))
        .collect();
    let (plain, digest) = packed(ContentEncoding::Identity, text.as_bytes(), 1000).unwrap();
    assert_eq!(plain.0.len(), 20_000);
    let zipped = gzip(text.as_bytes());
    let zstd = zstd::encode_all(text.as_bytes(), 3).unwrap();
    let (first, second) = text.as_bytes().split_at(text.len() / 2);
    let members = [gzip(first), gzip(second), vec![0; 512]].concat();
    let frames = [
        zstd::encode_all(first, 1).unwrap(),
        zstd::encode_all(second, 1).unwrap(),
    ]
    .concat();
    for (encoding, body) in [
        (ContentEncoding::Gzip, &zipped),
        (ContentEncoding::Gzip, &members),
        (ContentEncoding::Zstd, &zstd),
        (ContentEncoding::Zstd, &frames),
    ] {
        for piece in [1, 2, 100, 4096, 1 << 20] {
            let (rows, sha256) = packed(encoding, body, piece).unwrap();
            assert_eq!(
                (rows.0.len(), sha256),
                (20_000, digest),
                "{encoding:?} in pieces of {piece}"
            );
            assert!(rows == plain);
        }
    }
}

#[test]
fn truncated_and_false_packing() {
    let text = "a,b,c\n".to_owned() + &"1,2,3\n".repeat(5000);
    for (encoding, body) in [
        (ContentEncoding::Gzip, gzip(text.as_bytes())),
        (ContentEncoding::Zstd, zstd::encode_all(text.as_bytes(), 3).unwrap()),
    ] {
        for cut in [1, 5, body.len() / 2, body.len() - 1] {
            let error = packed(encoding, &body[..cut], 10).unwrap_err();
            assert!(error.message().contains("ends early"), "{error} at {cut}");
        }
        let mut spoilt = body.clone();
        let middle = spoilt.len() / 2;
        spoilt[middle] ^= 0xff;
        spoilt[middle + 1] ^= 0xff;
        assert!(packed(encoding, &spoilt, 64).is_err());
        assert!(
            packed(encoding, text.as_bytes(), 64)
                .unwrap_err()
                .message()
                .contains("the body is not")
        );
        assert!(packed(encoding, b"", 64).unwrap_err().message().contains("ends early"));
    }
}

#[test]
fn bombs_are_refused_early() {
    let row = "1,2,3\n".repeat(1 << 20);
    let mut bomb = zstd::Encoder::new(Vec::new(), 1).unwrap();
    bomb.write_all(b"a,b,c\n").unwrap();
    let zeros = vec![b'\n'; 16 << 20];
    for _ in 0..40 {
        bomb.write_all(&zeros).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    assert!(matches!(
        packed(ContentEncoding::Zstd, &bomb, 1000),
        Err(Error::TooLarge(_))
    ));
    // A fair ratio is fine up to the limit, and not beyond.
    let plan = plan(three());
    let mut request = request(Format::Csv);
    request.encoding = ContentEncoding::Gzip;
    let body = gzip(("a,b,c\n".to_owned() + &row).as_bytes());
    let mut source = super::Source::new(&request, &plan, 1 << 20, CHUNK, &std::env::temp_dir()).unwrap();
    assert!(matches!(
        source.push(&body, u64::MAX, &mut |_| Ok(())),
        Err(Error::TooLarge(_))
    ));
}

#[test]
fn unpacking_stops_where_told_and_goes_on() {
    let text = "a,b,c\n".to_owned() + &"1,2,3\n".repeat(1 << 20);
    for (encoding, body) in [
        (ContentEncoding::Gzip, gzip(text.as_bytes())),
        (ContentEncoding::Zstd, zstd::encode_all(text.as_bytes(), 3).unwrap()),
    ] {
        let plan = plan(three());
        let mut request = request(Format::Csv);
        request.encoding = encoding;
        let mut source = super::Source::new(&request, &plan, 1 << 30, CHUNK, &std::env::temp_dir()).unwrap();
        let mut rows = 0;
        let mut emit = |chunk: Chunk| {
            rows += frame(chunk, &plan)?.rows();
            Ok(())
        };
        let taken = source.push(&body, 1 << 20, &mut emit).unwrap();
        assert!(
            source.bytes() >= 1 << 20 && source.bytes() < 2 << 20,
            "{encoding:?} stopped at {}",
            source.bytes()
        );
        source.push(&body[taken..], u64::MAX, &mut emit).unwrap();
        source.finish(&mut emit).unwrap();
        assert_eq!(rows, 1 << 20);
    }
}

#[test]
fn rejects_come_back_in_as_they_went_out() {
    let plan = plan(attendance());
    let text = "npsn,tanggal,hadir,_baris,_kolom,_aturan,_alasan\n20500001,2026-07-17,30,5,hadir,type,bukan angka\n";
    let (good, _) = read(Format::Csv, &plan, text.as_bytes(), 50, CHUNK).unwrap();
    assert_eq!(
        good,
        [row(2, &["20500001", "2026-07-17", "30"])],
        "the hub's own columns are dropped"
    );
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9]{0,12}",
        "[ -~éß\n\"]{0,8}",
        Just(String::new()),
        "[\",;\n]{1,4}"
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(256), failure_persistence: None, ..ProptestConfig::default() })]

    /// Cut anywhere, our cells are those of the csv crate.
    #[test]
    fn reads_like_the_csv_crate(
        rows in prop::collection::vec(prop::collection::vec(cell(), 3), 0..30),
        crlf: bool, piece in 1_usize..200, target in 1_usize..400,
    ) {
        let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().terminator(end).from_writer(Vec::new());
        writer.write_record(["a", "b", "c"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let text = writer.into_inner().unwrap();
        let (good, broken) = read(Format::Csv, &plan(three()), &text, piece, target).unwrap();
        let cells: Vec<Vec<String>> = good.into_iter().map(|(_, cells)| cells).collect();
        prop_assert_eq!(cells, rows);
        prop_assert!(broken.is_empty());
    }

    /// Whatever the bytes, a chunked read is a whole read, and nothing panics.
    #[test]
    fn chunks_do_not_change_garbage(
        bytes in prop::collection::vec(prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), Just(b'x'), any::<u8>()], 0..200),
        piece in 1_usize..50, target in 1_usize..100,
    ) {
        let plan = plan(three());
        let payload = [b"a,b,c\n".to_vec(), bytes].concat();
        for format in [Format::Csv, Format::Ndjson, Format::Json] {
            let whole = read(format, &plan, &payload, payload.len(), CHUNK);
            let cut = read(format, &plan, &payload, piece, target);
            prop_assert_eq!(whole.map_err(|e| e.message().to_owned()).ok(), cut.map_err(|e| e.message().to_owned()).ok());
        }
    }
}

#[test]
fn a_wide_contract_column_count_is_kept() {
    let columns: Vec<Column> = (0..500).map(|i| col(&format!("k{i}"), ColumnType::Int64)).collect();
    let header: Vec<String> = columns.iter().map(|c| c.name.clone()).collect();
    let plan = plan(contract(columns));
    let text = format!("{}\n{}\n", header.join(","), vec!["7"; 500].join(","));
    assert_eq!(
        read(Format::Csv, &plan, text.as_bytes(), 64, CHUNK).unwrap().0[0]
            .1
            .len(),
        500
    );
}
