import { ANALYSTS } from '../lib/session.svelte';
import type { Board } from './board';
import { WEEK_IS_OVER, lastWeeks, notFirst, ofKecamatan, twoWeeks } from './parts';

const WEEKLY = 'mart.skdr_kecamatan_mingguan';
/** The report where there is one, else the visits. Withheld counts (1 to 4) stay out of sums. */
const CASES = 'coalesce(kasus_laporan, kasus_kunjungan)';

const disease = (slug: string, weeks = 26): string => `
  SELECT minggu_mulai AS periode, sum(${CASES}) AS nilai
  FROM ${WEEKLY}
  WHERE slug = '${slug}' AND ${lastWeeks(weeks)}
  GROUP BY minggu_mulai ORDER BY minggu_mulai`;

export const visits = `
  SELECT minggu_mulai AS periode, sum(kunjungan) AS nilai
  FROM ${WEEKLY}
  WHERE slug = 'total' AND ${lastWeeks(26)}
  GROUP BY minggu_mulai ORDER BY minggu_mulai`;

/** Words for the slugs that the board names; others are shown as they are. */
export const PENYAKIT = {
  diare_akut: { id: 'Diare akut', en: 'Acute diarrhoea' },
  ispa: { id: 'ISPA', en: 'Acute respiratory infection' },
  ili: { id: 'ILI (mirip influenza)', en: 'ILI (influenza-like)' },
  pneumonia: { id: 'Pneumonia', en: 'Pneumonia' },
  suspek_dengue: { id: 'Suspek dengue', en: 'Suspected dengue' },
  suspek_demam_tifoid: { id: 'Suspek demam tifoid', en: 'Suspected typhoid' },
  campak: { id: 'Suspek campak', en: 'Suspected measles' },
  varisela: { id: 'Varisela', en: 'Chickenpox' },
  keracunan_pangan: { id: 'Keracunan pangan', en: 'Food poisoning' },
  disentri: { id: 'Diare berdarah', en: 'Bloody diarrhoea' },
  hfmd: { id: 'Suspek HFMD', en: 'Suspected HFMD' },
  gigitan_hpr: { id: 'Gigitan hewan penular rabies', en: 'Bites (rabies risk)' },
  konjungtivitis: { id: 'Konjungtivitis', en: 'Conjunctivitis' },
  parotitis: { id: 'Gondongan', en: 'Mumps' },
} as const;

export const kesehatan: Board = {
  id: 'kesehatan',
  title: { id: 'Kesehatan', en: 'Health' },
  lead: {
    id: 'Kunjungan puskesmas dan penyakit kewaspadaan dini per minggu epidemiologi. Angka 1 sampai 4 per kecamatan tidak ditampilkan.',
    en: 'Visits to health centres and diseases under early warning by epidemiological week. Counts of 1 to 4 per kecamatan are withheld.',
  },
  sections: [
    {
      panels: [
        { kind: 'figure', metric: 'kesehatan.kunjungan', unit: 'kunjungan', period: 'minggu', sql: visits,
          title: { id: 'Kunjungan puskesmas', en: 'Health centre visits' } },
        { kind: 'figure', metric: 'kesehatan.ispa', unit: 'kasus', period: 'minggu', better: 'less', sql: disease('ispa'), title: PENYAKIT.ispa },
        { kind: 'figure', metric: 'kesehatan.diare', unit: 'kasus', period: 'minggu', better: 'less', sql: disease('diare_akut'), title: PENYAKIT.diare_akut },
        { kind: 'figure', metric: 'kesehatan.lapor', unit: 'persen', period: 'minggu', better: 'more',
          title: { id: 'Puskesmas yang mengirim', en: 'Health centres that sent' },
          note: { id: 'dibanding minggu terbanyak', en: 'against the week with most' },
          sql: `
  WITH per AS (
      SELECT minggu_mulai, sum(puskesmas_kunjungan) AS n FROM ${WEEKLY} WHERE slug = 'total' AND ${lastWeeks(26)} GROUP BY minggu_mulai)
  SELECT minggu_mulai AS periode, round(100.0 * n / (SELECT max(n) FROM per), 1) AS nilai FROM per ORDER BY minggu_mulai` },
      ],
    },
    {
      filters: [
        { name: 'penyakit', title: { id: 'Penyakit', en: 'Disease' }, initial: 'ispa',
          sql: `SELECT slug AS nilai, slug AS nama FROM ${WEEKLY} WHERE slug <> 'total' AND ${lastWeeks(52)} GROUP BY slug HAVING sum(${CASES}) > 0 ORDER BY sum(${CASES}) DESC` },
        { name: 'kecamatan', title: { id: 'Kecamatan', en: 'Kecamatan' }, places: true, initial: '', all: { id: 'Seluruh kabupaten', en: 'Whole regency' } },
      ],
      panels: [
        { kind: 'series', metric: 'kesehatan.seri', unit: 'kasus', period: 'minggu', masks: 'kerja',
          title: { id: 'Kasus per minggu', en: 'Cases per week' },
          sql: `
  SELECT minggu_mulai AS tanggal, sum(${CASES}) AS nilai
  FROM ${WEEKLY}
  WHERE slug = $penyakit AND ${WEEK_IS_OVER} AND ${notFirst('skdr_kecamatan_mingguan')} AND ${ofKecamatan('kode_kecamatan')}
  GROUP BY minggu_mulai ORDER BY minggu_mulai` },
        { kind: 'map', metric: 'kesehatan.peta', unit: 'kasus', period: 'minggu',
          title: { id: 'Kasus per kecamatan', en: 'Cases by kecamatan' },
          sql: `
  WITH ${twoWeeks('skdr_kecamatan_mingguan')}
  SELECT kode_kecamatan AS kode, ${CASES} AS nilai, minggu_mulai AS periode
  FROM ${WEEKLY} JOIN minggu ON minggu_mulai = ini
  WHERE slug = $penyakit ORDER BY kode_kecamatan` },
        { kind: 'table', metric: 'kesehatan.penyakit',
          title: { id: 'Penyakit: pekan ini dibanding biasanya', en: 'Diseases: last week against the usual' },
          note: { id: 'Biasanya: rata-rata delapan minggu sebelumnya.', en: 'Usual: the mean of the eight weeks before.' },
          columns: [
            { key: 'slug', title: { id: 'Penyakit', en: 'Disease' }, kind: 'word', words: PENYAKIT },
            { key: 'ini', title: { id: 'Pekan ini', en: 'Last week' }, kind: 'number', unit: 'kasus' },
            { key: 'biasa', title: { id: 'Biasanya', en: 'Usual' }, kind: 'number', unit: 'rata' },
            { key: 'rasio', title: { id: 'Kali lipat', en: 'Times' }, kind: 'number', unit: 'nilai' },
          ],
          sql: `
  WITH ${twoWeeks('skdr_kecamatan_mingguan')},
  per AS (
      SELECT slug, minggu_mulai, max(ini) AS ini, sum(${CASES}) AS n
      FROM ${WEEKLY} CROSS JOIN minggu
      WHERE slug <> 'total' AND minggu_mulai BETWEEN ini - INTERVAL '56 days' AND ini
      GROUP BY slug, minggu_mulai),
  dua AS (
      SELECT slug, max(n) FILTER (WHERE minggu_mulai = ini) AS ini, avg(n) FILTER (WHERE minggu_mulai < ini) AS biasa
      FROM per GROUP BY slug)
  SELECT slug, ini, round(biasa, 1) AS biasa, round(ini / nullif(biasa, 0), 2) AS rasio
  FROM dua WHERE ini > 0 OR biasa > 0 ORDER BY ini DESC NULLS LAST, slug` },
      ],
    },
    {
      title: { id: 'Per puskesmas', en: 'By health centre' },
      filters: [
        { name: 'puskesmas', title: { id: 'Puskesmas', en: 'Health centre' }, roles: ANALYSTS,
          sql: `SELECT kode AS nilai, nama FROM ref.faskes WHERE jenis = 'puskesmas' AND aktif ORDER BY kode` },
      ],
      panels: [
        { kind: 'series', metric: 'kesehatan.puskesmas.indikator', span: 'half', unit: 'kasus', period: 'minggu', masks: 'kerja', roles: ANALYSTS,
          title: { id: 'Kasus per minggu, dengan batas wajar', en: 'Cases per week, with the expected band' },
          note: { id: 'Penyakit yang dipilih di atas; dari indikator skdr_mingguan.', en: 'The disease chosen above; from the indicator skdr_mingguan.' },
          sql: `
  SELECT tanggal, nilai, harapan, batas, coalesce(tanda, false) OR coalesce(aturan, false) AS tanda, keparahan
  FROM mart.indikator_skdr_mingguan WHERE unit = concat($puskesmas, '/', $penyakit) ORDER BY tanggal` },
        { kind: 'series', metric: 'kesehatan.puskesmas.harian', span: 'half', unit: 'kunjungan', period: 'hari', masks: 'kerja', roles: ANALYSTS,
          title: { id: 'Kunjungan per hari', en: 'Visits per day' },
          sql: `
  SELECT tanggal, kunjungan AS nilai FROM mart.kunjungan_puskesmas_harian
  WHERE kode_faskes = $puskesmas AND slug = 'total' ORDER BY tanggal` },
        { kind: 'table', metric: 'kesehatan.belum_lapor', roles: ANALYSTS,
          title: { id: 'Laporan mingguan yang belum masuk', en: 'Weekly reports missing' }, note: { id: 'Formulir W2, minggu terakhir yang sudah lewat.', en: 'Form W2, the last week that is over.' },
          columns: [
            { key: 'nama', title: { id: 'Puskesmas', en: 'Health centre' }, kind: 'name' },
            { key: 'kode', title: { id: 'Kecamatan', en: 'Kecamatan' }, kind: 'kecamatan' },
            { key: 'kunjungan', title: { id: 'Kunjungan pekan itu', en: 'Visits of the week' }, kind: 'number', unit: 'bilangan' },
          ],
          sql: `
  WITH ${twoWeeks('skdr_mingguan')}
  SELECT f.nama, s.kode_kecamatan AS kode, max(s.kunjungan) FILTER (WHERE s.slug = 'total') AS kunjungan
  FROM mart.skdr_mingguan s JOIN minggu ON s.minggu_mulai = ini JOIN ref.faskes f ON f.kode = s.kode_faskes
  GROUP BY f.nama, s.kode_kecamatan HAVING max(s.kasus_laporan) IS NULL ORDER BY f.nama` },
      ],
    },
  ],
};
