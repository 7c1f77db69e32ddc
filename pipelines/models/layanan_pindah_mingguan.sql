/*
title: Ke mana warga mengurus layanan
title_en: Where residents had a matter served
description: >-
  By family of services, week (Sunday to Saturday, WIB) and kecamatan of residence: visits at the Mal Pelayanan Publik
  (pertama for a new matter, ulang for a further visit about the same one) and, in di_tempat_lain, matters of the same
  family that these residents had served elsewhere: tickets at the cafe (CPP) and at kecamatan offices, letters asked
  for in their villages and online (Petung Dadi), and people served by outreach teams. It tells a fall of visits that
  others took over from one that nobody explains. Repeat visits elsewhere are left out, so that a matter counts once.
  Residents whose village is not known are in '-'. hari_buka are the days of the week on which the MPP had visitors,
  penduduk the registered population of the last half-yearly figure before the week. Small cells are not suppressed:
  for analysts and detectors only.
owner: dpmptsp
grain: one family of services for the residents of one kecamatan in one week
kind: table
key: [minggu_mulai, rumpun, kode_kecamatan]
slice: minggu_mulai
sources:
  mart.tiket: minggu_mulai
  mart.permohonan_desa_siklus: minggu_mulai
  data.layanan_keliling: CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 AS DATE)
  data.saldo_penduduk: all
  ref.layanan: all
region: kode_kecamatan
access: analis
classification: terbatas
*/
WITH surat AS (
    -- A letter that names no service is of the family of the service that villages serve by it.
    SELECT jenis_surat, min(rumpun) AS rumpun
    FROM ref.layanan
    WHERE jenis_surat IS NOT NULL
    GROUP BY jenis_surat
),
bagian AS (
    SELECT
        t.minggu_mulai,
        l.rumpun,
        coalesce(left(t.kode_desa, 8), '-') AS kode_kecamatan,
        CASE WHEN t.lokasi = 'MPP' AND coalesce(t.kunjungan_ke, 1) = 1 THEN 1 ELSE 0 END AS pertama,
        CASE WHEN t.lokasi = 'MPP' AND t.kunjungan_ke > 1 THEN 1 ELSE 0 END AS ulang,
        CASE WHEN t.lokasi <> 'MPP' AND coalesce(t.kunjungan_ke, 1) = 1 THEN 1 ELSE 0 END AS antrean_lain,
        0 AS surat,
        0 AS keliling
    FROM mart.tiket t
    JOIN ref.layanan l ON l.kode = t.kode_layanan
    -- The queue of a village office hands out the same letters that permohonan_desa counts.
    WHERE t.hadir IS NOT NULL AND NOT starts_with(t.lokasi, 'DESA-')
    UNION ALL
    SELECT
        p.minggu_mulai,
        coalesce(l.rumpun, s.rumpun) AS rumpun,
        left(p.kode_desa, 8) AS kode_kecamatan,
        0 AS pertama,
        0 AS ulang,
        0 AS antrean_lain,
        1 AS surat,
        0 AS keliling
    FROM mart.permohonan_desa_siklus p
    LEFT JOIN ref.layanan l ON l.kode = p.kode_layanan
    LEFT JOIN surat s ON s.jenis_surat = p.jenis_surat
    WHERE p.status <> 'ditolak' AND coalesce(l.rumpun, s.rumpun) IS NOT NULL
    UNION ALL
    SELECT
        CAST(CAST(k.tanggal AS INT) - (CAST(k.tanggal AS INT) + 4) % 7 AS DATE) AS minggu_mulai,
        l.rumpun,
        left(k.kode_desa, 8) AS kode_kecamatan,
        0 AS pertama,
        0 AS ulang,
        0 AS antrean_lain,
        0 AS surat,
        CAST(k.jumlah_dilayani AS BIGINT) AS keliling
    FROM data.layanan_keliling k
    JOIN ref.layanan l ON l.kode = k.kode_layanan
),
jumlah AS (
    SELECT
        minggu_mulai,
        rumpun,
        kode_kecamatan,
        sum(pertama) AS pertama,
        sum(ulang) AS ulang,
        sum(antrean_lain) AS antrean_lain,
        sum(surat) AS surat,
        sum(keliling) AS keliling
    FROM bagian
    GROUP BY minggu_mulai, rumpun, kode_kecamatan
),
buka AS (
    SELECT minggu_mulai, count(*) AS hari_buka
    FROM (SELECT minggu_mulai, tanggal FROM mart.tiket WHERE lokasi = 'MPP' AND hadir IS NOT NULL GROUP BY minggu_mulai, tanggal)
    GROUP BY minggu_mulai
),
saldo AS (
    SELECT
        left(kode_desa, 8) AS kode_kecamatan,
        tanggal AS dari,
        sum(CAST(laki AS BIGINT) + CAST(perempuan AS BIGINT)) AS penduduk
    FROM data.saldo_penduduk
    GROUP BY left(kode_desa, 8), tanggal
),
-- A figure holds until the next one; weeks before the first take the first.
berlaku AS (
    SELECT
        kode_kecamatan,
        penduduk,
        CASE WHEN lag(dari) OVER (PARTITION BY kode_kecamatan ORDER BY dari) IS NOT NULL THEN dari END AS dari,
        lead(dari) OVER (PARTITION BY kode_kecamatan ORDER BY dari) AS sebelum
    FROM saldo
)
SELECT
    j.minggu_mulai,
    j.rumpun,
    j.kode_kecamatan,
    j.pertama,
    j.ulang,
    j.antrean_lain + j.surat + j.keliling AS di_tempat_lain,
    j.antrean_lain,
    j.surat,
    j.keliling,
    coalesce(b.hari_buka, 0) AS hari_buka,
    s.penduduk
FROM jumlah j
LEFT JOIN buka b ON b.minggu_mulai = j.minggu_mulai
LEFT JOIN berlaku s
    ON s.kode_kecamatan = j.kode_kecamatan
    AND (s.dari IS NULL OR j.minggu_mulai >= s.dari)
    AND (s.sebelum IS NULL OR j.minggu_mulai < s.sebelum)
