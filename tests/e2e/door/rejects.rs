//! Rejected rows: told, listed, exported, corrected, pushed again.

use super::visit;
use crate::{client::Answer, hub::Start};
use serde_json::{Value, json};

const SPOILT: &str = "\
NIK,Nama,Tgl,Faskes,Wilayah,Jumlah,Tanggal Lahir,Catatan
9900000000000001,Orang Uji Satu,2026-03-02,pkm-munjungan,35.03.01,1,17/05/1990,baik
9900000000000002,\"Uji, Dua\",02-13-2026,pkm-munjungan,35.03.01,2,1990-05-17,tanggal salah
123,Orang Uji Tiga,2026-03-02,pkm-munjungan,35.03.01,3,1990-05-17,\"nik \"\"pendek\"\"\"
9900000000000004,,2026-03-02,pkm-munjungan,35/03,banyak,1990-05-17,tiga salah
9900000000000005,Orang Uji Lima,2026-03-02,pkm-munjungan,35.03.01,5,2030-05-17,lahir kemudian
9900000000000006,Orang Uji Enam,2026-03-02,pkm-munjungan,35.03.01,101,1990-05-17,terlalu banyak
";

fn csv_of(answer: &Answer) -> (Vec<String>, Vec<csv::StringRecord>) {
    assert!(
        answer.header("Content-Type").starts_with("text/csv"),
        "{}",
        answer.header("Content-Type")
    );
    let mut reader = csv::Reader::from_reader(&answer.bytes[..]);
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    (header, reader.records().map(Result::unwrap).collect())
}

#[test]
fn each_wrong_cell_is_named_and_a_corrected_export_is_taken() {
    let hub = Start::fresh().start();
    let dinkes = hub.key("dinkes", "opd", json!({ "institution": "dinkes" }));
    let receipt = dinkes.push_csv("kunjungan", SPOILT).expect(202).json();
    assert_eq!(receipt["status"], "partial");
    assert_eq!(
        [
            &receipt["rows"]["received"],
            &receipt["rows"]["accepted"],
            &receipt["rows"]["rejected"]
        ],
        [&json!(6), &json!(1), &json!(5)]
    );
    assert!(receipt["warnings"].to_string().contains("Catatan"), "{receipt}");
    let told: Vec<[&Value; 4]> = receipt["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| [&fault["line"], &fault["column"], &fault["rule"], &fault["value"]])
        .collect();
    let want = json!([
        [3, "tanggal", "type", "02-13-2026"],
        [4, "nik", "pattern", "123"],
        [5, "nama", "required", null],
        [5, "jumlah", "type", "banyak"],
        [5, "wilayah", "pattern", "35/03"],
        [6, null, "lahir_sebelum_kunjungan", null],
        [7, "jumlah", "range", "101"]
    ]);
    assert_eq!(json!(told), want);
    assert!(
        receipt["faults"]
            .as_array()
            .unwrap()
            .iter()
            .all(|f| f["message"].as_str().is_some_and(|m| !m.is_empty()))
    );

    let rejects = receipt["links"]["rejects"].as_str().unwrap();
    let listed = dinkes.get(&format!("{rejects}?limit=2")).expect(200);
    let page = listed.json();
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    assert_eq!(page["items"][0]["cells"][0], json!(["NIK", "9900000000000002"]));
    let rest = dinkes
        .get(&format!("{rejects}?limit=10&cursor={}", page["next"].as_str().unwrap()))
        .expect(200)
        .json();
    assert_eq!(rest["items"].as_array().unwrap().len(), 3);
    assert!(rest["next"].is_null());

    let export = Answer::of(
        dinkes
            .request(reqwest::Method::GET, rejects)
            .header("Accept", "text/csv"),
    )
    .unwrap();
    let (header, rows) = csv_of(&export.expect(200));
    let sent = [
        "NIK",
        "Nama",
        "Tgl",
        "Faskes",
        "Wilayah",
        "Jumlah",
        "Tanggal Lahir",
        "Catatan",
    ];
    assert_eq!(
        header,
        [&sent[..], &["_baris", "_kolom", "_aturan", "_alasan"]].concat()
    );
    let lines: Vec<&str> = rows.iter().map(|row| &row[8]).collect();
    assert_eq!(lines, ["3", "4", "5", "6", "7"]);
    assert_eq!((&rows[0][1], &rows[1][7]), ("Uji, Dua", "nik \"pendek\""));
    assert_eq!(
        (&rows[2][9], &rows[2][10]),
        ("nama; jumlah; wilayah", "required; type; pattern")
    );
    assert!(rows.iter().all(|row| !row[11].is_empty()));

    // Corrected in a spreadsheet and pushed again, the four columns still on it.
    let mut fixed = csv::Writer::from_writer(Vec::new());
    fixed.write_record(&header).unwrap();
    for (row, cells) in rows.iter().enumerate() {
        let mut cells: Vec<&str> = cells.iter().collect();
        match row {
            0 => cells[2] = "2026-02-13",
            1 => cells[0] = "9900000000000003",
            2 => (cells[1], cells[4], cells[5]) = ("Orang Uji Empat", "35.03", "4"),
            3 => cells[6] = "1991-05-17",
            _ => cells[5] = "100",
        }
        fixed.write_record(cells).unwrap();
    }
    let fixed = String::from_utf8(fixed.into_inner().unwrap()).unwrap();
    let receipt = dinkes.push_csv("kunjungan", &fixed).expect(202).json();
    assert_eq!(
        (&receipt["status"], &receipt["rows"]["accepted"]),
        (&json!("accepted"), &json!(5)),
        "{receipt}"
    );
    assert!(!receipt["warnings"].to_string().contains("_baris"), "{receipt}");
    let row = dinkes.row("SELECT count(*) AS n, sum(jumlah) AS jumlah FROM data.kunjungan");
    assert_eq!(row, json!({ "n": 6, "jumlah": 1 + 2 + 3 + 4 + 5 + 100 }));
}

#[test]
fn what_was_sent_is_hidden_from_those_it_does_not_concern() {
    let hub = Start::fresh().start();
    let dinkes = hub.key("dinkes", "opd", json!({ "institution": "dinkes" }));
    let mut bad = visit(7, "pkm-munjungan", "35.03.01");
    bad["nik"] = json!("RAHASIA-7");
    let receipt = dinkes
        .push_ndjson("kunjungan", &[bad, visit(8, "pkm-munjungan", "35.03.01")])
        .expect(202)
        .json();
    assert!(receipt.to_string().contains("RAHASIA-7"));
    let (own, rejects) = (
        receipt["links"]["self"].as_str().unwrap(),
        receipt["links"]["rejects"].as_str().unwrap(),
    );
    let raw = "SELECT * FROM quarantine.kunjungan";
    let steward = hub.key("walidata", "walidata", json!({}));
    let hidden = [hub.admin(), hub.key("analis", "analis", json!({})), steward.clone()];
    for client in &hidden {
        for text in [
            client.get(own).expect(200).text(),
            client.get(rejects).expect(200).text(),
            client.ask(raw).text(),
        ] {
            assert!(!text.contains("RAHASIA") && !text.contains("Orang Uji 7"), "{text}");
        }
        assert_eq!(
            client.number("SELECT count(*) AS n FROM quarantine.kunjungan WHERE rules = 'pattern'"),
            1
        );
        // Nor can it be asked out of the hidden text.
        let guess = client.number("SELECT count(*) AS n FROM quarantine.kunjungan WHERE raw LIKE '%RAHASIA%'");
        assert_eq!(guess, 0);
    }
    // A steward with a purpose finds it among the rejected rows, where looking leaves a record; not in the receipt.
    let shown = steward.for_purpose("perbaikan-data");
    assert!(!shown.get(own).expect(200).text().contains("RAHASIA"));
    for text in [shown.get(rejects).expect(200).text(), shown.ask(raw).text()] {
        assert!(text.contains("RAHASIA-7"), "{text}");
    }
    let looked = "SELECT count(*) AS n FROM system.audit WHERE key = 'walidata' AND purpose = 'perbaikan-data'";
    assert_eq!(hub.admin().number(looked), 2);
    // Another agency does not even know that there is such a push.
    let other = hub.key("dikpora", "opd", json!({ "institution": "dikpora" }));
    other.get(own).problem(404);
    other.get(rejects).problem(404);
    assert_eq!(other.get("/api/v1/receipts").expect(200).json()["items"], json!([]));
    // And the log of the hub knows neither value nor name.
    assert!(!hub.log().contains("RAHASIA") && !hub.log().contains("Orang Uji"));
}
