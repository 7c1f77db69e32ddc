/*
title: Kepuasan masyarakat per instansi
title_en: Public satisfaction by institution
description: >-
  Respondents of the survey (SKM) whose own answers are good (3 of 4) or better on average, of all who answered, per
  institution and month. The limits of the chart widen with the variation between months, and months with few answers
  are pooled. Shown beside are the index (IKM) with its class, and the element with the lowest score. Of fewer than
  five answers nothing is told; village offices are left out. A month is complete once a later one has answers.
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
    checked: penilaian dan pengaduan instansi yang sama
    checked_en: ratings and complaints of the same institution
explanation:
  id: "{nama}: {nilai:0} dari {penyebut:0} responden puas, biasanya sekitar {harapan:0}, sejak {sejak}; IKM {ikm:2} (mutu {mutu}), unsur terendah {unsur_terendah}."
  en: "{nama}: {nilai:0} of {penyebut:0} respondents are satisfied, usually about {harapan:0}, since {sejak}; index {ikm:2} (class {mutu}), lowest element {unsur_terendah}."
action:
  id: "Baca unsur terendah dan pengaduan sebulan terakhir, lalu tetapkan satu perbaikan dengan penanggung jawab dan tanggal."
  en: "Read the lowest element and the complaints of the month, then fix one improvement with a name and a date."
sources:
  mart.skm_unit_bulanan:
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
    SELECT DISTINCT CAST(bulan - INTERVAL '1 month' AS DATE) AS bulan FROM mart.skm_unit_bulanan
)
SELECT
    m.kode_instansi AS unit,
    CAST(m.bulan + INTERVAL '1 month' - INTERVAL '1 day' AS DATE) AS tanggal,
    CAST(m.n_puas AS DOUBLE) AS nilai,
    l.nama,
    CAST(m.n AS DOUBLE) AS penyebut,
    l.kode_wilayah AS wilayah,
    s.bulan IS NOT NULL AS lengkap,
    m.ikm,
    m.mutu,
    m.unsur_terendah
FROM mart.skm_unit_bulanan m
JOIN lembaga l ON l.id = m.kode_instansi
LEFT JOIN sesudah s ON s.bulan = m.bulan
