/** The whole country is cut, opened twice for a while, and cut again, as in January 2022. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../src/analysis/detect/point.ts';
import { IncidentsAnswer } from '../../src/web/api/schemas.ts';
import { canMakeLabs } from '../support/lab.ts';
import { cut, restore } from './internet/censor.ts';
import { LITTLE, startFleet } from './internet/fleet.ts';
import { LINES, OPERATORS, PLACES } from './internet/geography.ts';
import { openInternet } from './internet/internet.ts';
import { accountsOf, missing, stored } from './internet/records.ts';

const WARM_UP_MS = 70_000;
/** Who went away together is looked at after four heartbeats of a minute, at the end of a window of one. */
const CUT_MS = 310_000;
const OPEN_MS = 80_000;
const OPENINGS = 2;
const COMPLETE_MS = 240_000;
/** A spool that waited goes out when the uplink tries again, at most a minute later, 200 records in five seconds. */
const BACKFILLED_MS = 180_000;
/** Rings are tried every five seconds, for three at most; lines are switched one after the other. */
const EDGE_MS = 20_000;

/** One line of each operator in each place, fixed and mobile in turn. */
const MEASURED_FROM = OPERATORS.flatMap((operator, operatorIndex) =>
  PLACES.flatMap((place, placeIndex) => {
    const access = (operatorIndex + placeIndex) % 2 === 0 ? 'fixed' : 'mobile';
    return LINES.filter(
      ({ vantage }) => vantage.operator === operator && vantage.place === place && vantage.access === access,
    );
  }),
);

/** Cut, opened, cut, …, restored. */
function switchesOf({ startMs, openings, endMs }: Incident): number[] {
  return [startMs, ...openings.flatMap((opening) => [opening.startMs, opening.endMs]), endMs ?? 0];
}

describe.skipIf(!canMakeLabs())('a country that is cut and opened in turn', { timeout: 1_500_000 }, () => {
  it('is one shutdown with two openings once all has come back, each measurement stored once', async () => {
    const internet = await openInternet();
    const cutsMs: number[] = [];
    const opensMs: number[] = [];
    async function switchAll(to: typeof cut): Promise<number> {
      for (const line of MEASURED_FROM) await internet.atMiddlebox(line.operator, to(line));
      return Date.now();
    }
    try {
      const fleet = await startFleet(internet, MEASURED_FROM, LITTLE);
      await sleep(WARM_UP_MS);
      for (let opening = 0; opening <= OPENINGS; opening += 1) {
        cutsMs.push(await switchAll(cut));
        await sleep(CUT_MS);
        opensMs.push(await switchAll(restore));
        if (opening < OPENINGS) await sleep(OPEN_MS);
      }
      await fleet.until(
        '/api/incidents',
        IncidentsAnswer,
        ({ incidents }) => incidents.length === 1 && incidents.every(({ end }) => end !== null),
        COMPLETE_MS,
      );
      const kept = fleet.kept();
      await expect.poll(async () => missing(kept, fleet.dataDir), { timeout: BACKFILLED_MS }).toEqual([]);
      await fleet.stop();

      const { incidents, points } = await stored(fleet.dataDir);
      expect(incidents).toMatchObject([
        {
          kind: 'shutdown',
          status: 'restored',
          operators: [...OPERATORS].sort(),
          places: [...PLACES].sort(),
          access: null,
          vantageIds: MEASURED_FROM.map(({ vantage }) => vantage.id).sort(),
        },
      ]);
      const found = incidents.flatMap(switchesOf);
      const switched = cutsMs.flatMap((cutMs, index) => [cutMs, opensMs[index] ?? 0]);
      expect(found).toHaveLength(switched.length);
      for (const [index, instantMs] of switched.entries())
        expect(Math.abs((found[index] ?? 0) - instantMs)).toBeLessThan(EDGE_MS);
      const accounts = await accountsOf(fleet.kept(), fleet.dataDir, points);
      expect(accounts).toEqual({ lost: [], doubled: [], archived: fleet.kept().size });
    } finally {
      await internet.close();
    }
  });
});
