import { describe, expect, it } from 'vitest';
import { scale } from './scale';
import { drawing, rings } from './shapes';
import { tiles, type Place } from './tiles';

const place = (kode: string, lintang: number | null, bujur: number | null, batas: string | null = null): Place => ({ kode, nama: kode, lintang, bujur, batas });

const REGENCY = [
  ['01', -8.23, 111.457], ['02', -8.296, 111.578], ['03', -8.117, 111.539], ['04', -8.203, 111.565], ['05', -8.032, 111.636],
  ['06', -8.08, 111.672], ['07', -8.201, 111.651], ['08', -8.274, 111.703], ['09', -7.949, 111.711], ['10', -8.133, 111.711],
  ['11', -8.033, 111.722], ['12', -8.085, 111.753], ['13', -8.099, 111.802], ['14', -8.115, 111.619],
].map(([kode, lintang, bujur]) => place(kode as string, lintang as number, bujur as number));

describe('a map of squares', () => {
  it('gives every region a square of its own, the same every time', () => {
    const found = tiles(REGENCY);
    expect(new Set(found.map((one) => `${one.column} ${one.row}`)).size).toBe(14);
    expect(tiles(REGENCY.toReversed())).toEqual(found);
    expect(Math.min(...found.map((one) => one.column))).toBe(0);
    expect(Math.min(...found.map((one) => one.row))).toBe(0);
  });

  it('keeps the outermost regions on their sides', () => {
    const at = new Map(tiles(REGENCY).map((one) => [one.kode, one]));
    const [west, east, north, south] = ['01', '13', '09', '02'].map((kode) => at.get(kode));
    for (const one of at.values()) {
      expect(one.column).toBeGreaterThanOrEqual(west?.column ?? 99);
      expect(one.column).toBeLessThanOrEqual(east?.column ?? -1);
      expect(one.row).toBeGreaterThanOrEqual(north?.row ?? 99);
      expect(one.row).toBeLessThanOrEqual(south?.row ?? -1);
    }
  });

  it('stands without centroids, too', () => {
    expect(tiles([])).toEqual([]);
    expect(tiles([place('b', null, null), place('a', null, null)])).toHaveLength(2);
    const mixed = tiles([place('a', -8, 111), place('b', null, null)]);
    expect(mixed.map((one) => one.kode).toSorted()).toEqual(['a', 'b']);
  });
});

describe('a map of boundaries', () => {
  const square = (west: number): string => JSON.stringify({ type: 'Polygon', coordinates: [[[west, -8], [west + 1, -8], [west + 1, -7], [west, -7], [west, -8]]] });

  it('is drawn where every region has one', () => {
    const found = drawing([place('a', null, null, square(111)), place('b', null, null, square(112))]);
    expect(found?.shapes.map((one) => one.kode)).toEqual(['a', 'b']);
    expect(found?.width).toBe(1000);
    // One degree north is as high as it is wide, but for the latitude.
    expect(found?.height).toBeCloseTo(500 / Math.cos((7.5 * Math.PI) / 180), 3);
    expect(found?.shapes[0]?.x).toBeCloseTo(250, 3);
    expect(found?.shapes[1]?.x).toBeCloseTo(750, 3);
  });

  it('is not drawn by halves', () => {
    expect(drawing([place('a', null, null, square(111)), place('b', -8, 111)])).toBeNull();
    expect(drawing([])).toBeNull();
    for (const text of [null, '', '{', '{"type":"Point","coordinates":[1,2]}']) expect(rings(text)).toEqual([]);
  });
});

describe('the colours of a map', () => {
  it('are five steps of equal counts', () => {
    const { step } = scale([1, 2, 3, 4, 5, 6, 7, 8, 9, 1000]);
    expect([1, 3, 5, 7, 1000].map(step)).toEqual([0, 1, 2, 3, 4]);
    expect(step(null)).toBeNull();
    expect(step(undefined)).toBeNull();
  });

  it('say nothing where all is alike', () => {
    const { step, cuts } = scale([5, 5, 5]);
    expect(cuts).toEqual([]);
    expect(step(5)).toBe(2);
    expect(scale([]).step(1)).toBe(2);
  });
});
