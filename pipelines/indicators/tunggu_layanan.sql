/*
title: Menunggu lebih lama dari standar
title_en: Waiting longer than the standard
description: >-
  Visitors who waited more than 30 minutes from arrival to the first call, of those whose wait was measured, per week,
  place and family of services (kecamatan offices as one). The catalogue sets no standard for waits, only for the time
  at the counter (menit_standar); 30 minutes stands in for one. dalam_standar counts services that kept to their
  minutes. The limits of the chart widen with the variation from week to week. A week is complete once a later one has
  visitors.
owner: dpmptsp
unit: layanan
unit_en: service
family: mutu_layanan
grain: minggu
direction: naik
detector: {method: laney-p, baseline: 20, min_n: 20}
floor: {excess: 8}
severity: {tinggi: {excess: 20, ratio: 2}, kritis: {excess: 60, ratio: 3}}
links:
  - to: layanan
    near: unit
    lag_days: [-28, 42]
    checked: jumlah pengunjung layanan yang sama
    checked_en: visitors of the same service
  - to: mutu_layanan
    near: unit
    lag_days: [-28, 28]
    checked: yang tidak menjawab panggilan
    checked_en: those who missed their call
explanation:
  id: "{nama}: {nilai:0} dari {penyebut:0} pengunjung menunggu lebih dari 30 menit, biasanya sekitar {harapan:0}, sejak {sejak}; separuhnya menunggu lebih dari {tunggu_median_menit:0} menit."
  en: "{nama}: {nilai:0} of {penyebut:0} visitors waited more than 30 minutes, usually about {harapan:0}, since {sejak}; half of them more than {tunggu_median_menit:0} minutes."
action:
  id: "Bandingkan jumlah loket yang buka dengan jam ramai (Kepadatan antrean per jam) dan tambah petugas pada jam itu."
  en: "Compare open counters with the busy hours (Queue by hour of the week) and add staff in those."
sources:
  mart.tiket:
    - CAST(minggu_mulai + INTERVAL '6 days' AS DATE)
    - CAST(minggu_mulai - INTERVAL '1 day' AS DATE)
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
tiket AS (
    SELECT
        t.minggu_mulai,
        t.lokasi,
        CASE WHEN p.jenis = 'kecamatan' THEN 'semua' ELSE l.rumpun END AS kelompok,
        t.tunggu_detik,
        t.layanan_detik <= l.menit_standar * 60 AS dalam_standar
    FROM mart.tiket t
    JOIN tempat p ON p.kode = t.lokasi
    JOIN ref.layanan l ON l.kode = t.kode_layanan
    WHERE t.tunggu_detik IS NOT NULL
),
minggu AS (
    SELECT
        minggu_mulai,
        lokasi,
        kelompok,
        count(*) AS terukur,
        count(*) FILTER (WHERE tunggu_detik > 1800) AS lama,
        count(*) FILTER (WHERE dalam_standar) AS dalam_standar,
        round(median(tunggu_detik) / 60, 1) AS tunggu_median_menit
    FROM tiket
    GROUP BY minggu_mulai, lokasi, kelompok
),
sesudah AS (
    SELECT DISTINCT CAST(minggu_mulai - INTERVAL '7 days' AS DATE) AS minggu_mulai FROM tiket
)
SELECT
    concat(m.lokasi, '/', m.kelompok) AS unit,
    CAST(m.minggu_mulai + INTERVAL '6 days' AS DATE) AS tanggal,
    CAST(m.lama AS DOUBLE) AS nilai,
    CASE WHEN m.kelompok = 'semua' THEN p.nama ELSE concat(r.nama_rumpun, ' di ', m.lokasi) END AS nama,
    CAST(m.terukur AS DOUBLE) AS penyebut,
    p.kode_wilayah AS wilayah,
    p.lintang,
    p.bujur,
    s.minggu_mulai IS NOT NULL AS lengkap,
    m.tunggu_median_menit,
    m.dalam_standar
FROM minggu m
JOIN tempat p ON p.kode = m.lokasi
LEFT JOIN rumpun r ON r.rumpun = m.kelompok
LEFT JOIN sesudah s ON s.minggu_mulai = m.minggu_mulai
