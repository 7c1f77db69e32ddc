//! How content people are, and what the regency aimed at: figures of months and quarters, and the complaints of the week.

use super::{ColumnAsked, FigureAsked, SectionAsked, TableAsked, When, change, codes, names, number, text};
use crate::report::{
    form::{Better, Grain},
    words::Unit,
};

macro_rules! monthly {
    ($value:expr, $table:literal) => {
        concat!(
            "SELECT bulan AS periode, ",
            $value,
            " AS nilai
FROM mart.",
            $table,
            "
WHERE bulan BETWEEN CAST($awal_bulan AS DATE) AND CAST($bulan AS DATE)
GROUP BY bulan
ORDER BY periode"
        )
    };
}

const INDEX: &[ColumnAsked] = &[
    text("instansi", ("Instansi", "Institution")),
    number("ikm", ("IKM", "Index"), Unit::Indeks),
    number("lalu", ("Bulan lalu", "Month before"), Unit::Indeks),
    change("naik", ("Perubahan", "Change"), Unit::Indeks),
    text("mutu", ("Mutu", "Class")),
    number("jawaban", ("Jawaban", "Answers"), Unit::Bilangan),
    codes("terendah", ("Unsur terendah", "Weakest element"), names::ELEMENTS),
];

const COMPLAINTS: &[ColumnAsked] = &[
    text("instansi", ("Instansi", "Institution")),
    number("masuk", ("Masuk", "Received"), Unit::Bilangan),
    number("selesai", ("Selesai", "Settled"), Unit::Bilangan),
    number("terbuka", ("Masih terbuka", "Still open"), Unit::Bilangan),
    number(
        "tanggap",
        ("Tanggapan pertama, median (jam)", "First answer, median (h)"),
        Unit::Jam,
    ),
];

pub(super) const KEPUASAN: SectionAsked = SectionAsked {
    id: "kepuasan",
    title: ("Kepuasan dan pengaduan", "Satisfaction and complaints"),
    note: (
        "Indeks Kepuasan Masyarakat (PermenPAN-RB 14/2017) dan penilaian bintang dari bulan terakhir yang sudah lewat; pengaduan dari minggu ini.",
        "The public satisfaction index (PermenPAN-RB 14/2017) and star ratings are of the last month that is over; complaints are of the week.",
    ),
    figures: &[
        FigureAsked {
            metric: "laporan.kepuasan.ikm",
            title: ("Kepuasan masyarakat (IKM)", "Public satisfaction (IKM)"),
            note: Some(("ditimbang jumlah jawaban", "weighted by answers")),
            unit: Unit::Indeks,
            better: Some(Better::More),
            grain: Grain::Bulan,
            counts: false,
            asked: When::Then,
            sql: monthly!(
                "round(sum(ikm_eksak * n) / nullif(sum(n) FILTER (WHERE ikm_eksak IS NOT NULL), 0), 2)",
                "skm_unit_bulanan"
            ),
        },
        FigureAsked {
            metric: "laporan.kepuasan.bintang",
            title: ("Penilaian bintang", "Star rating"),
            note: None,
            unit: Unit::Bintang,
            better: Some(Better::More),
            grain: Grain::Bulan,
            counts: false,
            asked: When::Then,
            sql: monthly!("round(max(rata_semua), 2)", "penilaian_unit_bulanan"),
        },
        FigureAsked {
            metric: "laporan.kepuasan.pengaduan",
            title: ("Pengaduan masuk", "Complaints received"),
            note: None,
            unit: Unit::Pengaduan,
            better: Some(Better::Less),
            grain: Grain::Epi,
            counts: false,
            asked: When::Then,
            sql: "SELECT minggu_mulai AS periode, sum(masuk) AS nilai
FROM mart.pengaduan_mingguan
WHERE minggu_mulai BETWEEN CAST($awal AS DATE) AND CAST($minggu AS DATE)
GROUP BY minggu_mulai
ORDER BY periode",
        },
    ],
    tables: &[
        TableAsked {
            metric: "laporan.kepuasan.unit",
            title: ("Instansi dengan IKM terendah", "Institutions with the lowest index"),
            note: Some((
                "Di bawah lima jawaban nilai tidak ditampilkan.",
                "With fewer than five answers nothing is shown.",
            )),
            columns: INDEX,
            most: 15,
            asked: When::Then,
            sql: "SELECT coalesce(d.nama, k.kode_instansi) AS instansi, k.ikm, l.ikm AS lalu, round(k.ikm - l.ikm, 2) AS naik, k.mutu,
    k.n AS jawaban, k.unsur_terendah AS terendah
FROM mart.skm_unit_bulanan k
LEFT JOIN mart.skm_unit_bulanan l
    ON l.kode_instansi = k.kode_instansi AND l.bulan = CAST($bulan_lalu AS DATE)
LEFT JOIN mart.daftar_instansi d ON d.id = k.kode_instansi
WHERE k.bulan = CAST($bulan AS DATE) AND k.ikm IS NOT NULL
ORDER BY k.ikm, instansi",
        },
        TableAsked {
            metric: "laporan.kepuasan.pengaduan_instansi",
            title: ("Pengaduan per instansi", "Complaints by institution"),
            note: None,
            columns: COMPLAINTS,
            most: 20,
            asked: When::Then,
            sql: "SELECT coalesce(max(d.nama), p.kode_instansi) AS instansi, sum(p.masuk) AS masuk, sum(p.selesai) AS selesai,
    sum(p.terbuka) AS terbuka, round(median(p.tanggap_median_jam), 1) AS tanggap
FROM mart.pengaduan_mingguan p
LEFT JOIN mart.daftar_instansi d ON d.id = p.kode_instansi
WHERE p.minggu_mulai = CAST($minggu AS DATE)
GROUP BY p.kode_instansi
HAVING sum(p.masuk) > 0
ORDER BY masuk DESC, instansi",
        },
    ],
};

const BUDGETS: &[ColumnAsked] = &[
    text("instansi", ("Instansi", "Institution")),
    number("serapan", ("Serapan", "Absorbed"), Unit::Persen),
    number("sasaran", ("Bagian tahun", "Share of the year"), Unit::Persen),
    change("selisih", ("Selisih", "Difference"), Unit::Persen),
];

pub(super) const KINERJA: SectionAsked = SectionAsked {
    id: "kinerja",
    title: ("Anggaran dan kinerja", "Budget and performance"),
    note: (
        "Serapan sejak awal tahun menurut bulan terakhir yang sudah lewat; sasarannya bagian tahun yang sudah berjalan. Kinerja menurut triwulan terakhir yang dilaporkan.",
        "Absorption since January by the last month that is over; its target is the share of the year that has passed. Performance by the last quarter that was reported.",
    ),
    figures: &[
        FigureAsked {
            metric: "laporan.kinerja.serapan",
            title: ("Serapan anggaran", "Budget absorbed"),
            note: Some(("sejak awal tahun", "since January")),
            unit: Unit::Persen,
            better: Some(Better::More),
            grain: Grain::Bulan,
            counts: false,
            asked: When::Then,
            sql: "SELECT make_date(CAST(tahun AS INT), CAST(bulan AS INT), 1) AS periode,
    round(100.0 * sum(realisasi_rp) / nullif(sum(pagu_rp), 0), 1) AS nilai, round(max(serapan_linear_persen), 1) AS sasaran
FROM mart.anggaran_serapan
WHERE make_date(CAST(tahun AS INT), CAST(bulan AS INT), 1) BETWEEN CAST($awal_bulan AS DATE) AND CAST($bulan AS DATE)
GROUP BY tahun, bulan
ORDER BY periode",
        },
        FigureAsked {
            metric: "laporan.kinerja.tercapai",
            title: ("Indikator kinerja tercapai", "Performance targets met"),
            note: Some(("dari yang dilaporkan", "of those reported")),
            unit: Unit::Persen,
            better: Some(Better::More),
            grain: Grain::Triwulan,
            counts: false,
            asked: When::Then,
            sql: "SELECT make_date(CAST(tahun AS INT), CAST(triwulan * 3 - 2 AS INT), 1) AS periode,
    round(100.0 * count(*) FILTER (WHERE tercapai) / nullif(count(*) FILTER (WHERE dilaporkan), 0), 1) AS nilai
FROM mart.kinerja_capaian
WHERE make_date(CAST(tahun AS INT), CAST(triwulan * 3 - 2 AS INT), 1) <= CAST($ahad AS DATE)
GROUP BY tahun, triwulan
HAVING count(*) FILTER (WHERE dilaporkan) > 0
ORDER BY periode",
        },
    ],
    tables: &[TableAsked {
        metric: "laporan.kinerja.instansi",
        title: ("Serapan yang paling tertinggal", "Absorption that lags most"),
        note: None,
        columns: BUDGETS,
        most: 10,
        asked: When::Then,
        sql: "SELECT coalesce(d.nama, a.kode_instansi) AS instansi,
    round(100.0 * a.realisasi_rp / nullif(a.pagu_rp, 0), 1) AS serapan, round(a.serapan_linear_persen, 1) AS sasaran,
    round(100.0 * a.realisasi_rp / nullif(a.pagu_rp, 0) - a.serapan_linear_persen, 1) AS selisih
FROM mart.anggaran_serapan a
LEFT JOIN mart.daftar_instansi d ON d.id = a.kode_instansi
WHERE make_date(CAST(a.tahun AS INT), CAST(a.bulan AS INT), 1) = CAST($bulan AS DATE) AND a.pagu_rp > 0
ORDER BY selisih, instansi",
    }],
};
