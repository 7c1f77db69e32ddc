// Which institutions owe deliveries, in a sentence each. Hidden where the key may not read it, and where nobody owes any.

import { $, Refused, ago, button, element, lang, number, put, query, t } from '/assets/common.js';
import { look, titleOf } from '/assets/feeds.js';

const ASKED = 'SELECT kalimat, nama_instansi, umpan, unit_terlambat, sejak FROM mart.kelengkapan_instansi ORDER BY sejak';
const FIRST = 3;

let owed = [];
let all = false;

/** Asks who is late. An answer that does not come leaves what is shown. */
export async function loadLate() {
  try {
    owed = await query(ASKED);
  } catch (error) {
    if (error instanceof Refused && !error.busy) owed = [];
  }
  drawLate();
}

export function forgetLate() {
  owed = []; all = false;
  drawLate();
}

export function drawLate() {
  $('tertinggal').hidden = owed.length === 0;
  const institutions = new Set(owed.map((one) => one.nama_instansi)).size;
  put($('tertinggal-jumlah'), t('lateCount', { owners: number(institutions), count: number(owed.length) }));
  const at = [...$('tertinggal-daftar').querySelectorAll('button')].indexOf(document.activeElement);
  $('tertinggal-daftar').replaceChildren(...owed.slice(0, all ? owed.length : FIRST).map(line));
  if (at >= 0) $('tertinggal-daftar').querySelectorAll('button')[at]?.focus();
  $('tertinggal-semua').hidden = owed.length <= FIRST;
  $('tertinggal-semua').setAttribute('aria-expanded', String(all));
  put($('tertinggal-semua'), all ? t('lateFewer') : t('lateAll', { count: number(owed.length) }));
}

function line(one) {
  const feed = titleOf(one.umpan);
  const since = element('time', { datetime: one.sejak }, ago(one.sejak));
  // The hub words it in Indonesian; the same facts make the English sentence.
  const facts = { name: one.nama_instansi, feed, units: number(one.unit_terlambat), since: day(one.sejak) };
  const worded = one.unit_terlambat > 1 ? t('lateSentence', facts) : t('lateSentenceOne', facts);
  const sentence = lang === 'id' ? one.kalimat : worded;
  return element('li', {}, since, element('span', {}, sentence),
    button({ class: 'link', 'aria-label': t('lateLook', { feed }) }, t('lateSee'), () => { look(one.umpan); $('cari').focus(); }));
}

const day = (text) => new Intl.DateTimeFormat(lang === 'id' ? 'id-ID' : 'en-GB', { dateStyle: 'long' }).format(new Date(text));

$('tertinggal-semua').addEventListener('click', () => { all = !all; drawLate(); });
