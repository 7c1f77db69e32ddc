//! The program itself. That this file is an integration test is also what makes Cargo build `smartcenter` before
//! the end-to-end tests of the workspace, which start it, are run.

#![allow(clippy::unwrap_used)]

use std::process::Command;

#[test]
fn the_program_tells_its_version_and_knows_its_commands() {
    let run = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_smartcenter"))
            .args(args)
            .output()
            .unwrap()
    };
    let version = run(&["--version"]);
    assert!(version.status.success());
    assert_eq!(
        String::from_utf8(version.stdout).unwrap().trim(),
        concat!("smartcenter ", env!("CARGO_PKG_VERSION"))
    );
    for command in [
        "serve",
        "demo",
        "check",
        "push",
        "sql",
        "feeds",
        "quarantine",
        "contract",
        "key",
        "wal",
    ] {
        let help = run(&[command, "--help"]);
        assert!(help.status.success(), "{command}");
        assert!(!help.stdout.is_empty(), "{command}");
    }
    assert!(!run(&["nonsense"]).status.success());
}
