import type { Board, MapPanel } from './board';
import { satisfaction } from './kepuasan';
import { visits } from './kesehatan';
import { lettersMap, lettersOnTime, visitors } from './layanan';
import { TODAY, lastWeeks, twoWeeks } from './parts';
import { absence } from './pendidikan';

/** What the overview shows: key figures with their trend, and targets where there are any. */
export const ringkasan: Board = {
  id: 'ringkasan',
  title: { id: 'Ringkasan', en: 'Overview' },
  lead: { id: 'Keadaan kabupaten dari data yang sudah masuk.', en: 'The regency as the data that have arrived show it.' },
  sections: [
    {
      panels: [
        { kind: 'figure', metric: 'ringkasan.tidak_hadir', unit: 'persen', period: 'minggu', better: 'less', sql: absence, title: { id: 'Murid tidak hadir', en: 'Pupils absent' } },
        { kind: 'figure', metric: 'ringkasan.kunjungan', unit: 'kunjungan', period: 'minggu', sql: visits, title: { id: 'Kunjungan puskesmas', en: 'Health centre visits' } },
        { kind: 'figure', metric: 'ringkasan.mpp', unit: 'pengunjung', period: 'minggu', sql: visitors, title: { id: 'Pengunjung MPP', en: 'Visitors of the MPP' } },
        { kind: 'figure', metric: 'ringkasan.surat', unit: 'persen', period: 'minggu', better: 'more', sql: lettersOnTime, title: { id: 'Surat desa tepat waktu', en: 'Village letters on time' } },
        { kind: 'figure', metric: 'ringkasan.ikm', unit: 'indeks', period: 'bulan', better: 'more', sql: satisfaction, title: { id: 'Kepuasan masyarakat (IKM)', en: 'Public satisfaction (IKM)' } },
        { kind: 'figure', metric: 'ringkasan.pengaduan', unit: 'pengaduan', period: 'minggu', better: 'less',
          sql: `SELECT minggu_mulai AS periode, sum(masuk) AS nilai FROM mart.pengaduan_mingguan WHERE ${lastWeeks(26)} GROUP BY minggu_mulai ORDER BY minggu_mulai`,
          title: { id: 'Pengaduan masuk', en: 'Complaints received' } },
        { kind: 'figure', metric: 'ringkasan.serapan', unit: 'persen', period: 'bulan', better: 'more',
          title: { id: 'Serapan anggaran', en: 'Budget absorbed' }, note: { id: 'sejak awal tahun', en: 'since January' },
          sql: `
  SELECT CAST(concat(tahun, '-', lpad(CAST(bulan AS VARCHAR), 2, '0'), '-01') AS DATE) AS periode,
      round(100.0 * sum(realisasi_rp) / nullif(sum(pagu_rp), 0), 1) AS nilai, round(max(serapan_linear_persen), 1) AS sasaran
  FROM mart.anggaran_serapan WHERE make_date(CAST(tahun AS INT), CAST(bulan AS INT), 1) < date_trunc('month', ${TODAY})
  GROUP BY tahun, bulan ORDER BY tahun, bulan` },
        { kind: 'figure', metric: 'ringkasan.kinerja', unit: 'persen', period: 'triwulan', better: 'more',
          title: { id: 'Indikator kinerja tercapai', en: 'Performance targets met' }, note: { id: 'dari yang dilaporkan', en: 'of those reported' },
          sql: `
  SELECT make_date(CAST(tahun AS INT), CAST(triwulan * 3 - 2 AS INT), 1) AS periode,
      round(100.0 * count(*) FILTER (WHERE tercapai) / nullif(count(*) FILTER (WHERE dilaporkan), 0), 1) AS nilai
  FROM mart.kinerja_capaian GROUP BY tahun, triwulan HAVING count(*) FILTER (WHERE dilaporkan) > 0 ORDER BY tahun, triwulan` },
      ],
    },
  ],
};

/** The maps of the overview; one is shown, the others are chosen. */
export const maps: readonly MapPanel[] = [
  { kind: 'map', metric: 'ringkasan.peta.tidak_hadir', unit: 'persen', period: 'minggu', title: { id: 'Murid tidak hadir', en: 'Pupils absent' },
    sql: `
  WITH ${twoWeeks('kehadiran_kecamatan_mingguan')}
  SELECT kode_kecamatan AS kode, persen_tidak_hadir AS nilai, minggu_mulai AS periode
  FROM mart.kehadiran_kecamatan_mingguan JOIN minggu ON minggu_mulai = ini ORDER BY kode_kecamatan` },
  { kind: 'map', metric: 'ringkasan.peta.kunjungan', unit: 'kunjungan', period: 'minggu', title: { id: 'Kunjungan puskesmas', en: 'Health centre visits' },
    sql: `
  WITH ${twoWeeks('skdr_kecamatan_mingguan')}
  SELECT kode_kecamatan AS kode, kunjungan AS nilai, minggu_mulai AS periode
  FROM mart.skdr_kecamatan_mingguan JOIN minggu ON minggu_mulai = ini WHERE slug = 'total' ORDER BY kode_kecamatan` },
  { kind: 'map', metric: 'ringkasan.peta.surat', unit: 'persen', period: 'minggu', title: { id: 'Surat tepat waktu', en: 'Letters on time' }, sql: lettersMap },
];

/** How far the deliveries of each institution have come: its feeds, and those whose newest delivery is late. Villages
    and schools count as units of the feed, not as institutions. */
export const freshness = `
  WITH akhir AS (
      SELECT u.kode_instansi, max(u.nama_instansi) AS nama, u.umpan, count(DISTINCT u.unit) AS unit, max(t.periode_mulai) AS terakhir
      FROM mart.kelengkapan_unit u LEFT JOIN mart.kelengkapan_terima t ON t.umpan = u.umpan AND t.unit = u.unit AND t.periode_mulai <= ${TODAY}
      WHERE u.kode_instansi NOT LIKE 'desa-%' AND u.kode_instansi NOT LIKE 'kelurahan-%'
          AND coalesce(u.berlaku_mulai <= ${TODAY}, true) AND coalesce(u.berlaku_sampai >= ${TODAY}, true)
      GROUP BY u.kode_instansi, u.umpan)
  SELECT kode_instansi AS instansi, max(nama) AS nama, count(*) AS umpan, count(terakhir) AS masuk, max(terakhir) AS terakhir
  FROM akhir GROUP BY kode_instansi ORDER BY terakhir NULLS FIRST, nama`;
