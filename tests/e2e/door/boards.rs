//! Boards of the site: there as soon as the file is, each role with what is for it, faults for those who can mend them.

use crate::{
    binary::program,
    client::Client,
    hub::{Folder, Start},
};
use serde_json::{Value, json};
use std::fs;

const BOARD: &str = "title: Uji
title_en: Trial
sections:
  - panels:
      - kind: figure
        metric: baris
        title: Baris
        unit: bilangan
        period: hari
        sql: SELECT tanggal AS periode, count(*) AS nilai FROM data.absensi_harian_sekolah GROUP BY tanggal
        roles: [analis, walidata]
      - kind: bars
        metric: alasan
        title: Alasan
        unit: bilangan
        sql: SELECT 'a' AS nama, 1 AS nilai FROM data.absensi_harian_sekolah
";

fn metrics(board: &Value) -> Vec<&str> {
    let sections = board["sections"].as_array().into_iter().flatten();
    let panels = sections.flat_map(|section| section["panels"].as_array().into_iter().flatten());
    panels.filter_map(|panel| panel["metric"].as_str()).collect()
}

#[test]
fn a_board_is_there_as_soon_as_its_file_is() {
    let folder = Folder::new();
    let hub = Start::on(&folder).start();
    let steward = hub.key("wali", "walidata", json!({}));
    let leader = hub.key("pimpinan", "pimpinan", json!({}));
    let list = |client: &Client| client.get("/api/v1/boards").expect(200).json();
    assert_eq!(list(&steward), json!({"items": [], "faults": []}));
    hub.anonymous().get("/api/v1/boards").expect(401);

    let boards = folder.data().join("boards");
    fs::create_dir(&boards).unwrap();
    fs::write(boards.join("uji.yaml"), BOARD).unwrap();
    let seen = list(&steward);
    assert_eq!(seen["items"][0]["title"], json!({"id": "Uji", "en": "Trial"}));
    assert_eq!(metrics(&seen["items"][0]), ["uji.baris", "uji.alasan"]);
    assert_eq!(metrics(&list(&leader)["items"][0]), ["uji.alasan"]);

    // A second file that nobody can read leaves the first one alone.
    fs::write(boards.join("salah.yaml"), BOARD.replace("kind: bars", "kind: kue")).unwrap();
    let seen = list(&steward);
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    let fault = &seen["faults"][0];
    assert_eq!(fault["line"], 12);
    assert_eq!(fault["file"], "boards/salah.yaml");
    assert!(fault["message"].as_str().unwrap().contains("bars"), "{fault}");
    assert_eq!(list(&leader)["faults"], json!([]));
}

#[test]
fn check_names_the_line_of_a_question_that_cannot_be_answered() {
    let folder = Folder::new();
    let boards = folder.data().join("boards");
    fs::create_dir_all(&boards).unwrap();
    let check = || {
        let mut check = program();
        let output = check.args(["check", "--data"]).arg(folder.data()).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    fs::write(boards.join("uji.yaml"), BOARD).unwrap();
    assert_eq!(check(), (true, String::new()));
    fs::write(
        boards.join("uji.yaml"),
        BOARD.replace("count(*) AS nilai", "count(*) AS banyak"),
    )
    .unwrap();
    let (is_sound, told) = check();
    assert!(
        !is_sound && told.contains("uji.yaml:10: the question gives no column nilai"),
        "{told}"
    );
}
