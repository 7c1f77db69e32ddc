/*
title: Kunjungan puskesmas per hari dan penyakit
title_en: Health centre visits per day and disease
description: >-
  Visits by day of arrival (WIB), health centre and disease of ref.penyakit, by the primary diagnosis; slug total counts
  every visit, with or without a diagnosis. ICD-10 codes are normalised first (upper case, comma as dot, dot after the
  third character). Cancelled visits are left out. A visit that is not marked as new or old counts as a new case. A visit
  may belong to two diseases whose code ranges overlap, so diseases do not add up to the total.
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
WITH kunjungan AS (
    SELECT
        kunjungan_id,
        CAST(datang_pada + INTERVAL '7 hours' AS DATE) AS tanggal,
        kode_faskes,
        regexp_replace(upper(icd10), '[^A-Z0-9]', '', 'g') AS polos,
        coalesce(kasus_baru, true) AS kasus_baru,
        umur_hari,
        poli,
        dirujuk_ke
    FROM data.kunjungan_puskesmas
    WHERE status <> 'cancelled'
),
kode AS (
    SELECT
        *,
        left(polos, 3) AS kategori,
        CASE WHEN length(polos) > 3 THEN concat(left(polos, 3), '.', substr(polos, 4)) ELSE polos END AS icd10
    FROM kunjungan
),
per_slug AS (
    SELECT k.kunjungan_id, k.tanggal, k.kode_faskes, 'total' AS slug, k.kasus_baru, k.umur_hari, k.poli, k.dirujuk_ke
    FROM kode k
    UNION ALL
    -- Ranges of one disease may overlap: a visit counts once in it.
    SELECT DISTINCT k.kunjungan_id, k.tanggal, k.kode_faskes, c.slug, k.kasus_baru, k.umur_hari, k.poli, k.dirujuk_ke
    FROM kode k
    JOIN mart.penyakit_icd10 c
        ON c.kategori = k.kategori AND k.icd10 >= c.dari AND left(k.icd10, length(c.sampai)) <= c.sampai
)
SELECT
    p.tanggal,
    p.kode_faskes,
    p.slug,
    f.kode_kecamatan,
    CAST(CAST(p.tanggal AS INT) - (CAST(p.tanggal AS INT) + 4) % 7 AS DATE) AS minggu_mulai,
    count(*) AS kunjungan,
    count(*) FILTER (WHERE p.kasus_baru) AS kasus_baru,
    count(*) FILTER (WHERE p.umur_hari < 1826) AS balita,
    -- 5 to 14 years: the ages that attendance of schools tells of.
    count(*) FILTER (WHERE p.umur_hari BETWEEN 1826 AND 5478) AS usia_sekolah,
    count(*) FILTER (WHERE p.umur_hari >= 21915) AS lansia,
    count(*) FILTER (WHERE p.poli = 'igd') AS igd,
    count(*) FILTER (WHERE p.dirujuk_ke IS NOT NULL) AS dirujuk
FROM per_slug p
LEFT JOIN ref.faskes f ON f.kode = p.kode_faskes
GROUP BY p.tanggal, p.kode_faskes, p.slug, f.kode_kecamatan
