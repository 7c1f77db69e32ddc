//! The briefing from rows that were checked by hand, and what becomes of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod archive;
mod files;
mod gathering;
mod reader;

use super::{Ask, Grains, Params, Report, Row, Week, gather};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use smartcenter_warehouse::{Error, Result};

/// Monday, 23 November 2026, six o'clock in western Indonesia.
pub(super) fn monday() -> DateTime<Utc> {
    "2026-11-22T23:00:00Z".parse().unwrap()
}

/// The week before it.
pub(super) fn week() -> Week {
    "2026-W47".parse().unwrap()
}

/// Answers by what a statement says; what no answer is for is a table that is not there.
pub(super) struct Hub(pub Vec<(&'static str, Value)>);

impl Ask for Hub {
    fn seq(&self) -> u64 {
        4711
    }

    async fn ask(&self, sql: &str, params: Params, at: Option<DateTime<Utc>>) -> Result<Vec<Row>> {
        for name in params.keys() {
            assert!(sql.contains(&format!("${name}")), "{name} is not asked for in {sql}");
        }
        let early = at.is_some_and(|at| at < monday() - chrono::TimeDelta::days(1));
        let fits = |words: &str| {
            words
                .split('&')
                .all(|word| if word == "<" { early } else { sql.contains(word) })
        };
        let found = self.0.iter().find(|(words, _)| fits(words));
        let Some((_, rows)) = found else {
            return Err(Error::invalid("table not found"));
        };
        Ok(serde_json::from_value(rows.clone()).unwrap())
    }
}

/// A week in which something happened.
pub(super) fn hub() -> Hub {
    Hub(vec![
        ("status IN ('closed', 'dismissed')&<", json!([{ "kunci": "lama" }])),
        (
            "status IN ('closed', 'dismissed')",
            json!([{ "kunci": "lama" }, { "kunci": "baru", "putusan": "verified", "kalimat": "SD Uji: 14 murid tidak masuk.",
                "kalimat_en": "SD Uji: 14 pupils absent.", "pemilik": "Dinas Uji", "mulai": "2026-11-17" }]),
        ),
        ("status IN ('open'", json!([{ "periode": "2026-11-16", "nilai": 7 }])),
        (
            "count(*) AS nilai&'kritis'",
            json!([{ "periode": "2026-11-16", "nilai": 1 }]),
        ),
        (
            "count(*) AS nilai&mart.alert",
            json!([{ "periode": "2026-11-02", "nilai": 4 }, { "periode": "2026-11-16", "nilai": 3 }]),
        ),
        (
            "a.keparahan",
            json!([{ "keparahan": "kritis", "kalimat": "Puskesmas Uji: 14 kasus.", "kalimat_en": "Puskesmas Uji: 14 cases.",
                "pemilik": "Dinas Kesehatan", "mulai": "2026-11-18", "status": "open" }]),
        ),
        (
            "sum(tidak_hadir)",
            json!([{ "periode": "2026-11-08", "nilai": 4.5 }, { "periode": "2026-11-15", "nilai": 1234.25 }]),
        ),
        (
            "lapor\nFROM mart.kehadiran_kecamatan_mingguan k",
            json!([{ "kecamatan": "Panggul", "ini": 4.26, "lalu": 3.1, "naik": 1.16, "sakit": 1.5, "lapor": 98.0 },
                { "kecamatan": "Dongko", "ini": 2.5, "naik": null, "sakit": 1.0, "lapor": 100.0 }]),
        ),
        (
            "AS sasaran\nFROM mart.anggaran_serapan\nWHERE make_date",
            json!([{ "periode": "2026-09-01", "nilai": 66.9, "sasaran": 75.0 },
                { "periode": "2026-10-01", "nilai": 76.3, "sasaran": 83.3 }]),
        ),
        (
            "FILTER (WHERE NOT masuk) AS nilai",
            json!([{ "periode": "2026-11-16", "nilai": 2 }]),
        ),
        (
            "FILTER (WHERE masuk) / count(*)",
            json!([{ "periode": "2026-11-16", "nilai": 98.0 }]),
        ),
        (
            "AS tagihan",
            json!([{ "instansi": "desa_kelurahan", "umpan": "permohonan_desa", "tagihan": 100, "masuk": 98, "belum": 2,
                "unit": 2, "contoh": "Banaran", "terakhir": "2026-11-15" }]),
        ),
        (
            "atribusi IS NOT NULL",
            json!([{ "nama": "MPP kependudukan", "terakhir": "2026-11-15",
                "atribusi": "{\"kalimat\": {\"id\": \"Turun 12 karena libur.\", \"en\": \"Down 12 for a holiday.\"}}" }]),
        ),
    ])
}

/// What `asked` answers, at Monday's time.
pub(super) fn made(asked: &Hub, now: DateTime<Utc>) -> Report {
    let grains = Grains::from_iter([
        ("skdr".to_owned(), "minggu".to_owned()),
        ("ikm".to_owned(), "bulan".to_owned()),
    ]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(gather(asked, week(), now, &grains)).unwrap()
}
