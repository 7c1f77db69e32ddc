/*
title: Pengunjung layanan per hari
title_en: Visitors of services per day
description: >-
  People who came to the Mal Pelayanan Publik (MPP) and the cafe (CPP) by family of services, and to each kecamatan
  office, per working day. A day on which the place had visitors and none for a family is a true zero; a day without any
  is a missing report, since closed and silent look alike. A day is complete once a later working day within a week has
  visitors anywhere.
owner: dpmptsp
unit: layanan
unit_en: service
family: layanan
grain: hari
calendar: hari_kerja
direction: dua_arah
detector: {method: switch, alpha: 0.002}
floor: {excess: 12}
severity: {tinggi: {excess: 40}}
masks: [libur, ramadan]
links:
  - to: layanan
    near: unit
    lag_days: [-14, 14]
    checked: pengunjung mingguan layanan yang sama
    checked_en: weekly visitors of the same service
  - to: mutu_layanan
    near: unit
    lag_days: [-28, 28]
    checked: waktu tunggu dan ketidakhadiran
    checked_en: waits and no-shows
explanation:
  id: "{nama}: {nilai:0} pengunjung dalam sehari, biasanya sekitar {harapan:0}, sejak {sejak}."
  en: "{nama}: {nilai:0} visitors in a day, usually about {harapan:0}, since {sejak}."
action:
  id: "Bila ramai, tambah loket dan beri tahu pengunjung; bila sepi, periksa dulu apakah antrean dan jaringan berjalan."
  en: "If crowded, open counters and tell visitors; if empty, first see whether the queue system and the line work."
sources:
  mart.antrean_layanan_harian:
    - tanggal
    - CAST(tanggal - INTERVAL '7 days' AS DATE)
  ref.layanan: all
  ref.lokasi_layanan: all
access: analis
classification: terbatas
*/
WITH rumpun AS (
    SELECT column1 AS rumpun, column2 AS nama_rumpun
    FROM (
        VALUES
            ('kependudukan', 'Kependudukan'), ('jaminan_sosial', 'Jaminan sosial'), ('pajak', 'Pajak'),
            ('kepolisian', 'Kepolisian'), ('perizinan', 'Perizinan'), ('ketenagakerjaan', 'Ketenagakerjaan'),
            ('pertanahan', 'Pertanahan'), ('surat_keterangan', 'Surat keterangan'), ('kesehatan', 'Kesehatan'),
            ('lainnya', 'Layanan lain')
    )
),
tempat AS (
    SELECT kode, nama, jenis, kode_wilayah, lintang, bujur
    FROM ref.lokasi_layanan
    WHERE jenis IN ('mpp', 'cpp', 'kecamatan')
),
-- Which families a place serves, by the catalogue: those have zeros. A kecamatan office is one series.
melayani AS (
    SELECT DISTINCT t.kode AS lokasi, CASE WHEN t.jenis = 'kecamatan' THEN 'semua' ELSE l.rumpun END AS kelompok
    FROM tempat t
    JOIN ref.layanan l ON l.aktif AND concat(',', replace(l.tingkat, ' ', ''), ',') LIKE concat('%,', t.jenis, ',%')
),
datang AS (
    SELECT
        h.tanggal,
        h.lokasi,
        CASE WHEN t.jenis = 'kecamatan' THEN 'semua' ELSE l.rumpun END AS kelompok,
        sum(h.pengunjung) AS pengunjung
    FROM mart.antrean_layanan_harian h
    JOIN tempat t ON t.kode = h.lokasi
    JOIN ref.layanan l ON l.kode = h.kode_layanan
    WHERE h.pengunjung > 0
    GROUP BY h.tanggal, h.lokasi, CASE WHEN t.jenis = 'kecamatan' THEN 'semua' ELSE l.rumpun END
),
buka AS (
    SELECT tanggal, lokasi FROM datang GROUP BY tanggal, lokasi
),
sesudah AS (
    SELECT DISTINCT
        CAST(unnest(generate_series(
            tanggal - INTERVAL '7 days', tanggal - INTERVAL '1 day', INTERVAL '1 day'
        )) AS DATE) AS tanggal
    FROM (SELECT DISTINCT tanggal FROM datang)
)
SELECT
    concat(b.lokasi, '/', m.kelompok) AS unit,
    b.tanggal,
    CAST(coalesce(d.pengunjung, 0) AS DOUBLE) AS nilai,
    CASE WHEN m.kelompok = 'semua' THEN t.nama ELSE concat(r.nama_rumpun, ' di ', t.kode) END AS nama,
    t.kode_wilayah AS wilayah,
    t.lintang,
    t.bujur,
    s.tanggal IS NOT NULL AS lengkap
FROM buka b
JOIN melayani m ON m.lokasi = b.lokasi
JOIN tempat t ON t.kode = b.lokasi
LEFT JOIN rumpun r ON r.rumpun = m.kelompok
LEFT JOIN datang d ON d.tanggal = b.tanggal AND d.lokasi = b.lokasi AND d.kelompok = m.kelompok
LEFT JOIN sesudah s ON s.tanggal = b.tanggal
