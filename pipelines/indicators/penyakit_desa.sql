/*
title: Keluhan umum anak di satu desa
title_en: Common complaints of children in a village
description: >-
  New cases of people under 18 within seven days per village of residence, of complaints that every health centre sees
  every week: at the centre ten cases of diarrhoea are not many, in one village three are. Which centre the patients went
  to does not matter. The rate of all villages tells what is usual, until the village's own past says otherwise. As in
  penyakit_anak, which watches rarer diseases per centre, a day without a further case is no test, and the tests are held
  to alpha. A day on which neither anybody from the village was seen nor its centre reported is missing. Of people from
  elsewhere, or without a village, there is no row. Coded and counted as in kunjungan_kode.
owner: dinkes
unit: keluhan anak di satu desa
unit_en: complaint of children in a village
family: penyakit
grain: hari
calendar: setiap_hari
direction: naik
detector: {method: gamma-poisson, window: 7, alpha: 0.0015, baseline: 120}
lookback: 150
floor: {value: 2, excess: 1}
severity: {tinggi: {excess: 4, p: 0.00001}, kritis: {excess: 12, p: 0.000001}}
tests: false
links:
  - to: penyakit
    near: catchment
    same_subject: true
    lag_days: [-14, 28]
    checked: penyakit yang sama di puskesmas dan desa sekitarnya
    checked_en: the same disease at the health centre and in villages nearby
  - to: absensi
    near: catchment
    lag_days: [-14, 14]
    checked: sekolah di wilayah kerja puskesmasnya
    checked_en: schools of the area of its health centre
explanation:
  id: "{nama}: {nilai:0} kasus {nama_penyakit} pada anak dalam tujuh hari, biasanya sekitar {harapan:2}; mulai {sejak}."
  en: "{nama}: {nilai:0} cases of {nama_penyakit} in children within seven days, usually about {harapan:2}; since {sejak}."
action:
  id: "Minta bidan desa dan puskesmas melihat sekolah, keluarga dan awal sakit para pasien; periksa air dan makanan bersama bila sama."
  en: "Ask the village midwife and the centre for school, family and first day of illness of the patients; check water and shared meals if alike."
sources:
  mart.kunjungan_desa_harian: tanggal
  mart.kunjungan_puskesmas_harian: tanggal
  ref.wilayah: all
  ref.wilayah_kerja_puskesmas: all
  ref.penyakit: all
access: analis
classification: terbatas
*/
-- A name that ref.penyakit does not have yet gives no series.
WITH penyakit AS (
    SELECT slug, nama FROM ref.penyakit WHERE slug IN ('diare_akut', 'ili', 'konjungtivitis')
),
wilayah_kerja AS (
    SELECT kode_desa, last_value(kode_faskes ORDER BY berlaku_mulai) AS kode_faskes
    FROM ref.wilayah_kerja_puskesmas
    GROUP BY kode_desa
),
desa AS (
    SELECT
        w.kode,
        max(CASE WHEN w.jenis = 'kelurahan' THEN concat('Kelurahan ', w.nama) ELSE concat('Desa ', w.nama) END) AS nama,
        max(w.lintang) AS lintang,
        max(w.bujur) AS bujur,
        max(k.kode_faskes) AS kode_faskes
    FROM ref.wilayah w
    LEFT JOIN wilayah_kerja k ON k.kode_desa = w.kode
    WHERE w.tingkat = 'desa_kelurahan' AND starts_with(w.kode, '35.03.')
    GROUP BY w.kode
),
-- Days on which the village's centre saw anybody, or anybody from the village was seen: those of whom there is no word
-- are zeros.
lapor AS (
    SELECT p.tanggal, d.kode
    FROM desa d
    JOIN mart.kunjungan_puskesmas_harian p ON p.kode_faskes = d.kode_faskes AND p.slug = 'total'
    UNION
    SELECT tanggal, kode_desa FROM mart.kunjungan_desa_harian WHERE slug = 'total'
),
harian AS (
    SELECT
        l.tanggal,
        d.kode,
        d.nama,
        d.lintang,
        d.bujur,
        d.kode_faskes,
        p.slug,
        p.nama AS nama_penyakit,
        coalesce(t.kunjungan, 0) AS kunjungan,
        coalesce(h.anak_baru, 0) AS anak_baru
    FROM lapor l
    JOIN desa d ON d.kode = l.kode
    CROSS JOIN penyakit p
    LEFT JOIN mart.kunjungan_desa_harian t ON t.tanggal = l.tanggal AND t.kode_desa = l.kode AND t.slug = 'total'
    LEFT JOIN mart.kunjungan_desa_harian h ON h.tanggal = l.tanggal AND h.kode_desa = l.kode AND h.slug = p.slug
)
SELECT
    concat(kode, '/', slug) AS unit,
    tanggal,
    CAST(
        sum(anak_baru) OVER (
            PARTITION BY kode, slug ORDER BY tanggal RANGE BETWEEN INTERVAL '6 days' PRECEDING AND CURRENT ROW
        ) AS DOUBLE
    ) AS nilai,
    nama,
    CAST(kunjungan AS DOUBLE) AS penyebut,
    slug AS grup,
    kode AS wilayah,
    kode_faskes AS puskesmas,
    lintang,
    bujur,
    nama_penyakit,
    anak_baru
FROM harian
