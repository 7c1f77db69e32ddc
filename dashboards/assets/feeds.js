// The list of feeds: grouped by institution, searched by typing, filtered by state; the address remembers both. A row
// lives as long as the page, and is moved only when the order changes: whoever steers by keyboard stays on it while
// figures come in.

import { $, STATES, ago, button, element, lang, moment, number, panel, put, state, t } from '/assets/common.js';
import { grouped, institution, search, walk } from '/assets/groups.js';
import { drawReceiptsOf } from '/assets/receipts.js';

let feeds = [];
let only = '';
let opened = null;
/** What is drawn: which row stands where, in which language. */
let drawn = '';
let newest = '';
const rows = new Map();

export const titleOf = (id) => feeds.find((feed) => feed.dataset === id)?.title || id;

/** Takes up the feeds as the hub lists them; those in `changed` light up. */
export function setFeeds(list, changed = new Set()) {
  feeds = list;
  drawFeeds();
  for (const id of changed) {
    const node = rows.get(id)?.node;
    node?.classList.remove('new');
    requestAnimationFrame(() => node?.classList.add('new'));
  }
}

/** Asks anew for the receipts of the open feed when the latest receipts have another one of it. */
export function noteReceipts(receipts) {
  const last = opened && receipts.find((receipt) => receipt.dataset === opened)?.receipt_id;
  if (last && last !== newest) { newest = last; fill(opened); }
}

export function forgetFeeds() {
  feeds = []; opened = null; drawn = ''; newest = '';
  rows.clear();
  for (const id of ['feed', 'hitungan']) $(id).replaceChildren();
  put($('cari-hasil'), '');
}

// ---- Search and filter ----------------------------------------------------------

function readAddress() {
  const asked = new URLSearchParams(location.search);
  $('cari').value = asked.get('q') ?? '';
  only = STATES.find((name) => name === asked.get('status')) ?? '';
}

function writeAddress() {
  const asked = new URLSearchParams(location.search);
  for (const [name, value] of [['q', $('cari').value.trim()], ['status', only]]) {
    if (value) asked.set(name, value); else asked.delete(name);
  }
  history.replaceState(null, '', `${location.pathname}${asked.size > 0 ? `?${asked}` : ''}${location.hash}`);
}

/** Shows what fits `typed` and is in the state `name`; all states without one. */
export function look(typed, name = '') {
  $('cari').value = typed;
  only = name;
  writeAddress();
  drawFeeds();
}

/** Pressed once more, a state lets all others in again. */
const choose = (name) => look($('cari').value, name === only ? '' : name);

// ---- Drawing ------------------------------------------------------------------

export function drawFeeds() {
  drawTallies();
  const fits = search($('cari').value);
  const found = feeds.filter((feed) => (only === '' || feed.state === only) && fits(feed));
  const groups = grouped(found, (feed) => feed.state);
  if (opened && !found.some((feed) => feed.dataset === opened)) close();
  for (const feed of found) fillRow(feed);
  const now = JSON.stringify([lang, feeds.length, groups.map(({ owner, items }) => [owner, institution(owner), items.map((feed) => [feed.dataset, feed.state])])]);
  if (now === drawn) return;
  drawn = now;
  const at = $('feed').contains(document.activeElement) ? document.activeElement : null;
  $('feed').replaceChildren(...groups.map(group));
  at?.focus();
  put($('cari-hasil'), feeds.length === 0 ? '' : t('foundFeeds', { count: number(found.length), all: number(feeds.length), owners: number(groups.length) }));
  if (feeds.length === 0) panel('feed-panel', t('noFeeds'));
  else panel('feed-panel', found.length === 0 ? t('foundNone') : '', () => { look(''); $('cari').focus(); }, t('showAll'));
}

function group({ owner, items }) {
  const id = `instansi-${owner}`;
  const all = feeds.filter((feed) => feed.owner === owner).length;
  const count = items.length === all ? t('foundDatasets', { count: number(all) }) : t('someOf', { count: number(items.length), all: number(all) });
  const troubles = STATES.filter((name) => name !== 'fresh')
    .map((name) => [name, items.filter((feed) => feed.state === name).length])
    .filter(([, many]) => many > 0);
  const marks = troubles.length > 0 ? troubles.map(([name, many]) => state(name, `${number(many)} ${t(name)}`)) : [state('fresh', t('allFresh'))];
  return element('section', { class: 'group', 'aria-labelledby': id },
    element('div', { class: 'group-head' },
      element('div', {},
        element('h3', { id }, institution(owner)),
        element('p', {}, count, ...(institution(owner) === owner ? [] : [' · ', element('code', {}, owner)]))),
      element('p', { class: 'marks' }, ...marks)),
    element('ul', { class: 'feeds' }, ...items.map((feed) => rows.get(feed.dataset).node)));
}

function rowOf(id) {
  const found = rows.get(id);
  if (found) return found;
  const part = (name, tag = 'span') => element(tag, { class: name });
  const row = { title: part('title', 'strong'), rows: part('rows'), when: part('when'), state: part('now'), said: part('said'),
    sentence: part('sentence', 'p'), past: part('receipts', 'div'), more: element('div', { class: 'feed-more', id: `rinci-${id}` }) };
  row.line = button({ class: 'feed-line', 'aria-expanded': 'false', 'aria-controls': `rinci-${id}` }, '', () => toggle(id));
  row.line.append(element('span', { class: 'name' }, row.title, ' ', element('code', {}, id)), row.rows, row.when, row.state, row.said);
  row.more.hidden = true;
  row.more.append(row.sentence, row.past);
  row.node = element('li', { class: 'feed', 'data-id': id }, row.line, row.more);
  rows.set(id, row);
  return row;
}

function fillRow(feed) {
  const row = rowOf(feed.dataset);
  const sentence = lang === 'id' ? feed.sentence_id : feed.sentence_en;
  put(row.title, feed.title || feed.dataset);
  // The hub leaves the count out where the key may not see all rows.
  put(row.rows, feed.rows == null ? t('rowsHiddenShort') : `${number(feed.rows)} ${t('rows')}`);
  row.rows.title = feed.rows == null ? t('rowsHidden') : '';
  put(row.when, feed.last_received_at ? ago(feed.last_received_at) : '');
  row.when.title = feed.last_received_at ? moment(feed.last_received_at) : '';
  if (row.state.textContent !== t(feed.state)) row.state.replaceChildren(state(feed.state, t(feed.state)));
  // All is well, or nothing has come: the pill says that already.
  put(row.said, ['late', 'silent'].includes(feed.state) ? sentence : '');
  put(row.sentence, sentence);
}

/** The states, each with its number of feeds: pressed, only those are shown. */
function drawTallies() {
  const counts = STATES.map((name) => [name, feeds.filter((feed) => feed.state === name).length])
    .filter(([name, count]) => count > 0 || name === only);
  const tallies = feeds.length === 0 ? [] : [['', feeds.length], ...counts];
  const list = $('hitungan');
  while (list.children.length > tallies.length) list.lastElementChild.remove();
  while (list.children.length < tallies.length) {
    list.append(element('li', {}, button({}, '', (event) => choose(event.currentTarget.dataset.status))));
  }
  tallies.forEach(([name, count], i) => {
    const choice = list.children[i].firstElementChild;
    choice.dataset.status = name;
    choice.className = name ? `state ${name}` : 'state every';
    choice.setAttribute('aria-pressed', String(name === only));
    put(choice, name ? `${number(count)} ${t(name)}` : `${t('all')} ${number(count)}`);
  });
}

// ---- One feed -----------------------------------------------------------------

function toggle(id) {
  const again = opened === id;
  close();
  if (again) return;
  opened = id;
  newest = '';
  const row = rows.get(id);
  row.line.setAttribute('aria-expanded', 'true');
  row.more.hidden = false;
  fill(id);
}

function fill(id) {
  return drawReceiptsOf(id, rows.get(id).past, () => opened === id);
}

/** Writes the receipts of the open feed anew, in the language of now. */
export function redrawOpened() {
  if (opened) fill(opened);
}

function close() {
  const row = rows.get(opened);
  row?.line.setAttribute('aria-expanded', 'false');
  if (row) { row.more.hidden = true; row.past.replaceChildren(); }
  opened = null;
}

// ---- Hands ----------------------------------------------------------------------

readAddress();
$('cari').addEventListener('input', () => { writeAddress(); drawFeeds(); });
$('saringan').addEventListener('submit', (event) => event.preventDefault());
addEventListener('popstate', () => { readAddress(); drawFeeds(); });
walk($('cari'), $('feed'), '.feed-line');
