/*
title: Neraca penduduk per desa per bulan
title_en: Population balance per village and month
description: >-
  Registered population of a village through the months: start + births - deaths + arrivals - departures = end, by the
  month (WIB) in which the registry recorded the event, since the semester figures (saldo_penduduk) hold what had been
  recorded by then. The balance starts after a semester figure and starts again from each later one; residual is that
  figure minus the computed end, so a value other than zero says that events are missing, doubled or placed in another
  village (one misplaced figure shows up twice, with opposite signs). Moves between two villages of the regency leave one
  and enter the other; moves within a village change nothing. awal, akhir and residual are empty before the first figure
  and where the events that have been delivered do not reach back to it. Always worked out whole: the events of some
  years are few, and where they begin is a matter of all of them.
owner: dukcapil
grain: one village in one month
kind: table
key: [bulan, kode_desa]
sources:
  data.peristiwa_kependudukan: all
  data.saldo_penduduk: all
region: kode_desa
access: analis
classification: terbatas
*/
WITH peristiwa AS (
    SELECT
        jenis,
        CAST(date_trunc('month', CAST(dicatat_pada + INTERVAL '7 hours' AS DATE)) AS DATE) AS bulan,
        kode_desa_asal,
        kode_desa_tujuan,
        CAST(jumlah_orang AS BIGINT) AS orang
    FROM data.peristiwa_kependudukan
    WHERE jenis IN ('lahir', 'mati')
        OR (jenis IN ('datang', 'pindah') AND kode_desa_asal IS DISTINCT FROM kode_desa_tujuan)
),
gerak AS (
    SELECT
        kode_desa_tujuan AS kode_desa,
        bulan,
        CASE WHEN jenis = 'lahir' THEN orang ELSE 0 END AS lahir,
        0 AS mati,
        CASE WHEN jenis = 'lahir' THEN 0 ELSE orang END AS datang,
        0 AS pindah,
        CAST(NULL AS BIGINT) AS dkb
    FROM peristiwa
    WHERE jenis IN ('lahir', 'datang', 'pindah') AND kode_desa_tujuan IS NOT NULL
    UNION ALL
    SELECT
        kode_desa_asal AS kode_desa,
        bulan,
        0 AS lahir,
        CASE WHEN jenis = 'mati' THEN orang ELSE 0 END AS mati,
        0 AS datang,
        CASE WHEN jenis = 'mati' THEN 0 ELSE orang END AS pindah,
        CAST(NULL AS BIGINT) AS dkb
    FROM peristiwa
    WHERE jenis IN ('mati', 'pindah') AND kode_desa_asal IS NOT NULL
    UNION ALL
    SELECT
        kode_desa,
        CAST(date_trunc('month', tanggal) AS DATE) AS bulan,
        0 AS lahir,
        0 AS mati,
        0 AS datang,
        0 AS pindah,
        CAST(laki AS BIGINT) + CAST(perempuan AS BIGINT) AS dkb
    FROM data.saldo_penduduk
),
-- Months in which nothing was recorded are part of the balance too, up to the last month of anybody.
rentang AS (
    SELECT kode_desa, unnest(generate_series(dari, sampai, INTERVAL '1 month')) AS bulan
    FROM (SELECT kode_desa, min(bulan) AS dari FROM gerak GROUP BY kode_desa)
    CROSS JOIN (SELECT max(bulan) AS sampai FROM gerak)
),
-- Before the first delivered event a figure cannot be carried on.
mulai AS (
    SELECT min(bulan) AS bulan FROM peristiwa
),
lengkap AS (
    SELECT * FROM gerak
    UNION ALL
    SELECT
        kode_desa,
        bulan,
        0 AS lahir,
        0 AS mati,
        0 AS datang,
        0 AS pindah,
        CAST(NULL AS BIGINT) AS dkb
    FROM rentang
),
bulanan AS (
    SELECT
        kode_desa,
        bulan,
        sum(lahir) AS lahir,
        sum(mati) AS mati,
        sum(datang) AS datang,
        sum(pindah) AS pindah,
        sum(lahir) - sum(mati) + sum(datang) - sum(pindah) AS selisih,
        max(dkb) AS dkb
    FROM lengkap
    GROUP BY kode_desa, bulan
),
berjangkar AS (
    SELECT
        *,
        -- The latest semester figure before this month, and the stretch of months that hangs on it.
        last_value(dkb) IGNORE NULLS OVER (
            PARTITION BY kode_desa ORDER BY bulan ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS jangkar,
        count(dkb) OVER (
            PARTITION BY kode_desa ORDER BY bulan ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS ruas,
        max(CASE WHEN dkb IS NOT NULL THEN bulan END) OVER (
            PARTITION BY kode_desa ORDER BY bulan ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS bulan_jangkar,
        (SELECT bulan FROM mulai) AS mulai
    FROM bulanan
),
berjalan AS (
    SELECT
        *,
        CASE WHEN bulan_jangkar + INTERVAL '1 month' >= mulai THEN jangkar END + sum(selisih) OVER (
            PARTITION BY kode_desa, ruas ORDER BY bulan ROWS UNBOUNDED PRECEDING
        ) AS akhir
    FROM berjangkar
)
SELECT
    bulan,
    kode_desa,
    akhir - selisih AS awal,
    lahir,
    mati,
    datang,
    pindah,
    akhir,
    dkb,
    dkb - akhir AS residual
FROM berjalan
