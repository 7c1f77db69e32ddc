/*
title: Penyakit menular pada anak
title_en: Infectious diseases of children
description: >-
  New cases of people under 18 per health centre and disease within the time in which one case makes the next: 7, 14 or
  21 days, by the longest incubation in ref.penyakit. A disease that is rare at a centre has no baseline of its own, so the
  rate of all centres tells what is usual, until the centre's own past says otherwise. A day on which no case came is no
  test; so few are tests that they are held to alpha alone. Complaints that every centre sees every week are in
  penyakit_desa, by village. Coded and counted as in kunjungan_kode.
owner: dinkes
unit: penyakit anak di puskesmas
unit_en: disease of children at a health centre
family: penyakit
grain: hari
calendar: setiap_hari
direction: naik
detector: {method: gamma-poisson, alpha: 0.004, baseline: 120}
lookback: 170
floor: {value: 2, excess: 1.5}
severity: {tinggi: {excess: 4, p: 0.0001}, kritis: {excess: 12, p: 0.00001}}
tests: false
links:
  - to: penyakit
    near: unit
    lag_days: [-14, 28]
    checked: laporan mingguan penyakit yang sama
    checked_en: weekly reports of the same disease
  - to: absensi
    near: catchment
    lag_days: [-14, 14]
    checked: sekolah di wilayah kerjanya
    checked_en: schools of its area
explanation:
  id: "{nama}: {nilai:0} kasus {nama_penyakit} pada anak dalam {jendela:0} hari, biasanya sekitar {harapan:1}; mulai {sejak}."
  en: "{nama}: {nilai:0} cases of {nama_penyakit} in children within {jendela:0} days, usually about {harapan:1}; since {sejak}."
action:
  id: "Minta puskesmas melihat alamat, sekolah dan awal sakit para pasien. Bila dari satu sekolah atau satu desa, turun memeriksa."
  en: "Ask the centre for village, school and first day of illness of the patients. If they share one, go and look."
sources:
  mart.kunjungan_puskesmas_harian: tanggal
  ref.faskes: all
  ref.penyakit: all
access: analis
classification: terbatas
*/
-- Diseases that go round among children. A name that ref.penyakit does not have yet gives no series.
WITH dipantau AS (
    SELECT column1 AS slug
    FROM (
        VALUES
            ('campak'), ('disentri'), ('hfmd'), ('keracunan_pangan'), ('observasi_difteri'), ('parotitis'),
            ('sindrom_jaundice'), ('suspek_chikungunya'), ('suspek_demam_tifoid'), ('suspek_dengue'),
            ('suspek_pertusis'), ('varisela')
    )
),
penyakit AS (
    SELECT
        d.slug,
        p.nama,
        CASE WHEN p.inkubasi_maks_hari > 14 THEN 21 WHEN p.inkubasi_maks_hari > 7 THEN 14 ELSE 7 END AS jendela
    FROM dipantau d
    JOIN ref.penyakit p ON p.slug = d.slug
),
-- A day on which the centre saw anybody: those of whom there is no word are zeros.
lapor AS (
    SELECT tanggal, kode_faskes, kunjungan FROM mart.kunjungan_puskesmas_harian WHERE slug = 'total'
),
harian AS (
    SELECT
        l.tanggal,
        l.kode_faskes,
        l.kunjungan,
        p.slug,
        p.nama AS nama_penyakit,
        p.jendela,
        coalesce(h.anak_baru, 0) AS anak_baru
    FROM lapor l
    CROSS JOIN penyakit p
    LEFT JOIN mart.kunjungan_puskesmas_harian h
        ON h.tanggal = l.tanggal AND h.kode_faskes = l.kode_faskes AND h.slug = p.slug
),
jumlah AS (
    SELECT
        *,
        sum(anak_baru) OVER (
            PARTITION BY kode_faskes, slug ORDER BY tanggal RANGE BETWEEN INTERVAL '6 days' PRECEDING AND CURRENT ROW
        ) AS dalam_7,
        sum(anak_baru) OVER (
            PARTITION BY kode_faskes, slug ORDER BY tanggal RANGE BETWEEN INTERVAL '13 days' PRECEDING AND CURRENT ROW
        ) AS dalam_14,
        sum(anak_baru) OVER (
            PARTITION BY kode_faskes, slug ORDER BY tanggal RANGE BETWEEN INTERVAL '20 days' PRECEDING AND CURRENT ROW
        ) AS dalam_21
    FROM harian
)
SELECT
    concat(j.kode_faskes, '/', j.slug) AS unit,
    j.tanggal,
    CAST(CASE j.jendela WHEN 7 THEN j.dalam_7 WHEN 14 THEN j.dalam_14 ELSE j.dalam_21 END AS DOUBLE) AS nilai,
    f.nama,
    CAST(j.kunjungan AS DOUBLE) AS penyebut,
    j.slug AS grup,
    f.kode_kecamatan AS wilayah,
    j.kode_faskes AS puskesmas,
    f.lintang,
    f.bujur,
    j.jendela,
    j.nama_penyakit,
    j.anak_baru
FROM jumlah j
LEFT JOIN ref.faskes f ON f.kode = j.kode_faskes
