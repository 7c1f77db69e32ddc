/*
title: Daftar kecamatan
title_en: List of kecamatan
description: >-
  Name, centroid and, where it has been fed, boundary (GeoJSON text, WGS 84) of every kecamatan in force: what maps and
  names on boards need, for those who see no lists of codes. Boundaries are simplified and have no legal force.
owner: kominfo
grain: one kecamatan
kind: table
key: [kode]
sources:
  ref.wilayah: all
  ref.batas_kecamatan: all
access: publik
classification: terbuka
*/
WITH kecamatan AS (
    SELECT
        kode,
        last_value(nama ORDER BY berlaku_mulai NULLS FIRST) AS nama,
        last_value(lintang ORDER BY berlaku_mulai NULLS FIRST) AS lintang,
        last_value(bujur ORDER BY berlaku_mulai NULLS FIRST) AS bujur
    FROM ref.wilayah
    WHERE tingkat = 'kecamatan' AND berlaku_sampai IS NULL
    GROUP BY kode
)
SELECT k.kode, k.nama, k.lintang, k.bujur, b.batas
FROM kecamatan k
LEFT JOIN ref.batas_kecamatan b ON b.kode = k.kode
