//! Positions in fixed-width lines and paths in FHIR resources: what they turn into, and what is refused.

use super::{faults::one, *};
use proptest::prelude::*;

/// [`PLAIN`] with settings of its three columns, and of the dataset.
fn placed(columns: [&str; 3], dataset: &str) -> String {
    let mut text = PLAIN.to_owned();
    for (column, settings) in ["name: tanggal", "name: npsn", "name: jumlah"].iter().zip(columns) {
        if !settings.is_empty() {
            text = text.replace(
                column,
                &format!("{column}\n        customProperties:\n          - {settings}"),
            );
        }
    }
    if !dataset.is_empty() {
        text.push_str(&format!("    customProperties:\n      - {dataset}\n"));
    }
    text
}

const AT_1: &str = "{property: position, value: [1, 8]}";
const AT_9: &str = "{property: position, value: [9, 8]}";
const AT_20: &str = "{property: position, value: [20, 3]}";

#[test]
fn positions_are_read() {
    let contract = good(&placed([AT_1, AT_9, ""], "{property: fixedWidthHeader, value: 3}"));
    let positions: Vec<_> = contract.columns.iter().map(|column| column.position).collect();
    let at = |start, length| Some(Position { start, length });
    assert_eq!(positions, [at(1, 8), at(9, 8), None]);
    assert_eq!(positions[1].unwrap().last(), 16);
    assert_eq!(contract.source.fixed_width_header, 3);
    assert_eq!(good(PLAIN).source.fixed_width_header, 0);
}

#[test]
fn positions_are_judged() {
    for wrong in ["8", "[1]", "[1, 2, 3]", "[a, b]", "[-1, 2]", "[1.5, 2]"] {
        let setting = format!("{{property: position, value: {wrong}}} # <-");
        one(&placed(["", &setting, ""], ""), "`[start, length]`");
    }
    for wrong in ["[0, 2]", "[1, 0]", "[1, 2000000]", "[4294967296, 1]"] {
        let setting = format!("{{property: position, value: {wrong}}} # <-");
        one(&placed(["", &setting, ""], ""), "at least 1");
    }
    one(
        &placed([AT_20, "{property: position, value: [16, 5]}", AT_1], "").replace("[20, 3]}", "[20, 3]} # <-"),
        "`position` of `tanggal` begins at character 20, inside `npsn`, which ends at 20",
    );
    one(
        &placed([AT_1, "", AT_9], "").replace("- name: npsn", "- name: npsn # <-\n        required: true"),
        "`npsn` is required and has no `position`",
    );
    one(
        &placed([""; 3], "{property: fixedWidthHeader, value: 1} # <-"),
        "without any column that has a `position`",
    );
    for wrong in ["-1", "ya", "5000"] {
        let setting = format!("{{property: fixedWidthHeader, value: {wrong}}} # <-");
        one(&placed([AT_1, AT_9, AT_20], &setting), "a number of lines");
    }
}

const ENCOUNTER: &str = "{property: fhir, value: {resource: Encounter}}";

fn path(text: &str) -> String {
    format!("{{property: path, value: {}}}", serde_json::Value::from(text))
}

#[test]
fn paths_are_read() {
    let written = "subject.resolve().identifier.where(system = 'https://fhir.kemkes.go.id/id/nik').value";
    let contract = good(&placed([&path("period.start"), &path(written), ""], ENCOUNTER));
    assert_eq!(contract.fhir_resource.as_deref(), Some("Encounter"));
    let path = contract.columns[1].path.as_ref().unwrap();
    assert_eq!(path.as_str(), written);
    assert!(path.resolves() && !contract.columns[0].path.as_ref().unwrap().resolves());
    let member = |name: &str| FhirStep::Member(name.to_owned());
    let system = FhirStep::Where {
        path: vec!["system".to_owned()],
        equals: "https://fhir.kemkes.go.id/id/nik".to_owned(),
    };
    assert_eq!(
        path.steps(),
        [
            member("subject"),
            FhirStep::Resolve,
            member("identifier"),
            system,
            member("value")
        ]
    );
}

#[test]
fn every_step_is_read() {
    let steps = |text: &str| {
        FhirPath::parse(text)
            .unwrap()
            .steps()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        steps(" name [ 1 ] . given [0][2] "),
        ["name", "[1]", "given", "[0]", "[2]"]
    );
    assert_eq!(
        steps("value.ofType( Quantity ).value"),
        ["value.ofType(Quantity)", "value"]
    );
    assert_eq!(
        steps(r"extension('http://a').where(a.b='it\'s \\').first()"),
        [
            "extension",
            "where(url = 'http://a')",
            r"where(a.b = 'it\'s \\')",
            "first()"
        ]
    );
}

#[test]
fn paths_are_judged() {
    for (wrong, part) in [
        ("", "the name of an element was expected at character 1"),
        ("a..b", "the name of an element was expected at character 3"),
        ("a.", "the name of an element"),
        ("a b", "a `.` before the next step was expected at character 3"),
        ("a[x]", "a number from 0"),
        ("a[1", "a number from 0"),
        ("a.where(b)", "`=` was expected"),
        ("a.where(b='c)", "a closing `'`"),
        ("a.where(b='\\n')", "behind a backslash"),
        ("a.where(b='c'", "`)` was expected"),
        ("a.last()", "`last` is not known here"),
        ("resolve().a", "cannot begin with `resolve()`"),
        ("a.first().ofType(Quantity)", "right behind a choice element"),
    ] {
        let setting = format!("{} # <-", path(wrong));
        one(&placed(["", &setting, ""], ENCOUNTER), part);
    }
    one(
        &placed(["", &format!("{} # <-", path(&"a.".repeat(300))), ""], ENCOUNTER),
        "longer than 500",
    );
    one(
        &placed(["", &format!("{} # <-", path("status")), ""], ""),
        "without the hub setting `fhir`",
    );
    one(
        &placed([""; 3], &format!("{ENCOUNTER} # <-")),
        "without any column that has a `path`",
    );
    one(
        &placed(
            [&path("status"), "", ""],
            "{property: fhir, value: {resource: encounter}} # <-",
        ),
        "a type of FHIR resource",
    );
    one(
        &placed([&path("status"), "", ""], "{property: fhir, value: {}} # <-"),
        "needs `resource`",
    );
    one(
        &placed([&path("status"), "", ""], ENCOUNTER)
            .replace("- name: npsn", "- name: npsn # <-\n        required: true"),
        "`npsn` is required and has no `path`",
    );
}

#[test]
fn a_place_may_come_and_must_stay() {
    let kind = |old: &str, new: &str| compare(&good(old), &good(&new.replace("1.0.0", "1.1.0"))).kind;
    let (fixed, header) = (placed([AT_1, AT_9, ""], ""), "{property: fixedWidthHeader, value: 2}");
    assert_eq!(kind(PLAIN, &placed([AT_1, AT_9, ""], header)), ChangeKind::Additive);
    assert_eq!(kind(&fixed, PLAIN), ChangeKind::Breaking);
    assert_eq!(kind(&fixed, &placed([AT_1, AT_20, ""], "")), ChangeKind::Breaking);
    assert_eq!(kind(&fixed, &placed([AT_1, AT_9, ""], header)), ChangeKind::Breaking);
    let visits = placed([&path("period.start"), "", ""], ENCOUNTER);
    assert_eq!(kind(PLAIN, &visits), ChangeKind::Additive);
    assert_eq!(kind(&visits, PLAIN), ChangeKind::Breaking);
    assert_eq!(
        kind(&visits, &placed([&path("period.end"), "", ""], ENCOUNTER)),
        ChangeKind::Breaking
    );
    assert_eq!(
        kind(&visits, &visits.replace("Encounter", "Observation")),
        ChangeKind::Breaking
    );
}

proptest! {
    /// Any text is read or refused, and what is read says again what it reads.
    #[test]
    fn a_path_says_what_it_is(text in r"[a-c.()\[\]0-2=' \\]{0,20}|(a|b|\.|where\(|first\(\)|\[1\]|resolve\(\)|\)|'c'|=){0,8}") {
        if let Ok(path) = FhirPath::parse(&text) {
            let mut again = String::new();
            for step in path.steps() {
                if !again.is_empty() && !matches!(step, FhirStep::Index(_)) {
                    again.push('.');
                }
                again.push_str(&step.to_string());
            }
            let read = FhirPath::parse(&again).unwrap();
            prop_assert_eq!(read.steps(), path.steps());
        }
    }
}
