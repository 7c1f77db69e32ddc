// One file on its way to the hub, so that it can be sent again without ever doubling its rows. The hub knows a file that
// it has had by its content, whoever chose it and whenever. Where equal files may be different pushes, an idempotency key
// stands for the one that was chosen, until the hub has given a final answer.

import { Refused, lang } from '/assets/common.js';

/** The connection broke before there was an answer. */
export class Lost extends Error {}

/** The sender stopped it. */
export class Cancelled extends Error {}

/** The file on the sender's disk is not the one that was chosen any more. */
export class Changed extends Error {}

/** A random UUID. `crypto.randomUUID` would need HTTPS, which a hub inside an office may not have. */
export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A chosen file; `corrects` is the receipt whose wrong rows it mends. */
export const chosen = (file, corrects = null) =>
  ({ file, corrects, key: freshKey(), sentAs: null, attempts: 0, state: 'waiting', sent: 0, request: null });

/** The address that `item` is pushed to. */
function address(item, dataset, options, dryRun) {
  const query = new URLSearchParams();
  if (dryRun) query.set('dry_run', 'true');
  if (item.corrects) query.set('corrects', item.corrects.receipt_id);
  for (const name of ['sheet', 'mode', 'scope']) if (options[name]) query.set(name, options[name]);
  const text = query.toString();
  return `/api/v1/feeds/${encodeURIComponent(dataset.dataset)}${text && `?${text}`}`;
}

/** Whether the same content may mean something else this time: then its key tells a repeat, not its content. */
const needsKey = (item, dataset, options) => dataset.allow_repeats || options.mode === 'snapshot' || item.corrects !== null;

/** Pushes `item` to `dataset` (as the catalogue has it), telling `progress` as bytes leave. Answers the receipt, and
    whether the hub had it before and from whom: `replayed` by another push, `retried` by an earlier try of this one. */
export async function push(item, dataset, options, dryRun, progress) {
  const path = address(item, dataset, options, dryRun);
  if (!dryRun) {
    // The same key for another place or way of keeping would answer for what was asked before.
    if (item.sentAs !== null && item.sentAs !== path) renew(item);
    item.sentAs = path;
    item.attempts += 1;
  }
  try {
    const key = !dryRun && needsKey(item, dataset, options) ? item.key : null;
    const request = await send(item, path, key, progress);
    const body = parsed(request.responseText);
    if (!body?.receipt_id) throw new Refused(request.status, body, request.getResponseHeader('retry-after'));
    const again = request.getResponseHeader('idempotency-replayed') === 'true';
    const retried = again && item.attempts > 1;
    // Our own earlier try: what counts is what became of it.
    if (retried && body.status === 'duplicate') body.status = statusOf(body.rows);
    if (!dryRun) renew(item);
    return { receipt: body, replayed: again && !retried, retried };
  } catch (error) {
    // Refused for good: whatever comes next is another push. Busy, in flight or unknown to the hub: still this one.
    const open = error instanceof Refused && (error.busy || error.status === 401 || error.status === 409 || error.status >= 500);
    if (error instanceof Refused && !open && !dryRun) renew(item);
    throw error;
  }
}

function statusOf({ accepted, rejected }) {
  if (rejected === 0) return 'accepted';
  return accepted === 0 ? 'rejected' : 'partial';
}

function renew(item) {
  item.key = freshKey();
  item.sentAs = null;
  item.attempts = 0;
}

function send(item, path, key, progress) {
  // As the part of a form, by its name alone: what a browser thinks a CSV is depends on the office suite beside it.
  const form = new FormData();
  form.append('file', new Blob([item.file]), item.file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    item.request = request;
    request.upload.addEventListener('progress', (event) => {
      item.sent = event.lengthComputable ? event.loaded / event.total : 0;
      progress();
    });
    request.addEventListener('load', () => resolve(request));
    request.addEventListener('abort', () => reject(new Cancelled()));
    request.addEventListener('error', async () => reject(await isReadable(item.file) ? new Lost() : new Changed()));
    request.open('POST', path);
    request.setRequestHeader('accept-language', lang);
    request.setRequestHeader('accept', 'application/json');
    if (key) request.setRequestHeader('idempotency-key', key);
    request.send(form);
  }).finally(() => { item.request = null; item.sent = 0; });
}

const isReadable = (file) => file.slice(0, 1).arrayBuffer().then(() => true, () => false);

function parsed(text) {
  try { return JSON.parse(text); } catch { return null; }
}
