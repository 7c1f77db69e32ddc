/*
title: Kehadiran kelas per hari
title_en: Class attendance per day
description: >-
  Pupils present and absent per class and day, from the pupils' feed where it reported the class, else from the classes'
  feed. Schools that send only a recap are not in it. A class-day without a row is a missing report.
owner: dikpora
grain: one class of a school on one day
kind: table
key: [tanggal, npsn, kelas]
slice: tanggal
sources:
  data.absensi_siswa: tanggal
  data.absensi_kelas: tanggal
region: kode_kecamatan
access: analis
classification: terbatas
*/
WITH laporan AS (
    SELECT
        tanggal,
        npsn,
        kelas,
        1 AS urutan,
        'siswa' AS sumber,
        max(kode_kecamatan) AS kode_kecamatan,
        count(*) AS terdaftar,
        count(*) FILTER (WHERE kode IN ('H', 'T', 'D')) AS hadir,
        count(*) FILTER (WHERE kode = 'S') AS sakit,
        count(*) FILTER (WHERE kode = 'I') AS izin,
        count(*) FILTER (WHERE kode = 'A') AS alpa
    FROM data.absensi_siswa
    GROUP BY tanggal, npsn, kelas
    UNION ALL
    SELECT
        tanggal,
        npsn,
        kelas,
        2 AS urutan,
        'kelas' AS sumber,
        kode_kecamatan,
        CAST(terdaftar AS BIGINT) AS terdaftar,
        CAST(hadir AS BIGINT) AS hadir,
        CAST(sakit AS BIGINT) AS sakit,
        CAST(izin AS BIGINT) AS izin,
        CAST(alpa AS BIGINT) AS alpa
    FROM data.absensi_kelas
),
pilih AS (
    SELECT *, row_number() OVER (PARTITION BY tanggal, npsn, kelas ORDER BY urutan) AS pilihan
    FROM laporan
)
SELECT
    tanggal,
    npsn,
    kelas,
    kode_kecamatan,
    terdaftar,
    hadir,
    sakit,
    izin,
    alpa,
    sakit + izin + alpa AS tidak_hadir,
    round(100.0 * (sakit + izin + alpa) / nullif(terdaftar, 0), 2) AS persen_tidak_hadir,
    round(100.0 * sakit / nullif(terdaftar, 0), 2) AS persen_sakit,
    sumber
FROM pilih
WHERE pilihan = 1
