/*
title: Penduduk menurut desa, jenis kelamin, dan umur
title_en: Population by village, sex and age
description: >-
  Registered persons who are alive and have not moved away, by village, sex and five-year age group; ages are taken on
  the date of the latest semester figures (saldo_penduduk, 30 June or 31 December), so that a day more changes no group.
  Before the first such date the age is not known (kelompok_umur tidak_diketahui). Registered is not resident: deaths and
  moves are reported late. Denominators for rates; small cells are not suppressed, penduduk_kecamatan is for boards.
owner: dukcapil
grain: one sex and age group in one village
kind: table
key: [kode_desa, jenis_kelamin, kelompok_umur]
slice: kode_desa
sources:
  data.penduduk: kode_desa
  data.saldo_penduduk: all
region: kode_desa
access: analis
classification: terbatas
*/
WITH acuan AS (
    SELECT max(tanggal) AS tanggal FROM data.saldo_penduduk
),
orang AS (
    SELECT
        p.kode_desa,
        p.jenis_kelamin,
        a.tanggal AS per_tanggal,
        -- Completed years; whoever was born after the reference date belongs to the youngest group.
        greatest(
            date_part('year', a.tanggal) - date_part('year', p.tanggal_lahir)
            - CASE
                WHEN date_part('month', a.tanggal) * 100 + date_part('day', a.tanggal)
                    < date_part('month', p.tanggal_lahir) * 100 + date_part('day', p.tanggal_lahir) THEN 1
                ELSE 0
            END,
            0
        ) AS umur
    FROM data.penduduk p
    CROSS JOIN acuan a
    WHERE p.status = 'aktif'
),
kelompok AS (
    SELECT
        kode_desa,
        jenis_kelamin,
        per_tanggal,
        CASE
            WHEN per_tanggal IS NULL THEN 'tidak_diketahui'
            WHEN umur >= 75 THEN '75+'
            ELSE concat(
                lpad(CAST(CAST(umur AS INT) / 5 * 5 AS VARCHAR), 2, '0'), '-',
                lpad(CAST(CAST(umur AS INT) / 5 * 5 + 4 AS VARCHAR), 2, '0')
            )
        END AS kelompok_umur
    FROM orang
)
SELECT
    kode_desa,
    jenis_kelamin,
    kelompok_umur,
    left(kode_desa, 8) AS kode_kecamatan,
    max(per_tanggal) AS per_tanggal,
    count(*) AS jumlah
FROM kelompok
GROUP BY kode_desa, jenis_kelamin, kelompok_umur
