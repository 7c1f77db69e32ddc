/*
title: Kunjungan puskesmas per desa asal per hari
title_en: Health centre visits per village of residence and day
description: >-
  Visits by the visitor's village (or the region code given for people from elsewhere; '-' where none is given), day
  of arrival (WIB) and disease; slug total counts every visit. Coded and counted as in
  kunjungan_puskesmas_harian. Small cells are not suppressed: for analysts and detectors only.
owner: dinkes
grain: one disease (or total) of the people of one village on one day
kind: table
key: [tanggal, kode_desa, slug]
slice: tanggal
sources:
  data.kunjungan_puskesmas: CAST(datang_pada + INTERVAL '7 hours' AS DATE)
  mart.penyakit_icd10: all
region: kode_desa
access: analis
classification: terbatas
*/
WITH kunjungan AS (
    SELECT
        kunjungan_id,
        CAST(datang_pada + INTERVAL '7 hours' AS DATE) AS tanggal,
        coalesce(kode_desa, '-') AS kode_desa,
        kode_faskes,
        regexp_replace(upper(icd10), '[^A-Z0-9]', '', 'g') AS polos,
        coalesce(kasus_baru, true) AS kasus_baru,
        umur_hari
    FROM data.kunjungan_puskesmas
    WHERE status <> 'cancelled'
),
kode AS (
    SELECT
        kunjungan_id,
        tanggal,
        kode_desa,
        kode_faskes,
        kasus_baru,
        umur_hari,
        left(polos, 3) AS kategori,
        CASE WHEN length(polos) > 3 THEN concat(left(polos, 3), '.', substr(polos, 4)) ELSE polos END AS icd10
    FROM kunjungan
),
per_slug AS (
    SELECT k.kunjungan_id, k.tanggal, k.kode_desa, 'total' AS slug, k.kode_faskes, k.kasus_baru, k.umur_hari
    FROM kode k
    UNION ALL
    -- Ranges of one disease may overlap: a visit counts once in it.
    SELECT DISTINCT k.kunjungan_id, k.tanggal, k.kode_desa, c.slug, k.kode_faskes, k.kasus_baru, k.umur_hari
    FROM kode k
    JOIN mart.penyakit_icd10 c
        ON c.kategori = k.kategori AND k.icd10 >= c.dari AND left(k.icd10, length(c.sampai)) <= c.sampai
),
-- By centre first: counting distinct centres over single visits is an order of magnitude slower.
per_faskes AS (
    SELECT
        tanggal,
        kode_desa,
        slug,
        kode_faskes,
        count(*) AS kunjungan,
        count(*) FILTER (WHERE kasus_baru) AS kasus_baru,
        count(*) FILTER (WHERE umur_hari < 1826) AS balita,
        count(*) FILTER (WHERE umur_hari BETWEEN 1826 AND 5478) AS usia_sekolah,
        count(*) FILTER (WHERE umur_hari >= 21915) AS lansia
    FROM per_slug
    GROUP BY tanggal, kode_desa, slug, kode_faskes
)
SELECT
    tanggal,
    kode_desa,
    slug,
    CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 AS DATE) AS minggu_mulai,
    sum(kunjungan) AS kunjungan,
    sum(kasus_baru) AS kasus_baru,
    sum(balita) AS balita,
    sum(usia_sekolah) AS usia_sekolah,
    sum(lansia) AS lansia,
    count(*) AS puskesmas
FROM per_faskes
GROUP BY tanggal, kode_desa, slug
