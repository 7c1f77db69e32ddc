/*
title: Keadaan bangku pintar per hari
title_en: State of the smart benches per day
description: >-
  A bench is on the air in an hour in which it sent at least one heartbeat that says so: benches send one an hour, some
  more often. daring_persen is the share of the 24 hours of the day (WIB). On a day on which any bench sent a heartbeat,
  every installed and active bench has a row: one that was silent all day was down, not unknown. Plays count on the day
  they start. 1 to 4 devices at once are left empty.
owner: kominfo
grain: one bench on one day
kind: table
key: [tanggal, bangku_id]
slice: tanggal
sources:
  data.bangku_telemetri: CAST(waktu + INTERVAL '7 hours' AS DATE)
  data.konten_putar: CAST(mulai + INTERVAL '7 hours' AS DATE)
  data.bangku: all
region: kode_desa
access: pimpinan
classification: terbatas
*/
WITH denyut AS (
    SELECT
        CAST(waktu + INTERVAL '7 hours' AS DATE) AS tanggal,
        bangku_id,
        CAST(date_part('hour', waktu + INTERVAL '7 hours') AS INT) AS jam,
        coalesce(daring, true) AS daring,
        baterai_persen,
        surya_watt,
        suhu_c,
        klien
    FROM data.bangku_telemetri
),
bagian AS (
    SELECT
        tanggal,
        bangku_id,
        count(*) AS denyut,
        count(DISTINCT CASE WHEN daring THEN jam END) AS jam_daring,
        min(baterai_persen) AS baterai_terendah,
        sum(surya_watt) AS surya_jumlah,
        count(surya_watt) AS surya_terukur,
        max(suhu_c) AS suhu_tertinggi,
        max(klien) AS klien_terbanyak,
        0 AS putar,
        0 AS putar_tuntas,
        0 AS putar_detik
    FROM denyut
    GROUP BY tanggal, bangku_id
    UNION ALL
    SELECT
        h.tanggal,
        b.bangku_id,
        0 AS denyut,
        0 AS jam_daring,
        CAST(NULL AS DOUBLE) AS baterai_terendah,
        CAST(NULL AS DOUBLE) AS surya_jumlah,
        0 AS surya_terukur,
        CAST(NULL AS DOUBLE) AS suhu_tertinggi,
        CAST(NULL AS INT) AS klien_terbanyak,
        0 AS putar,
        0 AS putar_tuntas,
        0 AS putar_detik
    FROM (SELECT DISTINCT tanggal FROM denyut) h
    CROSS JOIN data.bangku b
    WHERE b.aktif AND (b.dipasang IS NULL OR b.dipasang <= h.tanggal)
    UNION ALL
    SELECT
        tanggal,
        bangku_id,
        0 AS denyut,
        0 AS jam_daring,
        CAST(NULL AS DOUBLE) AS baterai_terendah,
        CAST(NULL AS DOUBLE) AS surya_jumlah,
        0 AS surya_terukur,
        CAST(NULL AS DOUBLE) AS suhu_tertinggi,
        CAST(NULL AS INT) AS klien_terbanyak,
        count(*) AS putar,
        count(*) FILTER (WHERE tuntas) AS putar_tuntas,
        sum(durasi_detik) AS putar_detik
    FROM (
        SELECT CAST(mulai + INTERVAL '7 hours' AS DATE) AS tanggal, bangku_id, tuntas, durasi_detik
        FROM data.konten_putar
    )
    GROUP BY tanggal, bangku_id
),
jumlah AS (
    SELECT
        tanggal,
        bangku_id,
        sum(denyut) AS denyut,
        sum(jam_daring) AS jam_daring,
        min(baterai_terendah) AS baterai_terendah,
        sum(surya_jumlah) / nullif(sum(surya_terukur), 0) AS surya_rata,
        max(suhu_tertinggi) AS suhu_tertinggi,
        max(klien_terbanyak) AS klien_terbanyak,
        sum(putar) AS putar,
        sum(putar_tuntas) AS putar_tuntas,
        coalesce(sum(putar_detik), 0) AS putar_detik
    FROM bagian
    GROUP BY tanggal, bangku_id
)
SELECT
    j.tanggal,
    j.bangku_id,
    b.nama,
    b.kode_desa,
    j.denyut,
    j.jam_daring,
    round(100.0 * j.jam_daring / 24, 2) AS daring_persen,
    j.baterai_terendah,
    round(j.surya_rata, 2) AS surya_rata_watt,
    j.suhu_tertinggi,
    -- One to four devices at a bench are as many people.
    CASE WHEN j.klien_terbanyak BETWEEN 1 AND 4 THEN NULL ELSE j.klien_terbanyak END AS klien_terbanyak,
    j.putar,
    j.putar_tuntas,
    j.putar_detik
FROM jumlah j
LEFT JOIN data.bangku b ON b.bangku_id = j.bangku_id
