// Word of what happens at the hub. Where it tells by itself (server-sent events) the tables that changed are asked for
// again; where it does not, everything is, now and then.

import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { ask, type Schemas } from './api';
import { Gather } from './gather';

const EVERY = 15_000;
/** A table that changes all the time is asked for this often at most. */
const REST = 4_000;
/** What changes together is asked for together: one push moves dozens of tables. */
const TOGETHER = 400;
const KEPT = 40;

export interface Word {
  key: string;
  at: string;
  kind: 'receipt' | 'alert';
  dataset?: string;
  status?: string;
  accepted?: number;
  rejected?: number;
  sentence?: string;
  severity?: string;
  id?: string;
}

interface ReceiptWord {
  receipt_id: string;
  dataset: string;
  status: string;
  rows: { accepted: number; rejected: number };
  derived: boolean;
  received_at: string;
}

class Live {
  /** How the hub is heard: told by it, asked, or not at all. */
  state = $state<'told' | 'asked' | 'lost'>('asked');
  words = $state.raw<readonly Word[]>([]);
  /** Of each table how often it changed; `*` for all of them. */
  #changes = new SvelteMap<string, number>();
  #gather = new Gather(TOGETHER, REST, (tables) => tables.forEach((table) => this.#bump(table)));
  #source: EventSource | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #seq = -1;

  /** Read within an effect: it runs again when one of the tables changes. */
  stamp(tables: readonly string[]): number {
    return tables.reduce((sum, name) => sum + this.#of(name), this.#of('*'));
  }

  #of(table: string): number {
    // Who reads a name that is not in the map hears of every name that comes into it.
    if (!untrack(() => this.#changes.has(table))) this.#changes.set(table, 0);
    return this.#changes.get(table) ?? 0;
  }

  start(): void {
    if (this.#timer) return;
    this.#timer = setInterval(() => void this.#look(), EVERY);
    void this.#look();
    this.#listen();
    addEventListener('pagehide', this.#leave);
    addEventListener('pageshow', this.#back);
  }

  /** A page that was left may be kept by the browser with its connection, and there are six of them to a host. */
  readonly #leave = (): void => this.#source?.close();
  readonly #back = (event: PageTransitionEvent): void => { if (event.persisted) { this.#listen(); this.#bump('*'); } };

  #listen(): void {
    const source = new EventSource('/api/v1/events');
    this.#source = source;
    source.addEventListener('open', () => (this.state = 'told'));
    source.addEventListener('error', () => { if (this.state === 'told') this.state = 'lost'; });
    source.addEventListener('receipt', (event) => this.#receipt(JSON.parse(event.data as string) as ReceiptWord));
    source.addEventListener('alert', (event) => this.#alert(JSON.parse(event.data as string) as Record<string, string>));
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    removeEventListener('pagehide', this.#leave);
    removeEventListener('pageshow', this.#back);
    this.#source?.close();
    this.#gather.stop();
    this.#timer = null;
    this.#source = null;
    this.words = [];
  }

  /** Asks whether anything is new. Keys that may not see receipts look at everything anew. */
  async #look(): Promise<void> {
    if (document.hidden || (this.state === 'told' && this.words.length > 0)) return;
    try {
      const { items } = await ask<Schemas['Page_Receipt']>('/api/v1/receipts?limit=20');
      const newest = items[0]?.seq ?? -1;
      if (newest !== this.#seq) {
        this.words = items.filter((one) => !one.derived).map(wordOf);
        if (this.#seq >= 0 && this.state !== 'told') this.#bump('*');
        this.#seq = newest;
      }
      if (this.state === 'lost') this.state = 'asked';
    } catch (error) {
      if (error instanceof TypeError) this.state = 'lost';
      else if (this.state !== 'told') this.#bump('*');
    }
  }

  #receipt(word: ReceiptWord): void {
    this.#gather.add(word.dataset);
    // Whoever lists receipts hears of any of them.
    if (!word.derived) this.#gather.add('receipts');
    if (word.derived) return;
    this.#push({
      key: word.receipt_id, at: word.received_at, kind: 'receipt', dataset: word.dataset, status: word.status,
      accepted: word.rows.accepted, rejected: word.rows.rejected,
    });
  }

  #alert(word: Record<string, string>): void {
    this.#gather.add('alert');
    this.#push({
      key: `${word['id']}-${word['at']}`, at: word['at'] ?? '', kind: 'alert', id: word['id'] ?? '',
      sentence: word['sentence'] ?? '', severity: word['severity'] ?? 'info',
    });
  }

  #push(word: Word): void {
    this.words = [word, ...this.words.filter((one) => one.key !== word.key)].slice(0, KEPT);
  }

  #bump(table: string): void {
    this.#changes.set(table, (this.#changes.get(table) ?? 0) + 1);
  }
}

const wordOf = (one: Schemas['Receipt']): Word => ({
  key: one.receipt_id, at: one.received_at, kind: 'receipt', dataset: one.dataset, status: one.status,
  accepted: one.rows.accepted, rejected: one.rows.rejected,
});

export const live = new Live();
