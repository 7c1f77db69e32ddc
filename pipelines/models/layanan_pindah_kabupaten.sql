/*
title: Ke mana warga mengurus layanan, se-kabupaten
title_en: Where residents had a matter served, whole regency
description: >-
  layanan_pindah_mingguan without the kecamatan of residence: by family of services and week, visits at the Mal Pelayanan
  Publik (pertama, ulang) and matters of the same family that residents had served elsewhere. For boards: what a fall or
  rise of visits stands beside. Sums of the whole regency, as visitors are shown.
owner: dpmptsp
grain: one family of services in one week
kind: table
key: [minggu_mulai, rumpun]
slice: minggu_mulai
sources:
  mart.layanan_pindah_mingguan: minggu_mulai
access: pimpinan
classification: terbatas
*/
SELECT
    minggu_mulai,
    rumpun,
    sum(pertama) AS pertama,
    sum(ulang) AS ulang,
    sum(di_tempat_lain) AS di_tempat_lain,
    sum(antrean_lain) AS antrean_lain,
    sum(surat) AS surat,
    sum(keliling) AS keliling,
    max(hari_buka) AS hari_buka
FROM mart.layanan_pindah_mingguan
GROUP BY minggu_mulai, rumpun
