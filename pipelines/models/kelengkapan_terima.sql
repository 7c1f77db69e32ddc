/*
title: Laporan yang sudah diterima
title_en: Deliveries received
description: >-
  For which period each unit of each feed has delivered: the materialised half of kelengkapan. A quarter of performance
  figures counts only when every indicator of the institution has a value. Periods are named by their first day; weeks
  start on Sunday.
owner: kominfo
grain: one period of one unit of one feed
kind: table
key: [periode_mulai, umpan, unit]
slice: periode_mulai
sources:
  mart.kehadiran_sekolah_harian: tanggal
  mart.skdr_mingguan: minggu_mulai
  mart.kunjungan_puskesmas_harian: tanggal
  mart.antrean_layanan_harian: tanggal
  mart.permohonan_desa_mingguan: minggu_mulai
  mart.kinerja_capaian: CAST(CAST(tahun AS VARCHAR) || '-' || CAST(triwulan * 3 - 2 AS VARCHAR) || '-01' AS DATE)
  mart.anggaran_serapan: CAST(CAST(tahun AS VARCHAR) || '-' || CAST(bulan AS VARCHAR) || '-01' AS DATE)
  mart.skm_unit_bulanan: CAST(CAST(EXTRACT(YEAR FROM bulan) AS VARCHAR) || CASE WHEN EXTRACT(MONTH FROM bulan) > 6 THEN '-07-01' ELSE '-01-01' END AS DATE)
  data.saldo_penduduk: CAST(CAST(EXTRACT(YEAR FROM tanggal) AS VARCHAR) || CASE WHEN EXTRACT(MONTH FROM tanggal) > 6 THEN '-07-01' ELSE '-01-01' END AS DATE)
access: pimpinan
classification: terbatas
*/
WITH terima AS (
    SELECT tanggal AS periode_mulai, 'absensi_harian_sekolah' AS umpan, npsn AS unit
    FROM mart.kehadiran_sekolah_harian
    UNION ALL
    SELECT minggu_mulai, 'kasus_penyakit', kode_faskes
    FROM mart.skdr_mingguan
    WHERE kasus_laporan IS NOT NULL
    UNION ALL
    SELECT tanggal, 'kunjungan_puskesmas', kode_faskes
    FROM mart.kunjungan_puskesmas_harian
    UNION ALL
    SELECT tanggal, 'antrean_peristiwa', lokasi
    FROM mart.antrean_layanan_harian
    UNION ALL
    SELECT minggu_mulai, 'permohonan_desa', kode_desa
    FROM mart.permohonan_desa_mingguan
    UNION ALL
    SELECT CAST(CAST(tahun AS VARCHAR) || '-' || CAST(triwulan * 3 - 2 AS VARCHAR) || '-01' AS DATE), 'kinerja_opd', kode_instansi
    FROM mart.kinerja_capaian
    GROUP BY CAST(CAST(tahun AS VARCHAR) || '-' || CAST(triwulan * 3 - 2 AS VARCHAR) || '-01' AS DATE), kode_instansi
    HAVING bool_and(dilaporkan)
    UNION ALL
    SELECT CAST(CAST(tahun AS VARCHAR) || '-' || CAST(bulan AS VARCHAR) || '-01' AS DATE), 'anggaran_realisasi', kode_instansi
    FROM mart.anggaran_serapan
    UNION ALL
    SELECT
        CAST(
            CAST(EXTRACT(YEAR FROM bulan) AS VARCHAR)
            || CASE WHEN EXTRACT(MONTH FROM bulan) > 6 THEN '-07-01' ELSE '-01-01' END AS DATE
        ),
        'skm_respons',
        kode_instansi
    FROM mart.skm_unit_bulanan
    UNION ALL
    SELECT
        CAST(
            CAST(EXTRACT(YEAR FROM tanggal) AS VARCHAR)
            || CASE WHEN EXTRACT(MONTH FROM tanggal) > 6 THEN '-07-01' ELSE '-01-01' END AS DATE
        ),
        'saldo_penduduk',
        kode_desa
    FROM data.saldo_penduduk
)
SELECT DISTINCT periode_mulai, umpan, unit
FROM terima
