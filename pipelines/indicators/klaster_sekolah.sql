/*
title: Sekolah berdekatan dengan murid sakit
title_en: Neighbouring schools with pupils ill
description: >-
  Pupils entered as ill per school and day on which all schools teach, scanned for a circle of neighbouring schools of
  at most 5 km with too many of them in the last one to seven school days. The scan holds the totals of schools and
  days fixed, so weekdays and what concerns all schools cancel; it is blind to a rise everywhere, which
  absensi_kecamatan sees. Rare by construction: an alarm once a year where nothing happens.
owner: dikpora
unit: sekolah
unit_en: school
family: absensi
grain: hari
calendar: hari_sekolah
direction: naik
detector: {method: scan-stp, max_radius: 5, max_days: 7, replications: 999, alpha: 0.0027}
floor: {excess: 5}
severity: {tinggi: {excess: 15}, kritis: {excess: 40}}
masks: [libur, fakultatif, ujian]
tests: false
links:
  - to: absensi
    near: 5km
    lag_days: [-7, 14]
    checked: sekolah di sekitarnya
    checked_en: schools nearby
  - to: penyakit
    near: catchment
    lag_days: [-4, 14]
    checked: kunjungan puskesmas wilayah sekolah itu
    checked_en: visits to the health centre of the area
explanation:
  id: "{nama} dan sekolah di sekitarnya: murid sakit lebih banyak dari biasanya sejak {sejak}; di sekolah ini {nilai:0} dari {penyebut:0} murid."
  en: "{nama} and schools nearby: more pupils are ill than usual since {sejak}; at this school {nilai:0} of {penyebut:0} pupils."
action:
  id: "Bandingkan gejala antarsekolah: makanan dari pemasok yang sama, jajanan, air, atau penularan. Libatkan puskesmas."
  en: "Compare symptoms between the schools: the same caterer, snacks, water, or contagion. Involve the health centre."
sources:
  mart.kehadiran_sekolah_harian: tanggal
  mart.kalender: tanggal
  ref.sekolah: all
  ref.wilayah_kerja_puskesmas: all
lookback: 110
access: analis
classification: terbatas
*/
WITH wilayah_kerja AS (
    SELECT kode_desa, last_value(kode_faskes ORDER BY berlaku_mulai) AS kode_faskes
    FROM ref.wilayah_kerja_puskesmas
    GROUP BY kode_desa
)
SELECT
    h.npsn AS unit,
    h.tanggal,
    CAST(h.sakit AS DOUBLE) AS nilai,
    h.nama_sekolah AS nama,
    CAST(h.terdaftar AS DOUBLE) AS penyebut,
    -- One scan for all.
    '35.03' AS grup,
    h.kode_kecamatan AS wilayah,
    w.kode_faskes AS puskesmas,
    s.lintang,
    s.bujur,
    5 AS hari_sekolah
FROM mart.kehadiran_sekolah_harian h
JOIN ref.sekolah s ON s.npsn = h.npsn
-- On Saturdays the schools of six days are alone, and would look like a cluster.
JOIN mart.kalender k ON k.tanggal = h.tanggal AND k.hari_sekolah_5
LEFT JOIN wilayah_kerja w ON w.kode_desa = s.kode_desa
WHERE h.hari_sekolah AND s.lintang IS NOT NULL AND s.bujur IS NOT NULL
