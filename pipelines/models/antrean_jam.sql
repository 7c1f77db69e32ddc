/*
title: Kepadatan antrean per jam
title_en: Queue by hour of the week
description: >-
  Arrivals and waits by place, week, weekday (0 Sunday to 6 Saturday) and hour of arrival (WIB): the heat map of when
  people come and when counters do not keep up. Sum the arrivals over the weeks wanted; an hour without a row had no
  arrival. At places of one village and at health centres
  counts of 1 to 4 are left empty.
owner: dpmptsp
grain: one hour of one weekday at one place in one week
kind: table
key: [minggu_mulai, lokasi, hari_ke, jam]
slice: minggu_mulai
sources:
  mart.tiket: minggu_mulai
region: kode_wilayah_lokasi
access: pimpinan
classification: terbatas
*/
WITH hadir AS (
    SELECT
        *,
        CAST(tanggal - minggu_mulai AS INT) AS hari_ke,
        -- Counters are counted by their first ticket: counting distinct ones is slow over many small groups.
        row_number() OVER (PARTITION BY minggu_mulai, lokasi, tanggal, jam, loket ORDER BY tiket_id) AS ke_loket
    FROM mart.tiket
    WHERE hadir IS NOT NULL
),
hitung AS (
    SELECT
        minggu_mulai,
        lokasi,
        kode_wilayah_lokasi,
        hari_ke,
        jam,
        starts_with(lokasi, 'DESA-') OR starts_with(lokasi, 'PKM-') AS peka,
        count(*) AS datang,
        count(loket) FILTER (WHERE ke_loket = 1) AS loket,
        count(tunggu_detik) AS tunggu_terukur,
        sum(tunggu_detik) AS tunggu_total_detik
    FROM hadir
    GROUP BY minggu_mulai, lokasi, kode_wilayah_lokasi, hari_ke, jam
)
SELECT
    minggu_mulai,
    lokasi,
    kode_wilayah_lokasi,
    hari_ke,
    jam,
    CASE WHEN peka AND datang < 5 THEN NULL ELSE datang END AS datang,
    loket,
    CASE WHEN peka AND datang < 5 THEN NULL ELSE tunggu_terukur END AS tunggu_terukur,
    CASE WHEN peka AND datang < 5 THEN NULL ELSE tunggu_total_detik END AS tunggu_total_detik
FROM hitung
