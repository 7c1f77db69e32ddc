import type { Board } from './board';
import { kepuasan } from './kepuasan';
import { kesehatan } from './kesehatan';
import { layanan } from './layanan';
import { pendidikan } from './pendidikan';

/** The boards with a page of their own, in the order of the navigation. */
export const BOARDS: readonly Board[] = [pendidikan, kesehatan, layanan, kepuasan];
