// What became of a file, in plain words: the receipt, its counts, its warnings.

import { $, element, knows, moment, number, t } from '/assets/common.js';
import { drawCure, drawRejects, showRejects } from '/assets/rejects.js';

let shown = null;

const titles = { accepted: 'resultAccepted', partial: 'resultPartial', rejected: 'resultRejected', duplicate: 'resultDuplicate' };

function title({ receipt, replayed }) {
  if (receipt.dry_run) {
    if (receipt.status === 'rejected') return 'resultHopeless';
    return receipt.rows.rejected > 0 ? 'resultNotReady' : 'resultReady';
  }
  return replayed ? titles.duplicate : titles[receipt.status] ?? titles.partial;
}

/** One sentence: what it is, for headings and for screen readers. */
export const summary = (outcome) => t(title(outcome));

/** The mark of an outcome: its colour and a word. */
export function mark({ receipt, replayed }) {
  const status = replayed ? 'duplicate' : receipt.status;
  return element('span', { class: `mark ${status}` }, t(status));
}

/** Whether nothing of what was rejected waits for anybody any more. */
const isSettled = (receipt) => receipt.rows.rejected === 0 || receipt.rejects?.open === 0;

function sentences({ receipt, replayed, retried }) {
  const closed = receipt.corrects && [t('corrects', { closed: number(receipt.corrects.closed ?? 0) }),
    receipt.corrects.superseded > 0 ? t('correctsSuperseded', { count: number(receipt.corrects.superseded) }) : ''];
  return [
    receipt.dry_run ? t('saidDry') : '',
    replayed || receipt.status === 'duplicate' ? t('saidReplayed', { at: moment(receipt.received_at) }) : '',
    retried ? t('saidRetried') : '',
    ...(closed || []),
    receipt.dry_run || replayed || isSettled(receipt) ? '' : t(receipt.status === 'rejected' ? 'saidRejected' : 'saidPartial'),
    receipt.status === 'accepted' && !receipt.dry_run && !replayed ? t('saidAccepted') : '',
    receipt.rows.rejected === 0 && receipt.dry_run ? t('allWell') : '',
  ].filter(Boolean).join(' ');
}

function tally(count, text, kind) {
  return element('div', { class: `number ${kind} ${count === 0 ? 'none' : ''}` },
    element('dt', {}, text), element('dd', {}, number(count)));
}

/** Shows `outcome` (`receipt`, `name` of the file, `replayed`, `retried`) and loads its wrong cells. */
export function showOutcome(outcome) {
  const same = shown?.receipt === outcome?.receipt;
  shown = outcome;
  $('hasil').hidden = !outcome;
  if (!outcome) return Promise.resolve();
  drawOutcome();
  return same ? Promise.resolve() : showRejects(outcome.receipt);
}

function drawOutcome() {
  if (!shown) return;
  const { receipt, name } = shown;
  const { rows } = receipt;
  const dry = receipt.dry_run;
  $('hasil').dataset.status = isSettled(receipt) ? 'good' : rows.accepted === 0 || receipt.status === 'rejected' ? 'bad' : 'mixed';
  $('hasil-judul').textContent = t(title(shown));
  $('hasil-berkas').replaceChildren(element('bdi', {}, name ?? ''), `${name ? ' · ' : ''}${shown.title ?? receipt.dataset}`);
  $('hasil-kata').textContent = sentences(shown);
  $('hitungan').replaceChildren(
    tally(rows.received, t('received'), 'all'),
    tally(rows.accepted, t(dry ? 'wouldAccept' : 'acceptedCount'), 'good'),
    tally(rows.rejected, t(dry ? 'wouldReject' : 'rejectedCount'), 'bad'),
    tally(rows.duplicate, t('duplicateCount'), 'same'));
  drawShare(rows);
  drawDetails(receipt);
}

/** The same in another language. */
export function redrawOutcome() {
  drawOutcome();
  drawRejects();
  drawCure();
}

function drawShare(rows) {
  const parts = [['good', rows.accepted], ['bad', rows.rejected], ['same', rows.duplicate]].filter(([, count]) => count > 0);
  $('bagian').replaceChildren(...parts.map(([kind, count]) => {
    const part = element('span', { class: kind });
    part.style.flexGrow = String(count);
    return part;
  }));
}

function drawDetails(receipt) {
  const { rows } = receipt;
  const parts = ['inserted', 'updated', 'unchanged', 'deleted', 'stale']
    .filter((kind) => rows[kind] > 0)
    .map((kind) => t(kind, { count: number(rows[kind]) }));
  // A check compares with nothing, so that what would be new and what not is not known.
  $('rincian').textContent = parts.length > 0 && !receipt.dry_run ? t('acceptedAre', { parts: parts.join(', ') }) : '';
  const notes = [...(receipt.warnings ?? [])];
  const fates = Object.entries(receipt.rejects ?? {}).filter(([fate, count]) => count > 0 && knows(`fate_${fate}`));
  if (fates.some(([fate]) => fate !== 'open')) {
    const parts = fates.map(([fate, count]) => t(`fate_${fate}`, { count: number(count) })).join(', ');
    notes.unshift(t(receipt.rejects.open > 0 ? 'openLeft' : 'allClosed', { parts }));
  }
  $('catatan').replaceChildren(...notes.map((note) => element('li', {}, element('bdi', {}, note))));
}
