#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::{Kind, control::Control};
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;

fn hub() -> (tempfile::TempDir, Control) {
    let folder = tempfile::tempdir().unwrap();
    let control = Control::open(&folder.path().join("control.sqlite")).unwrap();
    (folder, control)
}

fn new(name: &str, role: Role) -> NewKey {
    NewKey {
        name: name.parse().unwrap(),
        role,
        institution: Some("dinkes".parse().unwrap()),
        regions: vec!["35.03".parse().unwrap()],
        scopes: vec!["push:kasus_penyakit".into()],
        expires_at: None,
    }
}

#[test]
fn a_key_opens_the_hub_with_its_identity_after_a_restart_too() {
    let (folder, control) = hub();
    let (record, clear) = control.keys().create(new("dinkes", Role::Opd)).unwrap();
    assert!(
        clear.starts_with("sc_opd_") && clear.len() == "sc_opd_".len() + 43,
        "unexpected shape"
    );
    drop(control);
    let control = Control::open(&folder.path().join("control.sqlite")).unwrap();
    let identity = control.keys().authenticate(&clear, Utc::now()).unwrap();
    assert_eq!(identity.key.as_str(), "dinkes");
    assert_eq!(
        (identity.role, identity.institution, identity.regions),
        (Role::Opd, record.institution.clone(), record.regions.clone())
    );
    assert_eq!(identity.scopes, record.scopes);
    assert_eq!(control.keys().list().unwrap(), [record]);
    assert!(
        control
            .keys()
            .authenticate(&clear[..clear.len() - 1], Utc::now())
            .is_none()
    );
}

#[test]
fn the_key_is_nowhere_in_the_files() {
    let (folder, control) = hub();
    let (_, clear) = control.keys().create(new("dinkes", Role::Opd)).unwrap();
    let random = clear.strip_prefix("sc_opd_").unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(random.len()).any(|w| w == random.as_bytes()));
    }
}

#[test]
fn revocation_and_expiry_take_effect_at_once() {
    let (_folder, control) = hub();
    let keys = control.keys();
    let now = Utc::now();
    let (_, clear) = keys.create(new("dinkes", Role::Opd)).unwrap();
    let short = NewKey {
        expires_at: Some(now + TimeDelta::days(1)),
        ..new("magang", Role::Analis)
    };
    let (_, short) = keys.create(short).unwrap();
    assert!(keys.authenticate(&short, now + TimeDelta::hours(23)).is_some());
    assert!(keys.authenticate(&short, now + TimeDelta::days(1)).is_none());
    assert!(keys.verifiers("magang", now + TimeDelta::days(1)).unwrap().is_none());

    assert!(keys.verifiers("dinkes", now).unwrap().is_some());
    let revoked = keys.revoke(&"dinkes".parse().unwrap()).unwrap();
    assert!(revoked.revoked_at.is_some());
    assert!(keys.authenticate(&clear, now).is_none());
    assert!(keys.verifiers("dinkes", now).unwrap().is_none());
    assert_eq!(keys.revoke(&"dinkes".parse().unwrap()).unwrap(), revoked);
    assert_eq!(
        keys.revoke(&"nobody".parse().unwrap()).unwrap_err().kind(),
        Kind::NotFound
    );
}

#[test]
fn names_are_never_given_out_twice() {
    let (_folder, control) = hub();
    let keys = control.keys();
    keys.create(new("dinkes", Role::Opd)).unwrap();
    assert_eq!(
        keys.create(new("dinkes", Role::Analis)).unwrap_err().kind(),
        Kind::Conflict
    );
    keys.revoke(&"dinkes".parse().unwrap()).unwrap();
    assert_eq!(
        keys.create(new("dinkes", Role::Opd)).unwrap_err().kind(),
        Kind::Conflict
    );
    assert_eq!(keys.list().unwrap().len(), 1);
}

#[test]
fn keys_that_make_no_sense_are_refused() {
    let (_folder, control) = hub();
    for bad in [
        new("publik", Role::Analis),
        new("x", Role::Publik),
        NewKey {
            institution: None,
            ..new("x", Role::Opd)
        },
        NewKey {
            scopes: vec!["two words".into()],
            ..new("x", Role::Layanan)
        },
    ] {
        assert_eq!(control.keys().create(bad).unwrap_err().kind(), Kind::Invalid);
    }
    assert!(control.keys().is_empty().unwrap());
}

#[test]
fn the_first_admin_is_made_once() {
    let (_folder, control) = hub();
    let clear = control.keys().ensure_first_admin(Utc::now()).unwrap().unwrap();
    assert_eq!(
        control.keys().authenticate(&clear, Utc::now()).unwrap().role,
        Role::Admin
    );
    assert_eq!(control.keys().ensure_first_admin(Utc::now()).unwrap(), None);
}

/// The exchange of RFC 7677, section 3.
#[test]
fn the_verifiers_check_the_exchange_of_rfc_7677() {
    let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
    let verifiers = Verifiers::derive("pencil", &salt, 4096);
    let auth_message = "n=user,r=rOprNGfwEbeRWgbNEkqO,\
        r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
        c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    let mut proof: [u8; 32] = STANDARD
        .decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        .unwrap()
        .try_into()
        .unwrap();
    let signature = verifiers.verify(auth_message.as_bytes(), &proof).unwrap();
    assert_eq!(
        STANDARD.encode(signature),
        "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
    );
    proof[0] ^= 1;
    assert_eq!(verifiers.verify(auth_message.as_bytes(), &proof), None);
}

#[test]
fn stored_verifiers_are_those_of_the_key() {
    let (_folder, control) = hub();
    let (_, clear) = control.keys().create(new("dinkes", Role::Opd)).unwrap();
    let (identity, stored) = control.keys().verifiers("dinkes", Utc::now()).unwrap().unwrap();
    assert_eq!(identity.key.as_str(), "dinkes");
    assert_eq!(stored, Verifiers::derive(&clear, &stored.salt, stored.iterations));
    assert_eq!(stored.salt.len(), 16);
}
