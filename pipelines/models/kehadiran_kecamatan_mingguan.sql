/*
title: Ketidakhadiran murid per kecamatan per minggu
title_en: School absence per kecamatan and week
description: >-
  Pupil-days of a week (Sunday to Saturday) by kecamatan, school days only. hari_lapor counts the school-days that were
  reported and hari_seharusnya those that the active schools owed by the school calendar; compare weeks only where
  their quotient is alike. The rates divide by the pupil-days reported. Counts of 1 to 4 are left empty, with the rates
  from them; where one of sakit, izin and alpa is, so are the other two, or it could be told by subtraction.
owner: dikpora
grain: one kecamatan in one week
kind: table
key: [minggu_mulai, kode_kecamatan]
slice: minggu_mulai
sources:
  mart.kehadiran_sekolah_harian: minggu_mulai
  mart.kalender: minggu_epi_mulai
  ref.sekolah: all
region: kode_kecamatan
access: pimpinan
classification: terbatas
*/
WITH lapor AS (
    SELECT
        minggu_mulai,
        kode_kecamatan,
        count(DISTINCT npsn) AS sekolah_lapor,
        count(*) AS hari_lapor,
        sum(terdaftar) AS murid_hari,
        sum(sakit) AS sakit,
        sum(izin) AS izin,
        sum(alpa) AS alpa,
        sum(tidak_hadir) AS tidak_hadir,
        sum(sakit) BETWEEN 1 AND 4 OR sum(izin) BETWEEN 1 AND 4 OR sum(alpa) BETWEEN 1 AND 4 AS bagian_kecil,
        sum(tidak_hadir) BETWEEN 1 AND 4 AS kecil
    FROM mart.kehadiran_sekolah_harian
    WHERE hari_sekolah AND kode_kecamatan IS NOT NULL
    GROUP BY minggu_mulai, kode_kecamatan
),
sekolah AS (
    SELECT
        kode_kecamatan,
        count(*) AS sekolah_aktif,
        count(*) FILTER (WHERE hari_sekolah = 5) AS lima,
        count(*) FILTER (WHERE hari_sekolah = 6) AS enam
    FROM ref.sekolah
    WHERE aktif
    GROUP BY kode_kecamatan
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
    l.kode_kecamatan,
    l.sekolah_lapor,
    s.sekolah_aktif,
    l.hari_lapor,
    s.lima * m.hari_5 + s.enam * m.hari_6 AS hari_seharusnya,
    l.murid_hari,
    CASE WHEN l.bagian_kecil THEN NULL ELSE l.sakit END AS sakit,
    CASE WHEN l.bagian_kecil THEN NULL ELSE l.izin END AS izin,
    CASE WHEN l.bagian_kecil THEN NULL ELSE l.alpa END AS alpa,
    CASE WHEN l.kecil THEN NULL ELSE l.tidak_hadir END AS tidak_hadir,
    CASE WHEN l.kecil THEN NULL ELSE round(100.0 * l.tidak_hadir / nullif(l.murid_hari, 0), 2) END AS persen_tidak_hadir,
    CASE WHEN l.bagian_kecil THEN NULL ELSE round(100.0 * l.sakit / nullif(l.murid_hari, 0), 2) END AS persen_sakit
FROM lapor l
LEFT JOIN minggu m ON m.minggu_epi_mulai = l.minggu_mulai
LEFT JOIN sekolah s ON s.kode_kecamatan = l.kode_kecamatan
