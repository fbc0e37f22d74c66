/** Any JSON that tells who is live: where in it the streams stand is told by JSON pointers (RFC 6901). */
import type { PoliteHttp } from '../polite/http.ts';
import type { LiveSighting, Watched } from './live.ts';
import type { Look, WatchSource } from './source.ts';

const STREAMS_MAX = 200;

/** Pointers into the answer (`items`) and into each of its items. */
export interface JsonMapping {
  /** To the list; empty: the answer is the list. */
  readonly items: string;
  readonly id: string;
  readonly title: string | null;
  /** An instant as text (ISO 8601) or a number (seconds or milliseconds); null: when it was first seen. */
  readonly start: string | null;
  readonly end: string | null;
  /** To what is true while it is live; null: it is live as long as it stands in the list. */
  readonly live: string | null;
  readonly url: string | null;
}

export interface JsonOptions {
  readonly watched: Watched;
  readonly url: string;
  readonly mapping: JsonMapping;
  readonly http: PoliteHttp;
  readonly everyMs: number;
  readonly nowMs: () => number;
}

export function createJsonSource({ watched, url, mapping, http, everyMs, nowMs }: JsonOptions): WatchSource {
  return {
    watched,
    everyMs,
    lastsMs: null,
    async look(open, signal): Promise<Look> {
      const answer = await http.getJson(url, { signal });
      if (answer.failure !== null) return { kind: 'failed', why: `It does not answer: ${answer.failure}.` };
      if (answer.status !== 200) return { kind: 'failed', why: `It answers with status ${answer.status}.` };
      const items = at(answer.body, mapping.items);
      if (!Array.isArray(items)) return { kind: 'failed', why: `There is no list at "${mapping.items}".` };
      const sightings = items
        .slice(0, STREAMS_MAX)
        .flatMap((item: unknown) => sightingOf(item, mapping, nowMs()));
      const told = new Set(sightings.map(({ key }) => key));
      return { kind: 'seen', sightings, gone: open.filter((key) => !told.has(key)) };
    },
  };
}

/** What a pointer points to; undefined where there is nothing. */
export function at(value: unknown, pointer: string): unknown {
  let found = value;
  for (const step of pointer.split('/').slice(1)) {
    if (typeof found !== 'object' || found === null) return undefined;
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    found = Object.getOwnPropertyDescriptor(found, name)?.value;
  }
  return found;
}

function textAt(item: unknown, pointer: string | null): string {
  const found = pointer === null ? undefined : at(item, pointer);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
}

/** Seconds have ten digits until the year 2286. */
const SECONDS_MAX = 1e10;

function instantAt(item: unknown, pointer: string | null): number | null {
  const found = pointer === null ? undefined : at(item, pointer);
  if (typeof found === 'number') return found < SECONDS_MAX ? found * 1_000 : found;
  const ms = typeof found === 'string' ? Date.parse(found) : Number.NaN;
  return Number.isFinite(ms) ? ms : null;
}

function sightingOf(item: unknown, mapping: JsonMapping, nowMs: number): LiveSighting[] {
  const key = textAt(item, mapping.id);
  const isLive = mapping.live === null || at(item, mapping.live) === true;
  const endMs = instantAt(item, mapping.end);
  if (key === '' || (!isLive && endMs === null)) return [];
  const startMs = instantAt(item, mapping.start) ?? nowMs;
  // Announced, and not begun.
  if (startMs > nowMs) return [];
  const url = textAt(item, mapping.url);
  const isOver = endMs !== null && endMs <= nowMs;
  return [
    {
      key,
      title: textAt(item, mapping.title),
      startMs,
      endMs: isOver ? endMs : null,
      url: /^https?:/.test(url) ? url : null,
    },
  ];
}
