/*
title: Murid sakit di sekolah
title_en: Pupils ill at a school
description: >-
  Pupils entered as ill per school and school day. Judged on the logit of the share, after the deviation that the
  schools of the group have in common on that day (weather, the day before a holiday) is taken out; a school alarms
  when it is unusual against its own last 28 school days and enough children are affected. Leave and truancy are shown
  beside, but carry no alarm: trips, harvests and feasts fill them. The group is the kecamatan and level where at least
  eight schools are, else the other levels of the kecamatan together, else the level in the whole regency.
owner: dikpora
unit: sekolah
unit_en: school
family: absensi
grain: hari
calendar: hari_sekolah
direction: naik
detector: {method: attendance, baseline: 28, min_sigma: 0.1, q: 0.05}
floor: {excess: 6, excess_small: 3, small_below: 200}
severity: {tinggi: {excess: 15}, kritis: {excess: 30}}
masks: [libur, fakultatif, ujian]
links:
  - to: penyakit
    near: catchment
    lag_days: [-4, 14]
    checked: kunjungan puskesmas wilayah sekolah itu
    checked_en: visits to the health centre of the school's area
  - to: absensi
    near: 3km
    lag_days: [0, 14]
    checked: sekolah di sekitarnya
    checked_en: schools nearby
explanation:
  id: "{nama}: {nilai:0} dari {penyebut:0} murid sakit, biasanya sekitar {harapan:0}; {kelebihan:0} anak lebih banyak dari wajar, sejak {sejak}. {catatan_lain} ({izin:0} dan {alpa:0})."
  en: "{nama}: {nilai:0} of {penyebut:0} pupils are ill, usually about {harapan:0}; {kelebihan:0} children more than expected, since {sejak}. {catatan_lain_en} ({izin:0} and {alpa:0})."
action:
  id: "Telepon kepala sekolah hari ini: gejala apa, kelas mana, adakah makanan atau sumber air yang sama. Beri tahu puskesmas wilayahnya."
  en: "Call the head of the school today: which symptoms, which classes, a meal or well in common. Tell the health centre of the area."
sources:
  mart.kehadiran_sekolah_harian: tanggal
  ref.sekolah: all
  ref.wilayah_kerja_puskesmas: all
access: analis
classification: terbatas
*/
-- Beside the ill stand those who are away for other reasons: where they rise at once, it is a day of feast or harvest.
WITH harian AS (
    SELECT
        *,
        avg(izin + alpa) OVER (
            PARTITION BY npsn
            ORDER BY tanggal
            RANGE BETWEEN INTERVAL '42 days' PRECEDING AND INTERVAL '1 day' PRECEDING
        ) AS lain_biasa
    FROM mart.kehadiran_sekolah_harian
    WHERE hari_sekolah AND terdaftar > 0
),
tingkat AS (
    SELECT
        npsn,
        kode_kecamatan,
        kode_desa,
        lintang,
        bujur,
        hari_sekolah,
        CASE
            WHEN jenjang IN ('SD', 'MI') THEN 'dasar'
            WHEN jenjang IN ('SMP', 'MTs') THEN 'menengah'
            WHEN jenjang IN ('SMA', 'SMK', 'MA') THEN 'atas'
            ELSE 'dini'
        END AS tingkat,
        aktif
    FROM ref.sekolah
),
ramai AS (
    SELECT *, count(*) FILTER (WHERE aktif) OVER (PARTITION BY kode_kecamatan, tingkat) >= 8 AS cukup
    FROM tingkat
),
-- Those whose level is too thin in their kecamatan stand together there, when they are enough.
sekolah AS (
    SELECT
        *,
        CASE
            WHEN cukup THEN concat(kode_kecamatan, '/', tingkat)
            WHEN count(*) FILTER (WHERE aktif AND NOT cukup) OVER (PARTITION BY kode_kecamatan) >= 5 THEN kode_kecamatan
            ELSE concat('35.03/', tingkat)
        END AS grup
    FROM ramai
),
wilayah_kerja AS (
    SELECT kode_desa, last_value(kode_faskes ORDER BY berlaku_mulai) AS kode_faskes
    FROM ref.wilayah_kerja_puskesmas
    GROUP BY kode_desa
)
SELECT
    h.npsn AS unit,
    h.tanggal,
    CAST(h.sakit AS DOUBLE) AS nilai,
    h.nama_sekolah AS nama,
    CAST(h.terdaftar AS DOUBLE) AS penyebut,
    s.grup,
    h.kode_kecamatan AS wilayah,
    w.kode_faskes AS puskesmas,
    s.lintang,
    s.bujur,
    CAST(s.hari_sekolah AS INT) AS hari_sekolah,
    h.izin,
    h.alpa,
    h.tidak_hadir,
    CASE
        WHEN h.izin + h.alpa - h.lain_biasa >= greatest(3, 0.03 * h.terdaftar)
            THEN 'Yang izin dan tanpa keterangan juga jauh lebih banyak dari biasanya: mungkin libur setempat, hajatan, panen, atau banjir'
        ELSE 'Yang izin dan tanpa keterangan seperti biasa'
    END AS catatan_lain,
    CASE
        WHEN h.izin + h.alpa - h.lain_biasa >= greatest(3, 0.03 * h.terdaftar)
            THEN 'Those on leave and without excuse are far more than usual as well: perhaps a local holiday, a feast, the harvest, or a flood'
        ELSE 'Those on leave and without excuse are as many as usual'
    END AS catatan_lain_en
FROM harian h
JOIN sekolah s ON s.npsn = h.npsn
LEFT JOIN wilayah_kerja w ON w.kode_desa = s.kode_desa
