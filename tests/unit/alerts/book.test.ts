/** What a route has told and has yet to tell, as incidents come, change and go. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  delivered,
  newBook,
  nextTellings,
  refused,
  RouteBook,
  seen,
  unreachable,
} from '../../../src/alerts/book.ts';
import { changeBetween } from '../../../src/alerts/subject.ts';
import type { Subject } from '../../../src/alerts/subject.ts';
import { aSubject, BEGAN_MS } from '../../support/alerts.ts';

const HOUR_MS = 3_600_000;
const ALL = { confidence: 0 };

function looked(
  book: RouteBook,
  subjects: readonly Subject[],
  nowMs = BEGAN_MS,
  gone: readonly string[] = [],
) {
  return seen(book, ALL, { subjects, gone, nowMs });
}

function toldOnce(subject = aSubject()): RouteBook {
  const book = looked(newBook(BEGAN_MS), [subject]);
  return delivered(book, nextTellings(book, null, BEGAN_MS), '17', BEGAN_MS);
}

describe('a route’s book', () => {
  it('has one message for a new incident, and none once it is delivered', () => {
    const book = looked(newBook(BEGAN_MS), [aSubject()]);
    expect(nextTellings(book, null, BEGAN_MS)).toMatchObject([
      { change: 'opened', number: 0, earlier: null },
    ]);
    expect(nextTellings(toldOnce(), null, BEGAN_MS)).toEqual([]);
    expect(nextTellings(looked(toldOnce(), [aSubject()]), null, BEGAN_MS)).toEqual([]);
  });

  it('ties what follows to the first message', () => {
    const book = looked(toldOnce(), [aSubject({ status: 'restored', endMs: BEGAN_MS + HOUR_MS })]);
    expect(nextTellings(book, null, BEGAN_MS)).toMatchObject([
      { change: 'restored', number: 1, earlier: '17' },
    ]);
  });

  it('still tells what changed while a message was on its way', () => {
    const first = looked(newBook(BEGAN_MS), [aSubject()]);
    const tellings = nextTellings(first, null, BEGAN_MS);
    const meanwhile = looked(first, [aSubject({ status: 'restored', endMs: BEGAN_MS + HOUR_MS })]);
    const after = delivered(meanwhile, tellings, '17', BEGAN_MS);
    expect(nextTellings(after, null, BEGAN_MS)).toMatchObject([{ change: 'restored', earlier: '17' }]);
  });

  it('does not tell of what was over before it began', () => {
    const old = aSubject({ startMs: BEGAN_MS - 2 * HOUR_MS, endMs: BEGAN_MS - HOUR_MS });
    expect(nextTellings(looked(newBook(BEGAN_MS), [old]), null, BEGAN_MS)).toEqual([]);
  });

  it('takes back what it told, and drops in silence what it had not', () => {
    const id = aSubject().id;
    expect(nextTellings(looked(toldOnce(), [], BEGAN_MS, [id]), null, BEGAN_MS)).toMatchObject([
      { change: 'withdrawn' },
    ]);
    const untold = looked(newBook(BEGAN_MS), [aSubject()]);
    const gone = looked(untold, [], BEGAN_MS, [id]);
    expect(nextTellings(gone, null, BEGAN_MS)).toEqual([]);
    expect(gone.threads).toEqual({});
  });

  it('goes on telling of an incident that its filter would not let begin now', () => {
    const less = aSubject({ confidence: 0.2, endMs: BEGAN_MS + HOUR_MS });
    const book = seen(toldOnce(), { confidence: 0.9 }, { subjects: [less], gone: [], nowMs: BEGAN_MS });
    expect(nextTellings(book, null, BEGAN_MS)).toMatchObject([{ change: 'restored' }]);
    const other = seen(newBook(0), { confidence: 0.9 }, { subjects: [less], gone: [], nowMs: BEGAN_MS });
    expect(nextTellings(other, null, BEGAN_MS)).toEqual([]);
  });

  describe('when others speak', () => {
    const FILTER = { confidence: 0.8 };
    const sure = aSubject({ confidence: 0.82 });
    const doubted = aSubject({ confidence: 0.7, witnesses: { agree: [], disagree: ['radar'] } });
    const borneOut = aSubject({ confidence: 0.86, witnesses: { agree: ['ioda'], disagree: [] } });
    /** What is sent as the incident becomes each of these in turn. */
    function sent(...steps: readonly Subject[]): readonly string[] {
      let book = newBook(BEGAN_MS);
      return steps.flatMap((subject) => {
        book = seen(book, FILTER, { subjects: [subject], gone: [], nowMs: BEGAN_MS });
        const tellings = nextTellings(book, null, BEGAN_MS);
        if (tellings.length > 0) book = delivered(book, tellings, 'h', BEGAN_MS);
        return tellings.map(({ change }) => change);
      });
    }
    const over = { ...borneOut, endMs: BEGAN_MS + HOUR_MS };

    it.each([
      { steps: [sure, borneOut], tells: ['opened'], because: 'being surer is no news' },
      {
        steps: [aSubject({ confidence: 0.78 }), borneOut],
        tells: ['opened'],
        because: 'their word takes it over the filter, and it begins to be told',
      },
      {
        steps: [sure, doubted, doubted],
        tells: ['opened', 'amended'],
        because: 'their word takes it below',
      },
      {
        steps: [sure, aSubject({ confidence: 0.7 })],
        tells: ['opened'],
        because: 'being less sure by our own measuring is no news',
      },
      {
        steps: [sure, doubted, borneOut, doubted, borneOut, doubted, over],
        tells: ['opened', 'amended', 'amended', 'restored'],
        because: 'what goes to and fro is told once each way',
      },
    ])('tells $tells: $because', ({ steps, tells }) => {
      expect(sent(...steps)).toEqual(tells);
    });

    it('reads a book of an earlier version', () => {
      const book = seen(newBook(BEGAN_MS), FILTER, { subjects: [sure], gone: [], nowMs: BEGAN_MS });
      const text = JSON.stringify(book, (key, value: unknown) =>
        ['witnesses', 'least', 'crossings'].includes(key) ? undefined : value,
      );
      const read = RouteBook.parse(JSON.parse(text));
      const looked = seen(read, FILTER, { subjects: [sure], gone: [], nowMs: BEGAN_MS });
      expect(looked).toEqual(book);
    });
  });

  it('sums up what waited for more than an hour', () => {
    const book = looked(newBook(BEGAN_MS), [aSubject({ id: 'a' }), aSubject({ id: 'b' })]);
    expect(nextTellings(book, null, BEGAN_MS + HOUR_MS)).toHaveLength(1);
    const late = nextTellings(book, null, BEGAN_MS + HOUR_MS + 1);
    expect(late.map(({ subject }) => subject.id)).toEqual(['a', 'b']);
    const after = delivered(book, late, '99', BEGAN_MS + 2 * HOUR_MS);
    expect(nextTellings(after, null, BEGAN_MS + 9 * HOUR_MS)).toEqual([]);
    expect(after.threads['a']?.handle).toBeNull();
  });

  it('gives up what is refused three times, keeps why, and lets the others go first', () => {
    let book = looked(newBook(BEGAN_MS), [aSubject({ id: 'a' }), aSubject({ id: 'b' })]);
    book = refused(book, nextTellings(book, null, BEGAN_MS), 'HTTP 400', BEGAN_MS);
    expect(nextTellings(book, null, BEGAN_MS)[0]?.subject.id).toBe('b');
    book = delivered(book, nextTellings(book, null, BEGAN_MS), '1', BEGAN_MS);
    for (let n = 0; n < 2; n += 1)
      book = refused(book, nextTellings(book, null, BEGAN_MS), 'HTTP 400', BEGAN_MS);
    expect(nextTellings(book, null, BEGAN_MS)).toEqual([]);
    expect(book.failures).toEqual([{ atMs: BEGAN_MS, incident: 'a', reason: 'HTTP 400' }]);
  });

  it('keeps since when a channel is away, until it takes a message', () => {
    let book = looked(newBook(BEGAN_MS), [aSubject()]);
    book = unreachable(book, 'connection_refused', BEGAN_MS);
    book = unreachable(book, 'HTTP 503', BEGAN_MS + HOUR_MS);
    expect(book.trouble).toEqual({ sinceMs: BEGAN_MS, reason: 'HTTP 503' });
    expect(delivered(book, nextTellings(book, null, BEGAN_MS), '1', BEGAN_MS).trouble).toBeNull();
  });

  it('forgets what ended long ago', () => {
    const ended = aSubject({ status: 'restored', endMs: BEGAN_MS + HOUR_MS });
    const book = looked(toldOnce(ended), [], BEGAN_MS + 9 * 24 * HOUR_MS);
    expect(book.threads).toEqual({});
  });

  it('in the end has told how things are, however often they changed between two messages', () => {
    const state = fc.record({
      operators: fc.subarray(['AS1', 'AS2'], { minLength: 1 }),
      isOpen: fc.boolean(),
      openings: fc.nat({ max: 2 }),
    });
    const step = fc.record({ state, isDelivered: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        let book = newBook(BEGAN_MS);
        let last: Subject | null = null;
        for (const {
          state: { operators, isOpen, openings },
          isDelivered,
        } of steps) {
          last = aSubject({ operators, openings, endMs: isOpen ? null : BEGAN_MS + HOUR_MS });
          book = looked(book, [last]);
          const tellings = nextTellings(book, null, BEGAN_MS);
          if (isDelivered) book = delivered(book, tellings, 'h', BEGAN_MS);
        }
        book = delivered(book, nextTellings(book, null, BEGAN_MS), 'h', BEGAN_MS);
        const [thread] = Object.values(book.threads);
        expect(nextTellings(book, null, BEGAN_MS)).toEqual([]);
        if (last !== null) expect(changeBetween(thread?.told ?? null, last)).toBeNull();
      }),
    );
  });
});
