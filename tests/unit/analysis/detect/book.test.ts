/** An incident is the sum of its members. */
import { describe, expect, it } from 'vitest';
import {
  endMember,
  incidentId,
  isOpen,
  openBook,
  reopened,
  summed,
  withMember,
} from '../../../../src/analysis/detect/book.ts';
import type { IncidentMember } from '../../../../src/analysis/detect/point.ts';
import type { Book } from '../../../../src/analysis/detect/state.ts';
import { MINUTE_MS, T0_MS } from '../../../support/points.ts';

function member(vantage: string, changes: Partial<IncidentMember> = {}): IncidentMember {
  return {
    vantage,
    operator: 'AS29355',
    place: 'almaty',
    access: 'mobile',
    platform: 'youtube',
    startMs: T0_MS,
    endMs: null,
    method: 'sni_drop',
    reasons: [`${vantage} first`, `${vantage} second`],
    ...changes,
  };
}

function bookOf(...members: readonly IncidentMember[]): Book {
  let book = openBook('block', 'block-1', 'platform_block');
  for (const one of members) book = withMember(book, `${one.vantage}|${one.platform ?? ''}`, one, 0.8);
  return summed(book, { ...book.incident, startMs: T0_MS });
}

describe('incidentId(topic, startMs, firstMember)', () => {
  it('is the same for the same event, and readable', () => {
    expect(incidentId('allow_list', T0_MS, 'a')).toMatch(/^allow-list-20260301T0000Z-[0-9a-f]{8}$/);
    expect(incidentId('block', T0_MS, 'a')).toBe(incidentId('block', T0_MS + 9 * MINUTE_MS, 'a'));
  });

  it.each([
    { what: 'the topic', id: incidentId('throttle', T0_MS, 'a') },
    { what: 'ten minutes', id: incidentId('block', T0_MS + 10 * MINUTE_MS, 'a') },
    { what: 'the first member', id: incidentId('block', T0_MS, 'b') },
  ])('differs by $what', ({ id }) => {
    expect(id).not.toBe(incidentId('block', T0_MS, 'a'));
  });
});

describe('summed(book, frame)', () => {
  it('names each network once, sorted', () => {
    const { incident } = bookOf(
      member('b', { operator: 'AS9198' }),
      member('a'),
      member('a', { platform: 'vk' }),
    );
    expect(incident).toMatchObject({
      vantageIds: ['a', 'b'],
      operators: ['AS29355', 'AS9198'],
      platforms: ['vk', 'youtube'],
      access: 'mobile',
    });
  });

  it('names no access where there are several', () => {
    expect(bookOf(member('a'), member('b', { access: 'fixed' })).incident.access).toBeNull();
  });

  it('names the method that most members saw', () => {
    const found = bookOf(member('a', { method: 'reset' }), member('b'), member('c')).incident.method;
    expect(found).toBe('sni_drop');
  });

  it('is surer with a second and a third vantage, and never quite sure', () => {
    const sure = [1, 2, 3, 4].map(
      (count) =>
        bookOf(...['a', 'b', 'c', 'd'].slice(0, count).map((one) => member(one))).incident.confidence,
    );
    expect(sure).toEqual([0.8, 0.96, 0.99, 0.99]);
  });

  it('gives the first reason of each member before the second of any', () => {
    expect(bookOf(member('a'), member('b')).incident.reasons).toEqual([
      'a first',
      'b first',
      'a second',
      'b second',
    ]);
  });

  it('does not depend on the order in which members came', () => {
    const [a, b] = [member('a'), member('b', { operator: 'AS9198' })];
    expect(bookOf(a, b).incident).toEqual(bookOf(b, a).incident);
  });
});

describe('withMember, endMember', () => {
  it('keep the earlier start of a member that begins again', () => {
    const again = withMember(
      bookOf(member('a')),
      'a|youtube',
      member('a', { startMs: T0_MS + MINUTE_MS }),
      0.8,
    );
    expect(again.members['a|youtube']).toMatchObject({ startMs: T0_MS, endMs: null });
  });

  it('leave the others, and a book without the member, as they are', () => {
    const book = bookOf(member('a'), member('b'));
    const ended = endMember(book, 'a|youtube', T0_MS + MINUTE_MS);
    expect(ended.members['b|youtube']).toBe(book.members['b|youtube']);
    expect(endMember(book, 'nobody', T0_MS)).toBe(book);
  });
});

describe('reopened(book, startMs)', () => {
  const closed = summed(bookOf(member('a')), {
    ...bookOf(member('a')).incident,
    status: 'restored',
    endMs: T0_MS + 10 * MINUTE_MS,
  });

  it('makes the time between an opening, and goes on with the same incident', () => {
    const { incident } = reopened(closed, T0_MS + 15 * MINUTE_MS);
    expect(incident).toMatchObject({ id: 'block-1', status: 'reopened', endMs: null });
    expect(incident.openings).toEqual([{ startMs: T0_MS + 10 * MINUTE_MS, endMs: T0_MS + 15 * MINUTE_MS }]);
  });

  it('never makes an opening that ends before it begins', () => {
    const [opening] = reopened(closed, T0_MS).incident.openings;
    expect(opening).toEqual({ startMs: T0_MS + 10 * MINUTE_MS, endMs: T0_MS + 10 * MINUTE_MS });
  });

  it('leaves an open one as it is', () => {
    const open = bookOf(member('a'));
    expect(isOpen(open)).toBe(true);
    expect(reopened(open, T0_MS)).toBe(open);
  });
});
