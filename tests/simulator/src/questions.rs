//! Four questions that the demo answers once the history is in and `mart.*` has followed. `now()` is UTC, days are WIB.

/// Title for people and SQL over `mart.*`.
pub const QUESTIONS: [(&str, &str); 4] = [
    (
        "Bagaimana ketidakhadiran murid per kecamatan pekan lalu dibanding pekan sebelumnya?",
        "WITH pekan AS ( \
           SELECT CAST(max(minggu_epi_mulai) - INTERVAL '7 days' AS DATE) AS lalu FROM mart.kalender \
           WHERE tanggal <= CAST(now() + INTERVAL '7 hours' AS DATE)) \
         SELECT w.nama AS kecamatan, \
           max(k.persen_tidak_hadir) FILTER (WHERE k.minggu_mulai < p.lalu) AS sebelumnya, \
           max(k.persen_tidak_hadir) FILTER (WHERE k.minggu_mulai = p.lalu) AS pekan_lalu, \
           round(max(k.persen_tidak_hadir) FILTER (WHERE k.minggu_mulai = p.lalu) \
             - max(k.persen_tidak_hadir) FILTER (WHERE k.minggu_mulai < p.lalu), 2) AS naik_poin \
         FROM mart.kehadiran_kecamatan_mingguan k CROSS JOIN pekan p \
         JOIN (SELECT kode, max(nama) AS nama FROM ref.wilayah GROUP BY kode) w ON w.kode = k.kode_kecamatan \
         WHERE k.minggu_mulai BETWEEN p.lalu - INTERVAL '7 days' AND p.lalu \
         GROUP BY w.nama ORDER BY naik_poin DESC NULLS LAST",
    ),
    (
        "Berapa pengunjung MPP per layanan tiap pekan?",
        "SELECT max(nama_layanan) AS layanan, \
           sum(pengunjung) FILTER (WHERE minggu_mulai = (SELECT max(minggu_mulai) FROM mart.antrean_layanan_mingguan)) \
             AS pekan_ini, \
           round(avg(pengunjung), 1) AS rata_rata_8_pekan, \
           round(avg(tunggu_median_detik) / 60, 1) AS tunggu_menit \
         FROM mart.antrean_layanan_mingguan \
         WHERE lokasi = 'MPP' AND minggu_mulai >= CAST(now() AS DATE) - INTERVAL '56 days' \
         GROUP BY kode_layanan ORDER BY rata_rata_8_pekan DESC LIMIT 10",
    ),
    (
        "Desa mana yang neraca penduduknya tidak cocok dengan data konsolidasi?",
        "SELECT bulan, kode_desa, awal, lahir, mati, datang, pindah, akhir, dkb, residual \
         FROM mart.saldo_penduduk_bulanan WHERE residual <> 0 ORDER BY abs(residual) DESC, kode_desa LIMIT 10",
    ),
    (
        "Instansi mana yang terlambat mengirim data?",
        "SELECT kalimat, sejak FROM mart.kelengkapan_instansi ORDER BY sejak LIMIT 10",
    ),
];
