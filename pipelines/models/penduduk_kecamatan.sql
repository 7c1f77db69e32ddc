/*
title: Penduduk menurut kecamatan, jenis kelamin, dan umur
title_en: Population by kecamatan, sex and age
description: >-
  Sum of penduduk_tempat over the villages of a kecamatan, for pyramids and rates on boards. Cells of 1 to 4 people, as
  they occur at the highest ages, are left empty.
owner: dukcapil
grain: one sex and age group in one kecamatan
kind: table
key: [kode_kecamatan, jenis_kelamin, kelompok_umur]
slice: kode_kecamatan
sources:
  mart.penduduk_tempat: kode_kecamatan
region: kode_kecamatan
access: pimpinan
classification: terbatas
*/
SELECT
    kode_kecamatan,
    jenis_kelamin,
    kelompok_umur,
    max(per_tanggal) AS per_tanggal,
    CASE WHEN sum(jumlah) BETWEEN 1 AND 4 THEN NULL ELSE sum(jumlah) END AS jumlah
FROM mart.penduduk_tempat
GROUP BY kode_kecamatan, jenis_kelamin, kelompok_umur
