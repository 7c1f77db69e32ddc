// A board is data: what is asked, and how it is shown. A new figure is a few lines in one of the files beside this one.

import type { Row } from '../lib/api';
import type { Period } from '../lib/format';
import type { Text } from '../lib/lang.svelte';
import type { Role } from '../lib/session.svelte';
import type { Unit } from '../lib/units';

/** Of a grid of twelve: 4, 5, 6, 7, 8, 12. */
export type Span = 'third' | 'five' | 'half' | 'seven' | 'wide' | 'full';

interface Base {
  /** Names the figures of the panel: `data-metric` begins with it. */
  metric: string;
  title: Text;
  /** One line below the title: what is counted, and what is not. */
  note?: Text;
  /** Read with the reader's session. `$name` is what is chosen in the filter of that name. */
  sql: string;
  /** Who it is for; everybody unless told. */
  roles?: readonly Role[];
  /** How much of the line it takes where there is room. */
  span?: Span;
}

/** A key figure: the last of the rows `periode, nilai`, oldest first, perhaps with `sasaran`; the others are its trend. */
export interface FigurePanel extends Base {
  kind: 'figure';
  unit: Unit;
  period: Period;
  better?: 'more' | 'less';
}

/** A series: rows `tanggal, nilai`, perhaps with `harapan, batas, tanda, keparahan`. */
export interface SeriesPanel extends Base {
  kind: 'series';
  unit: Unit;
  period: Period;
  /** Which days of the calendar are shaded. */
  masks?: 'sekolah' | 'kerja';
  /** Further columns of the same question, drawn as thinner lines. */
  beside?: readonly { key: string; title: Text }[];
}

/** Why a use changed: rows `peringatan_id, nama, mulai, terakhir, status, atribusi`. */
export interface WhyPanel extends Base {
  kind: 'why';
}

/** A map: rows `kode, nilai`, perhaps with `periode`. */
export interface MapPanel extends Base {
  kind: 'map';
  unit: Unit;
  period: Period;
}

export interface Column {
  key: string;
  title: Text;
  kind: 'name' | 'number' | 'change' | 'day' | 'word' | 'kecamatan' | 'institution';
  unit?: Unit;
  /** Words of the hub, as the reader reads them. */
  words?: Readonly<Record<string, Text>>;
  /** Where the name of a row leads. */
  to?: (row: Row) => string | null;
}

export interface TablePanel extends Base {
  kind: 'table';
  columns: readonly Column[];
}

/** Hours of the week: rows `hari_ke` (0 Sunday), `jam`, `nilai`. */
export interface HeatPanel extends Base {
  kind: 'heat';
  unit: Unit;
}

/** Bars, longest first: rows `nama, nilai`. */
export interface BarsPanel extends Base {
  kind: 'bars';
  unit: Unit;
  /** Words of the hub, as the reader reads them. */
  words?: Readonly<Record<string, Text>>;
  /** Where a bar ends that fills its line; the largest value unless told. */
  full?: number;
}

export type Panel = FigurePanel | SeriesPanel | MapPanel | TablePanel | HeatPanel | BarsPanel | WhyPanel;

export interface Filter {
  name: string;
  title: Text;
  /** Rows `nilai, nama`; or the kecamatan. */
  sql?: string;
  places?: true;
  /** Chosen where the reader chose nothing: a value, or the first of the rows. */
  initial?: string;
  /** What "all" is called; without it one has to be chosen. */
  all?: Text;
  roles?: readonly Role[];
}

export interface Section {
  title?: Text;
  filters?: readonly Filter[];
  panels: readonly Panel[];
}

export interface Board {
  id: string;
  title: Text;
  lead: Text;
  sections: readonly Section[];
}

/** All panels of a board that `role` may see. */
export const panelsOf = (board: Board, role: Role): Panel[] =>
  board.sections.flatMap((section) => section.panels).filter((panel) => panel.roles === undefined || panel.roles.includes(role));
