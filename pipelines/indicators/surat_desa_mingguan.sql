/*
title: Permohonan surat desa per minggu
title_en: Village letter requests per week
description: >-
  Requests for letters to the villages of a kecamatan (Petung Dadi) by kind of letter and week. Letters for the poor
  (SKTM) tell of hardship before other figures do. A week in which the kecamatan had any request and none of a kind is
  a true zero; one without any is a missing report. A week is complete once one of the two weeks after it has requests
  anywhere.
owner: dpmd
unit: surat di kecamatan
unit_en: letter in a kecamatan
family: surat
grain: minggu
direction: naik
detector: {method: auto, alpha: 0.002, floor: 0}
floor: {value: 8, excess: 7}
severity: {tinggi: {excess: 20, ratio: 2}}
explanation:
  id: "Kecamatan {nama}: {nilai:0} permohonan {nama_surat} dalam seminggu dari {desa:0} desa, biasanya sekitar {harapan:0}, sejak {sejak}."
  en: "Kecamatan {nama}: {nilai:0} requests of kind {nama_surat} in a week from {desa:0} villages, usually about {harapan:0}, since {sejak}."
action:
  id: "Tanyakan kantor desa untuk apa surat itu diminta: bantuan, pendaftaran sekolah, lowongan kerja, atau musibah."
  en: "Ask the villages what the letters are for: aid, school enrolment, jobs, or a disaster."
sources:
  mart.permohonan_desa_mingguan:
    - CAST(minggu_mulai + INTERVAL '6 days' AS DATE)
    - CAST(minggu_mulai - INTERVAL '8 days' AS DATE)
  ref.wilayah: all
access: analis
classification: terbatas
*/
WITH jenis AS (
    SELECT column1 AS jenis_surat, column2 AS nama_surat
    FROM (
        VALUES
            ('sktm', 'surat keterangan tidak mampu (SKTM)'), ('pengantar_skck', 'pengantar SKCK'),
            ('usaha', 'surat keterangan usaha'), ('pengantar_ktp', 'pengantar KTP-el'), ('domisili', 'surat domisili'),
            ('pengantar_kk', 'pengantar KK'), ('kelahiran', 'surat kelahiran'), ('pengantar_nikah', 'pengantar nikah'),
            ('kematian', 'surat kematian'), ('pindah', 'surat pindah'), ('izin_keramaian', 'izin keramaian'),
            ('ahli_waris', 'surat ahli waris'), ('lainnya', 'surat lain')
    )
),
minggu AS (
    SELECT minggu_mulai, left(kode_desa, 8) AS kode_kecamatan, jenis_surat, sum(diajukan) AS diajukan, count(*) AS desa
    FROM mart.permohonan_desa_mingguan
    GROUP BY minggu_mulai, left(kode_desa, 8), jenis_surat
),
lapor AS (
    SELECT minggu_mulai, kode_kecamatan FROM minggu GROUP BY minggu_mulai, kode_kecamatan
),
nama AS (
    SELECT kode, max(nama) AS nama FROM ref.wilayah GROUP BY kode
),
sesudah AS (
    SELECT DISTINCT CAST(minggu_mulai - INTERVAL '7 days' AS DATE) AS minggu_mulai FROM mart.permohonan_desa_mingguan
    UNION
    SELECT DISTINCT CAST(minggu_mulai - INTERVAL '14 days' AS DATE) AS minggu_mulai FROM mart.permohonan_desa_mingguan
)
SELECT
    concat(l.kode_kecamatan, '/', j.jenis_surat) AS unit,
    CAST(l.minggu_mulai + INTERVAL '6 days' AS DATE) AS tanggal,
    CAST(coalesce(m.diajukan, 0) AS DOUBLE) AS nilai,
    n.nama,
    j.jenis_surat AS grup,
    l.kode_kecamatan AS wilayah,
    s.minggu_mulai IS NOT NULL AS lengkap,
    j.nama_surat,
    CAST(coalesce(m.desa, 0) AS BIGINT) AS desa
FROM lapor l
CROSS JOIN jenis j
LEFT JOIN minggu m
    ON m.minggu_mulai = l.minggu_mulai AND m.kode_kecamatan = l.kode_kecamatan AND m.jenis_surat = j.jenis_surat
LEFT JOIN nama n ON n.kode = l.kode_kecamatan
LEFT JOIN sesudah s ON s.minggu_mulai = l.minggu_mulai
