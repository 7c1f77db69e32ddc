/*
title: Tidak menjawab panggilan antrean
title_en: Missed calls in the queue
description: >-
  Tickets whose holder did not come when called, of those that were served or called in vain, per week, place and family
  of services (kecamatan offices as one). Bookings that nobody redeemed are counted apart, in kedaluwarsa. People leave
  when they wait too long, or call times are not announced. A week is complete once a later one has visitors.
owner: dpmptsp
unit: layanan
unit_en: service
family: mutu_layanan
grain: minggu
direction: naik
detector: {method: laney-p, baseline: 20, min_n: 30}
floor: {excess: 5}
severity: {tinggi: {excess: 15, ratio: 2}}
links:
  - to: mutu_layanan
    near: unit
    lag_days: [-28, 28]
    checked: waktu tunggu
    checked_en: waits
  - to: layanan
    near: unit
    lag_days: [-28, 42]
    checked: jumlah pengunjung layanan yang sama
    checked_en: visitors of the same service
explanation:
  id: "{nama}: {nilai:0} dari {penyebut:0} pemegang nomor tidak menjawab panggilan, biasanya sekitar {harapan:0}, sejak {sejak}."
  en: "{nama}: {nilai:0} of {penyebut:0} ticket holders did not answer their call, usually about {harapan:0}, since {sejak}."
action:
  id: "Periksa pengeras suara, layar, dan pesan panggilan; tanyakan pengunjung mengapa pergi."
  en: "Check loudspeakers, screens and call messages; ask visitors why they leave."
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
        t.status
    FROM mart.tiket t
    JOIN tempat p ON p.kode = t.lokasi
    JOIN ref.layanan l ON l.kode = t.kode_layanan
    WHERE t.status IN ('selesai', 'tidak_hadir', 'kedaluwarsa')
),
minggu AS (
    SELECT
        minggu_mulai,
        lokasi,
        kelompok,
        count(*) FILTER (WHERE status <> 'kedaluwarsa') AS dipanggil,
        count(*) FILTER (WHERE status = 'tidak_hadir') AS tidak_hadir,
        count(*) FILTER (WHERE status = 'kedaluwarsa') AS kedaluwarsa
    FROM tiket
    GROUP BY minggu_mulai, lokasi, kelompok
),
sesudah AS (
    SELECT DISTINCT CAST(minggu_mulai - INTERVAL '7 days' AS DATE) AS minggu_mulai FROM tiket WHERE status = 'selesai'
)
SELECT
    concat(m.lokasi, '/', m.kelompok) AS unit,
    CAST(m.minggu_mulai + INTERVAL '6 days' AS DATE) AS tanggal,
    CAST(m.tidak_hadir AS DOUBLE) AS nilai,
    CASE WHEN m.kelompok = 'semua' THEN p.nama ELSE concat(r.nama_rumpun, ' di ', m.lokasi) END AS nama,
    CAST(m.dipanggil AS DOUBLE) AS penyebut,
    p.kode_wilayah AS wilayah,
    p.lintang,
    p.bujur,
    s.minggu_mulai IS NOT NULL AS lengkap,
    m.kedaluwarsa
FROM minggu m
JOIN tempat p ON p.kode = m.lokasi
LEFT JOIN rumpun r ON r.rumpun = m.kelompok
LEFT JOIN sesudah s ON s.minggu_mulai = m.minggu_mulai
WHERE m.dipanggil > 0
