//! Files of boards: read, refused by line, checked against the contracts.

#![allow(clippy::unwrap_used)]

use super::{Board, FOLDER, check, parse};
use crate::model;
use serde_json::json;
use smartcenter_warehouse::{contract::Registry, policy::Role};
use std::{collections::BTreeSet, fs};

const GOOD: &str = r"title: Pasar
title_en: Markets
lead: Kunjungan puskesmas sebagai contoh.
sections:
  - filters:
      - {name: kecamatan, title: Kecamatan, title_en: District, places: true, all: Semua, all_en: All}
    panels:
      - kind: figure
        metric: kunjungan
        title: Kunjungan
        unit: kunjungan
        period: minggu
        better: more
        sql: |
          SELECT minggu_mulai AS periode, sum(kunjungan) AS nilai
          FROM mart.skdr_kecamatan_mingguan
          WHERE slug = 'total' AND ($kecamatan = '' OR kode_kecamatan = $kecamatan)
          GROUP BY minggu_mulai ORDER BY minggu_mulai
  - title: Rinci
    panels:
      - kind: table
        metric: tabel
        title: Per kecamatan
        roles: [analis, walidata]
        span: full
        sql: SELECT kode_kecamatan AS kode, kunjungan FROM mart.skdr_kecamatan_mingguan
        columns:
          - {key: kode, title: Kecamatan, kind: kecamatan}
          - {key: kunjungan, title: Kunjungan, title_en: Visits, kind: number, unit: kunjungan}
";

fn parsed(text: &str) -> Result<Board, Vec<(usize, String)>> {
    let outcome = Board::parse("pasar", "boards/pasar.yaml", text);
    outcome.map_err(|wrong| wrong.into_iter().map(|fault| (fault.line, fault.message)).collect())
}

#[test]
fn a_board_is_handed_on_as_the_application_has_its_own() {
    let board = parsed(GOOD).unwrap();
    let json = serde_json::to_value(&board).unwrap();
    assert_eq!(json["id"], "pasar");
    assert_eq!(json["title"], json!({"id": "Pasar", "en": "Markets"}));
    // Without an English text the Indonesian one stands for both.
    assert_eq!(json["lead"]["en"], "Kunjungan puskesmas sebagai contoh.");
    let filter = &json["sections"][0]["filters"][0];
    let title = json!({"id": "Kecamatan", "en": "District"});
    let all = json!({"id": "Semua", "en": "All"});
    assert_eq!(
        *filter,
        json!({"name": "kecamatan", "title": title, "places": true, "all": all})
    );
    let panel = &json["sections"][0]["panels"][0];
    assert_eq!(panel["metric"], "pasar.kunjungan");
    assert_eq!(
        (&panel["kind"], &panel["unit"], &panel["better"]),
        (&json!("figure"), &json!("kunjungan"), &json!("more"))
    );
    assert!(panel.get("note").is_none() && panel.get("roles").is_none() && panel.get("line").is_none());
    assert_eq!(json["sections"][1]["panels"][0]["columns"][1]["unit"], "kunjungan");
    assert!(json["sections"][1].get("filters").is_none());
}

#[test]
fn a_panel_is_shown_to_those_whom_it_names() {
    let board = parsed(GOOD).unwrap();
    assert_eq!(board.seen_by(Role::Analis).unwrap().sections.len(), 2);
    assert_eq!(board.seen_by(Role::Pimpinan).unwrap().sections.len(), 1);
    let closed = parsed(&GOOD.replace("sections:\n", "roles: [admin]\nsections:\n")).unwrap();
    assert!(closed.seen_by(Role::Pimpinan).is_none());
    assert!(closed.seen_by(Role::Admin).is_some());
}

#[test]
fn everything_wrong_is_told_at_once_with_its_line() {
    let text = GOOD
        .replace("title_en: Markets", "judul: Markets")
        .replace("unit: kunjungan\n        period", "unit: kunjungn\n        period")
        .replace("better: more", "columns: []")
        .replace("roles: [analis, walidata]", "roles: [analis, bupati]")
        .replace("metric: tabel", "metric: kunjungan")
        .replace("= $kecamatan)", "= $kecamatan AND slug = $penyakit)");
    let wrong = parsed(&text).unwrap_err();
    let lines: Vec<usize> = wrong.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 11, 13, 24], "{wrong:?}");
    let told: Vec<&str> = wrong.iter().map(|(_, message)| message.as_str()).collect();
    assert!(told[0].contains("no key `judul`"), "{told:?}");
    assert!(told[1].contains("persen") && told[1].contains("kunjungn"), "{told:?}");
    assert!(told[2].contains("kind figure has no `columns`"), "{told:?}");
    assert!(told[3].contains("bupati") && told[3].contains("pimpinan"), "{told:?}");

    let wrong = parsed(&GOOD.replace("{key: kunjungan,", "{key: kode,")).unwrap_err();
    assert!(wrong[0].0 == 29 && wrong[0].1.contains("key kode"), "{wrong:?}");
    let wrong = parsed(&GOOD.replace("metric: tabel", "metric: kunjungan")).unwrap_err();
    assert_eq!(wrong.len(), 1);
    assert!(
        wrong[0].0 == 26 && wrong[0].1.contains("give each its own"),
        "{wrong:?}"
    );
    let wrong = parsed(&GOOD.replace("= $kecamatan)", "= $penyakit)")).unwrap_err();
    assert!(wrong[0].0 == 14 && wrong[0].1.contains("$penyakit"), "{wrong:?}");
}

#[test]
fn what_is_no_board_says_so() {
    for (text, says) in [
        ("", "the file is empty"),
        ("- a\n- b\n", "a map of keys"),
        ("title: [\n", "not valid YAML"),
        ("title: Pasar\n", "list of parts"),
        ("title: Pasar\nsections:\n  - title: Kosong\n", "list of what is shown"),
    ] {
        let wrong = parsed(text).unwrap_err();
        assert!(
            wrong.iter().any(|(_, message)| message.contains(says)),
            "{text:?}: {wrong:?}"
        );
    }
    let wrong = parsed(&GOOD.replace("SELECT kode_kecamatan AS kode,", "DELETE FROM")).unwrap_err();
    assert_eq!(wrong[0].0, 26, "{wrong:?}");
    for id in ["laporan", "Pasar", "pa sar", "../pasar"] {
        assert!(Board::parse(id, "x", GOOD).is_err(), "{id}");
    }
}

#[test]
fn names_in_texts_and_comments_are_no_questions() {
    let sql = "SELECT '$a', \"$b\" -- $c\n FROM t /* $d */ WHERE x = $e AND y - $f1 / 2 > $g_h";
    assert_eq!(parse::names(sql), BTreeSet::from(["e", "f1", "g_h"]));
    assert!(parse::names("SELECT 'x").is_empty());
}

#[tokio::test]
async fn questions_are_planned_against_what_there_is() {
    let site = tempfile::tempdir().unwrap();
    let folder = site.path().join(FOLDER);
    fs::create_dir(&folder).unwrap();
    let sites = [site.path().to_owned()];
    let contracts = Registry::embedded().unwrap();
    let (plan, _, _) = model::check(&[], &contracts).await.unwrap();
    fs::write(folder.join("pasar.yaml"), GOOD).unwrap();
    fs::write(folder.join("catatan.txt"), "no board").unwrap();
    let (count, faults) = check(&sites, &contracts, &plan).await.unwrap();
    assert_eq!((count, faults.as_slice()), (1, &[][..]));

    fs::write(folder.join("pasar.yml"), GOOD).unwrap();
    let (count, faults) = check(&sites, &contracts, &plan).await.unwrap();
    assert_eq!((count, faults.len()), (1, 1), "{faults:?}");
    assert!(
        faults[0].file.ends_with("pasar.yml") && faults[0].message.contains("as well"),
        "{faults:?}"
    );
    fs::remove_file(folder.join("pasar.yml")).unwrap();

    fs::write(
        folder.join("pasar.yaml"),
        GOOD.replace("AS kode, kunjungan FROM", "AS kode, kunjungan AS banyak FROM"),
    )
    .unwrap();
    fs::write(
        folder.join("toko.yml"),
        GOOD.replace(
            "mart.skdr_kecamatan_mingguan\n          WHERE",
            "mart.tidak_ada\n          WHERE",
        ),
    )
    .unwrap();
    let (count, faults) = check(&sites, &contracts, &plan).await.unwrap();
    assert_eq!((count, faults.len()), (2, 2), "{faults:?}");
    assert!(
        faults[0].line == 26 && faults[0].message.contains("no column kunjungan"),
        "{faults:?}"
    );
    assert!(
        faults[1].file.ends_with("toko.yml") && faults[1].message.contains("tidak_ada"),
        "{faults:?}"
    );
}

/// The application has words and decimals for these and no others.
#[test]
fn units_are_those_of_the_application() {
    let text = include_str!("../../../dashboards/web/src/lib/units.ts");
    let list = text
        .split_once("UNITS = {")
        .unwrap()
        .1
        .split_once("} as const")
        .unwrap()
        .0;
    let theirs: Vec<&str> = list
        .lines()
        .filter_map(|line| line.trim().split_once(':'))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(theirs, parse::UNITS);
}
