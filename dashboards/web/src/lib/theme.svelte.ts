// Light or dark: as the system has it, until the reader chooses.

import { recall, remember } from './store';

export type Theme = 'light' | 'dark';

const system = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-color-scheme: dark)');
const chosen = (): Theme | null => (recall('tema') as Theme | null) ?? null;
const wanted = (): Theme => chosen() ?? (system?.matches ? 'dark' : 'light');

export const theme = $state<{ now: Theme }>({ now: 'light' });

export function paint(): void {
  theme.now = wanted();
  document.documentElement.dataset['theme'] = theme.now;
}

export function turn(): void {
  remember('tema', theme.now === 'dark' ? 'light' : 'dark');
  paint();
}

system?.addEventListener('change', paint);
