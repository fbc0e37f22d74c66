import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { STATUSES } from '../../../src/analysis/verdict/verdict.ts';
import type { Status } from '../../../src/analysis/verdict/verdict.ts';
import type { Bucket } from '../../../src/store/store.ts';
import { THEMES } from '../../../src/status-colours.ts';
import { THEME_PALETTES } from '../../../src/web/charts/palette.ts';
import { bucketStatus, foldSegments } from '../../../src/web/charts/strips.ts';
import { offsetName } from '../../../src/web/messages/words.ts';

const NONE: Readonly<Record<Status, number>> = {
  ok: 0,
  blocked: 0,
  throttled: 0,
  intercepted: 0,
  tampered: 0,
  down: 0,
  offline: 0,
  inconclusive: 0,
};
function bucket(startMs: number, counts: Partial<Record<Status, number>>): Bucket {
  return {
    startMs,
    group: [],
    counts: { ...NONE, ...counts },
    meanScore: 0,
    medianTotalMs: null,
    medianBytesPerSecond: null,
  };
}

describe('bucketStatus(counts)', () => {
  it.each([
    { counts: {}, status: null, because: 'nothing was measured' },
    { counts: { ok: 5 }, status: 'ok', because: 'all is well' },
    { counts: { ok: 4, blocked: 1 }, status: 'ok', because: 'one blip in five is not a trouble' },
    { counts: { ok: 3, blocked: 1 }, status: 'blocked', because: 'one of four addresses is in trouble' },
    { counts: { ok: 1, blocked: 2, throttled: 2 }, status: 'blocked', because: 'the worse one is named' },
    { counts: { inconclusive: 3 }, status: 'inconclusive', because: 'unclear is never a block' },
  ])('is $status when $because', ({ counts, status }) => {
    expect(bucketStatus({ ...NONE, ...counts })).toBe(status);
  });
});

describe('foldSegments(buckets)', () => {
  it('joins touching runs and keeps gaps', () => {
    const segments = foldSegments([bucket(0, { ok: 1 }), bucket(10, { ok: 2 }), bucket(30, { ok: 1 })], 10);
    expect(segments.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 20],
      [30, 40],
    ]);
  });
  it('says on what share of the networks', () => {
    expect(foldSegments([bucket(0, { ok: 1 }), bucket(0, { blocked: 1 })], 10)).toEqual([
      { startMs: 0, endMs: 10, status: 'blocked', share: 0.5 },
    ]);
  });
});

describe('colours', () => {
  const css = readFileSync(new URL('../../../src/web/assets/aiqyn.css', import.meta.url), 'utf8');
  it.each(THEMES)('of the %s theme are the same in charts and pages', (theme) => {
    const part = theme === 'light' ? css.split('@media')[0] : css.split('@media')[1];
    for (const status of STATUSES)
      expect(part).toContain(`--${status}: ${THEME_PALETTES[theme].status[status]};`);
  });
});

describe('offsetName(instant, zone)', () => {
  it.each([
    { at: '2019-05-09T07:00:00Z', zone: 'Asia/Almaty', name: 'UTC+6' },
    { at: '2026-03-12T07:00:00Z', zone: 'Asia/Almaty', name: 'UTC+5' },
    { at: '2026-03-12T07:00:00Z', zone: 'Asia/Kathmandu', name: 'UTC+5:45' },
    { at: '2026-03-12T07:00:00Z', zone: 'Nowhere/None', name: 'UTC' },
  ])('is $name in $zone at $at', ({ at, zone, name }) => {
    expect(offsetName(Date.parse(at), zone)).toBe(name);
  });
});
