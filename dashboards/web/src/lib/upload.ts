// One file on its way to the hub, so that sending it again never doubles its rows. The hub knows a file that it has had
// by its content. Where equal files may be different pushes an idempotency key stands for the one that was chosen, until
// the hub has given a final answer.

import { Refused, type Schemas } from './api';
import { lang } from './lang.svelte';
import type { Dataset, Receipt } from './receipts';

/** The connection broke before there was an answer. */
export class Lost extends Error {}
/** The file on the sender's disk is not the one that was chosen any more. */
export class Changed extends Error {}

export interface Sent {
  receipt: Receipt;
  /** The hub had this content from another push. */
  isReplay: boolean;
}

/** A file that was chosen for a dataset; `corrects` is the receipt whose wrong rows it mends. */
export class Upload {
  readonly file: File;
  readonly dataset: Dataset;
  readonly corrects: string | null;
  #key = freshKey();
  #sentAs: string | null = null;
  #tries = 0;

  constructor(file: File, dataset: Dataset, corrects: string | null) {
    [this.file, this.dataset, this.corrects] = [file, dataset, corrects];
  }

  /** Sends it, or only has it checked; `progress` hears of the share that has left. Throws `Refused`, `Lost` or `Changed`. */
  async send(options: { sheet: string; dryRun: boolean }, progress: (share: number) => void): Promise<Sent> {
    const path = this.#address(options);
    const kept = !options.dryRun;
    if (kept) {
      // The same key for another sheet would answer for what was asked before.
      if (this.#sentAs !== null && this.#sentAs !== path) this.#renew();
      this.#sentAs = path;
      this.#tries += 1;
    }
    const key = kept && (this.dataset.allow_repeats || this.corrects !== null) ? this.#key : null;
    const request = await this.#post(path, key, progress);
    const body = parsed(request.responseText);
    if (!isReceipt(body)) {
      const refused = new Refused(request.status, body as Partial<Schemas['Problem']> | null);
      const isOpen = [401, 409, 429].includes(refused.status) || refused.status >= 500;
      if (kept && !isOpen) this.#renew();
      throw refused;
    }
    const isKnown = request.getResponseHeader('idempotency-replayed') === 'true';
    // Our own earlier try: what counts is what became of it.
    const isReplay = isKnown && this.#tries < 2;
    if (isKnown && !isReplay && body.status === 'duplicate') body.status = body.rows.rejected === 0 ? 'accepted' : body.rows.accepted === 0 ? 'rejected' : 'partial';
    if (kept) this.#renew();
    return { receipt: body, isReplay };
  }

  #address({ sheet, dryRun }: { sheet: string; dryRun: boolean }): string {
    const query = new URLSearchParams({
      ...(dryRun ? { dry_run: 'true' } : {}), ...(this.corrects ? { corrects: this.corrects } : {}), ...(sheet ? { sheet } : {}),
    }).toString();
    return `/api/v1/feeds/${encodeURIComponent(this.dataset.dataset)}${query ? `?${query}` : ''}`;
  }

  #renew(): void {
    this.#key = freshKey();
    this.#sentAs = null;
    this.#tries = 0;
  }

  #post(path: string, key: string | null, progress: (share: number) => void): Promise<XMLHttpRequest> {
    // As a part of a form, by its name alone: what a browser takes a CSV for depends on the programs beside it.
    const form = new FormData();
    form.append('file', new Blob([this.file]), this.file.name);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.upload.addEventListener('progress', (event) => progress(event.lengthComputable ? event.loaded / event.total : 0));
      request.addEventListener('load', () => resolve(request));
      request.addEventListener('error', () => void this.file.slice(0, 1).arrayBuffer().then(() => reject(new Lost()), () => reject(new Changed())));
      request.open('POST', path);
      request.setRequestHeader('accept', 'application/json');
      request.setRequestHeader('accept-language', lang.now);
      if (key) request.setRequestHeader('idempotency-key', key);
      request.send(form);
    });
  }
}

const isReceipt = (body: unknown): body is Receipt => typeof body === 'object' && body !== null && 'receipt_id' in body;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A random UUID; `crypto.randomUUID` needs HTTPS, which a hub inside an office may not have. */
function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
