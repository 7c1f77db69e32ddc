// One answer that a part of the page waits for. An older answer never replaces a newer one, and what is shown stays
// while it is asked for again.

import { untrack } from 'svelte';
import { Refused } from './api';
import { noteRefusal } from './session.svelte';

const PAUSE = 4_000;
const MOST = 6;

export type Phase = 'loading' | 'ready' | 'closed' | 'failed';

export class Load<T> {
  value = $state.raw<T | null>(null);
  error = $state.raw<Error | null>(null);
  phase = $state<Phase>('loading');
  #turn = 0;
  /** The newest turn that was answered; what was asked before that is of no use any more. */
  #answered = 0;
  #question = '';
  #misses = 0;

  /** Asks. Of the same `question` an answer is taken even while a newer one is awaited, or one that is asked for again
      faster than it is answered would never be shown. */
  async run(work: () => Promise<T>, question = this.#question): Promise<void> {
    if (question !== this.#question) this.#answered = this.#turn;
    this.#question = question;
    const turn = ++this.#turn;
    try {
      // What the question is made of is named by the caller; what is read on its way brings no further asking.
      const value = await untrack(work);
      if (turn <= this.#answered) return;
      this.#answered = turn;
      this.value = value;
      this.error = null;
      this.#misses = 0;
      this.phase = 'ready';
    } catch (error) {
      if (turn !== this.#turn) return;
      noteRefusal(error);
      this.error = error instanceof Error ? error : new Error(String(error));
      const closed = error instanceof Refused && error.isClosed;
      if (closed) this.value = null;
      if (!(error instanceof Refused)) this.#later(work, turn);
      this.phase = closed ? 'closed' : this.value === null ? 'failed' : 'ready';
    }
  }

  /** Where there was no answer at all it is asked again by itself, less and less often, until something else is asked. */
  #later(work: () => Promise<T>, turn: number): void {
    this.#misses += 1;
    if (this.#misses > MOST) return;
    setTimeout(() => { if (turn === this.#turn && this.error !== null) void this.run(work); }, PAUSE * this.#misses);
  }

  /** Says what is asked from now on. Another question forgets the answer, the same one keeps it; whether it is another. */
  about(question: string): boolean {
    const isOther = question !== this.#question;
    if (isOther) this.reset();
    this.#question = question;
    return isOther;
  }

  /** Forgets the answer: what is asked for now is another thing. */
  reset(): void {
    this.#turn += 1;
    this.#answered = this.#turn;
    this.value = null;
    this.error = null;
    this.phase = 'loading';
  }
}
