import { describe, expect, it } from 'vitest';
import { csv, found, sorted } from './table';

const rows = [{ nama: 'SD 10', n: 2 }, { nama: 'SD 9', n: null }, { nama: 'SMP 1', n: 7.5 }];

describe('tables', () => {
  it('sort with what is not known last, either way', () => {
    expect(sorted(rows, { key: 'n', down: true }).map((row) => row['n'])).toEqual([7.5, 2, null]);
    expect(sorted(rows, { key: 'n', down: false }).map((row) => row['n'])).toEqual([2, 7.5, null]);
    expect(sorted(rows, { key: 'nama', down: false }).map((row) => row['nama'])).toEqual(['SD 9', 'SD 10', 'SMP 1']);
    expect(sorted(rows, null)).toEqual(rows);
  });

  it('find every word in any order', () => {
    expect(found(rows, ['nama'], ' 1 smp').map((row) => row['nama'])).toEqual(['SMP 1']);
    expect(found(rows, ['nama'], '')).toHaveLength(3);
    expect(found(rows, ['nama'], '7,5')).toHaveLength(0);
  });

  it('are taken along as a spreadsheet of the language reads them, and computes nothing', () => {
    const text = csv([{ a: 'x;"y"', b: 1.5 }, { a: '=1+1', b: null }, { a: '-2', b: -2 }], [{ key: 'a', title: 'A' }, { key: 'b', title: 'B' }], true);
    expect(text).toBe('\ufeffA;B\r\n"x;""y""";1,5\r\n\'=1+1;\r\n\'-2;-2\r\n');
    expect(csv([{ a: 1.5 }], [{ key: 'a', title: 'A' }], false)).toContain('1.5');
  });
});
