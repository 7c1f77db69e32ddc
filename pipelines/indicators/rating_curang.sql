/*
title: Penilaian yang patut diperiksa
title_en: Ratings to be looked into
description: >-
  Ratings of an institution in a week that hardly come from people who were served: five stars without a ticket from a
  device that gave five or more of them in the week, or eight or more of them within one clock hour, and further ratings
  for a ticket that has been rated. A rating counts once. Suspicion is no proof: a kiosk that everybody uses is one
  device as well. Ratings of a week so far may raise it before the week is over.
owner: setda
unit: instansi
unit_en: institution
family: penilaian_curang
grain: minggu
direction: naik
detector: {method: rule}
rule:
  sql: "nilai >= 10"
  title: Penilaian yang patut diperiksa
  title_en: Ratings to be looked into
  severity: sedang
  alerts: true
tests: false
lookback: 7
explanation:
  id: "{nama}: {nilai:0} dari {penyebut:0} penilaian dalam seminggu patut diperiksa: {berulang:0} bintang lima tanpa tiket dari {perangkat:0} perangkat yang sama, {serentak:0} dalam satu jam, {ganda:0} ganda untuk satu tiket."
  en: "{nama}: {nilai:0} of {penyebut:0} ratings of a week should be looked into: {berulang:0} five stars without ticket from {perangkat:0} devices, {serentak:0} within one hour, {ganda:0} further ones for a ticket."
action:
  id: "Tahan penilaian itu dari perhitungan TPP, periksa waktu dan perangkatnya, dan minta penjelasan unit."
  en: "Keep these ratings out of the allowance, look at times and devices, and ask the unit to explain."
sources:
  data.penilaian_layanan: CAST(CAST(CAST(dikirim_pada + INTERVAL '7 hours' AS DATE) AS INT) - (CAST(CAST(dikirim_pada + INTERVAL '7 hours' AS DATE) AS INT) + 4) % 7 + 6 AS DATE)
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
penilaian AS (
    SELECT
        CAST(CAST(hari AS INT) - (CAST(hari AS INT) + 4) % 7 + 6 AS DATE) AS tanggal,
        date_trunc('hour', dikirim_pada) AS jam,
        kode_instansi,
        tiket_id,
        perangkat,
        tiket_id IS NULL AND nilai = 5 AS puncak,
        dikirim_pada,
        penilaian_id
    FROM (SELECT *, CAST(dikirim_pada + INTERVAL '7 hours' AS DATE) AS hari FROM data.penilaian_layanan)
),
urut AS (
    SELECT
        tanggal,
        kode_instansi,
        puncak,
        puncak AND perangkat IS NOT NULL AND count(*) FILTER (WHERE puncak) OVER per_perangkat >= 5 AS berulang,
        row_number() OVER (
            PARTITION BY tanggal, kode_instansi, perangkat ORDER BY puncak DESC, dikirim_pada, penilaian_id
        ) AS ke_perangkat,
        puncak AND count(*) FILTER (WHERE puncak) OVER (PARTITION BY tanggal, kode_instansi, jam) >= 8 AS serentak,
        tiket_id IS NOT NULL AND row_number() OVER (
            PARTITION BY tanggal, kode_instansi, tiket_id ORDER BY dikirim_pada, penilaian_id
        ) > 1 AS ganda
    FROM penilaian
    WINDOW per_perangkat AS (PARTITION BY tanggal, kode_instansi, perangkat)
)
SELECT
    u.kode_instansi AS unit,
    u.tanggal,
    CAST(count(*) FILTER (WHERE u.berulang OR u.serentak OR u.ganda) AS DOUBLE) AS nilai,
    l.nama,
    CAST(count(*) AS DOUBLE) AS penyebut,
    l.kode_wilayah AS wilayah,
    count(*) FILTER (WHERE u.berulang) AS berulang,
    count(*) FILTER (WHERE u.berulang AND u.ke_perangkat = 1) AS perangkat,
    count(*) FILTER (WHERE u.serentak) AS serentak,
    count(*) FILTER (WHERE u.ganda) AS ganda
FROM urut u
JOIN lembaga l ON l.id = u.kode_instansi
GROUP BY u.kode_instansi, u.tanggal, l.nama, l.kode_wilayah
