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
  data.bangku: all
  data.sepeda_keren_angkatan: all
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
    SELECT w.kode, max(w.nama) AS nama, coalesce(max(i.id), 'kominfo') AS kode_instansi
    FROM ref.wilayah w
    LEFT JOIN ref.instansi i ON i.kode = w.kode AND i.jenis = 'desa'
    WHERE w.tingkat = 'desa_kelurahan' AND w.berlaku_sampai IS NULL
    GROUP BY w.kode
),
sekolah AS (
    SELECT
        *,
        CASE WHEN hari_sekolah = 6 THEN 'hari_sekolah_6' ELSE 'hari_sekolah_5' END AS irama,
        CASE WHEN kewenangan = 'provinsi' THEN 'lazim' ELSE 'wajib' END AS sifat
    FROM ref.sekolah
    WHERE aktif
),
-- Kinds of units: who they are, whose, where, with a rhythm and duty of their own where these are not the feed's.
lingkup AS (
    SELECT
        'sekolah' AS lingkup,
        npsn AS unit,
        nama AS nama_unit,
        'dikpora' AS kode_instansi,
        kode_kecamatan AS kode_wilayah,
        irama,
        sifat,
        CAST(NULL AS DATE) AS berlaku_mulai,
        CAST(NULL AS DATE) AS berlaku_sampai
    FROM sekolah
    UNION ALL
    SELECT concat('sekolah_', cara_lapor), npsn, nama, 'dikpora', kode_kecamatan, irama, sifat, NULL, NULL
    FROM sekolah
    WHERE cara_lapor = 'siswa' OR cara_lapor = 'kelas'
    UNION ALL
    SELECT 'puskesmas', kode, nama, 'dinkes', kode_kecamatan, NULL, NULL, NULL, NULL
    FROM ref.faskes
    WHERE aktif AND jenis = 'puskesmas'
    UNION ALL
    SELECT 'loket', kode, nama, kode_instansi, kode_wilayah, NULL, NULL, NULL, NULL
    FROM ref.lokasi_layanan
    -- A village office may have nobody in its queue on a day.
    WHERE jenis <> 'desa'
    UNION ALL
    SELECT 'desa', kode, nama, kode_instansi, kode AS kode_wilayah, NULL, NULL, NULL, NULL
    FROM desa
    UNION ALL
    SELECT 'opd', id, nama, kode_instansi, kode_wilayah, NULL, NULL, berlaku_mulai, berlaku_sampai
    FROM opd
    UNION ALL
    SELECT 'bangku', bangku_id, nama, 'kominfo', kode_desa, NULL, NULL, dipasang, NULL
    FROM data.bangku
    WHERE aktif
    UNION ALL
    SELECT 'angkatan', angkatan_id, concat('Sepeda Keren ', angkatan_id), 'dinsos', kode_desa, NULL, NULL, mulai, selesai
    FROM data.sepeda_keren_angkatan
    UNION ALL
    -- Only what people got done is counted: an office application has nothing to tell at weekends, and those of classes and
    -- complaints on many days, so that they owe nothing here: their own feeds do.
    SELECT 'aplikasi', column1, column1 AS nama_unit, 'kominfo', '35.03', column2, NULL, NULL, NULL
    FROM (
        VALUES
            ('mpp', 'hari_kerja'), ('cpp', 'hari_kerja'), ('elink', 'hari_kerja'), ('petung_dadi', 'hari_kerja'),
            ('skm_online', 'hari_kerja'), ('penilaian', 'hari_kerja'), ('portal', 'hari'), ('smart_bench', 'hari')
    )
    UNION ALL
    -- The one that delivers for all: which one, the feed says.
    SELECT 'pengirim', NULL, NULL, NULL, '35.03', NULL, NULL, NULL, NULL
),
-- A line per feed: its units, its calendar, the days after the end of a period on which it is due, who answers for it.
umpan AS (
    SELECT
        column1 AS umpan,
        column2 AS lingkup,
        column3 AS irama,
        column4 AS tenggat_hari,
        column5 AS sifat,
        column6 AS bentuk,
        column7 AS pengirim
    FROM (
        VALUES
            ('absensi_harian_sekolah', 'sekolah', NULL, 2, NULL, 'kejadian', 'dikpora'),
            ('absensi_siswa', 'sekolah_siswa', NULL, 3, NULL, 'kejadian', 'dikpora'),
            ('absensi_kelas', 'sekolah_kelas', NULL, 3, NULL, 'kejadian', 'dikpora'),
            -- The rolls of a school year stand for both of its semesters.
            ('siswa', 'sekolah_siswa', 'semester', 30, NULL, 'keadaan', 'dikpora'),
            ('kalender_pendidikan', 'pengirim', 'tahun', -120, 'wajib', 'kejadian', 'dikpora'),
            -- The week ends on Saturday, the report is due on the Tuesday after it.
            ('kasus_penyakit', 'puskesmas', 'minggu', 3, 'wajib', 'kejadian', 'dinkes'),
            ('kunjungan_puskesmas', 'puskesmas', 'hari_kerja', 1, 'wajib', 'kejadian', 'dinkes'),
            ('antrean_peristiwa', 'loket', 'hari_kerja', 1, 'lazim', 'kejadian', NULL),
            ('permohonan_desa', 'desa', 'minggu', 3, 'lazim', 'kejadian', NULL),
            ('peristiwa_kependudukan', 'pengirim', 'hari_kerja', 2, 'wajib', 'kejadian', 'dukcapil'),
            ('penduduk', 'pengirim', 'bulan', 5, 'wajib', 'keadaan', 'dukcapil'),
            ('keluarga', 'pengirim', 'bulan', 5, 'wajib', 'keadaan', 'dukcapil'),
            -- The consolidated figures are known a month or two after the day that they hold for.
            ('saldo_penduduk', 'desa', 'semester', 60, 'wajib', 'kejadian', 'dukcapil'),
            ('layanan_keliling', 'pengirim', 'bulan', 10, 'wajib', 'kejadian', 'dukcapil'),
            ('wifi_sesi', 'bangku', 'hari', 1, 'wajib', 'kejadian', 'kominfo'),
            ('bangku_telemetri', 'bangku', 'hari', 1, 'wajib', 'kejadian', 'kominfo'),
            ('konten_putar', 'bangku', 'hari', 2, 'wajib', 'kejadian', 'kominfo'),
            ('pemakaian_aplikasi', 'aplikasi', NULL, 1, 'lazim', 'kejadian', 'kominfo'),
            ('pengaduan', 'pengirim', 'minggu', 2, 'wajib', 'kejadian', 'kominfo'),
            ('spbe_indikator', 'pengirim', 'tahun', 90, 'wajib', 'kejadian', 'kominfo'),
            -- The decree of a year comes before it, so its list is due on the first day.
            ('hari_libur', 'pengirim', 'tahun', -364, 'wajib', 'kejadian', 'kominfo'),
            ('penilaian_layanan', 'pengirim', 'minggu', 3, 'wajib', 'kejadian', 'setda'),
            ('skm_respons', 'opd', 'semester', NULL, 'wajib', 'kejadian', NULL),
            ('kinerja_opd', 'opd', 'triwulan', NULL, 'wajib', 'kejadian', NULL),
            -- Due on the tenth of the month after.
            ('anggaran_realisasi', 'opd', 'bulan', 10, 'wajib', 'kejadian', NULL),
            ('pegawai', 'pengirim', 'bulan', 7, 'wajib', 'keadaan', 'bkd'),
            ('tpp_dasar', 'pengirim', 'bulan', 7, 'wajib', 'kejadian', 'bkd'),
            ('sepeda_keren_sesi', 'angkatan', 'bulan', 14, 'wajib', 'kejadian', 'dinsos'),
            ('sepeda_keren_hasil', 'pengirim', 'triwulan', NULL, 'wajib', 'kejadian', 'dinsos')
    )
),
unit AS (
    SELECT
        f.umpan,
        coalesce(u.unit, f.pengirim) AS unit,
        u.nama_unit,
        coalesce(f.pengirim, u.kode_instansi) AS kode_instansi,
        u.kode_wilayah,
        coalesce(f.irama, u.irama) AS irama,
        f.tenggat_hari,
        coalesce(u.sifat, f.sifat) AS sifat,
        f.bentuk,
        u.berlaku_mulai,
        u.berlaku_sampai
    FROM umpan f
    JOIN lingkup u ON u.lingkup = f.lingkup
)
SELECT
    u.umpan,
    u.unit,
    coalesce(u.nama_unit, l.nama, u.kode_instansi) AS nama_unit,
    u.kode_instansi,
    coalesce(l.nama, u.kode_instansi) AS nama_instansi,
    u.kode_wilayah,
    u.irama,
    CAST(u.tenggat_hari AS INT) AS tenggat_hari,
    u.sifat,
    u.bentuk,
    u.berlaku_mulai,
    u.berlaku_sampai
FROM unit u
LEFT JOIN lembaga l ON l.id = u.kode_instansi
