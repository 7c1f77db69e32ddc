#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{
    bundle::{Bundle, Library},
    select::{Found, Selection},
};
use crate::{
    Format, Result,
    check::{Checked, check},
    decode::{CHUNK, Source},
    fixture::{cases, chunks, col, context, contract, faults, plan, request},
};
use arrow::array::{Array, AsArray};
use proptest::prelude::*;
use serde_json::json;
use smartcenter_warehouse::contract::{Column, ColumnType, Contract, FhirPath};
use std::io::Cursor;

const NIK: &str = "subject.resolve().identifier.where(system = 'nik').value";

fn at(path: &str, column: Column) -> Column {
    Column {
        path: Some(FhirPath::parse(path).unwrap()),
        ..column
    }
}

fn visits() -> Contract {
    let nik = Column {
        required: true,
        ..col("nik", ColumnType::Text)
    };
    let mut contract = contract(vec![
        at("id", col("nomor", ColumnType::Text)),
        at(NIK, nik),
        col("lain", ColumnType::Text),
    ]);
    contract.fhir_resource = Some("Encounter".to_owned());
    contract
}

fn bundle(entries: &serde_json::Value) -> String {
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string()
}

fn patient(nik: &str) -> serde_json::Value {
    json!({ "resourceType": "Patient", "id": "p", "identifier": [{ "system": "ihs", "value": "P" }, { "system": "nik", "value": nik }] })
}

fn visit(reference: &str) -> serde_json::Value {
    json!({ "resourceType": "Encounter", "id": "e", "subject": { "reference": reference } })
}

fn read(payload: &str) -> Result<Vec<Checked>> {
    let plan = plan(visits());
    let (chunks, _) = chunks(&request(Format::Fhir), &plan, payload.as_bytes(), 100, CHUNK)?;
    chunks
        .into_iter()
        .map(|chunk| check(chunk, &plan, &context()))
        .collect()
}

/// The NIK of every visit in the payload, or the message of its fault.
fn niks(payload: &str) -> Vec<String> {
    let mut found = Vec::new();
    for checked in read(payload).unwrap() {
        let column = checked.accepted.column(1).as_string_view();
        found.extend(column.iter().map(|nik| nik.unwrap_or("-").to_owned()));
        found.extend(
            checked
                .rejected
                .iter()
                .flat_map(|row| &row.faults)
                .map(|f| format!("{}: {}", f.rule, f.message)),
        );
    }
    found
}

/// What `path` means in `resource`.
fn value(resource: &serde_json::Value, path: &str) -> String {
    let text = resource.to_string();
    let bundle = Bundle::read(&mut Cursor::new(text.clone()), "Observation").unwrap();
    let mut library = Library::new(Box::new(Cursor::new(text)), &bundle);
    let (_, json) = library.entry(&bundle.entries[0]).unwrap();
    let selection = Selection::of(json, "Observation", None);
    match selection.value(&FhirPath::parse(path).unwrap(), &mut library).unwrap() {
        Found::Value(value) => value.plain().to_owned(),
        Found::Nothing(place) => format!("nothing at {place}"),
        Found::Wrong { message, .. } => message,
    }
}

#[test]
fn paths_select() {
    let resource = json!({
        "resourceType": "Observation",
        "status": "final",
        "code": { "coding": [{ "system": "a", "code": "1" }, { "system": "b", "code": "2" }, { "system": "b", "code": "3" }] },
        "category": [{ "coding": [{ "code": "x" }] }, { "coding": null }, { "coding": [{ "code": "y" }] }],
        "valueQuantity": { "value": 1.10, "unit": "kg" },
        "effectiveDateTime": "2026-07-17",
        "extension": [{ "url": "http://a", "valueBoolean": true }],
        "performer": [{ "reference": "#org" }],
        "contained": [{ "resourceType": "Organization", "id": "org", "name": "Puskesmas Contoh" }],
    });
    for (path, found) in [
        ("status", "final"),
        ("code.coding.code", "1"),
        ("code.coding.where(system = 'b').code", "2"),
        ("code.coding.where(system='b')[1].code", "3"),
        ("code.coding[2].code", "3"),
        ("code.coding.first().code", "1"),
        ("category.coding.code", "x"),
        ("category.coding[1].code", "y"),
        ("category.where(coding.code = 'y').coding.code", "y"),
        ("value.value", "1.1"),
        ("value.ofType(Quantity).unit", "kg"),
        ("valueQuantity.unit", "kg"),
        ("effective", "2026-07-17"),
        ("effective.ofType(dateTime)", "2026-07-17"),
        ("extension('http://a').value", "true"),
        ("performer.resolve().name", "Puskesmas Contoh"),
        ("value.ofType(string)", "nothing at Observation.value.ofType(string)"),
        ("code.text.what", "nothing at Observation.code.text"),
        ("code.coding[3].code", "nothing at Observation.code.coding[3]"),
        (
            "code.coding.where(system = 'c').code",
            "nothing at Observation.code.coding.where(system = 'c')",
        ),
        ("status.code", "Observation.status is a text where FHIR has an object"),
        (
            "code",
            "Observation.code is an object, not a value: let the path go on to one",
        ),
        (
            "code.coding.resolve().id",
            "Observation.code.coding has no `reference` to follow: send a literal reference",
        ),
    ] {
        assert_eq!(value(&resource, path), found, "{path}");
    }
}

#[test]
fn numbers_keep_their_digits() {
    let text = r#"{"resourceType":"Observation","valueQuantity":{"value":0.12345678901234567890}}"#;
    let bundle = Bundle::read(&mut Cursor::new(text), "Observation").unwrap();
    let (_, json) = Library::new(Box::new(Cursor::new(text)), &bundle)
        .entry(&bundle.entries[0])
        .unwrap();
    assert_eq!(
        json.get("valueQuantity").unwrap().get("value").unwrap().plain(),
        "0.12345678901234567890"
    );
}

#[test]
fn references_are_followed_inside_the_bundle() {
    let server = "http://a.example/fhir";
    let two = |reference: &str, url: &str| {
        niks(&bundle(&json!([
            { "fullUrl": format!("{server}/Encounter/e"), "resource": visit(reference) },
            { "fullUrl": url, "resource": patient("9903") },
        ])))
    };
    let patient_url = format!("{server}/Patient/p");
    assert_eq!(two("urn:uuid:99", "urn:uuid:99"), ["9903"]);
    assert_eq!(two(&patient_url, &patient_url), ["9903"]);
    assert_eq!(two(&format!("{patient_url}/_history/3"), &patient_url), ["9903"]);
    assert_eq!(two("Patient/p", &patient_url), ["9903"]);
    assert_eq!(two("Patient/p/_history/1", "urn:uuid:1"), ["9903"]);
    let missing =
        ["reference: Bundle.entry[0].resource.subject points at a resource that is not in the bundle: send it along"];
    assert_eq!(two("Patient/q", &patient_url), missing);
    assert_eq!(two("urn:uuid:98", "urn:uuid:99"), missing);
    assert_eq!(two("#p", &patient_url), missing);
    // The one of the visit's own server, not the first of that name.
    let both = bundle(&json!([
        { "fullUrl": "http://b.example/fhir/Patient/p", "resource": patient("9902") },
        { "fullUrl": patient_url, "resource": patient("9903") },
        { "fullUrl": format!("{server}/Encounter/e"), "resource": visit("Patient/p") },
    ]));
    assert_eq!(niks(&both), ["9903"]);
}

#[test]
fn faults_name_the_place_and_nobody() {
    let payload = bundle(&json!([
        { "resource": patient("") },
        { "resource": { "resourceType": "Encounter" } },
        { "resource": { "resourceType": "Encounter", "subject": { "display": "Pasien Contoh" } } },
        { "resource": visit("Patient/p") },
        { "resource": { "resourceType": 7 } },
        { "resource": [] },
        {},
    ]));
    let found = niks(&payload);
    assert_eq!(
        found[0],
        "required: a value is required at Bundle.entry[1].resource.subject"
    );
    assert_eq!(
        found[1],
        "reference: Bundle.entry[2].resource.subject has no `reference` to follow: send a literal reference"
    );
    // The value is there, and empty.
    assert_eq!(found[2], "required: a value is required");
    assert!(
        found[3].starts_with("fhir: Bundle.entry[4].resource has a `resource` that is no object"),
        "{found:?}"
    );
    assert!(
        found[4].contains("entry[5]") && found[5].ends_with("entry[6].resource has no `resource`"),
        "{found:?}"
    );
    assert!(found.iter().all(|message| !message.contains("Pasien")));
    let checked = read(&payload).unwrap().remove(0);
    assert_eq!(
        faults(&checked).iter().map(|fault| fault.0).collect::<Vec<_>>(),
        [2, 3, 4, 5, 6, 7]
    );
    assert_eq!(checked.accepted.column(2).null_count(), checked.accepted.num_rows());
}

#[test]
fn documents_that_are_none() {
    let error = |text: &str| read(text).unwrap_err().to_string();
    assert!(error("{}").contains("no `resourceType`"));
    assert!(error(r#"{"resourceType":"Patient"}"#).contains("or one Encounter"));
    assert!(error(r#"{"resourceType":"List","entry":[]}"#).contains(r#"the type "List""#));
    assert!(error(r#"{"resourceType":"Bundle","entry":[]}"#).contains("type \"\", which is not read here"));
    assert!(error(r#"{"resourceType":"Bundle","type":"history","entry":[]}"#).contains("history"));
    assert!(error(r#"{"resourceType":"Bundle","type":"batch","entry":[{"#).contains("ends early"));
    assert!(error("\u{feff}[]").contains("one JSON object"));
    let deep = bundle(&json!([])).replace("[]", &format!("[{}", r#"{"resource":"#.repeat(200)));
    assert!(error(&deep).contains("nested deeper"));
    let long = bundle(&json!([{ "resource": { "resourceType": "Binary", "data": "x".repeat(2 << 20) } }]));
    assert!(error(&long).contains("longer than"));
    // No rows are no error: a search may find nothing.
    assert!(
        read(&format!(
            "\u{feff}{}",
            r#"{"resourceType":"Bundle","type":"searchset"}"#
        ))
        .unwrap()
        .is_empty()
    );
    let bare = contract(vec![col("a", ColumnType::Text)]);
    let mut source = Source::new(
        &request(Format::Fhir),
        &plan(bare),
        1 << 20,
        CHUNK,
        &std::env::temp_dir(),
    )
    .unwrap();
    source.push(b"{}", u64::MAX, &mut |_| Ok(())).unwrap();
    let error = source.finish(&mut |_| Ok(())).unwrap_err().to_string();
    assert!(error.contains("`fhir: {resource: ...}`"), "{error}");
}

#[test]
fn bytes_that_are_no_text_are_found() {
    let mut payload = bundle(&json!([{ "resource": visit("x") }])).into_bytes();
    let at = payload.iter().position(|byte| *byte == b'x').unwrap();
    payload[at] = 0xff;
    let plan = plan(visits());
    let error = chunks(&request(Format::Fhir), &plan, &payload, 64, CHUNK)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("UTF-8") && error.contains(&at.to_string()),
        "{error} {at}"
    );
}

#[test]
fn a_bundle_of_many_entries_is_read() {
    let count = 3000;
    let entries: Vec<_> = (0..count)
        .flat_map(|n| {
            let mut person = patient(&format!("99{n:04}"));
            person["id"] = json!(format!("p{n}"));
            [
                json!({ "resource": visit(&format!("Patient/p{}", count - 1 - n)) }),
                json!({ "resource": person }),
            ]
        })
        .collect();
    let found = niks(&bundle(&json!(entries)));
    assert_eq!(found.len(), count);
    assert_eq!((found[0].as_str(), found[count - 1].as_str()), ("992999", "990000"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(200)))]

    /// A spoilt bundle is read or refused, and nothing worse.
    #[test]
    fn spoilt_bundles_do_no_harm(
        spoils in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"{}[]\",:n0\\ a".to_vec())), 0..5),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let text = bundle(&json!([{ "fullUrl": "urn:uuid:1", "resource": visit("#c") }, { "resource": visit("urn:uuid:2") },
            { "fullUrl": "urn:uuid:2", "resource": patient("9903") }]));
        let mut bytes = text.into_bytes();
        for (at, byte) in spoils {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Err(error) = read(std::str::from_utf8(&bytes).unwrap()) {
            prop_assert!(error.kind() == smartcenter_warehouse::Kind::Invalid, "{error}");
        }
    }
}
