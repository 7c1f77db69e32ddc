/*
title: Sesi wifi bangku pintar
title_en: Wifi sessions of the smart benches
description: >-
  Sessions per bench and day. A day on which the bench was on the air and nobody connected is a true zero; one on which
  it was silent is a missing report, which bangku_mati tells. The method takes the weekday into account where that
  explains enough. A day is complete once a later one has sessions anywhere.
owner: kominfo
unit: bangku
unit_en: bench
family: bangku
grain: hari
calendar: setiap_hari
direction: dua_arah
detector: {method: switch, alpha: 0.001}
floor: {excess: 10}
severity: {tinggi: {excess: 40}}
links:
  - to: bangku
    near: unit
    lag_days: [-7, 7]
    checked: keadaan bangku itu
    checked_en: state of the bench
explanation:
  id: "{nama}: {nilai:0} sesi wifi dalam sehari, biasanya sekitar {harapan:0}, sejak {sejak}; {jam_daring:0} jam di jaringan."
  en: "{nama}: {nilai:0} wifi sessions in a day, usually about {harapan:0}, since {sejak}; {jam_daring:0} hours on the air."
action:
  id: "Bila turun, coba sambungan di tempat; bila naik, lihat acara di sekitarnya dan cukup tidaknya kuota."
  en: "If it fell, try the connection on the spot; if it rose, see what goes on there and whether the quota holds."
sources:
  mart.bangku_harian: tanggal
  mart.wifi_sesi_harian:
    - tanggal
    - CAST(tanggal - INTERVAL '7 days' AS DATE)
  data.bangku: all
access: analis
classification: terbatas
*/
WITH sesudah AS (
    SELECT DISTINCT
        CAST(unnest(generate_series(
            tanggal - INTERVAL '7 days', tanggal - INTERVAL '1 day', INTERVAL '1 day'
        )) AS DATE) AS tanggal
    FROM (SELECT DISTINCT tanggal FROM mart.wifi_sesi_harian WHERE sesi > 0)
)
SELECT
    k.bangku_id AS unit,
    k.tanggal,
    CAST(coalesce(w.sesi, CASE WHEN k.jam_daring > 0 THEN 0 END) AS DOUBLE) AS nilai,
    b.nama,
    b.kode_desa AS wilayah,
    b.lintang,
    b.bujur,
    s.tanggal IS NOT NULL AS lengkap,
    k.jam_daring
FROM mart.bangku_harian k
JOIN data.bangku b ON b.bangku_id = k.bangku_id
LEFT JOIN mart.wifi_sesi_harian w ON w.tanggal = k.tanggal AND w.bangku_id = k.bangku_id
LEFT JOIN sesudah s ON s.tanggal = k.tanggal
