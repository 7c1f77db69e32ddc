// The kecamatan and the institutions: names, where they lie, boundaries where they have been fed. Asked for once.

import { query, type Row } from './api';
import type { Place } from './tiles';

const KECAMATAN = 'SELECT kode, nama, lintang, bujur, batas FROM mart.daftar_kecamatan ORDER BY kode';
const INSTANSI = 'SELECT id, nama FROM mart.daftar_instansi';

export const places = $state<{ kecamatan: Place[]; institutions: Map<string, string>; ready: boolean }>({
  kecamatan: [], institutions: new Map(), ready: false,
});

/** Without the lists the pages stand, with codes instead of names. */
export async function loadPlaces(): Promise<void> {
  const [kecamatan, institutions] = await Promise.all([query(KECAMATAN).catch(() => []), query(INSTANSI).catch(() => [])]);
  places.kecamatan = kecamatan.map(placeOf);
  places.institutions = new Map(institutions.map((row) => [String(row['id']), String(row['nama'])]));
  places.ready = true;
}

const placeOf = (row: Row): Place => ({
  kode: String(row['kode']),
  nama: String(row['nama']),
  lintang: row['lintang'] as number | null,
  bujur: row['bujur'] as number | null,
  batas: row['batas'] as string | null,
});

/** The kecamatan of a code of any level, by name; the code where it has none. */
export const kecamatanOf = (code: string | null): string =>
  code === null ? '' : (places.kecamatan.find((one) => code.startsWith(one.kode))?.nama ?? code);

export const institutionOf = (id: string | null): string => (id === null ? '' : (places.institutions.get(id) ?? id));
