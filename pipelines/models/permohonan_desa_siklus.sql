/*
title: Perjalanan permohonan surat desa
title_en: Life of a village letter request
description: >-
  One row per request with the working hours between its steps: Monday to Friday 07.30 to 16.00 WIB (8.5 hours) without
  holidays and collective leave of mart.kalender. The service time runs from the request to the signature, as the
  regency reports it. tepat_waktu compares it with the standard working days of the service, found by its code or by the
  kind of letter; it is empty where no standard is set or the letter is not signed. A step that precedes the request
  (clocks differ) has no duration. Persons are not carried over.
owner: kominfo
grain: one request
kind: table
key: [permohonan_id]
slice: tanggal
sources:
  data.permohonan_desa: CAST(diajukan_pada + INTERVAL '7 hours' AS DATE)
  ref.layanan: all
  mart.kalender: all
region: kode_desa
access: analis
classification: terbatas
*/
WITH langkah AS (
    SELECT
        permohonan_id,
        jenis_surat,
        kode_layanan,
        kode_desa,
        kanal,
        status,
        penanda_tangan,
        alasan_kembali,
        diajukan_pada,
        diverifikasi_pada,
        ditandatangani_pada,
        dikirim_pada,
        CAST(diajukan_pada + INTERVAL '7 hours' AS DATE) AS tanggal,
        CAST(diverifikasi_pada + INTERVAL '7 hours' AS DATE) AS tanggal_verifikasi,
        CAST(ditandatangani_pada + INTERVAL '7 hours' AS DATE) AS tanggal_tanda_tangan,
        CAST(dikirim_pada + INTERVAL '7 hours' AS DATE) AS tanggal_kirim,
        -- Seconds since 07.30 of the local day, within the 30,600 of a working day: WIB is 25,200 s ahead of UTC and
        -- office hours start 27,000 s after midnight.
        least(greatest((CAST(date_part('epoch', diajukan_pada) AS BIGINT) + 25200) % 86400 - 27000, 0), 30600) AS s_ajukan,
        least(greatest((CAST(date_part('epoch', diverifikasi_pada) AS BIGINT) + 25200) % 86400 - 27000, 0), 30600) AS s_verifikasi,
        least(greatest((CAST(date_part('epoch', ditandatangani_pada) AS BIGINT) + 25200) % 86400 - 27000, 0), 30600) AS s_tanda_tangan,
        least(greatest((CAST(date_part('epoch', dikirim_pada) AS BIGINT) + 25200) % 86400 - 27000, 0), 30600) AS s_kirim
    FROM data.permohonan_desa
),
-- Working seconds up to the start of a day; the day itself adds only when it is a working day.
kerja AS (
    SELECT
        tanggal,
        CASE WHEN hari_kerja THEN 1 ELSE 0 END AS buka,
        (hari_kerja_ke - CASE WHEN hari_kerja THEN 1 ELSE 0 END) * 30600 AS sebelum
    FROM mart.kalender
),
standar AS (
    SELECT jenis_surat, min(hari_kerja_standar) AS hari_kerja_standar
    FROM ref.layanan
    WHERE jenis_surat IS NOT NULL AND hari_kerja_standar IS NOT NULL
    GROUP BY jenis_surat
),
detik AS (
    SELECT
        l.*,
        coalesce(y.hari_kerja_standar, s.hari_kerja_standar) AS hari_kerja_standar,
        CASE WHEN l.diverifikasi_pada >= l.diajukan_pada
            THEN (v.sebelum + v.buka * l.s_verifikasi) - (a.sebelum + a.buka * l.s_ajukan) END AS verifikasi_detik,
        CASE WHEN l.ditandatangani_pada >= l.diajukan_pada
            THEN (t.sebelum + t.buka * l.s_tanda_tangan) - (a.sebelum + a.buka * l.s_ajukan) END AS layanan_detik,
        CASE WHEN l.dikirim_pada >= l.diajukan_pada
            THEN (k.sebelum + k.buka * l.s_kirim) - (a.sebelum + a.buka * l.s_ajukan) END AS kirim_detik
    FROM langkah l
    LEFT JOIN kerja a ON a.tanggal = l.tanggal
    LEFT JOIN kerja v ON v.tanggal = l.tanggal_verifikasi
    LEFT JOIN kerja t ON t.tanggal = l.tanggal_tanda_tangan
    LEFT JOIN kerja k ON k.tanggal = l.tanggal_kirim
    LEFT JOIN ref.layanan y ON y.kode = l.kode_layanan
    LEFT JOIN standar s ON s.jenis_surat = l.jenis_surat
)
SELECT
    permohonan_id,
    tanggal,
    CAST(CAST(tanggal AS INT) - (CAST(tanggal AS INT) + 4) % 7 AS DATE) AS minggu_mulai,
    kode_desa,
    jenis_surat,
    kode_layanan,
    kanal,
    status,
    penanda_tangan,
    alasan_kembali,
    diajukan_pada,
    diverifikasi_pada,
    ditandatangani_pada,
    dikirim_pada,
    round(verifikasi_detik / 3600.0, 2) AS verifikasi_jam_kerja,
    round(layanan_detik / 3600.0, 2) AS layanan_jam_kerja,
    round(kirim_detik / 3600.0, 2) AS kirim_jam_kerja,
    hari_kerja_standar,
    layanan_detik <= hari_kerja_standar * 30600 AS tepat_waktu,
    status IN ('diajukan', 'diverifikasi') AS terbuka
FROM detik
