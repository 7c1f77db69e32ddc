//! What is not taken, from whom, and in which words.

use super::{
    push::{CSV, gzip, total},
    visits,
};
use crate::{client::Answer, hub::Start};
use reqwest::{Method, blocking::multipart};
use serde_json::json;

#[test]
fn what_cannot_be_taken_is_refused_in_words() {
    let hub = Start::fresh().set("max_payload_bytes", 1 << 20).start();
    let admin = hub.admin();
    let feed = |kind| admin.feed("pengumuman", kind);
    assert!(admin.push_csv("tidak_ada", CSV).problem(404).contains("tidak_ada"));
    admin.push_csv("Bukan-Nama", CSV).problem(422);
    assert!(
        feed("application/pdf")
            .send("x")
            .problem(415)
            .contains("application/pdf")
    );
    feed("text/csv; charset=klingon").send(CSV).problem(415);
    feed("text/csv").header("Content-Encoding", "br").send(CSV).problem(415);
    assert!(
        feed("text/csv")
            .send("nomor,tanggal\n1,2026-01-01\n")
            .problem(422)
            .contains("judul")
    );
    feed("text/csv").send("").problem(422);
    feed("text/csv").send(vec![b'n', 0xff, b'\n']).problem(422);
    assert!(
        feed("text/csv")
            .query("wait", "forever")
            .send(CSV)
            .problem(400)
            .contains("wait")
    );
    feed("text/csv").query("dryrun", "true").send(CSV).problem(400);
    feed("text/csv").idempotent(&"k".repeat(256)).send(CSV).problem(422);
    let cut = &gzip(CSV)[..20];
    feed("text/csv")
        .header("Content-Encoding", "gzip")
        .send(cut.to_vec())
        .problem(422);
    feed("application/json")
        .send("[{\"nomor\": 1, \"judul\": ")
        .problem(422);
    // Over the limit, plain and as a bomb of a few kilobytes.
    let long = format!("nomor,judul\n{}", "1,x\n".repeat(300_000));
    feed("text/csv").send(long.clone()).problem(413);
    let bomb = gzip(&long);
    assert!(bomb.len() < 100_000);
    feed("text/csv")
        .header("Content-Encoding", "gzip")
        .send(bomb)
        .problem(413);
    admin.get("/api/v1/feeds/pengumuman").problem(405);
    admin.get("/api/v1/nothing-here").problem(404);
    let missing = Answer::of(admin.request(Method::POST, "/api/v1/feeds/pengumuman").body(CSV)).unwrap();
    missing.problem(415);
    let form = multipart::Form::new().text("berkas", CSV);
    Answer::of(admin.request(Method::POST, "/api/v1/feeds/pengumuman").multipart(form))
        .unwrap()
        .problem(422);
    assert_eq!(total(&hub)["n"], 0);
    assert_eq!(admin.get("/api/v1/receipts").expect(200).json()["items"], json!([]));
    // After all this it takes what is good.
    assert_eq!(feed("text/csv").send(CSV).expect(202).json()["rows"]["accepted"], 3);
}

#[test]
fn only_those_who_may_push_push() {
    let hub = Start::fresh().start();
    let push = |client: &crate::client::Client| client.push_ndjson("kunjungan", &visits()).status;
    assert_eq!(push(&hub.anonymous()), 401);
    assert_eq!(push(&hub.with_key("sck_nonsense")), 401);
    for (name, role, more, status) in [
        ("dinkes", "opd", json!({ "institution": "dinkes" }), 202),
        ("dikpora", "opd", json!({ "institution": "dikpora" }), 403),
        ("analis", "analis", json!({}), 403),
        ("pimpinan", "pimpinan", json!({}), 403),
        ("layanan", "layanan", json!({}), 403),
        ("simpus", "layanan", json!({ "scopes": ["push:kunjungan"] }), 202),
        ("walidata", "walidata", json!({}), 202),
    ] {
        assert_eq!(push(&hub.key(name, role, more)), status, "{name}");
    }
    hub.key("dikpora-2", "opd", json!({ "institution": "dikpora" }))
        .push_ndjson("kunjungan", &visits())
        .problem(403);
    assert_eq!(hub.admin().number("SELECT count(*) AS n FROM data.kunjungan"), 6);
}
