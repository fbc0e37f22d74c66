/**
 * `npm run dashboards [-- <address of the public page>]`: writes dashboards/generated/ anew. What no longer is generated goes.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { artefacts } from './artefacts.ts';
import { PAGE_URL_DEFAULT } from './lib/variables.ts';

const here = dirname(fileURLToPath(import.meta.url));

async function main(pageUrl: string): Promise<void> {
  if (!URL.canParse(pageUrl) || !/^https?:/.test(pageUrl))
    throw new TypeError(`${pageUrl} is no address such as https://aiqyn.example.org`);
  const places: unknown = parse(await readFile(join(here, '..', 'probes', 'catalog', 'places.yaml'), 'utf8'));
  const made = artefacts({ places, pageUrl: pageUrl.replace(/\/+$/, '') });
  const folder = join(here, 'generated');
  await rm(folder, { recursive: true, force: true });
  for (const [path, text] of made) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  console.log(`Wrote ${made.size} files to ${folder}`);
}

await main(process.argv[2] ?? PAGE_URL_DEFAULT);
