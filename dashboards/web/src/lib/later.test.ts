import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { afterPaint } from './later';

describe('work after the next frame', () => {
  let frame: (() => void) | undefined;
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('requestAnimationFrame', (work: () => void) => { frame = work; });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('is done one piece at a time, and not when it was called off', () => {
    const done: string[] = [];
    afterPaint(() => done.push('a'));
    const off = afterPaint(() => done.push('b'));
    afterPaint(() => done.push('c'));
    vi.runAllTimers();
    expect(done).toEqual([]);
    off();
    frame?.();
    vi.runOnlyPendingTimers();
    expect(done).toEqual(['a']);
    vi.runAllTimers();
    expect(done).toEqual(['a', 'c']);
  });

  it('goes on when a piece fails, and when more comes later', () => {
    const done: string[] = [];
    afterPaint(() => { throw new Error('broken'); });
    afterPaint(() => done.push('b'));
    frame?.();
    expect(() => vi.runAllTimers()).toThrow('broken');
    vi.runAllTimers();
    afterPaint(() => done.push('c'));
    frame?.();
    vi.runAllTimers();
    expect(done).toEqual(['b', 'c']);
  });
});
