/*
title: Neraca penduduk tidak cocok
title_en: Population balance does not add up
description: >-
  What the half-yearly figure of a village (DKB) differs from the balance of its events since the figure before, in
  persons, whichever sign. Zero is what it should be: events are missing, doubled, or placed in another village. The
  month has a value where the village has a figure; the months between have none to compare with.
owner: dukcapil
unit: desa
unit_en: village
family: neraca_penduduk
grain: bulan
direction: naik
detector: {method: rule}
rule:
  sql: "nilai >= 2"
  title: Neraca penduduk tidak cocok dengan data konsolidasi
  title_en: Population balance differs from the consolidated figure
  severity: sedang
  alerts: true
tests: false
lookback: 31
explanation:
  id: "Desa {nama}: data konsolidasi {dkb:0} jiwa, neraca peristiwa {akhir:0}; selisih {residual:0} jiwa."
  en: "Village {nama}: consolidated figure {dkb:0} persons, balance of events {akhir:0}; difference {residual:0} persons."
action:
  id: "Cocokkan daftar peristiwa desa itu dengan register; bila desa tetangga selisih sebaliknya, perbaiki kode desanya."
  en: "Compare the events of the village with the register; if a neighbour differs the other way, mend the village code."
sources:
  mart.saldo_penduduk_bulanan: CAST(bulan + INTERVAL '1 month' - INTERVAL '1 day' AS DATE)
  ref.wilayah: all
access: analis
classification: terbatas
*/
WITH nama AS (
    SELECT kode, max(nama) AS nama FROM ref.wilayah GROUP BY kode
)
SELECT
    b.kode_desa AS unit,
    CAST(b.bulan + INTERVAL '1 month' - INTERVAL '1 day' AS DATE) AS tanggal,
    CAST(abs(b.residual) AS DOUBLE) AS nilai,
    concat(d.nama, ' (Kecamatan ', k.nama, ')') AS nama,
    CAST(b.dkb AS DOUBLE) AS penyebut,
    b.kode_desa AS wilayah,
    b.residual IS NOT NULL AS lengkap,
    b.dkb,
    b.akhir,
    b.residual
FROM mart.saldo_penduduk_bulanan b
LEFT JOIN nama d ON d.kode = b.kode_desa
LEFT JOIN nama k ON k.kode = left(b.kode_desa, 8)
