/*
title: Kunjungan puskesmas per sindrom per hari
title_en: Health centre visits by syndrome and day
description: >-
  New cases by day of arrival (WIB), health centre and syndrome. A syndrome takes together what looks alike
  before a laboratory has spoken, so it is wider than the diseases of ref.penyakit and holds diagnoses that these do not
  name, such as fever without a known cause; the names of the one-disease syndromes are the slugs of ref.penyakit.
  A health centre that sent any visit on a day has a row for every syndrome, and its zeros are real; a centre without
  rows sent nothing. Small cells are not suppressed: for analysts and detectors only.
owner: dinkes
grain: one syndrome in one health centre on one day
kind: table
key: [tanggal, kode_faskes, sindrom]
slice: tanggal
sources:
  data.kunjungan_puskesmas: CAST(datang_pada + INTERVAL '7 hours' AS DATE)
  mart.penyakit_icd10: all
  ref.faskes: all
region: kode_kecamatan
access: analis
classification: terbatas
*/
-- A syndrome and the ICD-10 categories that it takes together, from the first to the last.
WITH definisi AS (
    SELECT column1 AS sindrom, column2 AS nama, column3 AS dari, column4 AS sampai
    FROM (
        VALUES
            ('ispa', 'ISPA', 'J00', 'J06'),
            ('ili', 'gejala influenza (ILI)', 'J09', 'J11'),
            ('pneumonia', 'pneumonia', 'J12', 'J18'),
            ('diare_akut', 'diare', 'A00', 'A00'),
            ('diare_akut', 'diare', 'A03', 'A04'),
            ('diare_akut', 'diare', 'A06', 'A06'),
            ('diare_akut', 'diare', 'A08', 'A09'),
            ('keracunan_pangan', 'keracunan pangan', 'A05', 'A05'),
            ('demam', 'demam tanpa sebab jelas', 'A01', 'A01'),
            ('demam', 'demam tanpa sebab jelas', 'R50', 'R50'),
            ('suspek_dengue', 'suspek dengue (DBD)', 'A90', 'A91'),
            ('suspek_dengue', 'suspek dengue (DBD)', 'A97', 'A97'),
            ('suspek_chikungunya', 'suspek chikungunya', 'A92', 'A92'),
            ('ruam', 'demam dengan ruam (campak, cacar air, HFMD)', 'B01', 'B01'),
            ('ruam', 'demam dengan ruam (campak, cacar air, HFMD)', 'B05', 'B06'),
            ('ruam', 'demam dengan ruam (campak, cacar air, HFMD)', 'B08', 'B09'),
            ('parotitis', 'gondongan (parotitis)', 'B26', 'B26'),
            ('sindrom_jaundice', 'penyakit kuning (jaundice)', 'B15', 'B19'),
            ('sindrom_jaundice', 'penyakit kuning (jaundice)', 'R17', 'R17'),
            ('konjungtivitis', 'sakit mata (konjungtivitis)', 'H10', 'H10')
    )
),
sindrom AS (
    SELECT DISTINCT sindrom, nama FROM definisi
),
-- The first level keeps the many visits of a category together before syndromes are told apart.
per_kategori AS (
    SELECT
        tanggal,
        kode_faskes,
        kategori,
        count(*) AS kunjungan,
        count(*) FILTER (WHERE kasus_baru) AS kasus_baru,
        count(*) FILTER (WHERE kasus_baru AND umur_hari < 1826) AS balita,
        count(*) FILTER (WHERE kasus_baru AND umur_hari BETWEEN 1826 AND 5478) AS usia_sekolah
    FROM mart.kunjungan_kode
    WHERE slug = 'total'
    GROUP BY tanggal, kode_faskes, kategori
),
lapor AS (
    SELECT tanggal, kode_faskes, sum(kunjungan) AS kunjungan_total
    FROM per_kategori
    GROUP BY tanggal, kode_faskes
),
kasus AS (
    SELECT
        k.tanggal,
        k.kode_faskes,
        d.sindrom,
        sum(k.kasus_baru) AS kasus_baru,
        sum(k.balita) AS balita,
        sum(k.usia_sekolah) AS usia_sekolah
    FROM per_kategori k
    JOIN definisi d ON k.kategori BETWEEN d.dari AND d.sampai
    GROUP BY k.tanggal, k.kode_faskes, d.sindrom
)
SELECT
    l.tanggal,
    l.kode_faskes,
    s.sindrom,
    s.nama AS nama_sindrom,
    f.nama AS nama_faskes,
    f.kode_kecamatan,
    CAST(coalesce(k.kasus_baru, 0) AS BIGINT) AS kasus_baru,
    CAST(coalesce(k.balita, 0) AS BIGINT) AS balita,
    CAST(coalesce(k.usia_sekolah, 0) AS BIGINT) AS usia_sekolah,
    l.kunjungan_total
FROM lapor l
CROSS JOIN sindrom s
LEFT JOIN kasus k ON k.tanggal = l.tanggal AND k.kode_faskes = l.kode_faskes AND k.sindrom = s.sindrom
LEFT JOIN ref.faskes f ON f.kode = l.kode_faskes
