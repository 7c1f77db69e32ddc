// A map without boundaries: every region gets a square near where it lies. Worked out from the centroids alone.

export interface Place {
  kode: string;
  nama: string;
  lintang: number | null;
  bujur: number | null;
  batas: string | null;
}

export interface Tile {
  kode: string;
  column: number;
  row: number;
}

/** A square for each place: together they are as near to the centroids as swapping makes them. The same places give the
    same squares. Places without a centroid come last, in the order of their codes. */
export function tiles(places: readonly Place[]): Tile[] {
  const known = places.filter((one) => one.lintang !== null && one.bujur !== null).sort((a, b) => a.kode.localeCompare(b.kode));
  if (known.length === 0) return places.map((one, index) => ({ kode: one.kode, column: index % 5, row: Math.floor(index / 5) }));
  const x = known.map((one) => one.bujur as number);
  const y = known.map((one) => -(one.lintang as number));
  const [wide, high] = [Math.max(...x) - Math.min(...x) || 1, Math.max(...y) - Math.min(...y) || 1];
  const columns = Math.max(1, Math.round(Math.sqrt((known.length * 1.35 * wide) / high)));
  const rows = Math.ceil((known.length * 1.35) / columns);
  const want = known.map((_, index): [number, number] => [
    (((x[index] as number) - Math.min(...x)) / wide) * (columns - 1),
    (((y[index] as number) - Math.min(...y)) / high) * (rows - 1),
  ]);
  const cost = (place: number, cell: number): number => {
    const [a, b] = want[place] as [number, number];
    return (a - (cell % columns)) ** 2 + (b - Math.floor(cell / columns)) ** 2;
  };
  const cells = settle(known.length, columns * rows, cost);
  const found = known.map((one, index) => ({ kode: one.kode, column: (cells[index] as number) % columns, row: Math.floor((cells[index] as number) / columns) }));
  const rest = places.filter((one) => !known.includes(one)).sort((a, b) => a.kode.localeCompare(b.kode));
  return cropped([...found, ...rest.map((one, index) => ({ kode: one.kode, column: index, row: rows }))]);
}

/** A cell for each item: the nearest free one first, then moves and swaps as long as they bring things nearer. */
function settle(items: number, cells: number, cost: (item: number, cell: number) => number): number[] {
  const pairs: [number, number, number][] = [];
  for (let item = 0; item < items; item += 1) for (let cell = 0; cell < cells; cell += 1) pairs.push([cost(item, cell), item, cell]);
  pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  const at = new Array<number>(items).fill(-1);
  const holder = new Array<number>(cells).fill(-1);
  for (const [, item, cell] of pairs) {
    if (at[item] !== -1 || holder[cell] !== -1) continue;
    at[item] = cell;
    holder[cell] = item;
  }
  for (let moved = true, round = 0; moved && round < 100; round += 1) {
    moved = false;
    for (let item = 0; item < items; item += 1) {
      for (let cell = 0; cell < cells; cell += 1) {
        const [from, other] = [at[item] as number, holder[cell] as number];
        if (cell === from) continue;
        const before = cost(item, from) + (other >= 0 ? cost(other, cell) : 0);
        const after = cost(item, cell) + (other >= 0 ? cost(other, from) : 0);
        if (after >= before - 1e-9) continue;
        at[item] = cell;
        holder[cell] = item;
        holder[from] = other;
        if (other >= 0) at[other] = from;
        moved = true;
      }
    }
  }
  return at;
}

function cropped(all: Tile[]): Tile[] {
  const [left, top] = [Math.min(...all.map((one) => one.column)), Math.min(...all.map((one) => one.row))];
  return all.map((one) => ({ ...one, column: one.column - left, row: one.row - top }));
}
