import { describe, expect, it } from 'vitest';
import type { PathTrace } from '../../../../probes/measurement.ts';
import { reasonsWith } from '../../../../src/analysis/detect/test-reasons.ts';
import { judge } from '../../../../src/analysis/verdict/judge.ts';
import { PATH_SAID, pathSaid } from '../../../../src/analysis/verdict/path-said.ts';
import { loadCatalog } from '../../../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../../../src/config/knowledge.ts';
import { synthesize } from '../../../../src/scenario/synthesize.ts';
import { idAt, T0_MS } from '../../../support/points.ts';

function trace(reached: boolean, ...asns: readonly (string | null)[]): PathTrace {
  return {
    reached,
    hops: asns.map((asn, index) => ({
      hop: index + 1,
      asn,
      rtt_ms: 1,
      kind: asn === 'own' ? 'private' : 'public',
    })),
  };
}

describe('what two ways say', () => {
  it.each([
    {
      failing: trace(false, 'AS9198'),
      working: trace(true, 'AS9198', 'AS3356', 'AS15169'),
      says: 'get as far as AS9198; those to one that works arrive there by way of AS9198, AS3356, AS15169; the ways part after AS9198.',
    },
    {
      failing: trace(false, 'AS29355', 'AS9198'),
      working: trace(false, 'AS29355', 'AS3216'),
      says: 'get as far as AS9198; those to one that works get as far as AS3216; the ways part after AS29355.',
    },
    {
      failing: trace(false, 'AS9198', null),
      working: null,
      says: 'get as far as hop 2, whose network is not known.',
    },
    {
      failing: trace(false),
      working: trace(true),
      says: 'get no further than the own network; those to one that works arrive there.',
    },
    {
      failing: trace(true, 'AS9198'),
      working: trace(true, 'AS9198'),
      says: 'arrive there: what is cut is inside the connection.',
    },
  ])('$says', ({ failing, working, says }) => {
    expect(pathSaid({ failing, working })).toBe(PATH_SAID + says);
  });

  it('is nothing where nobody answered on either way', () => {
    expect(pathSaid({ failing: trace(false), working: trace(false) })).toBeNull();
    expect(pathSaid({ failing: trace(false), working: null })).toBeNull();
  });
});

describe('a verdict', () => {
  const knowledge = buildKnowledge(loadCatalog());
  function measured(block: 'sni_drop' | null) {
    return synthesize({
      id: idAt(T0_MS, 0),
      atMs: T0_MS,
      retest: 0,
      vantage: { id: 'ala', operator: 'AS9198', place: 'almaty', access: 'fixed' },
      platform: 'youtube',
      fate: {
        block,
        throttleKbps: null,
        forger: undefined,
        isDown: false,
        isControlUp: true,
        network: 'online',
        lost: [],
      },
      latencyMs: [20, 60],
      random: () => 0.5,
      certificates: new Map(),
    });
  }
  const path = {
    tool: 'traceroute',
    method: 'tcp',
    port: 443,
    failing: trace(false, 'AS9198'),
    working: trace(true, 'AS9198', 'AS15169'),
  };

  it('says it beside its reasons where something is blocked, and what cannot be read changes nothing', () => {
    const plain = measured('sni_drop');
    const reasons = judge(plain, knowledge).reasons;
    const traced = { ...plain, test_keys: { ...plain.test_keys, x_aiqyn_path: path } };
    expect(judge(traced, knowledge)).toEqual({
      ...judge(plain, knowledge),
      reasons: [...reasons, expect.stringContaining(PATH_SAID)],
    });
    const nonsense = { ...plain, test_keys: { ...plain.test_keys, x_aiqyn_path: { hops: 7 } } };
    expect(judge(nonsense, knowledge)).toEqual(judge(plain, knowledge));
    const fine = measured(null);
    const needless = { ...fine, test_keys: { ...fine.test_keys, x_aiqyn_path: path } };
    expect(judge(needless, knowledge)).toEqual(judge(fine, knowledge));
  });

  it('is kept by the detector with the first reasons, whenever the trace was made', () => {
    const said = `${PATH_SAID}arrive there.`;
    expect(reasonsWith([], ['a', 'b', 'c', 'd'])).toEqual(['a', 'b', 'c']);
    expect(reasonsWith([], ['a', said])).toEqual(['a', said]);
    expect(reasonsWith(['a', 'b', 'c'], ['x', said])).toEqual(['a', 'b', said]);
    expect(reasonsWith(['a', said], ['x', `${said} later`])).toEqual(['a', said]);
    expect(reasonsWith(['a'], ['x'])).toEqual(['a']);
  });
});
