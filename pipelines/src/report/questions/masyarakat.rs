//! Schools and health centres. The marts count weeks from Sunday to Saturday; schools teach on none of the Sundays.

use super::{ColumnAsked, FigureAsked, SectionAsked, TableAsked, When, change, codes, names, number, text};
use crate::report::{
    form::{Better, Grain},
    words::Unit,
};

/// Weeks in which hardly anybody teaches have rates of few.
macro_rules! absence {
    ($value:expr) => {
        concat!(
            "SELECT minggu_mulai AS periode, ",
            $value,
            " AS nilai
FROM mart.kehadiran_kecamatan_mingguan
WHERE minggu_mulai BETWEEN CAST($awal AS DATE) AND CAST($minggu AS DATE)
GROUP BY minggu_mulai
HAVING sum(hari_seharusnya) > 0 AND sum(murid_hari) > 0
ORDER BY periode"
        )
    };
}

const BY_KECAMATAN: &[ColumnAsked] = &[
    text("kecamatan", ("Kecamatan", "Kecamatan")),
    number("ini", ("Minggu ini", "This week"), Unit::Persen),
    number("lalu", ("Minggu lalu", "Week before"), Unit::Persen),
    change("naik", ("Perubahan", "Change"), Unit::Persen),
    number("sakit", ("Sakit", "Ill"), Unit::Persen),
    number("lapor", ("Laporan masuk", "Reports in"), Unit::Persen),
];

pub(super) const PENDIDIKAN: SectionAsked = SectionAsked {
    id: "pendidikan",
    title: ("Kehadiran murid", "Attendance of pupils"),
    note: (
        "Dari laporan harian sekolah, hari sekolah saja. Laporan yang belum masuk bukan nol.",
        "From the daily reports of schools, school days only. A report that has not come is not zero.",
    ),
    figures: &[
        FigureAsked {
            metric: "laporan.pendidikan.tidak_hadir",
            title: ("Murid tidak hadir", "Pupils absent"),
            note: Some(("dari hari-murid yang dilaporkan", "of the pupil-days reported")),
            unit: Unit::Persen,
            better: Some(Better::Less),
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: absence!("round(100.0 * sum(tidak_hadir) / sum(murid_hari), 2)"),
        },
        FigureAsked {
            metric: "laporan.pendidikan.sakit",
            title: ("Murid sakit", "Pupils ill"),
            note: Some(("dari hari-murid yang dilaporkan", "of the pupil-days reported")),
            unit: Unit::Persen,
            better: Some(Better::Less),
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: absence!("round(100.0 * sum(sakit) / sum(murid_hari), 2)"),
        },
        FigureAsked {
            metric: "laporan.pendidikan.lapor",
            title: ("Laporan sekolah yang masuk", "School reports received"),
            note: Some(("dari yang seharusnya", "of those owed")),
            unit: Unit::Persen,
            better: Some(Better::More),
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: absence!("round(100.0 * sum(hari_lapor) / sum(hari_seharusnya), 1)"),
        },
    ],
    tables: &[TableAsked {
        metric: "laporan.pendidikan.kecamatan",
        title: ("Tidak hadir per kecamatan", "Absent by kecamatan"),
        note: Some((
            "Kenaikan terbesar lebih dahulu.",
            "The largest rise first.",
        )),
        columns: BY_KECAMATAN,
        most: 60,
        asked: When::Then,
        sql: "SELECT coalesce(d.nama, k.kode_kecamatan) AS kecamatan, k.persen_tidak_hadir AS ini, l.persen_tidak_hadir AS lalu,
    round(k.persen_tidak_hadir - l.persen_tidak_hadir, 2) AS naik, k.persen_sakit AS sakit,
    round(100.0 * k.hari_lapor / nullif(k.hari_seharusnya, 0), 1) AS lapor
FROM mart.kehadiran_kecamatan_mingguan k
LEFT JOIN mart.kehadiran_kecamatan_mingguan l
    ON l.kode_kecamatan = k.kode_kecamatan AND l.minggu_mulai = CAST($lalu AS DATE)
LEFT JOIN mart.daftar_kecamatan d ON d.kode = k.kode_kecamatan
WHERE k.minggu_mulai = CAST($minggu AS DATE)
ORDER BY naik DESC NULLS LAST, kecamatan",
    }],
};

/// The report of the health centre where there is one, else its visits. Withheld counts (1 to 4) stay out of sums.
macro_rules! cases {
    () => {
        "coalesce(kasus_laporan, kasus_kunjungan)"
    };
}

/// A sum of nothing but withheld counts is not zero.
macro_rules! disease {
    ($value:expr, $slug:literal) => {
        concat!(
            "SELECT minggu_mulai AS periode,
    CASE
        WHEN sum(",
            $value,
            ") = 0 AND count(*) FILTER (WHERE ",
            $value,
            " IS NULL AND puskesmas_kunjungan + puskesmas_laporan > 0) > 0 THEN NULL
        ELSE sum(",
            $value,
            ")
    END AS nilai
FROM mart.skdr_kecamatan_mingguan
WHERE slug = '",
            $slug,
            "' AND minggu_mulai BETWEEN CAST($awal AS DATE) AND CAST($minggu AS DATE)
GROUP BY minggu_mulai
ORDER BY periode"
        )
    };
}

const DISEASES: &[ColumnAsked] = &[
    codes("penyakit", ("Penyakit", "Disease"), names::DISEASES),
    number("ini", ("Minggu ini", "This week"), Unit::Bilangan),
    number("lalu", ("Minggu lalu", "Week before"), Unit::Bilangan),
    change("naik", ("Perubahan", "Change"), Unit::Bilangan),
    number("rata", ("Rata-rata 8 minggu", "Mean of 8 weeks"), Unit::Rata),
    number("kecamatan", ("Kecamatan", "Kecamatan"), Unit::Bilangan),
];

pub(super) const KESEHATAN: SectionAsked = SectionAsked {
    id: "kesehatan",
    title: ("Penyakit", "Diseases"),
    note: (
        "Kewaspadaan dini (SKDR) per minggu epidemiologi. Angka 1 sampai 4 per kecamatan ditahan dan tidak ikut dijumlah.",
        "Early warning (SKDR) by epidemiological week. Counts of 1 to 4 per kecamatan are withheld and not in the sums.",
    ),
    figures: &[
        FigureAsked {
            metric: "laporan.kesehatan.kunjungan",
            title: ("Kunjungan puskesmas", "Health centre visits"),
            note: None,
            unit: Unit::Kunjungan,
            better: None,
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: disease!("kunjungan", "total"),
        },
        FigureAsked {
            metric: "laporan.kesehatan.ispa",
            title: ("ISPA", "Acute respiratory infections"),
            note: None,
            unit: Unit::Kasus,
            better: Some(Better::Less),
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: disease!(cases!(), "ispa"),
        },
        FigureAsked {
            metric: "laporan.kesehatan.diare",
            title: ("Diare akut", "Acute diarrhoea"),
            note: None,
            unit: Unit::Kasus,
            better: Some(Better::Less),
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: disease!(cases!(), "diare_akut"),
        },
        FigureAsked {
            metric: "laporan.kesehatan.dengue",
            title: ("Suspek dengue", "Suspected dengue"),
            note: None,
            unit: Unit::Kasus,
            better: Some(Better::Less),
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: disease!(cases!(), "suspek_dengue"),
        },
    ],
    tables: &[TableAsked {
        metric: "laporan.kesehatan.penyakit",
        title: ("Penyakit minggu ini", "Diseases of the week"),
        note: Some((
            "Kolom terakhir: kecamatan dengan sedikitnya lima kasus.",
            "Last column: kecamatan with at least five cases.",
        )),
        columns: DISEASES,
        most: 20,
        asked: When::Then,
        sql: concat!(
            "SELECT slug AS penyakit, ini, lalu, ini - lalu AS naik,
    round(delapan / nullif(CAST(minggu AS DOUBLE), 0), 1) AS rata, kecamatan
FROM (
    SELECT slug,
        sum(",
            cases!(),
            ") FILTER (WHERE minggu_mulai = CAST($minggu AS DATE)) AS ini,
        sum(",
            cases!(),
            ") FILTER (WHERE minggu_mulai = CAST($lalu AS DATE)) AS lalu,
        sum(",
            cases!(),
            ") FILTER (WHERE minggu_mulai < CAST($minggu AS DATE)) AS delapan,
        count(DISTINCT minggu_mulai) FILTER (WHERE minggu_mulai < CAST($minggu AS DATE)) AS minggu,
        count(*) FILTER (WHERE minggu_mulai = CAST($minggu AS DATE) AND ",
            cases!(),
            " > 0) AS kecamatan
    FROM mart.skdr_kecamatan_mingguan
    WHERE slug <> 'total' AND minggu_mulai BETWEEN CAST($delapan AS DATE) AND CAST($minggu AS DATE)
    GROUP BY slug
)
WHERE ini > 0 OR lalu > 0
ORDER BY ini DESC NULLS LAST, penyakit"
        ),
    }],
};
