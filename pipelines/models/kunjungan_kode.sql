/*
title: Kunjungan puskesmas menurut penyakit
title_en: Health centre visits by disease
description: >-
  Every visit that was not cancelled with the diseases of ref.penyakit that its primary diagnosis belongs to: the one
  place where visits are coded. Each visit has a row with slug total, with or without a diagnosis, and one per disease;
  ranges of two diseases may overlap, so diseases do not add up to the total. ICD-10 codes are normalised first (upper
  case, comma as dot, dot after the third character). A visit that is not marked as new or old counts as a new case.
  kode_desa is the visitor's village, or the region code given for people from elsewhere; '-' where none is given.
owner: dinkes
grain: one disease (or total) of one visit
kind: view
sources:
  data.kunjungan_puskesmas: all
  mart.penyakit_icd10: all
access: analis
classification: terbatas
*/
WITH kunjungan AS (
    SELECT
        kunjungan_id,
        CAST(datang_pada + INTERVAL '7 hours' AS DATE) AS tanggal,
        kode_faskes,
        coalesce(kode_desa, '-') AS kode_desa,
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
)
SELECT
    k.kunjungan_id,
    k.tanggal,
    k.kode_faskes,
    k.kode_desa,
    'total' AS slug,
    k.kategori,
    k.kasus_baru,
    k.umur_hari,
    k.poli,
    k.dirujuk_ke
FROM kode k
UNION ALL
-- Ranges of one disease may overlap: a visit counts once in it.
SELECT DISTINCT
    k.kunjungan_id,
    k.tanggal,
    k.kode_faskes,
    k.kode_desa,
    c.slug,
    k.kategori,
    k.kasus_baru,
    k.umur_hari,
    k.poli,
    k.dirujuk_ke
FROM kode k
JOIN mart.penyakit_icd10 c
    ON c.kategori = k.kategori AND k.icd10 >= c.dari AND left(k.icd10, length(c.sampai)) <= c.sampai
