// The pushes of this session, newest first. Only their ids and the names of their files are remembered, in this tab; what
// became of them the hub says anew, to whoever is signed in.

import { $, ask, button, clock, element, number, panel, t } from '/assets/common.js';
import { titleOf } from '/assets/datasets.js';
import { mark, showOutcome } from '/assets/outcome.js';

const KEPT = 30;
const STORE = 'smartcenter.kiriman';

let past = [];

/** Puts a push on top. */
export function record(outcome) {
  const id = outcome.receipt.receipt_id;
  past = [outcome, ...past.filter((other) => other.receipt.receipt_id !== id)].slice(0, KEPT);
  try {
    const kept = past.map(({ receipt, name }) => ({ id: receipt.receipt_id, name }));
    sessionStorage.setItem(STORE, JSON.stringify(kept));
  } catch { /* private window: not remembered */ }
}

/** Brings back the pushes that this tab made before the page was opened again. */
export async function recallPast() {
  if (past.length > 0) return;
  let kept = [];
  try { kept = JSON.parse(sessionStorage.getItem(STORE)) ?? []; } catch { /* nothing to go by */ }
  const found = await Promise.all(kept.map(async ({ id, name }) => {
    const receipt = await ask(`/api/v1/receipts/${encodeURIComponent(id)}`).catch(() => null);
    return receipt && { receipt, name, title: titleOf(receipt.dataset), replayed: false, retried: false };
  }));
  past = found.filter(Boolean);
}

/** Asks anew what became of the rejected rows of a push. */
export async function refreshPast(id) {
  const entry = past.find((outcome) => outcome.receipt.receipt_id === id);
  const receipt = await ask(`/api/v1/receipts/${encodeURIComponent(id)}`).catch(() => null);
  if (entry && receipt) entry.receipt = receipt;
}

export function forgetPast() {
  past = [];
  try { sessionStorage.removeItem(STORE); } catch { /* there was none */ }
  drawPast();
}

export function drawPast() {
  panel('riwayat-panel', past.length === 0 ? t('noHistory') : '');
  $('riwayat').replaceChildren(...past.map((outcome) => {
    const { receipt, name } = outcome;
    const open = receipt.rejects?.open ?? receipt.rows.rejected;
    const entry = button({ class: 'entry' }, '', async () => { await showOutcome(outcome); $('hasil-judul').focus(); });
    entry.append(
      element('time', { datetime: receipt.received_at }, clock(receipt.received_at)),
      element('span', { class: 'what' }, element('bdi', {}, name ?? outcome.title), element('small', {}, outcome.title)),
      element('span', { class: 'outcome' }, mark(outcome),
        element('span', {}, element('b', {}, number(receipt.rows.accepted)), ` ${t('acceptedCount')}`),
        ...(open > 0 ? [element('span', { class: 'bad' }, t('historyOpen', { count: number(open) }))] : []),
        ...(open === 0 && receipt.rows.rejected > 0 ? [element('span', {}, t('historyClosed'))] : []),
        ...(receipt.corrects ? [element('span', {}, t('isCorrection'))] : [])));
    return element('li', { 'data-id': receipt.receipt_id }, entry);
  }));
}
