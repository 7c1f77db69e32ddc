/*
title: Permohonan surat desa per kecamatan per minggu
title_en: Village letter requests per kecamatan and week
description: >-
  Requests to the villages of a kecamatan by week and kind of letter, with the share signed within the standard. Made
  for boards: no cell is below the kecamatan.
owner: kominfo
grain: one kind of letter in one kecamatan in one week
kind: table
key: [minggu_mulai, kode_kecamatan, jenis_surat]
slice: minggu_mulai
sources:
  mart.permohonan_desa_siklus: minggu_mulai
region: kode_kecamatan
access: pimpinan
classification: terbatas
*/
WITH permohonan AS (
    SELECT *, left(kode_desa, 8) AS kode_kecamatan
    FROM mart.permohonan_desa_siklus
),
peringkat AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY minggu_mulai, kode_kecamatan, jenis_surat ORDER BY layanan_jam_kerja NULLS LAST
        ) AS urutan,
        count(layanan_jam_kerja) OVER (PARTITION BY minggu_mulai, kode_kecamatan, jenis_surat) AS terukur
    FROM permohonan
)
SELECT
    minggu_mulai,
    kode_kecamatan,
    jenis_surat,
    count(DISTINCT kode_desa) AS desa,
    count(*) AS diajukan,
    count(ditandatangani_pada) AS ditandatangani,
    count(*) FILTER (WHERE status = 'dikembalikan') AS dikembalikan,
    count(*) FILTER (WHERE status = 'ditolak') AS ditolak,
    count(*) FILTER (WHERE terbuka) AS terbuka,
    count(tepat_waktu) AS dinilai,
    round(100.0 * count(*) FILTER (WHERE tepat_waktu) / nullif(count(tepat_waktu), 0), 2) AS persen_tepat_waktu,
    round(median(layanan_jam_kerja), 2) AS layanan_median_jam_kerja,
    -- The hours that nine of ten did not exceed, by rank.
    max(CASE WHEN urutan = (9 * terukur + 9) / 10 THEN layanan_jam_kerja END) AS layanan_p90_jam_kerja
FROM peringkat
GROUP BY minggu_mulai, kode_kecamatan, jenis_surat
