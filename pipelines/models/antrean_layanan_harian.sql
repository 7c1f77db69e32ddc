/*
title: Antrean per layanan per hari
title_en: Queue per service and day
description: >-
  Tickets by day, place and service. pengunjung are tickets whose holder arrived; a no-show is a ticket called or booked
  whose holder did not come. Times are in seconds; tunggu_p90_detik is the wait that nine of ten
  did not exceed. dalam_standar counts services not longer than the standard minutes of the service. Small cells are not suppressed.
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
-- The ninth of ten by rank. percentile_cont would interpolate, but in this engine it cannot merge many small groups.
WITH peringkat AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY tanggal, lokasi, kode_layanan ORDER BY tunggu_detik NULLS LAST) AS urutan,
        count(tunggu_detik) OVER (PARTITION BY tanggal, lokasi, kode_layanan) AS terukur,
        -- Counters are counted by their first ticket: counting distinct ones is slow over many small groups.
        row_number() OVER (PARTITION BY tanggal, lokasi, kode_layanan, loket ORDER BY tiket_id) AS ke_loket
    FROM mart.tiket
)
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
    count(t.loket) FILTER (WHERE t.ke_loket = 1) AS loket,
    count(t.tunggu_detik) AS tunggu_terukur,
    round(median(t.tunggu_detik), 1) AS tunggu_median_detik,
    max(CASE WHEN t.urutan = (9 * t.terukur + 9) / 10 THEN t.tunggu_detik END) AS tunggu_p90_detik,
    count(t.layanan_detik) AS layanan_terukur,
    round(median(t.layanan_detik), 1) AS layanan_median_detik,
    sum(t.layanan_detik) AS layanan_total_detik,
    count(*) FILTER (WHERE t.layanan_detik <= l.menit_standar * 60) AS dalam_standar
FROM peringkat t
LEFT JOIN ref.layanan l ON l.kode = t.kode_layanan
GROUP BY t.tanggal, t.minggu_mulai, t.lokasi, t.kode_wilayah_lokasi, t.kode_layanan
