/** Lines of a CSV file with the columns `timestamp` and `value`; others are ignored. */
import { parseTimestamp } from './timestamp.ts';

export interface SeriesColumns {
  readonly timestamp: number;
  readonly value: number;
}

export interface SeriesRow {
  /** As written. */
  readonly timestamp: string;
  /** NaN: not readable. */
  readonly timestampMs: number;
  /** NaN: missing or not readable. */
  readonly value: number;
  readonly valueText: string;
}

/** The fields of one line; quotes hold separators, doubled quotes stand for one. */
export function splitCsvLine(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const letter = line.charAt(at);
    if (letter === '"' && isQuoted && line.charAt(at + 1) === '"') {
      field += letter;
      at += 1;
    } else if (letter === '"') isQuoted = !isQuoted;
    else if (letter === ',' && !isQuoted) {
      fields.push(field);
      field = '';
    } else field += letter;
  }
  fields.push(field);
  return fields;
}

/** Where the two columns are; null where the header does not name both. */
export function readSeriesHeader(line: string): SeriesColumns | null {
  const names = splitCsvLine(line.replace(/^\uFEFF/u, '')).map((name) => name.trim().toLowerCase());
  const timestamp = names.indexOf('timestamp');
  const value = names.indexOf('value');
  return timestamp < 0 || value < 0 ? null : { timestamp, value };
}

/** One field of a line; the others are not cut out where no quotes hold separators. */
function fieldOf(line: string, column: number): string {
  if (line.includes('"')) return splitCsvLine(line)[column] ?? '';
  let start = 0;
  for (let skipped = 0; skipped < column; skipped += 1) {
    start = line.indexOf(',', start) + 1;
    if (start === 0) return '';
  }
  const end = line.indexOf(',', start);
  return end < 0 ? line.slice(start) : line.slice(start, end);
}

export function readSeriesRow(line: string, columns: SeriesColumns): SeriesRow {
  const timestamp = fieldOf(line, columns.timestamp).trim();
  const valueText = fieldOf(line, columns.value).trim();
  const number = valueText === '' ? Number.NaN : Number(valueText);
  const value = Number.isFinite(number) ? number : Number.NaN;
  return { timestamp, timestampMs: parseTimestamp(timestamp), value, valueText };
}
