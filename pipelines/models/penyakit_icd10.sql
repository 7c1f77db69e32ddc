/*
title: Kategori ICD-10 setiap penyakit
title_en: ICD-10 categories of each disease
description: >-
  The code list ref.penyakit.icd10 (codes and ranges, such as "A90,A91" or "B15-B19") unfolded to one row per disease,
  range and three-character category. A visit belongs to the disease when its normalised code has this category, is not
  below dari, and its first length(sampai) characters are not above sampai; for a single code that is a prefix match.
owner: dinkes
grain: one category of one range of one disease
kind: table
key: [slug, dari, kategori]
sources:
  ref.penyakit: all
access: publik
classification: terbuka
*/
WITH bagian AS (
    SELECT slug, upper(replace(bagian, ' ', '')) AS bagian
    FROM (SELECT slug, unnest(string_to_array(replace(icd10, ';', ','), ',')) AS bagian FROM ref.penyakit)
),
rentang AS (
    SELECT
        slug,
        split_part(bagian, '-', 1) AS dari,
        CASE WHEN bagian LIKE '%-%' THEN split_part(bagian, '-', 2) ELSE bagian END AS sampai
    FROM bagian
    -- Anything else is not a code: a note left in the list must not break the whole model.
    WHERE regexp_like(bagian, '^[A-Z][0-9]{2}(\.[0-9A-Z]{1,2})?(-[A-Z][0-9]{2}(\.[0-9A-Z]{1,2})?)?$')
),
-- Categories are unfolded within one letter; no range of the list crosses letters.
kategori AS (
    SELECT
        slug,
        dari,
        sampai,
        unnest(generate_series(CAST(substr(dari, 2, 2) AS INT), CAST(substr(sampai, 2, 2) AS INT))) AS nomor
    FROM rentang
    WHERE left(dari, 1) = left(sampai, 1)
)
SELECT DISTINCT
    slug,
    dari,
    sampai,
    concat(left(dari, 1), lpad(CAST(nomor AS VARCHAR), 2, '0')) AS kategori
FROM kategori
