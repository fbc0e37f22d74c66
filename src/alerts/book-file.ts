/** A route's book on disk, whole at any moment: `<data directory>/alerts/<route>.json`. */
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode, makeFolder, writeWhole } from '../disk.ts';
import type { Log } from '../log.ts';
import { newBook, RouteBook } from './book.ts';

const FOLDER = 'alerts';

function pathOf(dataDir: string, route: string): string {
  return join(dataDir, FOLDER, `${route}.json`);
}

/** Null where the route has none yet. @throws what the file system or the schema says. */
export async function readBook(dataDir: string, route: string): Promise<RouteBook | null> {
  try {
    return RouteBook.parse(JSON.parse(await readFile(pathOf(dataDir, route), 'utf8')));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Begins a book where there is none. One that cannot be read is put aside: messages may come twice, and none is lost. */
export async function openBook(dataDir: string, route: string, nowMs: number, log: Log): Promise<RouteBook> {
  await makeFolder(join(dataDir, FOLDER), 0o700);
  try {
    const known = await readBook(dataDir, route);
    if (known !== null) return known;
  } catch (error) {
    log.error({ route, error: String(error) }, 'What was told on this route cannot be read; it begins anew.');
    await rename(pathOf(dataDir, route), `${pathOf(dataDir, route)}.unreadable`);
  }
  const book = newBook(nowMs);
  await saveBook(dataDir, route, book);
  return book;
}

/** Durable when it resolves. */
export async function saveBook(dataDir: string, route: string, book: RouteBook): Promise<void> {
  await writeWhole(pathOf(dataDir, route), Buffer.from(`${JSON.stringify(book)}\n`));
}
