// The page "Peringatan": a list of alerts and one of them in full. Word of what happens comes by itself (server-sent
// events); where it cannot, the page asks now and then.

import { $, Refused, begin, panel, put, said, show, signIn, t } from '/assets/common.js';
import { drawAlert, forgetAlert, onAlert, showAlert, shownAlert } from '/assets/alert.js';
import { drawAlerts, focusRow, forgetAlerts, handle, loadAlerts, mark, onOpen, readAddress, sentence, writeAddress } from '/assets/alerts.js';
import { loadInstitutions } from '/assets/groups.js';

/** Several words that come together are one reason to ask. */
const GATHER = 250;
/** Where no word comes. */
const SELDOM = 15000;
/** A connection that is back by then was not lost. */
const GRACE = 2500;

let isIn = false;
let source = null;
let gathering = 0;
let timer = 0;
let doubt = 0;

// ---- Asking the hub -------------------------------------------------------------

async function enter() {
  const id = readAddress();
  const isFirst = !isIn;
  try {
    await loadAlerts();
    isIn = true;
    found();
    show('papan');
    if (isFirst) {
      loadInstitutions().then(() => { if (isIn) { drawAlerts(); drawAlert(); } });
      listen();
    }
    await open(id, false);
  } catch (error) {
    if (refused(error)) return;
    show('papan');
    panel('daftar-panel', `${t('failed')}: ${said(error)}`, enter);
  }
}

/** True when the key itself is refused; then the page asks for another. */
function refused(error) {
  if (!(error instanceof Refused && error.ofKey)) return false;
  leave();
  signIn(error.status === 403 ? t('keyForbidden') : '');
  return true;
}

/** Asks anew for the list and for the alert that is looked at. */
async function refresh() {
  clearTimeout(gathering);
  gathering = 0;
  if (!isIn) return;
  try {
    const fresh = await loadAlerts();
    if (source?.readyState === EventSource.OPEN || !source) found();
    if (shownAlert()) await showAlert(shownAlert(), true);
    return fresh;
  } catch (error) {
    if (!refused(error)) lost();
    return [];
  }
}

function lost() {
  doubt ||= setTimeout(() => { put($('putus'), t('lost')); $('putus').hidden = !isIn; }, GRACE);
}

function found() {
  clearTimeout(doubt);
  doubt = 0;
  $('putus').hidden = true;
}

async function announce() {
  const fresh = (await refresh()) ?? [];
  if (fresh.length > 0) put($('kabar'), t('newAlert', { sentence: sentence(fresh[0]) }));
}

function soon() {
  if (!gathering) gathering = setTimeout(announce, GATHER);
}

function listen() {
  source?.close();
  source = new EventSource('/api/v1/events');
  source.addEventListener('alert', soon);
  source.addEventListener('tick', (event) => {
    found();
    // Something may have been missed.
    if (JSON.parse(event.data).resumed === false) soon();
  });
  source.addEventListener('error', () => {
    if (!isIn) return;
    lost();
    // Given up by the browser: refused, or no stream at all.
    if (source.readyState === EventSource.CLOSED) { source = null; refresh(); }
  });
  clearInterval(timer);
  timer = setInterval(() => { if (isIn && !source && !document.hidden) refresh(); }, SELDOM);
}

// ---- One alert ------------------------------------------------------------------

async function open(id, isOwn = true) {
  mark(id);
  if (isOwn) writeAddress(true);
  try {
    const shown = showAlert(id);
    if (isOwn && id) $('rinci-judul').focus();
    await shown;
    // The heading was made anew with what it is about.
    if (isOwn && id && shownAlert() === id && [document.body, null].includes(document.activeElement)) $('rinci-judul').focus();
  } catch (error) {
    refused(error);
  }
}

function close() {
  const id = shownAlert();
  open(null);
  if (id) focusRow(id);
}

// ---- The page -----------------------------------------------------------------------

function leave() {
  isIn = false;
  found();
  source?.close();
  source = null;
  clearInterval(timer);
  clearTimeout(gathering);
  gathering = 0;
  $('kabar').textContent = '';
  forgetAlerts();
  forgetAlert();
}

function draw() {
  if (!isIn) return;
  $('kabar').textContent = '';
  drawAlerts();
  drawAlert();
}

onOpen((id) => open(id));
onAlert((words) => { put($('kabar'), words); refresh(); }, close);
handle(refresh);
addEventListener('popstate', () => { if (isIn) enter(); });
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && shownAlert() && !['TEXTAREA', 'SELECT', 'INPUT'].includes(document.activeElement?.tagName)) close();
});
addEventListener('pagehide', () => source?.close());

await begin({ title: 'alertsTitle', enter, draw, leave });
