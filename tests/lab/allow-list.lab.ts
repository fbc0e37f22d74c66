/** All operators let through a few sites of the country and nothing else, as in the evenings of January 2022. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { canMakeLabs } from '../support/lab.ts';
import { allowOnly, lift } from './internet/censor.ts';
import { LITTLE, startFleet } from './internet/fleet.ts';
import { HOME_RESOLVERS, LINES, OPERATORS, SITES } from './internet/geography.ts';
import { openInternet } from './internet/internet.ts';
import { archived, judgements, missing } from './internet/records.ts';

const LISTED_MS = 40_000;
/** What was under way when the list came or went is of both. */
const EDGE_MS = 8_000;
const BACKFILLED_MS = 120_000;
const MEASURED_FROM = LINES.filter(({ number }) => number === 0);
const LISTED = SITES.filter(({ allowListed }) => allowListed).map(({ address }) => address);

describe.skipIf(!canMakeLabs())('an allow-list', { timeout: 300_000 }, () => {
  it('is what every vantage says of its line, and nobody is said to be blocked', async () => {
    const internet = await openInternet();
    try {
      const fleet = await startFleet(internet, MEASURED_FROM, LITTLE);
      for (const operator of OPERATORS)
        await internet.atMiddlebox(operator, allowOnly([...LISTED, ...HOME_RESOLVERS]));
      const fromMs = Date.now() + EDGE_MS;
      await sleep(LISTED_MS);
      const toMs = Date.now() - EDGE_MS;
      for (const operator of OPERATORS) await internet.atMiddlebox(operator, lift());
      const kept = fleet.kept();
      await expect.poll(async () => missing(kept, fleet.dataDir), { timeout: BACKFILLED_MS }).toEqual([]);
      await fleet.stop();

      const rings = (await archived(fleet.dataDir)).filter(
        ({ x_aiqyn_target: { probe }, x_aiqyn_started_at_ms: atMs }) =>
          probe === 'rings' && atMs > fromMs && atMs < toMs,
      );
      expect(new Set(rings.map(({ x_aiqyn_connectivity }) => x_aiqyn_connectivity))).toEqual(
        new Set(['allow_list']),
      );
      expect(new Set(rings.map(({ x_aiqyn_vantage }) => x_aiqyn_vantage.operator)).size).toBe(3);
      const blamed = (await judgements(fleet.dataDir)).filter(({ verdict }) => verdict.status === 'blocked');
      expect(blamed.map(({ verdict }) => verdict)).toEqual([]);
    } finally {
      await internet.close();
    }
  });
});
