// A map with boundaries: GeoJSON polygons to paths of a picture. Degrees are drawn as they are, narrowed by the latitude.

import type { Place } from './tiles';

export interface Shape {
  kode: string;
  path: string;
  /** Where the label stands. */
  x: number;
  y: number;
}

export interface Drawing {
  shapes: Shape[];
  width: number;
  height: number;
}

type Ring = readonly (readonly [number, number])[];

const WIDTH = 1000;

/** The polygons of a boundary, as rings; none where the text is no such boundary. */
export function rings(text: string | null): Ring[] {
  if (!text) return [];
  try {
    const geometry = JSON.parse(text) as { type?: string; coordinates?: unknown };
    if (geometry.type === 'Polygon') return geometry.coordinates as Ring[];
    if (geometry.type === 'MultiPolygon') return (geometry.coordinates as Ring[][]).flat();
  } catch {
    /* drawn as a square instead */
  }
  return [];
}

/** The picture, or nothing where one of the places has no boundary. */
export function drawing(places: readonly Place[]): Drawing | null {
  const all = places.map((place) => ({ place, rings: rings(place.batas) }));
  if (all.length === 0 || all.some((one) => one.rings.length === 0)) return null;
  const points = all.flatMap((one) => one.rings.flat());
  const bounds = { west: Infinity, east: -Infinity, south: Infinity, north: -Infinity };
  for (const [x, y] of points) {
    bounds.west = Math.min(bounds.west, x);
    bounds.east = Math.max(bounds.east, x);
    bounds.south = Math.min(bounds.south, y);
    bounds.north = Math.max(bounds.north, y);
  }
  const narrow = Math.cos((((bounds.south + bounds.north) / 2) * Math.PI) / 180);
  const scale = WIDTH / ((bounds.east - bounds.west) * narrow || 1);
  const at = ([x, y]: readonly [number, number]): [number, number] => [(x - bounds.west) * narrow * scale, (bounds.north - y) * scale];
  const path = (ring: Ring): string => `M${ring.map((point) => at(point).map((value) => value.toFixed(1)).join(' ')).join('L')}Z`;
  const shapes = all.map(({ place, rings }) => {
    const [x, y] = middle(rings.map((ring) => ring.map(at)));
    return { kode: place.kode, path: rings.map(path).join(''), x, y };
  });
  return { shapes, width: WIDTH, height: (bounds.north - bounds.south) * scale };
}

/** The centre of the largest ring. */
function middle(all: readonly (readonly [number, number])[][]): [number, number] {
  let best: [number, number, number] = [0, 0, 0];
  for (const ring of all) {
    let [area, x, y] = [0, 0, 0];
    for (let index = 0; index < ring.length; index += 1) {
      const [a, b] = [ring[index] as readonly [number, number], ring[(index + 1) % ring.length] as readonly [number, number]];
      const cross = a[0] * b[1] - b[0] * a[1];
      area += cross;
      x += (a[0] + b[0]) * cross;
      y += (a[1] + b[1]) * cross;
    }
    if (Math.abs(area) > best[0]) best = [Math.abs(area), x / (3 * area), y / (3 * area)];
  }
  return [best[1], best[2]];
}
