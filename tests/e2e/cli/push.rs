//! `push` and `quarantine`: each wrong cell named, corrected, pushed again.

use super::{file, local, remote, text};
use crate::hub::Start;
use serde_json::json;

#[test]
fn a_spoilt_file_is_pushed_and_each_wrong_cell_named() {
    let hub = Start::fresh().start();
    let folder = hub.folder();
    let good = file(folder, "baik.csv", "nomor,judul,tanggal\n1,a,2026-01-05\n2,b,\n");
    let spoilt = file(
        folder,
        "rusak.csv",
        "nomor,judul,tanggal\n1,a,2026-01-05\nsatu,b,\n3,,05.13.2026\n4,d,\n",
    );
    let wrong = file(folder, "salah.csv", "nomor,judul\nx,a\ny,b\n");

    let said = local(hub.data(), &["push", "pengumuman", text(&good)]).expect(0);
    assert!(
        said.out.contains("accepted") && said.out.contains("2 received, 2 accepted"),
        "{}",
        said.out
    );

    let said = local(hub.data(), &["push", "pengumuman", text(&spoilt)]).expect(3);
    for cell in [
        ["3", "nomor", "type", "satu"],
        ["4", "judul", "required", ""],
        ["4", "tanggal", "type", "05.13.2026"],
    ] {
        let named = said.out.lines().any(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.first() == Some(&cell[0]) && cell[1..].iter().all(|part| part.is_empty() || words.contains(part))
        });
        assert!(named, "{cell:?} is not named:\n{}", said.out);
    }
    assert!(said.out.contains("4 received, 2 accepted, 2 rejected"), "{}", said.out);

    let said = local(hub.data(), &["push", "pengumuman", text(&wrong), "--json"]).expect(1);
    assert_eq!(
        (&said.json()["status"], &said.json()["rows"]["rejected"]),
        (&json!("rejected"), &json!(2))
    );
    // The worst file decides; a repeat is no fault.
    let said = local(hub.data(), &["push", "pengumuman", text(&good), text(&spoilt)]).expect(3);
    assert_eq!(said.out.matches("pushed before").count(), 2, "{}", said.out);
    local(hub.data(), &["push", "pengumuman", "tidak-ada.csv"]).expect(1);
    let said = local(hub.data(), &["push", "tidak_ada", text(&good)]).expect(1);
    assert!(said.err.contains("tidak_ada"), "{}", said.err);
    assert_eq!(hub.admin().number("SELECT count(*) AS n FROM data.pengumuman"), 4);

    // From elsewhere, with a key; the answer names who may not.
    let key = hub
        .admin()
        .create_key("kominfo", "opd", json!({ "institution": "kominfo" }));
    let dry = file(folder, "kering.ndjson", "{\"nomor\": 7, \"judul\": \"x\"}\n");
    let said = remote(&hub, &key, &["push", "pengumuman", text(&dry), "--dry-run"]).expect(0);
    assert!(said.out.contains("dry run"), "{}", said.out);
    remote(&hub, &key, &["push", "pengumuman", text(&dry), "--wait"]).expect(0);
    let said = remote(&hub, "bukan-kunci", &["push", "pengumuman", text(&dry)]).expect(1);
    assert!(
        said.err.contains("SMARTCENTER_KEY") && !said.err.contains("bukan-kunci"),
        "{}",
        said.err
    );
    let said = remote(&hub, &key, &["push", "kunjungan", text(&dry)]).expect(1);
    assert!(said.err.contains("may not push"), "{}", said.err);
}

#[test]
fn many_faults_are_all_shown_and_can_be_exported() {
    let hub = Start::fresh().start();
    let rows: String = (0..60).map(|n| format!("salah-{n},x\n")).collect();
    let bad = file(hub.folder(), "banyak.csv", &format!("nomor,judul\n1,baik\n{rows}"));
    let said = local(hub.data(), &["push", "pengumuman", text(&bad)]).expect(3);
    for n in 0..60 {
        assert!(
            said.out.contains(&format!("salah-{n} ")),
            "salah-{n} is not named:\n{}",
            said.out
        );
    }
    let listed = local(hub.data(), &["quarantine", "ls", "--json"]).expect(0).json();
    let receipt = listed[0]["receipt_id"].as_str().unwrap().to_owned();
    let shown = local(hub.data(), &["quarantine", "show", &receipt]).expect(0);
    assert!(shown.out.contains("61") && shown.out.contains("nomor"), "{}", shown.out);
    let out = hub.folder().scratch("ditolak.csv");
    local(hub.data(), &["quarantine", "export", &receipt, "--output", text(&out)]).expect(0);
    let fixed = std::fs::read_to_string(&out).unwrap().replace("salah-", "9");
    let fixed = file(hub.folder(), "diperbaiki.csv", &fixed);
    local(hub.data(), &["push", "pengumuman", text(&fixed)]).expect(0);
    assert_eq!(hub.admin().number("SELECT count(*) AS n FROM data.pengumuman"), 61);
}
