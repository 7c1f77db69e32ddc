/*
title: Kelengkapan laporan
title_en: Completeness of the deliveries
description: >-
  Every delivery that a unit of a feed owes, for periods that have begun: lengkap when it came, terlambat when its due
  day has passed without it, belum until then. Covers 400 days back from the latest delivery of any feed, 830 for yearly
  ones. Feeds owe nothing before their first delivery, and units with sifat lazim nothing before their own. A register
  (bentuk keadaan) that was brought up to date later is complete for the periods before. lengkap_hingga is the latest
  period for which the unit has delivered at all.
owner: kominfo
grain: one period of one unit of one feed
kind: view
sources:
  mart.kelengkapan_unit: all
  mart.kelengkapan_terima: all
  mart.kalender: all
region: kode_wilayah
institution: kode_instansi
access: pimpinan
classification: terbatas
*/
WITH terakhir AS (
    -- Lists of a year may come before it: they do not say how far the feeds have got.
    SELECT max(periode_mulai) AS tanggal
    FROM mart.kelengkapan_terima
    WHERE umpan <> 'hari_libur' AND umpan <> 'kalender_pendidikan'
),
lama AS (
    SELECT k.*, k.tanggal AS akhir, k.tanggal >= t.tanggal - INTERVAL '400 days' AS dekat
    FROM mart.kalender k
    CROSS JOIN terakhir t
    WHERE k.tanggal >= t.tanggal - INTERVAL '830 days' AND k.tanggal <= CAST(now() + INTERVAL '7 hours' AS DATE)
),
hari AS (
    SELECT * FROM lama WHERE dekat
),
periode AS (
    SELECT 'hari' AS irama, tanggal AS periode_mulai, akhir AS periode_akhir FROM hari
    UNION ALL
    SELECT 'hari_kerja', tanggal, akhir FROM hari WHERE hari_kerja
    UNION ALL
    SELECT 'hari_sekolah_5', tanggal, akhir FROM hari WHERE hari_sekolah_5
    UNION ALL
    SELECT 'hari_sekolah_6', tanggal, akhir FROM hari WHERE hari_sekolah_6
    UNION ALL
    SELECT 'minggu', tanggal, CAST(tanggal + INTERVAL '6 days' AS DATE) FROM hari WHERE hari_ke = 0
    UNION ALL
    SELECT 'bulan', tanggal, CAST(tanggal + INTERVAL '1 month' - INTERVAL '1 day' AS DATE)
    FROM hari
    WHERE date_part('day', tanggal) = 1
    UNION ALL
    SELECT 'triwulan', tanggal, CAST(tanggal + INTERVAL '3 months' - INTERVAL '1 day' AS DATE)
    FROM hari
    WHERE date_part('day', tanggal) = 1 AND date_part('month', tanggal) IN (1, 4, 7, 10)
    UNION ALL
    SELECT 'semester', tanggal, CAST(tanggal + INTERVAL '6 months' - INTERVAL '1 day' AS DATE)
    FROM hari
    WHERE date_part('day', tanggal) = 1 AND date_part('month', tanggal) IN (1, 7)
    UNION ALL
    SELECT 'tahun', tanggal, CAST(tanggal + INTERVAL '1 year' - INTERVAL '1 day' AS DATE)
    FROM lama
    WHERE date_part('day', tanggal) = 1 AND date_part('month', tanggal) = 1
),
-- Since when a delivery can be asked for: from the first of anybody, or from the unit's own.
awal_umpan AS (
    SELECT umpan, min(periode_mulai) AS sejak FROM mart.kelengkapan_terima GROUP BY umpan
),
awal_unit AS (
    SELECT umpan, unit, min(periode_mulai) AS sejak, max(periode_mulai) AS hingga
    FROM mart.kelengkapan_terima
    GROUP BY umpan, unit
),
wajib AS (
    SELECT
        u.*,
        CASE WHEN u.sifat = 'lazim' THEN s.sejak ELSE a.sejak END AS sejak,
        s.hingga
    FROM mart.kelengkapan_unit u
    JOIN awal_umpan a ON a.umpan = u.umpan
    LEFT JOIN awal_unit s ON s.umpan = u.umpan AND s.unit = u.unit
),
tagihan AS (
    SELECT
        w.umpan,
        w.unit,
        w.nama_unit,
        w.kode_instansi,
        w.nama_instansi,
        w.kode_wilayah,
        w.sifat,
        p.periode_mulai,
        p.periode_akhir,
        w.hingga,
        coalesce(w.bentuk = 'keadaan' AND p.periode_mulai <= w.hingga, false) AS terlampaui,
        CASE
            WHEN w.tenggat_hari IS NULL THEN CAST(p.periode_akhir + INTERVAL '1 month' AS DATE)
            ELSE CAST(CAST(p.periode_akhir AS INT) + w.tenggat_hari AS DATE)
        END AS jatuh_tempo
    FROM wajib w
    JOIN periode p ON p.irama = w.irama
    WHERE p.periode_mulai >= w.sejak
        AND (w.berlaku_mulai IS NULL OR p.periode_mulai >= w.berlaku_mulai)
        AND (w.berlaku_sampai IS NULL OR p.periode_akhir <= w.berlaku_sampai)
)
SELECT
    g.umpan,
    g.unit,
    g.nama_unit,
    g.kode_instansi,
    g.nama_instansi,
    g.kode_wilayah,
    g.sifat,
    g.periode_mulai,
    g.periode_akhir,
    g.jatuh_tempo,
    g.hingga AS lengkap_hingga,
    CASE
        WHEN t.unit IS NOT NULL OR g.terlampaui THEN 'lengkap'
        WHEN g.jatuh_tempo < CAST(now() + INTERVAL '7 hours' AS DATE) THEN 'terlambat'
        ELSE 'belum'
    END AS status
FROM tagihan g
LEFT JOIN mart.kelengkapan_terima t
    ON t.umpan = g.umpan AND t.unit = g.unit AND t.periode_mulai = g.periode_mulai
