// Boards of a site, as the hub gives them: what this application does not know is left out here, and nowhere else looked at.

import type { Period } from '../lib/format';
import { UNITS } from '../lib/units';
import type { Board, Column, Panel } from './board';

const PERIODS: Record<Period, true> = { hari: true, minggu: true, bulan: true, triwulan: true, tahun: true };
const CELLS: Record<Column['kind'], true> = { name: true, number: true, change: true, day: true, word: true, kecamatan: true, institution: true };

/** A hub that is newer than the page may know more. */
function isKnown(panel: Panel): boolean {
  switch (panel.kind) {
    case 'figure':
    case 'series':
    case 'map':
      return Object.hasOwn(UNITS, panel.unit) && Object.hasOwn(PERIODS, panel.period);
    case 'heat':
    case 'bars':
      return Object.hasOwn(UNITS, panel.unit);
    case 'table':
      return panel.columns.every(({ kind, unit }) => Object.hasOwn(CELLS, kind) && (unit === undefined || Object.hasOwn(UNITS, unit)));
    case 'why':
      return true;
    default:
      return false;
  }
}

/** The boards without the panels that cannot be shown. */
export const known = (boards: readonly Board[]): Board[] => boards.map((board) => ({
  ...board, sections: board.sections.map((section) => ({ ...section, panels: section.panels.filter(isKnown) })),
}));

/** The shipped boards with those of the site: in place of the one with the same id, or after all of them. */
export const merged = (shipped: readonly Board[], own: readonly Board[]): Board[] => [
  ...shipped.map((board) => own.find((one) => one.id === board.id) ?? board),
  ...own.filter((one) => !shipped.some((board) => board.id === one.id)),
];
