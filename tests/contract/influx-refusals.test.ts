/**
 * What people read when an InfluxDB, or what stands in its place, refuses: each time one message that names the address,
 * the database and what to do, and never the token. What waits is told from what is wrong, so that nothing is thrown away.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../probes/probe.ts';
import { ask } from '../../src/store/influx/ask.ts';
import { connectInflux } from '../../src/store/influx/connection.ts';
import type { InfluxConnection } from '../../src/store/influx/connection.ts';
import { createLineWriter } from '../../src/store/influx/write-lines.ts';
import { LOGIN_PAGE, startAnswering } from '../support/answering-server.ts';
import type { GivenAnswer } from '../support/answering-server.ts';
import { failureOf, secretAddress, TOKEN } from '../support/influx-failure.ts';
import { silentLog } from '../support/silent-log.ts';

const LINES = ['a v=1 1', 'a v=2 2'];

/** Waits for nobody. */
const clock: Clock = { nowMs: () => 0, monotonicMs: () => 0, sleep: async () => undefined };

const ENDING: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ENDING.splice(0)) await end();
});

async function connected(answerTo: Parameters<typeof startAnswering>[0]): Promise<InfluxConnection> {
  const server = await startAnswering(answerTo);
  ENDING.push(server.close);
  return connectInflux({ ...secretAddress(server.url), flavour: '2' }, clock);
}

interface Case {
  readonly what: string;
  readonly answer: GivenAnswer;
  readonly code: string;
  readonly words: readonly string[];
}

const JSON_TYPE = { 'content-type': 'application/json' };

const CASES: readonly Case[] = [
  {
    what: 'a wrong token',
    answer: {
      status: 401,
      headers: JSON_TYPE,
      body: '{"code":"unauthorized","message":"unauthorized access"}',
    },
    code: 'STORE_LOGIN',
    words: ['check the token in store.token or store.tokenFile', 'unauthorized access'],
  },
  {
    what: 'a server that repeats the token',
    answer: { status: 401, headers: JSON_TYPE, body: `{"error":"no user for ${TOKEN}"}` },
    code: 'STORE_LOGIN',
    words: ['no user for [secret]'],
  },
  {
    what: 'a token without the right to write',
    answer: { status: 403, headers: JSON_TYPE, body: '{"message":"insufficient permissions for write"}' },
    code: 'STORE_FORBIDDEN',
    words: ['does not let this login read and write', 'grant it both', 'insufficient permissions'],
  },
  {
    what: 'a bucket that is not there',
    answer: {
      status: 404,
      headers: JSON_TYPE,
      body: '{"code":"not found","message":"bucket \\"series\\" not found"}',
    },
    code: 'STORE_DATABASE_MISSING',
    words: ['has no database or bucket', 'docs/influxdb.md'],
  },
  {
    what: 'a database that is not there, as 1.x says it',
    answer: { status: 404, headers: JSON_TYPE, body: '{"error":"database not found: \\"series\\""}' },
    code: 'STORE_DATABASE_MISSING',
    words: ['Make it'],
  },
  {
    what: 'an organisation that is not there',
    answer: { status: 404, headers: JSON_TYPE, body: '{"message":"organization name \\"kz\\" not found"}' },
    code: 'STORE_ORGANISATION_MISSING',
    words: ['shows this login no organisation "kz"', 'correct store.org'],
  },
  {
    what: 'another program’s 404',
    answer: {
      status: 404,
      headers: { 'content-type': 'text/html' },
      body: '<html><title>404 Not Found</title>',
    },
    code: 'STORE_NOT_INFLUX',
    words: ['answers 404 (404 Not Found)', 'Is store.url the server’s own address'],
  },
  {
    what: 'a redirect to a login page',
    answer: { status: 302, headers: { location: 'https://sso.example/login' } },
    code: 'STORE_NOT_INFLUX',
    words: ['it sends elsewhere (302)', 'login page'],
  },
  {
    what: 'a login page in the place of an answer',
    answer: { status: 200, headers: { 'content-type': 'text/html' }, body: LOGIN_PAGE },
    code: 'STORE_NOT_INFLUX',
    words: ['is not the InfluxDB of', 'login page'],
  },
  {
    what: 'a payment that is due',
    answer: { status: 402, body: 'trial expired' },
    code: 'STORE_NOT_INFLUX',
    words: ['answers 402 (trial expired)'],
  },
  {
    what: 'too many requests, with a time',
    answer: { status: 429, headers: { 'retry-after': '60' }, body: 'quota' },
    code: 'STORE_BUSY',
    words: ['asked for 60 seconds of patience'],
  },
  {
    what: 'too many requests, with no time',
    answer: { status: 429, body: 'quota' },
    code: 'STORE_BUSY',
    words: ['has no time for', '(429)', 'waits in the spool', 'quota'],
  },
  ...[500, 502, 503, 504].map((status) => ({
    what: `a ${status}`,
    answer: { status, body: '<html><title>upstream is gone</title></html>' },
    code: 'STORE_BUSY',
    words: ['has no time for', `(${status})`, 'waits in the spool', 'upstream is gone'],
  })),
];

describe('a write that an InfluxDB does not take', () => {
  it.each(CASES)('$what: $code', async ({ answer, code, words }) => {
    const connection = await connected(() => answer);
    const failure = await failureOf(connection.write(LINES, null));
    expect(failure.code).toBe(code);
    for (const word of [connection.address.url, ...words]) expect(failure.message).toContain(word);
    if (code !== 'STORE_ORGANISATION_MISSING') expect(failure.message).toContain('"series"');
  });

  it.each(CASES)('sets nothing aside for $what: it stays in the spool', async ({ answer }) => {
    const connection = await connected(() => answer);
    const aside: unknown[] = [];
    const writer = createLineWriter(
      connection,
      null,
      async (content) => {
        aside.push(content);
      },
      silentLog,
    );
    await failureOf(writer(LINES.map((line) => ({ line, content: line }))));
    expect(aside).toEqual([]);
  });
});

describe('lines that an InfluxDB has looked at and does not take', () => {
  /** Refuses every request in which a line has `bad`, as the case says; keeps the lines of the others. */
  async function written(refusal: (lines: readonly string[]) => GivenAnswer): Promise<{
    readonly kept: readonly string[];
    readonly aside: readonly (readonly [unknown, string])[];
  }> {
    const kept: string[] = [];
    const aside: [unknown, string][] = [];
    const connection = await connected(({ body }) => {
      const lines = body.split('\n');
      if (lines.some((line) => line.includes('bad'))) return refusal(lines);
      kept.push(...lines);
      return { status: 204 };
    });
    const writer = createLineWriter(
      connection,
      null,
      async (content, reason) => {
        aside.push([content, reason]);
      },
      silentLog,
    );
    const lines = ['a v=1 1', 'a v=2 2', 'bad v=3 3', 'a v=4 4', 'a v=5 5'];
    await writer(lines.map((line) => ({ line, content: line })));
    expect(JSON.stringify(aside)).not.toContain(TOKEN);
    return { kept, aside };
  }

  it.each([
    [
      'a field of another type',
      400,
      '{"error":"partial write: field type conflict dropped=1"}',
      'field type conflict',
    ],
    ['a line that cannot be read', 400, '{"code":"invalid","message":"unable to parse"}', 'unable to parse'],
    [
      'a body that is too large',
      413,
      '<html><title>413 Request Entity Too Large</title></html>',
      'Too Large',
    ],
    ['a schema that knows no such column', 422, '{"message":"schema violation"}', 'schema violation'],
  ])(
    '%s: it is set aside with the server’s words, and the others are stored',
    async (_, status, body, words) => {
      const { kept, aside } = await written(() => ({ status, body }));
      expect([...new Set(kept)].sort()).toEqual(['a v=1 1', 'a v=2 2', 'a v=4 4', 'a v=5 5']);
      expect(aside.map(([content]) => content)).toEqual(['bad v=3 3']);
      expect(aside[0]?.[1]).toContain('does not take this into "series"');
      expect(aside[0]?.[1]).toContain(words);
    },
  );
});

describe('a question that an InfluxDB does not answer', () => {
  it.each(CASES.filter(({ code }) => code !== 'STORE_BUSY'))('$what: $code', async ({ answer, code }) => {
    const connection = await connected(() => answer);
    const failure = await failureOf(ask(connection, 'SHOW DATABASES'));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(connection.address.url);
  });

  it.each([
    ['{"error":"database not found: series"}', 'STORE_DATABASE_MISSING'],
    ['{"results":[{"statement_id":0,"error":"database not found: series"}]}', 'STORE_DATABASE_MISSING'],
    ['{"results":[{"statement_id":0,"error":"query timeout reached"}]}', 'STORE_BUSY'],
    ['{"results":[{"statement_id":0,"error":"not implemented: SHOW USERS"}]}', 'STORE_REFUSED'],
    ['{"results":[{"statement_id":"first"}]}', 'STORE_NOT_INFLUX'],
    ['{"results":[', 'STORE_NOT_INFLUX'],
    ['OK', 'STORE_NOT_INFLUX'],
  ])('%s: %s', async (body, code) => {
    const connection = await connected(() => ({ status: 200, headers: JSON_TYPE, body }));
    expect((await failureOf(ask(connection, 'SHOW DATABASES'))).code).toBe(code);
  });
});
