/*
title: Sindrom di puskesmas
title_en: Syndromes at health centres
description: >-
  New cases of all ages per health centre and syndrome within seven days, by day of arrival: a single day swings with
  market days and holidays, a week does not. A day on which the centre sent visits and none of the syndrome is a true
  zero; a day without visits is a missing report. The rate of all centres tells what is usual where a centre's own past
  is short or thin. Cases are judged, not their share of the visits: total visits fall with the weather and rise with
  campaigns. Rare diseases of children are in penyakit_anak, each by itself.
owner: dinkes
unit: sindrom di puskesmas
unit_en: syndrome at a health centre
family: penyakit
grain: hari
calendar: setiap_hari
direction: naik
detector: {method: gamma-poisson, window: 7, baseline: 60, dispersion: 1.5, alpha: 0.001}
floor: {value: 4, excess: 3}
severity: {tinggi: {excess: 8, ratio: 2}, kritis: {excess: 20, ratio: 3}}
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
  id: "{nama}: {nilai:0} kasus baru {nama_sindrom} dalam tujuh hari, biasanya sekitar {harapan:1}; mulai {sejak}; {usia_sekolah:0} di antaranya anak usia sekolah."
  en: "{nama}: {nilai:0} new cases of {nama_sindrom} within seven days, usually about {harapan:1}; since {sejak}; {usia_sekolah:0} of them of school age."
action:
  id: "Minta puskesmas melihat alamat dan umur pasien: satu desa, satu sekolah, atau satu hajatan? Bila sama, turun memeriksa."
  en: "Ask the centre for village and age of the patients: one village, one school, one feast? If so, go and look."
sources:
  mart.kunjungan_sindrom_harian: tanggal
  ref.faskes: all
access: analis
classification: terbatas
*/
WITH jumlah AS (
    SELECT
        tanggal,
        kode_faskes,
        kode_kecamatan,
        sindrom,
        nama_sindrom,
        kunjungan_total,
        sum(kasus_baru) OVER (
            PARTITION BY kode_faskes, sindrom ORDER BY tanggal RANGE BETWEEN INTERVAL '6 days' PRECEDING AND CURRENT ROW
        ) AS kasus_baru,
        sum(usia_sekolah) OVER (
            PARTITION BY kode_faskes, sindrom ORDER BY tanggal RANGE BETWEEN INTERVAL '6 days' PRECEDING AND CURRENT ROW
        ) AS usia_sekolah
    FROM mart.kunjungan_sindrom_harian
)
SELECT
    concat(j.kode_faskes, '/', j.sindrom) AS unit,
    j.tanggal,
    CAST(j.kasus_baru AS DOUBLE) AS nilai,
    f.nama,
    CAST(j.kunjungan_total AS DOUBLE) AS penyebut,
    j.sindrom AS grup,
    j.kode_kecamatan AS wilayah,
    j.kode_faskes AS puskesmas,
    f.lintang,
    f.bujur,
    j.nama_sindrom,
    j.usia_sekolah
FROM jumlah j
LEFT JOIN ref.faskes f ON f.kode = j.kode_faskes
