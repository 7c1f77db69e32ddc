//! `check`, `contract` and `serve --print-config`: everything wrong, with its place.

use super::{file, local, run, text};
use crate::{
    binary::{fixtures, program},
    door::contract,
    hub::{Folder, Start},
};

#[test]
fn check_names_file_and_line_of_everything_wrong() {
    let folder = Folder::new();
    let dir = folder.scratch("kontrak");
    std::fs::create_dir_all(&dir).unwrap();
    let check = || local(folder.data(), &["check", "--contracts", text(&dir)]);
    let said = check().expect(0);
    assert!(said.err.contains("no faults"), "{}", said.err);
    let good = std::fs::read_to_string(fixtures().join("contracts/pengumuman.yaml")).unwrap();
    let spoilt = good
        .replace("logicalType: integer", "logicalType: bilangan")
        .replace("status: active", "state: active");
    let spoilt = spoilt.replace("name: pengumuman", "name: pengumuman_lain");
    std::fs::write(dir.join("rusak.yaml"), &spoilt).unwrap();
    let said = check().expect(1);
    for needle in ["bilangan", "state: active"] {
        let line = 1 + spoilt.lines().position(|line| line.contains(needle)).unwrap();
        let place = format!("rusak.yaml:{line}: ");
        assert!(
            said.out.lines().any(|told| told.contains(&place)),
            "{place} is not among:\n{}",
            said.out
        );
    }
    let settings = file(
        &folder,
        "hub.toml",
        "[warehouse]\nflush_seconds = 10\nflush_secs = 10\n\n[http]\naddr = \"nowhere\"\n",
    );
    let said = run(program().args(["check", "--config", text(&settings)])).expect(1);
    assert!(
        said.out.contains("hub.toml:3: ") && said.out.contains("flush_seconds"),
        "{}",
        said.out
    );
    assert!(said.out.contains("hub.toml:6: "), "{}", said.out);
    let listed = run(program().args(["check", "--config", text(&settings), "--json"]))
        .expect(1)
        .json();
    assert_eq!(listed["faults"].as_array().unwrap().len(), 2, "{listed}");
}

#[test]
fn contracts_are_linted_and_compared() {
    let folder = Folder::new();
    let old_text = contract("1.0.0", &[("a", "integer")]);
    let old = file(&folder, "lama.yaml", &old_text);
    let grown = file(
        &folder,
        "tumbuh.yaml",
        &contract("1.1.0", &[("a", "integer"), ("b", "string")]),
    );
    let broken = file(&folder, "patah.yaml", &contract("1.1.0", &[("a", "string")]));
    let faulty = file(&folder, "salah.yaml", &old_text.replace("integer", "bilangan"));
    let cli = |arguments: &[&str]| run(program().args(arguments));
    cli(&["contract", "lint", text(&old), text(&grown)]).expect(0);
    let line = 1 + old_text.lines().position(|line| line.contains("integer")).unwrap();
    let said = cli(&["contract", "lint", text(&old), text(&faulty)]).expect(1);
    assert!(said.out.contains(&format!("salah.yaml:{line}: ")), "{}", said.out);
    let said = cli(&["contract", "diff", text(&grown), "--against", text(&old)]).expect(0);
    assert!(said.out.contains("additive"), "{}", said.out);
    let said = cli(&["contract", "diff", text(&broken), "--against", text(&old), "--json"])
        .expect(1)
        .json();
    assert_eq!(said["kind"], "breaking");
    // Against the hub's own, and put in force.
    let hub = Start::on(&folder).start();
    let said = local(hub.data(), &["contract", "diff", text(&old)]).expect(0);
    assert!(said.out.contains("a new dataset"), "{}", said.out);
    hub.admin().push_csv("tumbuh", "a\n1\n").problem(404);
    local(hub.data(), &["contract", "put", text(&old)]).expect(0);
    hub.admin().push_csv("tumbuh", "a\n1\n").expect(202);
    local(hub.data(), &["contract", "diff", text(&broken)]).expect(1);
    assert!(
        local(hub.data(), &["contract", "put", text(&broken)])
            .expect(1)
            .err
            .contains("major")
    );
}

#[test]
fn effective_settings_are_shown_with_their_origin() {
    let folder = Folder::new();
    let config = file(&folder, "hub.toml", "[warehouse]\nflush_seconds = 7\n");
    let mut command = program();
    command.args([
        "serve",
        "--print-config",
        "--config",
        text(&config),
        "--http",
        "127.0.0.1:0",
    ]);
    let said = run(command.env("SMARTCENTER_WAREHOUSE_FLUSH_BYTES", "1 MB"))
        .expect(0)
        .out;
    let line = |key: &str| {
        said.lines()
            .find(|line| line.trim_start().starts_with(key))
            .unwrap_or_else(|| panic!("{key}: {said}"))
    };
    assert!(
        line("flush_seconds").contains('7') && line("flush_seconds").contains("hub.toml:2"),
        "{said}"
    );
    assert!(
        line("flush_bytes").contains("1048576") && line("flush_bytes").contains("SMARTCENTER_WAREHOUSE_FLUSH_BYTES")
    );
    assert!(line("addr").contains("--http"), "{said}");
    let said = run(program().args(["serve"]).env("SMARTCENTER_WAREHOUSE_FLUSH_SECS", "1")).expect(1);
    assert!(said.err.contains("FLUSH_SECONDS"), "{}", said.err);
}
