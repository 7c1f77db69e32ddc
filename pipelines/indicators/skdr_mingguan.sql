/*
title: Penyakit SKDR per minggu
title_en: Weekly early-warning diseases
description: >-
  Cases of the diseases of the weekly early warning (SKDR) per health centre and epidemiological week, from the weekly
  report (form W2), or from the visits where no report has come. Statistics choose their method by the length of the
  history. Beside them stand both generations of fixed thresholds as ref.penyakit has them: lewat_lama is the older
  weekly number, lewat_2025 the rule of 2025 (a number, or so many times last week). Thresholds are shown and raise no
  alert, since they hold somewhere almost every week; skdr_klb raises what the regulation on outbreaks asks for. A week
  is complete when its report is in, or visits of a later week.
owner: dinkes
unit: penyakit di puskesmas
unit_en: disease at a health centre
family: penyakit
grain: minggu
direction: naik
detector: {method: auto, alpha: 0.003, floor: 0}
floor: {value: 3, excess: 3}
severity: {tinggi: {excess: 8, ratio: 3}, kritis: {excess: 20, ratio: 4}}
rule:
  sql: "lewat_lama OR lewat_2025"
  title: Ambang SKDR terlewati
  title_en: SKDR threshold reached
  severity: info
  alerts: false
links:
  - to: penyakit
    near: unit
    lag_days: [-7, 14]
    checked: kunjungan harian penyakit yang sama
    checked_en: daily visits for the same disease
  - to: absensi
    near: catchment
    lag_days: [-14, 4]
    checked: sekolah di wilayah kerjanya
    checked_en: schools of its area
explanation:
  id: "{nama}: {nilai:0} kasus {nama_penyakit} dalam seminggu, biasanya sekitar {harapan:1}, minggu sebelumnya {minggu_lalu:0}; {ket_ambang}. Mulai {sejak}."
  en: "{nama}: {nilai:0} cases of {nama_penyakit} in a week, usually about {harapan:1}, {minggu_lalu:0} the week before; {ket_ambang}. Since {sejak}."
action:
  id: "Verifikasi kasus di puskesmas dalam 24 jam; bila benar, selidiki alamat pasien dan laporkan lewat SKDR."
  en: "Verify the cases at the centre within 24 hours; if true, look into where the patients live and report through SKDR."
sources:
  # A week looks at the one before, and is complete once a later one has visits.
  mart.skdr_mingguan:
    - CAST(minggu_mulai + INTERVAL '6 days' AS DATE)
    - CAST(minggu_mulai - INTERVAL '1 day' AS DATE)
  ref.penyakit: all
  ref.faskes: all
access: analis
classification: terbatas
*/
WITH angka AS (
    SELECT
        minggu_mulai,
        kode_faskes,
        kode_kecamatan,
        slug,
        coalesce(kasus_laporan, kasus_kunjungan) AS kasus,
        kasus_kunjungan,
        kasus_laporan,
        0 AS mundur
    FROM mart.skdr_mingguan
    WHERE kode_skdr IS NOT NULL
),
-- Each week once as itself and once as the week before the next.
geser AS (
    SELECT * FROM angka
    UNION ALL
    SELECT
        CAST(minggu_mulai + INTERVAL '7 days' AS DATE) AS minggu_mulai,
        kode_faskes,
        kode_kecamatan,
        slug,
        kasus,
        CAST(NULL AS BIGINT) AS kasus_kunjungan,
        CAST(NULL AS BIGINT) AS kasus_laporan,
        1 AS mundur
    FROM angka
),
minggu AS (
    SELECT
        minggu_mulai,
        kode_faskes,
        slug,
        max(kode_kecamatan) AS kode_kecamatan,
        count(*) FILTER (WHERE mundur = 0) AS ada,
        max(CASE WHEN mundur = 0 THEN kasus END) AS kasus,
        max(CASE WHEN mundur = 1 THEN kasus END) AS minggu_lalu,
        max(kasus_kunjungan) AS kasus_kunjungan,
        max(kasus_laporan) AS kasus_laporan
    FROM geser
    GROUP BY minggu_mulai, kode_faskes, slug
),
sesudah AS (
    SELECT DISTINCT CAST(minggu_mulai - INTERVAL '7 days' AS DATE) AS minggu_mulai
    FROM mart.skdr_mingguan
    WHERE slug = 'total'
),
ambang AS (
    SELECT
        m.*,
        p.nama AS nama_penyakit,
        p.kode_skdr,
        p.ambang_lama,
        m.kasus >= p.ambang_lama AS lewat_lama,
        CASE p.aturan_2025
            WHEN 'minimal' THEN m.kasus >= p.ambang_2025
            -- One after none is no rise of half.
            WHEN 'kali_minggu_lalu' THEN m.kasus >= p.ambang_2025 * m.minggu_lalu AND m.kasus >= 2 AND m.kasus > m.minggu_lalu
        END AS lewat_2025
    FROM minggu m
    JOIN ref.penyakit p ON p.slug = m.slug
    WHERE m.ada > 0
)
SELECT
    concat(a.kode_faskes, '/', a.slug) AS unit,
    CAST(a.minggu_mulai + INTERVAL '6 days' AS DATE) AS tanggal,
    CAST(a.kasus AS DOUBLE) AS nilai,
    f.nama,
    a.slug AS grup,
    a.kode_kecamatan AS wilayah,
    a.kode_faskes AS puskesmas,
    f.lintang,
    f.bujur,
    a.kasus_laporan IS NOT NULL OR s.minggu_mulai IS NOT NULL AS lengkap,
    a.nama_penyakit,
    a.kode_skdr,
    a.minggu_lalu,
    a.kasus_kunjungan,
    a.kasus_laporan,
    a.lewat_lama,
    a.lewat_2025,
    CASE
        WHEN a.lewat_lama AND a.lewat_2025 THEN 'kedua ambang SKDR terlewati'
        WHEN a.lewat_lama THEN 'ambang SKDR lama terlewati'
        WHEN a.lewat_2025 THEN 'ambang SKDR 2025 terlewati'
        ELSE 'ambang SKDR belum terlewati'
    END AS ket_ambang
FROM ambang a
LEFT JOIN ref.faskes f ON f.kode = a.kode_faskes
LEFT JOIN sesudah s ON s.minggu_mulai = a.minggu_mulai
