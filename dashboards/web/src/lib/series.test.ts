import { describe, expect, it } from 'vitest';
import type { Text } from './lang.svelte';
import { masksOf, seriesOption, type Colours, type Point } from './series';
import { sparkPath } from './spark';

const colours: Colours = { line: '#000', band: '#111', bound: '#222', ink: '#333', soft: '#444', grid: '#555', mask: '#666', others: ['#777', '#888'], severity: { kritis: '#a', tinggi: '#b', sedang: '#c', info: '#d' } };
const words = { axis: String, day: String };
const option = (points: Point[]): { series: { name: string; data: [number, number | null][]; sampling?: string; connectNulls?: boolean }[]; dataZoom: unknown[] } => seriesOption(points, [], colours, words) as never;
const of = (points: Point[], name: string): [number, number | null][] => option(points).series.find((one) => one.name === name)?.data ?? [];

describe('a series', () => {
  it('leaves a gap where a report is missing', () => {
    const points = [{ date: '2026-01-01', value: 1 }, { date: '2026-01-02', value: null }, { date: '2026-01-03', value: 0 }];
    expect(of(points, 'value').map(([, value]) => value)).toEqual([1, null, 0]);
    expect(option(points).series.every((one) => !one.connectNulls)).toBe(true);
  });

  it('has its band between what is expected and the bound, on either side', () => {
    const rise = [{ date: '2026-01-01', value: 9, expected: 4, upper: 7 }];
    const fall = [{ date: '2026-01-01', value: 1, expected: 4, upper: 2 }];
    expect([of(rise, 'floor'), of(rise, 'band')].map((one) => one[0]?.[1])).toEqual([4, 3]);
    expect([of(fall, 'floor'), of(fall, 'band')].map((one) => one[0]?.[1])).toEqual([2, 2]);
    expect(of([{ date: '2026-01-01', value: 9 }], 'band')).toEqual([]);
  });

  it('marks what is flagged, by shape as well as by colour', () => {
    const points: Point[] = ['kritis', 'tinggi', 'sedang', 'info'].map((severity, index) => ({ date: `2026-01-0${index + 1}`, value: 5, flag: true, severity }));
    const flags = (option([...points, { date: '2026-01-09', value: 2 }, { date: '2026-01-10', value: null, flag: true }]).series.find((one) => one.name === 'flag')?.data ?? []) as unknown as { symbol: string }[];
    expect(flags).toHaveLength(4);
    expect(new Set(flags.map((one) => one.symbol)).size).toBe(4);
  });

  it('of many points is thinned for drawing only, and can be zoomed', () => {
    const points = Array.from({ length: 100_000 }, (_, index) => ({ date: new Date(index * 86_400_000).toISOString().slice(0, 10), value: index % 97 }));
    const made = option(points);
    expect(made.series.find((one) => one.name === 'value')?.data).toHaveLength(100_000);
    expect(made.series.find((one) => one.name === 'value')?.sampling).toBe('lttb');
    expect(made.dataZoom).toHaveLength(2);
  });
});

describe('masks', () => {
  const WORDS = { libur: { id: 'libur', en: 'holiday' }, ramadan: { id: 'Ramadan', en: 'Ramadan' } };

  it('are runs of days of one kind', () => {
    const day = (date: string, kind: 'libur' | 'ramadan' = 'libur'): { date: string; kind: 'libur' | 'ramadan'; label: Text } => ({ date, kind, label: WORDS[kind] });
    expect(masksOf([day('2026-01-01'), day('2026-01-02'), day('2026-01-05'), day('2026-01-06', 'ramadan')])).toEqual([
      { from: '2026-01-01', to: '2026-01-02', label: WORDS.libur, kind: 'libur' },
      { from: '2026-01-05', to: '2026-01-05', label: WORDS.libur, kind: 'libur' },
      { from: '2026-01-06', to: '2026-01-06', label: WORDS.ramadan, kind: 'ramadan' },
    ]);
  });
});

describe('a trend', () => {
  it('breaks where nothing is known, and is no line of one point', () => {
    expect(sparkPath([1, 2, null, 4, 3], 100, 20).match(/M/g)).toHaveLength(2);
    expect(sparkPath([1], 100, 20)).toBe('');
    expect(sparkPath([null, null], 100, 20)).toBe('');
    expect(sparkPath([2, 2], 100, 20)).toContain('10.0');
  });
});
