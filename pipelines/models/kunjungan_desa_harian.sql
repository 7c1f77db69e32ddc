/*
title: Kunjungan puskesmas per desa asal per hari
title_en: Health centre visits per village of residence and day
description: >-
  Visits by the visitor's village (or the region code given for people from elsewhere; '-' where none is given), day
  of arrival (WIB) and disease; slug total counts every visit. Coded and counted as in
  kunjungan_kode. Small cells are not suppressed: for analysts and detectors only.
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
-- By centre first: counting distinct centres over single visits is an order of magnitude slower.
WITH per_faskes AS (
    SELECT
        tanggal,
        kode_desa,
        slug,
        kode_faskes,
        count(*) AS kunjungan,
        count(*) FILTER (WHERE kasus_baru) AS kasus_baru,
        -- Under 18 years, as the law has children.
        count(*) FILTER (WHERE kasus_baru AND umur_hari < 6575) AS anak_baru,
        count(*) FILTER (WHERE umur_hari < 1826) AS balita,
        count(*) FILTER (WHERE umur_hari BETWEEN 1826 AND 5478) AS usia_sekolah,
        count(*) FILTER (WHERE umur_hari >= 21915) AS lansia
    FROM mart.kunjungan_kode
    GROUP BY tanggal, kode_desa, slug, kode_faskes
)
SELECT
    tanggal,
    kode_desa,
    slug,
    CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 AS DATE) AS minggu_mulai,
    sum(kunjungan) AS kunjungan,
    sum(kasus_baru) AS kasus_baru,
    sum(anak_baru) AS anak_baru,
    sum(balita) AS balita,
    sum(usia_sekolah) AS usia_sekolah,
    sum(lansia) AS lansia,
    count(*) AS puskesmas
FROM per_faskes
GROUP BY tanggal, kode_desa, slug
