import { ANALYSTS } from '../lib/session.svelte';
import type { Board } from './board';
import { TODAY, WEEK_IS_OVER, lastWeeks, notFirst, ofKecamatan, twoWeeks } from './parts';

const WEEKLY = 'mart.kehadiran_kecamatan_mingguan';
/** Weeks in which hardly anybody teaches have rates of few. */
const TAUGHT = 'sum(hari_seharusnya) > 0 AND sum(murid_hari) > 0';

const weekly = (value: string, weeks = 26): string => `
  SELECT minggu_mulai AS periode, ${value} AS nilai
  FROM ${WEEKLY}
  WHERE ${lastWeeks(weeks)}
  GROUP BY minggu_mulai HAVING ${TAUGHT}
  ORDER BY minggu_mulai`;

export const absence = weekly('round(100.0 * sum(tidak_hadir) / sum(murid_hari), 2)');

export const pendidikan: Board = {
  id: 'pendidikan',
  title: { id: 'Pendidikan', en: 'Education' },
  lead: {
    id: 'Ketidakhadiran murid dari laporan harian sekolah. Minggu berjalan dari Minggu sampai Sabtu; laporan yang belum masuk bukan nol.',
    en: 'Absence of pupils from the daily reports of schools. Weeks run from Sunday to Saturday; a report that has not come is not zero.',
  },
  sections: [
    {
      panels: [
        { kind: 'figure', metric: 'pendidikan.tidak_hadir', unit: 'persen', period: 'minggu', better: 'less', sql: absence,
          title: { id: 'Tidak hadir', en: 'Absent' }, note: { id: 'dari hari-murid yang dilaporkan', en: 'of the pupil-days reported' } },
        { kind: 'figure', metric: 'pendidikan.sakit', unit: 'persen', period: 'minggu', better: 'less',
          sql: weekly('round(100.0 * sum(sakit) / sum(murid_hari), 2)'),
          title: { id: 'Sakit', en: 'Ill' }, note: { id: 'dari hari-murid yang dilaporkan', en: 'of the pupil-days reported' } },
        { kind: 'figure', metric: 'pendidikan.lapor', unit: 'persen', period: 'minggu', better: 'more',
          sql: weekly('round(100.0 * sum(hari_lapor) / sum(hari_seharusnya), 1)'),
          title: { id: 'Laporan masuk', en: 'Reports received' }, note: { id: 'dari yang seharusnya', en: 'of those owed' } },
        { kind: 'figure', metric: 'pendidikan.sekolah', unit: 'sekolah', period: 'minggu', better: 'more',
          sql: weekly('sum(sekolah_lapor)'),
          title: { id: 'Sekolah yang melapor', en: 'Schools reporting' } },
      ],
    },
    {
      filters: [{ name: 'kecamatan', title: { id: 'Kecamatan', en: 'Kecamatan' }, places: true, initial: '', all: { id: 'Seluruh kabupaten', en: 'Whole regency' } }],
      panels: [
        { kind: 'series', metric: 'pendidikan.seri', unit: 'persen', period: 'minggu', masks: 'sekolah',
          title: { id: 'Tidak hadir per minggu', en: 'Absent per week' },
          note: { id: 'Libur sekolah diarsir. Minggu yang berjalan belum lengkap dan tidak digambar.', en: 'School breaks are shaded. The present week is not complete and not drawn.' },
          sql: `
  SELECT minggu_mulai AS tanggal, round(100.0 * sum(tidak_hadir) / sum(murid_hari), 2) AS nilai
  FROM ${WEEKLY}
  WHERE ${WEEK_IS_OVER} AND ${notFirst('kehadiran_kecamatan_mingguan')} AND ${ofKecamatan('kode_kecamatan')}
  GROUP BY minggu_mulai HAVING ${TAUGHT}
  ORDER BY minggu_mulai` },
        { kind: 'map', metric: 'pendidikan.peta', unit: 'persen', period: 'minggu',
          title: { id: 'Tidak hadir per kecamatan', en: 'Absent by kecamatan' },
          sql: `
  WITH ${twoWeeks('kehadiran_kecamatan_mingguan')}
  SELECT kode_kecamatan AS kode, persen_tidak_hadir AS nilai, minggu_mulai AS periode
  FROM ${WEEKLY} JOIN minggu ON minggu_mulai = ini
  ORDER BY kode_kecamatan` },
        { kind: 'table', metric: 'pendidikan.kecamatan',
          title: { id: 'Kecamatan: pekan ini dan sebelumnya', en: 'Kecamatan: last week and the one before' },
          note: { id: 'Bandingkan hanya bila laporan yang masuk setara.', en: 'Compare only where the reports received are alike.' },
          columns: [
            { key: 'kode', title: { id: 'Kecamatan', en: 'Kecamatan' }, kind: 'kecamatan' },
            { key: 'ini', title: { id: 'Tidak hadir', en: 'Absent' }, kind: 'number', unit: 'persen' },
            { key: 'naik', title: { id: 'Perubahan', en: 'Change' }, kind: 'change', unit: 'persen' },
            { key: 'sakit', title: { id: 'Sakit', en: 'Ill' }, kind: 'number', unit: 'persen' },
            { key: 'lapor', title: { id: 'Laporan masuk', en: 'Reports received' }, kind: 'number', unit: 'persen' },
          ],
          sql: `
  WITH ${twoWeeks('kehadiran_kecamatan_mingguan')}
  SELECT
      kode_kecamatan AS kode,
      max(persen_tidak_hadir) FILTER (WHERE minggu_mulai = ini) AS ini,
      round(max(persen_tidak_hadir) FILTER (WHERE minggu_mulai = ini) - max(persen_tidak_hadir) FILTER (WHERE minggu_mulai < ini), 2) AS naik,
      max(persen_sakit) FILTER (WHERE minggu_mulai = ini) AS sakit,
      round(max(100.0 * hari_lapor / nullif(hari_seharusnya, 0)) FILTER (WHERE minggu_mulai = ini), 1) AS lapor
  FROM ${WEEKLY} CROSS JOIN minggu
  WHERE minggu_mulai BETWEEN ini - INTERVAL '7 days' AND ini
  GROUP BY kode_kecamatan
  ORDER BY ini DESC NULLS LAST` },
      ],
    },
    {
      title: { id: 'Per sekolah', en: 'By school' },
      filters: [
        { name: 'sekolah', title: { id: 'Sekolah', en: 'School' }, roles: ANALYSTS,
          sql: `
  SELECT npsn AS nilai, max(nama_sekolah) AS nama FROM mart.kehadiran_sekolah_mingguan
  WHERE ${lastWeeks(4)} GROUP BY npsn ORDER BY max(tidak_hadir * 1.0 / nullif(murid_hari, 0)) DESC NULLS LAST, npsn` },
      ],
      panels: [
        { kind: 'series', metric: 'pendidikan.sekolah.indikator', span: 'half', unit: 'murid', period: 'hari', masks: 'sekolah', roles: ANALYSTS,
          title: { id: 'Murid sakit per hari, dengan batas wajar', en: 'Pupils ill per day, with the expected band' },
          note: { id: 'Dari indikator absensi_sekolah.', en: 'From the indicator absensi_sekolah.' },
          sql: `
  SELECT tanggal, nilai, harapan, batas, coalesce(tanda, false) OR coalesce(aturan, false) AS tanda, keparahan
  FROM mart.indikator_absensi_sekolah WHERE unit = $sekolah ORDER BY tanggal` },
        { kind: 'series', metric: 'pendidikan.sekolah.harian', span: 'half', unit: 'murid', period: 'hari', masks: 'sekolah', roles: ANALYSTS,
          title: { id: 'Murid tidak hadir per hari', en: 'Pupils absent per day' },
          sql: `
  SELECT k.tanggal, h.tidak_hadir AS nilai
  FROM mart.kalender k
  LEFT JOIN mart.kehadiran_sekolah_harian h ON h.tanggal = k.tanggal AND h.npsn = $sekolah
  WHERE k.hari_sekolah_5 AND k.tanggal BETWEEN (SELECT min(tanggal) FROM mart.kehadiran_sekolah_harian WHERE npsn = $sekolah) AND ${TODAY}
  ORDER BY k.tanggal` },
        { kind: 'table', metric: 'pendidikan.belum_lapor', roles: ANALYSTS,
          title: { id: 'Laporan yang belum masuk, pekan lalu', en: 'Reports missing last week' },
          columns: [
            { key: 'nama', title: { id: 'Sekolah', en: 'School' }, kind: 'name' },
            { key: 'kode', title: { id: 'Kecamatan', en: 'Kecamatan' }, kind: 'kecamatan' },
            { key: 'kurang', title: { id: 'Hari tanpa laporan', en: 'Days without a report' }, kind: 'number', unit: 'bilangan' },
            { key: 'seharusnya', title: { id: 'Hari sekolah', en: 'School days' }, kind: 'number', unit: 'bilangan' },
          ],
          sql: `
  WITH ${twoWeeks('kehadiran_sekolah_mingguan')}
  SELECT nama_sekolah AS nama, kode_kecamatan AS kode, hari_seharusnya - hari_lapor AS kurang, hari_seharusnya AS seharusnya
  FROM mart.kehadiran_sekolah_mingguan JOIN minggu ON minggu_mulai = ini
  WHERE hari_lapor < hari_seharusnya
  ORDER BY kurang DESC, nama` },
      ],
    },
  ],
};
