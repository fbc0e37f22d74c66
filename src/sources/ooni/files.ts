/** Which files a path means: itself, or every measurement file below a folder. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const NAMES = /\.(?:json|jsonl|ndjson)(?:\.gz)?$/iu;
/** A folder tree deeper than this is a loop of links or a mistake. */
const FOLDERS_DEEP_MAX = 32;

/** A file that somebody named is read whatever it is called; in folders only .json, .jsonl and .ndjson, also .gz. Sorted. */
export async function* filesOf(path: string, deep = 0): AsyncIterable<string> {
  const found = await stat(path);
  if (!found.isDirectory()) {
    yield path;
    return;
  }
  if (deep >= FOLDERS_DEEP_MAX) return;
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of [...entries].sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) yield* filesOf(inner, deep + 1);
    else if (entry.isFile() && NAMES.test(entry.name)) yield inner;
  }
}
