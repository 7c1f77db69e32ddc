// Asking the hub, with the reader's session. Nothing else on this page talks to a server.

import type { components } from '../api/schema';
import { lang } from './lang.svelte';

export type Schemas = components['schemas'];
export type Row = Readonly<Record<string, string | number | boolean | null>>;

const PATIENCE = 10_000;

/** A refusal in the hub's own words. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, problem: Partial<Schemas['Problem']> | null) {
    super(problem?.detail ?? problem?.title ?? `HTTP ${status}`);
    this.status = status;
  }

  /** The key is not known, or has ended. */
  get isOfKey(): boolean {
    return this.status === 401;
  }

  /** Not for this key, or not there: the hub does not tell which. */
  get isClosed(): boolean {
    return this.status === 403 || this.status === 404 || (this.status === 422 && /\bnot found\b/.test(this.message));
  }
}

/** The answer of the hub; throws `Refused`, or what `fetch` throws where there is no answer. */
export async function ask<T>(path: string, options: RequestInit = {}): Promise<T> {
  const headers = { accept: 'application/json', 'accept-language': lang.now, ...options.headers };
  const response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE), ...options, headers });
  if (!response.ok) throw new Refused(response.status, (await response.json().catch(() => null)) as Schemas['Problem'] | null);
  return (response.status === 204 ? null : await response.json()) as T;
}

/** The same with a body. */
export const send = <T>(path: string, body: unknown, options: RequestInit = {}): Promise<T> =>
  ask<T>(path, { method: 'POST', body: JSON.stringify(body), ...options, headers: { 'content-type': 'application/json' } });

export type Params = Readonly<Record<string, string | number | null>>;

/** Whether a statement names a value. */
export const names = (sql: string, name: string): boolean => new RegExp(`\\$${name}\\b`).test(sql);

/** Of `params` those that a statement names. */
export const namedIn = (sql: string, params: Params): [string, string | number | null][] => Object.entries(params).filter(([name]) => names(sql, name));

/** The rows of a reading statement. Of `params` those are sent that the statement names; `metric` tells whoever reads the
    hub's log, or tests the page, for which figures it is asked. */
export async function query(sql: string, params: Params = {}, metric = ''): Promise<Row[]> {
  const named = namedIn(sql, params);
  const told = metric ? `/* ${metric} */ ${sql.trim()}` : sql;
  const body = named.length > 0 ? { sql: told, params: Object.fromEntries(named) } : { sql: told };
  const answer = await send<{ rows: Row[] }>('/api/v1/sql', body, { signal: AbortSignal.timeout(3 * PATIENCE) });
  return answer.rows;
}

/** The tables of the layer `mart` that a statement reads: it is asked again when one of them changes. */
export const tablesOf = (sql: string): string[] => [...new Set([...sql.matchAll(/\bmart\.(\w+)/g)].map((found) => found[1] ?? ''))];
