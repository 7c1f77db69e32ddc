/*
title: SKDR mingguan per puskesmas
title_en: Weekly early warning (SKDR) per health centre
description: >-
  Cases per health centre, epidemiological week (Sunday to Saturday) and disease from two sources side by side:
  kasus_kunjungan counts new cases among the visits, kasus_laporan is the weekly report (form W2). Empty is not zero:
  kasus_kunjungan is empty where the centre sent no visits at all in the week, kasus_laporan where no report came. Of
  several reports of one disease and week the last one received counts. A report is read by the name of the disease
  first and by the letter of the form second, since the letters have changed between versions of the form.
owner: dinkes
grain: one disease (or total) in one health centre in one epidemiological week
kind: table
key: [minggu_mulai, kode_faskes, slug]
slice: minggu_mulai
sources:
  mart.kunjungan_puskesmas_harian: minggu_mulai
  data.kasus_penyakit: CAST(CAST(periode_mulai AS INT) - (CAST(periode_mulai AS INT) + 4) % 7 AS DATE)
  ref.penyakit: all
  ref.faskes: all
region: kode_kecamatan
access: analis
classification: terbatas
*/
WITH kunjungan AS (
    SELECT minggu_mulai, kode_faskes, slug, kasus_baru, kunjungan
    FROM mart.kunjungan_puskesmas_harian
),
-- Corrections are further rows of an append-only feed: the last received counts.
terakhir AS (
    SELECT
        CAST(CAST(periode_mulai AS INT) - (CAST(periode_mulai AS INT) + 4) % 7 AS DATE) AS minggu_mulai,
        kode_penyakit,
        lower(trim(nama_penyakit)) AS nama,
        -- Reports name the centre with or without the word puskesmas, or give its code.
        trim(regexp_replace(lower(sumber), '^(uptd? )?puskesmas ', '')) AS unit,
        kasus,
        row_number() OVER (
            PARTITION BY periode_mulai, kode_wilayah, sumber, kode_penyakit ORDER BY _seq DESC, _line DESC
        ) AS urutan
    FROM data.kasus_penyakit
    WHERE jenis_periode = 'minggu'
),
unit AS (
    SELECT kode, trim(regexp_replace(lower(nama), '^(uptd? )?puskesmas ', '')) AS nama
    FROM ref.faskes
    WHERE jenis = 'puskesmas'
),
-- Names and letters are not keys of the list: of several rows the first slug stands for all, or reports would double.
nama AS (
    SELECT lower(nama) AS nama, min(slug) AS slug FROM ref.penyakit GROUP BY lower(nama)
),
huruf AS (
    SELECT kode_skdr, min(slug) AS slug FROM ref.penyakit WHERE kode_skdr IS NOT NULL GROUP BY kode_skdr
),
laporan AS (
    SELECT
        t.minggu_mulai,
        u.kode AS kode_faskes,
        coalesce(n.slug, h.slug, CASE WHEN t.kode_penyakit = 'X' THEN 'total' END) AS slug,
        t.kasus
    FROM terakhir t
    JOIN unit u ON u.nama = t.unit OR lower(u.kode) = t.unit
    LEFT JOIN nama n ON n.nama = t.nama
    LEFT JOIN huruf h ON h.kode_skdr = t.kode_penyakit
    WHERE t.urutan = 1
),
bagian AS (
    SELECT minggu_mulai, kode_faskes, slug, kunjungan, kasus_baru AS kasus_kunjungan, CAST(NULL AS BIGINT) AS kasus_laporan
    FROM kunjungan
    UNION ALL
    -- A centre that sent visits had no case of the diseases that it did not code: a true zero.
    SELECT k.minggu_mulai, k.kode_faskes, p.slug, 0 AS kunjungan, 0 AS kasus_kunjungan, CAST(NULL AS BIGINT) AS kasus_laporan
    FROM (SELECT DISTINCT minggu_mulai, kode_faskes FROM kunjungan) k
    CROSS JOIN ref.penyakit p
    WHERE p.kode_skdr IS NOT NULL
    UNION ALL
    SELECT
        minggu_mulai,
        kode_faskes,
        slug,
        CAST(NULL AS BIGINT) AS kunjungan,
        CAST(NULL AS BIGINT) AS kasus_kunjungan,
        kasus AS kasus_laporan
    FROM laporan
    WHERE slug IS NOT NULL
),
jumlah AS (
    SELECT
        minggu_mulai,
        kode_faskes,
        slug,
        sum(kunjungan) AS kunjungan,
        sum(kasus_kunjungan) AS kasus_kunjungan,
        sum(kasus_laporan) AS kasus_laporan
    FROM bagian
    GROUP BY minggu_mulai, kode_faskes, slug
)
SELECT
    j.minggu_mulai,
    CAST(date_part('year', j.minggu_mulai + INTERVAL '3 days') AS INT) AS tahun_epi,
    CAST((date_part('doy', j.minggu_mulai + INTERVAL '3 days') - 1) / 7 + 1 AS INT) AS minggu_epi,
    j.kode_faskes,
    f.kode_kecamatan,
    j.slug,
    p.kode_skdr,
    j.kunjungan,
    j.kasus_kunjungan,
    j.kasus_laporan,
    -- The total of the form is all visits, not the new cases among them.
    j.kasus_laporan - CASE WHEN j.slug = 'total' THEN j.kunjungan ELSE j.kasus_kunjungan END AS selisih
FROM jumlah j
LEFT JOIN ref.faskes f ON f.kode = j.kode_faskes
LEFT JOIN ref.penyakit p ON p.slug = j.slug
