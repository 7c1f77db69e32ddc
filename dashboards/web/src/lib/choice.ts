// What is chosen in the filters of a board. It stands in the address.

import type { Filter } from '../boards/board';
import type { Row } from './api';
import { places } from './places.svelte';
import { choose, chosen } from './route.svelte';

export type Options = Record<string, Row[]>;

/** What a filter offers: rows `nilai, nama`. */
export const offered = (filter: Filter, options: Options): Row[] =>
  filter.places ? places.kecamatan.map((one) => ({ nilai: one.kode, nama: one.nama })) : (options[filter.name] ?? []);

/** What is chosen: by the reader, else as the board has it; null as long as nothing can be. */
export function chosenIn(filter: Filter, options: Options): string | null {
  const first = filter.all ? '' : offered(filter, options)[0]?.['nilai'];
  return chosen(filter.name) ?? filter.initial ?? (first === undefined ? null : String(first));
}

/** Where all can be chosen beside something else at first, the address says so. */
export const chooseIn = (filter: Filter, value: string): void => choose(filter.name, value, filter.all ? filter.initial : '');
