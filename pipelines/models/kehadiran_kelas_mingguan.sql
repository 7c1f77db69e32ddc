/*
title: Kehadiran kelas per minggu
title_en: Class attendance per week
description: >-
  Pupil-days of a week (Sunday to Saturday) by class, school days of the class's school only. hari_lapor counts the days
  that were reported. The rates divide by the pupil-days reported. Classes of schools that send only a recap, or that are
  not in the list of schools, are not in it.
owner: dikpora
grain: one class of a school in one week
kind: table
key: [minggu_mulai, npsn, kelas]
slice: minggu_mulai
sources:
  mart.kehadiran_kelas_harian: CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 AS DATE)
  mart.kalender: minggu_epi_mulai
  ref.sekolah: all
region: kode_kecamatan
access: analis
classification: terbatas
*/
WITH harian AS (
    SELECT *, CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 AS DATE) AS minggu_mulai
    FROM mart.kehadiran_kelas_harian
),
efektif AS (
    SELECT h.*, s.nama AS nama_sekolah, s.jenjang
    FROM harian h
    JOIN ref.sekolah s ON s.npsn = h.npsn
    JOIN mart.kalender k ON k.tanggal = h.tanggal
    WHERE CASE s.hari_sekolah WHEN 6 THEN k.hari_sekolah_6 WHEN 5 THEN k.hari_sekolah_5 END
)
SELECT
    minggu_mulai,
    npsn,
    kelas,
    max(nama_sekolah) AS nama_sekolah,
    max(jenjang) AS jenjang,
    max(kode_kecamatan) AS kode_kecamatan,
    count(*) AS hari_lapor,
    sum(terdaftar) AS murid_hari,
    sum(sakit) AS sakit,
    sum(izin) AS izin,
    sum(alpa) AS alpa,
    sum(tidak_hadir) AS tidak_hadir,
    max(tidak_hadir) AS puncak_tidak_hadir,
    round(100.0 * sum(tidak_hadir) / nullif(sum(terdaftar), 0), 2) AS persen_tidak_hadir,
    round(100.0 * sum(sakit) / nullif(sum(terdaftar), 0), 2) AS persen_sakit
FROM efektif
GROUP BY minggu_mulai, npsn, kelas
