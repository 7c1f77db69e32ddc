/*
title: Pengunjung layanan per minggu
title_en: Visitors of services per week
description: >-
  People who came to the Mal Pelayanan Publik (MPP) and the cafe (CPP) in a week of five open days, by family of
  services: weeks with holidays are scaled up, so that they compare. Judged as counts against the eight weeks before, so
  that a change shows before it has become the habit. A fall is good news where others now serve the same people and bad news
  where nobody does: for the MPP the alert carries the split by layanan_pindah_mingguan. Weeks with fewer than three
  open days are in no baseline. A week is complete once one of the two weeks after it has visitors.
owner: dpmptsp
unit: layanan
unit_en: service
family: layanan
grain: minggu
direction: dua_arah
detector: {method: nb-predictive, w: 8, alpha: 0.01}
floor: {value: 10, excess: 5}
severity: {tinggi: {excess: 20}, kritis: {excess: 75}}
masks: [libur, ramadan]
links:
  - to: layanan
    near: unit
    lag_days: [-28, 28]
    checked: pengunjung harian dan bulanan layanan yang sama
    checked_en: daily and monthly visitors of the same service
  - to: mutu_layanan
    near: unit
    lag_days: [-42, 28]
    checked: waktu tunggu dan ketidakhadiran
    checked_en: waits and no-shows
explanation:
  id: "{nama}: {nilai:0} pengunjung dalam sepekan lima hari buka, biasanya sekitar {harapan:0}, sejak {sejak}; {pengunjung:0} dalam {hari_buka:0} hari, {kunjungan_ulang:0} di antaranya kembali untuk urusan yang sama."
  en: "{nama}: {nilai:0} visitors in a week of five open days, usually about {harapan:0}, since {sejak}; {pengunjung:0} in {hari_buka:0} days, {kunjungan_ulang:0} of them back for the same matter."
action:
  id: "Lihat pembagian sebabnya: dilayani di tempat lain, lebih sedikit yang harus kembali, atau belum terjelaskan. Yang terakhir ditanyakan ke loket."
  en: "See what explains it: served elsewhere, fewer who have to come back, or nothing yet. Ask the counters about the last."
attribution: layanan_pindah_mingguan
sources:
  # A week is complete once one of the next two has visitors.
  mart.antrean_layanan_harian:
    - CAST(minggu_mulai + INTERVAL '6 days' AS DATE)
    - CAST(minggu_mulai - INTERVAL '8 days' AS DATE)
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
-- Which families a place serves, by the catalogue: those have zeros.
melayani AS (
    SELECT DISTINCT t.kode AS lokasi, l.rumpun
    FROM tempat t
    JOIN ref.layanan l ON l.aktif AND concat(',', replace(l.tingkat, ' ', ''), ',') LIKE concat('%,', t.jenis, ',%')
),
datang AS (
    SELECT h.minggu_mulai, h.tanggal, h.lokasi, l.rumpun, h.pengunjung, h.kunjungan_ulang
    FROM mart.antrean_layanan_harian h
    JOIN ref.layanan l ON l.kode = h.kode_layanan
    WHERE h.pengunjung > 0
),
jumlah AS (
    SELECT minggu_mulai, lokasi, rumpun, sum(pengunjung) AS pengunjung, sum(kunjungan_ulang) AS kunjungan_ulang
    FROM datang
    GROUP BY minggu_mulai, lokasi, rumpun
),
buka AS (
    SELECT minggu_mulai, lokasi, count(*) AS hari_buka
    FROM (SELECT minggu_mulai, lokasi, tanggal FROM datang GROUP BY minggu_mulai, lokasi, tanggal)
    GROUP BY minggu_mulai, lokasi
),
sesudah AS (
    SELECT DISTINCT CAST(minggu_mulai - INTERVAL '7 days' AS DATE) AS minggu_mulai FROM datang
    UNION
    SELECT DISTINCT CAST(minggu_mulai - INTERVAL '14 days' AS DATE) AS minggu_mulai FROM datang
)
SELECT
    concat(b.lokasi, '/', m.rumpun) AS unit,
    CAST(b.minggu_mulai + INTERVAL '6 days' AS DATE) AS tanggal,
    round(5.0 * coalesce(j.pengunjung, 0) / b.hari_buka) AS nilai,
    concat(r.nama_rumpun, ' di ', b.lokasi) AS nama,
    t.kode_wilayah AS wilayah,
    t.lintang,
    t.bujur,
    CASE WHEN b.hari_buka < 3 THEN 'libur' END AS masker,
    s.minggu_mulai IS NOT NULL AS lengkap,
    -- The split is of the MPP: other places are the elsewhere in it.
    CASE WHEN b.lokasi = 'MPP' THEN m.rumpun END AS rumpun,
    CAST(coalesce(j.pengunjung, 0) AS BIGINT) AS pengunjung,
    CAST(coalesce(j.kunjungan_ulang, 0) AS BIGINT) AS kunjungan_ulang,
    b.hari_buka
FROM buka b
JOIN melayani m ON m.lokasi = b.lokasi
JOIN tempat t ON t.kode = b.lokasi
LEFT JOIN rumpun r ON r.rumpun = m.rumpun
LEFT JOIN jumlah j ON j.minggu_mulai = b.minggu_mulai AND j.lokasi = b.lokasi AND j.rumpun = m.rumpun
LEFT JOIN sesudah s ON s.minggu_mulai = b.minggu_mulai
