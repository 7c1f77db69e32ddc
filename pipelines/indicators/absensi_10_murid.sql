/*
title: Sepuluh murid tidak hadir
title_en: Ten pupils absent
description: >-
  The rule as it is told: ten or more pupils of a school are away on one day, for whatever reason. At a school of 500
  it holds on almost every day, at a school of 50 hardly ever. Shown beside absensi_sekolah for comparison; it never
  alerts.
owner: dikpora
unit: sekolah
unit_en: school
family: absensi_harfiah
grain: hari
calendar: hari_sekolah
direction: naik
detector: {method: rule}
rule:
  sql: "nilai >= 10"
  title: Sepuluh murid atau lebih tidak hadir
  title_en: Ten pupils or more absent
  severity: info
  alerts: false
alerts: false
tests: false
lookback: 1
explanation:
  id: "{nama}: {nilai:0} dari {penyebut:0} murid tidak hadir ({sakit:0} sakit, {izin:0} izin, {alpa:0} tanpa keterangan)."
  en: "{nama}: {nilai:0} of {penyebut:0} pupils absent ({sakit:0} ill, {izin:0} on leave, {alpa:0} without excuse)."
action:
  id: "Lihat indikator Murid sakit di sekolah, yang memperhitungkan besar sekolah dan kebiasaannya."
  en: "See Pupils ill at a school, which knows the size of the school and what is usual there."
sources:
  mart.kehadiran_sekolah_harian: tanggal
  ref.sekolah: all
access: analis
classification: terbatas
*/
SELECT
    h.npsn AS unit,
    h.tanggal,
    CAST(h.tidak_hadir AS DOUBLE) AS nilai,
    h.nama_sekolah AS nama,
    CAST(h.terdaftar AS DOUBLE) AS penyebut,
    h.kode_kecamatan AS wilayah,
    s.lintang,
    s.bujur,
    CAST(s.hari_sekolah AS INT) AS hari_sekolah,
    h.sakit,
    h.izin,
    h.alpa
FROM mart.kehadiran_sekolah_harian h
JOIN ref.sekolah s ON s.npsn = h.npsn
WHERE h.hari_sekolah
