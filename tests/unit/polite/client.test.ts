import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createPoliteClient, fittingRows } from '../../../src/polite/client.ts';
import type { PoliteClient } from '../../../src/polite/client.ts';
import type { Asking, PoliteHttp, TextAnswer } from '../../../src/polite/http.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const URL = 'https://example.org/api';
const SCHEMA = z.object({ n: z.number() });
const NEVER = new AbortController().signal;

interface Scripted extends Partial<TextAnswer> {
  readonly body?: string;
}

/** Answers in turn; the last one for ever. */
function scripted(answers: readonly Scripted[]): { http: PoliteHttp; asked: Asking[] } {
  const asked: Asking[] = [];
  return {
    asked,
    http: {
      getText: async (_url, asking) => {
        const { body = '{"n":1}', ...answer } = answers[Math.min(asked.length, answers.length - 1)] ?? {};
        asked.push(asking);
        const whole = { failure: null, status: 200, headers: {}, retryAfterSeconds: null, ...answer };
        return Promise.resolve({ ...whole, text: whole.status === 200 ? body : '' });
      },
      getJson: async () => Promise.reject(new TypeError('not asked for')),
      postJson: async () => Promise.reject(new TypeError('not asked for')),
    },
  };
}

function clientOf(answers: readonly Scripted[], perMinute = 60) {
  const clock = new ManualClock();
  const { http, asked } = scripted(answers);
  const client = createPoliteClient({ http, clock, random: () => 0, perMinute, headers: { 'x-token': 't' } });
  return { clock, asked, client };
}

async function ask(client: PoliteClient, clock: ManualClock, ttlMs = 0) {
  const answer = client.json({ url: URL, schema: SCHEMA, ttlMs }, NEVER);
  await clock.advance(300_000);
  return answer;
}

describe('a polite client', () => {
  it('gives the body as its schema has it', async () => {
    const { client, clock, asked } = clientOf([{}]);
    expect(await ask(client, clock)).toEqual({ isOk: true, value: { n: 1 }, isFromCache: false });
    expect(asked[0]?.headers).toMatchObject({ accept: 'application/json', 'x-token': 't' });
  });

  it('does not ask again while an answer is fresh', async () => {
    const { client, clock, asked } = clientOf([{}]);
    await ask(client, clock, 3_600_000);
    expect(await ask(client, clock, 3_600_000)).toMatchObject({ isOk: true, isFromCache: true });
    expect(asked).toHaveLength(1);
  });

  it('asks again with the ETag, and believes a 304', async () => {
    const { client, clock, asked } = clientOf([{ headers: { etag: '"a"' } }, { status: 304 }]);
    await ask(client, clock);
    expect(await ask(client, clock)).toEqual({ isOk: true, value: { n: 1 }, isFromCache: true });
    expect(asked[1]?.headers).toMatchObject({ 'if-none-match': '"a"' });
  });

  it('is never faster than its bound, whoever asks', async () => {
    const { client, clock, asked } = clientOf([{}], 1);
    const both = [1, 2].map(async () => client.json({ url: URL, schema: SCHEMA, ttlMs: 0 }, NEVER));
    await clock.advance(59_999);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    await Promise.all(both);
    expect(asked).toHaveLength(2);
  });

  it.each([
    { title: 'a server error', first: { status: 502 } },
    { title: 'a cut connection', first: { failure: 'connection_reset', status: 0 } },
    { title: 'a short Retry-After', first: { status: 429, retryAfterSeconds: 20 } },
  ])('tries again after $title', async ({ first }) => {
    const { client, clock, asked } = clientOf([first, {}]);
    expect(await ask(client, clock)).toMatchObject({ isOk: true });
    expect(asked).toHaveLength(2);
  });

  it('waits as long as a Retry-After says before it tries again', async () => {
    const { client, clock, asked } = clientOf([{ status: 429, retryAfterSeconds: 20 }, {}], 6_000);
    const answer = client.json({ url: URL, schema: SCHEMA, ttlMs: 0 }, NEVER);
    await clock.advance(19_999);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(await answer).toMatchObject({ isOk: true });
  });

  it('leaves a server alone that asks for a long pause, and says until when', async () => {
    const { client, clock, asked } = clientOf([{ status: 429, retryAfterSeconds: 3_600 }, {}]);
    expect(await ask(client, clock)).toMatchObject({ isOk: false, trouble: 'busy' });
    expect(await ask(client, clock)).toMatchObject({
      isOk: false,
      problem: 'asked to be left alone until 2026-01-01T01:00:00.000Z',
    });
    expect(asked).toHaveLength(1);
    await clock.advance(3_600_000);
    expect(await ask(client, clock)).toMatchObject({ isOk: true });
  });

  it.each([
    { title: 'a refused token', answer: { status: 403 }, trouble: 'refused', problem: /token/ },
    { title: 'no JSON', answer: { body: '{"n":' }, trouble: 'changed', problem: /no JSON/ },
    { title: 'another shape', answer: { body: '{"n":"1"}' }, trouble: 'changed', problem: /has changed: n/ },
    {
      title: 'a body beyond the bound',
      answer: { failure: 'larger_than_its_bound' },
      trouble: 'changed',
      problem: /larger/,
    },
  ])('asks once and tells of $title', async ({ answer, trouble, problem }) => {
    const { client, clock, asked } = clientOf([answer]);
    const result = await ask(client, clock);
    expect(result).toMatchObject({ isOk: false, trouble });
    expect(result.isOk ? '' : result.problem).toMatch(problem);
    expect(asked).toHaveLength(1);
  });

  it('does not keep an answer that it cannot read', async () => {
    const { client, clock, asked } = clientOf([{ body: '{}' }, {}]);
    expect(await ask(client, clock, 3_600_000)).toMatchObject({ isOk: false });
    expect(await ask(client, clock, 3_600_000)).toMatchObject({ isOk: true });
    expect(asked).toHaveLength(2);
  });

  it('gives up after a few tries', async () => {
    const { client, clock, asked } = clientOf([{ failure: 'connection_refused', status: 0 }]);
    expect(await ask(client, clock)).toEqual({
      isOk: false,
      trouble: 'network',
      problem: 'no answer (connection_refused)',
    });
    expect(asked).toHaveLength(3);
  });

  it('knows what may still be asked, where the server says it', async () => {
    const { client, clock } = clientOf([
      { headers: { 'x-ratelimit-remaining': '17', 'x-ratelimit-limit': '250' } },
      {},
    ]);
    expect(client.quota()).toBeNull();
    await ask(client, clock);
    await ask(client, clock);
    expect(client.quota()).toEqual({ left: 17, limit: 250 });
  });
});

describe('fittingRows(schema, rows)', () => {
  it('passes over what does not fit and counts it', () => {
    expect(fittingRows(SCHEMA, [{ n: 1 }, { n: '2' }, null, { n: 3, more: true }])).toEqual({
      rows: [{ n: 1 }, { n: 3 }],
      skipped: 2,
    });
  });
});
