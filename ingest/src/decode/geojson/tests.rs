#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use crate::{
    Format,
    decode::CHUNK,
    fixture::{chunks, col, contract, faults, plan, request, run},
};
use arrow::array::{Array, AsArray};
use proptest::prelude::*;
use smartcenter_warehouse::contract::{Column, ColumnType, Contract};

fn desa() -> Contract {
    contract(vec![
        Column {
            required: true,
            aliases: vec!["code".to_owned()],
            ..col("kode", ColumnType::Text)
        },
        Column {
            aliases: vec!["geometry".to_owned()],
            ..col("batas", ColumnType::Text)
        },
        col("luas", ColumnType::Float64),
        col("id", ColumnType::Text),
    ])
}

fn collection(features: &str) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
}

const SQUARE: &str = r#"{"type":"Polygon","coordinates":[[[111.1,-8.1],[111.2,-8.1],[111.2,-8.2],[111.1,-8.1]]]}"#;

fn feature(geometry: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{{"code":"35.03.01"}},"geometry":{geometry}}}"#)
}

/// The fault of the one geometry.
fn wrong(geometry: &str) -> String {
    let checked = run(Format::GeoJson, desa(), &collection(&feature(geometry))).unwrap();
    let row = &checked[0].rejected[0];
    assert_eq!(row.faults.len(), 1);
    assert_eq!(
        (row.faults[0].rule.as_str(), row.faults[0].column.as_deref()),
        ("geometry", Some("batas"))
    );
    row.faults[0].message.clone()
}

#[test]
fn a_feature_is_a_row_of_properties_id_and_geometry() {
    let text = format!(
        r#"{{"name":"batas","crs":{{"a":[1,{{"features":[]}}]}},"features":[
 {{"type":"Feature","id":7,"properties":{{"code":"35.03.01","luas":1.5,"lain":true}},"geometry":{SQUARE}}},
 {{"type":"Feature","id":8,"properties":{{"KODE":"35.03.02","id":"x"}},"geometry":{{"type" : "Point",
   "coordinates":[111.5, -8.25 ] }} }},
 {{"type":"Feature","properties":{{"code":"35.03.03"}},"geometry":null}}],"type":"FeatureCollection","bbox":[1]}}"#
    );
    let checked = run(Format::GeoJson, desa(), &text).unwrap().remove(0);
    assert!(checked.rejected.is_empty(), "{:?}", checked.rejected);
    let text = |column: usize| -> Vec<Option<String>> {
        let column = checked.accepted.column(column).as_string_view();
        column.iter().map(|value| value.map(str::to_owned)).collect()
    };
    assert_eq!(
        text(0),
        ["35.03.01", "35.03.02", "35.03.03"].map(|v| Some(v.to_owned()))
    );
    let point = r#"{"type":"Point","coordinates":[111.5,-8.25]}"#;
    assert_eq!(text(1), [Some(SQUARE.to_owned()), Some(point.to_owned()), None]);
    assert_eq!(text(3), [Some("7".to_owned()), Some("x".to_owned()), None]);
    assert_eq!(checked.unknown.iter().collect::<Vec<_>>(), ["lain"]);
    assert_eq!(crate::check::lines(&checked.accepted).unwrap(), [1, 2, 3]);
}

#[test]
fn one_feature_is_a_collection_of_one() {
    let checked = run(Format::GeoJson, desa(), &feature(SQUARE)).unwrap().remove(0);
    assert_eq!(checked.accepted.num_rows(), 1);
    assert!(checked.accepted.column(2).is_null(0));
}

#[test]
fn geometries_are_looked_at() {
    let swapped = SQUARE.replace("[111.2,-8.1]", "[-8.1,111.2]");
    assert!(
        wrong(&swapped).starts_with("coordinates[0][1] has a latitude outside"),
        "{}",
        wrong(&swapped)
    );
    assert!(wrong(&swapped).contains("lat and lon look swapped"));
    let metres = SQUARE.replace("[111.2,-8.1]", "[565000.1,9100000]");
    assert!(wrong(&metres).contains("not metres"), "{}", wrong(&metres));
    let open = SQUARE.replace("[111.1,-8.1]]", "[111.1,-8.11]]");
    assert_eq!(
        wrong(&open),
        "coordinates[0][3] is not the first position again, so the ring is not closed"
    );
    assert!(wrong(r#"{"type":"Polygon","coordinates":[[[1,1],[2,2],[1,1]]]}"#).contains("coordinates[0] is a ring of"));
    assert!(wrong(r#"{"type":"LineString","coordinates":[[1,1]]}"#).contains("fewer than 2"));
    assert!(wrong(r#"{"type":"Point","coordinates":[1]}"#).contains("is no position"));
    assert!(wrong(r#"{"type":"Point","coordinates":["1",2]}"#).contains("numbers are expected"));
    assert!(wrong(r#"{"type":"Point","coordinates":[1e999,2]}"#).contains("numbers are expected"));
    assert!(wrong(r#"{"type":"Point","coordinates":[[1,2]]}"#).contains("numbers are expected"));
    assert!(wrong(r#"{"type":"Polygon","coordinates":[[1,2]]}"#).contains("coordinates[0][0] is no list"));
    assert!(wrong(r#"{"type":"Bundar","coordinates":[1,2]}"#).contains("does not know"));
    assert!(wrong(r#"{"type":"Point"}"#).contains("no `coordinates`"));
    assert!(wrong(r#"{"coordinates":[1,2]}"#).contains("no `type`"));
    assert!(wrong("7").contains("not an object"));
    let parts =
        format!(r#"{{"type":"GeometryCollection","geometries":[{SQUARE},{{"type":"Point","coordinates":[191,5]}}]}}"#);
    assert_eq!(
        wrong(&parts),
        "geometries[1].coordinates is outside longitude -180..180 and latitude -90..90"
    );
    let deep = format!(
        "{}{SQUARE}{}",
        r#"{"type":"GeometryCollection","geometries":["#.repeat(9),
        "]}".repeat(9)
    );
    assert!(wrong(&deep).contains("more than 8"));
}

#[test]
fn what_is_no_feature_is_kept_with_its_reason() {
    let text = collection(
        &[
            r#"{"type":"Fitur","properties":{}}"#,
            "7",
            r#"{"type":"Feature","properties":[1]}"#,
            r#"{"type":"Feature","properties":{"code":1,"kode":2}}"#,
            r#"{"type":"Feature","properties":{}}"#,
            r#"{"type":"Feature","type":"Feature"}"#,
        ]
        .join(","),
    );
    let checked = run(Format::GeoJson, desa(), &text).unwrap().remove(0);
    let rules: Vec<_> = faults(&checked)
        .into_iter()
        .map(|(line, column, rule, _)| (line, column, rule))
        .collect();
    let expected = [
        (1, "", "geojson"),
        (2, "", "geojson"),
        (3, "", "geojson"),
        (4, "", "columns"),
        (5, "kode", "required"),
        (6, "", "geojson"),
    ];
    assert_eq!(
        rules,
        expected.map(|(line, column, rule)| (line, column.to_owned(), rule.to_owned()))
    );
}

#[test]
fn a_rejected_feature_shows_its_cells() {
    let text = collection(r#"{"type":"Feature","id":"a","properties":{"code":"","lain":2},"geometry":null}"#);
    let checked = run(Format::GeoJson, desa(), &text).unwrap().remove(0);
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        checked.rejected[0].cells,
        [pair("code", ""), pair("lain", "2"), pair("id", "a")]
    );
}

#[test]
fn documents_that_are_none() {
    let error = |text: &str| run(Format::GeoJson, desa(), text).unwrap_err().to_string();
    assert!(error("[]").contains("one JSON object"), "{}", error("[]"));
    assert!(error("  ").contains("blank"));
    assert!(error(r#"{"type":"Topology","objects":{}}"#).contains(r#"the type "Topology""#));
    assert!(error(r#"{"features":[]}"#).contains("no `type`"));
    assert!(error(r#"{"type":"FeatureCollection","features":[],"features":[]}"#).contains("only once"));
    assert!(error(r#"{"type":"FeatureCollection","features":[{"#).contains("ends early"));
    assert!(error(r#"{"type":"FeatureCollection","features":[{}"#).contains("ends early"));
    assert!(error(r#"{"type":"FeatureCollection","features":[]"#).contains("ends early"));
    assert!(error(r#"{"type":"FeatureCollection","features":[]} x"#).contains("nothing behind"));
    assert!(error(r#"{"type" "FeatureCollection"}"#).contains("a colon"));
    assert!(error(r#"{"a":}"#).contains("a value"));
    assert!(error(r#"{"a":1 "b":2}"#).contains("a comma"));
    let deep = format!(r#"{{"a":{}"#, "[".repeat(100));
    assert!(error(&deep).contains("deeper than"));
    let big = format!(r#"{{"type":"Feature","a":"{}"}}"#, "x".repeat(2 << 20));
    assert!(error(&big).contains("has no list `features`"));
    let feature = format!(r#"{{"a":"{}"}}"#, "x".repeat(2 << 20));
    assert!(error(&collection(&feature)).contains("longer than"));
}

#[test]
fn members_of_any_size_are_passed_over() {
    let text = format!(
        r#"{{"a":"{}","b":[{}1],"features":[{}],"c":"{}","type":"FeatureCollection"}}"#,
        r#"x\"y"#.repeat(1 << 20),
        "[1],".repeat(1 << 19),
        feature(SQUARE),
        "z".repeat(3 << 20)
    );
    let checked = run(Format::GeoJson, desa(), &text).unwrap();
    assert_eq!(
        checked.iter().map(|checked| checked.accepted.num_rows()).sum::<usize>(),
        1
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::fixture::cases(64)))]

    /// Where a document is cut changes nothing of what is read.
    #[test]
    fn pieces_and_chunks_change_nothing(
        rows in 0_usize..12,
        before in prop::sample::select(vec!["", r#""n":"a\\","#, r#""features ":[{}],"b":-1.5e3,"#, r#""\u0066oo":null,"#]),
        after in prop::sample::select(vec!["", r#","c":{"features":[1]}"#, ",\n \"d\" : [ ]"]),
        piece in 1_usize..40,
        chunk in 1_usize..400,
    ) {
        let features: Vec<String> = (0..rows)
            .map(|row| feature(SQUARE).replace("35.03.01", &format!("35.{row:02}\\\"")))
            .collect();
        let text = format!(r#"{{{before}"type":"FeatureCollection", "features" : [ {} ]{after} }}"#, features.join(" ,\n"));
        let plan = plan(desa());
        let read = |piece, chunk| {
            let (chunks, _) = chunks(&request(Format::GeoJson), &plan, text.as_bytes(), piece, chunk).unwrap();
            let frames = chunks.into_iter().map(|chunk| crate::decode::frame(chunk, &plan).unwrap());
            frames.flat_map(|frame| (0..frame.rows()).map(|row| (frame.lines[row], frame.sent(row))).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        };
        let whole = read(1 << 20, CHUNK);
        prop_assert_eq!(whole.len(), rows);
        prop_assert_eq!(whole, read(piece, chunk));
    }
}

/// The real boundaries, which lie beside the checkout and are not part of it, under the contracts that are shipped.
#[test]
fn the_boundaries_of_the_regency_are_read() {
    use smartcenter_warehouse::contract::{Origin, parse};
    let cases = [
        (
            "kecamatan",
            14,
            include_str!("../../../../warehouse/contracts/kominfo/batas_kecamatan.yaml"),
        ),
        (
            "desa",
            157,
            include_str!("../../../../warehouse/contracts/kominfo/batas_desa.yaml"),
        ),
    ];
    for (level, rows, yaml) in cases {
        let contract = parse(yaml, Origin::Embedded, level).unwrap();
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("../../shared/data/trenggalek_{level}.geojson"));
        let Ok(text) = std::fs::read_to_string(&path) else {
            let is_required = std::env::var_os("SMARTCENTER_REQUIRE_SHARED").is_some_and(|value| value == "1");
            assert!(
                !is_required,
                "SMARTCENTER_REQUIRE_SHARED=1, and there is no {}",
                path.display()
            );
            println!("skipped: there is no {}", path.display());
            continue;
        };
        let plan = plan(contract);
        let (chunks, summary) = chunks(&request(Format::GeoJson), &plan, text.as_bytes(), 4096, CHUNK).unwrap();
        assert!(summary.warnings.is_empty());
        let context = crate::validate::Context {
            codes: vec![None; plan.references.len()],
            ..crate::fixture::context()
        };
        let checked = chunks
            .into_iter()
            .map(|chunk| crate::check::check(chunk, &plan, &context).unwrap());
        let checked: Vec<_> = checked.collect();
        assert!(
            checked
                .iter()
                .all(|checked| checked.rejected.is_empty() && checked.unknown.is_empty()),
            "{level}"
        );
        assert_eq!(
            checked.iter().map(|checked| checked.accepted.num_rows()).sum::<usize>(),
            rows,
            "{level}"
        );
    }
}
