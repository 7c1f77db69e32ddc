// The wrong cells of a receipt: loaded page by page, counted and filtered here, downloaded as the hub writes them.

import { $, button, call, ask, element, knows, number, said, save, t } from '/assets/common.js';

const PAGE = 500;
/** So many rejected rows are loaded without being asked for. */
const EAGER = 5000;
const SHOWN = 25;
const FORMS = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
};

let receipt = null;
let cells = [];
let rows = 0;
let loaded = 0;
let cursor = null;
let loading = false;
let failed = null;
let rule = null;
let column = null;
let from = 0;

/** The rule in words; a rule of the contract's own has a name that can be read. */
const ruleName = (name) => (knows(`rule_${name}`) ? t(`rule_${name}`) : name.replaceAll('_', ' '));

/** Rejected rows that nobody has done anything about; the answer to the push itself does not say, for all are. */
const openRows = () => receipt.rejects?.open ?? receipt.rows.rejected;

/** Shows the wrong cells of `shown`, or nothing when none are. */
export async function showRejects(shown) {
  receipt = shown;
  cells = []; rows = 0; loaded = 0; cursor = null; failed = null; rule = null; column = null; from = 0;
  if (openRows() === 0) { $('salah').hidden = true; return; }
  $('salah').hidden = false;
  drawCure();
  if (receipt.dry_run) {
    // Nothing was kept: the receipt itself is all there is.
    cells = receipt.faults.map((fault) => ({ ...fault, hidden: false }));
    drawRejects();
    return;
  }
  await load(EAGER);
}

async function load(upTo) {
  const asked = receipt;
  loading = true; failed = null;
  drawRejects();
  try {
    do {
      const query = new URLSearchParams({ limit: PAGE, ...(cursor && { cursor }) });
      const page = await ask(`${asked.links.rejects}?${query}`);
      if (asked !== receipt) return;
      const open = page.items.filter((row) => (row.state ?? 'open') === 'open');
      loaded += page.items.length;
      rows += open.length;
      for (const row of open) cells.push(...faultsOf(row));
      cursor = page.next ?? null;
      drawRejects();
    } while (cursor && loaded < upTo);
  } catch (error) {
    if (asked !== receipt) return;
    failed = said(error);
  }
  loading = false;
  drawRejects();
}

function faultsOf(row) {
  if (row.faults) return row.faults.map((fault) => ({ ...fault, hidden: false }));
  // What was sent is covered for this key.
  return [{ line: row.line, column: row.columns || null, rule: row.rules, hidden: true }];
}

// ---- Drawing ------------------------------------------------------------------

/** Rows that are only held back with the rest come last: there is nothing to mend in them. */
const weight = ([name, count]) => (name === 'batch' ? -1 : count);

function counts(list, by) {
  const found = new Map();
  for (const cell of list) found.set(cell[by] ?? '', (found.get(cell[by] ?? '') ?? 0) + 1);
  return [...found].sort((a, b) => weight(b) - weight(a));
}

export function drawRejects() {
  if (!receipt || $('salah').hidden) return;
  const rules = counts(cells, 'rule');
  const toMend = rules.length > 1 ? cells.filter((cell) => cell.rule !== 'batch') : cells;
  const ofRule = rule === null ? toMend : cells.filter((cell) => cell.rule === rule);
  const list = column === null ? ofRule : ofRule.filter((cell) => (cell.column ?? '') === column);
  from = Math.max(0, Math.min(from, Math.floor((list.length - 1) / SHOWN) * SHOWN));
  drawWords();
  drawRules(rules, toMend.length);
  drawColumns(counts(ofRule, 'column'));
  $('sel').replaceChildren(...list.slice(from, from + SHOWN).map(line));
  drawPager(list.length);
}

function drawWords() {
  const words = $('salah-kata');
  const all = receipt.rows.rejected;
  const on = () => load(loaded + EAGER);
  if (failed) {
    words.replaceChildren(`${t('failed')}: ${failed} `, button({ class: 'link' }, t('retry'), on));
  } else if (loading && loaded === 0) {
    words.textContent = t('wrongLoading', { count: number(all) });
  } else if (receipt.dry_run) {
    words.textContent = t('wrongFirst', { count: number(cells.length) });
  } else {
    words.textContent = t('wrongLoaded', { cells: number(cells.length), rows: number(rows) });
    if (loaded < all) words.append(' · ', t('wrongSome', { rows: number(loaded), all: number(all) }), ' ');
    if (cursor && !loading) words.append(button({ class: 'link' }, t('loadMore'), on));
  }
}

function drawRules(rules, all) {
  const chip = (name, text, count) => button({ class: 'chip', 'aria-pressed': String(rule === name) },
    `${text} ${number(count)}`, () => { rule = name; column = null; from = 0; drawRejects(); focusPressed(); });
  $('aturan').replaceChildren(chip(null, t('all'), all),
    ...rules.map(([name, count]) => chip(name, ruleName(name), count)));
  $('aturan').hidden = rules.length < 2;
}

/** Chips are drawn anew when one is pressed; whoever steers by keyboard stays on it. */
const focusPressed = () => $('aturan').querySelector('[aria-pressed="true"]')?.focus();

function drawColumns(columns) {
  $('saring-ruas').hidden = columns.length < 2 && column === null;
  const every = element('option', { value: '*' }, t('everyColumn'));
  const options = columns.map(([name, count]) =>
    element('option', { value: `=${name}` }, `${name || t('wholeRow')} (${number(count)})`));
  $('saring').replaceChildren(every, ...options);
  $('saring').value = column === null ? '*' : `=${column}`;
}

function line(cell) {
  const value = element('td', { 'data-label': t('value'), class: 'value' });
  if (cell.hidden) value.append(element('em', {}, t('hidden')));
  else if (cell.value === undefined && cell.rule !== 'required') value.append(element('em', {}, '–'));
  else if (!cell.value?.trim()) value.append(element('em', {}, t('blank')));
  // Isolated: text that runs from right to left must not turn the words around it.
  else value.append(element('bdi', { class: 'sent' }, cell.value));
  return element('tr', {},
    element('td', { 'data-label': t('line'), class: 'line' }, number(cell.line)),
    element('td', { 'data-label': t('column') }, cell.column ? element('code', {}, cell.column) : element('em', {}, t('wholeRow'))),
    value,
    element('td', { 'data-label': t('reason'), class: 'why' },
      element('strong', {}, ruleName(cell.rule)), element('bdi', {}, cell.hidden ? t('wrongHidden') : cell.message)));
}

function drawPager(all) {
  const turn = (by) => () => { from += by; drawRejects(); $('salah-judul').scrollIntoView({ block: 'nearest' }); };
  const back = button({ class: 'quiet' }, t('previous'), turn(-SHOWN));
  const on = button({ class: 'quiet' }, t('next'), turn(SHOWN));
  back.disabled = from === 0;
  on.disabled = from + SHOWN >= all;
  const place = t('pageOf', { from: number(from + 1), to: number(Math.min(all, from + SHOWN)), all: number(all) });
  $('halaman').hidden = all <= SHOWN;
  $('halaman').replaceChildren(back, element('span', {}, place), on);
}

// ---- The cure: download, mend, send again -------------------------------------------

let correct = null;

/** What starts a correction: called with the receipt whose wrong rows are to be mended. */
export function onCorrect(act) { correct = act; }

/** Written once for a receipt, and anew in another language: a button must stay where it is while rows still come in. */
export function drawCure() {
  if (!receipt) return;
  const box = $('obat');
  if (receipt.dry_run || openRows() === 0) { box.replaceChildren(); return; }
  const wrong = element('p', { class: 'wrong', role: 'alert' });
  const ask = receipt;
  box.replaceChildren(
    element('p', {}, t('cure')),
    element('div', { class: 'actions' },
      button({ class: 'second', id: 'unduh-xlsx' }, t('downloadXlsx'), () => download(ask, 'xlsx', wrong)),
      button({ class: 'second', id: 'unduh-csv' }, t('downloadCsv'), () => download(ask, 'csv', wrong)),
      button({ class: 'main', id: 'kirim-perbaikan' }, t('sendFix'), () => correct(ask))),
    wrong);
}

async function download(of, form, wrong) {
  wrong.textContent = '';
  try {
    const response = await call(of.links.rejects, { headers: { accept: FORMS[form] }, signal: null });
    save(await response.blob(), `ditolak-${of.dataset}-${of.receipt_id}.${form}`);
  } catch (error) {
    wrong.textContent = error.status === 406 ? `${t('trouble_406')}. ${t('remedy_406')}` : `${t('failed')}: ${said(error)}`;
  }
}

$('saring').addEventListener('change', (event) => {
  column = event.target.value === '*' ? null : event.target.value.slice(1);
  from = 0;
  drawRejects();
});
