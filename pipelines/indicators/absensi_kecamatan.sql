/*
title: Murid sakit di satu kecamatan
title_en: Pupils ill in a kecamatan
description: >-
  Pupils entered as ill per thousand pupils of the schools that reported, per kecamatan and day on which all schools
  teach. What all schools of a kecamatan have in common is taken out of the judgement of single schools: it is judged
  here. A day on which fewer than half of the schools have reported is kept and not judged.
owner: dikpora
unit: kecamatan
unit_en: kecamatan
family: absensi
grain: hari
calendar: hari_sekolah
direction: naik
detector: {method: switch, alpha: 0.0001}
floor: {excess: 10}
severity: {tinggi: {excess: 15, ratio: 2}, kritis: {excess: 40, ratio: 3}}
masks: [libur, fakultatif, ujian]
links:
  - to: penyakit
    near: kecamatan
    lag_days: [-4, 14]
    checked: kunjungan puskesmas di kecamatan itu
    checked_en: visits to the health centres of the kecamatan
  - to: absensi
    near: kecamatan
    lag_days: [-7, 14]
    checked: sekolah di kecamatan itu
    checked_en: schools of the kecamatan
explanation:
  id: "Kecamatan {nama}: {nilai:0} dari seribu murid sakit, biasanya sekitar {harapan:0}, sejak {sejak}; {sakit:0} murid di {sekolah_lapor:0} sekolah. {catatan_lain}."
  en: "Kecamatan {nama}: {nilai:0} of a thousand pupils are ill, usually about {harapan:0}, since {sejak}; {sakit:0} pupils at {sekolah_lapor:0} schools. {catatan_lain_en}."
action:
  id: "Tanyakan puskesmas setempat penyakit apa yang naik; bila cuaca atau hajatan penyebabnya, catat dan tutup."
  en: "Ask the health centre which illness is rising; if weather or a feast explains it, note that and close."
sources:
  mart.kehadiran_sekolah_harian: tanggal
  mart.kalender: tanggal
  ref.sekolah: all
  ref.wilayah: all
access: analis
classification: terbatas
*/
WITH wajib AS (
    SELECT kode_kecamatan, count(*) AS sekolah FROM ref.sekolah WHERE aktif GROUP BY kode_kecamatan
),
nama AS (
    SELECT kode, max(nama) AS nama FROM ref.wilayah GROUP BY kode
),
harian AS (
    SELECT
        h.tanggal,
        h.kode_kecamatan,
        count(*) AS sekolah_lapor,
        sum(h.terdaftar) AS terdaftar,
        sum(h.sakit) AS sakit,
        sum(h.tidak_hadir) AS tidak_hadir
    FROM mart.kehadiran_sekolah_harian h
    WHERE h.hari_sekolah AND h.kode_kecamatan IS NOT NULL
    GROUP BY h.tanggal, h.kode_kecamatan
),
lain AS (
    SELECT
        *,
        avg((tidak_hadir - sakit) / CAST(terdaftar AS DOUBLE)) OVER (
            PARTITION BY kode_kecamatan
            ORDER BY tanggal
            RANGE BETWEEN INTERVAL '42 days' PRECEDING AND INTERVAL '1 day' PRECEDING
        ) AS lain_biasa
    FROM harian
    WHERE terdaftar > 0
)
SELECT
    h.kode_kecamatan AS unit,
    h.tanggal,
    1000.0 * h.sakit / h.terdaftar AS nilai,
    n.nama,
    CAST(h.terdaftar AS DOUBLE) AS penyebut,
    h.kode_kecamatan AS wilayah,
    -- Saturdays have the schools of six days only, which are others.
    5 AS hari_sekolah,
    2 * h.sekolah_lapor >= w.sekolah AS lengkap,
    h.sekolah_lapor,
    h.sakit,
    h.tidak_hadir,
    CASE
        WHEN (h.tidak_hadir - h.sakit) / CAST(h.terdaftar AS DOUBLE) - h.lain_biasa >= 0.015
            THEN 'Yang izin dan tanpa keterangan juga jauh lebih banyak dari biasanya: mungkin libur setempat, hajatan, panen, atau banjir'
        ELSE 'Yang izin dan tanpa keterangan seperti biasa'
    END AS catatan_lain,
    CASE
        WHEN (h.tidak_hadir - h.sakit) / CAST(h.terdaftar AS DOUBLE) - h.lain_biasa >= 0.015
            THEN 'Those on leave and without excuse are far more than usual as well: perhaps a local holiday, a feast, the harvest, or a flood'
        ELSE 'Those on leave and without excuse are as many as usual'
    END AS catatan_lain_en
FROM lain h
JOIN mart.kalender k ON k.tanggal = h.tanggal AND k.hari_sekolah_5
LEFT JOIN wajib w ON w.kode_kecamatan = h.kode_kecamatan
LEFT JOIN nama n ON n.kode = h.kode_kecamatan
