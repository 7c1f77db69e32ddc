//! Public services: how many came, how long they waited, and what explains a change.

use super::{ColumnAsked, FigureAsked, Read, SectionAsked, TableAsked, When, change, column, day, number, text};
use crate::report::{
    form::{Better, Grain, Kind},
    words::Unit,
};

macro_rules! at {
    ($place:literal, $value:expr) => {
        concat!(
            "SELECT minggu_mulai AS periode, ",
            $value,
            " AS nilai
FROM mart.antrean_layanan_mingguan
WHERE lokasi = '",
            $place,
            "' AND minggu_mulai BETWEEN CAST($awal AS DATE) AND CAST($minggu AS DATE)
GROUP BY minggu_mulai
ORDER BY periode"
        )
    };
}

macro_rules! letters {
    ($value:expr) => {
        concat!(
            "SELECT minggu_mulai AS periode, ",
            $value,
            " AS nilai
FROM mart.permohonan_kecamatan_mingguan
WHERE minggu_mulai BETWEEN CAST($awal AS DATE) AND CAST($minggu AS DATE)
GROUP BY minggu_mulai
ORDER BY periode"
        )
    };
}

const SERVICES: &[ColumnAsked] = &[
    text("layanan", ("Layanan", "Service")),
    number("ini", ("Pengunjung", "Visitors"), Unit::Bilangan),
    number("lalu", ("Minggu lalu", "Week before"), Unit::Bilangan),
    change("naik", ("Perubahan", "Change"), Unit::Bilangan),
    number("tunggu", ("Tunggu, median (menit)", "Wait, median (min)"), Unit::Menit),
    number(
        "tunggu90",
        ("Tunggu, 9 dari 10 (menit)", "Wait, 9 of 10 (min)"),
        Unit::Menit,
    ),
];

const REASONS: &[ColumnAsked] = &[
    text("nama", ("Layanan", "Service")),
    column(
        "atribusi",
        ("Sebab perubahan", "Reasons of the change"),
        Kind::Sentence,
        Unit::Bilangan,
        Read::Json,
    ),
    day("terakhir", ("Minggu", "Week of")),
];

pub(super) const LAYANAN: SectionAsked = SectionAsked {
    id: "layanan",
    title: ("Layanan publik", "Public services"),
    note: (
        "Mal Pelayanan Publik (MPP), Kafe Pelayanan Publik (CPP) dan surat desa.",
        "The public service mall (MPP), the service cafe (CPP) and village letters.",
    ),
    figures: &[
        FigureAsked {
            metric: "laporan.layanan.mpp",
            title: ("Pengunjung MPP", "Visitors of the MPP"),
            note: None,
            unit: Unit::Pengunjung,
            better: None,
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: at!("MPP", "sum(pengunjung)"),
        },
        FigureAsked {
            metric: "laporan.layanan.cpp",
            title: ("Pengunjung CPP", "Visitors of the CPP"),
            note: None,
            unit: Unit::Pengunjung,
            better: None,
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: at!("CPP", "sum(pengunjung)"),
        },
        FigureAsked {
            metric: "laporan.layanan.tunggu",
            title: ("Waktu tunggu MPP", "Wait at the MPP"),
            note: Some((
                "median per layanan, ditimbang pengunjung",
                "median per service, weighted by visitors",
            )),
            unit: Unit::Menit,
            better: Some(Better::Less),
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: at!(
                "MPP",
                "round(sum(tunggu_median_detik * pengunjung) / nullif(sum(pengunjung) FILTER (WHERE tunggu_median_detik IS NOT NULL), 0) / 60, 1)"
            ),
        },
        FigureAsked {
            metric: "laporan.layanan.tidak_hadir",
            title: ("Pemesan yang tidak datang", "No-shows"),
            note: Some(("dari antrean MPP", "of the queue at the MPP")),
            unit: Unit::Persen,
            better: Some(Better::Less),
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: at!(
                "MPP",
                "round(100.0 * sum(tidak_hadir) / nullif(sum(tidak_hadir) + sum(pengunjung), 0), 1)"
            ),
        },
        FigureAsked {
            metric: "laporan.layanan.surat",
            title: ("Surat desa diajukan", "Village letters requested"),
            note: None,
            unit: Unit::Surat,
            better: None,
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: letters!("sum(diajukan)"),
        },
        FigureAsked {
            metric: "laporan.layanan.tepat_waktu",
            title: ("Surat desa tepat waktu", "Village letters on time"),
            note: Some(("terhadap standar layanan", "against the service standard")),
            unit: Unit::Persen,
            better: Some(Better::More),
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: letters!("round(sum(persen_tepat_waktu * dinilai) / nullif(sum(dinilai), 0), 1)"),
        },
    ],
    tables: &[
        TableAsked {
            metric: "laporan.layanan.mpp_layanan",
            title: ("Layanan di MPP", "Services at the MPP"),
            note: None,
            columns: SERVICES,
            most: 20,
            asked: When::Then,
            sql: "SELECT max(nama_layanan) AS layanan,
    sum(pengunjung) FILTER (WHERE minggu_mulai = CAST($minggu AS DATE)) AS ini,
    sum(pengunjung) FILTER (WHERE minggu_mulai = CAST($lalu AS DATE)) AS lalu,
    coalesce(sum(pengunjung) FILTER (WHERE minggu_mulai = CAST($minggu AS DATE)), 0)
        - coalesce(sum(pengunjung) FILTER (WHERE minggu_mulai = CAST($lalu AS DATE)), 0) AS naik,
    round(max(tunggu_median_detik) FILTER (WHERE minggu_mulai = CAST($minggu AS DATE)) / 60, 1) AS tunggu,
    round(max(tunggu_p90_detik) FILTER (WHERE minggu_mulai = CAST($minggu AS DATE)) / 60.0, 1) AS tunggu90
FROM mart.antrean_layanan_mingguan
WHERE lokasi = 'MPP' AND minggu_mulai BETWEEN CAST($lalu AS DATE) AND CAST($minggu AS DATE)
GROUP BY kode_layanan
ORDER BY ini DESC NULLS LAST, layanan",
        },
        TableAsked {
            metric: "laporan.layanan.sebab",
            title: ("Sebab perubahan kunjungan", "Reasons of changed visits"),
            note: Some((
                "Layanan dengan peringatan yang berlaku pada minggu ini.",
                "Services with an alert that held in this week.",
            )),
            columns: REASONS,
            most: 20,
            asked: When::Then,
            sql: "SELECT coalesce(nama, unit) AS nama, atribusi, terakhir
FROM mart.alert
WHERE atribusi IS NOT NULL AND mulai <= CAST($ahad AS DATE) AND terakhir >= CAST($minggu AS DATE)
    AND (status <> 'closed' OR putusan IS NOT NULL)
ORDER BY nama, terakhir",
        },
    ],
};
