/** From a real Globalping on loopback to an incident: borrower, spool, ingest, verdict, store and detector, in fast time. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFileSpool } from '../../src/agent/file-spool.ts';
import { DETECTOR_DEFAULTS } from '../../src/analysis/detect/config.ts';
import { foldWindow, initialState } from '../../src/analysis/detect/fold.ts';
import type { Incident } from '../../src/analysis/detect/point.ts';
import { judge } from '../../src/analysis/verdict/judge.ts';
import { toPoint } from '../../src/analysis/verdict/point.ts';
import { startBorrower } from '../../src/borrowed/borrower.ts';
import { GlobalpingClient } from '../../src/borrowed/globalping/client.ts';
import { createGlobalpingLender } from '../../src/borrowed/globalping/lender.ts';
import { createPoliteHttp } from '../../src/polite/http.ts';
import { hourFrom, openQuota } from '../../src/borrowed/quota.ts';
import { createDetectorRunner } from '../../src/collector/detector-runner.ts';
import { createIngest } from '../../src/collector/ingest.ts';
import { loadCatalog } from '../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../src/config/knowledge.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { withTemporaryFolder } from '../support/cli.ts';
import { createFastClock } from '../support/fast-clock.ts';
import { silentLog } from '../support/silent-log.ts';
import { failedAnswer, httpAnswer, startGlobalping } from '../support/worlds/globalping.ts';

const SPEED = 600;
const SETTLES_MS = 15_000;
const knowledge = buildKnowledge(loadCatalog());
const url = 'https://www.youtube.com/generate_204';

async function until(isSo: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + SETTLES_MS;
  while (!isSo() && performance.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('borrowed probes alone', () => {
  it('open an incident when they see a block, close it when it ends, and are never silent', async () => {
    const world = await startGlobalping();
    const clock = createFastClock(SPEED);
    const store = createMemoryStore();
    const said = new Map<string, Incident>();
    await withTemporaryFolder(async (folder) => {
      const quota = await openQuota({
        limit: 250,
        endOf: hourFrom,
        file: join(folder, 'quota.json'),
        nowMs: () => clock.nowMs(),
        log: silentLog,
      });
      const client = new GlobalpingClient({
        url: world.url,
        token: null,
        http: createPoliteHttp('aiqyn/test'),
        quota,
        clock,
      });
      const runner = createDetectorRunner({
        store,
        clock,
        config: DETECTOR_DEFAULTS,
        windowMs: 15_000,
        graceMs: 5_000,
        pollMs: 2_000,
        fold: { initialState, foldWindow },
        log: silentLog,
        onChange: (incidents) => {
          for (const incident of incidents) said.set(incident.id, incident);
          borrower.poke();
        },
      });
      const uplink = createIngest({
        archive: {
          append: async (batch) => Promise.resolve({ added: batch.map(({ x_aiqyn_id: id }) => id) }),
        },
        store,
        judge: (measurement) => judge(measurement, knowledge),
        toPoint,
        connectivityOf: () => null,
        quarantine: async () => Promise.reject(new Error('nothing is set aside')),
        clock,
        log: silentLog,
        onStored: (points, heartbeats) => {
          runner.notify(points, heartbeats);
        },
      });
      const borrower = startBorrower({
        lender: createGlobalpingLender({
          client,
          quota,
          testsPerHour: 250,
          controls: ['DE'],
          placeOf: (city) => city.toLowerCase(),
          clock,
        }),
        targets: [{ id: 'youtube-www', platform: 'youtube', probe: 'web', url, lightUrl: url }],
        control: null,
        store,
        spool: await openFileSpool({ dir: join(folder, 'spool'), budgetBytes: 10_000_000, log: silentLog }),
        uplink,
        mayAsk: () => true,
        clock,
        log: silentLog,
        random: () => 0.5,
        softwareVersion: '0.0.0',
      });
      await runner.start();
      try {
        world.sees = ({ country }) =>
          country === 'KZ' ? failedAnswer('read ECONNRESET', 'target') : httpAnswer();
        await until(() => said.size > 0);
        const [opened] = [...said.values()];
        expect(opened).toMatchObject({
          kind: 'platform_block',
          platforms: ['youtube'],
          method: 'reset',
          endMs: null,
        });
        expect(opened?.operators.toSorted()).toEqual(['AS21299', 'AS9198']);

        world.sees = () => httpAnswer();
        await until(() => [...said.values()].every(({ endMs }) => endMs !== null));
        expect([...said.values()].map(({ kind, status }) => ({ kind, status }))).toEqual([
          { kind: 'platform_block', status: 'restored' },
        ]);
        expect(await store.vantagesNow()).toEqual([]);
        expect(world.spent()).toBeLessThanOrEqual(250);
      } finally {
        await borrower.stop();
        await runner.stop();
        await world.close();
      }
    });
  });
});
