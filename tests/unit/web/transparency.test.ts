/** The transparency log on the page: published whole, with proofs by hash alone, and in the feed. */
import { describe, expect, it } from 'vitest';
import { createIdentity } from '../../../src/fleet/identity.ts';
import {
  flawOfDays,
  hashOfDay,
  hashOfLeaf,
  LOG_START,
  PublishedLog,
  signDay,
} from '../../../src/transparency/log.ts';
import type { LogLeaf, SignedDay } from '../../../src/transparency/log.ts';
import { auditPath, rootOf, rootOfPath } from '../../../src/transparency/merkle.ts';
import type { PublicLog } from '../../../src/web/context.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aCatalog, aNotice, EVENING_MS } from '../../support/web-world.ts';

const { identity } = createIdentity();
const LEAVES: readonly LogLeaf[] = ['a', 'b', 'c'].map((letter, index) => ({
  kind: 'chain',
  key: letter.repeat(64),
  number: index + 1,
  head: letter.repeat(64),
}));
const HASHES = LEAVES.map(hashOfLeaf);

function days(count: number): SignedDay[] {
  const made: SignedDay[] = [];
  for (let number = 1; number <= count; number++) {
    const last = made.at(-1);
    const day = new Date(Date.UTC(2026, 1, number)).toISOString();
    made.push(
      signDay(
        {
          day: day.slice(0, 10),
          number,
          leaves: LEAVES.length,
          root: rootOf(HASHES),
          previous: last === undefined ? LOG_START : hashOfDay(last),
          closedAt: day,
        },
        identity,
      ),
    );
  }
  return made;
}

function aLog(count: number): PublicLog {
  const all = days(count);
  return {
    read: () => ({ format: 'aiqyn transparency 1', publicKey: identity.publicKey, days: all }),
    proofOf: async (wanted, leaf) => {
      const day = all.find((one) => one.day === wanted);
      const index = HASHES.indexOf(leaf);
      if (day === undefined || index === -1) return Promise.resolve(null);
      return Promise.resolve({ day, index, leaves: HASHES.length, path: auditPath(index, HASHES) });
    },
  };
}

async function ask(url: string, transparency?: PublicLog) {
  const app = await createWebServer({
    store: createMemoryStore(),
    catalog: aCatalog(),
    clock: new ManualClock(EVENING_MS),
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
    ...(transparency === undefined ? {} : { transparency }),
  });
  try {
    return await app.inject({ url });
  } finally {
    await app.close();
  }
}

describe('the published log', () => {
  it('can be saved whole, and holds by itself', async () => {
    const { body, statusCode } = await ask('/transparency.json', aLog(40));
    const log = PublishedLog.parse(JSON.parse(body));
    expect([statusCode, log.days.length, flawOfDays(log.days, log.publicKey)]).toEqual([200, 40, null]);
  });

  it('is answered for some days, and for one', async () => {
    const some = await ask('/api/transparency?from=2026-02-03&to=2026-02-05', aLog(9));
    expect(PublishedLog.parse(some.json()).days.map(({ number }) => number)).toEqual([3, 4, 5]);
    const one = await ask('/api/transparency/2026-02-03', aLog(9));
    expect(one.json()).toMatchObject({ day: '2026-02-03', number: 3, root: rootOf(HASHES) });
    expect((await ask('/api/transparency/2027-01-01', aLog(9))).statusCode).toBe(404);
    expect((await ask('/api/transparency/yesterday', aLog(9))).statusCode).toBe(400);
  });

  it('proves a leaf to whoever knows its hash, and shows no leaf to others', async () => {
    for (const leaf of HASHES) {
      const answer = await ask(`/api/transparency/2026-02-02/proof?leaf=${leaf}`, aLog(3));
      const { index, leaves, path } = answer.json<{ index: number; leaves: number; path: string[] }>();
      expect(rootOfPath(leaf, { index, leaves, path })).toBe(rootOf(HASHES));
      expect(answer.body).not.toContain('a'.repeat(64));
    }
    const unknown = await ask(`/api/transparency/2026-02-02/proof?leaf=${'0'.repeat(64)}`, aLog(3));
    expect([unknown.statusCode, unknown.json()]).toMatchObject([
      404,
      { detail: '2026-02-02 has no such leaf.' },
    ]);
    expect((await ask('/api/transparency/2026-02-02/proof?leaf=xyz', aLog(3))).statusCode).toBe(400);
  });

  it('has a page with the newest days and the key, which works without a script', async () => {
    const { body, statusCode } = await ask('/transparency', aLog(40));
    expect(statusCode).toBe(200);
    expect(body).toContain(identity.keyId);
    expect(body).toContain('2026-03-12');
    expect(body).not.toContain('2026-02-03');
    expect(body).toContain('href="/transparency.json"');
  });

  it('says so where nothing is closed yet, and where none is kept', async () => {
    expect((await ask('/transparency', aLog(0))).body).toContain('No day is closed yet.');
    expect((await ask('/transparency')).body).toContain('No log is kept here.');
    const none = await ask('/transparency.json');
    expect([none.statusCode, none.headers['content-type']]).toMatchObject([
      404,
      expect.stringContaining('application/problem+json'),
    ]);
  });
});

describe('the feed', () => {
  it('has the roots of the last fortnight, each once and with an id that stays', async () => {
    const first = await ask('/feed.atom', aLog(20));
    const second = await ask('/feed.atom', aLog(21));
    expect(first.body.match(/The log of \d{4}-\d\d-\d\d is closed/g)).toHaveLength(14);
    expect(first.body).toContain(`Root ${rootOf(HASHES)} over 3 entries`);
    const ids = first.body.match(/urn:uuid:[0-9a-f-]+/g) ?? [];
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => second.body.includes(id)).length).toBe(ids.length - 1);
  });

  it('of one platform is about that platform alone', async () => {
    expect((await ask('/feed.atom?platform=youtube', aLog(20))).body).not.toContain('The log of');
  });
});
