/** The mobile networks of one town are switched off, as in Zhanaozen; nobody else is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { IncidentsAnswer } from '../../src/web/api/schemas.ts';
import { canMakeLabs } from '../support/lab.ts';
import { cut, restore } from './internet/censor.ts';
import { LITTLE, startFleet } from './internet/fleet.ts';
import { LINES } from './internet/geography.ts';
import { openInternet } from './internet/internet.ts';
import { accountsOf, stored } from './internet/records.ts';

const TOWN = 'zhanaozen';
const WARM_UP_MS = 70_000;
/** Three heartbeats of a minute are missed, a window closes, and the page is asked. */
const DETECTED_MS = 420_000;
const ENDED_MS = 240_000;
/** Rings are tried every five seconds, for three at most. */
const EDGE_MS = 15_000;

/** All mobile lines, and fixed ones in the town and in one city. */
const MEASURED_FROM = LINES.filter(
  ({ vantage: { access, place } }) => access === 'mobile' || place === TOWN || place === 'almaty',
).filter(({ operator, vantage: { access } }) => access === 'mobile' || operator !== 'AS29355');
const CUT = MEASURED_FROM.filter(({ vantage: { access, place } }) => access === 'mobile' && place === TOWN);

describe.skipIf(!canMakeLabs())('a town whose mobile networks are cut', { timeout: 900_000 }, () => {
  it('is one mobile shutdown of that town alone, seen while it lasts, and nothing is lost', async () => {
    const internet = await openInternet();
    try {
      const fleet = await startFleet(internet, MEASURED_FROM, LITTLE);
      await sleep(WARM_UP_MS);
      for (const line of CUT) await internet.atMiddlebox(line.operator, cut(line));
      const cutAtMs = Date.now();
      const during = await fleet.until(
        '/api/incidents',
        IncidentsAnswer,
        ({ incidents }) => incidents.some(({ kind, end }) => kind === 'mobile_shutdown' && end === null),
        DETECTED_MS,
      );
      expect(during.incidents).toMatchObject([{ places: [TOWN], access: 'mobile' }]);
      for (const line of CUT) await internet.atMiddlebox(line.operator, restore(line));
      const restoredAtMs = Date.now();
      await fleet.until(
        '/api/incidents',
        IncidentsAnswer,
        ({ incidents }) => incidents.every(({ end }) => end !== null),
        ENDED_MS,
      );
      await fleet.stop();

      const { incidents, points } = await stored(fleet.dataDir);
      expect(incidents).toMatchObject([
        {
          kind: 'mobile_shutdown',
          status: 'restored',
          places: [TOWN],
          access: 'mobile',
          operators: [...new Set(CUT.map(({ operator }) => operator))].sort(),
          vantageIds: CUT.map(({ vantage }) => vantage.id).sort(),
          openings: [],
        },
      ]);
      expect(Math.abs((incidents[0]?.startMs ?? 0) - cutAtMs)).toBeLessThan(EDGE_MS);
      expect(Math.abs((incidents[0]?.endMs ?? 0) - restoredAtMs)).toBeLessThan(EDGE_MS);
      const accounts = await accountsOf(fleet.kept(), fleet.dataDir, points);
      expect(accounts).toEqual({ lost: [], doubled: [], archived: fleet.kept().size });
    } finally {
      await internet.close();
    }
  });
});
