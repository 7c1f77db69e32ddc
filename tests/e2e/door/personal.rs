//! Reads of personal data leave a record, whichever way they are made, and masked ones do not.

use super::lookup::PEOPLE;
use crate::{
    binary::program,
    client::Client,
    hub::{Start, until},
};
use serde_json::{Value, json};

/// The reads on record, oldest first.
fn reads(admin: &Client) -> Vec<Value> {
    admin.sql("SELECT key, role, purpose, request, reads FROM system.audit WHERE kind = 'read' ORDER BY n")
}

#[test]
fn every_way_to_read_personal_data_is_on_record() {
    let hub = Start::fresh().start();
    let steward = hub.key("walidata", "walidata", json!({}));
    let service = hub.key("loket", "layanan", json!({ "scopes": ["read:warga", "lookup:warga"] }));
    let analyst = hub.key("analis", "analis", json!({}));
    steward.put_contract("warga", "", PEOPLE).expect(200);
    let person = json!({ "nik": "9900000000000001", "nama": "Orang Uji", "kk": 7 });
    steward.push_ndjson("warga", &[person]).expect(202);
    let asked = json!({ "key": { "nik": "9900000000000001" } });
    let lookup = "/api/v1/datasets/warga/lookup";
    let sql = "SELECT nama FROM data.warga";

    // Masked, or nothing personal: no record.
    steward.ask(sql).expect(200);
    analyst.for_purpose("riset").ask(sql).expect(200);
    steward
        .for_purpose("verifikasi")
        .ask("SELECT kk FROM data.warga")
        .expect(200);
    assert_eq!(reads(&hub.admin()), Vec::<Value>::new());

    let found = service.for_purpose("layanan.ktp").post(lookup, &asked).expect(200);
    steward.for_purpose("verifikasi").ask(sql).expect(200);
    steward
        .for_purpose("verifikasi")
        .ask("SELECT count(*) AS n FROM data.warga WHERE nik LIKE '99%'")
        .expect(200);
    let rows = json!({ "select": ["nik"], "filters": [{ "column": "nik", "op": "like", "value": "99%" }] });
    let query = "/api/v1/datasets/warga/rows/query";
    let page = steward.for_purpose("verifikasi").post(query, &rows).expect(200);
    assert_eq!(page.json()["items"][0]["nik"], "9900000000000001");

    // Nobody with that number: that is told of a person as well.
    let other = json!({ "key": { "nik": "9900000000000002" } });
    service.for_purpose("layanan.ktp").post(lookup, &other).problem(404);

    let told = reads(&hub.admin());
    assert_eq!(told[0]["key"], "loket");
    assert_eq!(told[0]["role"], "layanan");
    assert_eq!(told[0]["purpose"], "layanan.ktp");
    assert_eq!(told[0]["request"], found.header("X-Request-Id"));
    assert_eq!(told[0]["reads"], r#"{"warga":["nama","nik"]}"#);
    assert_eq!(told[1]["reads"], r#"{"warga":["nama"]}"#);
    assert_eq!(told[2]["reads"], r#"{"warga":["nik"]}"#);
    assert_eq!(told[3]["reads"], r#"{"warga":["nik"]}"#);
    assert_eq!(told[4]["reads"], r#"{"warga":["nik"]}"#);
    assert_eq!(told.len(), 5);
    // How much went out is written when it has gone.
    let delivered = "SELECT count(*) AS n FROM system.audit WHERE kind = 'delivered' AND rows = 1";
    until("what went out is on record", || hub.admin().number(delivered) == 3);
    // The record is for admins, and holds no value.
    steward.ask("SELECT * FROM system.audit").problem(422);
    let all = hub.admin().sql("SELECT * FROM system.audit");
    assert!(!json!(all).to_string().contains("9900000000000001"));

    let data = hub.data().to_owned();
    let verify = |head: &[&str]| {
        let mut command = program();
        command.args(["audit", "verify"]).args(head).arg("--data").arg(&data);
        command.output().unwrap()
    };
    let said = verify(&[]);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let text = String::from_utf8(said.stdout).unwrap();
    let head = text.lines().last().unwrap().to_owned();
    assert!(verify(&["--head", &head]).status.success());
    let forged = head.replace(|c: char| c.is_ascii_lowercase(), "0");
    assert_eq!(verify(&["--head", &forged]).status.code(), Some(1));
}
