import type { Board } from './board';
import { MONTH_IS_OVER } from './parts';

const MONTHLY = 'mart.skm_unit_bulanan';
const RATINGS = 'mart.penilaian_unit_bulanan';
const LAST = `(SELECT max(bulan) FROM ${MONTHLY} WHERE ${MONTH_IS_OVER})`;

const MUTU = {
  A: { id: 'A · sangat baik', en: 'A · very good' },
  B: { id: 'B · baik', en: 'B · good' },
  C: { id: 'C · kurang baik', en: 'C · less good' },
  D: { id: 'D · tidak baik', en: 'D · not good' },
} as const;

const UNSUR = {
  persyaratan: { id: 'persyaratan', en: 'requirements' },
  prosedur: { id: 'prosedur', en: 'procedure' },
  waktu: { id: 'waktu', en: 'time' },
  biaya: { id: 'biaya', en: 'cost' },
  produk: { id: 'produk', en: 'product' },
  kompetensi: { id: 'kompetensi', en: 'competence' },
  perilaku: { id: 'perilaku', en: 'conduct' },
  pengaduan: { id: 'pengaduan', en: 'complaints' },
  sarana: { id: 'sarana', en: 'facilities' },
} as const;

const ELEMENTS = Object.keys(UNSUR);

const monthly = (value: string): string => `
  SELECT bulan AS periode, ${value} AS nilai FROM ${MONTHLY}
  WHERE ${MONTH_IS_OVER} GROUP BY bulan ORDER BY bulan`;

export const satisfaction = monthly('round(sum(ikm_eksak * n) / nullif(sum(n) FILTER (WHERE ikm_eksak IS NOT NULL), 0), 2)');

export const kepuasan: Board = {
  id: 'kepuasan',
  title: { id: 'Kepuasan', en: 'Satisfaction' },
  lead: {
    id: 'Indeks Kepuasan Masyarakat (PermenPAN-RB 14/2017) dan penilaian bintang per unit layanan.',
    en: 'The public satisfaction index (PermenPAN-RB 14/2017) and star ratings of service units.',
  },
  sections: [
    {
      panels: [
        { kind: 'figure', metric: 'kepuasan.ikm', unit: 'indeks', period: 'bulan', better: 'more', sql: satisfaction,
          title: { id: 'IKM kabupaten', en: 'Index of the regency' }, note: { id: 'ditimbang jumlah jawaban', en: 'weighted by answers' } },
        { kind: 'figure', metric: 'kepuasan.cukup', unit: 'persen', period: 'bulan', better: 'more',
          sql: monthly('round(100.0 * count(*) FILTER (WHERE sampel_cukup) / count(*), 1)'),
          title: { id: 'Unit dengan sampel cukup', en: 'Units with enough answers' } },
        { kind: 'figure', metric: 'kepuasan.jawaban', unit: 'orang', period: 'bulan', better: 'more', sql: monthly('sum(n)'),
          title: { id: 'Penjawab survei', en: 'Survey answers' } },
        { kind: 'figure', metric: 'kepuasan.bintang', unit: 'bintang', period: 'bulan', better: 'more',
          title: { id: 'Penilaian bintang', en: 'Star rating' },
          sql: `SELECT bulan AS periode, round(max(rata_semua), 2) AS nilai FROM ${RATINGS} WHERE ${MONTH_IS_OVER} GROUP BY bulan ORDER BY bulan` },
      ],
    },
    {
      panels: [
        { kind: 'table', metric: 'kepuasan.unit', span: 'seven',
          title: { id: 'IKM per unit', en: 'Index by unit' },
          note: { id: 'Bulan terakhir yang lengkap. Di bawah lima jawaban nilai tidak ditampilkan.', en: 'The last whole month. With fewer than five answers nothing is shown.' },
          columns: [
            { key: 'instansi', title: { id: 'Unit', en: 'Unit' }, kind: 'institution' },
            { key: 'ikm', title: { id: 'IKM', en: 'Index' }, kind: 'number', unit: 'indeks' },
            { key: 'mutu', title: { id: 'Mutu', en: 'Class' }, kind: 'word', words: MUTU },
            { key: 'n', title: { id: 'Jawaban', en: 'Answers' }, kind: 'number', unit: 'bilangan' },
            { key: 'minimal', title: { id: 'Sampel minimal', en: 'Wanted' }, kind: 'number', unit: 'bilangan' },
            { key: 'terendah', title: { id: 'Unsur terendah', en: 'Weakest element' }, kind: 'word', words: UNSUR },
          ],
          sql: `
  SELECT kode_instansi AS instansi, ikm, mutu, n, sampel_minimal AS minimal, unsur_terendah AS terendah
  FROM ${MONTHLY} WHERE bulan = ${LAST} ORDER BY ikm DESC NULLS LAST, kode_instansi` },
        { kind: 'bars', metric: 'kepuasan.unsur', span: 'five', unit: 'nilai', words: UNSUR, full: 4,
          title: { id: 'Sembilan unsur', en: 'Nine elements' },
          note: { id: 'Nilai rata-rata 1 sampai 4, ditimbang jumlah jawaban, bulan terakhir yang lengkap.', en: 'Mean score 1 to 4, weighted by answers, the last whole month.' },
          sql: ELEMENTS.map((name) => `
  SELECT '${name}' AS nama, round(sum(nrr_${name} * n) / nullif(sum(n) FILTER (WHERE nrr_${name} IS NOT NULL), 0), 2) AS nilai
  FROM ${MONTHLY} WHERE bulan = ${LAST}`).join(' UNION ALL ').concat(' ORDER BY nilai DESC NULLS LAST, nama') },
        { kind: 'table', metric: 'kepuasan.bintang.unit',
          title: { id: 'Papan penilaian per instansi', en: 'Rating board by institution' },
          note: { id: 'Nilai terbit menarik jumlah kecil ke rata-rata semua; di bawah 30 penilaian belum cukup.', en: 'The published value draws small numbers to the mean of all; below 30 ratings it is not enough.' },
          columns: [
            { key: 'instansi', title: { id: 'Instansi', en: 'Institution' }, kind: 'institution' },
            { key: 'terbit', title: { id: 'Nilai terbit', en: 'Published' }, kind: 'number', unit: 'nilai' },
            { key: 'rata', title: { id: 'Rata-rata', en: 'Mean' }, kind: 'number', unit: 'nilai' },
            { key: 'n', title: { id: 'Penilaian', en: 'Ratings' }, kind: 'number', unit: 'bilangan' },
            { key: 'status', title: { id: 'Status', en: 'Status' }, kind: 'word', words: { belum_cukup: { id: 'belum cukup', en: 'not enough' }, cukup: { id: 'cukup', en: 'enough' } } },
          ],
          sql: `
  SELECT kode_instansi AS instansi, round(penilaian_terbit, 2) AS terbit, round(rata, 2) AS rata, n, status
  FROM ${RATINGS} WHERE bulan = (SELECT max(bulan) FROM ${RATINGS} WHERE ${MONTH_IS_OVER}) ORDER BY terbit DESC NULLS LAST, kode_instansi` },
      ],
    },
  ],
};
