/** The chain of days: what a reader sees who saved a part of it, after any way of rewriting it. */
import { describe, expect, it } from 'vitest';
import { createIdentity } from '../../../src/fleet/identity.ts';
import { flawOfDays, forkOf, hashOfDay, LOG_START, signDay } from '../../../src/transparency/log.ts';
import type { SignedDay } from '../../../src/transparency/log.ts';
import { leafHash } from '../../../src/transparency/merkle.ts';

const { identity } = createIdentity();

function aLog(count: number, salt = '', by = identity, before: readonly SignedDay[] = []): SignedDay[] {
  const days = [...before];
  for (let number = days.length + 1; number <= count; number++) {
    const last = days.at(-1);
    days.push(
      signDay(
        {
          day: `2026-03-${String(number).padStart(2, '0')}`,
          number,
          leaves: 3,
          root: leafHash(Buffer.from(`${salt} ${number}`)),
          previous: last === undefined ? LOG_START : hashOfDay(last),
          closedAt: `2026-03-${String(number + 1).padStart(2, '0')}T00:00:30.000Z`,
        },
        by,
      ),
    );
  }
  return days;
}
const LOG = aLog(9);

describe('a log of days', () => {
  it('is flawless as it was made, whole or from any day on', () => {
    expect(flawOfDays(LOG, identity.publicKey)).toBeNull();
    expect(flawOfDays(LOG.slice(4), identity.publicKey)).toBeNull();
    expect(flawOfDays([], identity.publicKey)).toBeNull();
  });

  it.each([
    {
      change: 'a root',
      days: LOG.map((day, n) => (n === 4 ? { ...day, root: leafHash(Buffer.from('x')) } : day)),
    },
    { change: 'a date', days: LOG.map((day, n) => (n === 4 ? { ...day, day: '2026-03-30' } : day)) },
    { change: 'a number of leaves', days: LOG.map((day, n) => (n === 4 ? { ...day, leaves: 2 } : day)) },
  ])('is refused with $change changed: its signature does not hold', ({ days }) => {
    expect(flawOfDays(days, identity.publicKey)).toContain('the signature does not hold');
  });

  it('is refused with a day left out, twice, or in another order', () => {
    expect(flawOfDays(LOG.toSpliced(4, 1), identity.publicKey)).toContain('does not follow');
    expect(flawOfDays([...LOG, ...LOG.slice(-1)], identity.publicKey)).toContain('does not follow');
    expect(flawOfDays(LOG.toReversed(), identity.publicKey)).toContain('does not follow');
  });

  it('is refused with a day signed anew in its middle: the next one names what it was', () => {
    const [, second] = aLog(2, 'rewritten');
    const days = LOG.map((day, n) => (n === 1 && second !== undefined ? second : day));
    expect(flawOfDays(days, identity.publicKey)).toMatch(/does not go on from/);
  });

  it('is refused under another key, and where no key is one', () => {
    const other = createIdentity().identity;
    expect(flawOfDays(LOG, other.publicKey)).toContain('another key');
    expect(flawOfDays(LOG, 'bm90IGEga2V5')).toContain('no Ed25519 key');
  });
});

describe('a saved log against the one of today', () => {
  it('is held where the log was only gone on with', () => {
    expect(forkOf(LOG.slice(0, 5), LOG)).toBeNull();
    expect(forkOf(LOG.slice(2, 4), LOG)).toBeNull();
  });

  it('shows a log that its own maker forked: each is flawless, together they are not', () => {
    const forked = aLog(12, 'forked', identity, LOG.slice(0, 3));
    expect(flawOfDays(forked, identity.publicKey)).toBeNull();
    expect(forkOf(LOG.slice(0, 3), forked)).toBeNull();
    expect(forkOf(LOG, forked)).toMatch(
      /^2026-03-04 \(number 4\) was published with the root .* it was forked$/,
    );
  });

  it('shows days that were taken back', () => {
    expect(forkOf(LOG, LOG.slice(0, 7))).toContain(
      '2026-03-08 (number 8) was published and is not in the log',
    );
  });
});
