/*
title: Kunjungan puskesmas per desa asal per minggu
title_en: Health centre visits per village of residence and week
description: >-
  Visits by the visitor's village (or the region code given for people from elsewhere; '-' where none is given), week
  (Sunday to Saturday, WIB) and disease; slug total counts every visit. Coded and counted as in
  kunjungan_kode. Small cells are not suppressed: for analysts and detectors only.
owner: dinkes
grain: one disease (or total) of the people of one village in one week
kind: table
key: [minggu_mulai, kode_desa, slug]
slice: minggu_mulai
sources:
  data.kunjungan_puskesmas: CAST(CAST(CAST(datang_pada + INTERVAL '7 hours' AS DATE) AS INT) - (CAST(CAST(datang_pada + INTERVAL '7 hours' AS DATE) AS INT) + 4) % 7 AS DATE)
  mart.penyakit_icd10: all
region: kode_desa
access: analis
classification: terbatas
*/
-- By centre first: counting distinct centres over single visits is an order of magnitude slower.
WITH per_faskes AS (
    SELECT
        minggu_mulai,
        kode_desa,
        slug,
        kode_faskes,
        count(*) AS kunjungan,
        count(*) FILTER (WHERE kasus_baru) AS kasus_baru,
        count(*) FILTER (WHERE umur_hari < 1826) AS balita,
        count(*) FILTER (WHERE umur_hari BETWEEN 1826 AND 5478) AS usia_sekolah,
        count(*) FILTER (WHERE umur_hari >= 21915) AS lansia
    FROM (
        SELECT *, CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 AS DATE) AS minggu_mulai
        FROM mart.kunjungan_kode
    )
    GROUP BY minggu_mulai, kode_desa, slug, kode_faskes
)
SELECT
    minggu_mulai,
    kode_desa,
    slug,
    sum(kunjungan) AS kunjungan,
    sum(kasus_baru) AS kasus_baru,
    sum(balita) AS balita,
    sum(usia_sekolah) AS usia_sekolah,
    sum(lansia) AS lansia,
    count(*) AS puskesmas
FROM per_faskes
GROUP BY minggu_mulai, kode_desa, slug
