/*
title: Instansi yang terlambat mengirim
title_en: Institutions that are late
description: >-
  One row per institution and feed with at least one unit that is silent now: its latest deliveries are due and have not
  come. Gaps that later deliveries have passed over are not lateness, they are in kelengkapan. sejak is the due day of
  the oldest delivery that is still owed; kalimat says it all in Indonesian.
owner: kominfo
grain: one feed of one institution
kind: view
sources:
  mart.kelengkapan: all
institution: kode_instansi
access: pimpinan
classification: terbatas
*/
WITH per_unit AS (
    SELECT
        umpan,
        unit,
        kode_instansi,
        max(nama_instansi) AS nama_instansi,
        max(nama_unit) AS nama_unit,
        count(*) FILTER (
            WHERE status = 'terlambat' AND (lengkap_hingga IS NULL OR periode_mulai > lengkap_hingga)
        ) AS periode,
        min(jatuh_tempo) FILTER (
            WHERE status = 'terlambat' AND (lengkap_hingga IS NULL OR periode_mulai > lengkap_hingga)
        ) AS sejak
    FROM mart.kelengkapan
    GROUP BY umpan, unit, kode_instansi
),
per_instansi AS (
    SELECT
        kode_instansi,
        umpan,
        max(nama_instansi) AS nama_instansi,
        count(*) AS unit,
        count(*) FILTER (WHERE periode > 0) AS unit_terlambat,
        sum(periode) AS periode_terlambat,
        min(sejak) AS sejak,
        first_value(unit ORDER BY sejak NULLS LAST, periode DESC, unit) AS unit_terlama,
        first_value(nama_unit ORDER BY sejak NULLS LAST, periode DESC, unit) AS nama_terlama,
        first_value(periode ORDER BY sejak NULLS LAST, periode DESC, unit) AS periode_terlama
    FROM per_unit
    GROUP BY kode_instansi, umpan
    HAVING count(*) FILTER (WHERE periode > 0) > 0
),
ucap AS (
    SELECT
        *,
        CASE umpan
            WHEN 'absensi_harian_sekolah' THEN 'absensi murid'
            WHEN 'kasus_penyakit' THEN 'laporan mingguan penyakit (SKDR)'
            WHEN 'kunjungan_puskesmas' THEN 'data kunjungan puskesmas'
            WHEN 'antrean_peristiwa' THEN 'data antrean'
            WHEN 'permohonan_desa' THEN 'data permohonan surat desa'
            WHEN 'saldo_penduduk' THEN 'saldo penduduk semester'
            WHEN 'kinerja_opd' THEN 'capaian kinerja triwulan'
            WHEN 'anggaran_realisasi' THEN 'realisasi anggaran bulanan'
            WHEN 'skm_respons' THEN 'survei kepuasan masyarakat'
            WHEN 'absensi_siswa' THEN 'absensi per siswa'
            WHEN 'absensi_kelas' THEN 'absensi per kelas'
            WHEN 'siswa' THEN 'daftar siswa tahun ajaran'
            WHEN 'kalender_pendidikan' THEN 'kalender pendidikan'
            WHEN 'hari_libur' THEN 'daftar hari libur'
            WHEN 'peristiwa_kependudukan' THEN 'peristiwa kependudukan harian'
            WHEN 'penduduk' THEN 'pemutakhiran biodata penduduk'
            WHEN 'keluarga' THEN 'pemutakhiran data keluarga'
            WHEN 'layanan_keliling' THEN 'laporan layanan keliling'
            WHEN 'wifi_sesi' THEN 'catatan wifi bangku pintar'
            WHEN 'bangku_telemetri' THEN 'telemetri bangku pintar'
            WHEN 'konten_putar' THEN 'catatan tayang bangku pintar'
            WHEN 'pemakaian_aplikasi' THEN 'hitungan pemakaian aplikasi'
            WHEN 'pengaduan' THEN 'data pengaduan'
            WHEN 'penilaian_layanan' THEN 'penilaian layanan'
            WHEN 'spbe_indikator' THEN 'indikator SPBE'
            WHEN 'pegawai' THEN 'daftar pegawai'
            WHEN 'tpp_dasar' THEN 'dasar TPP'
            WHEN 'sepeda_keren_sesi' THEN 'daftar hadir Sepeda Keren'
            WHEN 'sepeda_keren_hasil' THEN 'hasil Sepeda Keren'
            ELSE umpan
        END AS perihal,
        concat(
            CAST(date_part('day', sejak) AS INT), ' ',
            CASE CAST(date_part('month', sejak) AS INT)
                WHEN 1 THEN 'Januari' WHEN 2 THEN 'Februari' WHEN 3 THEN 'Maret' WHEN 4 THEN 'April'
                WHEN 5 THEN 'Mei' WHEN 6 THEN 'Juni' WHEN 7 THEN 'Juli' WHEN 8 THEN 'Agustus'
                WHEN 9 THEN 'September' WHEN 10 THEN 'Oktober' WHEN 11 THEN 'November' ELSE 'Desember'
            END, ' ',
            CAST(date_part('year', sejak) AS INT)
        ) AS tanggal_sejak
    FROM per_instansi
)
SELECT
    kode_instansi,
    nama_instansi,
    umpan,
    unit AS unit_seluruhnya,
    unit_terlambat,
    periode_terlambat,
    sejak,
    unit_terlama,
    CASE
        -- The institution reports for itself.
        WHEN unit = 1 AND unit_terlama = kode_instansi THEN concat(
            nama_instansi, ' belum mengirim ', perihal, ' sejak jatuh tempo ', tanggal_sejak, ' (', periode_terlambat, ' periode).'
        )
        WHEN unit = 1 THEN concat(
            nama_instansi, ': ', perihal, ' belum masuk dari ', nama_terlama, ' sejak jatuh tempo ', tanggal_sejak, ' (',
            periode_terlambat, ' periode).'
        )
        ELSE concat(
            nama_instansi, ': ', perihal, ' belum masuk dari ', unit_terlambat, ' dari ', unit, ' unit; terlama ',
            nama_terlama, ', sejak jatuh tempo ', tanggal_sejak, ' (', periode_terlama, ' periode).'
        )
    END AS kalimat
FROM ucap
