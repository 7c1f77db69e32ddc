// The pages: address, name, view. A new one is a line here.

import type { Component } from 'svelte';
import { BOARDS } from '../boards';
import type { Text } from '../lib/lang.svelte';
import { T } from '../lib/texts';
import Alerts from './Alerts.svelte';
import Arriving from './Arriving.svelte';
import Board from './Board.svelte';
import Overview from './Overview.svelte';
import Report from './Report.svelte';
import Wall from './Wall.svelte';

export interface Page {
  id: string;
  title: Text;
  view: Component;
  /** Without shell and navigation. */
  bare?: boolean;
}

export const PAGES: readonly Page[] = [
  { id: '', title: { id: 'Ringkasan', en: 'Overview' }, view: Overview },
  { id: 'peringatan', title: T.alerts, view: Alerts },
  ...BOARDS.map(({ id, title }) => ({ id, title, view: Board })),
  { id: 'laporan', title: T.report, view: Report },
  { id: 'data-masuk', title: T.arriving, view: Arriving },
];

const WALL: Page = { id: 'dinding', title: T.wall, view: Wall, bare: true };

const BELOW = ['peringatan', 'data-masuk'];

export function pageOf(path: string): Page | undefined {
  if (path === WALL.id) return WALL;
  // Single alerts and receipts have addresses below the page of all of them.
  const [first = ''] = path.split('/');
  return PAGES.find((page) => page.id === first && (path === page.id || BELOW.includes(page.id)));
}
