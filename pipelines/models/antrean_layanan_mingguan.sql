/*
title: Antrean per layanan per minggu
title_en: Queue per service and week
description: >-
  Visitors of a week (Sunday to Saturday, WIB) by place and service: the series that is read for the MPP, with the
  volume of the same service family at places below it in the other rows. The median of the waits is taken over the
  tickets of the week, not over days. At places of one village and at health centres counts of 1 to 4
  are left empty.
owner: dpmptsp
grain: one service at one place in one week
kind: table
key: [minggu_mulai, lokasi, kode_layanan]
slice: minggu_mulai
sources:
  mart.tiket: minggu_mulai
  ref.layanan: all
  ref.lokasi_layanan: all
region: kode_wilayah_lokasi
institution: kode_instansi
access: pimpinan
classification: terbatas
*/
WITH peringkat AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY minggu_mulai, lokasi, kode_layanan ORDER BY tunggu_detik NULLS LAST) AS urutan,
        count(tunggu_detik) OVER (PARTITION BY minggu_mulai, lokasi, kode_layanan) AS terukur
    FROM mart.tiket
),
hitung AS (
    SELECT
        minggu_mulai,
        lokasi,
        kode_wilayah_lokasi,
        kode_layanan,
        max(kode_instansi) AS kode_instansi,
        -- Few people of a village, or patients: small cells are withheld.
        starts_with(lokasi, 'DESA-') OR starts_with(lokasi, 'PKM-') AS peka,
        count(DISTINCT tanggal) AS hari_buka,
        count(*) FILTER (WHERE hadir IS NOT NULL) AS pengunjung,
        count(*) FILTER (WHERE kanal = 'daring') AS daring,
        count(*) FILTER (WHERE selesai IS NOT NULL) AS selesai,
        count(*) FILTER (WHERE status = 'tidak_hadir') AS tidak_hadir,
        count(*) FILTER (WHERE kunjungan_ke > 1) AS kunjungan_ulang,
        count(*) FILTER (WHERE hasil = 'berkas_kurang') AS berkas_kurang,
        round(median(tunggu_detik), 1) AS tunggu_median_detik,
        -- The wait that nine of ten did not exceed, by rank (see antrean_layanan_harian).
        max(CASE WHEN urutan = (9 * terukur + 9) / 10 THEN tunggu_detik END) AS tunggu_p90_detik,
        round(median(layanan_detik), 1) AS layanan_median_detik
    FROM peringkat
    GROUP BY minggu_mulai, lokasi, kode_wilayah_lokasi, kode_layanan
)
SELECT
    h.minggu_mulai,
    h.lokasi,
    k.nama AS nama_lokasi,
    k.jenis AS jenis_lokasi,
    h.kode_wilayah_lokasi,
    h.kode_layanan,
    l.nama AS nama_layanan,
    l.rumpun,
    h.kode_instansi,
    h.hari_buka,
    CASE WHEN h.peka AND h.pengunjung BETWEEN 1 AND 4 THEN NULL ELSE h.pengunjung END AS pengunjung,
    CASE WHEN h.peka AND h.daring BETWEEN 1 AND 4 THEN NULL ELSE h.daring END AS daring,
    CASE WHEN h.peka AND h.selesai BETWEEN 1 AND 4 THEN NULL ELSE h.selesai END AS selesai,
    CASE WHEN h.peka AND h.tidak_hadir BETWEEN 1 AND 4 THEN NULL ELSE h.tidak_hadir END AS tidak_hadir,
    CASE WHEN h.peka AND h.kunjungan_ulang BETWEEN 1 AND 4 THEN NULL ELSE h.kunjungan_ulang END AS kunjungan_ulang,
    CASE WHEN h.peka AND h.berkas_kurang BETWEEN 1 AND 4 THEN NULL ELSE h.berkas_kurang END AS berkas_kurang,
    -- Times of fewer than five people are theirs.
    CASE WHEN h.peka AND h.pengunjung < 5 THEN NULL ELSE h.tunggu_median_detik END AS tunggu_median_detik,
    CASE WHEN h.peka AND h.pengunjung < 5 THEN NULL ELSE h.tunggu_p90_detik END AS tunggu_p90_detik,
    CASE WHEN h.peka AND h.pengunjung < 5 THEN NULL ELSE h.layanan_median_detik END AS layanan_median_detik
FROM hitung h
LEFT JOIN ref.layanan l ON l.kode = h.kode_layanan
LEFT JOIN ref.lokasi_layanan k ON k.kode = h.lokasi
