// The page "Kirim data": choose a dataset, choose files, check or send them one after another, see what became of
// them, mend what was wrong. A file stays chosen until the hub has taken it or the sender puts it away.

import { $, Refused, ask, begin, button, bytes, clock, element, number, panel, percent, said, show, signIn, t } from '/assets/common.js';
import { choose, dataset, drawDatasets, forgetDatasets, loadDatasets, onDataset, refreshDatasets } from '/assets/datasets.js';
import { redrawOutcome, showOutcome, summary } from '/assets/outcome.js';
import { drawPast, forgetPast, recallPast, record, refreshPast } from '/assets/past.js';
import { onCorrect } from '/assets/rejects.js';
import { Cancelled, Changed, chosen, push } from '/assets/upload.js';

const WORKBOOK = /\.(xlsx|xlsm|xls|ods)$/i;

let who = null;
/** Whose key the page holds things of, also while the session has ended. */
let entered = null;
let queue = [];
let correcting = null;
let trouble = null;
let running = false;
let current = null;
let ticking = 0;
let lacking = null;

// ---- Files ------------------------------------------------------------------------

const kinds = $('berkas').accept.split(',');
const isRead = (name) => kinds.some((kind) => name.toLowerCase().replace(/\.(gz|zst)$/, '').endsWith(kind));

function take(files) {
  const refused = [];
  for (const file of files) {
    if (!isRead(file.name)) refused.push(['notRead', { name: file.name }]);
    else if (file.size === 0) refused.push(['emptyFile', { name: file.name }]);
    else queue.push(chosen(file));
  }
  lack(...refused);
  drawQueue();
}

/** Says what is missing before a file can be sent. */
function lack(...what) {
  lacking = what;
  $('kurang').textContent = what.map(([key, values]) => t(key, values)).join(' ');
}

function putAway(item) {
  queue = queue.filter((one) => one !== item);
  if (trouble?.item === item) settle();
  drawQueue();
  $('berkas').focus();
}

// ---- Sending ----------------------------------------------------------------------

/** Where the files of one run go, and how. Fixed at its start: whoever chooses another dataset meanwhile means the next. */
function course() {
  const to = dataset();
  // A correction holds some of the rows: as a whole picture it would end all others.
  const mode = to.primary_key.length > 0 && !correcting ? $('mode').value : '';
  const scope = mode === 'snapshot' ? $('lingkup').value.trim() : '';
  const sheet = $('lembar').value.trim();
  const optionsFor = (file) => ({ sheet: WORKBOOK.test(file.name) ? sheet : '', mode, scope });
  return { to, optionsFor, correcting };
}

/** Sends, or only checks, every file of the queue. Stops at what would stop the next file, too. */
async function run(dryRun) {
  if (running) return;
  if (!dataset()) { lack(['datasetFirst']); ($('cari').offsetParent ? $('cari') : $('terpilih-judul')).focus(); return; }
  if (queue.length === 0) { lack(['fileFirst']); $('berkas').focus(); return; }
  lack();
  settle();
  running = true;
  let last = null;
  const way = course();
  for (const item of [...queue]) {
    last = await one(item, way, dryRun) ?? last;
    if (trouble || !who) break;
  }
  running = false;
  drawQueue();
  drawPast();
  if (!who) return;
  if (last && !dryRun) refreshDatasets();
  if (last) await showOutcome(last);
  if (trouble) $('galat').focus();
  else if (last) $('hasil-judul').focus();
}

/** The outcome of one file, or null when there is none yet; then `trouble` says why. */
async function one(item, { to, optionsFor, correcting: old }, dryRun) {
  item.state = 'sending';
  item.corrects = old;
  current = item;
  drawQueue();
  announce('announceSending', { name: item.file.name });
  try {
    const answer = await push(item, to, optionsFor(item.file), dryRun, drawProgress);
    const outcome = { ...answer, name: item.file.name, title: to.title };
    if (dryRun) {
      item.state = 'checked';
    } else {
      queue = queue.filter((other) => other !== item);
      record(outcome);
      if (old) await closeOld(old, answer.receipt);
    }
    announce('announceDone', { summary: summary(outcome) });
    return outcome;
  } catch (error) {
    item.state = 'stopped';
    if (error instanceof Refused && error.status === 401) {
      who = null;
      signIn(t('sessionEnded'));
      return null;
    }
    raise(item, error, dryRun);
    return null;
  } finally {
    current = null;
  }
}

/** The rejected rows of the push before are closed by this one: its receipt says so now. */
async function closeOld(old, receipt) {
  if (correcting === old) correcting = null;
  drawCorrecting();
  if (receipt.status === 'rejected') return;
  await refreshPast(old.receipt_id);
}

function startCorrecting(receipt) {
  if (running) return;
  correcting = choose(receipt.dataset) ? receipt : null;
  // Choosing another dataset ends a correction; this one is of the dataset chosen now.
  drawCorrecting();
  $('berkas').click();
  $('berkas').focus();
}

function announce(key, values) { $('kabar').textContent = t(key, values); }

// ---- Trouble ----------------------------------------------------------------------

function kindOf(error) {
  if (error instanceof Cancelled) return 'cancelled';
  if (error instanceof Changed) return 'changed';
  if (!(error instanceof Refused)) return 'lost';
  return [403, 404, 409, 413, 415, 422, 429, 503].includes(error.status) ? String(error.status) : 'other';
}

function raise(item, error, dryRun) {
  const kind = kindOf(error);
  item.state = ['403', '404', '413', '415', '422', 'changed'].includes(kind) ? 'refused' : 'stopped';
  trouble = { item, error, dryRun, kind, at: error.busy ? Date.now() + (error.retryAfter ?? 5) * 1000 : null };
  announce('announceStopped', { summary: t(`trouble_${kind}`) });
  drawTrouble();
  if (trouble.at) ticking = setInterval(tick, 250);
}

function tick() {
  const left = Math.ceil((trouble.at - Date.now()) / 1000);
  const words = $('hitung-mundur');
  if (words) words.textContent = t('tryAgainIn', { seconds: number(Math.max(0, left)) });
  if (left <= 0) again();
}

function again() {
  const { dryRun } = trouble;
  settle();
  run(dryRun);
}

function settle() {
  clearInterval(ticking);
  trouble = null;
  drawTrouble();
}

const RETRIED = ['lost', 'cancelled', '409', '429', '503', 'other'];

function drawTrouble() {
  const box = $('galat');
  box.hidden = !trouble;
  if (!trouble) { box.replaceChildren(); return; }
  const { item, error, kind, at } = trouble;
  const words = error instanceof Refused
    ? [element('p', { class: 'words' }, element('b', {}, `${t('hubSays')}: `), element('bdi', {}, error.message))] : [];
  const faults = (error.faults ?? []).map((fault) =>
    element('li', {}, element('bdi', {}, [fault.line && `${t('line')} ${fault.line}`, fault.column, fault.message].filter(Boolean).join(' · '))));
  box.replaceChildren(
    element('h2', {}, t(`trouble_${kind}`)),
    element('p', { class: 'hint' }, element('bdi', {}, item.file.name)),
    ...words,
    element('ul', { class: 'notes' }, ...faults),
    element('p', {}, t(`remedy_${kind}`, { instance: error.instance ?? '–' })),
    ...(at ? [element('p', { id: 'hitung-mundur', 'aria-live': 'off' })] : []),
    element('div', { class: 'actions' },
      ...(RETRIED.includes(kind) ? [button({ class: 'main', id: 'lagi' }, t(at ? 'now' : 'sendAgain'), again)] : []),
      button({ class: 'second' }, t('putAway'), () => putAway(item)),
      button({ class: 'quiet' }, t('close'), () => { settle(); $('kirim').focus(); })));
}

// ---- Drawing ------------------------------------------------------------------

function drawQueue() {
  $('antrean').replaceChildren(...queue.map(line));
  $('lembar-ruas').hidden = !queue.some((item) => WORKBOOK.test(item.file.name));
  // The next workbook has sheets of its own.
  if ($('lembar-ruas').hidden) $('lembar').value = '';
  $('kirim').textContent = correcting ? t('sendFix') : queue.length > 1 ? t('sendAll', { count: number(queue.length) }) : t('send');
  $('kirim').disabled = running;
  $('periksa').disabled = running;
  drawProgress();
}

function line(item) {
  const name = element('span', { class: 'name' }, element('bdi', {}, item.file.name), element('small', {}, bytes(item.file.size)));
  const busy = item.state === 'sending';
  const end = busy
    ? button({ class: 'quiet', id: 'batal' }, t('cancel'), () => item.request?.abort())
    : button({ class: 'round', 'aria-label': t('remove', { name: item.file.name }) }, '×', () => putAway(item));
  end.disabled = running && !busy;
  const row = element('li', { class: item.state }, name,
    element('span', { class: 'step-state', ...(busy && { id: 'langkah' }) }, busy ? '' : t(item.state)), end);
  if (busy) row.append(element('progress', { id: 'kemajuan', max: '1', 'aria-label': item.file.name }));
  return row;
}

function drawProgress() {
  if (!current || !$('kemajuan')) return;
  const { sent, file } = current;
  // All bytes are gone: what is left is the hub's work, of which the browser knows no measure.
  if (sent < 1) $('kemajuan').value = sent; else $('kemajuan').removeAttribute('value');
  $('langkah').textContent = sent < 1 ? t('sendingNow', { share: percent(sent) }) : t('checkingNow');
  $('langkah').title = t('progress', { sent: bytes(sent * file.size), size: bytes(file.size) });
}

function drawCorrecting() {
  drawModes();
  const box = $('perbaikan');
  box.hidden = !correcting;
  box.replaceChildren();
  if (correcting) {
    const count = correcting.rejects?.open ?? correcting.rows.rejected;
    box.append(
      element('p', {}, t('correcting', { time: clock(correcting.received_at), count: number(count) })),
      button({ class: 'link' }, t('correctingStop'), () => { correcting = null; drawCorrecting(); $('berkas').focus(); }));
  }
  drawQueue();
}

function drawModes() {
  const keys = dataset()?.primary_key ?? [];
  $('lanjutan').hidden = keys.length === 0 || correcting !== null;
  const mode = $('mode').value;
  $('mode-kata').textContent = t(`modeHint_${mode}`, { key: keys.join(' + ') });
  $('lingkup-ruas').hidden = mode !== 'snapshot';
}

// ---- The page -----------------------------------------------------------------------

async function enter() {
  try {
    who = await ask('/api/v1/session');
    // Another person at the same screen must not find what the one before had chosen and sent.
    if (entered !== null && entered !== who.name) forget();
    entered = who.name;
    await loadDatasets();
    await recallPast();
    $('putus').hidden = true;
    draw();
    show('papan');
  } catch (error) {
    if (error instanceof Refused && error.ofKey) { signIn(error.status === 403 ? t('keyForbidden') : ''); return; }
    show('papan');
    panel('data-panel', `${t('failed')}: ${said(error)}`, enter);
  }
}

function forget() {
  current?.request?.abort();
  queue = []; correcting = null;
  settle();
  lack();
  forgetDatasets();
  showOutcome(null);
  for (const id of ['lembar', 'lingkup', 'mode']) $(id).value = '';
  drawCorrecting();
  forgetPast();
}

function leave() {
  who = null; entered = null;
  $('siapa').textContent = '';
  forget();
}

function draw() {
  if (!who) return;
  // What was announced was said in the language of that moment.
  $('kabar').textContent = '';
  $('siapa').textContent = t('signedIn', { name: [who.name, who.institution].filter(Boolean).join(' · ') });
  drawDatasets();
  drawCorrecting();
  drawTrouble();
  redrawOutcome();
  drawPast();
  lack(...lacking ?? []);
}

onDataset(() => {
  if (correcting && correcting.dataset !== dataset()?.dataset) correcting = null;
  if (lacking?.some(([key]) => key === 'datasetFirst')) lack();
  drawCorrecting();
});
onCorrect(startCorrecting);

$('berkas').addEventListener('change', (event) => { take(event.target.files); event.target.value = ''; });
$('kirim').addEventListener('click', () => run(false));
$('periksa').addEventListener('click', () => run(true));
$('mode').addEventListener('change', drawModes);
for (const name of ['dragenter', 'dragover']) {
  addEventListener(name, (event) => { event.preventDefault(); $('jatuh').classList.toggle('over', $('jatuh').contains(event.target)); });
}
addEventListener('dragleave', (event) => { if (!event.relatedTarget) $('jatuh').classList.remove('over'); });
// A file that misses its place must not replace the page.
addEventListener('drop', (event) => {
  event.preventDefault();
  $('jatuh').classList.remove('over');
  if (who && !running && event.dataTransfer?.files.length > 0) take(event.dataTransfer.files);
});
addEventListener('beforeunload', (event) => { if (running) event.preventDefault(); });

await begin({ title: 'sendingTitle', enter, draw, leave });
