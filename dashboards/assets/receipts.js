// What became of pushes: the line of the latest ones, and the receipts of one feed with the ways to more.

import { $, ask, button, call, clock, element, moment, number, panel, put, said, save, t } from '/assets/common.js';

const SHOWN = 6;

/** Status and counts of a receipt. */
function outcome(receipt) {
  const { accepted = 0, rejected = 0 } = receipt.rows ?? {};
  const said = element('span', { class: 'outcome' }, element('span', { class: `mark ${receipt.status}` }, t(receipt.status)));
  if (receipt.status === 'duplicate') {
    said.append(t('repeated'));
  } else {
    said.append(element('span', {}, element('b', {}, number(accepted)), ` ${t('acceptedRows')}`));
    if (rejected > 0) said.append(element('span', { class: 'bad' }, `${number(rejected)} ${t('rejectedRows')}`));
  }
  return said;
}

// ---- The latest pushes --------------------------------------------------------

let seen = new Set();

/** Draws the latest pushes; those that were not there before come in. `titleOf` names the dataset of an id. */
export function drawTicker(receipts, titleOf) {
  const first = seen.size === 0;
  $('kiriman').replaceChildren(...receipts.map((receipt) => element('li',
    { 'data-id': receipt.receipt_id, ...(!first && !seen.has(receipt.receipt_id) && { class: 'new' }) },
    element('time', { datetime: receipt.received_at }, clock(receipt.received_at)),
    element('span', { class: 'what' }, titleOf(receipt.dataset)),
    outcome(receipt))));
  seen = new Set(receipts.map((receipt) => receipt.receipt_id));
  panel('kiriman-panel', receipts.length === 0 ? t('noReceipts') : '');
}

export function forgetTicker() {
  seen = new Set();
  $('kiriman').replaceChildren();
}

// ---- The receipts of one feed ---------------------------------------------------

/** Fills `box` with the latest receipts of `dataset`. What is there stays until the answer has come. */
export async function drawReceiptsOf(dataset, box, stillWanted) {
  if (!box.hasChildNodes()) box.append(element('p', { class: 'hint' }, t('receiptsLoading')));
  let lines;
  try {
    const list = await ask(`/api/v1/receipts?dataset=${encodeURIComponent(dataset)}&derived=false&limit=${SHOWN}`);
    lines = list.items.length === 0 ? [element('p', { class: 'hint' }, t('noReceiptsOfFeed'))]
      : [element('ol', { class: 'past' }, ...list.items.map(line))];
  } catch (error) {
    lines = [element('p', { class: 'hint' }, `${t('failed')}: ${said(error)}`)];
  }
  if (!stillWanted()) return;
  // Whoever stands on a link in here must not be thrown out.
  const at = [...box.querySelectorAll('a, button')].indexOf(document.activeElement);
  box.replaceChildren(...lines);
  if (at >= 0) box.querySelectorAll('a, button')[at]?.focus();
}

function line(receipt) {
  const wrong = element('span', { class: 'wrong', role: 'alert' });
  const when = moment(receipt.received_at);
  const ways = element('span', { class: 'ways' },
    element('a', { href: receipt.links?.self ?? `/api/v1/receipts/${receipt.receipt_id}`, target: '_blank', rel: 'noopener', 'aria-label': t('receiptAt', { when }) }, t('receipt')));
  if ((receipt.rows?.rejected ?? 0) > 0 && receipt.links?.rejects) {
    ways.append(button({ class: 'link', 'aria-label': t('rejectsAt', { when }) }, t('rejectsCsv'), () => download(receipt, wrong)));
  }
  return element('li', { 'data-receipt': receipt.receipt_id },
    element('time', { datetime: receipt.received_at }, when), outcome(receipt), ways, wrong);
}

async function download(receipt, wrong) {
  put(wrong, '');
  try {
    const response = await call(`${receipt.links.rejects}?state=all`, { headers: { accept: 'text/csv' }, signal: null });
    save(await response.blob(), `ditolak-${receipt.dataset}-${receipt.receipt_id}.csv`);
  } catch (error) {
    put(wrong, `${t('failed')}: ${said(error)}`);
  }
}
