// Receipts and their wrong cells as the pages read them.

import { ask, type Schemas } from './api';
import { lang, say } from './lang.svelte';
import { save } from './table';
import { OWN_RULE, RULES } from './texts.receipts';

export type Receipt = Schemas['Receipt'];
export type Feed = Schemas['FeedFreshness'];
export type Dataset = Schemas['Dataset'];
export type PushStatus = Schemas['PushStatus'];

/** A wrong cell, or a row that is wrong as a whole. */
export interface Wrong {
  line: number;
  column: string | null;
  value: string | null;
  /** The text that was sent is not for this key. */
  isHidden: boolean;
  rule: string;
  message: string;
  state: string;
}

export const STATUSES: readonly PushStatus[] = ['accepted', 'partial', 'rejected', 'duplicate'];
const FORMS = { xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', csv: 'text/csv' } as const;

/** What agencies sent, newest first; not what the hub worked out. */
export function listReceipts(wanted: Readonly<Record<string, string>>): Promise<Schemas['Page_Receipt']> {
  const query = new URLSearchParams({ derived: 'false', ...Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== '')) });
  return ask<Schemas['Page_Receipt']>(`/api/v1/receipts?${query}`);
}

export const getReceipt = (id: string): Promise<Receipt> => ask<Receipt>(`/api/v1/receipts/${encodeURIComponent(id)}`);
export const listFeeds = async (): Promise<Feed[]> => (await ask<Schemas['FreshnessRegister']>('/api/v1/freshness')).feeds;

/** The datasets that the reader may push to. */
export const mine = async (): Promise<Dataset[]> =>
  (await ask<Schemas['Page_Dataset']>('/api/v1/datasets?limit=1000')).items.filter((one) => one.may_push && one.layer !== 'mart');

/** A page of the wrong rows, cell by cell. */
export async function listWrong(receipt: Receipt, cursor: string | null): Promise<{ items: Wrong[]; rows: number; next: string | null }> {
  const query = new URLSearchParams({ limit: '200', ...(cursor ? { cursor } : {}) });
  const page = await ask<Schemas['Page_RejectedRow']>(`${receipt.links.rejects}?${query}`);
  return { items: page.items.flatMap(wrongOf), rows: page.items.length, next: page.next ?? null };
}

function wrongOf(row: Schemas['RejectedRow']): Wrong[] {
  if (row.faults) return row.faults.map((fault) => ofFault(fault, row.state));
  return [{ line: row.line, column: row.columns || null, value: null, isHidden: true, rule: row.rules, message: '', state: row.state }];
}

/** What a check found; nothing of it was kept, so that its receipt is all there is. */
export const wrongOfCheck = (receipt: Receipt): Wrong[] => receipt.faults.map((fault) => ofFault(fault, 'open'));

const ofFault = (fault: Schemas['Fault'], state: string): Wrong => ({
  line: fault.line, column: fault.column ?? null, value: fault.value ?? null, isHidden: false, rule: fault.rule, message: fault.message, state,
});

/** Rows that were rejected and still wait for somebody. */
export const openRows = (receipt: Receipt): number => receipt.rejects?.open ?? receipt.rows.rejected;

/** Several rules that failed are joined by the hub. */
export const ruleName = (rule: string): string =>
  rule.split('; ').map((one) => { const known = RULES[one]; return known ? say(known.name) : one.replaceAll('_', ' '); }).join('; ');
export const cure = (rule: string): string => {
  const known = RULES[rule.split('; ')[0] ?? ''];
  return say(known ? known.cure : OWN_RULE);
};

/** Takes the wrong rows along as the hub writes them, ready to be mended. */
export async function takeWrong(receipt: Receipt, form: keyof typeof FORMS): Promise<void> {
  const response = await fetch(receipt.links.rejects, { headers: { accept: FORMS[form], 'accept-language': lang.now } });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  save(await response.blob(), `ditolak-${receipt.dataset}-${receipt.receipt_id}.${form}`);
}
