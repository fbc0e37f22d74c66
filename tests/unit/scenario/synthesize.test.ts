/** Synthetic measurements: what each fate leaves behind, and what the judge of production makes of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/analysis/correlate/random.ts';
import { judge } from '../../../src/analysis/verdict/judge.ts';
import { drawFate, fateKey } from '../../../src/scenario/fate.ts';
import type { Fate } from '../../../src/scenario/fate.ts';
import { BLOCK_METHODS } from '../../../src/scenario/scenario.ts';
import { synthesize } from '../../../src/scenario/synthesize.ts';
import { conditionsAt } from '../../../src/scenario/world.ts';
import { aScenario, AT_MS, HOUR_MS, MOBILE } from '../../support/scenario.ts';
import { NO_KNOWLEDGE } from '../../support/web-observations.ts';

const FREE: Fate = {
  block: null,
  throttleKbps: null,
  forger: undefined,
  isDown: false,
  isControlUp: true,
  network: 'online',
  lost: [],
};

function measured(changes: Partial<Fate>, seed = 1) {
  return synthesize({
    id: '00000001-0000-7000-8000-000000000001',
    atMs: AT_MS,
    retest: 0,
    vantage: MOBILE,
    platform: 'youtube',
    fate: { ...FREE, ...changes },
    latencyMs: [40, 180],
    random: seededRandom(seed),
    certificates: new Map(),
  });
}

describe('synthesize(input)', () => {
  it.each([
    { fate: {}, status: 'ok' },
    ...BLOCK_METHODS.filter((method) => method !== 'blockpage').map((method) => ({
      fate: { block: method },
      status: 'blocked',
    })),
    { fate: { throttleKbps: 64 }, status: 'throttled' },
    { fate: { forger: null }, status: 'intercepted' },
    { fate: { isDown: true }, status: 'down' },
    { fate: { network: 'offline' as const }, status: 'offline' },
    { fate: { network: 'allow_list' as const }, status: 'offline' },
  ])('of the fate %o is judged $status', ({ fate, status }) => {
    const verdict = judge(measured(fate), NO_KNOWLEDGE);
    expect(verdict.status, verdict.reasons.join(' ')).toBe(status);
  });

  it('calls nobody blocked whose site is silent for the control as well, whatever else is lost', () => {
    const steps = fc.subarray(['dns', 'tcp', 'tls', 'harmless', 'page'] as const);
    fc.assert(
      fc.property(steps, fc.integer(), (lost, seed) => {
        expect(judge(measured({ isDown: true, lost }, seed), NO_KNOWLEDGE).status).not.toBe('throttled');
        expect(judge(measured({ isControlUp: false, lost: [] }, seed), NO_KNOWLEDGE).status).toBe('ok');
      }),
    );
  });

  it('is the same for the same input, and differs in its timings alone for another seed', () => {
    expect(measured({ block: 'sni_drop' })).toEqual(measured({ block: 'sni_drop' }));
    const [one, other] = [measured({}, 1), measured({}, 2)];
    expect(one).not.toEqual(other);
    expect(judge(one, NO_KNOWLEDGE).status).toBe(judge(other, NO_KNOWLEDGE).status);
  });

  it('never holds an address of the vantage', () => {
    expect(measured({})).toMatchObject({
      probe_ip: '127.0.0.1',
      probe_asn: 'AS29355',
      x_aiqyn_vantage: MOBILE,
    });
  });
});

describe('drawFate(conditions, platform, random)', () => {
  const window = { from: AT_MS, to: AT_MS + HOUR_MS };
  const half = aScenario({
    actions: [{ do: 'block', method: 'sni_drop', platforms: ['youtube'], fraction: 0.5, ...window }],
  });

  it('touches the share of connections that the action names, and no other platform', () => {
    const random = seededRandom(7);
    const conditions = conditionsAt(half, AT_MS, MOBILE);
    const blocked = Array.from({ length: 2_000 }, () => drawFate(conditions, 'youtube', random)).filter(
      ({ block }) => block !== null,
    );
    expect(blocked.length / 2_000).toBeCloseTo(0.5, 1);
    expect(drawFate(conditions, 'x', () => 0).block).toBeNull();
  });

  it('loses a step only where both of its tries are lost', () => {
    const loss = aScenario({ actions: [{ do: 'packet_loss', percent: 20, ...window }] });
    const random = seededRandom(7);
    const conditions = conditionsAt(loss, AT_MS, MOBILE);
    const lost = Array.from({ length: 4_000 }, () => drawFate(conditions, 'x', random)).flatMap(
      (fate) => fate.lost,
    );
    expect(lost.length / 4_000 / 5).toBeCloseTo(0.04, 2);
  });

  it('draws equally often whatever happens, so that an action changes nothing but what it does', () => {
    function drawsOf(conditions: Parameters<typeof drawFate>[0]): number {
      let draws = 0;
      drawFate(conditions, 'youtube', () => {
        draws += 1;
        return 0.4;
      });
      return draws;
    }
    expect(drawsOf(conditionsAt(half, AT_MS, MOBILE))).toBe(
      drawsOf(conditionsAt(aScenario(), AT_MS, MOBILE)),
    );
  });

  it('leaves the front page alone where only other names are blocked', () => {
    const hosts = aScenario({
      actions: [
        {
          do: 'block',
          method: 'drop',
          hosts: ['googlevideo.com'],
          platforms: ['youtube'],
          fraction: 1,
          ...window,
        },
      ],
    });
    expect(drawFate(conditionsAt(hosts, AT_MS, MOBILE), 'youtube', () => 0).block).toBeNull();
  });

  it('has one word for one fate', () => {
    expect(fateKey(FREE)).toBe(fateKey({ ...FREE }));
    const keys = [
      FREE,
      { ...FREE, forger: null },
      { ...FREE, block: 'drop' as const },
      { ...FREE, isDown: true },
    ];
    expect(new Set(keys.map(fateKey)).size).toBe(keys.length);
  });
});
