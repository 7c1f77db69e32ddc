/*
title: Sesi wifi bangku pintar
title_en: Wifi sessions of the smart benches
description: >-
  One row per session, from RADIUS accounting records. Counters are cumulative, so a session is worth its highest value,
  not the sum. They have 32 bits: with the gigaword attribute the value is gigaword * 2^32 + octets; without it every
  fall of the counter within the session is taken as one wrap. in is from the visitor's device (unggah), out is to it
  (unduh), in bytes. A session id that starts again after a stop (the access point counts anew after a restart) is a
  further session. A session belongs to the day (WIB) of its first record. Devices are not carried over.
owner: kominfo
grain: one session at one bench
kind: table
key: [bangku_id, sesi_id, ke]
slice: sesi_id
sources:
  data.wifi_sesi: sesi_id
access: analis
classification: terbatas
*/
WITH catatan AS (
    SELECT
        bangku_id,
        sesi_id,
        waktu,
        CASE WHEN jenis IN ('start', '1') THEN 'start' WHEN jenis IN ('stop', '2') THEN 'stop' ELSE 'interim' END AS jenis,
        -- Records of one second are in the order of a session's life.
        CASE WHEN jenis IN ('start', '1') THEN 0 WHEN jenis IN ('stop', '2') THEN 2 ELSE 1 END AS tahap,
        oktet_masuk,
        oktet_keluar,
        gigaword_masuk,
        gigaword_keluar,
        detik_sesi,
        sebab_putus
    FROM data.wifi_sesi
),
berurut AS (
    SELECT
        *,
        lag(jenis) OVER (PARTITION BY bangku_id, sesi_id ORDER BY waktu, tahap) AS jenis_sebelum
    FROM catatan
),
bernomor AS (
    SELECT
        *,
        1 + sum(CASE WHEN jenis = 'start' AND jenis_sebelum = 'stop' THEN 1 ELSE 0 END)
            OVER (PARTITION BY bangku_id, sesi_id ORDER BY waktu, tahap ROWS UNBOUNDED PRECEDING) AS ke
    FROM berurut
),
selisih AS (
    SELECT
        *,
        lag(oktet_masuk) OVER (PARTITION BY bangku_id, sesi_id, ke ORDER BY waktu, tahap) AS masuk_sebelum,
        lag(oktet_keluar) OVER (PARTITION BY bangku_id, sesi_id, ke ORDER BY waktu, tahap) AS keluar_sebelum
    FROM bernomor
),
lilit AS (
    SELECT
        *,
        sum(CASE WHEN oktet_masuk < masuk_sebelum THEN 1 ELSE 0 END)
            OVER (PARTITION BY bangku_id, sesi_id, ke ORDER BY waktu, tahap ROWS UNBOUNDED PRECEDING) AS lilit_masuk,
        sum(CASE WHEN oktet_keluar < keluar_sebelum THEN 1 ELSE 0 END)
            OVER (PARTITION BY bangku_id, sesi_id, ke ORDER BY waktu, tahap ROWS UNBOUNDED PRECEDING) AS lilit_keluar
    FROM selisih
),
sesi AS (
    SELECT
        bangku_id,
        sesi_id,
        ke,
        min(waktu) AS mulai,
        max(waktu) AS catatan_akhir,
        max(oktet_masuk + coalesce(gigaword_masuk, lilit_masuk) * 4294967296) AS unggah_byte,
        max(oktet_keluar + coalesce(gigaword_keluar, lilit_keluar) * 4294967296) AS unduh_byte,
        -- Where the access point gives no session time, the records span it.
        coalesce(
            max(detik_sesi),
            CAST(date_part('epoch', max(waktu)) - date_part('epoch', min(waktu)) AS BIGINT)
        ) AS detik,
        count(*) FILTER (WHERE jenis = 'stop') > 0 AS berakhir,
        max(sebab_putus) FILTER (WHERE jenis = 'stop') AS sebab_putus
    FROM lilit
    GROUP BY bangku_id, sesi_id, ke
)
SELECT
    bangku_id,
    sesi_id,
    CAST(ke AS INT) AS ke,
    CAST(mulai + INTERVAL '7 hours' AS DATE) AS tanggal,
    CAST(date_part('hour', mulai + INTERVAL '7 hours') AS INT) AS jam,
    mulai,
    catatan_akhir,
    detik,
    unggah_byte,
    unduh_byte,
    berakhir,
    sebab_putus
FROM sesi
