// Datasets by the institution that answers for them: its name, the order of the groups, search by typing, and the arrow
// keys along a list.

import { Refused, STATES, query } from '/assets/common.js';

const NAMES = `SELECT id, nama FROM ref.instansi WHERE id IS NOT NULL AND coalesce(jenis, '') <> 'desa'
  ORDER BY coalesce(tahun_mulai, 0), coalesce(tahun_selesai, 9999)`;

let names = new Map();

/** Loads the names of institutions; where they have not arrived, or are not for this key, their ids have to do. */
export async function loadInstitutions() {
  try {
    // An id outlives a reorganisation: the name that came last is the one of now.
    names = new Map((await query(NAMES)).map(({ id, nama }) => [id, nama]));
  } catch (error) {
    if (error instanceof Refused && error.ofKey) names = new Map();
  }
}

/** The name of the institution with this id, or the id. */
export const institution = (id) => names.get(id) ?? id;

export const folded = (text) => text.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '');

/** A judge of datasets: whether title, id, institution and description hold every word of `typed`. */
export function search(typed) {
  const words = folded(typed).split(/\s+/).filter(Boolean);
  return (one) => {
    const text = folded([one.title, one.dataset, one.owner, institution(one.owner), one.description].filter(Boolean).join(' '));
    return words.every((word) => text.includes(word));
  };
}

const rank = (state) => (STATES.includes(state) ? STATES.indexOf(state) : STATES.length);
const byTitle = (a, b) => (a.title || a.dataset).localeCompare(b.title || b.dataset, 'id');

/** `list` in groups `{owner, items, worst}` by owner, those that need attention first, as told by `stateOf`. */
export function grouped(list, stateOf = () => '') {
  const groups = new Map();
  for (const one of [...list].sort((a, b) => rank(stateOf(a)) - rank(stateOf(b)) || byTitle(a, b))) {
    const group = groups.get(one.owner) ?? { owner: one.owner, items: [], worst: stateOf(one) };
    group.items.push(one);
    groups.set(one.owner, group);
  }
  return [...groups.values()].sort((a, b) =>
    rank(a.worst) - rank(b.worst) || institution(a.owner).localeCompare(institution(b.owner), 'id'));
}

/** Lets the arrow keys, Home and End walk along what `selector` finds in `list`, to and fro between it and `field`. */
export function walk(field, list, selector) {
  const stops = () => [...list.querySelectorAll(selector)];
  field.addEventListener('keydown', (event) => {
    const [first, ...others] = stops();
    if (event.key === 'ArrowDown') { event.preventDefault(); first?.focus(); }
    if (event.key === 'Enter' && first && others.length === 0) { event.preventDefault(); first.click(); }
  });
  list.addEventListener('keydown', (event) => {
    const all = stops();
    const at = all.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    (to < 0 ? field : all[to] ?? event.target).focus();
  });
}
