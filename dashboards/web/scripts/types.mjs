// Types of the API from the snapshot of its document. `--check` says whether the file is what the snapshot gives.

import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const SNAPSHOT = new URL('../../../api/src/routes/snapshots/smartcenter_api__routes__tests__openapi.snap', import.meta.url);
const TYPES = new URL('../src/api/schema.d.ts', import.meta.url);
const HEAD = '// Made by `npm run types` from the snapshot of the OpenAPI document. Not for editing.\n\n';

const snapshot = await readFile(SNAPSHOT, 'utf8');
// A head between two lines of dashes stands before the document.
const document = JSON.parse(snapshot.slice(snapshot.indexOf('{')));
const text = HEAD + astToString(await openapiTS(document));

if (process.argv.includes('--check')) {
  if ((await readFile(TYPES, 'utf8').catch(() => '')) !== text) {
    console.error('src/api/schema.d.ts is older than the OpenAPI snapshot: run `npm run types`');
    process.exit(1);
  }
  console.log('API types are fresh');
} else {
  await writeFile(TYPES, text);
}
