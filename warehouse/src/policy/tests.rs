#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::contract::{self, Contract, Mask, Origin};
use arrow::{
    array::{Array, ArrayRef, AsArray, Date32Array, Int64Array, StringViewArray, TimestampMicrosecondArray},
    datatypes::{Date32Type, TimestampMicrosecondType},
};
use std::sync::Arc;

fn masker() -> Masker {
    Masker::new(&[1; 32])
}

fn texts(mask: Mask, values: &[Option<&str>]) -> Vec<Option<String>> {
    let column: ArrayRef = Arc::new(values.iter().copied().collect::<StringViewArray>());
    masker()
        .apply(mask, &column)
        .as_string_view()
        .iter()
        .map(|t| t.map(str::to_owned))
        .collect()
}

#[test]
fn partial_never_shows_a_whole_text() {
    let shown = texts(
        Mask::Partial,
        &[
            Some("Ani Lestari"),
            Some("Budi"),
            Some("Ani"),
            Some("Al"),
            Some(""),
            None,
            Some("ÄÖÜß"),
        ],
    );
    let expected = [
        Some("An***"),
        Some("Bu***"),
        Some("***"),
        Some("***"),
        Some("***"),
        None,
        Some("ÄÖ***"),
    ];
    assert_eq!(shown, expected.map(|t| t.map(str::to_owned)));
}

#[test]
fn a_hash_joins_and_depends_on_the_secret() {
    let shown = texts(Mask::Hash, &[Some("9903"), Some("9903"), Some("9904"), None]);
    assert_eq!(shown[0], shown[1]);
    assert_ne!(shown[0], shown[2]);
    assert_eq!((shown[0].as_ref().unwrap().len(), &shown[3]), (32, &None));
    assert_ne!(Masker::new(&[2; 32]).person_key("9903"), masker().person_key("9903"));
}

#[test]
fn a_year_is_its_first_day() {
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(0), Some(-1), Some(20_000), None]));
    let shown = masker().apply(Mask::Year, &days);
    assert_eq!(
        shown.as_primitive::<Date32Type>().iter().collect::<Vec<_>>(),
        [Some(0), Some(-365), Some(19_723), None]
    );
    let at: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![1_735_689_600_000_001]).with_timezone("UTC"));
    let shown = masker().apply(Mask::Year, &at);
    assert_eq!(shown.data_type(), at.data_type());
    assert_eq!(
        shown.as_primitive::<TimestampMicrosecondType>().value(0),
        1_735_689_600_000_000
    );
}

#[test]
fn a_mask_that_does_not_fit_the_type_hides_all() {
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    for mask in [Mask::Hash, Mask::Partial, Mask::Year, Mask::Null] {
        let shown = masker().apply(mask, &numbers);
        assert_eq!((shown.null_count(), shown.data_type()), (2, numbers.data_type()));
    }
}

/// What each role sees of the rows of a contract: nothing, some, or all.
fn seen(contract: &Contract, regions: &[&str]) -> Vec<(Role, char)> {
    let policy = Policy::new(1);
    let decide = |role: Role| {
        let identity = Identity {
            key: "uji".parse().unwrap(),
            role,
            regions: regions.iter().map(|region| region.parse().unwrap()).collect(),
            ..Identity::anonymous()
        };
        match policy.decide(&identity, contract) {
            Decision::Deny => '-',
            Decision::Allow {
                row_filter: Some(_), ..
            } => 'r',
            Decision::Allow { row_filter: None, .. } => 'a',
        }
    };
    Role::ALL.into_iter().map(|role| (role, decide(role))).collect()
}

fn letters(contract: &Contract, regions: &[&str]) -> String {
    seen(contract, regions).into_iter().map(|(_, letter)| letter).collect()
}

fn mart(access: &str, classification: &str, more: &str) -> Contract {
    let text = format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: m\nversion: 1.0.0\nstatus: active\nschema:\n  - name: m\n    \
         customProperties:\n      - {{property: owner, value: dinkes}}\n      - {{property: layer, value: mart}}\n      - \
         {{property: access, value: {access}}}\n      - {{property: classification, value: {classification}}}\n{more}    \
         properties:\n      - {{name: k, logicalType: string, required: true, primaryKey: true}}\n      - {{name: w, \
         logicalType: string}}\n"
    );
    contract::parse(&text, Origin::Derived, "m").unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// In the order publik, opd, layanan, analis, walidata, pimpinan, admin.
#[test]
fn what_is_worked_out_is_open_to_those_it_is_for() {
    let public = "      - {property: public, value: true}\n";
    let region = "      - {property: rowScope, value: {region: w}}\n";
    for (access, classification, more, regions, expected) in [
        ("analis", "terbatas", "", &[][..], "---aa-a"),
        ("pimpinan", "terbatas", "", &[], "---aaaa"),
        ("publik", "terbuka", public, &[], "aaaaaaa"),
        // Closed to analysts and, whatever its access says, to nobody below.
        ("analis", "tertutup", "", &[], "----a-a"),
        // A key of a region sees rows of its region, and nothing where no column tells them apart.
        ("pimpinan", "terbatas", region, &["35.03.01"], "-r-rrrr"),
        ("pimpinan", "terbatas", "", &["35.03.01"], "-------"),
        ("publik", "terbuka", public, &["35.03.01"], "aaaaaaa"),
    ] {
        assert_eq!(
            letters(&mart(access, classification, more), regions),
            expected,
            "{access} {classification} {more}"
        );
    }
}

#[test]
fn boards_read_nothing_of_what_is_sent() {
    let mut contract = mart("publik", "terbuka", "      - {property: public, value: true}\n");
    contract.layer = contract::Layer::Data;
    let board = seen(&contract, &[])
        .into_iter()
        .find(|(role, _)| *role == Role::Pimpinan);
    assert_eq!(board, Some((Role::Pimpinan, '-')));
}

#[test]
fn nobody_sends_what_is_worked_out_and_nothing_of_it_is_rejected() {
    let (policy, contract) = (Policy::new(1), mart("analis", "terbatas", ""));
    for role in Role::ALL {
        let identity = Identity {
            key: "uji".parse().unwrap(),
            role,
            institution: Some("dinkes".parse().unwrap()),
            scopes: vec!["push:*".to_owned()],
            ..Identity::anonymous()
        };
        assert!(!policy.may_push(&identity, &contract), "{role:?}");
        assert_eq!(
            policy.decide_quarantine(&identity, &contract),
            Decision::Deny,
            "{role:?}"
        );
    }
}

#[test]
fn only_the_hub_writes_contracts_of_the_mart() {
    let text = mart("analis", "terbatas", "").text;
    for origin in [Origin::Embedded, Origin::Site, Origin::Api] {
        let faults = contract::parse(&text, origin, "m").unwrap_err();
        assert!(faults[0].message.contains("made by models"), "{faults:?}");
    }
}
