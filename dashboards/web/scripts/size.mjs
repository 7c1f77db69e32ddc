// How much a browser fetches before the first page stands, compressed, and what the rest weighs. Fails above the goal.

import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const GOAL = 250_000;
const BUILT = new URL('../../dist/app/', import.meta.url);

const read = (path) => readFileSync(new URL(path, BUILT), 'utf8');
const weight = (path) => gzipSync(read(path)).length;
const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

/** The scripts that `path` needs before it runs. */
function needs(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  const imports = read(path).matchAll(/(?:^|[;}])\s*(?:import|export)\s*(?:[\w*{}\s,$]+from\s*)?["']\.\/([^"']+\.js)["']/g);
  for (const [, name] of imports) needs(`assets/${name}`, found);
  return found;
}

const entry = read('index.html').match(/src="\/app\/(assets\/[^"]+\.js)"/)[1];
const first = needs(entry);
const size = [...first].reduce((sum, path) => sum + weight(path), 0);
for (const name of readdirSync(new URL('assets/', BUILT)).sort()) {
  const path = `assets/${name}`;
  console.log(`${first.has(path) ? 'first' : 'later'}  ${kilo(weight(path)).padStart(9)}  ${name}`);
}
console.log(`JavaScript of the first page: ${kilo(size)} compressed (goal ${kilo(GOAL)})`);
process.exit(size > GOAL ? 1 : 0);
