import { describe, expect, it } from 'vitest';
import { tablesOf } from '../lib/api';
import { BOARDS } from '.';
import { panelsOf, type Panel } from './board';
import { maps, ringkasan } from './ringkasan';

const ALL = [...BOARDS, ringkasan];
const panels: Panel[] = [...ALL.flatMap((board) => board.sections.flatMap((section) => section.panels)), ...maps];

describe('boards', () => {
  it('name every figure once', () => {
    const names = panels.map((panel) => panel.metric);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z_]+(\.[a-z_]+)+$/);
  });

  it('only read, and read no table of rows of agencies', () => {
    for (const panel of panels) {
      expect(panel.sql.trim(), panel.metric).toMatch(/^(SELECT|WITH)\b/);
      expect(panel.sql, panel.metric).not.toMatch(/\b(data|history|quarantine)\./);
      expect(tablesOf(panel.sql).length, panel.metric).toBeGreaterThan(0);
    }
  });

  it('ask for nothing that no filter of theirs gives', () => {
    for (const board of ALL) {
      const given = new Set(board.sections.flatMap((section) => section.filters ?? []).map((filter) => filter.name));
      for (const panel of board.sections.flatMap((section) => section.panels)) {
        for (const [, name] of panel.sql.matchAll(/\$([a-z]+)\b/g)) expect(given.has(name ?? ''), `${panel.metric}: $${name}`).toBe(true);
      }
    }
  });

  it('show the columns that their questions give', () => {
    for (const panel of panels) {
      const wanted = { figure: ['periode', 'nilai'], series: ['tanggal', 'nilai'], map: ['kode', 'nilai'], heat: ['hari_ke', 'jam', 'nilai'], bars: ['nama', 'nilai'], why: ['peringatan_id', 'nama', 'mulai', 'terakhir', 'status', 'atribusi'], table: [] }[panel.kind];
      const columns = panel.kind === 'table' ? panel.columns.map((column) => column.key) : wanted;
      for (const column of columns) expect(panel.sql, `${panel.metric} ${column}`).toMatch(new RegExp(`\\b${column}\\b`));
    }
  });

  it('have something for those who see sums only', () => {
    for (const board of ALL) {
      const open = panelsOf(board, 'pimpinan');
      expect(open.length, board.id).toBeGreaterThan(3);
      for (const panel of open) expect(panel.sql, panel.metric).not.toMatch(/\bref\.|_sekolah_|_puskesmas_|kelengkapan_instansi/);
    }
  });
});
