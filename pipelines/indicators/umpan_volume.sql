/*
title: Volume data yang diterima
title_en: Volume of data received
description: >-
  How much a sender of a daily feed delivered about a working day, held against its own last weeks. A feed of which
  half is lost on the way looks alive and makes every figure behind it fall. Schools and letters count by kecamatan. A
  day without any data is not judged here but by umpan_senyap, benches by wifi_sesi. A day is complete once a later one
  has data of the same feed.
owner: kominfo
unit: pengirim data
unit_en: sender of data
family: umpan
grain: hari
calendar: hari_kerja
direction: turun
detector: {method: switch, alpha: 0.001}
floor: {excess: 4, value: 5}
severity: {tinggi: {excess: 20, ratio: 0.6}}
masks: [libur]
explanation:
  id: "{nama_umpan} dari {pengirim}: {nilai:0} baris dalam sehari, biasanya sekitar {harapan:0}, sejak {sejak}."
  en: "Feed {umpan} of {pengirim}: {nilai:0} rows in a day, usually about {harapan:0}, since {sejak}."
action:
  id: "Bandingkan jumlah di aplikasi pengirim dengan tanda terima; bila berbeda, minta kirim ulang. Turunnya angka lain sejak itu belum tentu nyata."
  en: "Compare the count in the sending application with the receipts; if they differ, have it sent again. Other falls since then may not be real."
sources:
  mart.umpan_volume_harian:
    - tanggal
    - CAST(tanggal - INTERVAL '7 days' AS DATE)
access: analis
classification: terbatas
*/
WITH nama AS (
    SELECT column1 AS umpan, column2 AS nama_umpan
    FROM (
        VALUES
            ('absensi_harian_sekolah', 'Absensi sekolah'), ('permohonan_desa', 'Permohonan surat desa'),
            ('kunjungan_puskesmas', 'Kunjungan puskesmas'), ('antrean_peristiwa', 'Antrean layanan'),
            ('peristiwa_kependudukan', 'Peristiwa kependudukan'), ('skm_respons', 'Survei kepuasan'),
            ('penilaian_layanan', 'Penilaian layanan'), ('pengaduan', 'Pengaduan')
    )
),
sesudah AS (
    SELECT DISTINCT
        umpan,
        CAST(unnest(generate_series(
            tanggal - INTERVAL '7 days', tanggal - INTERVAL '1 day', INTERVAL '1 day'
        )) AS DATE) AS tanggal
    FROM (SELECT DISTINCT umpan, tanggal FROM mart.umpan_volume_harian)
)
SELECT
    concat(v.umpan, '/', v.pengirim) AS unit,
    v.tanggal,
    CAST(v.jumlah AS DOUBLE) AS nilai,
    concat(n.nama_umpan, ' ', v.pengirim) AS nama,
    CAST(v.seharusnya AS DOUBLE) AS penyebut,
    v.umpan AS grup,
    v.kode_wilayah AS wilayah,
    s.tanggal IS NOT NULL AS lengkap,
    v.umpan,
    n.nama_umpan,
    v.pengirim
FROM mart.umpan_volume_harian v
JOIN nama n ON n.umpan = v.umpan
LEFT JOIN sesudah s ON s.tanggal = v.tanggal AND s.umpan = v.umpan
