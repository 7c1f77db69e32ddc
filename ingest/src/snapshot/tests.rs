#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{may_end, mode};
use crate::{
    Format, PushRequest, Result,
    check::check,
    decode::CHUNK,
    fixture::{attendance, chunks, context, faults, identity, keyed, plan, request},
    validate::{Context, Scope},
};
use smartcenter_warehouse::{
    Kind, PushMode,
    contract::{Contract, RowScope},
    policy::Role,
};

fn snapshot(scope: &[(&str, &str)]) -> PushMode {
    let owned = |(column, value): &(&str, &str)| ((*column).to_owned(), (*value).to_owned());
    PushMode::Snapshot {
        scope: scope.iter().map(owned).collect(),
    }
}

fn asked(mode: Option<PushMode>) -> PushRequest {
    PushRequest {
        mode,
        ..request(Format::Csv)
    }
}

fn judged(contract: Contract, asked_for: Option<PushMode>) -> Result<PushMode> {
    mode(&asked(asked_for), &plan(contract)).map(|(mode, _)| mode)
}

#[test]
fn the_contract_decides_what_a_mode_can_be() {
    assert_eq!(judged(keyed(), None).unwrap(), PushMode::Upsert);
    for said in [PushMode::Upsert, PushMode::Append, snapshot(&[])] {
        assert_eq!(judged(keyed(), Some(said.clone())).unwrap(), said);
    }
    assert!(judged(attendance(), None).is_ok());
    assert!(judged(attendance(), Some(PushMode::Append)).is_ok());
    for said in [PushMode::Upsert, snapshot(&[])] {
        let error = judged(attendance(), Some(said)).unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid);
        assert!(
            error.message().contains("dataset uji is append-only"),
            "{}",
            error.message()
        );
    }
}

#[test]
fn scope_values_are_read_as_cells_are() {
    let mut contract = keyed();
    contract.columns[1].formats = vec!["%d/%m/%Y".to_owned()];
    contract.source.decimal = ',';
    let scope = [
        ("npsn", " A "),
        ("tanggal", "17/07/2026"),
        ("hadir", "007"),
        ("persen", "1,5"),
    ];
    let plain = [
        ("npsn", "A"),
        ("tanggal", "2026-07-17"),
        ("hadir", "7"),
        ("persen", "1.5"),
    ];
    assert_eq!(judged(contract, Some(snapshot(&scope))).unwrap(), snapshot(&plain));
    for (scope, part) in [
        (
            &[("kelas", "1")][..],
            "\"kelas\" is not in the contract of dataset uji (it has npsn,",
        ),
        (&[("npsn", "A"), ("npsn", "B")], "\"npsn\" twice"),
        (&[("tanggal", "besok")], "column tanggal cannot be used: a date such as"),
        (&[("hadir", "")], "column hadir cannot be used: a whole number"),
        (&[("npsn", " ")], "column npsn cannot be used: text was expected"),
    ] {
        let error = judged(keyed(), Some(snapshot(scope))).unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid);
        assert!(error.message().contains(part), "{}", error.message());
    }
}

#[test]
fn rows_outside_of_the_scope_are_faults() {
    let plan = plan(keyed());
    let asked = asked(Some(snapshot(&[("tanggal", "2026-07-17"), ("persen", "50")])));
    let (mode, pins) = mode(&asked, &plan).unwrap();
    let context = Context {
        mode,
        pins,
        ..context()
    };
    let text = "npsn,tanggal,hadir,persen,revisi,_op\nA,2026-07-17,1,50.0,1,\nB,2026-07-18,1,50,1,\nC,2026-07-17,1,,1,\nD,2026-07-16,1,,1,D\n";
    let (mut parts, _) = chunks(&asked, &plan, text.as_bytes(), 100, CHUNK).unwrap();
    let checked = check(parts.remove(0), &plan, &context).unwrap();
    assert_eq!(checked.accepted.num_rows(), 1);
    let fault = |line, column: &str, value: &str| (line, column.to_owned(), "scope".to_owned(), value.to_owned());
    assert_eq!(
        faults(&checked),
        [
            fault(3, "tanggal", "2026-07-18"),
            fault(4, "persen", ""),
            fault(5, "tanggal", "2026-07-16"),
            fault(5, "persen", ""),
        ]
    );
}

#[test]
fn a_snapshot_ends_no_rows_that_the_sender_may_not_send() {
    let mut contract = keyed();
    contract.row_scope = RowScope {
        institution: Some(0),
        region: Some(4),
    };
    let plan = plan(contract);
    let mut sender = identity(Role::Opd);
    sender.institution = Some("sd-1".parse().unwrap());
    sender.regions = vec!["35.03.01".parse().unwrap(), "35.03.02".parse().unwrap()];
    let own = Scope::of(&sender, &plan.contract);
    let tried = |scope: &[(&str, &str)], own: Option<&Scope>| {
        let (mode, pins) = mode(&asked(Some(snapshot(scope))), &plan).unwrap();
        may_end(&mode, &pins, own, &plan)
    };
    for scope in [
        &[][..],
        &[("npsn", "sd-1")],
        &[("catatan", "35.03.01")],
        &[("npsn", "sd-2"), ("catatan", "35.03.01")],
        &[("npsn", "sd-1"), ("catatan", "35.03.03")],
        &[("npsn", "sd-1"), ("catatan", "35.03")],
    ] {
        let error = tried(scope, own.as_ref()).unwrap_err();
        assert_eq!(error.kind(), Kind::Forbidden, "{scope:?}");
        assert!(tried(scope, None).is_ok());
    }
    for region in ["35.03.01", "35.03.02.2001"] {
        assert!(tried(&[("npsn", "sd-1"), ("catatan", region)], own.as_ref()).is_ok());
    }
    assert!(may_end(&PushMode::Upsert, &[], own.as_ref(), &plan).is_ok());
}
