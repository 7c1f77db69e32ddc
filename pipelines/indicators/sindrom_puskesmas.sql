/*
title: Sindrom di puskesmas
title_en: Syndromes at health centres
description: >-
  New cases per health centre, syndrome and day of arrival. A day on which the centre sent visits and none of the
  syndrome is a true zero; a day without visits is a missing report. Sundays and holidays, on which only emergencies
  are seen, are in no baseline. The method takes the weekday into account where that explains enough, and else smooths.
  Cases are judged, not their share of the visits: total visits fall with the weather and rise with campaigns.
owner: dinkes
unit: sindrom di puskesmas
unit_en: syndrome at a health centre
family: penyakit
grain: hari
calendar: setiap_hari
direction: naik
detector: {method: switch, alpha: 0.001}
floor: {value: 3, excess: 3}
severity: {tinggi: {excess: 6, ratio: 3}, kritis: {excess: 15, ratio: 4}}
masks: [libur]
links:
  - to: penyakit
    near: unit
    lag_days: [-7, 14]
    checked: laporan mingguan penyakit yang sama
    checked_en: weekly reports of the same disease
  - to: absensi
    near: catchment
    lag_days: [-14, 4]
    checked: sekolah di wilayah kerjanya
    checked_en: schools of its area
explanation:
  id: "{nama}: {nilai:0} kasus baru {nama_sindrom} dalam sehari, biasanya sekitar {harapan:1}, sejak {sejak}; {usia_sekolah:0} di antaranya anak usia sekolah."
  en: "{nama}: {nilai:0} new cases of {nama_sindrom} in a day, usually about {harapan:1}, since {sejak}; {usia_sekolah:0} of them of school age."
action:
  id: "Minta puskesmas melihat alamat dan umur pasien: satu desa, satu sekolah, atau satu hajatan? Bila sama, turun memeriksa."
  en: "Ask the centre for village and age of the patients: one village, one school, one feast? If so, go and look."
sources:
  mart.kunjungan_sindrom_harian: tanggal
  mart.kalender: tanggal
  ref.faskes: all
access: analis
classification: terbatas
*/
SELECT
    concat(h.kode_faskes, '/', h.sindrom) AS unit,
    h.tanggal,
    CAST(h.kasus_baru AS DOUBLE) AS nilai,
    f.nama,
    CAST(h.kunjungan_total AS DOUBLE) AS penyebut,
    h.sindrom AS grup,
    h.kode_kecamatan AS wilayah,
    h.kode_faskes AS puskesmas,
    f.lintang,
    f.bujur,
    CASE WHEN k.hari_ke = 0 OR k.libur OR k.cuti_bersama THEN 'libur' END AS masker,
    h.nama_sindrom,
    h.balita,
    h.usia_sekolah
FROM mart.kunjungan_sindrom_harian h
LEFT JOIN mart.kalender k ON k.tanggal = h.tanggal
LEFT JOIN ref.faskes f ON f.kode = h.kode_faskes
