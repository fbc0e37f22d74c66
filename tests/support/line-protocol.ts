/** InfluxDB's line protocol, for what tests put into a real InfluxDB beside the store's adapter. */
import { request } from 'undici';

export interface Line {
  readonly series: string;
  /** UTC epoch milliseconds. */
  readonly atMs: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Null leaves the field out. */
  readonly fields: Readonly<Record<string, number | string | null>>;
}

const LINES_PER_WRITE = 5_000;

function key(text: string): string {
  return text.replace(/[, =]/g, '\\$&');
}

function value(field: number | string): string {
  return typeof field === 'number' ? String(field) : `"${field.replace(/["\\]/g, '\\$&')}"`;
}

export function lineOf({ series, atMs, tags, fields }: Line): string {
  const tagged = Object.entries(tags).map(([name, tag]) => `,${key(name)}=${key(tag)}`);
  const known = Object.entries(fields).flatMap(([name, field]) =>
    field === null ? [] : [`${key(name)}=${value(field)}`],
  );
  return `${key(series)}${tagged.join('')} ${known.join(',')} ${atMs}`;
}

/** @throws Error with the server's own words where it refuses a line. */
export async function writeLines(
  url: string,
  database: string,
  lines: Iterable<Line>,
  policy = '',
): Promise<void> {
  let batch: string[] = [];
  async function send(): Promise<void> {
    if (batch.length === 0) return;
    const address = new URL('/write', url);
    address.searchParams.set('db', database);
    address.searchParams.set('precision', 'ms');
    if (policy !== '') address.searchParams.set('rp', policy);
    const answer = await request(address, { method: 'POST', body: batch.join('\n') });
    const text = await answer.body.text();
    if (answer.statusCode !== 204) throw new Error(`/write answered ${answer.statusCode}: ${text}`);
    batch = [];
  }
  for (const line of lines) {
    batch.push(lineOf(line));
    if (batch.length >= LINES_PER_WRITE) await send();
  }
  await send();
}
