/** Parts of a platform that are touched while the rest works, and pages that crawl while their handshakes are quick. */
import { describe, expect, it } from 'vitest';
import type { ReachabilityPoint } from '../../../../src/analysis/detect/point.ts';
import { incidentsOf } from '../../../support/incidents-of.ts';
import type { Repeated } from '../../../support/incidents-of.ts';
import { aPoint } from '../../../support/points.ts';

const HOUR = 60;
const LIGHT: Repeated = { point: okPoint('youtube-www', { tlsMs: 60 }), everyMinutes: 1 };
const OTHER: Repeated = { point: okPoint('vk-www', { tlsMs: 60, platform: 'vk' }), everyMinutes: 1 };

function okPoint(target: string, change: Partial<ReachabilityPoint> = {}): ReachabilityPoint {
  const nothing = { layer: null, method: null, failure: null, score: 0, reasons: ['It works.'] };
  return aPoint({ platform: 'youtube', target, status: 'ok', confidence: 0.9, ...nothing, ...change });
}

function slowPoint(target: string, change: Partial<ReachabilityPoint> = {}): ReachabilityPoint {
  return okPoint(target, {
    status: 'throttled',
    layer: 'http',
    method: 'rate_limit',
    confidence: 0.75,
    score: 0.7,
    tlsMs: 70,
    reasons: ['Pages load; video does not.', 'The page came at 16.0 to 16.2 kB/s.'],
    ...change,
  });
}

const VIDEO = slowPoint('youtube-video-throughput', { probe: 'throughput' });

describe('a throttled part', () => {
  it('is an incident of its own while every page loads, and says which part it is', () => {
    const found = incidentsOf([LIGHT, OTHER, { point: VIDEO, everyMinutes: HOUR, retests: 2 }], 6 * HOUR);
    expect(found).toMatchObject([{ kind: 'throttling', platforms: ['youtube'], endMs: null }]);
    expect(found[0]?.reasons[0]).toBe('Pages load; video does not.');
  });

  it('is found within the round and its re-tests where two vantages see it', () => {
    const found = incidentsOf([LIGHT, OTHER, { point: VIDEO, everyMinutes: HOUR, retests: 2 }], 2, [
      'a',
      'b',
    ]);
    expect(found).toMatchObject([{ kind: 'throttling', vantageIds: ['a', 'b'] }]);
  });
});

describe('what speaks against throttling', () => {
  const crawling = { point: slowPoint('youtube-www'), everyMinutes: 15 };

  it('a quick handshake each minute does not, where it is the body that crawls', () => {
    expect(incidentsOf([LIGHT, OTHER, crawling], 6 * HOUR)).toMatchObject([
      { kind: 'throttling', endMs: null },
    ]);
  });

  it('bodies that come fast do', () => {
    const fast = { point: okPoint('youtube-www', { bytesPerSecond: 900_000 }), everyMinutes: 1 };
    expect(incidentsOf([OTHER, crawling, fast], 6 * HOUR)).toEqual([]);
  });

  it('a line that is slow for both does not: there a slowed page looks like any other', () => {
    const slowLine = okPoint('youtube-video-throughput', { confidence: 0.4, bytesPerSecond: 16_000 });
    const found = incidentsOf(
      [LIGHT, OTHER, { point: VIDEO, everyMinutes: HOUR, retests: 2 }, { point: slowLine, everyMinutes: 10 }],
      6 * HOUR,
    );
    expect(found).toMatchObject([{ kind: 'throttling', endMs: null }]);
  });

  it('a quick handshake does, where it was the handshake that was slow', () => {
    const slow = { point: slowPoint('youtube-www', { layer: 'tls', tlsMs: 4_000 }), everyMinutes: 15 };
    expect(incidentsOf([LIGHT, OTHER, slow], 6 * HOUR)).toEqual([]);
  });
});

describe('a dead part', () => {
  const reasons = [
    'WhatsApp Web answers; messages do not pass.',
    'Endpoints reached: chat 0 of 32.',
    'The control reached what failed here.',
  ];
  const chat: Repeated = {
    point: okPoint('whatsapp-app', {
      platform: 'whatsapp',
      probe: 'app',
      status: 'blocked',
      layer: 'tcp',
      method: 'drop',
      failure: 'generic_timeout_error',
      confidence: 0.88,
      score: 0.5,
      reasons,
    }),
    everyMinutes: 5,
    retests: 2,
  };
  const web: Repeated = {
    point: okPoint('whatsapp-web', { platform: 'whatsapp', tlsMs: 60 }),
    everyMinutes: 1,
  };

  it('is a block of the platform although its page answers every minute', () => {
    const found = incidentsOf([LIGHT, OTHER, web, chat], 2 * HOUR);
    expect(found).toMatchObject([
      { kind: 'platform_block', platforms: ['whatsapp'], method: 'drop', endMs: null },
    ]);
    expect(found[0]?.reasons).toEqual(reasons);
  });

  it('keeps the sentence of each member before the details of any', () => {
    const found = incidentsOf([LIGHT, OTHER, web, chat], 2 * HOUR, ['a', 'b', 'c']);
    expect(found).toMatchObject([{ vantageIds: ['a', 'b', 'c'] }]);
    expect(found[0]?.reasons[0]).toBe(reasons[0]);
  });
});
