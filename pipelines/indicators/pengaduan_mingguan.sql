/*
title: Pengaduan per instansi per minggu
title_en: Complaints by institution and week
description: >-
  Complaints about an institution by the week in which they came in, with those not yet answered and the median of the
  hours to the first answer. A week in which the complaint service took any and none about an institution is a true
  zero. Village offices are left out: nothing is told of their small numbers. A week is complete once one of the two
  weeks after it has complaints.
owner: kominfo
unit: instansi
unit_en: institution
family: kepuasan
grain: minggu
direction: naik
detector: {method: auto, alpha: 0.002, floor: 0}
floor: {value: 5, excess: 4}
severity: {tinggi: {excess: 10, ratio: 3}}
links:
  - to: kepuasan
    near: unit
    lag_days: [-62, 62]
    checked: survei kepuasan dan penilaian instansi yang sama
    checked_en: survey and ratings of the same institution
explanation:
  id: "{nama}: {nilai:0} pengaduan dalam seminggu, biasanya sekitar {harapan:1}, sejak {sejak}; terbanyak tentang {kategori}, {terbuka:0} belum selesai."
  en: "{nama}: {nilai:0} complaints in a week, usually about {harapan:1}, since {sejak}; most about {kategori}, {terbuka:0} not settled."
action:
  id: "Baca pengaduannya bersama instansi itu dan jawab yang belum dijawab; bila satu sebab, umumkan perbaikannya."
  en: "Read the complaints with the institution and answer the open ones; if they have one cause, announce the remedy."
sources:
  mart.pengaduan_mingguan:
    - CAST(minggu_mulai + INTERVAL '6 days' AS DATE)
    - CAST(minggu_mulai - INTERVAL '8 days' AS DATE)
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
minggu AS (
    SELECT
        minggu_mulai,
        kode_instansi,
        sum(masuk) AS masuk,
        sum(terbuka) AS terbuka,
        first_value(kategori ORDER BY masuk DESC, kategori) AS kategori
    FROM mart.pengaduan_mingguan
    GROUP BY minggu_mulai, kode_instansi
),
buka AS (
    SELECT minggu_mulai FROM minggu GROUP BY minggu_mulai
),
sesudah AS (
    SELECT CAST(minggu_mulai - INTERVAL '7 days' AS DATE) AS minggu_mulai FROM buka
    UNION
    SELECT CAST(minggu_mulai - INTERVAL '14 days' AS DATE) AS minggu_mulai FROM buka
)
SELECT
    l.id AS unit,
    CAST(b.minggu_mulai + INTERVAL '6 days' AS DATE) AS tanggal,
    CAST(coalesce(m.masuk, 0) AS DOUBLE) AS nilai,
    l.nama,
    l.kode_wilayah AS wilayah,
    s.minggu_mulai IS NOT NULL AS lengkap,
    m.kategori,
    CAST(coalesce(m.terbuka, 0) AS BIGINT) AS terbuka
FROM buka b
CROSS JOIN lembaga l
LEFT JOIN minggu m ON m.minggu_mulai = b.minggu_mulai AND m.kode_instansi = l.id
LEFT JOIN sesudah s ON s.minggu_mulai = b.minggu_mulai
