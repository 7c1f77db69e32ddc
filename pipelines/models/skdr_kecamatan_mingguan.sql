/*
title: SKDR mingguan per kecamatan
title_en: Weekly early warning (SKDR) per kecamatan
description: >-
  Cases per kecamatan of the health centre, epidemiological week (Sunday to Saturday) and disease, from visits and from
  the weekly report, for boards: counts of 1 to 4 are left empty, which is not zero. puskesmas_kunjungan and
  puskesmas_laporan count the centres that the two sums come from: a count is withheld where it is empty and they are
  not 0, and not known where they are 0. slug total is all visits. Single centres and exact counts are in skdr_mingguan.
owner: dinkes
grain: one disease (or total) in one kecamatan in one epidemiological week
kind: table
key: [minggu_mulai, kode_kecamatan, slug]
slice: minggu_mulai
sources:
  mart.skdr_mingguan: minggu_mulai
region: kode_kecamatan
access: pimpinan
classification: terbatas
*/
WITH jumlah AS (
    SELECT
        minggu_mulai,
        kode_kecamatan,
        slug,
        max(tahun_epi) AS tahun_epi,
        max(minggu_epi) AS minggu_epi,
        max(kode_skdr) AS kode_skdr,
        count(kunjungan) AS puskesmas_kunjungan,
        count(kasus_laporan) AS puskesmas_laporan,
        sum(kunjungan) AS kunjungan,
        sum(kasus_kunjungan) AS kasus_kunjungan,
        sum(kasus_laporan) AS kasus_laporan
    FROM mart.skdr_mingguan
    WHERE kode_kecamatan IS NOT NULL
    GROUP BY minggu_mulai, kode_kecamatan, slug
)
SELECT
    minggu_mulai,
    tahun_epi,
    minggu_epi,
    kode_kecamatan,
    slug,
    kode_skdr,
    puskesmas_kunjungan,
    puskesmas_laporan,
    -- Visits less new cases are the returning patients, who may be few as well.
    CASE WHEN kunjungan BETWEEN 1 AND 4 OR kunjungan - kasus_kunjungan BETWEEN 1 AND 4 THEN NULL ELSE kunjungan END AS kunjungan,
    CASE WHEN kasus_kunjungan BETWEEN 1 AND 4 THEN NULL ELSE kasus_kunjungan END AS kasus_kunjungan,
    CASE WHEN kasus_laporan BETWEEN 1 AND 4 THEN NULL ELSE kasus_laporan END AS kasus_laporan
FROM jumlah
