/** Points as a table: the columns of exports, named as in the store. */
import type { ReachabilityPoint } from '../analysis/detect/point.ts';
import { STATUSES } from '../analysis/verdict/verdict.ts';
import { REACHABILITY_FIELDS, REACHABILITY_TAGS } from '../store/fields.ts';

export type Cell = string | number | null;

const TEXT_FIELDS: ReadonlySet<string> = new Set(['status', 'layer', 'method', 'failure']);

/** `time` is ISO 8601 in UTC, `reasons` a JSON array. */
export const COLUMNS: readonly { readonly name: string; readonly type: 'VARCHAR' | 'DOUBLE' }[] = [
  { name: 'time', type: 'VARCHAR' },
  { name: 'id', type: 'VARCHAR' },
  ...REACHABILITY_TAGS.map((name) => ({ name, type: 'VARCHAR' as const })),
  { name: 'retest', type: 'DOUBLE' },
  ...REACHABILITY_FIELDS.map((name) => ({
    name,
    type: TEXT_FIELDS.has(name) ? ('VARCHAR' as const) : ('DOUBLE' as const),
  })),
  { name: 'reasons', type: 'VARCHAR' },
];

/** A point's cells, in the order of COLUMNS. */
export function cellsOf(point: ReachabilityPoint): Cell[] {
  const cells = new Map<string, Cell>([
    ['time', new Date(point.atMs).toISOString()],
    ['id', point.id],
    ...REACHABILITY_TAGS.map((tag) => [tag, point[tag]] as const),
    ['retest', point.retest],
    ...STATUSES.map((status) => [status, point.status === status ? 1 : 0] as const),
    ['score', point.score],
    ['confidence', point.confidence],
    ['status', point.status],
    ['layer', point.layer],
    ['method', point.method],
    ['failure', point.failure],
    ['dns_ms', point.dnsMs],
    ['tcp_ms', point.tcpMs],
    ['tls_ms', point.tlsMs],
    ['ttfb_ms', point.ttfbMs],
    ['total_ms', point.totalMs],
    ['bytes_per_s', point.bytesPerSecond],
    ['reasons', JSON.stringify(point.reasons)],
  ]);
  return COLUMNS.map(({ name }) => cells.get(name) ?? null);
}

/** Never in what the page gives out: a vantage's name, and an id that holds its instant to the millisecond. */
const PRIVATE: ReadonlySet<string> = new Set(['id', 'vantage']);
const PUBLIC_POSITIONS = COLUMNS.flatMap(({ name }, index) => (PRIVATE.has(name) ? [] : [index]));
export const PUBLIC_COLUMNS = PUBLIC_POSITIONS.flatMap((index) => COLUMNS[index] ?? []);

/** The cells of PUBLIC_COLUMNS. @param atMs the point's instant as it may be told. */
export function publicCellsOf(point: ReachabilityPoint, atMs: number): Cell[] {
  const cells = cellsOf({ ...point, atMs });
  return PUBLIC_POSITIONS.map((index) => cells[index] ?? null);
}

/** One row by RFC 4180, with its line end. Null is empty. */
export function csvLine(cells: readonly Cell[]): string {
  const fields = cells.map((cell) => {
    const text = cell === null ? '' : String(cell);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${fields.join(',')}\r\n`;
}
