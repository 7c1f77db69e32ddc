/*
title: Capaian kinerja perangkat daerah
title_en: Achievement of performance indicators
description: >-
  Achievement of each indicator and quarter in percent, capped at 120: realisation by target where more is better,
  target by realisation where less is better. A realisation of zero reaches the cap where less is better (or 100 with a
  target of zero); a target of zero where more is better has no achievement. Nothing reported is not zero: capaian is
  empty and dilaporkan is false.
owner: setda
grain: one indicator in one quarter
kind: table
key: [tahun, triwulan, indikator_id]
slice: tahun
sources:
  data.kinerja_opd: tahun
institution: kode_instansi
access: pimpinan
classification: terbatas
*/
WITH capaian AS (
    SELECT
        *,
        CASE
            WHEN realisasi IS NULL THEN NULL
            WHEN arah = 'turun' AND realisasi <= 0 THEN CASE WHEN target <= 0 THEN 100.0 ELSE 120.0 END
            WHEN arah = 'turun' THEN 100.0 * target / realisasi
            WHEN target = 0 THEN NULL
            ELSE 100.0 * realisasi / target
        END AS mentah
    FROM data.kinerja_opd
)
SELECT
    tahun,
    triwulan,
    indikator_id,
    kode_instansi,
    tingkat,
    nama,
    satuan,
    arah,
    target,
    realisasi,
    realisasi IS NOT NULL AS dilaporkan,
    -- Not least and greatest, which skip what is empty.
    CASE WHEN mentah < 0 THEN 0.0 WHEN mentah > 120 THEN 120.0 ELSE round(mentah, 2) END AS capaian_persen,
    mentah >= 100 AS tercapai
FROM capaian
