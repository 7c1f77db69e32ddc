/*
title: Banyaknya data yang diterima per hari
title_en: Volume of the feeds per day
description: >-
  How much each sender of a daily feed delivered about a day: school reports by kecamatan, visits by health centre,
  arrivals by place of service, letters by kecamatan, events of the registry, survey answers and ratings, complaints,
  sessions, heartbeats and plays of each bench, and lines about each application. By the day that the rows tell of, not
  that of their arrival, so that a late file fills the days it belongs to. A day without a row is a day about which
  nothing came. seharusnya is the number of reports owed for the day, where it is known.
owner: kominfo
grain: one sender of one feed on one day
kind: table
key: [tanggal, umpan, pengirim]
slice: tanggal
sources:
  mart.kehadiran_sekolah_harian: tanggal
  mart.kunjungan_puskesmas_harian: tanggal
  mart.antrean_layanan_harian: tanggal
  mart.permohonan_desa_harian: tanggal
  mart.bangku_harian: tanggal
  mart.wifi_sesi_harian: tanggal
  data.peristiwa_kependudukan: CAST(dicatat_pada + INTERVAL '7 hours' AS DATE)
  data.skm_respons: CAST(dikirim_pada + INTERVAL '7 hours' AS DATE)
  data.penilaian_layanan: CAST(dikirim_pada + INTERVAL '7 hours' AS DATE)
  data.pengaduan: CAST(diterima_pada + INTERVAL '7 hours' AS DATE)
  data.pemakaian_aplikasi: tanggal
  mart.kalender: tanggal
  ref.sekolah: all
region: kode_wilayah
access: pimpinan
classification: terbatas
*/
WITH sekolah AS (
    SELECT
        kode_kecamatan,
        count(*) FILTER (WHERE hari_sekolah = 5) AS lima,
        count(*) FILTER (WHERE hari_sekolah = 6) AS enam
    FROM ref.sekolah
    WHERE aktif AND kewenangan <> 'provinsi'
    GROUP BY kode_kecamatan
),
baris AS (
    SELECT tanggal, 'absensi_harian_sekolah' AS umpan, kode_kecamatan AS pengirim, kode_kecamatan AS kode_wilayah, count(*) AS jumlah
    FROM mart.kehadiran_sekolah_harian
    -- Upper secondary schools report to the province and owe nothing here.
    WHERE hari_sekolah AND kode_kecamatan IS NOT NULL AND kewenangan <> 'provinsi'
    GROUP BY tanggal, kode_kecamatan
    UNION ALL
    SELECT tanggal, 'kunjungan_puskesmas', kode_faskes, kode_kecamatan, kunjungan
    FROM mart.kunjungan_puskesmas_harian
    WHERE slug = 'total'
    UNION ALL
    -- People who came: bookings for days to come are no delivery about them.
    SELECT tanggal, 'antrean_peristiwa', lokasi, max(kode_wilayah_lokasi), sum(pengunjung)
    FROM mart.antrean_layanan_harian
    WHERE NOT starts_with(lokasi, 'DESA-')
    GROUP BY tanggal, lokasi
    HAVING sum(pengunjung) > 0
    UNION ALL
    SELECT tanggal, 'permohonan_desa', left(kode_desa, 8), left(kode_desa, 8), sum(diajukan)
    FROM mart.permohonan_desa_harian
    GROUP BY tanggal, left(kode_desa, 8)
    UNION ALL
    SELECT tanggal, 'bangku_telemetri', bangku_id, kode_desa, denyut
    FROM mart.bangku_harian
    WHERE denyut > 0
    UNION ALL
    SELECT tanggal, 'konten_putar', bangku_id, kode_desa, putar
    FROM mart.bangku_harian
    WHERE putar > 0
    UNION ALL
    SELECT tanggal, 'wifi_sesi', bangku_id, kode_desa, sesi
    FROM mart.wifi_sesi_harian
    WHERE sesi > 0
    UNION ALL
    SELECT CAST(dicatat_pada + INTERVAL '7 hours' AS DATE), 'peristiwa_kependudukan', 'dukcapil', '35.03', count(*)
    FROM data.peristiwa_kependudukan
    GROUP BY CAST(dicatat_pada + INTERVAL '7 hours' AS DATE)
    UNION ALL
    SELECT CAST(dikirim_pada + INTERVAL '7 hours' AS DATE), 'skm_respons', 'setda', '35.03', count(*)
    FROM data.skm_respons
    GROUP BY CAST(dikirim_pada + INTERVAL '7 hours' AS DATE)
    UNION ALL
    SELECT CAST(dikirim_pada + INTERVAL '7 hours' AS DATE), 'penilaian_layanan', 'setda', '35.03', count(*)
    FROM data.penilaian_layanan
    GROUP BY CAST(dikirim_pada + INTERVAL '7 hours' AS DATE)
    UNION ALL
    SELECT CAST(diterima_pada + INTERVAL '7 hours' AS DATE), 'pengaduan', 'kominfo', '35.03', count(*)
    FROM data.pengaduan
    GROUP BY CAST(diterima_pada + INTERVAL '7 hours' AS DATE)
    UNION ALL
    SELECT tanggal, 'pemakaian_aplikasi', aplikasi, '35.03', count(*)
    FROM data.pemakaian_aplikasi
    GROUP BY tanggal, aplikasi
)
SELECT
    b.tanggal,
    b.umpan,
    b.pengirim,
    b.kode_wilayah,
    CAST(b.jumlah AS BIGINT) AS jumlah,
    CASE
        WHEN b.umpan = 'absensi_harian_sekolah' THEN
            CASE WHEN k.hari_sekolah_5 THEN s.lima ELSE 0 END + CASE WHEN k.hari_sekolah_6 THEN s.enam ELSE 0 END
    END AS seharusnya
FROM baris b
LEFT JOIN mart.kalender k ON k.tanggal = b.tanggal
LEFT JOIN sekolah s ON s.kode_kecamatan = b.kode_wilayah AND b.umpan = 'absensi_harian_sekolah'
