/*
title: Pengaduan per instansi per minggu
title_en: Complaints per institution and week
description: >-
  Complaints by the week in which they came in (Sunday to Saturday, WIB), institution and category, with what has become
  of them so far. The time to the first answer is elapsed time in hours, nights and weekends included, as the citizen
  waits; an answer dated before the complaint has none. About a village's office nothing is told of 1 to 4 complaints but
  that there were some.
owner: kominfo
grain: one category of complaints about one institution in one week
kind: table
key: [minggu_mulai, kode_instansi, kategori]
slice: minggu_mulai
sources:
  data.pengaduan: CAST(CAST(CAST(diterima_pada + INTERVAL '7 hours' AS DATE) AS INT) - (CAST(CAST(diterima_pada + INTERVAL '7 hours' AS DATE) AS INT) + 4) % 7 AS DATE)
institution: kode_instansi
access: pimpinan
classification: terbatas
*/
WITH pengaduan AS (
    SELECT
        CAST(diterima_pada + INTERVAL '7 hours' AS DATE) AS tanggal,
        kode_instansi,
        kategori,
        kanal,
        status,
        ditanggapi_pada,
        selesai_pada,
        CASE WHEN ditanggapi_pada >= diterima_pada
            THEN (date_part('epoch', ditanggapi_pada) - date_part('epoch', diterima_pada)) / 3600 END AS jam_tanggap
    FROM data.pengaduan
),
mingguan AS (
    SELECT *, CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 AS DATE) AS minggu_mulai
    FROM pengaduan
),
peringkat AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY minggu_mulai, kode_instansi, kategori ORDER BY jam_tanggap NULLS LAST) AS urutan,
        count(jam_tanggap) OVER (PARTITION BY minggu_mulai, kode_instansi, kategori) AS terukur
    FROM mingguan
),
hitung AS (
    SELECT
        minggu_mulai,
        kode_instansi,
        kategori,
        count(*) AS masuk,
        count(*) FILTER (WHERE kanal IN ('lapor', 'wa')) AS daring,
        count(ditanggapi_pada) AS ditanggapi,
        count(*) FILTER (WHERE status = 'selesai') AS selesai,
        count(*) FILTER (WHERE status = 'ditolak') AS ditolak,
        count(*) FILTER (WHERE status IN ('baru', 'diproses', 'ditanggapi')) AS terbuka,
        round(median(jam_tanggap), 2) AS tanggap_median_jam,
        -- The hours that nine of ten did not exceed, by rank.
        round(max(CASE WHEN urutan = (9 * terukur + 9) / 10 THEN jam_tanggap END), 2) AS tanggap_p90_jam
    FROM peringkat
    GROUP BY minggu_mulai, kode_instansi, kategori
),
buka AS (
    SELECT *, starts_with(kode_instansi, 'desa-') AND masuk < 5 AS tutup FROM hitung
)
SELECT
    minggu_mulai,
    kode_instansi,
    kategori,
    CASE WHEN tutup THEN NULL ELSE masuk END AS masuk,
    CASE WHEN tutup THEN NULL ELSE daring END AS daring,
    CASE WHEN tutup THEN NULL ELSE ditanggapi END AS ditanggapi,
    CASE WHEN tutup THEN NULL ELSE selesai END AS selesai,
    CASE WHEN tutup THEN NULL ELSE ditolak END AS ditolak,
    CASE WHEN tutup THEN NULL ELSE terbuka END AS terbuka,
    CASE WHEN tutup THEN NULL ELSE tanggap_median_jam END AS tanggap_median_jam,
    CASE WHEN tutup THEN NULL ELSE tanggap_p90_jam END AS tanggap_p90_jam
FROM buka
