// Colours of a map: five steps of equal counts, so that one outlier does not make all others alike.

export interface Scale {
  /** Upper ends of the steps but the last. */
  cuts: number[];
  step(value: number | null | undefined): number | null;
}

export const STEPS = 5;

export function scale(values: readonly (number | null | undefined)[]): Scale {
  const known = values.filter((one): one is number => typeof one === 'number' && Number.isFinite(one)).sort((a, b) => a - b);
  const cuts: number[] = [];
  for (let step = 1; step < STEPS; step += 1) {
    const cut = known[Math.min(known.length - 1, Math.ceil((known.length * step) / STEPS) - 1)];
    if (cut !== undefined && (cuts.length === 0 || cut > (cuts.at(-1) as number))) cuts.push(cut);
  }
  // The highest step is only for what lies above a cut.
  while (cuts.length > 0 && cuts.at(-1) === known.at(-1)) cuts.pop();
  return {
    cuts,
    step(value) {
      if (typeof value !== 'number' || !Number.isFinite(value)) return null;
      const at = cuts.findIndex((cut) => value <= cut);
      const used = at === -1 ? cuts.length : at;
      return cuts.length === 0 ? 2 : Math.round((used / cuts.length) * (STEPS - 1));
    },
  };
}
