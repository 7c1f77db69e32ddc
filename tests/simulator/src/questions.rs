//! Three questions that the demo answers as soon as the first files are in.

/// Title for people and SQL over `data.absensi_harian_sekolah`.
pub const QUESTIONS: [(&str, &str); 3] = [
    (
        "Berapa persen murid hadir per kecamatan pada pekan sekolah terakhir?",
        "SELECT a.kode_kecamatan, w.nama AS kecamatan, count(DISTINCT a.npsn) AS sekolah, \
         round(100.0 * sum(a.hadir) / sum(a.terdaftar), 2) AS persen_hadir \
         FROM data.absensi_harian_sekolah a \
         LEFT JOIN (SELECT DISTINCT kode, nama FROM ref.wilayah) w ON w.kode = a.kode_kecamatan \
         WHERE a.tanggal > (SELECT max(tanggal) FROM data.absensi_harian_sekolah) - INTERVAL '7 days' \
         GROUP BY a.kode_kecamatan, w.nama ORDER BY persen_hadir",
    ),
    (
        "Sekolah mana yang paling banyak murid sakit pada hari lapor terakhir?",
        "SELECT tanggal, nama_sekolah, kode_kecamatan, terdaftar, sakit, \
         round(100.0 * sakit / terdaftar, 1) AS persen_sakit \
         FROM data.absensi_harian_sekolah \
         WHERE tanggal = (SELECT max(tanggal) FROM data.absensi_harian_sekolah) AND terdaftar > 0 \
         ORDER BY sakit DESC, persen_sakit DESC LIMIT 10",
    ),
    (
        "Bagaimana ketidakhadiran berubah dari bulan ke bulan?",
        "SELECT CAST(date_trunc('month', tanggal) AS DATE) AS bulan, count(*) AS laporan, \
         round(100.0 * sum(sakit) / sum(terdaftar), 2) AS persen_sakit, \
         round(100.0 * sum(izin) / sum(terdaftar), 2) AS persen_izin, \
         round(100.0 * sum(alpa) / sum(terdaftar), 2) AS persen_alpa \
         FROM data.absensi_harian_sekolah GROUP BY bulan ORDER BY bulan",
    ),
];
