/*
title: Arah pengunjung layanan
title_en: Trend of visitors of services
description: >-
  People who came to the MPP and the CPP per open day of a month, by family of services: does use rise or fall over the
  last years? Mann-Kendall with the correction for serial correlation by Hamed and Rao; it needs eight months. A trend
  is told where the expected value, a straight line, moves. A month is complete once a later one has visitors.
owner: dpmptsp
unit: layanan
unit_en: service
family: layanan
grain: bulan
direction: dua_arah
detector: {method: mann-kendall, alpha: 0.005}
floor: {value: 1}
tests: false
lookback: 1100
links:
  - to: layanan
    near: unit
    lag_days: [-62, 62]
    checked: pengunjung mingguan layanan yang sama
    checked_en: weekly visitors of the same service
explanation:
  id: "{nama}: pengunjung berubah searah dari bulan ke bulan, dari {semula:1} menjadi {nilai:1} per hari buka dalam setahun terakhir."
  en: "{nama}: visitors change in one direction from month to month, from {semula:1} to {nilai:1} per open day within the last year."
action:
  id: "Bahas dalam rapat bulanan: tambah atau kurangi jam dan loket, atau pindahkan layanannya lebih dekat ke warga."
  en: "Discuss in the monthly meeting: more or fewer hours and counters, or the service closer to people."
sources:
  mart.antrean_layanan_harian:
    - CAST(date_trunc('month', tanggal) + INTERVAL '1 month' - INTERVAL '1 day' AS DATE)
    - CAST(date_trunc('month', tanggal) - INTERVAL '1 day' AS DATE)
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
    WHERE jenis IN ('mpp', 'cpp')
),
melayani AS (
    SELECT DISTINCT t.kode AS lokasi, l.rumpun
    FROM tempat t
    JOIN ref.layanan l ON l.aktif AND concat(',', replace(l.tingkat, ' ', ''), ',') LIKE concat('%,', t.jenis, ',%')
),
datang AS (
    SELECT CAST(date_trunc('month', h.tanggal) AS DATE) AS bulan, h.tanggal, h.lokasi, l.rumpun, h.pengunjung
    FROM mart.antrean_layanan_harian h
    JOIN ref.layanan l ON l.kode = h.kode_layanan
    WHERE h.pengunjung > 0
),
jumlah AS (
    SELECT bulan, lokasi, rumpun, sum(pengunjung) AS pengunjung FROM datang GROUP BY bulan, lokasi, rumpun
),
buka AS (
    SELECT bulan, lokasi, count(*) AS hari_buka
    FROM (SELECT bulan, lokasi, tanggal FROM datang GROUP BY bulan, lokasi, tanggal)
    GROUP BY bulan, lokasi
),
sesudah AS (
    SELECT DISTINCT CAST(bulan - INTERVAL '1 month' AS DATE) AS bulan FROM datang
),
bulanan AS (
    SELECT
        b.bulan,
        b.lokasi,
        m.rumpun,
        CAST(coalesce(j.pengunjung, 0) AS DOUBLE) / b.hari_buka AS per_hari,
        CAST(coalesce(j.pengunjung, 0) AS BIGINT) AS pengunjung,
        b.hari_buka
    FROM buka b
    JOIN melayani m ON m.lokasi = b.lokasi
    LEFT JOIN jumlah j ON j.bulan = b.bulan AND j.lokasi = b.lokasi AND j.rumpun = m.rumpun
)
SELECT
    concat(b.lokasi, '/', b.rumpun) AS unit,
    CAST(b.bulan + INTERVAL '1 month' - INTERVAL '1 day' AS DATE) AS tanggal,
    b.per_hari AS nilai,
    concat(r.nama_rumpun, ' di ', b.lokasi) AS nama,
    t.kode_wilayah AS wilayah,
    t.lintang,
    t.bujur,
    s.bulan IS NOT NULL AS lengkap,
    b.pengunjung,
    b.hari_buka,
    -- The oldest of the last twelve months, to say where it comes from.
    first_value(b.per_hari) OVER (
        PARTITION BY b.lokasi, b.rumpun ORDER BY b.bulan ROWS BETWEEN 11 PRECEDING AND CURRENT ROW
    ) AS semula
FROM bulanan b
JOIN tempat t ON t.kode = b.lokasi
LEFT JOIN rumpun r ON r.rumpun = b.rumpun
LEFT JOIN sesudah s ON s.bulan = b.bulan
