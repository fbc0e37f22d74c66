/**
 * How soon a fleet tells of a block, in the lab: 18 lines of three operators, a round a minute, packet filters that begin one after the
 * other. Needs root. AIQYN_LAB_LINES takes fewer lines of each operator (1 to 6).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SEEN_LIGHTLY, tellingDelays } from '../lab/internet/delays.ts';
import type { Told } from '../lab/internet/delays.ts';
import { startFleet } from '../lab/internet/fleet.ts';
import type { Watch } from '../lab/internet/fleet.ts';
import { LINES, PLATFORMS } from '../lab/internet/geography.ts';
import { openInternet } from '../lab/internet/internet.ts';

/** As the default plan: a light check a minute, the whole page every fifteen and at once when a light one fails. */
const EACH_MINUTE: Watch = { platforms: PLATFORMS, light: '0 * * * * *', full: '30 */15 * * * *' };
const WARM_UP_MS = 150_000;
/** No part of a minute, so that every phase of the round is met. */
const APART_MS = 37_000;
const UNTIL_MS = 600_000;

/** Takes about ten minutes. A block that is not told counts as endless, which JSON shows as null. */
export async function benchLabDelay(): Promise<Record<string, number>> {
  const perOperator = Number(process.env['AIQYN_LAB_LINES'] ?? '6');
  const lines = LINES.filter(({ number }) => number < perOperator);
  const internet = await openInternet();
  try {
    const fleet = await startFleet(internet, lines, EACH_MINUTE);
    await sleep(WARM_UP_MS);
    const told = await tellingDelays(internet, fleet, SEEN_LIGHTLY, { apartMs: APART_MS, untilMs: UNTIL_MS });
    for (const { censorship, delayMs } of told)
      console.error(
        `  ${censorship.filter}: ${delayMs === null ? 'not told' : `${Math.round(delayMs / 1_000)} s`}`,
      );
    await fleet.stop();
    return figuresOf(lines.length, told);
  } finally {
    await internet.close();
  }
}

function figuresOf(lines: number, told: readonly Told[]): Record<string, number> {
  const sorted = told.map(({ delayMs }) => delayMs ?? Infinity).sort((left, right) => left - right);
  function at(share: number): number {
    return Math.round(
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Infinity) / 1_000,
    );
  }
  return {
    labDelayLines: lines,
    labDelayTrials: sorted.length,
    labDelayUntold: told.filter(({ delayMs }) => delayMs === null).length,
    labDelayMedianSeconds: at(0.5),
    labDelayP95Seconds: at(0.95),
  };
}
