/*
title: Kehadiran sekolah per hari
title_en: School attendance per day
description: >-
  Pupils present and absent per school and day, from the most detailed feed that reported the day: pupils, else
  classes, else the recap. Late (T) and school duty (D) count as present. A day without a row is a missing report, not
  zero absence. hari_sekolah tells days on which this school teaches; other rows are kept but belong in no baseline.
  tidak_hadir_rekap is what the recap says of the same day, for finding sources that disagree.
owner: dikpora
grain: one school on one day
kind: table
key: [tanggal, npsn]
slice: tanggal
sources:
  data.absensi_siswa: tanggal
  data.absensi_kelas: tanggal
  data.absensi_harian_sekolah: tanggal
  ref.sekolah: all
  mart.kalender: tanggal
region: kode_kecamatan
access: analis
classification: terbatas
*/
-- By class first: counting distinct classes over single pupils is an order of magnitude slower.
WITH kelas_siswa AS (
    SELECT
        tanggal,
        npsn,
        kelas,
        max(kode_kecamatan) AS kode_kecamatan,
        count(*) AS terdaftar,
        count(*) FILTER (WHERE kode IN ('H', 'T', 'D')) AS hadir,
        count(*) FILTER (WHERE kode = 'S') AS sakit,
        count(*) FILTER (WHERE kode = 'I') AS izin,
        count(*) FILTER (WHERE kode = 'A') AS alpa
    FROM data.absensi_siswa
    GROUP BY tanggal, npsn, kelas
),
laporan AS (
    SELECT
        tanggal,
        npsn,
        1 AS urutan,
        'siswa' AS sumber,
        max(kode_kecamatan) AS kode_kecamatan,
        count(*) AS kelas_lapor,
        sum(terdaftar) AS terdaftar,
        sum(hadir) AS hadir,
        sum(sakit) AS sakit,
        sum(izin) AS izin,
        sum(alpa) AS alpa
    FROM kelas_siswa
    GROUP BY tanggal, npsn
    UNION ALL
    SELECT
        tanggal,
        npsn,
        2 AS urutan,
        'kelas' AS sumber,
        max(kode_kecamatan) AS kode_kecamatan,
        count(*) AS kelas_lapor,
        sum(terdaftar) AS terdaftar,
        sum(hadir) AS hadir,
        sum(sakit) AS sakit,
        sum(izin) AS izin,
        sum(alpa) AS alpa
    FROM data.absensi_kelas
    GROUP BY tanggal, npsn
    UNION ALL
    SELECT
        tanggal,
        npsn,
        3 AS urutan,
        'rekap' AS sumber,
        kode_kecamatan,
        CAST(NULL AS BIGINT) AS kelas_lapor,
        CAST(terdaftar AS BIGINT) AS terdaftar,
        CAST(hadir AS BIGINT) AS hadir,
        CAST(sakit AS BIGINT) AS sakit,
        CAST(izin AS BIGINT) AS izin,
        CAST(alpa AS BIGINT) AS alpa
    FROM data.absensi_harian_sekolah
),
pilih AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY tanggal, npsn ORDER BY urutan) AS pilihan,
        max(CASE WHEN urutan = 3 THEN sakit + izin + alpa END) OVER (PARTITION BY tanggal, npsn) AS tidak_hadir_rekap
    FROM laporan
)
SELECT
    p.tanggal,
    p.npsn,
    s.nama AS nama_sekolah,
    s.jenjang,
    s.kewenangan,
    coalesce(s.kode_kecamatan, p.kode_kecamatan) AS kode_kecamatan,
    s.kode_desa,
    CAST(CAST(p.tanggal AS INT) - (CAST(p.tanggal AS INT) + 4) % 7 AS DATE) AS minggu_mulai,
    p.terdaftar,
    p.hadir,
    p.sakit,
    p.izin,
    p.alpa,
    p.sakit + p.izin + p.alpa AS tidak_hadir,
    round(100.0 * (p.sakit + p.izin + p.alpa) / nullif(p.terdaftar, 0), 2) AS persen_tidak_hadir,
    round(100.0 * p.sakit / nullif(p.terdaftar, 0), 2) AS persen_sakit,
    p.kelas_lapor,
    p.sumber,
    p.tidak_hadir_rekap,
    -- A school that is not in the list, or a day outside the calendar: not known, hence empty.
    CASE WHEN s.hari_sekolah = 6 THEN k.hari_sekolah_6 WHEN s.hari_sekolah = 5 THEN k.hari_sekolah_5 END AS hari_sekolah
FROM pilih p
LEFT JOIN ref.sekolah s ON s.npsn = p.npsn
LEFT JOIN mart.kalender k ON k.tanggal = p.tanggal
WHERE p.pilihan = 1
