// What all pages share: language and theme, texts and numbers, asking the hub, and the session. Text goes into a page
// as text only, never as HTML.

const PATIENCE = 10000;

export const $ = (id) => document.getElementById(id);
const texts = await (await fetch('/assets/texts.json')).json();

let page = null;
export let lang = recall('bahasa') === 'en' ? 'en' : 'id';

// ---- Text, numbers, times -------------------------------------------------

/** The text for `key`, with each `{name}` replaced by the value of that name. */
export function t(key, values = {}) {
  return (texts[lang][key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const knows = (key) => key in texts[lang];
const locale = () => (lang === 'id' ? 'id-ID' : 'en-GB');
export const number = (n) => new Intl.NumberFormat(locale()).format(n);
export const percent = (share) => new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 }).format(share);
export const clock = (text) =>
  new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(text));

/** Day and time of a moment: one of another day than today needs its day. */
export const moment = (text) =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'long', timeStyle: 'short' }).format(new Date(text));

/** A day that has no time, such as `2026-08-05`. */
export const day = (text, style = 'long') =>
  new Intl.DateTimeFormat(locale(), { dateStyle: style, timeZone: 'UTC' }).format(new Date(`${text.slice(0, 10)}T00:00:00Z`));

/** A size in the unit that leaves at most three digits before the sign. */
export function bytes(count) {
  const units = ['B', 'KB', 'MB', 'GB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  const digits = new Intl.NumberFormat(locale(), { maximumFractionDigits: step === 0 ? 0 : 1 });
  return `${digits.format(count / 1000 ** step)} ${units[step]}`;
}

export function ago(text) {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(text)) / 1000));
  const unit = [['day', 86400], ['hour', 3600], ['minute', 60]].find(([, size]) => seconds >= size) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(-Math.floor(seconds / unit[1]), unit[0]);
}

export function recall(name) {
  try { return localStorage.getItem(`smartcenter.${name}`); } catch { return null; }
}

export function remember(name, value) {
  try { localStorage.setItem(`smartcenter.${name}`, value); } catch { /* private window: not remembered */ }
}

// ---- Pieces of page ---------------------------------------------------------

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function button(attributes, text, act) {
  const node = element('button', { type: 'button', ...attributes }, text);
  node.addEventListener('click', act);
  return node;
}

/** States of feeds, those that need attention first. */
export const STATES = ['silent', 'late', 'never', 'fresh'];

/** The pill of a feed's state: colour, shape and word together. */
export function state(name, text) {
  return element('span', { class: `state ${STATES.includes(name) ? name : 'never'}` }, text);
}

/** Writes `text` into `node` only where it says something else: what stays is not read out again. */
export function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** One panel for empty and error, with a button where there is something to do about it; none when there is content. */
export function panel(id, text, act, label = t('retry')) {
  const box = $(id);
  box.hidden = !text;
  box.replaceChildren(...(text ? [element('p', {}, text)] : []));
  if (text && act) box.append(button({ class: 'quiet' }, label, act));
}

/** Shows one of the three parts that every page has: `tunggu` (wait), `masuk` (sign in), `papan` (the content). */
export function show(part) {
  for (const id of ['tunggu', 'masuk', 'papan']) $(id).hidden = id !== part;
  $('keluar').hidden = part !== 'papan';
  if (part === 'masuk') $('kunci').focus();
}

function drawTexts() {
  document.documentElement.lang = lang;
  document.title = t(page.title);
  for (const node of document.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll('[data-t-label]')) node.setAttribute('aria-label', t(node.dataset.tLabel));
  for (const node of document.querySelectorAll('[data-t-hint]')) node.setAttribute('placeholder', t(node.dataset.tHint));
  for (const name of ['id', 'en']) $(`bahasa-${name}`).setAttribute('aria-pressed', String(lang === name));
}

// ---- Asking the hub -------------------------------------------------------------

/** A refusal in the hub's own words. */
export class Refused extends Error {
  constructor(status, problem, retryAfter) {
    super(problem?.detail || problem?.title || `HTTP ${status}`);
    this.status = status;
    this.faults = problem?.faults ?? [];
    this.instance = problem?.instance ?? null;
    this.retryAfter = Number.parseInt(retryAfter, 10) || null;
  }

  get ofKey() { return this.status === 401 || this.status === 403; }

  get busy() { return this.status === 429 || this.status === 503; }
}

/** The answer of the hub, whatever it is in; throws `Refused`, or what `fetch` throws when there is no answer. */
export async function call(path, options = {}) {
  // Reasons come in the language of the page.
  const headers = { 'accept-language': lang, ...options.headers };
  const response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE), ...options, headers });
  if (response.ok) return response;
  throw new Refused(response.status, await response.json().catch(() => null), response.headers.get('retry-after'));
}

export async function ask(path, options = {}) {
  const response = await call(path, { ...options, headers: { accept: 'application/json', ...options.headers } });
  return response.status === 204 ? null : response.json().catch(() => null);
}

/** The rows of a reading statement, an object each. */
export async function query(sql) {
  const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ sql }) };
  const answer = await ask('/api/v1/sql', { ...options, signal: AbortSignal.timeout(3 * PATIENCE) });
  return answer?.rows ?? [];
}

/** Hands `blob` to the browser as a download. */
export function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** What to say of an error of `ask`. */
export const said = (error) => (error instanceof Refused ? error.message : t('lost'));

// ---- The session ------------------------------------------------------------------

/** Asks for a key; `why` says what is wrong with the one there was. */
export function signIn(why = '') {
  $('masuk-salah').textContent = why;
  show('masuk');
}

async function login(event) {
  event.preventDefault();
  const field = $('kunci');
  const key = field.value.trim();
  const wrong = $('masuk-salah');
  wrong.textContent = '';
  if (!key) { wrong.textContent = t('keyMissing'); field.focus(); return; }
  const submit = event.target.querySelector('button');
  submit.disabled = true;
  try {
    await ask('/api/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ key }) });
    field.value = '';
    show('tunggu');
    await page.enter();
    $('isi').focus();
  } catch (error) {
    const known = error instanceof Refused && error.ofKey;
    wrong.textContent = known ? t('keyWrong') : `${t('failed')}: ${said(error)}`;
    field.focus();
  } finally {
    submit.disabled = false;
  }
}

async function logout() {
  page.leave();
  await ask('/api/v1/session', { method: 'DELETE' }).catch(() => null);
  signIn();
}

// ---- Switches ---------------------------------------------------------------------

function speak(to) {
  lang = to;
  remember('bahasa', to);
  drawTexts();
  page.draw();
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = () => recall('tema') ?? (dark.matches ? 'dark' : 'light');
const paint = () => { document.documentElement.dataset.theme = theme(); };

/** Starts a page: `title` (a text key), `enter` (load and show; asks for a key where needed), `draw` (write anew what
    the page made itself, after a change of language) and `leave` (forget all that was shown). */
export async function begin(own) {
  page = own;
  dark.addEventListener('change', paint);
  $('bahasa-id').addEventListener('click', () => speak('id'));
  $('bahasa-en').addEventListener('click', () => speak('en'));
  $('tema').addEventListener('click', () => { remember('tema', theme() === 'dark' ? 'light' : 'dark'); paint(); });
  $('masuk-form').addEventListener('submit', login);
  $('keluar').addEventListener('click', logout);
  paint();
  drawTexts();
  await page.enter();
}
