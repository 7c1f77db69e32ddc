/*
title: Kelahiran, kematian, dan perpindahan per minggu
title_en: Births, deaths and moves per week
description: >-
  Events that the registry recorded in a week, per kecamatan: births and arrivals where the person is registered from
  then on, deaths and departures where the person was registered. By the day of recording, since what happened lately
  is not yet recorded in full; a campaign of the registry shows as a rise too, and what happened earlier in the year is
  told in lama_lapor. A week in which the registry recorded anything and none here is a true zero. A week is complete
  once a later one has events.
owner: dukcapil
unit: peristiwa di kecamatan
unit_en: event in a kecamatan
family: kependudukan
grain: minggu
direction: naik
detector: {method: auto, alpha: 0.002, floor: 0}
floor: {value: 5, excess: 5}
severity: {tinggi: {excess: 12, ratio: 2}}
links:
  - to: penyakit
    near: kecamatan
    lag_days: [-42, 14]
    checked: penyakit di kecamatan itu
    checked_en: diseases in the kecamatan
explanation:
  id: "Kecamatan {nama}: {nilai:0} {nama_peristiwa} dicatat dalam seminggu, biasanya sekitar {harapan:1}, sejak {sejak}; separuhnya terjadi lebih dari {lama_lapor:0} hari sebelum dicatat."
  en: "Kecamatan {nama}: {nilai:0} events ({jenis}) recorded in a week, usually about {harapan:1}, since {sejak}; half of them happened more than {lama_lapor:0} days before."
action:
  id: "Periksa apakah ada layanan jemput bola atau pencatatan susulan; bila kematian, lihat umur dan desanya bersama puskesmas."
  en: "See whether an outreach or late registration explains it; if deaths, look at ages and villages with the health centre."
sources:
  data.peristiwa_kependudukan:
    - CAST(CAST(CAST(dicatat_pada + INTERVAL '7 hours' AS DATE) AS INT) - (CAST(CAST(dicatat_pada + INTERVAL '7 hours' AS DATE) AS INT) + 4) % 7 + 6 AS DATE)
    - CAST(CAST(CAST(dicatat_pada + INTERVAL '7 hours' AS DATE) AS INT) - (CAST(CAST(dicatat_pada + INTERVAL '7 hours' AS DATE) AS INT) + 4) % 7 - 1 AS DATE)
  ref.wilayah: all
access: analis
classification: terbatas
*/
WITH peristiwa AS (
    SELECT
        CAST(CAST(hari AS INT) - (CAST(hari AS INT) + 4) % 7 + 6 AS DATE) AS tanggal,
        jenis,
        left(CASE WHEN jenis IN ('lahir', 'datang') THEN kode_desa_tujuan ELSE kode_desa_asal END, 8) AS kode_kecamatan,
        CAST(hari AS INT) - CAST(terjadi_pada AS INT) AS lama,
        jumlah_orang
    FROM (SELECT *, CAST(dicatat_pada + INTERVAL '7 hours' AS DATE) AS hari FROM data.peristiwa_kependudukan)
),
minggu AS (
    SELECT
        tanggal,
        kode_kecamatan,
        jenis,
        count(*) AS jumlah,
        sum(jumlah_orang) AS orang,
        round(median(lama), 0) AS lama_lapor
    FROM peristiwa
    WHERE jenis IN ('lahir', 'mati', 'datang', 'pindah')
    GROUP BY tanggal, kode_kecamatan, jenis
),
buka AS (
    SELECT tanggal FROM peristiwa GROUP BY tanggal
),
jenis AS (
    SELECT column1 AS jenis, column2 AS nama_peristiwa
    FROM (VALUES ('lahir', 'kelahiran'), ('mati', 'kematian'), ('datang', 'kedatangan'), ('pindah', 'kepindahan'))
),
kecamatan AS (
    SELECT kode, max(nama) AS nama FROM ref.wilayah WHERE tingkat = 'kecamatan' AND starts_with(kode, '35.03.') GROUP BY kode
)
SELECT
    concat(k.kode, '/', j.jenis) AS unit,
    b.tanggal,
    CAST(coalesce(m.jumlah, 0) AS DOUBLE) AS nilai,
    k.nama,
    j.jenis AS grup,
    k.kode AS wilayah,
    s.tanggal IS NOT NULL AS lengkap,
    j.jenis,
    j.nama_peristiwa,
    CAST(coalesce(m.orang, 0) AS BIGINT) AS orang,
    m.lama_lapor
FROM buka b
CROSS JOIN kecamatan k
CROSS JOIN jenis j
LEFT JOIN minggu m ON m.tanggal = b.tanggal AND m.kode_kecamatan = k.kode AND m.jenis = j.jenis
LEFT JOIN (SELECT CAST(tanggal - INTERVAL '7 days' AS DATE) AS tanggal FROM buka) s ON s.tanggal = b.tanggal
