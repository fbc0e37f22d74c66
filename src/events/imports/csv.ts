/** CSV (RFC 4180) as calendar facts: a header names the columns, lists are parted by semicolons. */
import type { EventKind } from '../event.ts';
import type { PlaceBook } from '../places.ts';
import type { CalendarFact } from '../fact.ts';
import { checked, slugOf, withUniqueIds } from './from.ts';
import type { ImportAnswer } from './from.ts';

export const CSV_COLUMNS = [
  'id',
  'kind',
  'start',
  'end',
  'precision',
  'title',
  'title_ru',
  'title_kk',
  'places',
  'actors',
  'platforms',
  'sources',
  'confidence',
  'stance',
  'who',
  'said',
  'notes',
] as const;
const CELLS_MAX = 200_000;

const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

/** Cells with their separators, one after another. Null for a quote that is never closed. */
function cellsOf(text: string): { value: string; separator: string }[] | null {
  const cells: { value: string; separator: string }[] = [];
  const cell = new RegExp(CELL);
  cell.lastIndex = text.startsWith('\uFEFF') ? 1 : 0;
  while (cell.lastIndex < text.length && cells.length < CELLS_MAX) {
    const match = cell.exec(text);
    if (match === null) return null;
    const [, quoted, plain = '', separator = ''] = match;
    cells.push({ value: quoted?.replaceAll('""', '"') ?? plain, separator });
  }
  return cells;
}

/** Rows of cells; quotes may hold commas, line ends and doubled quotes. Empty rows are left out. Null: a quote is not closed. */
export function parseCsv(text: string): string[][] | null {
  const cells = cellsOf(text);
  if (cells === null) return null;
  const rows: string[][] = [[]];
  for (const { value, separator } of cells) {
    rows.at(-1)?.push(value);
    if (separator !== ',') rows.push([]);
  }
  return rows.filter((row) => row.some((value) => value !== ''));
}

function listOf(text: string): string[] {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** What a time as written is known to, where the column is empty. */
function precisionOf(start: string): string {
  return start.length === 7 ? 'month' : start.length === 10 ? 'day' : 'minute';
}

type Row = ReadonlyMap<string, string>;

function titlesOf(get: (column: string) => string): object {
  const titles = { en: get('title'), ru: get('title_ru'), kk: get('title_kk') };
  return Object.fromEntries(Object.entries(titles).filter(([, title]) => title !== ''));
}

function factOf(row: Row, kind: EventKind, book: PlaceBook): object {
  function get(column: string): string {
    return row.get(column)?.trim() ?? '';
  }
  function orElse(column: string, other: string): string {
    return get(column) === '' ? other : get(column);
  }
  const title = orElse('title', orElse('title_ru', get('title_kk')));
  return {
    id: orElse('id', `${get('start').slice(0, 10)}-${slugOf(title)}`),
    kind: orElse('kind', kind),
    start: get('start'),
    end: get('end') === '?' ? null : orElse('end', get('start')),
    precision: orElse('precision', precisionOf(get('start'))),
    titles: titlesOf(get),
    places: listOf(get('places')).map(book.idOf),
    actors: listOf(get('actors')),
    platforms: listOf(get('platforms')),
    sources: listOf(get('sources')),
    confidence: orElse('confidence', 'medium'),
    claim: get('stance') === '' ? null : { stance: get('stance'), who: get('who'), summary: get('said') },
    ...(get('notes') === '' ? {} : { notes: get('notes') }),
  };
}

/** An end of `?` says that it is not known. A string is what is wrong with the whole file. */
export function importCsv(text: string, kind: EventKind, book: PlaceBook): ImportAnswer | string {
  const rows = parseCsv(text);
  if (rows === null) return 'a quote is not closed';
  const [header = [], ...body] = rows;
  const columns = header.map((name) => name.trim().toLowerCase());
  const unknown = columns.filter((name) => !CSV_COLUMNS.some((known) => known === name));
  if (unknown.length > 0)
    return `unknown columns: ${unknown.join(', ')}; known are ${CSV_COLUMNS.join(', ')}`;
  if (!columns.includes('start')) return 'there is no column "start"';
  const answer: { facts: CalendarFact[]; remarks: string[] } = { facts: [], remarks: [] };
  body.forEach((cells, index) => {
    const row = new Map(columns.map((name, column) => [name, cells[column] ?? '']));
    checked(factOf(row, kind, book), `Row ${index + 2}`, answer);
  });
  return { facts: withUniqueIds(answer.facts), remarks: answer.remarks };
}
