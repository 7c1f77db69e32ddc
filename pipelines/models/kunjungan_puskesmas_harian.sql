/*
title: Kunjungan puskesmas per hari dan penyakit
title_en: Health centre visits per day and disease
description: >-
  Visits by day of arrival (WIB), health centre and disease of ref.penyakit, by the primary diagnosis; slug total counts
  every visit. Coded and counted as in kunjungan_kode: cancelled visits are left out, and diseases do not add up to the
  total.
owner: dinkes
grain: one disease (or total) in one health centre on one day
kind: table
key: [tanggal, kode_faskes, slug]
slice: tanggal
sources:
  data.kunjungan_puskesmas: CAST(datang_pada + INTERVAL '7 hours' AS DATE)
  mart.penyakit_icd10: all
  ref.faskes: all
region: kode_kecamatan
access: analis
classification: terbatas
*/
SELECT
    p.tanggal,
    p.kode_faskes,
    p.slug,
    f.kode_kecamatan,
    CAST(CAST(p.tanggal AS INT) - (CAST(p.tanggal AS INT) + 4) % 7 AS DATE) AS minggu_mulai,
    count(*) AS kunjungan,
    count(*) FILTER (WHERE p.kasus_baru) AS kasus_baru,
    -- Under 18 years, as the law has children.
    count(*) FILTER (WHERE p.kasus_baru AND p.umur_hari < 6575) AS anak_baru,
    count(*) FILTER (WHERE p.umur_hari < 1826) AS balita,
    -- 5 to 14 years: the ages that attendance of schools tells of.
    count(*) FILTER (WHERE p.umur_hari BETWEEN 1826 AND 5478) AS usia_sekolah,
    count(*) FILTER (WHERE p.umur_hari >= 21915) AS lansia,
    count(*) FILTER (WHERE p.poli = 'igd') AS igd,
    count(*) FILTER (WHERE p.dirujuk_ke IS NOT NULL) AS dirujuk
FROM mart.kunjungan_kode p
LEFT JOIN ref.faskes f ON f.kode = p.kode_faskes
GROUP BY p.tanggal, p.kode_faskes, p.slug, f.kode_kecamatan
