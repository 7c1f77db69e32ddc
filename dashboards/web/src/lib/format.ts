// Numbers, days and times in both languages. The only place where a figure becomes text.

import type { Lang } from './lang.svelte';
import { UNITS, type Unit } from './units';

/** What stands for a value that is not known or withheld. It is not zero. */
export const NONE = '–';

const LOCALE = { id: 'id-ID', en: 'en-GB' } as const;
const ZONE = 'Asia/Jakarta';

/** Formats are dear to make, a hundred times what one number costs: each is made once, and for the other language when
    there is nothing else to do, so that switching does not wait for it. */
function kept<Key, Format>(make: (lang: Lang, key: Key) => Format): (lang: Lang, key: Key) => Format {
  const all = { id: new Map<Key, Format>(), en: new Map<Key, Format>() };
  return (lang, key) => {
    let format = all[lang].get(key);
    if (format !== undefined) return format;
    all[lang].set(key, format = make(lang, key));
    const other = lang === 'id' ? 'en' : 'id';
    globalThis.requestIdleCallback?.(() => { if (!all[other].has(key)) all[other].set(key, make(other, key)); });
    return format;
  };
}

const upTo = kept((lang, digits: number) => new Intl.NumberFormat(LOCALE[lang], { maximumFractionDigits: digits }));
const exactly = kept((lang, digits: number) => new Intl.NumberFormat(LOCALE[lang], { minimumFractionDigits: digits, maximumFractionDigits: digits }));
const signed = kept((lang, digits: number) =>
  new Intl.NumberFormat(LOCALE[lang], { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: 'exceptZero' }));
const relative = kept((lang, _: 'auto') => new Intl.RelativeTimeFormat(LOCALE[lang], { numeric: 'auto' }));

const DATES = {
  day: { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' },
  longDay: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' },
  month: { month: 'long', year: 'numeric', timeZone: 'UTC' },
  shortMonth: { month: 'short', year: '2-digit', timeZone: 'UTC' },
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: ZONE },
  moment: { dateStyle: 'medium', timeStyle: 'short', timeZone: ZONE },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;
const dates = kept((lang, kind: keyof typeof DATES) => new Intl.DateTimeFormat(LOCALE[lang], DATES[kind]));

/** A number with at most `digits` decimals. */
export function number(value: number | null | undefined, lang: Lang, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return upTo(lang, digits).format(value);
}

/** A number as its unit wants it, without the words of the unit. */
export function amount(value: number | null | undefined, unit: Unit, lang: Lang): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return exactly(lang, UNITS[unit].digits).format(value);
}

/** The words of a unit. */
export const sign = (unit: Unit, lang: Lang): string => UNITS[unit].sign[lang];

/** A number with its unit: `4,2%`, `1.204 murid`. */
export function measure(value: number | null | undefined, unit: Unit, lang: Lang): string {
  const text = amount(value, unit, lang);
  const words = sign(unit, lang);
  if (text === NONE || words === '') return text;
  return 'close' in UNITS[unit] ? `${text}${words}` : `${text} ${words}`;
}

/** A change with its sign; percentages change by points. */
export function change(value: number | null | undefined, unit: Unit, lang: Lang): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const by: Unit = unit === 'persen' ? 'poin' : unit;
  const text = signed(lang, UNITS[by].digits).format(value);
  const words = unit === 'persen' ? sign(by, lang) : '';
  return words ? `${text} ${words}` : text;
}

/** A calendar day as the moment of its midnight, so that no zone moves it. */
const at = (day: string): Date => new Date(`${day.slice(0, 10)}T00:00:00Z`);

/** A day as a number of milliseconds, for axes. */
export const instant = (day: string): number => at(day).getTime();

/** `28 Nov 2026`. */
export const day = (text: string, lang: Lang): string => dates(lang, 'day').format(at(text));

/** `Sabtu, 28 November 2026`. */
export const longDay = (text: string, lang: Lang): string => dates(lang, 'longDay').format(at(text));

/** `November 2026`. */
export const month = (text: string, lang: Lang): string => dates(lang, 'month').format(at(text));

/** `Nov 26`, of a moment in milliseconds: what stands below an axis. */
export const shortMonth = (instant: number, lang: Lang): string => dates(lang, 'shortMonth').format(instant);

/** The day `count` days after. */
export const plus = (text: string, count: number): string =>
  new Date(at(text).getTime() + count * 86_400_000).toISOString().slice(0, 10);

/** From one day to another, saying month and year once where they are the same. */
export function range(from: string, to: string, lang: Lang): string {
  return dates(lang, 'day').formatRange(at(from), at(to)).replaceAll('\u2009', '');
}

export type Period = 'hari' | 'minggu' | 'bulan' | 'triwulan' | 'tahun';

/** A period named by its first day. */
export function period(text: string, kind: Period, lang: Lang): string {
  switch (kind) {
    case 'hari':
      return day(text, lang);
    case 'minggu':
      return range(text, plus(text, 6), lang);
    case 'bulan':
      return month(text, lang);
    case 'triwulan': {
      const quarter = Math.floor(at(text).getUTCMonth() / 3) + 1;
      return lang === 'id' ? `triwulan ${quarter} ${text.slice(0, 4)}` : `quarter ${quarter} of ${text.slice(0, 4)}`;
    }
    case 'tahun':
      return text.slice(0, 4);
  }
}

/** The time of a moment in Western Indonesia: `14.05.12`. */
export const clock = (text: string, lang: Lang): string => dates(lang, 'clock').format(new Date(text));

/** Day and time of a moment in Western Indonesia. */
export const moment = (text: string, lang: Lang): string => dates(lang, 'moment').format(new Date(text));

/** Today in Western Indonesia. */
export const today = (now: Date = new Date()): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(now);

/** How long ago: `3 menit yang lalu`. */
export function ago(text: string, lang: Lang, now: number = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(text)) / 1000));
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]];
  const [unit, size] = steps.find(([, size]) => seconds >= size) ?? ['second', 1];
  return relative(lang, 'auto').format(-Math.floor(seconds / size), unit);
}
