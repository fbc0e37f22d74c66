/** The demo as a user starts it: what it finds, what it says, and how it ends. */
import { createServer } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli, startCli, withTemporaryFolder } from '../../support/cli.ts';

const CADENCE_MS = 60_000;
const CENSOR_BEGINS_MS = Date.UTC(2026, 2, 12, 14, 9);
const CENSOR_ENDS_MS = Date.UTC(2026, 2, 12, 14, 25);
const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 10_000;

const Answer = z.object({
  incidents: z.array(
    z.object({
      kind: z.string(),
      platforms: z.array(z.string()),
      start: z.iso.datetime(),
      end: z.iso.datetime().nullable(),
      summary: z.string(),
    }),
  ),
  alerts: z.array(z.object({ change: z.string(), at: z.iso.datetime() })),
});

/** Six rounds in twelve real seconds; nothing is done in it. */
function quietScenario(expectation: string): string {
  return `
id: quiet-minutes
title: Nothing happens
from: '2026-03-12T14:00:00Z'
to: '2026-03-12T14:06:00Z'
cadenceSeconds: 60
seed: 1
noise: { lossPercent: 0, latencyMs: [5, 20] }
vantages:
  - { id: ala-kcell, operator: AS29355, place: almaty, access: mobile }
platforms: [youtube]
actions: []
expect:
${expectation}
`;
}

const NOTHING = '  incidents: []\n  only: true';
const A_BLOCK = `  incidents:
    - { kind: platform_block, platforms: [youtube], start: '2026-03-12T14:02:00Z', end: '2026-03-12T14:04:00Z' }`;

async function withScenario<T>(
  expectation: string,
  use: (scenario: string, folder: string) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, 'scenario.yaml');
    await writeFile(file, quietScenario(expectation));
    return use(file, folder);
  });
}

describe('aiqyn demo --exit --json', () => {
  it(
    'finds the block of YouTube and Facebook, to two rounds, and nothing else',
    { timeout: 240_000 },
    async () => {
      const { code, stdout, stderr } = await runCli(['demo', '--exit', '--json']);
      const { incidents, alerts } = Answer.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
      for (const platform of ['youtube', 'facebook']) {
        const its = incidents.filter(({ platforms }) => platforms.includes(platform));
        expect(its.map(({ kind }) => kind)).toEqual(['platform_block']);
        const startMs = Date.parse(its[0]?.start ?? '');
        const endMs = Date.parse(its[0]?.end ?? '');
        expect(Math.abs(startMs - CENSOR_BEGINS_MS)).toBeLessThanOrEqual(2 * CADENCE_MS);
        expect(Math.abs(endMs - CENSOR_ENDS_MS)).toBeLessThanOrEqual(2 * CADENCE_MS);
      }
      const named = new Set(incidents.flatMap(({ platforms }) => platforms));
      expect([...named].toSorted()).toEqual(['facebook', 'youtube']);
      expect(incidents.every(({ kind }) => kind === 'platform_block')).toBe(true);
      expect(incidents[0]?.summary).toMatch(/YouTube.*Kcell.*Almaty/);
      expect(alerts[0]?.change).toBe('opened');
      expect(stderr).not.toContain('MaxListenersExceeded');
      expect(code, stderr).toBe(0);
    },
  );

  it(
    'ends with 1 and says the difference where a scenario expects something else',
    { timeout: 60_000 },
    async () => {
      await withScenario(A_BLOCK, async (scenario) => {
        const { code, stderr } = await runCli([
          'demo',
          '--exit',
          '--json',
          '--scenario',
          scenario,
          '--speed',
          '60',
        ]);
        expect(stderr).toContain('missing: platform_block [youtube]');
        expect(code).toBe(1);
      });
    },
  );
});

describe('aiqyn demo', () => {
  it(
    'keeps the speed that is asked for, and two of them run side by side',
    { timeout: 120_000 },
    async () => {
      await withScenario(NOTHING, async (scenario) => {
        const startedMs = performance.now();
        const args = ['demo', '--exit', '--scenario', scenario, '--speed', '60'];
        const both = await Promise.all([runCli(args), runCli(args)]);
        expect(performance.now() - startedMs).toBeGreaterThan(6_000);
        for (const { code, stdout, stderr } of both) {
          expect(stderr).toContain('Demo at 60 times real time, a round every 60 scenario seconds');
          expect(stdout).toBe('No incidents.\n');
          expect(code, stderr).toBe(0);
        }
      });
    },
  );

  it.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly on %s', { timeout: 60_000 }, async (signal) => {
    await withScenario(NOTHING, async (scenario) => {
      const demo = startCli(['demo', '--scenario', scenario, '--port', '0']);
      await demo.waitFor(/http:\/\/127\.0\.0\.1:\d+/, READY_WITHIN_MS);
      const askedMs = performance.now();
      demo.child.kill(signal);
      expect(await demo.exited, demo.stderr()).toBe(0);
      expect(performance.now() - askedMs).toBeLessThan(STOP_WITHIN_MS);
    });
  });

  it('says which port is taken, and ends', { timeout: 60_000 }, async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const { code, stderr } = await runCli(['demo', '--port', String(port)]);
      expect(stderr).toContain(`127.0.0.1:${port} is taken`);
      expect(stderr).toContain('--port');
      expect(code).toBe(1);
    } finally {
      holder.close();
    }
  });

  it('does not mix two scenarios in one folder', { timeout: 60_000 }, async () => {
    await withScenario(NOTHING, async (scenario, folder) => {
      const dataDir = join(folder, 'data');
      const first = startCli(['demo', '--scenario', scenario, '--port', '0', '--data-dir', dataDir]);
      await first.waitFor(/http:\/\/127\.0\.0\.1:\d+/, READY_WITHIN_MS);
      first.child.kill('SIGTERM');
      await first.exited;
      const { code, stderr } = await runCli(['demo', '--port', '0', '--data-dir', dataDir]);
      expect(stderr).toContain('holds a demo of "quiet-minutes"');
      expect(stderr).toContain('--data-dir');
      expect(code).toBe(1);
    });
  });
});
