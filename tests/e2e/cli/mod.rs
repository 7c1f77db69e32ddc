//! The command line, as a person at a terminal meets it: exit codes, what is printed where.

mod answers;
mod backup;
mod contracts;
mod keys;
mod push;

use crate::{
    binary::{fixtures, program},
    hub::{Folder, Hub},
};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// What a command said and how it ended.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    #[track_caller]
    fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("not JSON ({e}): {}", self.out))
    }
}

fn run(command: &mut Command) -> Said {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said {
        code: status.code().unwrap_or(-1),
        out: text(stdout),
        err: text(stderr),
    }
}

/// A command on the folder of a hub.
fn local(data: &Path, arguments: &[&str]) -> Said {
    let contracts = fixtures().join("contracts");
    run(program()
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env("SMARTCENTER_WAREHOUSE_CONTRACTS", contracts))
}

/// A command to a hub by its address.
fn remote(hub: &Hub, key: &str, arguments: &[&str]) -> Said {
    run(program()
        .args(arguments)
        .args(["--url", &hub.url])
        .env("SMARTCENTER_KEY", key))
}

fn file(folder: &Folder, name: &str, text: &str) -> PathBuf {
    let path = folder.scratch(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
