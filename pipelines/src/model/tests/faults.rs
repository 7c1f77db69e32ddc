//! What is wrong with a model is told with its line, before a row is read.

use crate::model::{ModelFault, ModelFile, Plan};
use smartcenter_warehouse::contract::{Contract, Registry};
use std::sync::Arc;

fn contracts() -> Vec<Arc<Contract>> {
    Registry::embedded().unwrap().iter().cloned().collect()
}

fn header(rest: &str) -> String {
    format!("/*\ntitle: t\ntitle_en: t\ndescription: d\nowner: dikpora\ngrain: g\n{rest}\n*/\n")
}

fn parsed(text: &str) -> Result<ModelFile, Vec<ModelFault>> {
    ModelFile::parse("contoh", "contoh.sql", text)
}

fn told(faults: &[ModelFault]) -> Vec<(usize, &str)> {
    faults
        .iter()
        .map(|fault| (fault.line, fault.message.as_str()))
        .collect()
}

/// Faults of sound files against the shipped contracts.
async fn planned(models: &[(&str, String)]) -> (Vec<String>, Vec<ModelFault>) {
    let files = models.iter().map(|(name, text)| {
        ModelFile::parse(name, &format!("{name}.sql"), text).unwrap_or_else(|faults| panic!("{faults:#?}"))
    });
    let plan = Plan::of(files.collect(), &contracts()).await.unwrap();
    let sound = plan.models.iter().map(|model| model.name().to_string()).collect();
    (sound, plan.faults)
}

const TABLE: &str =
    "kind: table\nkey: [tanggal, npsn]\nslice: tanggal\nsources:\n  data.absensi_harian_sekolah: tanggal";
const SELECT: &str = "SELECT tanggal, npsn, sakit FROM data.absensi_harian_sekolah";

#[test]
fn a_header_says_everything_that_is_wrong_at_once() {
    let text = "/*\ntitle: t\njudul: t\nkind: tabel\nowner: Dinas Pendidikan\naccess: semua\n*/\nSELECT 1 AS x";
    let faults = parsed(text).unwrap_err();
    let told = told(&faults);
    let has = |line: usize, part: &str| told.iter().any(|(at, message)| *at == line && message.contains(part));
    assert!(has(3, "no key `judul`"), "{told:?}");
    assert!(has(4, "neither `table` nor `view`"), "{told:?}");
    assert!(has(5, "Dinas Pendidikan"), "{told:?}");
    assert!(has(6, "`access` is one of"), "{told:?}");
    for missing in ["`title_en`", "`description`", "`grain`"] {
        assert!(
            told.iter().any(|(_, message)| message.contains(missing)),
            "{missing}: {told:?}"
        );
    }
}

#[test]
fn a_statement_that_cannot_be_read_is_told_by_the_line_of_the_file() {
    let text = format!("{}SELECT 1 AS x\nFROM\n(,", header("kind: view"));
    let faults = parsed(&text).unwrap_err();
    assert!(faults[0].line >= 9, "{faults:?}");
    let text = format!("{}DELETE FROM data.wilayah", header("kind: view"));
    assert!(parsed(&text).unwrap_err()[0].message.contains("not allowed"));
    assert!(
        parsed("SELECT 1").unwrap_err()[0]
            .message
            .contains("begins with its header")
    );
}

#[tokio::test]
async fn a_sound_model_is_planned() {
    let (sound, faults) = planned(&[("contoh", header(TABLE) + SELECT)]).await;
    assert_eq!(
        (sound.as_slice(), faults.as_slice()),
        (&["contoh".to_owned()][..], &[][..])
    );
}

#[tokio::test]
async fn what_does_not_fit_is_told() {
    let table = |rest: &str, sql: &str| header(rest) + sql;
    let cases = [
        (
            table("kind: view", "SELECT 1 AS x FROM data.tiada"),
            "no contract describes",
        ),
        (
            table("kind: view", "SELECT 1 AS x FROM system.receipts"),
            "data.*, ref.* and mart.* only",
        ),
        (
            table("kind: view", "SELECT 1 AS x FROM ref.absensi_harian_sekolah"),
            "no code list",
        ),
        (table("kind: view", "SELECT 1 AS x FROM mart.tiada"), "no model"),
        (table("kind: view", "SELECT tiada FROM ref.wilayah"), "tiada"),
        (
            table(TABLE, "SELECT tanggal, sakit FROM data.absensi_harian_sekolah"),
            "`key` names column `npsn`",
        ),
        (
            table(
                TABLE,
                "SELECT tanggal, npsn, now() AS kini FROM data.absensi_harian_sekolah",
            ),
            "answers differently",
        ),
        (
            table(
                TABLE,
                "SELECT tanggal, npsn, count(*) FROM data.absensi_harian_sekolah GROUP BY tanggal, npsn",
            ),
            "AS nama",
        ),
        (
            table(
                TABLE,
                "SELECT a.tanggal, a.npsn FROM data.absensi_harian_sekolah a JOIN ref.wilayah w ON w.kode = a.npsn",
            ),
            "`sources` does not name",
        ),
        (
            table(&TABLE.replace("sekolah: tanggal", "sekolah: npsn"), SELECT),
            "of type Utf8View, the slice of Date32",
        ),
        (
            table(&TABLE.replace("sekolah: tanggal", "sekolah: hari"), SELECT),
            "`hari`",
        ),
        (table(&format!("{TABLE}\n  ref.wilayah: all"), SELECT), "does not read"),
        (table(&format!("{TABLE}\nregion: sakit"), SELECT), "must be a text"),
    ];
    for (text, expected) in cases {
        let (sound, faults) = planned(&[("contoh", text.clone())]).await;
        assert!(sound.is_empty(), "{text}");
        assert!(
            faults.iter().any(|fault| fault.message.contains(expected)),
            "{expected}: {faults:#?}"
        );
    }
}

#[tokio::test]
async fn models_that_wait_for_each_other_are_told() {
    let view = |reads: &str| header("kind: view") + &format!("SELECT x FROM mart.{reads}");
    let models = [
        ("awal", header("kind: view") + "SELECT 1 AS x"),
        ("satu", view("dua")),
        ("dua", view("satu")),
        ("tiga", view("dua")),
        ("empat", view("awal")),
    ];
    let (sound, faults) = planned(&models).await;
    assert_eq!(sound, ["awal", "empat"]);
    assert_eq!(faults.len(), 3, "{faults:#?}");
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let (sound, faults) = planned(&[("wilayah", header("kind: view") + "SELECT 1 AS x")]).await;
    assert!(
        sound.is_empty() && faults[0].message.contains("the name of a dataset"),
        "{faults:?}"
    );
}
