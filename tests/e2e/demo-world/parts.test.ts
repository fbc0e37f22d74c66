/** A censor that touches one part of a platform, on real sockets: the incident says which part, and that the rest works. */
import { describe, expect, it } from 'vitest';
import type { PlannedTarget, WebTarget } from '../../../probes/plan.ts';
import type { Depth } from '../../../probes/words.ts';
import type { Incident } from '../../../src/analysis/detect/point.ts';
import { judge } from '../../../src/analysis/verdict/judge.ts';
import { toPoint } from '../../../src/analysis/verdict/point.ts';
import { incidentsOf } from '../../support/incidents-of.ts';
import type { Repeated } from '../../support/incidents-of.ts';
import { kindTarget, knowledge, measure, runRings, withTrial } from './method-trial.ts';
import { TARGETS } from './world-under-test.ts';

const [YOUTUBE, VK] = TARGETS;
const WHATSAPP_WEB: WebTarget = {
  id: 'whatsapp-web',
  platform: 'whatsapp',
  probe: 'web',
  url: 'https://web.whatsapp.com/',
  lightUrl: 'https://web.whatsapp.com/',
};
const HOURS = 6;
const VANTAGES = ['ala-home', 'ala-office'];

interface Scheduled {
  readonly target: PlannedTarget;
  readonly depth: Depth;
  readonly timeoutMs: number;
  readonly everyMinutes: number;
  readonly retests?: number;
}

const PAGES: readonly Scheduled[] = [YOUTUBE, VK].flatMap((target) => [
  { target, depth: 'light', timeoutMs: 3_000, everyMinutes: 1 },
  { target, depth: 'full', timeoutMs: 10_000, everyMinutes: 15 },
]);

function scheduled(id: string, timeoutMs: number, everyMinutes: number, retests: number): Scheduled {
  return { target: kindTarget(id), depth: 'full', timeoutMs, everyMinutes, retests };
}

/** Measures each target once, one after the other, and lets the detector see the same at its schedule for some hours. */
async function incidentsUnder(action: string, schedules: readonly Scheduled[]): Promise<readonly Incident[]> {
  return withTrial(
    action,
    async (trial) => {
      const rings = await runRings(trial);
      const repeated: Repeated[] = [];
      for (const { target, depth, timeoutMs, ...times } of schedules) {
        const measurement = await measure(trial, target, depth, rings, timeoutMs);
        repeated.push({ point: toPoint(measurement, judge(measurement, knowledge)), ...times });
      }
      return incidentsOf(repeated, HOURS * 60, VANTAGES);
    },
    schedules.map(({ target }) => target),
  );
}

describe('a platform of which one part is touched', () => {
  it(
    'YouTube’s video servers slowed: throttling, and “Pages load; video does not.”',
    { timeout: 120_000 },
    async () => {
      const incidents = await incidentsUnder(
        'do: throttle, kbps: 32, platforms: [youtube], hosts: [googlevideo.com], operators: [AS29355]',
        [
          ...PAGES,
          scheduled('youtube-app', 10_000, 5, 2),
          scheduled('youtube-throughput', 60_000, 60, 2),
          scheduled('youtube-video-throughput', 60_000, 60, 2),
        ],
      );
      expect(incidents).toMatchObject([
        {
          kind: 'throttling',
          platforms: ['youtube'],
          vantageIds: VANTAGES,
          method: 'rate_limit',
          endMs: null,
        },
      ]);
      expect(incidents[0]?.reasons).toContain('Pages load; video does not.');
    },
  );

  it(
    'WhatsApp’s chat servers dead while its page answers: a block, and which part it is',
    { timeout: 120_000 },
    async () => {
      const hosts = Array.from({ length: 16 }, (_, n) => `e${n + 1}.whatsapp.net`).join(', ');
      const incidents = await incidentsUnder(
        `do: block, method: drop, platforms: [whatsapp], hosts: [${hosts}], operators: [AS29355]`,
        [
          ...PAGES,
          { target: WHATSAPP_WEB, depth: 'light', timeoutMs: 3_000, everyMinutes: 1 },
          scheduled('whatsapp-app', 30_000, 5, 2),
        ],
      );
      expect(incidents).toMatchObject([
        {
          kind: 'platform_block',
          platforms: ['whatsapp'],
          vantageIds: VANTAGES,
          method: 'drop',
          endMs: null,
        },
      ]);
      expect(incidents[0]?.reasons).toContain(
        'Accounts can be registered; WhatsApp Web answers; messages do not pass.',
      );
    },
  );
});
