//! A sender with a row scope: what it may send, and which held rows it may replace or delete by that.

use super::lookup::PEOPLE;
use crate::{
    client::Client,
    hub::{Hub, Start},
};
use serde_json::{Value, json};

const POSTS: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: test-pos
name: Pos pelayanan
version: "1.0.0"
status: active
schema:
  - name: pos
    logicalType: object
    customProperties:
      - {property: owner, value: kominfo}
      - {property: rowScope, value: {institution: instansi, region: wilayah}}
    properties:
      - {name: nomor, logicalType: integer, required: true, primaryKey: true}
      - {name: instansi, logicalType: string}
      - {name: wilayah, logicalType: string}
      - {name: petugas, logicalType: integer}
"#;

fn post(number: i64, institution: &str, region: &str, staff: i64) -> Value {
    json!({ "nomor": number, "instansi": institution, "wilayah": region, "petugas": staff })
}

fn hub() -> (Hub, Client) {
    let hub = Start::fresh().set("flush_seconds", 3600).start();
    hub.admin().put_contract("pos", "", POSTS).expect(200);
    let rights = json!({ "institution": "kec-dua", "regions": ["35.03.02"], "scopes": ["push:pos"] });
    let sender = hub.key("kec-dua", "opd", rights);
    (hub, sender)
}

fn staff(hub: &Hub) -> i64 {
    let rows = hub
        .admin()
        .sql("SELECT CAST(sum(petugas) AS BIGINT) AS n FROM data.pos");
    rows[0]["n"].as_i64().unwrap()
}

#[test]
fn a_sender_changes_only_rows_within_its_scope() {
    let (hub, sender) = hub();
    let theirs = [post(1, "kec-satu", "35.03.01", 5), post(2, "kec-dua", "35.03.01", 5)];
    let own = [
        post(3, "kec-dua", "35.03.02", 5),
        post(4, "kec-dua", "35.03.02.2001", 5),
    ];
    hub.admin().push_ndjson("pos", &[theirs, own].concat()).expect(202);
    for state in ["in memory", "in a file"] {
        let before = staff(&hub);
        for number in [1, 2] {
            // The row itself is the sender's; the one that it would replace is not.
            let refused = sender.push_ndjson(
                "pos",
                &[
                    post(9, "kec-dua", "35.03.02", 1),
                    post(number, "kec-dua", "35.03.02", 7),
                ],
            );
            let why = refused.problem(403);
            assert!(
                why.contains("line 2") && why.contains("Nothing was kept"),
                "{state}: {why}"
            );
            let mut ended = post(number, "kec-dua", "35.03.02", 7);
            ended["_op"] = json!("D");
            sender.push_ndjson("pos", &[ended]).problem(403);
        }
        assert_eq!(staff(&hub), before, "{state}");
        let changed = sender.push_ndjson(
            "pos",
            &[
                post(3, "kec-dua", "35.03.02", before),
                post(4, "kec-dua", "35.03.02.2002", before),
            ],
        );
        let rows = &changed.expect(202).json()["rows"];
        assert_eq!((&rows["updated"], &rows["inserted"]), (&json!(2), &json!(0)), "{state}");
        hub.admin()
            .feed("pos", "application/x-ndjson")
            .query("wait", "landed")
            .send(post(100 + before, "kec-satu", "35.03.01", 1).to_string())
            .expect(201);
    }
}

#[test]
fn many_rows_at_once_are_judged_as_few_are() {
    let (hub, sender) = hub();
    let rows = |region: fn(i64) -> &'static str, staff: i64| -> Vec<Value> {
        (0..600)
            .map(|number| post(number, "kec-dua", region(number), staff))
            .collect()
    };
    let second = |_: i64| "35.03.02";
    hub.admin().push_ndjson("pos", &rows(second, 1)).expect(202);
    sender.push_ndjson("pos", &rows(second, 2)).expect(202);
    assert_eq!(staff(&hub), 1200);
    let stray = |number: i64| if number == 400 { "35.03.020" } else { "35.03.02" };
    hub.admin().push_ndjson("pos", &rows(stray, 3)).expect(202);
    let refused = sender.push_ndjson("pos", &rows(second, 4)).problem(403);
    assert!(refused.contains("line 401"), "{refused}");
    assert_eq!(staff(&hub), 1800);
}

#[test]
fn a_snapshot_of_people_ends_only_those_it_leaves_out() {
    let hub = Start::fresh().start();
    let steward = hub.key("walidata", "walidata", json!({}));
    steward.put_contract("warga", "", PEOPLE).expect(200);
    let people = |numbers: std::ops::Range<i64>| -> String {
        let rows = numbers.map(|number| format!("99{number:014},Uji Coba {number}"));
        format!("nik,nama\n{}\n", rows.collect::<Vec<_>>().join("\n"))
    };
    hub.admin().push_csv("warga", &people(0..10)).expect(202);
    let snapshot = hub.admin().feed("warga", "text/csv").query("mode", "snapshot");
    let receipt = snapshot.send(people(1..10)).expect(202).json();
    let rows = &receipt["rows"];
    assert_eq!(
        (&rows["deleted"], &rows["unchanged"]),
        (&json!(1), &json!(9)),
        "{receipt}"
    );
    let left = hub.admin().sql("SELECT count(*) AS n FROM data.warga");
    assert_eq!(left[0]["n"], 9);
}
