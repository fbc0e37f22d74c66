/** Mobile networks from outside: what page, API and an incident say of the sweep's series, and what those asked can read. */
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import type { Store } from '../../../src/store/store.ts';
import type { SweepNotice } from '../../../src/web/context.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aHeartbeat, aSweep } from '../../support/points.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aCatalog, anOpenIncident, aNotice, EVENING_MS } from '../../support/web-world.ts';

const ROUND_MS = 11 * 60_000;
const ROUNDS = 120;
/** The cut's first round; three of them follow until the evening. */
const CUT = 117;
const FIRST_MS = EVENING_MS - ROUNDS * ROUND_MS;
const CUT_MS = FIRST_MS + CUT * ROUND_MS;
const NOTICE: SweepNotice = { contact: 'probes@example.org', perSecond: 20, everyMinutes: 11 };

async function ask(url: string, store: Store, sweep?: SweepNotice) {
  const app = await createWebServer({
    store,
    catalog: aCatalog(),
    clock: new ManualClock(EVENING_MS),
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
    ...(sweep === undefined ? {} : { sweep }),
  });
  try {
    return await app.inject({ url });
  } finally {
    await app.close();
  }
}

/** Kcell is cut in the last three rounds; Beeline is not. */
async function aSweptStore(): Promise<Store> {
  const store = createMemoryStore();
  for (let round = 0; round < ROUNDS; round += 1) {
    const atMs = FIRST_MS + round * ROUND_MS;
    await store.writeSweeps([
      aSweep({ atMs, operator: 'AS21299' }),
      aSweep({ atMs, upRatio: round < CUT ? 1 : 0.03, probed: round < CUT ? 64 : 448 }),
    ]);
  }
  return store;
}

describe('/outside', () => {
  it('shows the newest share of each operator and what fell', async () => {
    const { statusCode, body } = await ask('/outside', await aSweptStore());
    expect(statusCode).toBe(200);
    expect(body).toContain('Kcell');
    expect(body).toContain('<div>3 %</div>');
    expect(body).toContain('<div>100 %</div>');
    expect(body).toMatch(/share of Kcell’s networks that answer fell from 100 % to 3 % \(12 March 2026, /);
    expect(body).not.toMatch(/share of Beeline’s/);
    expect(body).toContain('href="/about-our-probes"');
  });

  it('begins with what goes on, and says where no vantage is inside', async () => {
    const store = await aSweptStore();
    const unwatched = 'None of our vantages is in this network';
    const before = await ask('/outside', store);
    expect(before.body).toContain('<h2>Now</h2>');
    expect(before.body).toContain(unwatched);
    await store.writeHeartbeats([aHeartbeat({ operator: 'AS29355', atMs: EVENING_MS - 60_000 })]);
    const after = await ask('/outside', store);
    expect(after.body).toContain('<h2>Now</h2>');
    expect(after.body).not.toContain(unwatched);
    expect((await ask('/outside', createMemoryStore())).body).not.toContain('<h2>Now</h2>');
  });

  it('has a gauge for whoever alerts by it', async () => {
    const { body } = await ask('/metrics', await aSweptStore(), NOTICE);
    expect(body).toMatch(/^aiqyn_sweep_fallen\{operator="AS29355",place="[a-z]+",watched="no"\} 1$/m);
    expect(body).not.toMatch(/aiqyn_sweep_fallen\{operator="AS21299"/);
    expect((await ask('/metrics', createMemoryStore())).body).not.toContain('aiqyn_sweep_fallen');
  });

  it('says that nobody was asked', async () => {
    const { body } = await ask('/outside', createMemoryStore());
    expect(body).toContain('Nobody has been asked from outside in the last day.');
  });
});

describe('/api/sweep', () => {
  const last = `from=${new Date(CUT_MS).toISOString()}&to=${new Date(EVENING_MS).toISOString()}`;

  it('gives rounds of the window and what fell, judged by the time before it', async () => {
    const answer = await ask(`/api/sweep?${last}&operator=AS29355`, await aSweptStore());
    expect(answer.json()).toEqual({
      rows: [0, 1, 2].map((round) => ({
        at: new Date(CUT_MS + round * ROUND_MS).toISOString(),
        operator: 'AS29355',
        operatorName: 'Kcell',
        place: 'unknown',
        upRatio: 0.03,
        probed: 448,
        answered: 60,
        rttMs: 80,
      })),
      falls: [
        {
          operator: 'AS29355',
          operatorName: 'Kcell',
          place: 'unknown',
          start: new Date(CUT_MS).toISOString(),
          end: null,
          before: 1,
          lowest: 0.03,
        },
      ],
    });
  });

  it('gives all operators, and nothing that fell where nothing did', async () => {
    const answer = await ask(`/api/sweep?${last}`, await aSweptStore());
    expect(answer.json()).toMatchObject({ rows: { length: 6 }, falls: { length: 1 } });
    expect((await ask('/api/sweep', createMemoryStore())).json()).toEqual({ rows: [], falls: [] });
  });

  it.each(['operator=kcell', 'from=yesterday', 'from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z'])(
    'refuses %s',
    async (query) => {
      expect((await ask(`/api/sweep?${query}`, createMemoryStore())).statusCode).toBe(400);
    },
  );
});

describe('an incident’s page', () => {
  async function page(
    operators: readonly string[],
    kind: 'mobile_shutdown' | 'platform_block',
  ): Promise<string> {
    const store = await aSweptStore();
    const incident = anOpenIncident('youtube', { kind, operators, startMs: CUT_MS - 60_000 });
    await store.saveIncidents([incident]);
    return (await ask(`/incidents/${incident.id}`, store)).body;
  }

  it('says that the network fell silent from outside as well', async () => {
    const body = await page(['AS29355'], 'mobile_shutdown');
    expect(body).toContain('From outside, the share of Kcell’s networks that answer fell from 100 % to 3 %');
  });

  it('says where it did not, which speaks against it', async () => {
    const body = await page(['AS29355', 'AS21299'], 'mobile_shutdown');
    expect(body).toContain('fell from 100 % to 3 %');
    expect(body).toContain('From outside, as many networks of Beeline answered as usual.');
  });

  it('has nothing to say where a platform is blocked, or of operators that are not asked', async () => {
    expect(await page(['AS29355'], 'platform_block')).not.toContain('From outside,');
    expect(await page(['AS9198'], 'mobile_shutdown')).not.toContain('From outside,');
  });
});

describe('/about-our-probes', () => {
  it('says who asks, how little, and how to opt out', async () => {
    const { body } = await ask('/about-our-probes', createMemoryStore(), NOTICE);
    expect(body).toContain('Write to probes@example.org');
    expect(body).toContain('at most 20 probes a second, to all networks together, a round every 11 minutes');
  });

  it('is there, too, where nobody is asked', async () => {
    const { body, statusCode } = await ask('/about-our-probes', createMemoryStore());
    expect(statusCode).toBe(200);
    expect(body).toContain('This Aiqyn sends no such probes.');
  });

  it('escapes who answers for it', async () => {
    const { body } = await ask('/about-our-probes', createMemoryStore(), { ...NOTICE, contact: '<b>me</b>' });
    expect(body).not.toContain('<b>me');
  });
});
