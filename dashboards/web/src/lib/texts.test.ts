import { describe, expect, it } from 'vitest';
import { fill } from './lang.svelte';
import { T } from './texts';
import { R } from './texts.receipts';

const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').toSorted();

describe('texts', () => {
  it('say the same in both languages', () => {
    for (const [name, text] of [...Object.entries(T), ...Object.entries(R)]) {
      expect(text.id.trim(), name).not.toBe('');
      expect(text.en.trim(), name).not.toBe('');
      expect(places(text.id), name).toEqual(places(text.en));
    }
  });

  it('keep what is not given', () => {
    expect(fill('{a} dari {b}', { a: '1' })).toBe('1 dari {b}');
  });
});
