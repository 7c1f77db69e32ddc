//! Who did not report: deliveries that fell due within the week, and whether they have come. Leaders see no views, so
//! this works out from the tables what `mart.kelengkapan` works out for others.

use super::{ColumnAsked, FigureAsked, SectionAsked, TableAsked, When, codes, day, names, number, text};
use crate::report::{
    form::{Better, Grain},
    words::Unit,
};

/// Deliveries that fell due between `$awal_senin` and `$batas`, with their week and whether they have come.
macro_rules! due {
    () => {
        "WITH hari AS (
    SELECT *, tanggal AS akhir FROM mart.kalender WHERE tanggal BETWEEN CAST($jauh AS DATE) AND CAST($batas AS DATE)
),
periode AS (
    SELECT 'hari' AS irama, tanggal AS awal, akhir FROM hari
    UNION ALL SELECT 'hari_kerja', tanggal, akhir FROM hari WHERE hari_kerja
    UNION ALL SELECT 'hari_sekolah_5', tanggal, akhir FROM hari WHERE hari_sekolah_5
    UNION ALL SELECT 'hari_sekolah_6', tanggal, akhir FROM hari WHERE hari_sekolah_6
    UNION ALL SELECT 'minggu', tanggal, CAST(tanggal + INTERVAL '6 days' AS DATE) FROM hari WHERE hari_ke = 0
    UNION ALL SELECT 'bulan', tanggal, CAST(tanggal + INTERVAL '1 month' - INTERVAL '1 day' AS DATE)
        FROM hari WHERE date_part('day', tanggal) = 1
    UNION ALL SELECT 'triwulan', tanggal, CAST(tanggal + INTERVAL '3 months' - INTERVAL '1 day' AS DATE)
        FROM hari WHERE date_part('day', tanggal) = 1 AND date_part('month', tanggal) IN (1, 4, 7, 10)
    UNION ALL SELECT 'semester', tanggal, CAST(tanggal + INTERVAL '6 months' - INTERVAL '1 day' AS DATE)
        FROM hari WHERE date_part('day', tanggal) = 1 AND date_part('month', tanggal) IN (1, 7)
    UNION ALL SELECT 'tahun', tanggal, CAST(tanggal + INTERVAL '1 year' - INTERVAL '1 day' AS DATE)
        FROM hari WHERE date_part('day', tanggal) = 1 AND date_part('month', tanggal) = 1
),
awal_umpan AS (
    SELECT umpan, min(periode_mulai) AS sejak FROM mart.kelengkapan_terima GROUP BY umpan
),
awal_unit AS (
    SELECT umpan, unit, min(periode_mulai) AS sejak, max(periode_mulai) AS hingga
    FROM mart.kelengkapan_terima
    GROUP BY umpan, unit
),
tagihan AS (
    SELECT u.umpan, u.unit, u.nama_unit, u.kode_instansi, u.nama_instansi, p.awal, s.hingga,
        coalesce(u.bentuk = 'keadaan' AND p.awal <= s.hingga, false) AS terlampaui,
        CASE
            WHEN u.tenggat_hari IS NULL THEN CAST(p.akhir + INTERVAL '1 month' AS DATE)
            ELSE CAST(CAST(p.akhir AS INT) + u.tenggat_hari AS DATE)
        END AS jatuh_tempo
    FROM mart.kelengkapan_unit u
    JOIN periode p ON p.irama = u.irama
    JOIN awal_umpan a ON a.umpan = u.umpan
    LEFT JOIN awal_unit s ON s.umpan = u.umpan AND s.unit = u.unit
    WHERE p.awal >= CASE WHEN u.sifat = 'lazim' THEN s.sejak ELSE a.sejak END
        AND (u.berlaku_mulai IS NULL OR p.awal >= u.berlaku_mulai)
        AND (u.berlaku_sampai IS NULL OR p.akhir <= u.berlaku_sampai)
),
kiriman AS (
    SELECT g.*, CAST(date_trunc('week', g.jatuh_tempo) AS DATE) AS minggu, t.unit IS NOT NULL OR g.terlampaui AS masuk
    FROM tagihan g
    LEFT JOIN mart.kelengkapan_terima t ON t.umpan = g.umpan AND t.unit = g.unit AND t.periode_mulai = g.awal
    WHERE g.jatuh_tempo BETWEEN CAST($awal_senin AS DATE) AND CAST($batas AS DATE)
)
"
    };
}

const MISSING: &[ColumnAsked] = &[
    // A village is one of many that send the same: they stand together.
    codes("instansi", ("Instansi", "Institution"), names::VILLAGES),
    codes("umpan", ("Data", "Data"), names::FEEDS),
    number("tagihan", ("Jatuh tempo", "Due"), Unit::Bilangan),
    number("masuk", ("Masuk", "Received"), Unit::Bilangan),
    number("belum", ("Belum", "Missing"), Unit::Bilangan),
    number("unit", ("Unit yang belum", "Units missing"), Unit::Bilangan),
    text("contoh", ("Antara lain", "Such as")),
    day("terakhir", ("Periode terakhir", "Last period")),
];

pub(super) const PENGIRIMAN: SectionAsked = SectionAsked {
    id: "pengiriman",
    title: ("Kiriman data", "Deliveries of data"),
    note: (
        "Kiriman yang jatuh tempo pada minggu ini, dan yang belum masuk ketika laporan dibuat.",
        "Deliveries that fell due in this week, and those that had not come when the briefing was made.",
    ),
    figures: &[
        FigureAsked {
            metric: "laporan.pengiriman.masuk",
            title: ("Kiriman yang masuk", "Deliveries received"),
            note: Some(("dari yang jatuh tempo", "of those due")),
            unit: Unit::Persen,
            better: Some(Better::More),
            grain: Grain::Minggu,
            counts: false,
            asked: When::Then,
            sql: concat!(
                due!(),
                "SELECT minggu AS periode, round(100.0 * count(*) FILTER (WHERE masuk) / count(*), 1) AS nilai
FROM kiriman GROUP BY minggu ORDER BY periode"
            ),
        },
        FigureAsked {
            metric: "laporan.pengiriman.belum",
            title: ("Kiriman yang belum masuk", "Deliveries missing"),
            note: None,
            unit: Unit::Bilangan,
            better: Some(Better::Less),
            grain: Grain::Minggu,
            counts: false,
            asked: When::Then,
            sql: concat!(
                due!(),
                "SELECT minggu AS periode, count(*) FILTER (WHERE NOT masuk) AS nilai FROM kiriman GROUP BY minggu ORDER BY periode"
            ),
        },
    ],
    tables: &[TableAsked {
        metric: "laporan.pengiriman.daftar",
        title: ("Siapa yang belum mengirim", "Who has not delivered"),
        note: Some((
            "Satu kiriman adalah satu periode dari satu unit: satu sekolah pada satu hari, satu puskesmas pada satu minggu.",
            "A delivery is one period of one unit: one school on one day, one health centre in one week.",
        )),
        columns: MISSING,
        most: 60,
        asked: When::Then,
        sql: concat!(
            due!(),
            "SELECT instansi, umpan, count(*) AS tagihan, count(*) FILTER (WHERE masuk) AS masuk,
    count(*) FILTER (WHERE NOT masuk) AS belum, count(DISTINCT unit) FILTER (WHERE NOT masuk) AS unit,
    min(nama_unit) FILTER (WHERE NOT masuk) AS contoh, max(hingga) AS terakhir
FROM (
    SELECT *,
        CASE
            WHEN kode_instansi LIKE 'desa-%' OR kode_instansi LIKE 'kelurahan-%' THEN 'desa_kelurahan'
            ELSE nama_instansi
        END AS instansi
    FROM kiriman
)
WHERE minggu = CAST($senin AS DATE)
GROUP BY instansi, umpan
HAVING count(*) FILTER (WHERE NOT masuk) > 0
ORDER BY belum DESC, instansi, umpan"
        ),
    }],
};
