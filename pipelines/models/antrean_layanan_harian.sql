/*
title: Antrean per layanan per hari
title_en: Queue per service and day
description: >-
  Tickets by day, place and service. pengunjung are tickets whose holder arrived; a no-show is a ticket called or booked
  whose holder did not come. Percentiles are exact, in seconds, and interpolate between neighbours. dalam_standar counts
  services not longer than the standard minutes of the service. Small cells are not suppressed.
owner: dpmptsp
grain: one service at one place on one day
kind: table
key: [tanggal, lokasi, kode_layanan]
slice: tanggal
sources:
  mart.tiket: tanggal
  ref.layanan: all
region: kode_wilayah_lokasi
institution: kode_instansi
access: analis
classification: terbatas
*/
SELECT
    t.tanggal,
    t.minggu_mulai,
    t.lokasi,
    t.kode_wilayah_lokasi,
    t.kode_layanan,
    max(t.kode_instansi) AS kode_instansi,
    count(*) AS tiket,
    count(*) FILTER (WHERE t.hadir IS NOT NULL) AS pengunjung,
    count(*) FILTER (WHERE t.kanal = 'daring') AS daring,
    count(*) FILTER (WHERE t.selesai IS NOT NULL) AS selesai,
    count(*) FILTER (WHERE t.status = 'tidak_hadir') AS tidak_hadir,
    count(*) FILTER (WHERE t.status = 'batal') AS batal,
    count(*) FILTER (WHERE t.kunjungan_ke > 1) AS kunjungan_ulang,
    count(*) FILTER (WHERE t.hasil = 'berkas_kurang') AS berkas_kurang,
    count(*) FILTER (WHERE t.hasil = 'ditolak') AS ditolak,
    count(*) FILTER (WHERE t.prioritas <> 'tidak') AS prioritas,
    count(DISTINCT t.loket) AS loket,
    count(t.tunggu_detik) AS tunggu_terukur,
    round(percentile_cont(0.5) WITHIN GROUP (ORDER BY t.tunggu_detik), 1) AS tunggu_median_detik,
    round(percentile_cont(0.9) WITHIN GROUP (ORDER BY t.tunggu_detik), 1) AS tunggu_p90_detik,
    count(t.layanan_detik) AS layanan_terukur,
    round(percentile_cont(0.5) WITHIN GROUP (ORDER BY t.layanan_detik), 1) AS layanan_median_detik,
    sum(t.layanan_detik) AS layanan_total_detik,
    count(*) FILTER (WHERE t.layanan_detik <= l.menit_standar * 60) AS dalam_standar
FROM mart.tiket t
LEFT JOIN ref.layanan l ON l.kode = t.kode_layanan
GROUP BY t.tanggal, t.minggu_mulai, t.lokasi, t.kode_wilayah_lokasi, t.kode_layanan
