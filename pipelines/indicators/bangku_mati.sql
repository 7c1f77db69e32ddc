/*
title: Bangku pintar tidak dipakai atau diam
title_en: Smart bench unused or silent
description: >-
  Days in a row, up to and with this one, on which a bench had no wifi session, at most 90. keadaan says whether it was
  on the air that day: on the air without a session for three days means that the access point or its accounting is
  broken, not that nobody came; off the air, that power, battery or line failed. A day is complete once a later one has
  data of any three feeds.
owner: kominfo
unit: bangku
unit_en: bench
family: bangku
grain: hari
calendar: setiap_hari
direction: naik
detector: {method: rule}
rule:
  sql: "nilai >= 3"
  title: Bangku pintar tiga hari tanpa sesi
  title_en: Smart bench without a session for three days
  severity: sedang
  alerts: true
tests: false
lookback: 100
links:
  - to: bangku
    near: unit
    lag_days: [-7, 7]
    checked: pemakaian wifi bangku itu
    checked_en: wifi use of the bench
explanation:
  id: "{nama}: {nilai:0} hari berturut-turut tanpa sesi wifi, {keadaan}; hari ini {jam_daring:0} jam di jaringan, baterai terendah {baterai_terendah:0} persen."
  en: "{nama}: {nilai:0} days in a row without a wifi session ({jam_daring:0} hours on the air today, lowest battery {baterai_terendah:0} percent)."
action:
  id: "Bila menyala, hidupkan ulang titik akses dari jauh; bila diam, kirim teknisi memeriksa baterai, panel, dan sambungan."
  en: "If on the air, restart the access point from afar; if silent, send somebody to check battery, panel and line."
sources:
  mart.umpan_volume_harian:
    - tanggal
    - CAST(tanggal - INTERVAL '7 days' AS DATE)
  mart.bangku_harian: tanggal
  mart.wifi_sesi_harian: tanggal
  data.bangku: all
access: analis
classification: terbatas
*/
-- Days about which the hub has heard at all; a silence of all benches at once is one too.
WITH hari AS (
    SELECT tanggal
    FROM (SELECT tanggal, umpan FROM mart.umpan_volume_harian GROUP BY tanggal, umpan)
    GROUP BY tanggal
    HAVING count(*) >= 3
),
sesudah AS (
    SELECT DISTINCT
        CAST(unnest(generate_series(
            tanggal - INTERVAL '7 days', tanggal - INTERVAL '1 day', INTERVAL '1 day'
        )) AS DATE) AS tanggal
    FROM hari
),
harian AS (
    SELECT
        h.tanggal,
        b.bangku_id,
        b.nama,
        b.kode_desa,
        b.lintang,
        b.bujur,
        coalesce(w.sesi, 0) AS sesi,
        coalesce(k.jam_daring, 0) AS jam_daring,
        coalesce(k.denyut, 0) AS denyut,
        k.baterai_terendah
    FROM hari h
    JOIN data.bangku b ON b.aktif AND (b.dipasang IS NULL OR b.dipasang <= h.tanggal)
    LEFT JOIN mart.bangku_harian k ON k.tanggal = h.tanggal AND k.bangku_id = b.bangku_id
    LEFT JOIN mart.wifi_sesi_harian w ON w.tanggal = h.tanggal AND w.bangku_id = b.bangku_id
),
terakhir AS (
    SELECT
        *,
        max(CASE WHEN sesi > 0 THEN tanggal END) OVER w AS dipakai,
        min(tanggal) OVER w AS dari
    FROM harian
    WINDOW w AS (PARTITION BY bangku_id ORDER BY tanggal ROWS BETWEEN 90 PRECEDING AND CURRENT ROW)
)
SELECT
    t.bangku_id AS unit,
    t.tanggal,
    CAST(CAST(t.tanggal - coalesce(t.dipakai, t.dari) AS INT) AS DOUBLE) AS nilai,
    t.nama,
    t.kode_desa AS wilayah,
    t.lintang,
    t.bujur,
    s.tanggal IS NOT NULL AS lengkap,
    t.sesi,
    t.jam_daring,
    t.baterai_terendah,
    CASE
        WHEN t.denyut = 0 THEN 'tidak ada kabar dari bangku'
        WHEN t.jam_daring = 0 THEN 'bangku menyala tetapi tidak terhubung'
        ELSE 'padahal bangku menyala dan terhubung'
    END AS keadaan
FROM terakhir t
LEFT JOIN sesudah s ON s.tanggal = t.tanggal
