/** A rush of readers: an answer is made once for all who ask at once, and never twice for seconds after. */
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aCatalog, aNotice, EVENING_MS } from '../../support/web-world.ts';

const KEPT_MS = 5_000;

/** A store whose list of incidents is counted, and waits where a test says so. */
async function aServer(options: { readonly wait?: Promise<void>; readonly fails?: () => boolean } = {}) {
  const memory = createMemoryStore();
  const clock = new ManualClock(EVENING_MS);
  let reads = 0;
  const store: Store = {
    ...memory,
    async incidents(query) {
      reads += 1;
      await options.wait;
      if (options.fails?.() === true) throw new Error('broken');
      return memory.incidents(query);
    },
  };
  const app = await createWebServer({
    store,
    catalog: aCatalog(),
    clock,
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
    answersKeptMs: KEPT_MS,
  });
  return { app, clock, reads: () => reads };
}

function aGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const waiting: (() => void)[] = [];
  const opened = new Promise<void>((resolve) => waiting.push(resolve));
  return {
    opened,
    open: () => {
      for (const one of waiting) one();
    },
  };
}

describe('an answer', () => {
  it('is made once for all who ask while it is made', async () => {
    const gate = aGate();
    const { app, reads } = await aServer({ wait: gate.opened });
    const asked = Array.from({ length: 50 }, async () => app.inject({ url: '/incidents' }));
    await expect.poll(reads).toBe(1);
    gate.open();
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    expect(reads()).toBe(1);
    await app.close();
  });

  it('is given again for seconds, with all that protects it, and then made anew', async () => {
    const { app, clock, reads } = await aServer();
    const [first, again] = [await app.inject({ url: '/incidents' }), await app.inject({ url: '/incidents' })];
    for (const name of ['content-security-policy', 'etag', 'content-type', 'x-content-type-options'])
      expect([name, again.headers[name]]).toEqual([name, first.headers[name]]);
    expect([again.body === first.body, reads()]).toEqual([true, 1]);
    const known = await app.inject({
      url: '/incidents',
      headers: { 'if-none-match': String(first.headers.etag) },
    });
    expect(known.statusCode).toBe(304);
    clock.pass(KEPT_MS);
    await app.inject({ url: '/incidents' });
    expect(reads()).toBe(2);
    await app.close();
  });

  it('that took long to make is given again for three times as long', async () => {
    const gate = aGate();
    const { app, clock, reads } = await aServer({ wait: gate.opened });
    const first = app.inject({ url: '/incidents' });
    await expect.poll(reads).toBe(1);
    clock.pass(4_000);
    gate.open();
    await first;
    clock.pass(11_000);
    await app.inject({ url: '/incidents' });
    expect(reads()).toBe(1);
    clock.pass(1_000);
    await app.inject({ url: '/incidents' });
    expect(reads()).toBe(2);
    await app.close();
  });

  it('is another one for another address, host or language', async () => {
    const { app, reads } = await aServer();
    await app.inject({ url: '/incidents' });
    await app.inject({ url: '/incidents?x' });
    await app.inject({ url: '/incidents', headers: { host: 'elsewhere.example' } });
    await app.inject({ url: '/incidents', headers: { 'accept-language': 'kk' } });
    expect(reads()).toBe(4);
    await app.close();
  });

  it.each(['/platforms/nope', '/ru/places/nope', '/kk/operators/nope'])(
    'comes also where there is no such thing, at once and each time: %s',
    { timeout: 5_000 },
    async (url) => {
      const { app } = await aServer();
      // More than are made at the same time: none may stay behind.
      for (let asked = 0; asked < 20; asked += 1) {
        const { statusCode, body } = await app.inject({ url });
        expect([statusCode, body.includes('<h1>')]).toEqual([404, true]);
      }
      await app.close();
    },
  );

  it('that failed is not kept, and those who waited for it try themselves', async () => {
    let isBroken = true;
    const { app } = await aServer({ fails: () => isBroken });
    expect((await app.inject({ url: '/incidents' })).statusCode).toBe(500);
    isBroken = false;
    expect((await app.inject({ url: '/incidents' })).statusCode).toBe(200);
    await app.close();
  });

  it('is put off where too many different ones are being made, so that measuring goes on', async () => {
    const gate = aGate();
    const { app, reads } = await aServer({ wait: gate.opened });
    const asked = Array.from({ length: 16 }, async (_, number) =>
      app.inject({ url: `/incidents?n=${number}` }),
    );
    await expect.poll(reads).toBe(16);
    const refused = await app.inject({ url: '/api/incidents' });
    expect([refused.statusCode, refused.headers['retry-after'], refused.body]).toEqual([
      429,
      '5',
      expect.stringContaining('Too many readers at this moment'),
    ]);
    expect((await app.inject({ url: '/healthz' })).statusCode).not.toBe(429);
    gate.open();
    expect((await Promise.all(asked)).map(({ statusCode }) => statusCode)).toEqual(
      Array<number>(16).fill(200),
    );
    expect((await app.inject({ url: '/api/incidents' })).statusCode).toBe(200);
    await app.close();
  });
});
