//! Alerts of the week. An alert belongs to the week in which its first flagged period ended, so that a weekly figure counts
//! to the week that it tells of. What the hub itself took back was none; what it lets lapse after weeks without a verdict was
//! one, and is told from the other by its age.

use super::{ColumnAsked, FigureAsked, Read, SectionAsked, TableAsked, When, codes, column, day, names, text};
use crate::report::{
    form::{Better, Grain, Kind},
    words::Unit,
};

/// Those that nobody took back.
macro_rules! raised {
    () => {
        "(status <> 'closed' OR putusan IS NOT NULL OR terakhir <= CAST($lapuk AS DATE))"
    };
}

/// Those that people are done with; asked at both ends of the week.
macro_rules! decided {
    () => {
        "status IN ('closed', 'dismissed') AND putusan IS NOT NULL"
    };
}

macro_rules! by_week {
    ($condition:expr) => {
        concat!(
            "SELECT CAST(date_trunc('week', {hari}) AS DATE) AS periode, count(*) AS nilai
FROM mart.alert
WHERE {hari} BETWEEN CAST($awal_senin AS DATE) AND CAST($ahad AS DATE) AND ",
            raised!(),
            $condition,
            "
GROUP BY CAST(date_trunc('week', {hari}) AS DATE)
ORDER BY periode"
        )
    };
}

const RAISED: &[ColumnAsked] = &[
    codes("keparahan", ("Keparahan", "Severity"), names::SEVERITIES),
    column(
        "kalimat",
        ("Peringatan", "Alert"),
        Kind::Sentence,
        Unit::Bilangan,
        Read::Pair,
    ),
    text("pemilik", ("Penanggung jawab", "For")),
    day("mulai", ("Sejak", "Since")),
    codes("status", ("Status", "Status"), names::STATUSES),
];

const DECIDED: &[ColumnAsked] = &[
    codes("putusan", ("Putusan", "Verdict"), names::STATUSES),
    column(
        "kalimat",
        ("Peringatan", "Alert"),
        Kind::Sentence,
        Unit::Bilangan,
        Read::Pair,
    ),
    text("pemilik", ("Penanggung jawab", "For")),
    day("mulai", ("Sejak", "Since")),
];

pub(super) const PERINGATAN: SectionAsked = SectionAsked {
    id: "peringatan",
    title: ("Peringatan", "Alerts"),
    note: (
        "Peringatan yang gejala pertamanya jatuh pada minggu ini, dan yang diputus pada minggu ini.",
        "Alerts whose first signs fell into this week, and those that were decided in this week.",
    ),
    figures: &[
        FigureAsked {
            metric: "laporan.peringatan.baru",
            title: ("Peringatan baru", "New alerts"),
            note: None,
            unit: Unit::Bilangan,
            better: Some(Better::Less),
            grain: Grain::Minggu,
            counts: true,
            asked: When::Then,
            sql: by_week!(""),
        },
        FigureAsked {
            metric: "laporan.peringatan.berat",
            title: ("Di antaranya tinggi atau kritis", "High or critical among them"),
            note: None,
            unit: Unit::Bilangan,
            better: Some(Better::Less),
            grain: Grain::Minggu,
            counts: true,
            asked: When::Then,
            sql: by_week!(" AND keparahan IN ('tinggi', 'kritis')"),
        },
        FigureAsked {
            metric: "laporan.peringatan.selesai",
            title: ("Peringatan diputus", "Alerts decided"),
            note: Some(("terbukti atau tidak, oleh petugas", "true or not, by people")),
            unit: Unit::Bilangan,
            better: Some(Better::More),
            grain: Grain::Minggu,
            counts: true,
            asked: When::Within,
            sql: concat!("SELECT peringatan_id AS kunci FROM mart.alert WHERE ", decided!()),
        },
        FigureAsked {
            metric: "laporan.peringatan.terbuka",
            title: ("Masih terbuka", "Still open"),
            note: Some(("ketika laporan dibuat", "when the briefing was made")),
            unit: Unit::Bilangan,
            better: Some(Better::Less),
            grain: Grain::Minggu,
            counts: true,
            asked: When::Then,
            sql: "SELECT CAST($senin AS DATE) AS periode, count(*) AS nilai
FROM mart.alert
WHERE status IN ('open', 'acknowledged') AND {hari} <= CAST($ahad AS DATE)",
        },
    ],
    tables: &[
        TableAsked {
            metric: "laporan.peringatan.daftar_baru",
            title: ("Peringatan baru", "New alerts"),
            note: Some((
                "Yang terparah lebih dahulu.",
                "The worst first.",
            )),
            columns: RAISED,
            most: 40,
            asked: When::Then,
            sql: concat!(
                "SELECT a.keparahan, a.kalimat, a.kalimat_en, coalesce(i.nama, a.pemilik) AS pemilik, a.mulai, a.status
FROM (SELECT *, {hari} AS hari FROM mart.alert) a
LEFT JOIN mart.daftar_instansi i ON i.id = a.pemilik
WHERE a.hari BETWEEN CAST($senin AS DATE) AND CAST($ahad AS DATE) AND ",
                raised!(),
                "
ORDER BY CASE a.keparahan WHEN 'kritis' THEN 0 WHEN 'tinggi' THEN 1 WHEN 'sedang' THEN 2 ELSE 3 END, a.mulai, a.peringatan_id"
            ),
        },
        TableAsked {
            metric: "laporan.peringatan.daftar_selesai",
            title: ("Peringatan yang diputus", "Alerts that were decided"),
            note: None,
            columns: DECIDED,
            most: 40,
            asked: When::Within,
            sql: concat!(
                "SELECT a.peringatan_id AS kunci, a.putusan, a.kalimat, a.kalimat_en, coalesce(i.nama, a.pemilik) AS pemilik, a.mulai
FROM mart.alert a
LEFT JOIN mart.daftar_instansi i ON i.id = a.pemilik
WHERE ",
                decided!(),
                "
ORDER BY a.mulai, a.peringatan_id"
            ),
        },
    ],
};
