/*
title: Kalender hari kerja, hari sekolah, dan minggu epidemiologi
title_en: Calendar of working days, school days and epidemiological weeks
description: >-
  One row per day from the first year that the holiday or school calendar knows to the end of the year after the last.
  Weeks run from Sunday to Saturday; week 1 is the one that contains 4 January. Working days are Monday to Friday without
  national or local holidays and collective leave. Where no school calendar has been published (before the first and
  after the last known school break) the usual breaks of Jawa Timur are assumed (21 December to 2 January, 22 June to 11
  July) and kalender_sekolah says perkiraan.
owner: kominfo
grain: one day
kind: table
key: [tanggal]
sources:
  ref.hari_libur: all
  ref.kalender_pendidikan: all
access: publik
classification: terbuka
*/
WITH batas AS (
    SELECT
        date_trunc('year', min(awal)) AS dari,
        date_trunc('year', max(akhir)) + INTERVAL '2 years' - INTERVAL '1 day' AS sampai
    FROM (
        SELECT tanggal AS awal, tanggal AS akhir FROM ref.hari_libur
        UNION ALL
        SELECT mulai AS awal, selesai AS akhir FROM ref.kalender_pendidikan
    )
),
hari AS (
    SELECT CAST(unnest(generate_series(CAST(dari AS DATE), CAST(sampai AS DATE), INTERVAL '1 day')) AS DATE) AS tanggal
    FROM batas
),
-- A day may have several rows: a national holiday and a local one, or a holiday within a stretch of leave.
libur AS (
    SELECT
        tanggal,
        bool_or(jenis <> 'cuti_bersama') AS libur,
        bool_or(jenis = 'cuti_bersama') AS cuti_bersama,
        CAST(string_agg(nama, '; ' ORDER BY nama) AS VARCHAR) AS nama_libur
    FROM ref.hari_libur
    GROUP BY tanggal
),
-- Events of the school calendar, unfolded to days.
kegiatan AS (
    SELECT
        tanggal,
        bool_or(starts_with(kegiatan, 'libur_')) AS libur_sekolah,
        bool_or(kegiatan = 'ramadan') AS ramadan,
        bool_or(starts_with(kegiatan, 'hari_efektif_fakultatif')) AS fakultatif,
        CAST(string_agg(kegiatan, '; ' ORDER BY kegiatan) AS VARCHAR) AS kegiatan_sekolah
    FROM (
        SELECT kegiatan, CAST(unnest(generate_series(mulai, selesai, INTERVAL '1 day')) AS DATE) AS tanggal
        FROM (SELECT DISTINCT kegiatan, mulai, selesai FROM ref.kalender_pendidikan)
    )
    GROUP BY tanggal
),
-- Within these days the published school calendar is taken as complete.
terbit AS (
    SELECT min(mulai) AS dari, max(selesai) AS sampai
    FROM ref.kalender_pendidikan
    WHERE starts_with(kegiatan, 'libur_')
),
rata AS (
    SELECT
        hari.tanggal,
        CAST(date_part('dow', hari.tanggal) AS INT) AS dow,
        CAST(date_part('month', hari.tanggal) AS INT) AS bulan,
        CAST(date_part('year', hari.tanggal) AS INT) AS tahun,
        CAST(date_part('month', hari.tanggal) * 100 + date_part('day', hari.tanggal) AS INT) AS bulan_hari,
        CAST(CAST(hari.tanggal AS INT) - (CAST(hari.tanggal AS INT) + 4) % 7 AS DATE) AS minggu,
        coalesce(libur.libur, false) AS libur,
        coalesce(libur.cuti_bersama, false) AS cuti_bersama,
        libur.nama_libur,
        coalesce(kegiatan.ramadan, false) AS ramadan,
        coalesce(kegiatan.fakultatif, false) AS fakultatif,
        kegiatan.kegiatan_sekolah,
        coalesce(kegiatan.libur_sekolah, false) AS libur_sekolah_terbit,
        coalesce(hari.tanggal BETWEEN terbit.dari AND terbit.sampai, false) AS terbit
    FROM hari
    LEFT JOIN libur ON libur.tanggal = hari.tanggal
    LEFT JOIN kegiatan ON kegiatan.tanggal = hari.tanggal
    CROSS JOIN terbit
),
putus AS (
    SELECT
        *,
        dow BETWEEN 1 AND 5 AND NOT libur AND NOT cuti_bersama AS hari_kerja,
        CASE
            WHEN terbit THEN libur_sekolah_terbit
            ELSE libur_sekolah_terbit OR bulan_hari >= 1221 OR bulan_hari <= 102 OR bulan_hari BETWEEN 622 AND 711
        END AS libur_sekolah
    FROM rata
)
SELECT
    tanggal,
    CASE dow
        WHEN 0 THEN 'Minggu' WHEN 1 THEN 'Senin' WHEN 2 THEN 'Selasa' WHEN 3 THEN 'Rabu'
        WHEN 4 THEN 'Kamis' WHEN 5 THEN 'Jumat' ELSE 'Sabtu'
    END AS hari,
    dow AS hari_ke,
    -- The Wednesday of a week lies in the year that has most of its days.
    CAST(date_part('year', minggu + INTERVAL '3 days') AS INT) AS tahun_epi,
    CAST((date_part('doy', minggu + INTERVAL '3 days') - 1) / 7 + 1 AS INT) AS minggu_epi,
    minggu AS minggu_epi_mulai,
    libur,
    nama_libur,
    cuti_bersama,
    ramadan,
    fakultatif,
    libur_sekolah,
    kegiatan_sekolah,
    CASE WHEN terbit THEN 'terbit' ELSE 'perkiraan' END AS kalender_sekolah,
    hari_kerja,
    -- Working days up to and with this one: the difference of two days counts the working days between them.
    sum(CASE WHEN hari_kerja THEN 1 ELSE 0 END) OVER (ORDER BY tanggal) AS hari_kerja_ke,
    dow BETWEEN 1 AND 5 AND NOT libur AND NOT cuti_bersama AND NOT libur_sekolah AS hari_sekolah_5,
    dow BETWEEN 1 AND 6 AND NOT libur AND NOT cuti_bersama AND NOT libur_sekolah AS hari_sekolah_6,
    -- As Dapodik writes it: year and 1 (odd, July to December) or 2 (even, January to June).
    CASE WHEN bulan >= 7 THEN concat(tahun, '1') ELSE concat(tahun - 1, '2') END AS semester_id,
    CASE WHEN bulan >= 7 THEN concat(tahun, '/', tahun + 1) ELSE concat(tahun - 1, '/', tahun) END AS tahun_ajaran
FROM putus
