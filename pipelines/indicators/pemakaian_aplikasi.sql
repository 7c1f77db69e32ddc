/*
title: Pemakaian aplikasi per minggu
title_en: Use of the applications per week
description: >-
  What people got done through an application per reported day of a week, over the whole regency: outcomes, not visits
  of a page. Per reported day, so that weeks with holidays compare. Smoothed over the weeks, so that a small lasting
  change shows sooner than a large one of a single week. A week without any line of an application is a missing report.
  A week is complete once a later one has lines of the application.
owner: kominfo
unit: aplikasi
unit_en: application
family: aplikasi
grain: minggu
direction: dua_arah
detector: {method: ewma, alpha: 0.005}
floor: {value: 3, excess: 2}
severity: {tinggi: {excess: 15}}
masks: [ramadan]
explanation:
  id: "{nama}: {nilai:1} per hari, biasanya sekitar {harapan:1}, sejak {sejak}; {jumlah:0} dalam seminggu."
  en: "{nama}: {nilai:1} a day, usually about {harapan:1}, since {sejak}; {jumlah:0} in the week."
action:
  id: "Tanyakan pengelola aplikasi: gangguan, perubahan layanan, atau memang lebih banyak dan lebih sedikit yang memakai."
  en: "Ask whoever runs it: a failure, a change of the service, or really more or fewer people who use it."
sources:
  data.pemakaian_aplikasi:
    - CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 + 6 AS DATE)
    - CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 - 1 AS DATE)
access: analis
classification: terbatas
*/
WITH baris AS (
    SELECT
        CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 + 6 AS DATE) AS akhir,
        tanggal,
        aplikasi,
        kejadian,
        jumlah
    FROM data.pemakaian_aplikasi
),
minggu AS (
    SELECT akhir, aplikasi, kejadian, count(DISTINCT tanggal) AS hari, sum(jumlah) AS jumlah
    FROM baris
    GROUP BY akhir, aplikasi, kejadian
),
sesudah AS (
    SELECT DISTINCT aplikasi, CAST(akhir - INTERVAL '7 days' AS DATE) AS akhir FROM baris
)
SELECT
    concat(m.aplikasi, '/', m.kejadian) AS unit,
    m.akhir AS tanggal,
    CAST(m.jumlah AS DOUBLE) / m.hari AS nilai,
    concat(replace(m.kejadian, '_', ' '), ' di ', replace(m.aplikasi, '_', ' ')) AS nama,
    '35.03' AS wilayah,
    s.akhir IS NOT NULL AS lengkap,
    m.jumlah,
    m.hari
FROM minggu m
LEFT JOIN sesudah s ON s.aplikasi = m.aplikasi AND s.akhir = m.akhir
