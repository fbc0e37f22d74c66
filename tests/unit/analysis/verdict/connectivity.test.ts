import { describe, expect, it } from 'vitest';
import { RingCheck } from '../../../../probes/measurement.ts';
import { connectivityOf } from '../../../../src/analysis/verdict/connectivity.ts';

function check(ring: string, isUp: boolean, allow_listed = false): RingCheck {
  return RingCheck.parse({
    ring,
    name: `${ring}.example`,
    failure: isUp ? null : 'generic_timeout_error',
    allow_listed,
  });
}

describe('connectivityOf(ring checks)', () => {
  it.each([
    {
      because: 'a foreign site answers',
      checks: [check('foreign', true), check('domestic', false)],
      says: 'online',
    },
    {
      because: 'only a domestic site answers',
      checks: [check('foreign', false), check('domestic', true), check('domestic', true, true)],
      says: 'domestic_only',
    },
    {
      because: 'only allow-listed sites answer',
      checks: [check('foreign', false), check('domestic', true, true), check('domestic', false)],
      says: 'allow_list',
    },
    {
      because: 'only a name server answers',
      checks: [check('foreign', false), check('dns', true), check('gateway', true)],
      says: 'dns_only',
    },
    {
      because: 'only the gateway answers',
      checks: [check('foreign', false), check('gateway', true)],
      says: 'offline',
    },
    { because: 'nothing answers', checks: [check('gateway', false)], says: 'offline' },
    { because: 'nothing was tried', checks: [], says: null },
    { because: 'no foreign site was asked', checks: [check('domestic', true)], says: null },
  ])('says $says when $because', ({ checks, says }) => {
    expect(connectivityOf(checks)).toBe(says);
  });
});
