import { describe, expect, it } from 'vitest';
import { WindowLog } from '../../../src/scenario/windows.ts';
import { aHeartbeat, aPoint } from '../../support/points.ts';
import { AT_MS } from '../../support/scenario.ts';

const MINUTE_MS = 60_000;
const blocked = { status: 'blocked', method: 'sni_drop' } as const;

function minute(number: number) {
  const atMs = AT_MS + number * MINUTE_MS;
  return {
    fromMs: atMs,
    toMs: atMs + MINUTE_MS,
    points: [
      aPoint({ atMs, platform: 'youtube', operator: 'AS9198', ...blocked }),
      aPoint({ atMs, platform: 'youtube', operator: 'AS9198', ...blocked }),
      aPoint({ atMs, platform: 'vk', operator: 'AS9198', status: 'ok', method: null }),
    ],
    heartbeats: [aHeartbeat({ atMs, operator: 'AS9198' })],
  };
}

function logOf(dispute: { platforms?: string[]; operators?: string[] }, minutes: readonly number[]) {
  const log = new WindowLog([{ instantsMs: [AT_MS], platforms: [], operators: [], ...dispute }], MINUTE_MS);
  for (const number of minutes) log.note(minute(number));
  return log.linesOf(0);
}

describe('the windows that led to a failure', () => {
  it('are those shortly before and after what is disputed', () => {
    const lines = logOf({}, [-60, -3, -2, -1, 0, 1, 2, 3, 4, 60]);
    expect(lines.map((line) => line.trim().slice(11, 16))).toEqual([
      '11:58',
      '11:59',
      '12:00',
      '12:01',
      '12:02',
      '12:03',
    ]);
  });

  it('say per platform and operator what was judged, and who was heard', () => {
    expect(logOf({}, [0])).toEqual([
      '    2026-03-01T12:00:00Z  heartbeats: 1 online; vk on AS9198: 1 ok; youtube on AS9198: 2 blocked (sni_drop)',
    ]);
  });

  it('show only what the dispute is about', () => {
    expect(logOf({ platforms: ['vk'] }, [0])[0]).not.toContain('youtube');
    expect(logOf({ operators: ['AS1'] }, [0])[0]).toMatch(/no heartbeat$/);
  });

  it('are no more than a screen of them', () => {
    const instantsMs = Array.from({ length: 100 }, (_, number) => AT_MS + number * MINUTE_MS);
    const log = new WindowLog([{ instantsMs, platforms: [], operators: [] }], MINUTE_MS);
    for (let number = 0; number < 100; number += 1) log.note(minute(number));
    expect(log.linesOf(0)).toHaveLength(31);
    expect(log.linesOf(0).at(-1)).toBe('    …');
  });
});
