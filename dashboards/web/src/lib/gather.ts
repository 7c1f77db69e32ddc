// Names that come up one by one, passed on many at a time, and each of them not too often.

export class Gather {
  /** When each name may be passed on. */
  #due = new Map<string, number>();
  #passed = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Names that come up within `together` are passed on in one go, the same name again after `rest` at the earliest; in
      milliseconds. */
  constructor(readonly together: number, readonly rest: number, readonly pass: (names: string[]) => void) {}

  add(name: string): void {
    if (this.#due.has(name)) return;
    const now = Date.now();
    this.#due.set(name, Math.max(now + this.together, (this.#passed.get(name) ?? -Infinity) + this.rest));
    this.#timer ??= setTimeout(this.#next, this.together);
  }

  /** Forgets what was not passed on yet. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#due.clear();
  }

  readonly #next = (): void => {
    const now = Date.now();
    const names = [...this.#due].filter(([, due]) => due <= now).map(([name]) => name);
    for (const name of names) {
      this.#due.delete(name);
      this.#passed.set(name, now);
    }
    const soonest = Math.min(...this.#due.values());
    this.#timer = this.#due.size > 0 ? setTimeout(this.#next, Math.max(soonest - now, this.together)) : null;
    if (names.length > 0) this.pass(names);
  };
}
