/*
title: Kriteria KLB terpenuhi, perlu verifikasi
title_en: Outbreak criterion met, to be verified
description: >-
  Diseases that may cause an outbreak (ref.penyakit.wajib_klb) per health centre and epidemiological week, held against
  the criteria of Permenkes 1501/2010 article 6 that weekly counts can tell. a: the disease appears after 52 weeks
  without a case here (at least 40 of them reported) and with at most three in the whole regency. b: it rises three
  weeks in a row. c: at least twice the week before. d: the last four weeks are at least twice the usual four weeks of
  the year before. g: its share of all visits is at least twice that of the week before. b to g ask for a least number,
  so that one case after none is no doubling. A criterion that is met is a question, not an outbreak: outbreaks are
  declared by the head of the health office (form W1). Case fatality (f) and yearly means (e) are left out.
owner: dinkes
unit: penyakit di puskesmas
unit_en: disease at a health centre
family: penyakit
grain: minggu
direction: naik
detector: {method: rule}
rule:
  sql: "kriteria IS NOT NULL"
  title: "Memenuhi kriteria KLB, perlu verifikasi"
  title_en: "Outbreak criterion met, to be verified"
  severity: tinggi
  alerts: true
tests: false
lookback: 400
links:
  - to: penyakit
    near: unit
    lag_days: [-7, 14]
    checked: kunjungan dan laporan penyakit yang sama
    checked_en: visits and reports of the same disease
  - to: absensi
    near: catchment
    lag_days: [-14, 4]
    checked: sekolah di wilayah kerjanya
    checked_en: schools of its area
explanation:
  id: "{nama}: {nilai:0} kasus {nama_penyakit} dalam seminggu memenuhi kriteria KLB ({ket_kriteria}) dan perlu verifikasi; minggu sebelumnya {c1:0}, empat minggu terakhir {empat_minggu:0}. Penetapan KLB oleh kepala dinas kesehatan."
  en: "{nama}: {nilai:0} cases of {nama_penyakit} in a week meet an outbreak criterion ({kriteria}) and need verification; {c1:0} the week before, {empat_minggu:0} in the last four weeks. Only the head of the health office declares an outbreak."
action:
  id: "Verifikasi diagnosis dan alamat kasus dalam 24 jam, lalu putuskan perlu tidaknya formulir W1."
  en: "Verify diagnosis and place of the cases within 24 hours, then decide on form W1."
sources:
  mart.skdr_mingguan:
    - CAST(minggu_mulai + INTERVAL '6 days' AS DATE)
  ref.penyakit: all
  ref.faskes: all
access: analis
classification: terbatas
*/
WITH angka AS (
    SELECT minggu_mulai, kode_faskes, slug, coalesce(kasus_laporan, kasus_kunjungan) AS kasus
    FROM mart.skdr_mingguan
),
kunjungan AS (
    SELECT minggu_mulai, kode_faskes, kode_kecamatan, coalesce(kunjungan, kasus_laporan) AS kunjungan
    FROM mart.skdr_mingguan
    WHERE slug = 'total'
),
-- A disease without a letter on the form has rows in weeks with a case only: weeks in which the centre reported are its zeros.
lengkap AS (
    SELECT
        k.minggu_mulai,
        k.kode_faskes,
        p.slug,
        p.nama AS nama_penyakit,
        k.kode_kecamatan,
        k.kunjungan,
        coalesce(a.kasus, CASE WHEN a.slug IS NULL THEN 0 END) AS kasus
    FROM kunjungan k
    CROSS JOIN (SELECT slug, nama FROM ref.penyakit WHERE wajib_klb) p
    LEFT JOIN angka a ON a.minggu_mulai = k.minggu_mulai AND a.kode_faskes = k.kode_faskes AND a.slug = p.slug
),
-- Only counts of the very weeks before count as such: a gap of the reports must not make a rise.
jendela AS (
    SELECT
        *,
        lag(kasus, 1) OVER w AS k1,
        lag(kasus, 2) OVER w AS k2,
        lag(kasus, 3) OVER w AS k3,
        lag(kunjungan, 1) OVER w AS n1,
        CAST(minggu_mulai - lag(minggu_mulai, 1) OVER w AS INT) AS jarak_1,
        CAST(minggu_mulai - lag(minggu_mulai, 3) OVER w AS INT) AS jarak_3,
        sum(kasus) OVER (
            PARTITION BY kode_faskes, slug ORDER BY minggu_mulai ROWS BETWEEN 3 PRECEDING AND CURRENT ROW
        ) AS empat_minggu,
        sum(kasus) OVER (
            PARTITION BY kode_faskes, slug ORDER BY minggu_mulai ROWS BETWEEN 52 PRECEDING AND 1 PRECEDING
        ) AS setahun,
        sum(kasus) OVER (
            PARTITION BY kode_faskes, slug ORDER BY minggu_mulai ROWS BETWEEN 52 PRECEDING AND 4 PRECEDING
        ) AS setahun_lalu,
        count(kasus) OVER (
            PARTITION BY kode_faskes, slug ORDER BY minggu_mulai ROWS BETWEEN 52 PRECEDING AND 1 PRECEDING
        ) AS minggu_diketahui,
        count(kasus) OVER (
            PARTITION BY kode_faskes, slug ORDER BY minggu_mulai ROWS BETWEEN 52 PRECEDING AND 4 PRECEDING
        ) AS minggu_lampau
    FROM lengkap
    WINDOW w AS (PARTITION BY kode_faskes, slug ORDER BY minggu_mulai)
),
kabupaten AS (
    SELECT
        minggu_mulai,
        slug,
        sum(kasus) OVER (PARTITION BY slug ORDER BY minggu_mulai ROWS BETWEEN 52 PRECEDING AND 1 PRECEDING) AS setahun_kabupaten
    FROM (SELECT minggu_mulai, slug, sum(kasus) AS kasus FROM lengkap GROUP BY minggu_mulai, slug)
),
kriteria AS (
    SELECT
        j.*,
        CASE WHEN jarak_1 = 7 THEN k1 END AS c1,
        kasus > 0 AND setahun = 0 AND minggu_diketahui >= 40 AND coalesce(b.setahun_kabupaten, 0) <= 3 AS a,
        jarak_3 = 21 AND kasus > k1 AND k1 > k2 AND k2 > k3 AND kasus >= 5 AS b,
        jarak_1 = 7 AND kasus >= 2 * k1 AND kasus >= 5 AS c,
        minggu_lampau >= 26 AND empat_minggu >= 2 * 4.0 * setahun_lalu / minggu_lampau AND empat_minggu >= 6 AND kasus >= 2 AS d,
        jarak_1 = 7 AND k1 > 0 AND n1 > 0 AND kunjungan > 0 AND kasus >= 5
            AND CAST(kasus AS DOUBLE) / kunjungan >= 2.0 * k1 / n1 AS g
    FROM jendela j
    LEFT JOIN kabupaten b ON b.minggu_mulai = j.minggu_mulai AND b.slug = j.slug
)
SELECT
    concat(k.kode_faskes, '/', k.slug) AS unit,
    CAST(k.minggu_mulai + INTERVAL '6 days' AS DATE) AS tanggal,
    CAST(k.kasus AS DOUBLE) AS nilai,
    f.nama,
    CAST(k.kunjungan AS DOUBLE) AS penyebut,
    k.slug AS grup,
    k.kode_kecamatan AS wilayah,
    k.kode_faskes AS puskesmas,
    f.lintang,
    f.bujur,
    k.nama_penyakit,
    k.c1,
    k.empat_minggu,
    nullif(
        concat(
            CASE WHEN k.a THEN 'a' ELSE '' END, CASE WHEN k.b THEN 'b' ELSE '' END, CASE WHEN k.c THEN 'c' ELSE '' END,
            CASE WHEN k.d THEN 'd' ELSE '' END, CASE WHEN k.g THEN 'g' ELSE '' END
        ),
        ''
    ) AS kriteria,
    CASE
        WHEN k.a THEN 'muncul setelah setahun tidak ada kasus di sini dan jarang di kabupaten'
        WHEN k.b THEN 'naik tiga minggu berturut-turut'
        WHEN k.c THEN 'dua kali minggu sebelumnya atau lebih'
        WHEN k.d THEN 'dua kali rata-rata setahun sebelumnya atau lebih'
        WHEN k.g THEN 'bagiannya dari kunjungan naik dua kali'
    END AS ket_kriteria
FROM kriteria k
LEFT JOIN ref.faskes f ON f.kode = k.kode_faskes
