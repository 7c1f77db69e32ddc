/*
title: Pengirim data berhenti
title_en: Sender of data stopped
description: >-
  Days in a row, up to and with this one, on which a sender of a daily feed owed data and delivered nothing about them:
  working days, of schools the days on which all of them teach. Schools count by kecamatan, letters too. A sender that
  has not delivered within its last 90 due days has no value: it has never begun, or has long been known. Benches are
  watched by bangku_mati, single reports by Kelengkapan laporan. A day is complete once a later one has data of any
  three feeds.
owner: kominfo
unit: pengirim data
unit_en: sender of data
family: umpan
grain: hari
calendar: hari_kerja
direction: naik
detector: {method: rule}
rule:
  sql: "nilai >= 3"
  title: Pengirim data berhenti
  title_en: Sender of data stopped
  severity: sedang
  alerts: true
tests: false
lookback: 150
explanation:
  id: "{nama}: {nilai:0} hari kerja berturut-turut tidak ada data {nama_umpan} yang masuk."
  en: "{nama}: no data of feed {umpan} for {nilai:0} working days in a row."
action:
  id: "Hubungi penanggung jawab aplikasi pengirim dan periksa tanda terima terakhir; angka yang turun sejak itu jangan ditafsirkan."
  en: "Call whoever runs the sending application and look at its last receipt; do not read falls since then as real."
sources:
  mart.umpan_volume_harian:
    - tanggal
    - CAST(tanggal - INTERVAL '7 days' AS DATE)
  mart.kalender: tanggal
  ref.wilayah: all
  ref.faskes: all
  ref.lokasi_layanan: all
access: analis
classification: terbatas
*/
WITH umpan AS (
    SELECT column1 AS umpan, column2 AS nama_umpan, column3 AS pengirim, column4 AS nama
    FROM (
        VALUES
            ('peristiwa_kependudukan', 'peristiwa kependudukan', 'dukcapil', 'Dinas Kependudukan dan Pencatatan Sipil'),
            ('skm_respons', 'survei kepuasan', 'setda', 'SKM Online'),
            ('penilaian_layanan', 'penilaian layanan', 'setda', 'Penilaian layanan'),
            ('pengaduan', 'pengaduan', 'kominfo', 'Layanan pengaduan'),
            ('pemakaian_aplikasi', 'pemakaian aplikasi', 'mpp', 'Aplikasi MPP'),
            ('pemakaian_aplikasi', 'pemakaian aplikasi', 'cpp', 'Aplikasi CPP'),
            ('pemakaian_aplikasi', 'pemakaian aplikasi', 'petung_dadi', 'Aplikasi Petung Dadi'),
            ('pemakaian_aplikasi', 'pemakaian aplikasi', 'skm_online', 'Aplikasi SKM Online')
    )
),
kecamatan AS (
    SELECT kode, max(nama) AS nama FROM ref.wilayah WHERE tingkat = 'kecamatan' AND starts_with(kode, '35.03.') GROUP BY kode
),
pengirim AS (
    SELECT umpan, nama_umpan, pengirim, nama, '35.03' AS kode_wilayah, CAST(NULL AS VARCHAR) AS puskesmas FROM umpan
    UNION ALL
    SELECT 'absensi_harian_sekolah', 'absensi sekolah', kode, concat('Sekolah di Kecamatan ', nama), kode AS wilayah, NULL
    FROM kecamatan
    UNION ALL
    SELECT 'permohonan_desa', 'permohonan surat desa', kode, concat('Desa di Kecamatan ', nama), kode AS wilayah, NULL
    FROM kecamatan
    UNION ALL
    SELECT 'kunjungan_puskesmas', 'kunjungan puskesmas', kode, nama, kode_kecamatan, kode AS puskesmas
    FROM ref.faskes
    WHERE aktif AND jenis = 'puskesmas'
    UNION ALL
    SELECT 'antrean_peristiwa', 'antrean layanan', kode, nama, kode_wilayah, NULL
    FROM ref.lokasi_layanan
    WHERE jenis IN ('mpp', 'cpp', 'kecamatan')
),
hari AS (
    SELECT v.tanggal, k.hari_sekolah_5
    FROM (SELECT tanggal, umpan FROM mart.umpan_volume_harian GROUP BY tanggal, umpan) v
    JOIN mart.kalender k ON k.tanggal = v.tanggal AND k.hari_kerja
    GROUP BY v.tanggal, k.hari_sekolah_5
    HAVING count(*) >= 3
),
sesudah AS (
    SELECT DISTINCT
        CAST(unnest(generate_series(
            tanggal - INTERVAL '7 days', tanggal - INTERVAL '1 day', INTERVAL '1 day'
        )) AS DATE) AS tanggal
    FROM hari
),
wajib AS (
    SELECT h.tanggal, p.*, v.jumlah
    FROM hari h
    JOIN pengirim p ON h.hari_sekolah_5 OR p.umpan <> 'absensi_harian_sekolah'
    LEFT JOIN mart.umpan_volume_harian v ON v.tanggal = h.tanggal AND v.umpan = p.umpan AND v.pengirim = p.pengirim
),
hitung AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY umpan, pengirim ORDER BY tanggal) AS ke
    FROM wajib
),
terakhir AS (
    SELECT
        *,
        max(CASE WHEN jumlah > 0 THEN ke END) OVER (
            PARTITION BY umpan, pengirim ORDER BY tanggal ROWS BETWEEN 90 PRECEDING AND CURRENT ROW
        ) AS ke_terakhir
    FROM hitung
)
SELECT
    concat(t.umpan, '/', t.pengirim) AS unit,
    t.tanggal,
    CAST(t.ke - t.ke_terakhir AS DOUBLE) AS nilai,
    t.nama,
    t.kode_wilayah AS wilayah,
    t.puskesmas,
    s.tanggal IS NOT NULL AS lengkap,
    t.umpan,
    t.nama_umpan,
    t.jumlah
FROM terakhir t
LEFT JOIN sesudah s ON s.tanggal = t.tanggal
