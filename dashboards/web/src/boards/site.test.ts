import { describe, expect, it } from 'vitest';
import type { Board } from './board';
import { known, merged } from './site';

const text = { id: 'teks', en: 'text' };
const board = (id: string, panels: unknown[] = []): Board => ({ id, title: text, lead: text, sections: [{ panels }] }) as unknown as Board;
const shown = (panel: object): boolean => known([board('pasar', [{ metric: 'pasar.harga', title: text, sql: 'SELECT 1', ...panel }])])[0]?.sections[0]?.panels.length === 1;

describe('boards of a site', () => {
  it('show what the application knows', () => {
    expect(shown({ kind: 'series', unit: 'kasus', period: 'minggu' })).toBe(true);
    expect(shown({ kind: 'bars', unit: 'nilai' })).toBe(true);
    expect(shown({ kind: 'table', columns: [{ key: 'nama', title: text, kind: 'name' }, { key: 'n', title: text, kind: 'number', unit: 'persen' }] })).toBe(true);
  });

  it('leave out a panel whose kind, unit or period it does not know', () => {
    expect(shown({ kind: 'pie', unit: 'kasus' })).toBe(false);
    expect(shown({ kind: 'figure', unit: 'rupiah', period: 'minggu' })).toBe(false);
    expect(shown({ kind: 'figure', unit: 'toString', period: 'minggu' })).toBe(false);
    expect(shown({ kind: 'map', unit: 'kasus', period: 'windu' })).toBe(false);
    expect(shown({ kind: 'table', columns: [{ key: 'n', title: text, kind: 'spark' }] })).toBe(false);
    expect(shown({ kind: 'table', columns: [{ key: 'n', title: text, kind: 'number', unit: 'rupiah' }] })).toBe(false);
  });

  it('stand in place of a shipped one with their id, or after all of them', () => {
    const own = [board('pasar'), board('b'), board('air')];
    const all = merged([board('a'), board('b'), board('c')], own);
    expect(all.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'pasar', 'air']);
    expect(all[1]).toBe(own[1]);
  });
});
