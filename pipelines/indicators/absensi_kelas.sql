/*
title: Kelas dengan banyak murid sakit
title_en: Class with many pupils ill
description: >-
  Different pupils of a class who were ill within three school days, at least: those of the first day and every further
  rise, since the counts of a class do not say who is ill. Ten or more are an event that needs no statistics.
owner: dikpora
unit: kelas
unit_en: class
family: absensi
grain: hari
calendar: hari_sekolah
direction: naik
detector: {method: rule}
rule:
  sql: "nilai >= 10"
  title: Sedikitnya sepuluh murid satu kelas sakit dalam tiga hari
  title_en: At least ten pupils of one class ill within three days
  severity: tinggi
  alerts: true
tests: false
links:
  - to: penyakit
    near: catchment
    lag_days: [-4, 14]
    checked: kunjungan puskesmas wilayah sekolah itu
    checked_en: visits to the health centre of the school's area
  - to: absensi
    near: 3km
    lag_days: [0, 14]
    checked: sekolah di sekitarnya
    checked_en: schools nearby
explanation:
  id: "{nama}: sedikitnya {nilai:0} dari {penyebut:0} murid sakit dalam tiga hari sekolah, {sakit:0} di antaranya pada hari terakhir; mulai {sejak}."
  en: "{nama}: at least {nilai:0} of {penyebut:0} pupils ill within three school days, {sakit:0} of them on the last day; since {sejak}."
action:
  id: "Telepon wali kelas hari ini: gejala, awal sakit, makanan bersama. Minta puskesmas memeriksa bila gejalanya sama."
  en: "Call the class teacher today: symptoms, beginning, shared meals. Ask the health centre to see them if the symptoms are alike."
sources:
  # A day counts for the two school days after it as well; these are at most six days away and re-judged with it.
  mart.kehadiran_kelas_harian: tanggal
  mart.kalender: tanggal
  ref.sekolah: all
  ref.wilayah_kerja_puskesmas: all
lookback: 14
access: analis
classification: terbatas
*/
-- Each school day with itself and the two school days before it, for schools of five and of six days.
WITH hari AS (
    SELECT tanggal, 5 AS hari_sekolah FROM mart.kalender WHERE hari_sekolah_5
    UNION ALL
    SELECT tanggal, 6 AS hari_sekolah FROM mart.kalender WHERE hari_sekolah_6
),
berurut AS (
    SELECT
        tanggal,
        hari_sekolah,
        lag(tanggal, 1) OVER (PARTITION BY hari_sekolah ORDER BY tanggal) AS kemarin,
        lag(tanggal, 2) OVER (PARTITION BY hari_sekolah ORDER BY tanggal) AS lusa
    FROM hari
),
jendela AS (
    SELECT tanggal, hari_sekolah, tanggal AS asal, 0 AS mundur FROM berurut
    UNION ALL
    SELECT tanggal, hari_sekolah, kemarin AS asal, 1 AS mundur FROM berurut WHERE CAST(tanggal - kemarin AS INT) <= 6
    UNION ALL
    SELECT tanggal, hari_sekolah, lusa AS asal, 2 AS mundur FROM berurut WHERE CAST(tanggal - lusa AS INT) <= 6
),
tiga AS (
    SELECT
        j.tanggal,
        h.npsn,
        h.kelas,
        s.nama AS nama_sekolah,
        s.kode_kecamatan,
        s.kode_desa,
        s.lintang,
        s.bujur,
        s.hari_sekolah,
        max(CASE WHEN j.mundur = 0 THEN h.terdaftar END) AS terdaftar,
        max(CASE WHEN j.mundur = 0 THEN h.sakit END) AS hari_ini,
        coalesce(max(CASE WHEN j.mundur = 1 THEN h.sakit END), 0) AS kemarin,
        coalesce(max(CASE WHEN j.mundur = 2 THEN h.sakit END), 0) AS lusa
    FROM mart.kehadiran_kelas_harian h
    JOIN ref.sekolah s ON s.npsn = h.npsn
    JOIN jendela j ON j.asal = h.tanggal AND j.hari_sekolah = s.hari_sekolah
    GROUP BY
        j.tanggal, h.npsn, h.kelas, s.nama, s.kode_kecamatan, s.kode_desa, s.lintang, s.bujur, s.hari_sekolah
),
wilayah_kerja AS (
    SELECT kode_desa, last_value(kode_faskes ORDER BY berlaku_mulai) AS kode_faskes
    FROM ref.wilayah_kerja_puskesmas
    GROUP BY kode_desa
)
SELECT
    concat(t.npsn, '/', t.kelas) AS unit,
    t.tanggal,
    CAST(t.lusa + greatest(t.kemarin - t.lusa, 0) + greatest(t.hari_ini - t.kemarin, 0) AS DOUBLE) AS nilai,
    concat('Kelas ', t.kelas, ' ', t.nama_sekolah) AS nama,
    CAST(t.terdaftar AS DOUBLE) AS penyebut,
    t.kode_kecamatan AS wilayah,
    w.kode_faskes AS puskesmas,
    t.lintang,
    t.bujur,
    CAST(t.hari_sekolah AS INT) AS hari_sekolah,
    t.hari_ini AS sakit
FROM tiga t
LEFT JOIN wilayah_kerja w ON w.kode_desa = t.kode_desa
-- A class that has not reported yet is not judged by the days before.
WHERE t.hari_ini IS NOT NULL
