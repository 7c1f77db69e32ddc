/*
title: Serapan anggaran per perangkat daerah
title_en: Budget absorption per institution
description: >-
  Budget and cumulative spending per institution, year and month, summed over its programmes, in rupiah. realisasi_bulan
  is the spending of the month itself: the difference to the month before, the whole in January, empty where the month
  before is missing (then it would hold two). serapan_linear is the share of the year that has passed.
owner: bpkad
grain: one institution in one month
kind: table
key: [tahun, bulan, kode_instansi]
slice: tahun
sources:
  data.anggaran_realisasi: tahun
institution: kode_instansi
access: pimpinan
classification: terbatas
*/
WITH bulanan AS (
    SELECT
        tahun,
        bulan,
        kode_instansi,
        count(*) AS program,
        sum(pagu_rp) AS pagu_rp,
        sum(realisasi_rp) AS realisasi_rp
    FROM data.anggaran_realisasi
    GROUP BY tahun, bulan, kode_instansi
),
lalu AS (
    SELECT
        *,
        lag(bulan) OVER (PARTITION BY tahun, kode_instansi ORDER BY bulan) AS bulan_lalu,
        lag(realisasi_rp) OVER (PARTITION BY tahun, kode_instansi ORDER BY bulan) AS realisasi_lalu_rp
    FROM bulanan
)
SELECT
    tahun,
    bulan,
    kode_instansi,
    program,
    pagu_rp,
    realisasi_rp,
    CASE
        WHEN bulan = 1 THEN realisasi_rp
        WHEN bulan_lalu = bulan - 1 THEN realisasi_rp - realisasi_lalu_rp
    END AS realisasi_bulan_rp,
    round(100.0 * CAST(realisasi_rp AS DOUBLE) / nullif(CAST(pagu_rp AS DOUBLE), 0), 2) AS serapan_persen,
    round(100.0 * bulan / 12, 2) AS serapan_linear_persen
FROM lalu
