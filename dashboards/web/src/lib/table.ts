// Tables: sorting, searching, and CSV that a spreadsheet of either language opens.

import type { Row } from './api';

export interface Order {
  key: string;
  down: boolean;
}

/** Sorted by a column; what is not known stands last either way. */
export function sorted(rows: readonly Row[], order: Order | null): Row[] {
  if (!order) return [...rows];
  const sign = order.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [a[order.key] ?? null, b[order.key] ?? null];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    return sign * (typeof x === 'string' && typeof y === 'string' ? x.localeCompare(y, 'id', { numeric: true }) : Number(x) - Number(y));
  });
}

/** Rows in which one of the columns contains every word. */
export function found(rows: readonly Row[], keys: readonly string[], search: string): Row[] {
  const words = search.toLocaleLowerCase('id').split(/\s+/).filter(Boolean);
  const text = (row: Row): string => keys.map((key) => String(row[key] ?? '')).join(' ').toLocaleLowerCase('id');
  return words.length === 0 ? [...rows] : rows.filter((row) => { const all = text(row); return words.every((word) => all.includes(word)); });
}

/** Semicolons between the cells; a decimal comma in Indonesian. Cells that a spreadsheet would compute are disarmed. */
export function csv(rows: readonly Row[], columns: readonly { key: string; title: string }[], comma: boolean): string {
  const line = (cells: readonly string[]): string => cells.map(quoted).join(';');
  const cell = (value: Row[string] | undefined): string =>
    value === null || value === undefined ? ''
      : typeof value === 'number' ? (comma ? String(value).replace('.', ',') : String(value))
        : /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value);
  const lines = [line(columns.map((column) => column.title)), ...rows.map((row) => line(columns.map((column) => cell(row[column.key]))))];
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

const quoted = (text: string): string => (/[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Items by what `key` says of them, in the order in which each comes first. */
export function grouped<T>(items: readonly T[], key: (item: T) => string): [string, T[]][] {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return [...found];
}

/** Hands a text or bytes to the browser as a file. */
export function save(what: string | Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(typeof what === 'string' ? new Blob([what], { type: 'text/csv;charset=utf-8' }) : what);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
