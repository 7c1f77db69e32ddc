// The list of alerts: the worst first, narrowed by stage, severity and words; the address remembers it. A row is moved, not
// made anew, while word comes in: whoever stands on it stays there.

import { $, ask, button, day, element, lang, moment, number, panel, put, t } from '/assets/common.js';
import { folded, institution, walk } from '/assets/groups.js';

export const SEVERITIES = ['kritis', 'tinggi', 'sedang', 'info'];
const STAGES = { active: 'open,acknowledged', open: 'open', acknowledged: 'acknowledged', verified: 'verified', dismissed: 'dismissed', closed: 'closed', all: '' };
const MOST = 500;

let alerts = [];
let isCut = false;
let only = '';
let stage = 'active';
let opened = null;
let open = () => {};
const rows = new Map();

/** What is to be done when an alert is chosen. */
export function onOpen(act) { open = act; }

/** The sentence in the language of now. */
export const sentence = (alert) => (lang === 'id' ? alert.sentence : alert.sentence_en);
export const titleOf = (alert) => (lang === 'id' ? alert.title : alert.title_en);

/** The pill of a severity: colour, shape and word together. */
export function severity(name) {
  return element('span', { class: `sev ${SEVERITIES.includes(name) ? name : 'info'}` }, t(`sev_${name}`));
}

export const stageName = (status) => t(`stand_${status}`);

/** Asks for the list; throws what `ask` throws. Answers the alerts that were not there before. */
export async function loadAlerts() {
  const asked = new URLSearchParams({ limit: String(MOST) });
  if (STAGES[stage]) asked.set('status', STAGES[stage]);
  const wanted = stage;
  const list = await ask(`/api/v1/alerts?${asked}`);
  // Another stage was chosen meanwhile: its own answer is on the way.
  if (wanted !== stage) return [];
  const before = new Set(alerts.map((alert) => alert.id));
  alerts = list.items;
  isCut = Boolean(list.next);
  drawAlerts();
  return alerts.filter((alert) => !before.has(alert.id));
}

export function forgetAlerts() {
  alerts = []; opened = null;
  rows.clear();
  for (const id of ['daftar', 'hitungan']) $(id).replaceChildren();
  put($('cari-hasil'), '');
}

/** Marks the alert that is looked at. */
export function mark(id) {
  opened = id;
  for (const [own, row] of rows) {
    if (own === id) row.line.setAttribute('aria-current', 'true'); else row.line.removeAttribute('aria-current');
  }
}

export function focusRow(id) {
  (rows.get(id)?.line ?? $('cari')).focus();
}

// ---- Search and filter ----------------------------------------------------------

export function readAddress() {
  const asked = new URLSearchParams(location.search);
  $('cari').value = asked.get('q') ?? '';
  only = SEVERITIES.find((name) => name === asked.get('severity')) ?? '';
  stage = Object.keys(STAGES).find((name) => name === asked.get('status')) ?? 'active';
  return asked.get('id');
}

export function writeAddress(isNew = false) {
  const asked = new URLSearchParams();
  const values = { q: $('cari').value.trim(), severity: only, status: stage === 'active' ? '' : stage, id: opened ?? '' };
  for (const [name, value] of Object.entries(values)) if (value) asked.set(name, value);
  const at = `${location.pathname}${asked.size > 0 ? `?${asked}` : ''}`;
  if (at === `${location.pathname}${location.search}`) return;
  if (isNew) history.pushState(null, '', at); else history.replaceState(null, '', at);
}

function look(typed, name) {
  $('cari').value = typed;
  only = name;
  writeAddress();
  drawAlerts();
}

function fits(alert) {
  const text = folded([titleOf(alert), sentence(alert), alert.name, alert.unit, alert.owner, institution(alert.owner)].filter(Boolean).join(' '));
  return folded($('cari').value).split(/\s+/).filter(Boolean).every((word) => text.includes(word));
}

// ---- Drawing ------------------------------------------------------------------

export function drawAlerts() {
  drawStages();
  drawTallies();
  const found = alerts.filter((alert) => (only === '' || alert.severity === only) && fits(alert));
  for (const id of rows.keys()) if (!alerts.some((alert) => alert.id === id)) rows.delete(id);
  const nodes = found.map(rowOf);
  const shown = [...$('daftar').children];
  if (nodes.length !== shown.length || nodes.some((node, i) => node !== shown[i])) {
    const at = $('daftar').contains(document.activeElement) ? document.activeElement : null;
    $('daftar').replaceChildren(...nodes);
    at?.focus();
  }
  const words = [t('foundAlerts', { count: number(found.length), all: number(alerts.length) }), isCut && t('alertsMore', { count: number(alerts.length) })];
  put($('cari-hasil'), alerts.length === 0 ? '' : words.filter(Boolean).join('. '));
  if (alerts.length === 0) panel('daftar-panel', t('noAlerts'));
  else panel('daftar-panel', found.length === 0 ? t('foundNone') : '', () => { look('', ''); $('cari').focus(); }, t('showAll'));
}

function rowOf(alert) {
  let row = rows.get(alert.id);
  if (!row) {
    row = { line: button({ class: 'alert-line' }, '', () => open(alert.id)), drawn: '' };
    row.node = element('li', { 'data-id': alert.id }, row.line);
    rows.set(alert.id, row);
  }
  const now = JSON.stringify([lang, institution(alert.owner), alert]);
  if (row.drawn !== now) {
    row.drawn = now;
    row.line.replaceChildren(
      element('span', { class: 'marks' }, severity(alert.severity), element('span', { class: 'stand' }, stageName(alert.status))),
      element('span', { class: 'sentence' }, sentence(alert)),
      element('span', { class: 'under' }, ...[institution(alert.owner), t('sinceDay', { day: day(alert.since) }),
        alert.confidence && t(`sure_${alert.confidence}`), alert.snoozed_until && t('restsUntil', { when: moment(alert.snoozed_until) }),
        ['held', 'suppressed'].includes(alert.delivery) && t(`told_${alert.delivery}`)]
        .filter(Boolean).map((text) => element('span', {}, text))));
  }
  if (alert.id === opened) row.line.setAttribute('aria-current', 'true'); else row.line.removeAttribute('aria-current');
  return row.node;
}

function drawStages() {
  const select = $('tahap');
  if (select.dataset.lang !== lang) {
    select.dataset.lang = lang;
    select.replaceChildren(...Object.keys(STAGES).map((name) => element('option', { value: name }, t(`stand_${name}`))));
  }
  select.value = stage;
}

/** The severities, each with its number of alerts: pressed, only those are shown; pressed again, all. */
function drawTallies() {
  const counts = SEVERITIES.map((name) => [name, alerts.filter((alert) => alert.severity === name).length]);
  const shown = counts.filter(([name, count]) => count > 0 || name === only);
  const now = JSON.stringify([lang, only, shown]);
  const list = $('hitungan');
  if (list.dataset.drawn === now) return;
  list.dataset.drawn = now;
  const at = document.activeElement?.dataset?.severity;
  list.replaceChildren(...shown.map(([name, count]) => element('li', {},
    button({ class: `sev ${name}`, 'data-severity': name, 'aria-pressed': String(name === only) }, `${number(count)} ${t(`sev_${name}`)}`,
      () => look($('cari').value, name === only ? '' : name)))));
  if (at) list.querySelector(`[data-severity="${at}"]`)?.focus();
}

// ---- Hands ----------------------------------------------------------------------

/** Sets the hands to work; `reload` asks anew after another stage was chosen. */
export function handle(reload) {
  $('cari').addEventListener('input', () => { writeAddress(); drawAlerts(); });
  $('saringan').addEventListener('submit', (event) => event.preventDefault());
  $('tahap').addEventListener('change', () => { stage = $('tahap').value; writeAddress(); reload(); });
  walk($('cari'), $('daftar'), '.alert-line');
}
