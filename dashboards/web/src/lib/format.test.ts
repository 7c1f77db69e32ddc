import { describe, expect, it } from 'vitest';
import { ago, amount, change, clock, day, measure, moment, month, NONE, number, period, plus, range, today } from './format';

const plain = (text: string): string => text.replace(/[\u00a0\u202f\u2009]/g, ' ');

describe('numbers', () => {
  it('are written as each language writes them', () => {
    expect(number(1234567.891, 'id', 2)).toBe('1.234.567,89');
    expect(number(1234567.891, 'en', 2)).toBe('1,234,567.89');
    expect(measure(4.2, 'persen', 'id')).toBe('4,2%');
    expect(measure(1204, 'murid', 'id')).toBe('1.204 murid');
    expect(measure(1204, 'murid', 'en')).toBe('1,204 pupils');
    expect(measure(83.909, 'indeks', 'id')).toBe('83,91');
    expect(amount(3, 'persen', 'id')).toBe('3,0');
  });

  it('that are not known are no zeros', () => {
    for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(measure(value, 'persen', 'id')).toBe(NONE);
      expect(number(value, 'en')).toBe(NONE);
      expect(change(value, 'murid', 'id')).toBe(NONE);
    }
    expect(measure(0, 'persen', 'id')).toBe('0,0%');
  });

  it('change with a sign, percentages by points', () => {
    expect(change(0.5, 'persen', 'id')).toBe('+0,5 poin');
    expect(change(-0.5, 'persen', 'en')).toBe('-0.5 points');
    expect(change(0, 'murid', 'id')).toBe('0');
    expect(change(-12, 'murid', 'id')).toBe('-12');
  });
});

describe('days', () => {
  it('are those of the calendar, whatever the zone of the reader', () => {
    expect(day('2026-01-01', 'id')).toBe('1 Jan 2026');
    expect(day('2026-08-17', 'en')).toBe('17 Aug 2026');
    expect(month('2026-05-01', 'id')).toBe('Mei 2026');
    expect(plus('2026-02-27', 3)).toBe('2026-03-02');
  });

  it('name periods', () => {
    expect(plain(range('2026-11-22', '2026-11-28', 'id'))).toBe('22–28 Nov 2026');
    expect(plain(period('2026-12-27', 'minggu', 'id'))).toBe('27 Des 2026–2 Jan 2027');
    expect(period('2026-07-01', 'triwulan', 'id')).toBe('triwulan 3 2026');
    expect(period('2026-07-01', 'triwulan', 'en')).toBe('quarter 3 of 2026');
    expect(period('2026-07-01', 'bulan', 'en')).toBe('July 2026');
    expect(period('2026-07-01', 'tahun', 'id')).toBe('2026');
  });

  it('and times are those of Western Indonesia', () => {
    expect(clock('2026-06-01T05:06:07Z', 'id')).toBe('12.06.07');
    expect(plain(moment('2026-06-01T18:00:00Z', 'en'))).toBe('2 Jun 2026, 01:00');
    expect(today(new Date('2026-11-28T17:30:00Z'))).toBe('2026-11-29');
    expect(ago('2026-06-01T05:00:00Z', 'id', Date.parse('2026-06-01T05:03:00Z'))).toBe('3 menit yang lalu');
    expect(ago('2026-06-01T05:00:00Z', 'en', Date.parse('2026-06-03T05:03:00Z'))).toBe('2 days ago');
  });
});
