// Choosing a dataset among those that the key may push to, and what the dataset expects of a file.

import { $, ago, ask, button, element, knows, number, panel, put, said, save, state, t } from '/assets/common.js';
import { grouped, institution, loadInstitutions, search, walk } from '/assets/groups.js';

const LISTED = 8;
const TYPES = { text: 'typeText', int32: 'typeWhole', int64: 'typeWhole', float64: 'typeNumber', boolean: 'typeBoolean', date: 'typeDate', timestamp: 'typeTimestamp' };

let datasets = [];
let chosen = null;
let detail = null;
let failed = null;
let opened = false;
let changed = () => {};

/** Calls `act` whenever another dataset is chosen, or none. */
export function onDataset(act) { changed = act; }

/** The chosen dataset as the catalogue has it, or null. */
export const dataset = () => chosen;

export const titleOf = (id) => datasets.find((one) => one.dataset === id)?.title ?? id;

/** Loads the catalogue and takes up the choice that the address bears. */
export async function loadDatasets() {
  // Names are not waited for, and whoever walks along the list already is not thrown out of it.
  loadInstitutions().then(() => { if (!$('data').contains(document.activeElement)) drawDatasets(); });
  const list = await ask('/api/v1/datasets');
  // What the hub works out itself nobody sends.
  datasets = list.items.filter((one) => one.may_push && one.layer !== 'mart');
  const wanted = chosen?.dataset ?? decoded(location.hash.slice(1));
  chosen = null;
  drawDatasets();
  if (!choose(wanted) && datasets.length === 1) choose(datasets[0].dataset);
}

/** Asks anew when data came last; what is chosen stays. */
export async function refreshDatasets() {
  const list = await ask('/api/v1/datasets').catch(() => null);
  const fresh = new Map(list?.items.map((one) => [one.dataset, one.freshness]));
  for (const one of datasets) one.freshness = fresh.get(one.dataset) ?? one.freshness;
  drawDatasets();
}

export function forgetDatasets() {
  datasets = []; chosen = null; detail = null;
  $('cari').value = '';
  drawDatasets();
}

function decoded(text) {
  try { return decodeURIComponent(text); } catch { return ''; }
}

/** Chooses the dataset with this id; false when the key may not push to it. */
export function choose(id) {
  const found = datasets.find((one) => one.dataset === id);
  if (!found) return false;
  if (found === chosen) return true;
  chosen = found; detail = null; failed = null;
  history.replaceState(null, '', `#${encodeURIComponent(id)}`);
  drawDatasets();
  describe();
  changed();
  return true;
}

async function describe() {
  const asked = chosen;
  failed = null;
  try {
    const found = await ask(`/api/v1/datasets/${encodeURIComponent(asked.dataset)}`);
    if (asked !== chosen) return;
    detail = found;
  } catch (error) {
    if (asked !== chosen) return;
    failed = said(error);
  }
  drawColumns();
}

function unchoose() {
  chosen = null; detail = null;
  history.replaceState(null, '', location.pathname);
  drawDatasets();
  changed();
  $('cari').focus();
}

// ---- Drawing ------------------------------------------------------------------

const freshness = ({ freshness: { state: name, last_received_at: at } }) =>
  element('span', { class: 'when' }, state(name, t(name)),
    element('span', {}, at ? t('lastCame', { ago: ago(at) }) : ''));

export function drawDatasets() {
  $('pilih').hidden = chosen !== null;
  $('terpilih').hidden = chosen === null;
  if (chosen) { drawChosen(); return; }
  const found = datasets.filter(search($('cari').value));
  put($('cari-hasil'), datasets.length === 0 ? '' : t('foundDatasets', { count: number(found.length) }));
  panel('data-panel', datasets.length === 0 ? t('noneMayPush') : found.length === 0 ? t('foundNone') : '');
  $('data').hidden = found.length === 0;
  $('data').replaceChildren(...grouped(found).map(group));
}

function group({ owner, items }) {
  const id = `instansi-${owner}`;
  return element('section', { 'aria-labelledby': id },
    element('h3', { id }, institution(owner), ' ', element('small', {}, t('foundDatasets', { count: number(items.length) }))),
    element('ul', {}, ...items.map((one) => element('li', {}, choice(one)))));
}

function choice(one) {
  const node = button({ class: 'choice', 'data-id': one.dataset }, '', () => { choose(one.dataset); $('terpilih-judul').focus(); });
  node.append(element('strong', {}, one.title), element('span', { class: 'owner' }, element('code', {}, one.dataset)), freshness(one));
  return node;
}

function drawChosen() {
  $('terpilih').replaceChildren(
    element('div', { class: 'chosen-head' },
      element('div', {},
        element('h3', { id: 'terpilih-judul', tabindex: '-1' }, chosen.title),
        element('p', { class: 'owner' }, `${institution(chosen.owner)} · `, element('code', {}, chosen.dataset))),
      button({ class: 'quiet', id: 'ganti' }, t('change'), unchoose)),
    freshness(chosen),
    element('div', { id: 'kolom', class: 'expected' }));
  drawColumns();
}

function drawColumns() {
  if (!chosen) return;
  const box = $('kolom');
  if (failed) {
    box.replaceChildren(element('p', { class: 'wrong' }, `${t('failed')}: ${failed} `, button({ class: 'link' }, t('retry'), describe)));
  } else if (!detail) {
    box.replaceChildren(element('p', { class: 'hint' }, t('columnsLoading')));
  } else {
    const more = element('details', { class: 'more' },
      element('summary', {}, t('columnsExpected', { count: number(detail.columns.length) })), columnTable());
    more.open = opened;
    more.addEventListener('toggle', () => { opened = more.open; });
    if (detail.rules.length > 0) more.append(element('p', { class: 'hint' }, t('checkedTogether', { rules: detail.rules.join('; ') })));
    box.replaceChildren(more, button({ class: 'link', id: 'templat' }, t('template'), template));
  }
}

function columnTable() {
  const head = ['columnName', 'columnType', 'columnRequired', 'columnExample'].map((key) => element('th', { scope: 'col' }, t(key)));
  const rows = detail.columns.map((column) => element('tr', {},
    element('td', { 'data-label': t('columnName') }, element('code', {}, column.name),
      ...(column.title && column.title !== column.name ? [element('small', {}, column.title)] : [])),
    element('td', { 'data-label': t('columnType') }, typeName(column)),
    element('td', { 'data-label': t('columnRequired') }, column.required ? element('strong', {}, t('required')) : t('optional')),
    element('td', { 'data-label': t('columnExample'), class: 'value' }, column.example ? element('bdi', { class: 'sent' }, column.example) : element('em', {}, t('free')))));
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('columnsExpected', { count: number(detail.columns.length) }) },
    element('table', { class: 'cells' }, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows)));
}

function typeName({ type, allowed = [] }) {
  if (allowed.length > 0) {
    return t('oneOf', { values: allowed.slice(0, LISTED).join(', ') + (allowed.length > LISTED ? ', …' : '') });
  }
  const key = TYPES[type] ?? 'typeNumber';
  return knows(key) ? t(key) : type;
}

/** An empty file with the header line; cut with semicolons, as spreadsheets with Indonesian settings open it. */
function template() {
  const header = detail.columns.map((column) => column.name).join(detail.delimiter ?? ';');
  save(new Blob([`${header}\r\n`], { type: 'text/csv' }), `${detail.dataset}-templat.csv`);
}

// ---- Hands ----------------------------------------------------------------------

$('cari').addEventListener('input', drawDatasets);
walk($('cari'), $('data'), '.choice');
addEventListener('hashchange', () => choose(decoded(location.hash.slice(1))));
