/** Each of the lab's filters, begun while everything is measured, is told in an incident of its kind, at its operator; nothing else is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PathKeys } from '../../probes/measurement.ts';
import { canMakeLabs } from '../support/lab.ts';
import { CENSORSHIPS, tellingDelays } from './internet/delays.ts';
import { startFleet } from './internet/fleet.ts';
import { LINES } from './internet/geography.ts';
import { openInternet } from './internet/internet.ts';
import { judgements, stored } from './internet/records.ts';

const WARM_UP_MS = 40_000;
const APART_MS = 5_000;
const UNTIL_MS = 300_000;
/** A fixed line in one place and a mobile one in another of each operator. */
const MEASURED_FROM = LINES.filter(({ number }) => number === 0 || number === 3);

describe.skipIf(!canMakeLabs())('every filter of the lab', { timeout: 900_000 }, () => {
  it('is told as what it is, of its platform at its operator alone', async () => {
    const internet = await openInternet();
    try {
      const fleet = await startFleet(internet, MEASURED_FROM);
      await sleep(WARM_UP_MS);
      const told = await tellingDelays(internet, fleet, CENSORSHIPS, {
        apartMs: APART_MS,
        untilMs: UNTIL_MS,
      });
      for (const { censorship, delayMs } of told)
        console.log(
          `${censorship.filter}: ${delayMs === null ? 'not told' : `${Math.round(delayMs / 1_000)} s`}`,
        );
      expect(told.filter(({ delayMs }) => delayMs === null)).toEqual([]);
      await fleet.stop();
      const { incidents } = await stored(fleet.dataDir);
      // Those that begin together at the same step are one event: their members tell which platform it is at which operator.
      const said = incidents.flatMap(({ kind, members }) =>
        members.map(({ platform, operator }) => `${kind} ${platform ?? ''} ${operator}`),
      );
      expect([...new Set(said)].sort()).toEqual(
        CENSORSHIPS.map(({ kind, platform, operator }) => `${kind} ${platform} ${operator}`).sort(),
      );
      // Agents run as root here: where the address is dropped, packets were followed, and do not arrive.
      const dropped = CENSORSHIPS.find(({ filter }) => filter === 'drop address');
      const paths = (await judgements(fleet.dataDir))
        .filter(({ measurement: { x_aiqyn_target: target, x_aiqyn_vantage: from } }) => {
          return target.platform === dropped?.platform && from.operator === dropped.operator;
        })
        .flatMap(({ measurement }) => PathKeys.safeParse(measurement.test_keys['x_aiqyn_path']).data ?? []);
      expect(paths.map(({ failing, working }) => [failing.reached, working?.reached])).toContainEqual([
        false,
        true,
      ]);
    } finally {
      await internet.close();
    }
  });
});
