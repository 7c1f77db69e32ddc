/*
title: Pemakaian wifi bangku pintar per hari
title_en: Wifi use of the smart benches per day
description: >-
  Sessions, time and traffic per bench and day (WIB); a session counts on the day it starts. perangkat is the number of
  devices seen that day, an upper bound of people, because phones change their address; 1 to 4 devices are left empty.
  A day without a row had no session: bangku_harian tells whether the bench was on the air.
owner: kominfo
grain: one bench on one day
kind: table
key: [tanggal, bangku_id]
slice: tanggal
sources:
  mart.wifi_sesi_siklus: tanggal
  data.wifi_sesi: CAST(waktu + INTERVAL '7 hours' AS DATE)
  data.bangku: all
region: kode_desa
access: pimpinan
classification: terbatas
*/
WITH bagian AS (
    SELECT
        tanggal,
        bangku_id,
        count(*) AS sesi,
        count(*) FILTER (WHERE NOT berakhir) AS sesi_tanpa_akhir,
        sum(detik) AS detik,
        sum(unggah_byte) AS unggah_byte,
        sum(unduh_byte) AS unduh_byte,
        0 AS perangkat
    FROM mart.wifi_sesi_siklus
    GROUP BY tanggal, bangku_id
    UNION ALL
    SELECT
        tanggal,
        bangku_id,
        0 AS sesi,
        0 AS sesi_tanpa_akhir,
        0 AS detik,
        0 AS unggah_byte,
        0 AS unduh_byte,
        count(DISTINCT perangkat) AS perangkat
    FROM (SELECT CAST(waktu + INTERVAL '7 hours' AS DATE) AS tanggal, bangku_id, perangkat FROM data.wifi_sesi)
    GROUP BY tanggal, bangku_id
),
jumlah AS (
    SELECT
        tanggal,
        bangku_id,
        sum(sesi) AS sesi,
        sum(sesi_tanpa_akhir) AS sesi_tanpa_akhir,
        sum(detik) AS detik,
        sum(unggah_byte) AS unggah_byte,
        sum(unduh_byte) AS unduh_byte,
        sum(perangkat) AS perangkat
    FROM bagian
    GROUP BY tanggal, bangku_id
)
SELECT
    j.tanggal,
    j.bangku_id,
    b.nama,
    b.kode_desa,
    j.sesi,
    j.sesi_tanpa_akhir,
    j.detik,
    j.unggah_byte,
    j.unduh_byte,
    CASE WHEN j.perangkat BETWEEN 1 AND 4 THEN NULL ELSE j.perangkat END AS perangkat
FROM jumlah j
LEFT JOIN data.bangku b ON b.bangku_id = j.bangku_id
