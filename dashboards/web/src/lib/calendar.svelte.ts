// Days that are no ordinary ones, from the calendar of the hub; asked for once.

import { query, type Row } from './api';
import type { Text } from './lang.svelte';
import { masksOf, type Mask } from './series';
import { T } from './texts';

const SQL = `SELECT tanggal, libur OR cuti_bersama AS libur, ramadan, libur_sekolah, nama_libur FROM mart.kalender
  WHERE libur OR cuti_bersama OR ramadan OR libur_sekolah ORDER BY tanggal`;

export type Calendar = 'sekolah' | 'kerja';

let asked: Promise<Row[]> | null = null;

/** The masks between two days; `sekolah` shades school breaks, `kerja` holidays, both Ramadan. Without a calendar none. */
export async function masks(kind: Calendar, from: string, to: string): Promise<Mask[]> {
  asked ??= query(SQL).catch(() => { asked = null; return []; });
  const days = (await asked).filter((row) => String(row['tanggal']) >= from && String(row['tanggal']) <= to);
  const of = (kind: Mask['kind'], is: (row: Row) => boolean, label: Text): Mask[] =>
    masksOf(days.filter(is).map((row) => ({ date: String(row['tanggal']), kind, label })));
  return [
    ...of('ramadan', (row) => row['ramadan'] === true, T.ramadan),
    ...(kind === 'sekolah' ? of('sekolah', (row) => row['libur_sekolah'] === true, T.schoolBreak) : of('libur', (row) => row['libur'] === true, T.holiday)),
  ];
}
