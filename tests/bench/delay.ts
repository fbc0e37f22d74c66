/**
 * How soon the running monitor tells of a block: from the first moment at which the demo's censor interferes to the incident, on
 * real sockets and by a real clock, a round a minute. Each trial is a monitor of its own with one vantage and a censor that begins
 * at another moment of the round.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BLOCK_METHODS } from '../../src/scenario/scenario.ts';
import { runCli, withTemporaryFolder } from '../support/cli.ts';

const FROM_MS = Date.UTC(2026, 2, 12, 14);
const MINUTE_MS = 60_000;
const MINUTES = 7;
/** Each with a censor that begins at another moment of the round. */
const TRIALS_PER_METHOD = Number(process.env['AIQYN_DELAY_TRIALS'] ?? '2');
/** Monitors at once: more of them starve each other, and a starved run is nobody's evidence. */
const TOGETHER = 10;
/** Rounds before the censor begins. */
const QUIET_MS = 2 * MINUTE_MS;
/** Parts of a round by which trials are apart: far from any fraction of it, so that all phases are met. */
const PHASE = 0.618;

interface Trial {
  readonly number: number;
  readonly method: (typeof BLOCK_METHODS)[number];
  readonly blockedFromMs: number;
}

/** `AIQYN_DELAY_METHODS=nxdomain,bogon` measures these alone: ten trials take eight minutes. */
function methodsMeant(): readonly (typeof BLOCK_METHODS)[number][] {
  const meant = process.env['AIQYN_DELAY_METHODS']?.split(',');
  return meant === undefined ? BLOCK_METHODS : BLOCK_METHODS.filter((method) => meant.includes(method));
}

function trialsOf(): Trial[] {
  return methodsMeant().flatMap((method, row) =>
    Array.from({ length: TRIALS_PER_METHOD }, (_, column) => {
      const number = row * TRIALS_PER_METHOD + column;
      const phase = (number * PHASE) % 1;
      return { number, method, blockedFromMs: FROM_MS + QUIET_MS + Math.round(phase * MINUTE_MS) };
    }),
  );
}

/** JSON is YAML. */
function scenarioOf({ number, method, blockedFromMs }: Trial): string {
  const to = new Date(FROM_MS + MINUTES * MINUTE_MS).toISOString();
  return JSON.stringify({
    id: `delay-${number}`,
    title: `YouTube is blocked by ${method}`,
    from: new Date(FROM_MS).toISOString(),
    to,
    cadenceSeconds: 60,
    seed: number + 1,
    noise: { lossPercent: 1, latencyMs: [5, 40] },
    vantages: [{ id: 'ala-kcell', operator: 'AS29355', place: 'almaty', access: 'mobile' }],
    platforms: ['youtube', 'facebook', 'telegram', 'vk'],
    actions: [
      { do: 'block', method, platforms: ['youtube'], from: new Date(blockedFromMs).toISOString(), to },
    ],
    events: [],
    expect: { incidents: [] },
  });
}

const Report = z.object({
  alerts: z.array(
    z.object({
      change: z.string(),
      at: z.iso.datetime(),
      incident: z.object({ kind: z.string(), platforms: z.array(z.string()) }),
    }),
  ),
});

/** Seconds; null where nothing was told until the end. */
async function delayOf(trial: Trial): Promise<number | null> {
  return withTemporaryFolder(async (folder) => {
    const scenario = join(folder, 'delay.yaml');
    await writeFile(scenario, scenarioOf(trial));
    const args = ['demo', '--scenario', scenario, '--speed', '1', '--exit', '--json'];
    const { stdout, stderr } = await runCli([...args, '--data-dir', join(folder, 'data')]);
    if (stdout === '') throw new Error(`trial ${trial.number} said nothing: ${stderr.slice(-500)}`);
    const told = Report.parse(JSON.parse(stdout)).alerts.find(
      ({ incident }) => incident.kind === 'platform_block' && incident.platforms.includes('youtube'),
    );
    return told === undefined ? null : (Date.parse(told.at) - trial.blockedFromMs) / 1_000;
  });
}

/** Takes a quarter of an hour for all methods. A block that is not told counts as endless, which JSON shows as null. */
export async function benchDelay(): Promise<Record<string, number>> {
  const trials = trialsOf();
  const delays: (number | null)[] = [];
  for (let start = 0; start < trials.length; start += TOGETHER) {
    const some = trials.slice(start, start + TOGETHER);
    const measured = await Promise.all(some.map(delayOf));
    for (const [index, { method }] of some.entries())
      console.error(`  ${method}: ${String(measured[index])} s`);
    delays.push(...measured);
  }
  const sorted = delays.map((delay) => delay ?? Infinity).sort((left, right) => left - right);
  function at(share: number): number {
    return Math.round(sorted[Math.floor(sorted.length * share)] ?? Infinity);
  }
  return {
    demoDelayTrials: sorted.length,
    demoDelayUntold: delays.filter((delay) => delay === null).length,
    demoDelayMedianSeconds: at(0.5),
    demoDelayLongestSeconds: at(0.95),
  };
}
