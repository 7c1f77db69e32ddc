/*
title: Penilaian layanan per instansi per bulan
title_en: Service ratings per institution and month
description: >-
  Stars (1 to 5) per institution and month (WIB) and the inputs of the rating-based allowance. One rating counts per
  ticket, the last one; ratings without a ticket are counted apart and weigh nothing. penilaian_terbit draws small
  numbers towards the mean m of all institutions of the month: (sum + 10 m) / (n + 10). Below 30 ratings the status is
  belum_cukup and no consequence may be drawn. The factor itself is worked out by the rule that a regulation fixes, from
  the whole numbers here, never from a rounded rating. Of a village's office with fewer than five
  ratings of either kind nothing is told, and its ratings still count in the means of all.
owner: setda
grain: one institution in one month
kind: table
key: [bulan, kode_instansi]
slice: bulan
sources:
  data.penilaian_layanan: CAST(CAST(CAST(dikirim_pada + INTERVAL '7 hours' AS DATE) AS INT) - CAST(EXTRACT(DAY FROM dikirim_pada + INTERVAL '7 hours') AS INT) + 1 AS DATE)
institution: kode_instansi
access: pimpinan
classification: terbatas
*/
WITH penilaian AS (
    SELECT
        CAST(date_trunc('month', dikirim_pada + INTERVAL '7 hours') AS DATE) AS bulan,
        kode_instansi,
        tiket_id,
        nilai,
        dikirim_pada,
        penilaian_id
    FROM data.penilaian_layanan
),
urut AS (
    SELECT
        bulan,
        kode_instansi,
        nilai,
        tiket_id IS NULL AS tanpa_tiket,
        row_number() OVER (
            PARTITION BY bulan, kode_instansi, tiket_id ORDER BY dikirim_pada DESC, penilaian_id DESC
        ) AS ke
    FROM penilaian
),
jumlah AS (
    SELECT
        bulan,
        kode_instansi,
        count(*) FILTER (WHERE NOT tanpa_tiket AND ke = 1) AS n,
        coalesce(sum(nilai) FILTER (WHERE NOT tanpa_tiket AND ke = 1), 0) AS jumlah_nilai,
        count(*) FILTER (WHERE NOT tanpa_tiket AND ke = 1 AND nilai <= 2) AS n_rendah,
        count(*) FILTER (WHERE NOT tanpa_tiket AND ke = 1 AND nilai >= 4) AS n_tinggi,
        count(*) FILTER (WHERE NOT tanpa_tiket AND ke > 1) AS n_ganda,
        count(*) FILTER (WHERE tanpa_tiket) AS n_tanpa_tiket
    FROM urut
    GROUP BY bulan, kode_instansi
),
semua AS (
    SELECT
        *,
        starts_with(kode_instansi, 'desa-') AND n + n_tanpa_tiket < 5 AS tutup,
        sum(n) OVER (PARTITION BY bulan) AS n_semua,
        sum(jumlah_nilai) OVER (PARTITION BY bulan) AS jumlah_nilai_semua
    FROM jumlah
)
SELECT
    bulan,
    kode_instansi,
    CASE WHEN tutup THEN NULL ELSE n END AS n,
    CASE WHEN tutup THEN NULL ELSE jumlah_nilai END AS jumlah_nilai,
    CASE WHEN tutup THEN NULL ELSE n_rendah END AS n_rendah,
    CASE WHEN tutup THEN NULL ELSE n_tinggi END AS n_tinggi,
    CASE WHEN tutup THEN NULL ELSE n_ganda END AS n_ganda,
    CASE WHEN tutup THEN NULL ELSE n_tanpa_tiket END AS n_tanpa_tiket,
    n_semua,
    jumlah_nilai_semua,
    CASE WHEN tutup THEN NULL ELSE round(CAST(jumlah_nilai AS DOUBLE) / nullif(n, 0), 4) END AS rata,
    round(CAST(jumlah_nilai_semua AS DOUBLE) / nullif(n_semua, 0), 4) AS rata_semua,
    CASE WHEN tutup THEN NULL
        ELSE round((jumlah_nilai + 10.0 * jumlah_nilai_semua / nullif(n_semua, 0)) / (n + 10), 4) END AS penilaian_terbit,
    CASE WHEN n >= 30 THEN 'cukup' ELSE 'belum_cukup' END AS status
FROM semua
