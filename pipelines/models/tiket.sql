/*
title: Perjalanan tiket antrean
title_en: Life of a queue ticket
description: >-
  One row per ticket, derived from its events. tanggal is the day (WIB) of arrival, else of the booked slot, else of the
  first event. Wait is the first call minus arrival, service is the last end minus the first start, both in seconds;
  negative ones (clocks of kiosks differ) are empty and marked jam_janggal. A ticket that moves to another counter keeps
  the service it was drawn for; kode_layanan_akhir is where it ended. Persons are not carried over.
owner: dpmptsp
grain: one ticket
kind: table
key: [tiket_id]
slice: tiket_id
sources:
  data.antrean_peristiwa: tiket_id
region: kode_wilayah_lokasi
institution: kode_instansi
access: analis
classification: terbatas
*/
WITH tiket AS (
    SELECT
        tiket_id,
        first_value(lokasi ORDER BY waktu, peristiwa_id) AS lokasi,
        first_value(kode_layanan ORDER BY waktu, peristiwa_id) AS kode_layanan,
        last_value(kode_layanan ORDER BY waktu, peristiwa_id) AS kode_layanan_akhir,
        first_value(kode_instansi ORDER BY waktu, peristiwa_id) AS kode_instansi,
        -- What only some events carry is null in the others, which min and max skip.
        min(kanal) AS kanal,
        max(prioritas) AS prioritas,
        max(kode_desa) AS kode_desa,
        max(kunjungan_ke) AS kunjungan_ke,
        max(loket) AS loket,
        min(slot_mulai) AS slot_mulai,
        min(waktu) AS pertama,
        min(waktu) FILTER (WHERE peristiwa = 'dipesan') AS dipesan,
        min(waktu) FILTER (WHERE peristiwa = 'hadir') AS hadir,
        min(waktu) FILTER (WHERE peristiwa = 'dipanggil') AS dipanggil,
        min(waktu) FILTER (WHERE peristiwa = 'dilayani') AS dilayani,
        max(waktu) FILTER (WHERE peristiwa = 'selesai') AS selesai,
        count(*) FILTER (WHERE peristiwa IN ('dipanggil', 'dipanggil_ulang')) AS panggilan,
        count(*) FILTER (WHERE peristiwa = 'dialihkan') AS pengalihan,
        count(*) FILTER (WHERE peristiwa = 'tidak_hadir') > 0 AS tidak_hadir,
        count(*) FILTER (WHERE peristiwa = 'batal') > 0 AS batal,
        count(*) FILTER (WHERE peristiwa = 'kedaluwarsa') > 0 AS kedaluwarsa,
        last_value(hasil ORDER BY waktu, peristiwa_id) FILTER (WHERE hasil IS NOT NULL) AS hasil
    FROM data.antrean_peristiwa
    GROUP BY tiket_id
),
lama AS (
    SELECT
        *,
        coalesce(hadir, slot_mulai, pertama) + INTERVAL '7 hours' AS waktu_lokal,
        CAST(date_part('epoch', dipanggil) - date_part('epoch', hadir) AS BIGINT) AS tunggu,
        CAST(date_part('epoch', selesai) - date_part('epoch', dilayani) AS BIGINT) AS layanan
    FROM tiket
)
SELECT
    tiket_id,
    CAST(waktu_lokal AS DATE) AS tanggal,
    CAST(CAST(CAST(waktu_lokal AS DATE) AS INT) - (CAST(CAST(waktu_lokal AS DATE) AS INT) + 4) % 7 AS DATE) AS minggu_mulai,
    CAST(date_part('hour', waktu_lokal) AS INT) AS jam,
    lokasi,
    -- A place in a kecamatan or village carries its code in its own (KEC-35.03.01, DESA-35.03.01.2001); others are regency-wide.
    CASE WHEN starts_with(lokasi, 'KEC-') OR starts_with(lokasi, 'DESA-') THEN split_part(lokasi, '-', 2) ELSE '35.03' END
        AS kode_wilayah_lokasi,
    loket,
    kode_layanan,
    kode_layanan_akhir,
    kode_instansi,
    kanal,
    prioritas,
    kode_desa,
    kunjungan_ke,
    slot_mulai,
    dipesan,
    hadir,
    dipanggil,
    dilayani,
    selesai,
    CASE WHEN tunggu >= 0 THEN tunggu END AS tunggu_detik,
    CASE WHEN layanan >= 0 THEN layanan END AS layanan_detik,
    coalesce(tunggu < 0, false) OR coalesce(layanan < 0, false) AS jam_janggal,
    panggilan,
    pengalihan,
    tidak_hadir,
    hasil,
    CASE
        WHEN selesai IS NOT NULL THEN 'selesai'
        WHEN batal THEN 'batal'
        WHEN tidak_hadir THEN 'tidak_hadir'
        WHEN kedaluwarsa THEN 'kedaluwarsa'
        WHEN dilayani IS NOT NULL THEN 'dilayani'
        WHEN dipanggil IS NOT NULL THEN 'dipanggil'
        WHEN hadir IS NOT NULL THEN 'hadir'
        ELSE 'dipesan'
    END AS status
FROM lama
