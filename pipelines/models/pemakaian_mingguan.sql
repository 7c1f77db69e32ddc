/*
title: Pemakaian aplikasi per minggu
title_en: Use of the applications per week
description: >-
  What people got done through each application, by kind of event, place (35.03 for the whole regency) and week (Sunday
  to Saturday): outcomes, not visits of a page. pengguna_hari adds up the users of the days, so one person on three days
  counts three times; 1 to 4 are left empty. hari is the number of days that were reported; a week with few of them is not comparable.
owner: kominfo
grain: one kind of event of one application in one place in one week
kind: table
key: [minggu_mulai, aplikasi, kejadian, kode_kecamatan]
slice: minggu_mulai
sources:
  data.pemakaian_aplikasi: CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 AS DATE)
region: kode_kecamatan
access: pimpinan
classification: terbatas
*/
SELECT
    CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 AS DATE) AS minggu_mulai,
    aplikasi,
    kejadian,
    kode_kecamatan,
    count(*) AS hari,
    sum(jumlah) AS jumlah,
    CASE WHEN sum(pengguna) BETWEEN 1 AND 4 THEN NULL ELSE sum(pengguna) END AS pengguna_hari
FROM data.pemakaian_aplikasi
GROUP BY CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 AS DATE), aplikasi, kejadian, kode_kecamatan
