/*
title: Kehadiran sekolah per minggu
title_en: School attendance per week
description: >-
  Pupil-days of a week (Sunday to Saturday) by school, school days only. hari_lapor counts the days that were reported,
  hari_seharusnya the school days of the week by the calendar and the school's own week of five or six days; it is empty
  where the calendar does not know the week. The rates divide by the pupil-days reported. Days on which a school does
  not teach, and schools that are not in the list, are left out. puncak_tidak_hadir is the worst day of the week.
owner: dikpora
grain: one school in one week
kind: table
key: [minggu_mulai, npsn]
slice: minggu_mulai
sources:
  mart.kehadiran_sekolah_harian: minggu_mulai
  mart.kalender: minggu_epi_mulai
  ref.sekolah: all
region: kode_kecamatan
access: analis
classification: terbatas
*/
WITH lapor AS (
    SELECT
        minggu_mulai,
        npsn,
        max(nama_sekolah) AS nama_sekolah,
        max(jenjang) AS jenjang,
        max(kode_kecamatan) AS kode_kecamatan,
        max(kode_desa) AS kode_desa,
        count(*) AS hari_lapor,
        sum(terdaftar) AS murid_hari,
        sum(sakit) AS sakit,
        sum(izin) AS izin,
        sum(alpa) AS alpa,
        sum(tidak_hadir) AS tidak_hadir,
        max(tidak_hadir) AS puncak_tidak_hadir
    FROM mart.kehadiran_sekolah_harian
    WHERE hari_sekolah
    GROUP BY minggu_mulai, npsn
),
minggu AS (
    SELECT
        minggu_epi_mulai,
        max(tahun_epi) AS tahun_epi,
        max(minggu_epi) AS minggu_epi,
        count(*) FILTER (WHERE hari_sekolah_5) AS hari_5,
        count(*) FILTER (WHERE hari_sekolah_6) AS hari_6
    FROM mart.kalender
    GROUP BY minggu_epi_mulai
)
SELECT
    l.minggu_mulai,
    m.tahun_epi,
    m.minggu_epi,
    l.npsn,
    l.nama_sekolah,
    l.jenjang,
    l.kode_kecamatan,
    l.kode_desa,
    l.hari_lapor,
    CASE s.hari_sekolah WHEN 6 THEN m.hari_6 WHEN 5 THEN m.hari_5 END AS hari_seharusnya,
    l.murid_hari,
    l.sakit,
    l.izin,
    l.alpa,
    l.tidak_hadir,
    l.puncak_tidak_hadir,
    round(100.0 * l.tidak_hadir / nullif(l.murid_hari, 0), 2) AS persen_tidak_hadir,
    round(100.0 * l.sakit / nullif(l.murid_hari, 0), 2) AS persen_sakit
FROM lapor l
LEFT JOIN minggu m ON m.minggu_epi_mulai = l.minggu_mulai
LEFT JOIN ref.sekolah s ON s.npsn = l.npsn
