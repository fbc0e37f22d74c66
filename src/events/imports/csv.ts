/** CSV (RFC 4180, and as Excel writes it) as calendar facts: a header names the columns, lists are parted by semicolons. */
import type { EventKind } from '../event.ts';
import type { PlaceBook } from '../places.ts';
import { precisionAsWritten } from '../fact.ts';
import type { CalendarFact } from '../fact.ts';
import { checked, idFor, withUniqueIds } from './from.ts';
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
  'about_operators',
  'about_places',
  'notes',
] as const;
const CELLS_MAX = 200_000;

/** As written by programs of different countries: a comma, a semicolon (Excel where the comma is decimal), a tab. */
const SEPARATORS = [',', ';', '\t'] as const;
/** What Excel writes and reads as a first line of its own. */
const SEPARATOR_LINE = /^sep=([,;\t])\r?\n/i;

/** Cells with what ends them, one after another. Null for a quote that is never closed. */
function cellsOf(text: string, separator: string): { value: string; end: string }[] | null {
  const cells: { value: string; end: string }[] = [];
  const cell = new RegExp(
    `(?:"((?:[^"]|"")*)"|([^"${separator}\\r\\n]*))(${separator}|\\r\\n|\\n|\\r|$)`,
    'y',
  );
  while (cell.lastIndex < text.length && cells.length < CELLS_MAX) {
    const match = cell.exec(text);
    if (match === null) return null;
    const [, quoted, plain = '', end = ''] = match;
    cells.push({ value: quoted?.replaceAll('""', '"') ?? plain, end });
  }
  return cells;
}

/** Rows of cells; quotes may hold separators, line ends and doubled quotes. Null: a quote is not closed. */
export function parseCsv(text: string, separator: string): string[][] | null {
  const cells = cellsOf(text, separator);
  if (cells === null) return null;
  const rows: string[][] = [[]];
  for (const { value, end } of cells) {
    rows.at(-1)?.push(value);
    if (end !== separator) rows.push([]);
  }
  return rows;
}

function isColumn(name: string): boolean {
  return CSV_COLUMNS.some((known) => known === name);
}

function columnsOf(header: readonly string[]): string[] {
  return header.map((name) => name.trim().toLowerCase());
}

/** The one that finds most columns in the first line. */
function separatorOf(text: string): string {
  const [line = ''] = text.split(/\r\n|\n|\r/, 1);
  const found = SEPARATORS.map((separator) => {
    const [header = []] = parseCsv(line, separator) ?? [];
    return { separator, columns: columnsOf(header).filter(isColumn).length };
  });
  return found.toSorted((a, b) => b.columns - a.columns)[0]?.separator ?? ',';
}

/** Parted by semicolons; where a value cannot hold a comma, also by commas. */
function listOf(text: string, parting: RegExp | string = ';'): string[] {
  return text
    .split(parting)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

type Row = ReadonlyMap<string, string>;

function titlesOf(get: (column: string) => string): object {
  const titles = { en: get('title'), ru: get('title_ru'), kk: get('title_kk') };
  return Object.fromEntries(Object.entries(titles).filter(([, title]) => title !== ''));
}

function claimOf(get: (column: string) => string): object | null {
  if (get('stance') === '') return null;
  const operators = listOf(get('about_operators'), /[;,]/);
  const places = listOf(get('about_places'), /[;,]/);
  return {
    stance: get('stance'),
    who: get('who'),
    summary: get('said'),
    ...(operators.length === 0 ? {} : { operators }),
    ...(places.length === 0 ? {} : { places }),
  };
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
    id: orElse('id', idFor(get('start'), title)),
    kind: orElse('kind', kind),
    start: get('start'),
    ...(get('end') === '' ? {} : { end: get('end') === '?' ? null : get('end') }),
    precision: orElse('precision', precisionAsWritten(get('start'))),
    titles: titlesOf(get),
    places: listOf(get('places'), /[;,]/).map(book.idOf),
    actors: listOf(get('actors')),
    platforms: listOf(get('platforms'), /[;,]/),
    sources: listOf(get('sources')),
    confidence: orElse('confidence', 'medium'),
    claim: claimOf(get),
    ...(get('notes') === '' ? {} : { notes: get('notes') }),
  };
}

interface Table {
  readonly columns: readonly string[];
  /** With the row's number, as a table program counts. */
  readonly rows: readonly { readonly cells: readonly string[]; readonly number: number }[];
}

/** A string is what is wrong with the whole file. */
function tableOf(text: string): Table | string {
  const own = SEPARATOR_LINE.exec(text);
  const body = own === null ? text : text.slice(own[0].length);
  if (body.trim() === '') return 'is empty';
  const all = parseCsv(body, own?.[1] ?? separatorOf(body));
  if (all === null) return 'a quote is not closed';
  const columns = columnsOf(all[0] ?? []);
  const unknown = columns.filter((name) => !isColumn(name));
  if (unknown.length > 0)
    return `unknown columns: ${unknown.join(', ')}; known are ${CSV_COLUMNS.join(', ')}`;
  if (!columns.includes('start')) return 'there is no column "start"';
  const firstRow = own === null ? 1 : 2;
  const rows = all.map((cells, index) => ({ cells, number: firstRow + index })).slice(1);
  return { columns, rows: rows.filter(({ cells }) => cells.some((value) => value.trim() !== '')) };
}

/** An end of `?` says that it is not known. A string is what is wrong with the whole file. */
export function importCsv(text: string, kind: EventKind, book: PlaceBook): ImportAnswer | string {
  const table = tableOf(text);
  if (typeof table === 'string') return table;
  const { columns, rows } = table;
  const answer: { facts: CalendarFact[]; remarks: string[] } = { facts: [], remarks: [] };
  for (const { cells, number } of rows) {
    const shown = `Row ${number}`;
    if (cells.slice(columns.length).some((value) => value.trim() !== '')) {
      const why = `${cells.length} cells for ${columns.length} columns; text that holds a separator must stand in quotes`;
      answer.remarks.push(`${shown} was left out (${why}).`);
      continue;
    }
    const row = new Map(columns.map((name, column) => [name, cells[column] ?? '']));
    checked(factOf(row, kind, book), shown, answer);
  }
  return { facts: withUniqueIds(answer.facts), remarks: answer.remarks };
}
