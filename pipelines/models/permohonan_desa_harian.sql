/*
title: Permohonan surat per desa per hari
title_en: Village letter requests per day
description: >-
  Requests by day of the request (WIB), village and kind of letter. A day without a row had no
  request through this system; whether the village worked without it is not known from here. The number of SKTM is read
  as a sign of hardship. Small cells are not suppressed; permohonan_kecamatan_mingguan is for publication.
owner: kominfo
grain: one kind of letter in one village on one day
kind: table
key: [tanggal, kode_desa, jenis_surat]
slice: tanggal
sources:
  mart.permohonan_desa_siklus: tanggal
region: kode_desa
access: analis
classification: terbatas
*/
SELECT
    tanggal,
    kode_desa,
    jenis_surat,
    max(minggu_mulai) AS minggu_mulai,
    count(*) AS diajukan,
    count(ditandatangani_pada) AS ditandatangani,
    count(dikirim_pada) AS dikirim,
    count(*) FILTER (WHERE status = 'dikembalikan') AS dikembalikan,
    count(*) FILTER (WHERE status = 'ditolak') AS ditolak,
    count(*) FILTER (WHERE status = 'ke_kecamatan') AS ke_kecamatan,
    count(*) FILTER (WHERE terbuka) AS terbuka,
    count(*) FILTER (WHERE tepat_waktu) AS tepat_waktu,
    count(tepat_waktu) AS dinilai,
    round(median(layanan_jam_kerja), 2) AS layanan_median_jam_kerja
FROM mart.permohonan_desa_siklus
GROUP BY tanggal, kode_desa, jenis_surat
