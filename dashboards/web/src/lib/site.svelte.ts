// Boards that a site keeps in a folder of its hub, and the shipped ones beside them. They are looked at again when the
// reader comes back to the page, so that a new file appears without loading anew.

import { BOARDS } from '../boards';
import type { Board } from '../boards/board';
import { known, merged } from '../boards/site';
import { ask, Refused } from './api';
import { Load } from './load.svelte';

/** Coming back is a new look this often at most. */
const REST = 30_000;

/** A file that is no board yet; told to those who can mend it. */
export interface Fault {
  file: string;
  line?: number;
  message: string;
}

interface Own {
  items: readonly Board[];
  faults?: readonly Fault[];
}

class Site {
  readonly load = new Load<Own>();
  #looked = 0;

  /** All boards, in the order of the navigation. */
  get boards(): readonly Board[] {
    return merged(BOARDS, this.load.value?.items ?? []);
  }

  get faults(): readonly Fault[] {
    return this.load.value?.faults ?? [];
  }

  start(): void {
    document.addEventListener('visibilitychange', this.#back);
    void this.look();
  }

  /** Another reader may see other boards. */
  stop(): void {
    document.removeEventListener('visibilitychange', this.#back);
    this.load.reset();
  }

  readonly look = (): Promise<void> => {
    this.#looked = Date.now();
    return this.load.run(async () => {
      const { items, faults = [] } = await ask<Own>('/api/v1/boards').catch(noneOfOlder);
      // A board whose file is as before stays the one that is shown, and asks nothing anew.
      const before = new Map(this.load.value?.items.map((board) => [JSON.stringify(board), board]));
      return { items: known(items).map((board) => before.get(JSON.stringify(board)) ?? board), faults };
    });
  };

  readonly #back = (): void => {
    if (!document.hidden && Date.now() - this.#looked >= REST) void this.look();
  };
}

/** A hub that has no such door has no such boards. */
function noneOfOlder(error: unknown): Own {
  if (error instanceof Refused && error.isClosed) return { items: [] };
  throw error;
}

export const site = new Site();
