// The language of the page: Indonesian unless the reader chose English.

import { recall, remember } from './store';

export type Lang = 'id' | 'en';
/** A text in both languages; the compiler finds one that is missing. */
export type Text = Readonly<Record<Lang, string>>;

export const lang = $state<{ now: Lang }>({ now: typeof localStorage === 'undefined' || recall('bahasa') !== 'en' ? 'id' : 'en' });

export function speak(to: Lang): void {
  lang.now = to;
  remember('bahasa', to);
  document.documentElement.lang = to;
}

/** The text in the reader's language, with each `{name}` replaced. */
export function say(text: Text, values: Readonly<Record<string, string>> = {}): string {
  return fill(text[lang.now], values);
}

export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
