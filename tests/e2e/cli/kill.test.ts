/** The promise "nothing acknowledged is lost", held by the real command: killed at ten random moments, then stopped. */
import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openFileSpool } from '../../../src/agent/file-spool.ts';
import { seededRandom } from '../../../src/analysis/correlate/random.ts';
import type { Incident } from '../../../src/analysis/detect/point.ts';
import { readArchive } from '../../../src/archive/segment-read.ts';
import { openDuckdbStore } from '../../../src/store/duckdb/store.ts';
import { startCli, withTemporaryFolder } from '../../support/cli.ts';
import type { RunningCli } from '../../support/cli.ts';
import { silentLog } from '../../support/silent-log.ts';

const KILLS = 10;
/** Every other kill comes this long after the start, so that recovery is hit too; the others after a first record. */
const KILL_WITHIN_MS = 3_000;
const READY_WITHIN_MS = 30_000;
const LAST_RUN_MS = 6_000;
const STOP_WITHIN_MS = 10_000;
const HOUR_MS = 3_600_000;
const FROM_MS = Date.UTC(2026, 2, 12, 14);
const VANTAGES = ['ala-kcell', 'ala-telecom'];

/** Two and a half hours, five real minutes at its speed; the block outlasts the test. */
const SCENARIO = `
id: killed-again-and-again
title: A block that goes on while the monitor is killed again and again
from: '2026-03-12T14:00:00Z'
to: '2026-03-12T16:30:00Z'
cadenceSeconds: 60
seed: 1
noise: { lossPercent: 0, latencyMs: [5, 20] }
vantages:
  - { id: ala-kcell, operator: AS29355, place: almaty, access: mobile }
  - { id: ala-telecom, operator: AS9198, place: almaty, access: fixed }
platforms: [youtube, vk]
actions:
  - { do: block, method: sni_drop, platforms: [youtube], from: '2026-03-12T14:02:00Z', to: '2026-03-12T16:30:00Z' }
`;

const Kept = z.object({ msg: z.literal('Kept in the spool.'), id: z.string(), target: z.string() });

/** Target of each id that the agent was told is on disk. A line that the kill tore was not said. */
function keptIn(log: string): Map<string, string> {
  const kept = new Map<string, string>();
  for (const line of log.split('\n').slice(0, -1)) {
    if (!line.startsWith('{')) continue;
    const said = Kept.safeParse(JSON.parse(line));
    if (said.success) kept.set(said.data.id, said.data.target);
  }
  return kept;
}

function sameScope(incident: Incident): string {
  const { kind, platforms, operators, places, vantageIds, startMs } = incident;
  return JSON.stringify([kind, platforms, operators, places, vantageIds, startMs]);
}

function repeatedIn(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.size === seen.add(value).size);
}

async function stored(dataDir: string): Promise<{ readonly ids: string[]; readonly incidents: Incident[] }> {
  const store = await openDuckdbStore({ file: join(dataDir, 'store.duckdb'), log: silentLog });
  try {
    const ids: string[] = [];
    for await (const { id } of store.points({ fromMs: FROM_MS - HOUR_MS, toMs: FROM_MS + 4 * HOUR_MS }))
      ids.push(id);
    return { ids, incidents: await store.incidents({}) };
  } finally {
    await store.close();
  }
}

async function archived(dataDir: string): Promise<string[]> {
  const window = { fromMs: FROM_MS - HOUR_MS, toMs: FROM_MS + 4 * HOUR_MS };
  const ids: string[] = [];
  for await (const { measurement } of readArchive(join(dataDir, 'archive'), window, silentLog))
    ids.push(measurement.x_aiqyn_id);
  return ids;
}

async function leftInSpools(dataDir: string): Promise<number> {
  let left = 0;
  for (const vantage of VANTAGES) {
    const dir = join(dataDir, 'spool', vantage);
    const spool = await openFileSpool({ dir, budgetBytes: 1e9, log: silentLog });
    left += spool.depth();
    await spool.close();
  }
  return left;
}

async function killAtRandom(run: RunningCli, afterFirstRecord: boolean, random: () => number): Promise<void> {
  const delayMs = random() * KILL_WITHIN_MS;
  if (afterFirstRecord) await run.waitFor(/Kept in the spool/, READY_WITHIN_MS);
  await pause(delayMs);
  run.child.kill('SIGKILL');
  expect(await run.exited).toBeNull();
}

describe('aiqyn demo, killed at ten random moments and started again on the same folder', () => {
  it(
    'loses no acknowledged measurement, doubles none, and tells one block once',
    { timeout: 240_000 },
    async () => {
      const seed = Number(process.env['AIQYN_TEST_SEED'] ?? randomInt(2 ** 31));
      process.stderr.write(`kill.test.ts: AIQYN_TEST_SEED=${seed} kills at the same moments again\n`);
      const random = seededRandom(seed);
      await withTemporaryFolder(async (folder) => {
        const scenario = join(folder, 'scenario.yaml');
        await writeFile(scenario, SCENARIO);
        const dataDir = join(folder, 'data');
        const args = ['demo', '--scenario', scenario, '--speed', '30', '--port', '0', '--data-dir', dataDir];
        const kept = new Map<string, string>();
        function start(): RunningCli {
          return startCli(args, { AIQYN_LOG_LEVEL: 'debug' });
        }
        let runsThatKept = 0;
        for (let n = 0; n < KILLS; n += 1) {
          const run = start();
          await killAtRandom(run, n % 2 === 0, random);
          const now = keptIn(run.stderr());
          if (now.size > 0) runsThatKept += 1;
          for (const [id, target] of now) kept.set(id, target);
        }
        const last = start();
        await last.waitFor(/Kept in the spool/, READY_WITHIN_MS);
        await pause(LAST_RUN_MS);
        const askedMs = performance.now();
        last.child.kill('SIGTERM');
        expect(await last.exited, last.stderr()).toBe(0);
        expect(performance.now() - askedMs).toBeLessThan(STOP_WITHIN_MS);
        for (const [id, target] of keptIn(last.stderr())) kept.set(id, target);

        expect(runsThatKept).toBeGreaterThanOrEqual(KILLS / 2);
        expect(await leftInSpools(dataDir)).toBe(0);

        const inArchive = await archived(dataDir);
        expect(repeatedIn(inArchive)).toEqual([]);
        const archive = new Set(inArchive);
        expect([...kept.keys()].filter((id) => !archive.has(id))).toEqual([]);

        const { ids, incidents } = await stored(dataDir);
        expect(repeatedIn(ids)).toEqual([]);
        const store = new Set(ids);
        const judged = [...kept].filter(([, target]) => target !== 'rings').map(([id]) => id);
        expect(judged.length).toBeGreaterThan(0);
        expect(judged.filter((id) => !store.has(id))).toEqual([]);

        expect(repeatedIn(incidents.map(sameScope))).toEqual([]);
        const blocks = incidents.filter(({ kind }) => kind === 'platform_block');
        expect(blocks.map(({ platforms, endMs }) => ({ platforms, endMs }))).toEqual([
          { platforms: ['youtube'], endMs: null },
        ]);
        expect(incidents.filter(({ kind }) => kind === 'shutdown' || kind === 'mobile_shutdown')).toEqual([]);
      });
    },
  );
});
