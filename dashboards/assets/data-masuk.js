// The page "Data masuk": asks the hub every two seconds what has arrived and shows it. State is small: the last
// answers, and whether the ticker is held.

import { $, Refused, ago, ask, begin, clock, element, lang, number, panel, said, show, signIn, state, t } from '/assets/common.js';

const EVERY = 2000;
const BARS = 90;
const STATES = ['silent', 'late', 'never', 'fresh'];

let feeds = null;
let receipts = null;
let seen = new Set();
let held = false;
let timer = 0;
let shownTotal = 0;
let counting = 0;
const pace = [];

// ---- Pieces of page ---------------------------------------------------------

function feedCard(feed) {
  // The hub leaves the count out where the key may not see all rows.
  const rows = feed.rows == null
    ? element('p', { class: 'rows' }, element('small', {}, t('rowsHidden')))
    : element('p', { class: 'rows' }, number(feed.rows), ' ', element('small', {}, t('rows')));
  return element('li', { class: 'card', 'data-id': feed.dataset },
    element('div', { class: 'card-head' },
      element('h3', {}, feed.title || feed.dataset),
      state(feed.state, t(feed.state))),
    element('p', { class: 'owner' }, `${feed.owner} · `, element('code', {}, feed.dataset)),
    rows,
    element('p', { class: 'said' }, lang === 'id' ? feed.sentence_id : feed.sentence_en));
}

function receiptLine(receipt) {
  const { accepted = 0, rejected = 0 } = receipt.rows ?? {};
  const title = feeds?.find((feed) => feed.dataset === receipt.dataset)?.title ?? receipt.dataset;
  const outcome = element('span', { class: 'outcome' },
    element('span', { class: `mark ${receipt.status}` }, t(receipt.status)));
  if (receipt.status === 'duplicate') {
    outcome.append(t('repeated'));
  } else {
    outcome.append(element('span', {}, element('b', {}, number(accepted)), ` ${t('acceptedRows')}`));
    if (rejected > 0) outcome.append(element('span', { class: 'bad' }, `${number(rejected)} ${t('rejectedRows')}`));
  }
  return element('li', { 'data-id': receipt.receipt_id },
    element('time', { datetime: receipt.received_at }, clock(receipt.received_at)),
    element('span', { class: 'what' }, title),
    outcome);
}

// ---- Drawing ------------------------------------------------------------------

function drawFeeds(changed = new Set()) {
  const order = (feed) => STATES.indexOf(feed.state);
  const sorted = [...feeds].sort((a, b) => order(a) - order(b) || (a.title || '').localeCompare(b.title || '', 'id'));
  $('feed').replaceChildren(...sorted.map((feed) => {
    const card = feedCard(feed);
    if (changed.has(feed.dataset)) card.classList.add('new');
    return card;
  }));
  panel('feed-panel', feeds.length === 0 ? t('noFeeds') : '');
  $('hitungan').replaceChildren(...STATES
    .map((name) => [name, feeds.filter((feed) => feed.state === name).length])
    .filter(([, count]) => count > 0)
    .map(([name, count]) => element('li', {}, state(name, `${number(count)} ${t(name)}`))));
}

function drawReceipts() {
  const first = seen.size === 0;
  $('kiriman').replaceChildren(...receipts.map((receipt) => {
    const line = receiptLine(receipt);
    if (!first && !seen.has(receipt.receipt_id)) line.classList.add('new');
    return line;
  }));
  seen = new Set(receipts.map((receipt) => receipt.receipt_id));
  panel('kiriman-panel', receipts.length === 0 ? t('noReceipts') : '');
}

function drawLast() {
  if (!feeds) return;
  const last = feeds.map((feed) => feed.last_received_at).filter(Boolean).sort((a, b) => Date.parse(b) - Date.parse(a))[0];
  $('terakhir').textContent = last ? `${t('lastArrival')} ${ago(last)}` : t('nothingYet');
}

function drawPace() {
  const top = Math.max(1, ...pace.map((p) => p.rows));
  const svg = $('denyut');
  const width = 360 / BARS;
  svg.replaceChildren(...pace.map((point, i) => {
    // Square root: one row stays visible beside a file of thousands.
    const height = point.rows === 0 ? 1 : Math.max(3, Math.sqrt(point.rows / top) * 70);
    const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    bar.setAttribute('x', ((BARS - pace.length + i) * width + 0.5).toFixed(2));
    bar.setAttribute('y', (72 - height).toFixed(2));
    bar.setAttribute('width', (width - 1).toFixed(2));
    bar.setAttribute('height', height.toFixed(2));
    bar.setAttribute('rx', '1');
    if (i === pace.length - 1) bar.setAttribute('class', 'now');
    return bar;
  }));
  const minute = pace.filter((point) => point.at > Date.now() - 60000);
  $('laju').textContent = number(minute.reduce((sum, point) => sum + point.rows, 0));
}

function drawTotal(total) {
  cancelAnimationFrame(counting);
  const from = shownTotal;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden;
  const begun = performance.now();
  // Not the frame's own time: a frame may have begun before we did.
  const step = () => {
    const done = still ? 1 : Math.min(1, Math.max(0, (performance.now() - begun) / 700));
    shownTotal = Math.round(from + (total - from) * (1 - (1 - done) ** 3));
    $('jumlah').textContent = number(shownTotal);
    if (done < 1) counting = requestAnimationFrame(step);
  };
  step();
}

// ---- Asking the hub -------------------------------------------------------------

async function refresh() {
  clearTimeout(timer);
  let again = EVERY;
  try {
    const [register, list] = await Promise.all([ask('/api/v1/freshness'), ask('/api/v1/receipts?limit=20')]);
    const old = new Map(feeds?.map((feed) => [feed.dataset, feed.rows]));
    const changed = new Set(register.feeds.filter((f) => old.has(f.dataset) && old.get(f.dataset) !== f.rows).map((f) => f.dataset));
    const total = register.feeds.reduce((sum, feed) => sum + (feed.rows ?? 0), 0);
    if (feeds) {
      const before = [...old.values()].reduce((sum, rows) => sum + (rows ?? 0), 0);
      pace.push({ at: Date.now(), rows: Math.max(0, total - before) });
      pace.splice(0, Math.max(0, pace.length - BARS));
    }
    feeds = register.feeds;
    $('putus').hidden = true;
    show('papan');
    drawFeeds(changed);
    drawTotal(total);
    drawLast();
    drawPace();
    if (changed.size > 0) beat();
    if (!held) { receipts = list.items; drawReceipts(); }
    $('potret').textContent = `${clock(register.generated_at)} · ${t('position')} ${number(register.visible_seq)}`;
  } catch (error) {
    if (error instanceof Refused && error.ofKey) {
      forget();
      signIn(error.status === 403 ? t('keyForbidden') : '');
      return;
    }
    again = 5000;
    const busy = error instanceof Refused && error.busy;
    if (feeds || busy || !(error instanceof Refused)) {
      $('putus').textContent = t(busy ? 'busy' : 'lost');
      $('putus').hidden = false;
    }
    if (!feeds) {
      show('papan');
      panel('feed-panel', `${t('failed')}: ${said(error)}`, refresh);
    }
  }
  timer = setTimeout(refresh, document.hidden ? 15000 : again);
}

function beat() {
  const dot = document.querySelector('.dot');
  dot.classList.remove('beat');
  requestAnimationFrame(() => requestAnimationFrame(() => dot.classList.add('beat')));
}

function forget() {
  clearTimeout(timer);
  feeds = null; receipts = null; seen = new Set(); pace.length = 0; shownTotal = 0;
  for (const id of ['feed', 'kiriman', 'hitungan']) $(id).replaceChildren();
  for (const id of ['terakhir', 'potret']) $(id).textContent = '';
}

// ---- Start ------------------------------------------------------------------------

function draw() {
  $('jeda').textContent = t(held ? 'resume' : 'pause');
  if (feeds) { drawFeeds(); drawTotal(shownTotal); drawLast(); drawPace(); }
  if (receipts) drawReceipts();
}

$('jeda').addEventListener('click', () => {
  held = !held;
  $('jeda').setAttribute('aria-pressed', String(held));
  $('jeda').textContent = t(held ? 'resume' : 'pause');
});
document.addEventListener('visibilitychange', () => { if (!document.hidden && feeds) refresh(); });
setInterval(drawLast, 1000);

await begin({ title: 'documentTitle', enter: refresh, draw, leave: forget });
