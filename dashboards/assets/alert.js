// One alert: what speaks for it, the course of the figures, where else was looked, what people did, and what can be done.

import { $, Refused, ask, button, chance, day, element, figure, knows, lang, moment, number, said, t } from '/assets/common.js';
import { chart } from '/assets/chart.js';
import { institution } from '/assets/groups.js';
import { sentence, severity, stageName, titleOf } from '/assets/alerts.js';

/** Days before an episode that its figures are shown for, by the grain of the indicator. */
const BEFORE = { hari: 75, minggu: 420, bulan: 1500 };
const AFTER = 14;
const DAY = 86400000;
const SNOOZES = [1, 3, 7, 30];
/** Points asked for; a series of one unit has fewer. */
const MOST = 2000;

let alert = null;
let trouble = '';
let points = null;
let wanted = null;
/** What is written and not sent yet, so that word that comes in does not wipe it away. */
let written = '';
const indicators = new Map();
let changed = () => {};
let back = () => {};

/** What is to be done when a step was taken, and when the reader goes back. */
export function onAlert(did, left) { changed = did; back = left; }

export const shownAlert = () => wanted;

/** Loads and shows an alert; throws a refusal of the key. `again` keeps what is shown until the answer has come. */
export async function showAlert(id, again = false) {
  if (!again || wanted !== id) { alert = null; points = null; written = ''; }
  wanted = id;
  trouble = '';
  drawAlert();
  if (!id) return;
  try {
    const found = await ask(`/api/v1/alerts/${encodeURIComponent(id)}`);
    if (wanted !== id) return;
    alert = found;
  } catch (error) {
    if (wanted !== id) return;
    if (error instanceof Refused && error.ofKey) throw error;
    alert = null;
    trouble = error instanceof Refused && error.status === 404 ? t('alertGone') : `${t('failed')}: ${said(error)}`;
  }
  drawAlert();
  if (alert) loadPoints(alert);
}

async function loadPoints(of) {
  try {
    if (!indicators.has(of.indicator)) {
      indicators.set(of.indicator, await ask(`/api/v1/indicators/${encodeURIComponent(of.indicator)}`).catch(() => null));
    }
    const before = BEFORE[indicators.get(of.indicator)?.grain] ?? BEFORE.hari;
    const asked = new URLSearchParams({ unit: of.unit, from: moved(of.since, -before), to: moved(of.last, AFTER), limit: String(MOST) });
    const found = await ask(`/api/v1/indicators/${encodeURIComponent(of.indicator)}/series?${asked}`);
    if (alert !== of) return;
    points = found.items;
  } catch {
    if (alert !== of) return;
    points = [];
  }
  drawAlert();
}

const moved = (date, days) => new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

export function forgetAlert() {
  alert = null; points = null; wanted = null; trouble = ''; written = '';
  indicators.clear();
  drawAlert();
}

// ---- Drawing ------------------------------------------------------------------

const upper = element('div');
const lower = element('div');
const way = button({ class: 'quiet', id: 'kembali' }, '', () => back());
/** What the lower part was drawn for: while it is that, it is left alone, and with it whoever writes in it. */
let drawn = '';

export function drawAlert() {
  const box = $('rinci');
  box.hidden = !wanted;
  $('pilih').hidden = Boolean(wanted);
  $('belah').classList.toggle('opened', Boolean(wanted));
  if (!box.hasChildNodes()) box.append(way, upper, lower);
  way.textContent = t('backToList');
  // Whoever stands on something in here stays on it.
  const at = upper.contains(document.activeElement) ? document.activeElement.id : '';
  const isOpen = [...upper.querySelectorAll('details')].map((one) => one.open);
  upper.replaceChildren(...(alert ? content() : [element('h2', { id: 'rinci-judul', tabindex: '-1' }, t('alerting')),
    element('p', { class: 'panel', role: 'status' }, trouble || t('loading'))]));
  upper.querySelectorAll('details').forEach((one, i) => { one.open = isOpen[i] ?? false; });
  if (at) $(at)?.focus();
  const now = alert ? JSON.stringify([lang, alert.id, alert.status, alert.may]) : '';
  if (now === drawn) return;
  drawn = now;
  lower.replaceChildren(...(alert ? [hands()].filter(Boolean) : []));
}

function content() {
  const action = lang === 'id' ? alert.action : alert.action_en ?? alert.action;
  return [
    element('p', { class: 'marks' }, severity(alert.severity), element('span', { class: 'stand' }, stageName(alert.status))),
    element('h2', { id: 'rinci-judul', tabindex: '-1' }, titleOf(alert), ...(alert.name ? [element('small', {}, alert.name)] : [])),
    element('p', { class: 'said' }, sentence(alert)),
    ...(action ? [element('p', { class: 'first' }, element('b', {}, `${t('firstStep')}: `), action)] : []),
    facts(), course(), evidence(), checked(), attribution(), history(),
  ].filter(Boolean);
}

const part = (title, ...children) => element('section', { class: 'part' }, element('h3', {}, title), ...children);
const span = ({ from, to }) => (from === to ? day(from) : t('dayToDay', { from: day(from), to: day(to) }));

function facts() {
  const indicator = indicators.get(alert.indicator);
  const list = [
    [t('factSince'), span({ from: alert.since, to: alert.last })],
    [t('factOwner'), [institution(alert.owner), ['held', 'suppressed'].includes(alert.delivery) && t(`told_${alert.delivery}`)].filter(Boolean).join('; ')],
    alert.confidence && [t('evidence'), t(`sure_${alert.confidence}`)],
    Number.isFinite(alert.excess) && [t('factExcess'), figure(alert.excess)],
    Number.isFinite(alert.p) && [t('factChance'), chance(alert.p)],
    indicator && [t('factMethod'), indicator.method],
    alert.snoozed_until && [t('deed_snooze'), t('restsUntil', { when: moment(alert.snoozed_until) })],
  ];
  return element('dl', { class: 'facts' }, ...list.filter(Boolean).map(([name, value]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, value))));
}

function course() {
  if (points === null) return part(t('chartTitle'), element('p', { class: 'hint', role: 'status' }, t('chartLoading')));
  return part(t('chartTitle'), points.length === 0 ? element('p', { class: 'hint' }, t('chartNone')) : chart(points, alert.name ?? alert.unit));
}

function evidence() {
  if (alert.evidence.length === 0) return null;
  const line = (episode) => {
    const figures = [span(episode), Number.isFinite(episode.excess) && `${t('factExcess')} ${figure(episode.excess)}`,
      Number.isFinite(episode.p) && `p ${chance(episode.p)}`, episode.is_rule && t('byRuleOnly')];
    return element('li', {},
      element('b', {}, [episode.title, episode.name ?? episode.unit].join(' · ')),
      element('span', {}, figures.filter(Boolean).join(' · ')),
      element('a', { href: episode.series }, t('evidenceData', { data: episode.data, version: episode.version ?? '–' })));
  };
  return part(t('evidence'), element('ul', { class: 'lines' }, ...alert.evidence.map(line)));
}

function checked() {
  if (alert.checked.length === 0) return null;
  const line = (one) => {
    const [what, text] = lang === 'id' ? [one.what, one.text] : [one.what_en ?? one.what, one.text_en ?? one.text];
    return element('li', { class: one.found ? 'yes' : 'no' },
      element('b', {}, what), element('span', { class: 'verdict' }, t(one.found ? 'checkedFound' : 'checkedNot')),
      ...(text ? [element('span', {}, text)] : []));
  };
  return part(t('checkedTitle'), element('ul', { class: 'lines' }, ...alert.checked.map(line)));
}

/** One sentence of what a change is made of, where the hub has worked it out. */
function attribution() {
  const words = alert.attribution?.kalimat?.[lang];
  return words ? part(t('attributionTitle'), element('p', {}, words)) : null;
}

function history() {
  const line = (step) => element('li', {},
    element('time', { datetime: step.at }, moment(step.at)),
    element('span', {}, element('b', {}, knows(`deed_${step.deed}`) ? t(`deed_${step.deed}`) : step.deed),
      ...(step.by ? [` ${t('stepBy', { name: step.by })}`] : []), ...(step.until ? [` (${t('restsUntil', { when: moment(step.until) })})`] : [])),
    ...(step.note ? [element('q', {}, step.note)] : []));
  return part(t('stepsTitle'), alert.steps.length === 0 ? element('p', { class: 'hint' }, t('noSteps'))
    : element('ol', { class: 'lines steps-of' }, ...alert.steps.map(line)));
}

// ---- What can be done ---------------------------------------------------------

function hands() {
  if (alert.may.length === 0) return alert.status === 'closed' ? null : element('p', { class: 'hint' }, t('notYours'));
  const note = element('textarea', { id: 'catatan', class: 'text', rows: '3', maxlength: '2000', 'aria-describedby': 'catatan-kata langkah-salah' });
  note.value = written;
  note.addEventListener('input', () => { written = note.value; });
  const steps = alert.may.filter((action) => action !== 'snooze');
  const length = element('select', { id: 'lama', class: 'text' }, ...SNOOZES.map((days) => element('option', { value: days }, t('days', { count: number(days) }))));
  const snooze = alert.may.includes('snooze')
    ? [element('div', { class: 'snooze' }, element('label', { for: 'lama' }, t('snoozeFor')), length,
      button({ class: 'quiet', id: 'langkah-snooze' }, t('do_snooze'), () => act('snooze', Number(length.value))))] : [];
  return part(t('decide'),
    element('label', { class: 'field', for: 'catatan' }, t('note')), note,
    element('p', { id: 'catatan-kata', class: 'hint' }, t('noteHint')),
    element('p', { id: 'langkah-salah', class: 'wrong', role: 'alert' }),
    element('div', { class: 'actions' }, ...steps.map((action, i) =>
      button({ class: i === 0 ? 'main' : 'second', id: `langkah-${action}` }, t(`do_${action}`), () => act(action)))),
    ...snooze);
}

async function act(action, days) {
  const wrong = $('langkah-salah');
  wrong.textContent = '';
  const text = written.trim();
  if (action !== 'acknowledge' && !text) { wrong.textContent = t('noteMissing'); $('catatan').focus(); return; }
  const until = days ? { until: new Date(Date.now() + days * DAY).toISOString() } : {};
  const id = alert.id;
  for (const one of lower.querySelectorAll('button')) one.disabled = true;
  try {
    const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ action, note: text, ...until }) };
    const after = await ask(`/api/v1/alerts/${encodeURIComponent(id)}`, options);
    if (wanted !== id) return;
    written = '';
    alert = after;
    drawn = '';
    drawAlert();
    $('rinci-judul').focus();
    changed(t('noted', { deed: t(`deed_${action}`) }));
  } catch (error) {
    if (wanted !== id) return;
    // What was written stays.
    for (const one of lower.querySelectorAll('button')) one.disabled = false;
    $('langkah-salah').textContent = said(error);
    $(`langkah-${action}`)?.focus();
  }
}
