/*
title: Laporan yang sudah diterima
title_en: Deliveries received
description: >-
  For which period each unit of each feed has delivered: the materialised half of kelengkapan. A quarter of performance
  figures counts only when every indicator of the institution has a value. Periods are named by their first day; weeks
  start on Sunday. Of registers (penduduk, keluarga, pegawai) the periods are those in which rows changed. A report by
  pupil stands for one by class, and either for the recap.
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
  data.siswa: TRY_CAST(left(tahun_ajaran, 4) || '-07-01' AS DATE)
  ref.kalender_pendidikan: TRY_CAST(left(tahun_ajaran, 4) || '-01-01' AS DATE)
  ref.hari_libur: CAST(date_trunc('year', tanggal) AS DATE)
  data.peristiwa_kependudukan: CAST(dicatat_pada + INTERVAL '7 hours' AS DATE)
  data.penduduk: CAST(date_trunc('month', diperbarui + INTERVAL '7 hours') AS DATE)
  data.keluarga: CAST(date_trunc('month', diperbarui + INTERVAL '7 hours') AS DATE)
  data.pegawai: CAST(date_trunc('month', diperbarui + INTERVAL '7 hours') AS DATE)
  data.tpp_dasar: CAST(CAST(tahun AS VARCHAR) || '-' || CAST(bulan AS VARCHAR) || '-01' AS DATE)
  data.layanan_keliling: CAST(date_trunc('month', tanggal) AS DATE)
  mart.wifi_sesi_harian: tanggal
  mart.bangku_harian: tanggal
  data.pemakaian_aplikasi: tanggal
  mart.pengaduan_mingguan: minggu_mulai
  data.penilaian_layanan: CAST(CAST(CAST(dikirim_pada + INTERVAL '7 hours' AS DATE) AS INT) - (CAST(CAST(dikirim_pada + INTERVAL '7 hours' AS DATE) AS INT) + 4) % 7 AS DATE)
  data.spbe_indikator: CAST(CAST(tahun AS VARCHAR) || '-01-01' AS DATE)
  data.sepeda_keren_sesi: CAST(date_trunc('month', tanggal) AS DATE)
  data.sepeda_keren_hasil: CAST(date_trunc('quarter', tanggal) AS DATE)
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
    UNION ALL
    SELECT tanggal, 'absensi_siswa', npsn
    FROM mart.kehadiran_sekolah_harian
    WHERE sumber = 'siswa'
    UNION ALL
    SELECT tanggal, 'absensi_kelas', npsn
    FROM mart.kehadiran_sekolah_harian
    WHERE sumber = 'kelas' OR sumber = 'siswa'
    UNION ALL
    SELECT TRY_CAST(left(tahun_ajaran, 4) || '-07-01' AS DATE), 'siswa', npsn
    FROM data.siswa
    WHERE TRY_CAST(left(tahun_ajaran, 4) || '-07-01' AS DATE) IS NOT NULL
    UNION ALL
    -- The months of fasting are listed years ahead: they are no calendar of a school year.
    SELECT TRY_CAST(left(tahun_ajaran, 4) || '-01-01' AS DATE), 'kalender_pendidikan', 'dikpora'
    FROM ref.kalender_pendidikan
    WHERE kegiatan <> 'ramadan' AND TRY_CAST(left(tahun_ajaran, 4) || '-01-01' AS DATE) IS NOT NULL
    UNION ALL
    SELECT CAST(date_trunc('year', tanggal) AS DATE), 'hari_libur', 'kominfo'
    FROM ref.hari_libur
    UNION ALL
    SELECT CAST(dicatat_pada + INTERVAL '7 hours' AS DATE), 'peristiwa_kependudukan', 'dukcapil'
    FROM data.peristiwa_kependudukan
    UNION ALL
    SELECT CAST(date_trunc('month', diperbarui + INTERVAL '7 hours') AS DATE), 'penduduk', 'dukcapil'
    FROM data.penduduk
    WHERE diperbarui IS NOT NULL
    UNION ALL
    SELECT CAST(date_trunc('month', diperbarui + INTERVAL '7 hours') AS DATE), 'keluarga', 'dukcapil'
    FROM data.keluarga
    WHERE diperbarui IS NOT NULL
    UNION ALL
    SELECT CAST(date_trunc('month', diperbarui + INTERVAL '7 hours') AS DATE), 'pegawai', 'bkd'
    FROM data.pegawai
    WHERE diperbarui IS NOT NULL
    UNION ALL
    SELECT CAST(CAST(tahun AS VARCHAR) || '-' || CAST(bulan AS VARCHAR) || '-01' AS DATE), 'tpp_dasar', 'bkd'
    FROM data.tpp_dasar
    UNION ALL
    SELECT CAST(date_trunc('month', tanggal) AS DATE), 'layanan_keliling', 'dukcapil'
    FROM data.layanan_keliling
    UNION ALL
    SELECT tanggal, 'wifi_sesi', bangku_id
    FROM mart.wifi_sesi_harian
    UNION ALL
    SELECT tanggal, 'bangku_telemetri', bangku_id
    FROM mart.bangku_harian
    WHERE denyut > 0
    UNION ALL
    SELECT tanggal, 'konten_putar', bangku_id
    FROM mart.bangku_harian
    WHERE putar > 0
    UNION ALL
    SELECT tanggal, 'pemakaian_aplikasi', aplikasi
    FROM data.pemakaian_aplikasi
    UNION ALL
    SELECT minggu_mulai, 'pengaduan', 'kominfo'
    FROM mart.pengaduan_mingguan
    UNION ALL
    SELECT
        CAST(
            CAST(CAST(dikirim_pada + INTERVAL '7 hours' AS DATE) AS INT)
            - (CAST(CAST(dikirim_pada + INTERVAL '7 hours' AS DATE) AS INT) + 4) % 7 AS DATE
        ),
        'penilaian_layanan',
        'setda'
    FROM data.penilaian_layanan
    UNION ALL
    SELECT CAST(CAST(tahun AS VARCHAR) || '-01-01' AS DATE), 'spbe_indikator', 'kominfo'
    FROM data.spbe_indikator
    UNION ALL
    SELECT CAST(date_trunc('month', tanggal) AS DATE), 'sepeda_keren_sesi', angkatan_id
    FROM data.sepeda_keren_sesi
    UNION ALL
    SELECT CAST(date_trunc('quarter', tanggal) AS DATE), 'sepeda_keren_hasil', 'dinsos'
    FROM data.sepeda_keren_hasil
)
SELECT DISTINCT periode_mulai, umpan, unit
FROM terima
