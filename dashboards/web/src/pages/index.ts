// The pages: address, name, view. A new one is a line here.

import type { Component } from 'svelte';
import type { Text } from '../lib/lang.svelte';
import { site } from '../lib/site.svelte';
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

/** Read anew wherever it is shown: boards of the site come and go. */
export const pages = (): readonly Page[] => [
  { id: '', title: { id: 'Ringkasan', en: 'Overview' }, view: Overview },
  { id: 'peringatan', title: T.alerts, view: Alerts },
  ...site.boards.map(({ id, title }) => ({ id, title, view: Board })),
  { id: 'laporan', title: T.report, view: Report },
  { id: 'data-masuk', title: T.arriving, view: Arriving },
];

const WALL: Page = { id: 'dinding', title: T.wall, view: Wall, bare: true };

const BELOW = ['peringatan', 'data-masuk'];

export function pageOf(path: string): Page | undefined {
  if (path === WALL.id) return WALL;
  // Single alerts and receipts have addresses below the page of all of them.
  const [first = ''] = path.split('/');
  return pages().find((page) => page.id === first && (path === page.id || BELOW.includes(page.id)));
}
