// Units of figures: how many decimals, and the words behind the number.

import type { Text } from './lang.svelte';

interface Measure {
  digits: number;
  /** Behind the number; a percent sign stands close. */
  sign: Text;
  close?: boolean;
}

const plain = (id: string, en: string, digits = 0): Measure => ({ digits, sign: { id, en } });

export const UNITS = {
  persen: { digits: 1, sign: { id: '%', en: '%' }, close: true },
  poin: plain('poin', 'points', 1),
  murid: plain('murid', 'pupils'),
  orang: plain('orang', 'people'),
  kasus: plain('kasus', 'cases'),
  kunjungan: plain('kunjungan', 'visits'),
  pengunjung: plain('pengunjung', 'visitors'),
  tiket: plain('tiket', 'tickets'),
  surat: plain('surat', 'letters'),
  laporan: plain('laporan', 'reports'),
  pengaduan: plain('pengaduan', 'complaints'),
  sekolah: plain('sekolah', 'schools'),
  unit: plain('unit', 'units'),
  baris: plain('baris', 'rows'),
  hari: plain('hari', 'days'),
  menit: plain('menit', 'min', 1),
  jam: plain('jam', 'h', 1),
  indeks: plain('', '', 2),
  bintang: plain('dari 5', 'of 5', 2),
  bilangan: plain('', ''),
  nilai: plain('', '', 2),
  rata: plain('', '', 1),
} as const satisfies Record<string, Measure>;

export type Unit = keyof typeof UNITS;
