import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Gather } from './gather';

describe('names that come up', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  it('are passed on together, and each of them not too often', () => {
    const passed: string[][] = [];
    const gather = new Gather(400, 4_000, (names) => passed.push(names));
    for (let at = 0; at < 40; at += 1) gather.add(`t${at % 8}`);
    vi.advanceTimersByTime(399);
    expect(passed).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(passed).toEqual([['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7']]);
    // One that was just passed on waits, another does not.
    gather.add('t0');
    gather.add('new');
    vi.advanceTimersByTime(400);
    expect(passed.at(-1)).toEqual(['new']);
    vi.advanceTimersByTime(3_199);
    expect(passed).toHaveLength(2);
    vi.advanceTimersByTime(401);
    expect(passed.at(-1)).toEqual(['t0']);
  });

  it('of a table that changes all the time come every few seconds', () => {
    let passed = 0;
    const gather = new Gather(400, 4_000, () => { passed += 1; });
    const stop = setInterval(() => gather.add('busy'), 50);
    vi.advanceTimersByTime(40_000);
    clearInterval(stop);
    expect(passed).toBeGreaterThanOrEqual(9);
    expect(passed).toBeLessThanOrEqual(11);
    gather.stop();
    vi.advanceTimersByTime(10_000);
    expect(passed).toBeLessThanOrEqual(11);
  });
});
