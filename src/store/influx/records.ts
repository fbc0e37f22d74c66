/**
 * Incidents and events: one row for each id, kept whole in its `body`; the newer write wins whole. A row's place is its
 * start, so a record whose start or kind changed would leave its old row behind: each write counts a revision up, the
 * greatest one is the record, and older rows go. 1.x deletes what is removed; 2.x and 3.x, which can not, overwrite it.
 */
import { z } from 'zod';
import type { Incident } from '../../analysis/detect/point.ts';
import type { OutsideOutage } from '../../analysis/outside/point.ts';
import type { AiqynEvent } from '../../events/event.ts';
import { FOREVER_POLICY, SERIES } from '../fields.ts';
import { answers, ask } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import type { Layout } from './layout.ts';
import {
  fromTagValue,
  integerField,
  literal,
  name,
  numberField,
  seriesKey,
  tagValue,
  textField,
  timestamp,
} from './text.ts';
import type { Line, LineWriter } from './write-lines.ts';

const IDS_PER_QUESTION = 200;
const US_PER_MS = 1_000;
const NO_BODY = '';

/** What is written of one record, whatever its kind. */
interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly startMs: number;
  /** Fields for dashboards. */
  readonly fields: readonly string[];
  /** The whole record, JSON. */
  readonly body: string;
}

/** One row as the database has it. */
interface Kept {
  readonly id: string;
  readonly kind: string;
  readonly startMs: number;
  readonly revision: number;
  readonly body: string;
}

const KeptRow = z.object({
  time: z.number().transform((microseconds) => Math.floor(microseconds / US_PER_MS)),
  id: z.string().nullable(),
  kind: z.string().nullable(),
  revision: z.number(),
  body: z.string(),
});

export function entryOfIncident(incident: Incident): Entry {
  const { id, kind, startMs, endMs, platforms, operators, places, vantageIds } = incident;
  return {
    id,
    kind,
    startMs,
    body: JSON.stringify(incident),
    fields: [
      textField('status', incident.status),
      numberField('detected_at_ms', incident.detectedAtMs),
      numberField('open', endMs === null ? 1 : 0),
      numberField('end_ms', endMs ?? startMs),
      numberField('confidence', incident.confidence),
      textField('method', incident.method ?? ''),
      textField('access', incident.access ?? ''),
      textField('platforms', platforms.join(', ')),
      textField('operators', operators.join(', ')),
      textField('places', places.join(', ')),
      numberField('vantages', vantageIds.length),
      textField('summary', incident.reasons.join(' ')),
    ],
  };
}

export function entryOfEvent(event: AiqynEvent): Entry {
  const { id, kind, startMs, endMs, title, platforms, places } = event;
  return {
    id,
    kind,
    startMs,
    body: JSON.stringify(event),
    fields: [
      textField('title', title),
      numberField('end_ms', endMs),
      textField('platforms', platforms.join(', ')),
      textField('places', places.join(', ')),
      textField('precision', event.precision),
      textField('stance', event.claim?.stance ?? ''),
    ],
  };
}

export function entryOfOutage(outage: OutsideOutage): Entry {
  const { id, source, signal, entity, startMs, endMs, cause, score } = outage;
  return {
    id,
    kind: source,
    startMs,
    body: JSON.stringify(outage),
    fields: [
      textField('signal', signal),
      textField('entity', entity),
      numberField('open', endMs === null ? 1 : 0),
      numberField('end_ms', endMs ?? startMs),
      textField('cause', cause ?? ''),
      ...(score === null ? [] : [numberField('score', score)]),
    ],
  };
}

function lineOf(series: string, { id, kind, startMs, fields, body }: Entry, revision: number): string {
  const key = seriesKey(series, [
    ['id', id],
    ['kind', kind],
  ]);
  const own = [integerField('removed', body === NO_BODY ? 1 : 0), integerField('revision', revision)];
  return `${key} ${[...fields, ...own, textField('body', body)].join(',')} ${timestamp(startMs)}`;
}

export interface RecordBook {
  save(entries: readonly Entry[]): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  /** Bodies of the records that InfluxQL's `condition` holds for. */
  bodies(condition: string): Promise<string[]>;
}

export interface RecordBookOptions {
  readonly connection: InfluxConnection;
  readonly series: typeof SERIES.incident | typeof SERIES.event | typeof SERIES.outage;
  readonly layout: Layout;
  /** To the policy that keeps for ever. */
  readonly writer: LineWriter;
  /** To the default policy, where that is another: dashboards of the last weeks read it. */
  readonly recentWriter: LineWriter;
  readonly nowMs: () => number;
}

export function createRecordBook(options: RecordBookOptions): RecordBook {
  return new Book(options);
}

class Book implements RecordBook {
  readonly #options: RecordBookOptions;
  /** One change at a time: each reads the revisions that it counts up. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: RecordBookOptions) {
    this.#options = options;
  }

  save(entries: readonly Entry[]): Promise<void> {
    return this.#alone(async () => this.#save(entries));
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.#alone(async () => this.#remove(ids));
  }

  async bodies(condition: string): Promise<string[]> {
    const newest = newestOf(await this.#kept([condition]));
    return [...newest.values()].map(({ body }) => body).filter((body) => body !== NO_BODY);
  }

  async #alone(task: () => Promise<void>): Promise<void> {
    const mine = this.#tail.then(task);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }

  async #save(entries: readonly Entry[]): Promise<void> {
    const lastById = new Map(entries.map((entry) => [entry.id, entry]));
    const kept = await this.#kept(areOneOf([...lastById.keys()]));
    const newest = newestOf(kept);
    await this.#write(
      [...lastById.values()].map((entry) => ({ entry, revision: (newest.get(entry.id)?.revision ?? 0) + 1 })),
    );
    const stale = kept.filter(({ id, kind, startMs }) => {
      const now = lastById.get(id);
      return now !== undefined && (now.kind !== kind || now.startMs !== startMs);
    });
    await this.#forget(stale);
  }

  async #remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#forget(await this.#kept(areOneOf([...new Set(ids)])));
  }

  async #write(changes: readonly { readonly entry: Entry; readonly revision: number }[]): Promise<void> {
    const { series, writer, recentWriter, layout, nowMs } = this.#options;
    function linesOf(some: typeof changes): Line[] {
      return some.map(({ entry, revision }) => ({
        line: lineOf(series, entry, revision),
        content: { series, ...entry },
      }));
    }
    await writer(linesOf(changes));
    if (!layout.hasRollups) return;
    const fromMs = layout.rawKeptMs === null ? -Infinity : nowMs() - layout.rawKeptMs;
    await recentWriter(linesOf(changes.filter(({ entry }) => entry.startMs > fromMs)));
  }

  /** Takes rows out, in the way that this server knows. */
  async #forget(rows: readonly Kept[]): Promise<void> {
    const { connection, series } = this.#options;
    if (connection.address.flavour !== '1') {
      // What a dashboard asks for then passes it by.
      const fields = series === SERIES.incident ? [textField('status', 'restored')] : [];
      await this.#write(
        rows.map((row) => ({ entry: { ...row, fields, body: NO_BODY }, revision: row.revision })),
      );
      return;
    }
    for (let start = 0; start < rows.length; start += IDS_PER_QUESTION) {
      const statements = rows
        .slice(start, start + IDS_PER_QUESTION)
        .map(
          ({ id, kind, startMs }) =>
            `DELETE FROM ${name(series)} WHERE "id" = ${literal(tagValue(id))} AND "kind" = ${literal(tagValue(kind))} AND time = ${timestamp(startMs)}`,
        );
      // Nothing is answered; what fails is thrown.
      await ask(connection, statements.join('; '));
    }
  }

  async #kept(conditions: readonly string[]): Promise<Kept[]> {
    const { connection, series, layout } = this.#options;
    const source = layout.hasRollups ? `${name(FOREVER_POLICY)}.${name(series)}` : name(series);
    const rows: Kept[] = [];
    for (const condition of conditions) {
      const question = `SELECT "revision", "body", "id"::tag, "kind"::tag FROM ${source} WHERE ${condition}`;
      for await (const { row } of answers(connection, question)) {
        const { time, id, kind, revision, body } = KeptRow.parse(row);
        rows.push({
          id: fromTagValue(id ?? ''),
          kind: fromTagValue(kind ?? ''),
          startMs: time,
          revision,
          body,
        });
      }
    }
    return rows;
  }
}

/** The condition on a record's id; several where there are many. */
export function areOneOf(ids: readonly string[]): string[] {
  const found: string[] = [];
  for (let start = 0; start < ids.length; start += IDS_PER_QUESTION) {
    const some = ids.slice(start, start + IDS_PER_QUESTION);
    found.push(some.map((id) => `"id" = ${literal(tagValue(id))}`).join(' OR '));
  }
  return found;
}

/** Of rows with one id and one revision, one that was not taken back counts. */
function newestOf(rows: readonly Kept[]): ReadonlyMap<string, Kept> {
  const newest = new Map<string, Kept>();
  for (const row of rows) {
    const before = newest.get(row.id);
    const isNewer =
      before === undefined ||
      row.revision > before.revision ||
      (row.revision === before.revision && before.body === NO_BODY);
    if (isNewer) newest.set(row.id, row);
  }
  return newest;
}
