/*
title: Sekolah berdekatan dengan murid sakit
title_en: Neighbouring schools with pupils ill
description: >-
  Pupils newly ill per school and day on which all schools teach, scanned for a circle of neighbouring schools of at
  most 5 km with too many of them in the last one to seven school days. Newly ill are at least those by which the
  number of ill pupils rose since the school day before: who stays ill for days is one case, or the scan would see a
  cluster in every long illness. The scan holds the totals of schools and days fixed, so weekdays and what concerns all
  schools cancel; it is blind to a rise everywhere, which absensi_kecamatan sees.
owner: dikpora
unit: sekolah
unit_en: school
family: absensi
grain: hari
calendar: hari_sekolah
direction: naik
detector: {method: scan-stp, max_radius: 5, max_days: 7, replications: 999, alpha: 0.001}
floor: {value: 1}
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
  id: "{nama} dan sekolah di sekitarnya: murid sakit lebih banyak dari biasanya sejak {sejak}; di sekolah ini {sakit:0} dari {penyebut:0} murid sakit, {nilai:0} baru hari ini. {catatan_lain}."
  en: "{nama} and schools nearby: more pupils are ill than usual since {sejak}; at this school {sakit:0} of {penyebut:0} pupils are ill, {nilai:0} new today. {catatan_lain_en}."
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
),
harian AS (
    SELECT
        h.npsn,
        h.tanggal,
        h.nama_sekolah,
        h.kode_kecamatan,
        h.terdaftar,
        h.sakit,
        h.izin + h.alpa AS lain,
        avg(h.izin + h.alpa) OVER (
            PARTITION BY h.npsn
            ORDER BY h.tanggal
            RANGE BETWEEN INTERVAL '42 days' PRECEDING AND INTERVAL '1 day' PRECEDING
        ) AS lain_biasa,
        lag(h.sakit) OVER (PARTITION BY h.npsn ORDER BY h.tanggal) AS sakit_lalu,
        CAST(h.tanggal - lag(h.tanggal) OVER (PARTITION BY h.npsn ORDER BY h.tanggal) AS INT) AS jarak
    FROM mart.kehadiran_sekolah_harian h
    -- On Saturdays the schools of six days are alone, and would look like a cluster.
    JOIN mart.kalender k ON k.tanggal = h.tanggal AND k.hari_sekolah_5
    WHERE h.hari_sekolah
)
SELECT
    h.npsn AS unit,
    h.tanggal,
    -- After a break all who are ill are new.
    CAST(CASE WHEN h.jarak <= 5 THEN greatest(h.sakit - h.sakit_lalu, 0) ELSE h.sakit END AS DOUBLE) AS nilai,
    h.nama_sekolah AS nama,
    CAST(h.terdaftar AS DOUBLE) AS penyebut,
    -- One scan for all.
    '35.03' AS grup,
    h.kode_kecamatan AS wilayah,
    w.kode_faskes AS puskesmas,
    s.lintang,
    s.bujur,
    5 AS hari_sekolah,
    h.sakit,
    CASE
        WHEN h.lain - h.lain_biasa >= greatest(3, 0.03 * h.terdaftar)
            THEN 'Yang izin dan tanpa keterangan juga jauh lebih banyak dari biasanya: mungkin libur setempat, hajatan, panen, atau banjir'
        ELSE 'Yang izin dan tanpa keterangan seperti biasa'
    END AS catatan_lain,
    CASE
        WHEN h.lain - h.lain_biasa >= greatest(3, 0.03 * h.terdaftar)
            THEN 'Those on leave and without excuse are far more than usual as well: perhaps a local holiday, a feast, the harvest, or a flood'
        ELSE 'Those on leave and without excuse are as many as usual'
    END AS catatan_lain_en
FROM harian h
JOIN ref.sekolah s ON s.npsn = h.npsn
LEFT JOIN wilayah_kerja w ON w.kode_desa = s.kode_desa
WHERE s.lintang IS NOT NULL AND s.bujur IS NOT NULL
