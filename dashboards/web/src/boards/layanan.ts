import { ANALYSTS } from '../lib/session.svelte';
import type { Board } from './board';
import { WEEK_IS_OVER, lastWeeks, notFirst, twoWeeks } from './parts';

const WEEKLY = 'mart.antrean_layanan_mingguan';
const MOVED = 'mart.layanan_pindah_kabupaten';
const LETTERS = 'mart.permohonan_kecamatan_mingguan';

const at = (place: string, value: string): string => `
  SELECT minggu_mulai AS periode, ${value} AS nilai
  FROM ${WEEKLY}
  WHERE lokasi = '${place}' AND ${lastWeeks(26)}
  GROUP BY minggu_mulai ORDER BY minggu_mulai`;

export const visitors = at('MPP', 'sum(pengunjung)');

export const lettersOnTime = `
  SELECT minggu_mulai AS periode, round(sum(persen_tepat_waktu * dinilai) / nullif(sum(dinilai), 0), 1) AS nilai
  FROM ${LETTERS}
  WHERE ${lastWeeks(26)} GROUP BY minggu_mulai ORDER BY minggu_mulai`;

export const lettersMap = `
  WITH ${twoWeeks('permohonan_kecamatan_mingguan')}
  SELECT kode_kecamatan AS kode, round(sum(persen_tepat_waktu * dinilai) / nullif(sum(dinilai), 0), 1) AS nilai, max(minggu_mulai) AS periode
  FROM ${LETTERS} JOIN minggu ON minggu_mulai = ini
  GROUP BY kode_kecamatan ORDER BY kode_kecamatan`;

export const layanan: Board = {
  id: 'layanan',
  title: { id: 'Layanan publik', en: 'Public services' },
  lead: {
    id: 'Mal Pelayanan Publik (MPP), Kafe Pelayanan Publik (CPP), dan surat desa lewat Petung Dadi.',
    en: 'The public service mall (MPP), the service cafe (CPP), and village letters by Petung Dadi.',
  },
  sections: [
    {
      panels: [
        { kind: 'figure', metric: 'layanan.mpp', unit: 'pengunjung', period: 'minggu', sql: visitors, title: { id: 'Pengunjung MPP', en: 'Visitors of the MPP' } },
        { kind: 'figure', metric: 'layanan.cpp', unit: 'pengunjung', period: 'minggu', sql: at('CPP', 'sum(pengunjung)'), title: { id: 'Pengunjung CPP', en: 'Visitors of the CPP' } },
        { kind: 'figure', metric: 'layanan.tunggu', unit: 'menit', period: 'minggu', better: 'less',
          sql: at('MPP', 'round(sum(tunggu_median_detik * pengunjung) / nullif(sum(pengunjung) FILTER (WHERE tunggu_median_detik IS NOT NULL), 0) / 60, 1)'),
          title: { id: 'Waktu tunggu MPP', en: 'Wait at the MPP' }, note: { id: 'median per layanan, ditimbang pengunjung', en: 'median per service, weighted by visitors' } },
        { kind: 'figure', metric: 'layanan.tidak_hadir', unit: 'persen', period: 'minggu', better: 'less',
          sql: at('MPP', 'round(100.0 * sum(tidak_hadir) / nullif(sum(tidak_hadir) + sum(pengunjung), 0), 1)'),
          title: { id: 'Pemesan yang tidak hadir', en: 'No-shows' } },
        { kind: 'figure', metric: 'layanan.surat', unit: 'surat', period: 'minggu',
          sql: `SELECT minggu_mulai AS periode, sum(diajukan) AS nilai FROM ${LETTERS} WHERE ${lastWeeks(26)} GROUP BY minggu_mulai ORDER BY minggu_mulai`,
          title: { id: 'Surat desa diajukan', en: 'Village letters requested' } },
        { kind: 'figure', metric: 'layanan.tepat_waktu', unit: 'persen', period: 'minggu', better: 'more', sql: lettersOnTime,
          title: { id: 'Surat tepat waktu', en: 'Letters on time' }, note: { id: 'terhadap standar layanan', en: 'against the service standard' } },
      ],
    },
    {
      filters: [
        { name: 'lokasi', title: { id: 'Lokasi', en: 'Place' }, initial: 'MPP',
          sql: `SELECT lokasi AS nilai, max(nama_lokasi) AS nama FROM ${WEEKLY} WHERE jenis_lokasi IN ('mpp', 'cpp', 'kecamatan') AND ${lastWeeks(26)} GROUP BY lokasi ORDER BY sum(pengunjung) DESC` },
      ],
      panels: [
        { kind: 'series', metric: 'layanan.seri', span: 'seven', unit: 'pengunjung', period: 'minggu', masks: 'kerja',
          title: { id: 'Pengunjung per minggu', en: 'Visitors per week' },
          note: { id: 'Libur dan cuti bersama diarsir.', en: 'Holidays are shaded.' },
          sql: `
  SELECT minggu_mulai AS tanggal, sum(pengunjung) AS nilai FROM ${WEEKLY}
  WHERE lokasi = $lokasi AND ${WEEK_IS_OVER} AND ${notFirst('antrean_layanan_mingguan')} GROUP BY minggu_mulai ORDER BY minggu_mulai` },
        { kind: 'heat', metric: 'layanan.jam', span: 'five', unit: 'pengunjung',
          title: { id: 'Kapan orang datang', en: 'When people come' },
          note: { id: 'Kedatangan per jam, rata-rata delapan minggu terakhir.', en: 'Arrivals per hour, mean of the last eight weeks.' },
          sql: `
  SELECT hari_ke, jam, round(sum(datang) / 8.0, 1) AS nilai FROM mart.antrean_jam
  WHERE lokasi = $lokasi AND ${lastWeeks(8)} GROUP BY hari_ke, jam ORDER BY hari_ke, jam` },
        { kind: 'table', metric: 'layanan.layanan',
          title: { id: 'Layanan pekan lalu', en: 'Services last week' },
          columns: [
            { key: 'nama', title: { id: 'Layanan', en: 'Service' }, kind: 'name' },
            { key: 'pengunjung', title: { id: 'Pengunjung', en: 'Visitors' }, kind: 'number', unit: 'bilangan' },
            { key: 'naik', title: { id: 'Perubahan', en: 'Change' }, kind: 'change', unit: 'bilangan' },
            { key: 'ulang', title: { id: 'Kembali', en: 'Repeat' }, kind: 'number', unit: 'bilangan' },
            { key: 'tunggu', title: { id: 'Tunggu, median', en: 'Wait, median' }, kind: 'number', unit: 'menit' },
            { key: 'tunggu90', title: { id: 'Tunggu, sembilan dari sepuluh', en: 'Wait, nine of ten' }, kind: 'number', unit: 'menit' },
          ],
          sql: `
  WITH ${twoWeeks('antrean_layanan_mingguan', 'lokasi = $lokasi')}
  SELECT
      max(nama_layanan) AS nama,
      sum(pengunjung) FILTER (WHERE minggu_mulai = ini) AS pengunjung,
      coalesce(sum(pengunjung) FILTER (WHERE minggu_mulai = ini), 0) - coalesce(sum(pengunjung) FILTER (WHERE minggu_mulai < ini), 0) AS naik,
      sum(kunjungan_ulang) FILTER (WHERE minggu_mulai = ini) AS ulang,
      round(max(tunggu_median_detik) FILTER (WHERE minggu_mulai = ini) / 60, 1) AS tunggu,
      round(max(tunggu_p90_detik) FILTER (WHERE minggu_mulai = ini) / 60.0, 1) AS tunggu90
  FROM ${WEEKLY} CROSS JOIN minggu
  WHERE lokasi = $lokasi AND minggu_mulai BETWEEN ini - INTERVAL '7 days' AND ini
  GROUP BY kode_layanan ORDER BY pengunjung DESC NULLS LAST, nama` },
        { kind: 'table', metric: 'layanan.standar', roles: ANALYSTS,
          title: { id: 'Lama layanan terhadap standar, empat minggu', en: 'Service time against the standard, four weeks' },
          columns: [
            { key: 'nama', title: { id: 'Layanan', en: 'Service' }, kind: 'name' },
            { key: 'standar', title: { id: 'Standar', en: 'Standard' }, kind: 'number', unit: 'menit' },
            { key: 'dalam', title: { id: 'Dalam standar', en: 'Within' }, kind: 'number', unit: 'persen' },
            { key: 'terukur', title: { id: 'Terukur', en: 'Measured' }, kind: 'number', unit: 'bilangan' },
          ],
          sql: `
  SELECT max(l.nama) AS nama, max(l.menit_standar) AS standar,
      round(100.0 * sum(a.dalam_standar) / nullif(sum(a.layanan_terukur), 0), 1) AS dalam, sum(a.layanan_terukur) AS terukur
  FROM mart.antrean_layanan_harian a JOIN ref.layanan l ON l.kode = a.kode_layanan
  WHERE a.lokasi = $lokasi AND a.${lastWeeks(4)} AND l.menit_standar IS NOT NULL
  GROUP BY a.kode_layanan HAVING sum(a.layanan_terukur) > 0 ORDER BY dalam, nama` },
      ],
    },
    {
      title: { id: 'Mengapa kunjungan MPP berubah', en: 'Why visits to the MPP change' },
      filters: [
        { name: 'rumpun', title: { id: 'Rumpun layanan', en: 'Family of services' },
          sql: `SELECT rumpun AS nilai, rumpun AS nama FROM ${MOVED} WHERE ${lastWeeks(26)} GROUP BY rumpun ORDER BY sum(pertama + ulang) DESC` },
      ],
      panels: [
        { kind: 'series', metric: 'layanan.pindah', span: 'seven', unit: 'bilangan', period: 'minggu', masks: 'kerja',
          title: { id: 'Kunjungan di MPP', en: 'Visits at the MPP' },
          note: { id: 'Per minggu, dengan kunjungan ulang di dalamnya, dan urusan serumpun yang dilayani di CPP, kecamatan, desa, dan layanan keliling.',
            en: 'By week, with the repeat visits among them, and matters of the same family served at the CPP, in kecamatan, villages and by outreach teams.' },
          beside: [
            { key: 'ulang', title: { id: 'Kunjungan ulang', en: 'Repeat visits' } },
            { key: 'lain', title: { id: 'Dilayani di tempat lain', en: 'Served elsewhere' } },
          ],
          sql: `
  SELECT minggu_mulai AS tanggal, pertama + ulang AS nilai, ulang, di_tempat_lain AS lain FROM ${MOVED}
  WHERE rumpun = $rumpun AND ${WEEK_IS_OVER} AND ${notFirst('layanan_pindah_kabupaten')} ORDER BY minggu_mulai` },
        { kind: 'why', metric: 'layanan.sebab', span: 'five',
          title: { id: 'Penyebab perubahan terakhir', en: 'What the last change is made of' },
          note: { id: 'Dihitung hub saat kunjungan di luar kebiasaan.', en: 'Worked out by the hub when visits were unusual.' },
          sql: `
  SELECT peringatan_id, nama, mulai, terakhir, status, atribusi FROM mart.alert
  WHERE atribusi LIKE concat('%"rumpun":"', $rumpun, '"%') ORDER BY mulai DESC LIMIT 2` },
        { kind: 'table', metric: 'layanan.pindah.banding',
          title: { id: 'Delapan minggu terakhir dibanding delapan minggu sebelumnya', en: 'The last eight weeks against the eight before' },
          columns: [
            { key: 'rumpun', title: { id: 'Rumpun layanan', en: 'Family of services' }, kind: 'word' },
            { key: 'kunjungan', title: { id: 'Kunjungan MPP', en: 'Visits MPP' }, kind: 'number', unit: 'bilangan' },
            { key: 'naik', title: { id: 'Perubahan', en: 'Change' }, kind: 'change', unit: 'bilangan' },
            { key: 'ulang', title: { id: 'Kunjungan ulang', en: 'Repeat visits' }, kind: 'change', unit: 'bilangan' },
            { key: 'lain', title: { id: 'Dilayani di tempat lain', en: 'Served elsewhere' }, kind: 'change', unit: 'bilangan' },
            { key: 'hari', title: { id: 'Hari buka', en: 'Open days' }, kind: 'change', unit: 'bilangan' },
          ],
          sql: `
  WITH ${twoWeeks('layanan_pindah_kabupaten')},
  dua AS (
      SELECT rumpun, minggu_mulai > ini - INTERVAL '56 days' AS baru, sum(pertama + ulang) AS kunjungan, sum(ulang) AS ulang, sum(di_tempat_lain) AS lain, sum(hari_buka) AS hari
      FROM ${MOVED} CROSS JOIN minggu
      WHERE minggu_mulai BETWEEN ini - INTERVAL '105 days' AND ini
      GROUP BY rumpun, minggu_mulai > ini - INTERVAL '56 days')
  SELECT b.rumpun, b.kunjungan, b.kunjungan - a.kunjungan AS naik, b.ulang - a.ulang AS ulang, b.lain - a.lain AS lain, b.hari - a.hari AS hari
  FROM dua b JOIN dua a ON a.rumpun = b.rumpun AND NOT a.baru
  WHERE b.baru ORDER BY b.kunjungan DESC, b.rumpun` },
      ],
    },
    {
      title: { id: 'Surat desa', en: 'Village letters' },
      panels: [
        { kind: 'map', metric: 'layanan.surat.peta', span: 'five', unit: 'persen', period: 'minggu', sql: lettersMap,
          title: { id: 'Tepat waktu per kecamatan', en: 'On time by kecamatan' } },
        { kind: 'bars', metric: 'layanan.surat.jenis', span: 'seven', unit: 'surat',
          title: { id: 'Jenis surat, dua belas minggu', en: 'Kinds of letters, twelve weeks' },
          sql: `
  SELECT replace(jenis_surat, '_', ' ') AS nama, sum(diajukan) AS nilai FROM ${LETTERS}
  WHERE ${lastWeeks(12)} GROUP BY jenis_surat ORDER BY nilai DESC LIMIT 12` },
        { kind: 'table', metric: 'layanan.pengaduan',
          title: { id: 'Pengaduan per instansi', en: 'Complaints by institution' },
          note: { id: 'Masuk dalam empat minggu terakhir yang sudah lewat.', en: 'Received in the last four weeks that are over.' },
          columns: [
            { key: 'instansi', title: { id: 'Instansi', en: 'Institution' }, kind: 'institution' },
            { key: 'masuk', title: { id: 'Masuk', en: 'Received' }, kind: 'number', unit: 'bilangan' },
            { key: 'terbuka', title: { id: 'Masih terbuka', en: 'Still open' }, kind: 'number', unit: 'bilangan' },
            { key: 'tanggap', title: { id: 'Tanggapan pertama, median', en: 'First answer, median' }, kind: 'number', unit: 'jam' },
          ],
          sql: `
  SELECT kode_instansi AS instansi, sum(masuk) AS masuk, sum(terbuka) AS terbuka, round(median(tanggap_median_jam), 1) AS tanggap
  FROM mart.pengaduan_mingguan WHERE ${lastWeeks(4)}
  GROUP BY kode_instansi ORDER BY masuk DESC NULLS LAST` },
      ],
    },
  ],
};

