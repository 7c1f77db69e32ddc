// The page "Data masuk": asks the hub every two seconds what has arrived and shows it. State is small: the last
// answers, and whether the ticker is held.

import { $, Refused, ago, ask, begin, clock, number, panel, put, said, show, signIn, t } from '/assets/common.js';
import { drawFeeds, forgetFeeds, noteReceipts, redrawOpened, setFeeds, titleOf } from '/assets/feeds.js';
import { loadInstitutions } from '/assets/groups.js';
import { drawLate, forgetLate, loadLate } from '/assets/late.js';
import { drawTicker, forgetTicker } from '/assets/receipts.js';

const EVERY = 2000;
/** Names of institutions, and who is late: they change by the hour. */
const SELDOM = 60000;
const BARS = 90;

let feeds = null;
let receipts = null;
let held = false;
let timer = 0;
let due = 0;
let shownTotal = 0;
let counting = 0;
const pace = [];

// ---- Drawing ------------------------------------------------------------------

function drawLast() {
  if (!feeds) return;
  const last = feeds.map((feed) => feed.last_received_at).filter(Boolean).sort((a, b) => Date.parse(b) - Date.parse(a))[0];
  put($('terakhir'), last ? `${t('lastArrival')} ${ago(last)}` : t('nothingYet'));
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

function drawReceipts() {
  drawTicker(receipts, titleOf);
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

/** All answers; where there is a refusal of the key among what went wrong, that is thrown, whichever came first. */
async function together(...asked) {
  const done = await Promise.allSettled(asked);
  const wrong = done.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  if (wrong.length > 0) throw wrong.find((error) => error instanceof Refused && error.ofKey) ?? wrong[0];
  return done.map(({ value }) => value);
}

/** Nothing here is waited for: feeds are shown without it. */
function occasionally() {
  if (Date.now() < due) return;
  due = Date.now() + SELDOM;
  loadInstitutions().then(() => { if (feeds) drawFeeds(); });
  loadLate();
}

async function refresh() {
  clearTimeout(timer);
  let again = EVERY;
  occasionally();
  try {
    const [register, list] = await together(
      ask('/api/v1/freshness'),
      // What the hub worked out itself nobody sent.
      ask('/api/v1/receipts?limit=20&derived=false'));
    const old = new Map(feeds?.map((feed) => [feed.dataset, feed.rows]));
    const changed = new Set(register.feeds.filter((f) => old.has(f.dataset) && old.get(f.dataset) !== f.rows).map((f) => f.dataset));
    const total = register.feeds.reduce((sum, feed) => sum + (feed.rows ?? 0), 0);
    if (feeds) {
      const before = [...old.values()].reduce((sum, rows) => sum + (rows ?? 0), 0);
      pace.push({ at: Date.now(), rows: Math.max(0, total - before) });
      pace.splice(0, Math.max(0, pace.length - BARS));
    }
    const first = feeds === null;
    feeds = register.feeds;
    $('putus').hidden = true;
    show('papan');
    setFeeds(feeds, changed);
    drawTotal(total);
    drawLast();
    drawPace();
    if (first) drawLate();
    if (changed.size > 0) beat();
    if (!held) { receipts = list.items; drawReceipts(); }
    noteReceipts(list.items);
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
  due = 0;
  feeds = null; receipts = null; pace.length = 0; shownTotal = 0;
  forgetFeeds();
  forgetTicker();
  forgetLate();
  for (const id of ['terakhir', 'potret']) $(id).textContent = '';
}

// ---- Start ------------------------------------------------------------------------

function draw() {
  $('jeda').textContent = t(held ? 'resume' : 'pause');
  if (feeds) { drawFeeds(); redrawOpened(); drawTotal(shownTotal); drawLast(); drawPace(); drawLate(); }
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
