/** An incident with what others say of it: one number for everybody, counted from the detector's own each time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confidenceWith } from '../../../../src/analysis/corroborate/confidence.ts';
import type { Testimony } from '../../../../src/analysis/corroborate/corroborate.ts';
import {
  saidBy,
  testimoniesOf,
  voicesOf,
  withoutWitnesses,
  withWitnesses,
} from '../../../../src/analysis/corroborate/witnessed.ts';
import { anIncident } from '../../../support/points.ts';
import { aTestimony } from '../../../support/testimonies.ts';

const PINGS = aTestimony({ source: 'ioda', signal: 'ping-slash24', family: 'pings' });
const TRAFFIC = aTestimony({
  source: 'radar',
  signal: 'http',
  family: 'traffic',
  stance: 'disagrees',
  reason: 'as_usual',
});
const ROUTES = aTestimony({
  source: 'ripestat',
  signal: 'asns',
  family: 'routes',
  stance: 'cannot_see',
  reason: 'one_sided',
});
const alone = anIncident({ kind: 'shutdown', confidence: 0.7 });

describe('an incident with its witnesses', () => {
  it('carries the confidence that the rule makes of them, and the detector’s own beside it', () => {
    const heard = withWitnesses(alone, saidBy([PINGS, TRAFFIC, ROUTES]));
    expect(heard.confidence).toBe(confidenceWith(0.7, [PINGS, TRAFFIC]));
    expect(heard.witnessed?.alone).toBe(0.7);
    expect(withoutWitnesses(heard)).toEqual(alone);
  });

  it('is as the detector said where nobody was asked, and surer of nothing where nobody could see', () => {
    expect(withWitnesses(alone, saidBy([]))).toBe(alone);
    const silent = withWitnesses(alone, saidBy([ROUTES]));
    expect(silent.confidence).toBe(0.7);
    expect(testimoniesOf(silent)).toEqual([ROUTES]);
  });

  it('gives each witness back as it was heard', () => {
    const heard: readonly Testimony[] = [PINGS, TRAFFIC, ROUTES, { ...ROUTES, entity: 'AS9198' }];
    expect(testimoniesOf(withWitnesses(alone, saidBy(heard)))).toEqual(heard);
  });

  it('is counted from the detector’s own, however often they are heard again', () => {
    const some = fc.subarray([PINGS, TRAFFIC, ROUTES, { ...PINGS, family: 'probes' as const }]);
    fc.assert(
      fc.property(fc.array(some, { maxLength: 6 }), some, (before, last) => {
        const heard = before.reduce((incident, said) => withWitnesses(incident, saidBy(said)), alone);
        expect(withWitnesses(heard, saidBy(last))).toEqual(withWitnesses(alone, saidBy(last)));
      }),
    );
  });

  it('names a source once: who agrees by any means does not disagree', () => {
    const both = [PINGS, { ...PINGS, signal: 'gtr.youtube', stance: 'disagrees' as const }, TRAFFIC, ROUTES];
    expect(voicesOf(withWitnesses(alone, saidBy(both)))).toEqual({
      agree: ['ioda'],
      disagree: ['radar'],
      cannotSee: ['ripestat'],
      noData: [],
    });
    expect(voicesOf(alone)).toEqual({ agree: [], disagree: [], cannotSee: [], noData: [] });
  });
});
