/*
title: Ringkasan angkatan Sepeda Keren
title_en: Summary of the Sepeda Keren batches
description: >-
  Participants, attendance and results of each batch of the school for women, people with disability, children and
  vulnerable groups. A batch lies in one village, so counts of 1 to 4 people are left empty; where exactly one group
  would be empty, the next smallest is emptied too, so that nothing can be told by subtraction. Proposals and enterprises
  of people who are not in the list of participants are not counted.
owner: dinsos
grain: one batch
kind: table
key: [angkatan_id]
slice: angkatan_id
sources:
  data.sepeda_keren_angkatan: angkatan_id
  data.sepeda_keren_peserta: angkatan_id
  data.sepeda_keren_sesi: angkatan_id
  data.sepeda_keren_hasil: all
region: kode_desa
access: pimpinan
classification: terbatas
*/
WITH kelompok AS (
    SELECT angkatan_id, kelompok, count(*) AS orang
    FROM data.sepeda_keren_peserta
    GROUP BY angkatan_id, kelompok
),
kecil AS (
    SELECT
        *,
        count(*) FILTER (WHERE orang < 5) OVER (PARTITION BY angkatan_id) AS kelompok_kecil,
        row_number() OVER (PARTITION BY angkatan_id ORDER BY orang, kelompok) AS ke,
        sum(orang) OVER (PARTITION BY angkatan_id) AS peserta
    FROM kelompok
),
-- Groups come smallest first: when only the first is small, the second hides it.
boleh AS (
    SELECT *, orang >= 5 AND NOT (kelompok_kecil = 1 AND ke <= 2) AS terbit
    FROM kecil
),
-- Empty means withheld; a group without anybody is a zero.
peserta AS (
    SELECT
        angkatan_id,
        max(peserta) AS peserta,
        nullif(coalesce(max(CASE WHEN kelompok = 'perempuan' THEN CASE WHEN terbit THEN orang ELSE -1 END END), 0), -1) AS perempuan,
        nullif(coalesce(max(CASE WHEN kelompok = 'disabilitas' THEN CASE WHEN terbit THEN orang ELSE -1 END END), 0), -1) AS disabilitas,
        nullif(coalesce(max(CASE WHEN kelompok = 'anak' THEN CASE WHEN terbit THEN orang ELSE -1 END END), 0), -1) AS anak,
        nullif(coalesce(max(CASE WHEN kelompok = 'lansia' THEN CASE WHEN terbit THEN orang ELSE -1 END END), 0), -1) AS lansia,
        nullif(coalesce(max(CASE WHEN kelompok = 'eks_migran' THEN CASE WHEN terbit THEN orang ELSE -1 END END), 0), -1) AS eks_migran,
        nullif(coalesce(max(CASE WHEN kelompok = 'lain' THEN CASE WHEN terbit THEN orang ELSE -1 END END), 0), -1) AS lain
    FROM boleh
    GROUP BY angkatan_id
),
sesi AS (
    SELECT
        angkatan_id,
        count(DISTINCT tanggal) AS sesi,
        round(100.0 * count(*) FILTER (WHERE hadir) / count(*), 2) AS hadir_persen
    FROM data.sepeda_keren_sesi
    GROUP BY angkatan_id
),
hasil AS (
    SELECT
        p.angkatan_id,
        count(*) FILTER (WHERE h.jenis = 'usaha') AS usaha,
        count(*) FILTER (WHERE h.jenis = 'modal') AS modal,
        count(*) FILTER (WHERE h.jenis = 'jabatan_desa') AS jabatan_desa,
        count(*) FILTER (WHERE h.jenis = 'usulan_musrena') AS usulan_musrena,
        count(DISTINCT h.peserta_id) AS peserta_berhasil,
        sum(h.nilai_rp) AS nilai_rp
    FROM data.sepeda_keren_hasil h
    JOIN data.sepeda_keren_peserta p ON p.peserta_id = h.peserta_id
    GROUP BY p.angkatan_id
)
SELECT
    a.angkatan_id,
    a.kode_desa,
    a.mulai,
    a.selesai,
    a.modul,
    CASE WHEN p.peserta < 5 THEN NULL ELSE coalesce(p.peserta, 0) END AS peserta,
    CASE WHEN p.angkatan_id IS NULL THEN 0 ELSE p.perempuan END AS perempuan,
    CASE WHEN p.angkatan_id IS NULL THEN 0 ELSE p.disabilitas END AS disabilitas,
    CASE WHEN p.angkatan_id IS NULL THEN 0 ELSE p.anak END AS anak,
    CASE WHEN p.angkatan_id IS NULL THEN 0 ELSE p.lansia END AS lansia,
    CASE WHEN p.angkatan_id IS NULL THEN 0 ELSE p.eks_migran END AS eks_migran,
    CASE WHEN p.angkatan_id IS NULL THEN 0 ELSE p.lain END AS lain,
    coalesce(s.sesi, 0) AS sesi,
    CASE WHEN p.peserta < 5 THEN NULL ELSE s.hadir_persen END AS hadir_persen,
    CASE WHEN h.usaha BETWEEN 1 AND 4 THEN NULL ELSE coalesce(h.usaha, 0) END AS usaha,
    CASE WHEN h.modal BETWEEN 1 AND 4 THEN NULL ELSE coalesce(h.modal, 0) END AS modal,
    CASE WHEN h.jabatan_desa BETWEEN 1 AND 4 THEN NULL ELSE coalesce(h.jabatan_desa, 0) END AS jabatan_desa,
    CASE WHEN h.usulan_musrena BETWEEN 1 AND 4 THEN NULL ELSE coalesce(h.usulan_musrena, 0) END AS usulan_musrena,
    CASE WHEN h.peserta_berhasil BETWEEN 1 AND 4 THEN NULL ELSE coalesce(h.peserta_berhasil, 0) END AS peserta_berhasil,
    CASE WHEN h.peserta_berhasil < 5 THEN NULL ELSE h.nilai_rp END AS nilai_rp
FROM data.sepeda_keren_angkatan a
LEFT JOIN peserta p ON p.angkatan_id = a.angkatan_id
LEFT JOIN sesi s ON s.angkatan_id = a.angkatan_id
LEFT JOIN hasil h ON h.angkatan_id = a.angkatan_id
