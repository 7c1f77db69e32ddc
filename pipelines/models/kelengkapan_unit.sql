/*
title: Siapa wajib mengirim apa
title_en: Who owes which delivery
description: >-
  Every unit of every feed with the rhythm of its deliveries: the basis of kelengkapan. tenggat_hari is the number of
  days after the end of a period on which it is due, one month where it is empty. sifat wajib is owed from the first
  delivery of the feed by anybody, lazim only from the unit's own first one (villages and counters that use a system of
  their own free will, upper secondary schools, which report to the province).
owner: kominfo
grain: one unit of one feed
kind: table
key: [umpan, unit]
sources:
  ref.sekolah: all
  ref.faskes: all
  ref.lokasi_layanan: all
  ref.wilayah: all
  ref.instansi: all
region: kode_wilayah
institution: kode_instansi
access: pimpinan
classification: terbuka
*/
-- An institution has a row per validity; its present name is that of the row still in force, else of the last one.
WITH lembaga AS (
    SELECT
        id,
        first_value(nama ORDER BY coalesce(tahun_selesai, 9999) DESC, coalesce(tahun_mulai, 0) DESC, kode) AS nama,
        bool_or(jenis = 'opd') AS opd,
        first_value(kode_wilayah ORDER BY coalesce(tahun_selesai, 9999) DESC, kode) AS kode_wilayah,
        -- In force since its first row, and without end as soon as one row has none.
        CASE WHEN count(tahun_mulai) = count(*) THEN make_date(min(tahun_mulai), 1, 1) END AS berlaku_mulai,
        CASE WHEN count(tahun_selesai) = count(*) THEN make_date(max(tahun_selesai), 12, 31) END AS berlaku_sampai
    FROM ref.instansi
    WHERE id IS NOT NULL
    GROUP BY id
),
opd AS (
    SELECT id, id AS kode_instansi, nama, coalesce(kode_wilayah, '35.03') AS kode_wilayah, berlaku_mulai, berlaku_sampai
    FROM lembaga
    WHERE opd
),
desa AS (
    SELECT w.kode, w.kode AS kode_wilayah, max(w.nama) AS nama, max(i.id) AS instansi
    FROM ref.wilayah w
    LEFT JOIN ref.instansi i ON i.kode = w.kode AND i.jenis = 'desa'
    WHERE w.tingkat = 'desa_kelurahan' AND w.berlaku_sampai IS NULL
    GROUP BY w.kode
),
unit AS (
    SELECT
        'absensi_harian_sekolah' AS umpan,
        npsn AS unit,
        nama AS nama_unit,
        'dikpora' AS kode_instansi,
        kode_kecamatan AS kode_wilayah,
        CASE WHEN hari_sekolah = 6 THEN 'hari_sekolah_6' ELSE 'hari_sekolah_5' END AS irama,
        2 AS tenggat_hari,
        CASE WHEN kewenangan = 'provinsi' THEN 'lazim' ELSE 'wajib' END AS sifat,
        CAST(NULL AS DATE) AS berlaku_mulai,
        CAST(NULL AS DATE) AS berlaku_sampai
    FROM ref.sekolah
    WHERE aktif
    UNION ALL
    -- The week ends on Saturday, the report is due on the Tuesday after it.
    SELECT 'kasus_penyakit', kode, nama, 'dinkes', kode_kecamatan, 'minggu', 3, 'wajib', NULL, NULL
    FROM ref.faskes
    WHERE aktif AND jenis = 'puskesmas'
    UNION ALL
    SELECT 'kunjungan_puskesmas', kode, nama, 'dinkes', kode_kecamatan, 'hari_kerja', 1, 'wajib', NULL, NULL
    FROM ref.faskes
    WHERE aktif AND jenis = 'puskesmas'
    UNION ALL
    SELECT 'antrean_peristiwa', kode, nama, kode_instansi, kode_wilayah, 'hari_kerja', 1, 'lazim', NULL, NULL
    FROM ref.lokasi_layanan
    -- A village office may have nobody in its queue on a day.
    WHERE jenis <> 'desa'
    UNION ALL
    SELECT 'permohonan_desa', kode, nama, coalesce(instansi, 'kominfo'), kode_wilayah, 'minggu', 3, 'lazim', NULL, NULL
    FROM desa
    UNION ALL
    -- The consolidated figures are known a month or two after the day that they hold for.
    SELECT 'saldo_penduduk', kode, nama, 'dukcapil', kode_wilayah, 'semester', 60, 'wajib', NULL, NULL
    FROM desa
    UNION ALL
    SELECT 'kinerja_opd', id, nama, kode_instansi, kode_wilayah, 'triwulan', NULL, 'wajib', berlaku_mulai, berlaku_sampai
    FROM opd
    UNION ALL
    -- Due on the tenth of the month after.
    SELECT 'anggaran_realisasi', id, nama, kode_instansi, kode_wilayah, 'bulan', 10, 'wajib', berlaku_mulai, berlaku_sampai
    FROM opd
    UNION ALL
    SELECT 'skm_respons', id, nama, kode_instansi, kode_wilayah, 'semester', NULL, 'wajib', berlaku_mulai, berlaku_sampai
    FROM opd
)
SELECT
    u.umpan,
    u.unit,
    u.nama_unit,
    u.kode_instansi,
    coalesce(l.nama, u.kode_instansi) AS nama_instansi,
    u.kode_wilayah,
    u.irama,
    CAST(u.tenggat_hari AS INT) AS tenggat_hari,
    u.sifat,
    u.berlaku_mulai,
    u.berlaku_sampai
FROM unit u
LEFT JOIN lembaga l ON l.id = u.kode_instansi
