/*
title: Penilaian bintang per instansi
title_en: Star ratings by institution
description: >-
  Ratings of four and five stars of all ratings with a ticket (one per ticket, the last), per institution and month.
  Ratings without a ticket weigh nothing here: rating_curang looks at them. Village offices are left out. The limits of
  the chart widen with the variation between months, and months with few ratings are pooled. A month is complete
  once a later one has ratings.
owner: setda
unit: instansi
unit_en: institution
family: kepuasan
grain: bulan
direction: turun
detector: {method: laney-p, baseline: 8, min_n: 30, sigmas: 3}
floor: {excess: 5}
severity: {tinggi: {excess: 15, ratio: 0.8}, kritis: {excess: 30, ratio: 0.6}}
links:
  - to: kepuasan
    near: unit
    lag_days: [-62, 62]
    checked: survei kepuasan dan pengaduan instansi yang sama
    checked_en: survey and complaints of the same institution
explanation:
  id: "{nama}: {nilai:0} dari {penyebut:0} penilaian bernilai empat atau lima, biasanya sekitar {harapan:0}, sejak {sejak}; rata-rata {rata:2}."
  en: "{nama}: {nilai:0} of {penyebut:0} ratings are four or five stars, usually about {harapan:0}, since {sejak}; mean {rata:2}."
action:
  id: "Baca komentar pada penilaian rendah dan bandingkan dengan waktu tunggu pada hari yang sama."
  en: "Read the comments of the low ratings and compare with the waits of the same days."
sources:
  mart.penilaian_unit_bulanan:
    - CAST(bulan + INTERVAL '1 month' - INTERVAL '1 day' AS DATE)
    - CAST(bulan - INTERVAL '1 day' AS DATE)
  ref.instansi: all
access: analis
classification: terbatas
*/
WITH lembaga AS (
    -- An institution has a row per validity: its name is that of the row in force, else of the last one.
    SELECT
        id,
        first_value(nama ORDER BY coalesce(tahun_selesai, 9999) DESC, coalesce(tahun_mulai, 0) DESC, kode) AS nama,
        coalesce(max(kode_wilayah), '35.03') AS kode_wilayah
    FROM ref.instansi
    WHERE id IS NOT NULL AND jenis <> 'desa'
    GROUP BY id
),
sesudah AS (
    SELECT DISTINCT CAST(bulan - INTERVAL '1 month' AS DATE) AS bulan FROM mart.penilaian_unit_bulanan
)
SELECT
    m.kode_instansi AS unit,
    CAST(m.bulan + INTERVAL '1 month' - INTERVAL '1 day' AS DATE) AS tanggal,
    CAST(m.n_tinggi AS DOUBLE) AS nilai,
    l.nama,
    CAST(m.n AS DOUBLE) AS penyebut,
    l.kode_wilayah AS wilayah,
    s.bulan IS NOT NULL AS lengkap,
    m.rata,
    m.n_rendah,
    m.n_tanpa_tiket
FROM mart.penilaian_unit_bulanan m
JOIN lembaga l ON l.id = m.kode_instansi
LEFT JOIN sesudah s ON s.bulan = m.bulan
WHERE m.n > 0
