#![allow(clippy::unwrap_used)]

use super::*;
use std::os::unix::fs::PermissionsExt;

#[test]
fn the_file_is_for_its_owner_and_leaves_with_its_hub() {
    let data = std::env::temp_dir().join(format!("door-{}", uuid::Uuid::new_v4()));
    let door = |token: &str| Door {
        url: "http://127.0.0.1:1".into(),
        token: token.into(),
    };
    write(&data, &door("old")).unwrap();
    write(&data, &door("new")).unwrap();
    let mode = fs::metadata(path(&data)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    remove(&data, "old");
    let kept: Door = serde_json::from_slice(&fs::read(path(&data)).unwrap()).unwrap();
    assert_eq!(kept.token, "new");
    remove(&data, "new");
    assert!(!path(&data).exists());
    fs::remove_dir_all(data).unwrap();
}

#[test]
fn an_unspecified_address_is_reached_by_loopback() {
    assert_eq!(local_url("0.0.0.0:8080".parse().unwrap()), "http://127.0.0.1:8080");
    assert_eq!(local_url("[::]:8080".parse().unwrap()), "http://[::1]:8080");
    assert_eq!(local_url("10.1.2.3:80".parse().unwrap()), "http://10.1.2.3:80");
}
