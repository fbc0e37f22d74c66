/** A server on loopback that speaks one source's API from its documented shapes, and can do what such servers do when something is wrong. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { closed, portOf } from '../answering-server.ts';

/**
 * `ok`; a status (with Retry-After where one is given); `truncated`: the connection ends within the body; `slow`: the body never ends;
 * `oversized`: it is larger than any bound; `renamed`: every key has another name; `one_bad_row`: the first row has another shape.
 */
export type Mood =
  | { readonly kind: 'ok' | 'truncated' | 'slow' | 'oversized' | 'renamed' | 'one_bad_row' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string };

export interface World {
  readonly url: string;
  /** Paths with queries, in order. */
  readonly asked: readonly string[];
  readonly headers: readonly IncomingMessage['headers'][];
  setMood(mood: Mood): void;
  close(): Promise<void>;
}

/** What the API says at an address; undefined: there is nothing there. */
export type Speak = (address: URL) => unknown;

const FILLER = ' '.repeat(1_048_576);

export async function startWorld(speak: Speak): Promise<World> {
  const asked: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  let mood: Mood = { kind: 'ok' };
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    headers.push(request.headers);
    answer(mood, speak(new URL(request.url ?? '/', 'http://world')), response);
  });
  const url = `http://127.0.0.1:${await portOf(server)}`;
  return {
    url,
    asked,
    headers,
    setMood: (next) => {
      mood = next;
    },
    close: async () => closed(server),
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };

function answer(mood: Mood, body: unknown, response: ServerResponse): void {
  if (body === undefined) response.writeHead(404).end('{}');
  else if (mood.kind === 'status') {
    const retry = mood.retryAfter === undefined ? {} : { 'retry-after': mood.retryAfter };
    response.writeHead(mood.status, { ...JSON_TYPE, ...retry }).end('{}');
  } else SENT[mood.kind](body, response);
}

const SENT: Readonly<
  Record<Exclude<Mood['kind'], 'status'>, (body: unknown, response: ServerResponse) => void>
> = {
  ok: (body, response) => {
    response.writeHead(200, JSON_TYPE).end(JSON.stringify(body));
  },
  renamed: (body, response) => {
    response.writeHead(200, JSON_TYPE).end(JSON.stringify(renamed(body)));
  },
  one_bad_row: (body, response) => {
    response.writeHead(200, JSON_TYPE).end(JSON.stringify(withBadRow(body)));
  },
  truncated: (body, response) => {
    const text = JSON.stringify(body);
    response.writeHead(200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(text) });
    response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.destroy());
  },
  slow: (body, response) => {
    response.writeHead(200, JSON_TYPE).write(JSON.stringify(body).slice(0, 1));
  },
  oversized: (body, response) => {
    response.writeHead(200, JSON_TYPE);
    for (let sent = 0; sent < 4; sent += 1) response.write(FILLER);
    response.end(JSON.stringify(body));
  },
};

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [`${key}_v9`, renamed(inner)]));
}

/** The first list of maps, however deep, gets a first row of another shape before its own. */
function withBadRow(value: unknown): unknown {
  if (Array.isArray(value)) {
    const rows: unknown[] = value;
    const isRows = rows.some((row) => typeof row === 'object' && row !== null && !Array.isArray(row));
    return isRows ? [{ another: 'shape' }, ...rows] : rows.map(withBadRow);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withBadRow(inner)]));
}
