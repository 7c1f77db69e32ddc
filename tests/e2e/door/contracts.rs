//! Contracts over HTTP: live, additive, refused.

use crate::{
    binary::fixtures,
    hub::{Start, until},
};
use serde_json::{Value, json};

/// A contract for the dataset `tumbuh` with columns of these names and types.
pub fn contract(version: &str, columns: &[(&str, &str)]) -> String {
    let columns = columns
        .iter()
        .map(|(name, ty)| format!("      - {{name: {name}, logicalType: {ty}}}\n"));
    format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: test-tumbuh\nname: Tumbuh\nversion: \"{version}\"\nstatus: active\n\
         schema:\n  - name: tumbuh\n    logicalType: object\n    properties:\n{}    customProperties:\n      \
         - {{property: owner, value: kominfo}}\n",
        columns.collect::<String>()
    )
}

#[test]
fn a_contract_grows_while_rows_wait_in_the_log() {
    let hub = Start::fresh().set("flush_seconds", 3600).start();
    let steward = hub.key("walidata", "walidata", json!({}));
    let first = contract("1.0.0", &[("a", "integer")]);
    let judged = steward
        .put_contract("tumbuh", "?dry_run=true", &first)
        .expect(200)
        .json();
    assert_eq!((&judged["kind"], &judged["activated"]), (&json!("new"), &json!(false)));
    hub.admin().push_csv("tumbuh", "a\n1\n").problem(404);
    let made = steward.put_contract("tumbuh", "", &first).expect(200).json();
    assert_eq!(
        (&made["kind"], &made["activated"], &made["to"]),
        (&json!("new"), &json!(true), &json!("1.0.0"))
    );
    hub.admin().push_csv("tumbuh", "a\n1\n2\n").expect(202);

    // The rows above are in the log and in memory only; the new column is there at once.
    let second = contract("1.1.0", &[("a", "integer"), ("b", "string")]);
    let grown = steward.put_contract("tumbuh", "", &second).expect(200).json();
    assert_eq!(
        (&grown["kind"], &grown["added"], &grown["new_table"]),
        (&json!("additive"), &json!(["b"]), &json!(false))
    );
    assert_eq!(
        hub.admin().number("SELECT count(*) - count(b) AS n FROM data.tumbuh"),
        2
    );
    let receipt = hub.admin().push_csv("tumbuh", "a,b\n3,x\n").expect(202).json();
    assert_eq!(receipt["contract_version"], "1.1.0");
    let want = json!([{ "a": 1, "b": null }, { "a": 2, "b": null }, { "a": 3, "b": "x" }]);
    let rows = |hub: &crate::hub::Hub| Value::Array(hub.admin().sql("SELECT * FROM data.tumbuh ORDER BY a"));
    assert_eq!(rows(&hub), want);
    assert_eq!(
        steward.put_contract("tumbuh", "", &second).expect(200).json()["kind"],
        "identical"
    );

    // Replayed from the log, then flushed to files, then with rows of all three sorts.
    let folder = hub.folder().clone();
    hub.kill();
    let hub = Start::on(&folder).set("flush_seconds", 3600).start();
    assert_eq!(rows(&hub), want);
    hub.admin()
        .feed("tumbuh", "text/csv")
        .query("wait", "landed")
        .send("a,b\n4,y\n")
        .expect(201);
    let third = contract("1.2.0", &[("a", "integer"), ("b", "string"), ("c", "date")]);
    hub.admin().put_contract("tumbuh", "", &third).expect(200);
    hub.admin().push_csv("tumbuh", "a,b,c\n5,z,2026-01-01\n").expect(202);
    let row = hub
        .admin()
        .row("SELECT count(*) AS n, count(b) AS b, count(c) AS c, sum(a) AS a FROM data.tumbuh");
    assert_eq!(row, json!({ "n": 5, "b": 3, "c": 1, "a": 15 }));
    assert!(hub.stop().success());
    let found = crate::reader::read(
        &folder.table("tumbuh_v1"),
        "SELECT count(*) AS n, count(b) AS b, count(c) AS c FROM t",
    );
    assert_eq!(found, [json!({ "n": 5, "b": 3, "c": 1 })]);
    let hub = Start::on(&folder).start();
    assert_eq!(hub.admin().number("SELECT count(c) AS n FROM data.tumbuh"), 1);
}

#[test]
fn a_breaking_change_needs_a_new_major() {
    let hub = Start::fresh().start();
    let admin = hub.admin();
    admin
        .put_contract("tumbuh", "", &contract("1.0.0", &[("a", "integer"), ("b", "string")]))
        .expect(200);
    admin.push_csv("tumbuh", "a,b\n1,x\n").expect(202);
    let narrow = contract("1.1.0", &[("a", "string"), ("b", "string")]);
    let told = admin.put_contract("tumbuh", "", &narrow).problem(409);
    assert!(told.contains('a') && told.contains("major"), "{told}");
    let judged = admin
        .put_contract("tumbuh", "?dry_run=true", &narrow)
        .expect(200)
        .json();
    assert_eq!(
        (&judged["kind"], &judged["activated"]),
        (&json!("breaking"), &json!(false))
    );
    assert!(!judged["refusals"].as_array().unwrap().is_empty());
    admin
        .put_contract("tumbuh", "", &contract("1.1.0", &[("a", "integer")]))
        .problem(409);
    // Growth without a new version number would leave two contracts of one name.
    let same = contract("1.0.0", &[("a", "integer"), ("b", "string"), ("c", "string")]);
    admin.put_contract("tumbuh", "", &same).problem(409);
    assert_eq!(admin.row("SELECT * FROM data.tumbuh"), json!({ "a": 1, "b": "x" }));

    let major = admin
        .put_contract("tumbuh", "", &contract("2.0.0", &[("a", "string")]))
        .expect(200)
        .json();
    assert_eq!((&major["kind"], &major["new_table"]), (&json!("new"), &json!(true)));
    admin.push_csv("tumbuh", "a\nsatu\n").expect(202);
    assert_eq!(admin.sql("SELECT * FROM data.tumbuh"), [json!({ "a": "satu" })]);
    assert_eq!(admin.sql("SELECT * FROM data.tumbuh_v1"), [json!({ "a": 1, "b": "x" })]);
}

#[test]
fn a_faulty_contract_is_told_of_line_by_line() {
    let hub = Start::fresh().start();
    let faulty = contract("1.0.0", &[("a", "bilangan"), ("b", "string")]).replace("owner,", "pemilik,");
    let answer = hub.admin().put_contract("tumbuh", "", &faulty);
    answer.problem(422);
    let faults = answer.json()["faults"].as_array().unwrap().clone();
    let line = |needle: &str| 1 + faulty.lines().position(|line| line.contains(needle)).unwrap();
    let lines: Vec<usize> = faults
        .iter()
        .map(|fault| fault["line"].as_u64().unwrap() as usize)
        .collect();
    assert!(
        lines.contains(&line("bilangan")) && lines.contains(&line("pemilik")),
        "{faults:?}"
    );
    hub.admin()
        .put_contract("lain", "", &contract("1.0.0", &[("a", "integer")]))
        .problem(422);
    let opd = hub.key("kominfo", "opd", json!({ "institution": "kominfo" }));
    opd.put_contract("tumbuh", "", &contract("1.0.0", &[("a", "integer")]))
        .problem(403);
    assert!(!hub.admin().get("/api/v1/datasets").text().contains("tumbuh"));
}

#[test]
fn site_contracts_load_without_a_restart_and_a_faulty_one_harms_no_other() {
    let hub = Start::fresh().start();
    let folder = hub.data().join("contracts");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("rusak.yaml"), "apiVersion: v3.1.0\nkind: nonsense\n").unwrap();
    std::fs::write(folder.join("tumbuh.yaml"), contract("1.0.0", &[("a", "integer")])).unwrap();
    until("the new contract is active", || {
        hub.admin().push_csv("tumbuh", "a\n1\n").status == 202
    });
    // The API goes before the site: what the steward put stays.
    hub.admin()
        .put_contract("tumbuh", "", &contract("1.1.0", &[("a", "integer"), ("b", "string")]))
        .expect(200);
    let folder = hub.folder().clone();
    assert!(hub.stop().success());
    let hub = Start::on(&folder).start();
    assert_eq!(
        hub.admin().get("/api/v1/datasets/tumbuh").expect(200).json()["version"],
        "1.1.0"
    );
    assert_eq!(
        hub.admin().row("SELECT * FROM data.tumbuh"),
        json!({ "a": 1, "b": null })
    );
    assert!(
        fixtures().join("contracts/ketat.yaml").exists()
            && hub.admin().push_csv("ketat", "kode,nilai\na,1\n").status == 202
    );
}
