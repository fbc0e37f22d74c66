/** Which change of an incident is told, to whom, when, and in which words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, BACKOFF_MAX_MS } from '../../../src/alerts/backoff.ts';
import { concerns, isQuiet, mustWait } from '../../../src/alerts/routing.ts';
import { changeBetween, subjectOf } from '../../../src/alerts/subject.ts';
import { writeAlert, writeSummary, writeTest } from '../../../src/alerts/write.ts';
import { aMessage, aPen, aSubject, BEGAN_MS } from '../../support/alerts.ts';
import { saidBy, withWitnesses } from '../../../src/analysis/corroborate/witnessed.ts';
import { anIncident } from '../../support/points.ts';
import { aTestimony } from '../../support/testimonies.ts';

const ENDED_MS = BEGAN_MS + 3_600_000;
const ended = aSubject({ status: 'restored', endMs: ENDED_MS });

describe('changeBetween(told, now)', () => {
  it.each([
    { told: null, now: aSubject(), change: 'opened', because: 'nothing was told' },
    { told: null, now: ended, change: 'opened', because: 'what is over and was never told is told once' },
    { told: aSubject(), now: ended, change: 'restored', because: 'it ended' },
    { told: ended, now: aSubject({ status: 'reopened' }), change: 'reopened', because: 'it is back' },
    {
      told: aSubject(),
      now: aSubject({ status: 'reopened', openings: 1 }),
      change: 'reopened',
      because: 'it was lifted and came back between two messages',
    },
    {
      told: aSubject(),
      now: aSubject({ operators: ['AS29355', 'AS9198'] }),
      change: 'amended',
      because: 'another network has it',
    },
    {
      told: aSubject(),
      now: aSubject({ kind: 'throttling' }),
      change: 'amended',
      because: 'it is another kind',
    },
    {
      told: ended,
      now: { ...ended, endMs: ENDED_MS + 600_000 },
      change: 'amended',
      because: 'its end moved by ten minutes',
    },
    {
      told: aSubject(),
      now: aSubject({ confidence: 0.99 }),
      change: null,
      because: 'being surer is no news',
    },
    {
      told: ended,
      now: { ...ended, endMs: ENDED_MS + 60_000 },
      change: null,
      because: 'readers see five minutes',
    },
  ])('says $change: $because', ({ told, now, change }) => {
    expect(changeBetween(told, now)).toBe(change);
  });

  it('tells no vantage', () => {
    expect(JSON.stringify(subjectOf(anIncident()))).not.toContain('ala-kcell');
  });

  it('tells the confidence that everybody is shown, and who outside it hangs on', () => {
    const said = saidBy([aTestimony({ source: 'radar' })]);
    const incident = withWitnesses(anIncident({ confidence: 0.75 }), said);
    expect(subjectOf(incident).confidence).toBe(incident.confidence);
    expect(subjectOf(incident).witnesses).toEqual({ agree: ['radar'], disagree: [] });
  });
});

describe('concerns(filter, incident)', () => {
  it.each([
    { only: { confidence: 0 }, is: true },
    { only: { confidence: 0.94 }, is: false },
    { only: { confidence: 0, platforms: ['vk', 'youtube'] }, is: true },
    { only: { confidence: 0, platforms: ['vk'] }, is: false },
    { only: { confidence: 0, operators: ['AS9198'] }, is: false },
    { only: { confidence: 0, places: ['almaty'] }, is: true },
    { only: { confidence: 0, kinds: ['shutdown' as const] }, is: false },
  ])('$only → $is', ({ only, is }) => {
    expect(concerns(only, aSubject())).toBe(is);
  });

  it('a shutdown concerns who asked for one platform', () => {
    expect(
      concerns({ confidence: 0, platforms: ['vk'] }, aSubject({ kind: 'shutdown', platforms: [] })),
    ).toBe(true);
  });
});

describe('quiet hours', () => {
  const night = { from: '23:00', to: '07:00', timeZone: 'Asia/Almaty', urgent: ['shutdown'] } as const;

  it.each([
    { utc: '2026-05-12T18:00:00Z', is: true },
    { utc: '2026-05-12T17:59:59Z', is: false },
    { utc: '2026-05-13T01:59:59Z', is: true },
    { utc: '2026-05-13T02:00:00Z', is: false },
    // Almaty was at UTC+6 until 2024-03-01.
    { utc: '2024-02-12T17:00:00Z', is: true },
  ])('over midnight, in the zone: $utc → $is', ({ utc, is }) => {
    expect(isQuiet(night, Date.parse(utc))).toBe(is);
  });

  it('let through what is urgent, and everything where there are none', () => {
    const atMs = Date.parse('2026-05-12T20:00:00Z');
    expect(mustWait(night, aSubject(), atMs)).toBe(true);
    expect(mustWait(night, aSubject({ kind: 'shutdown' }), atMs)).toBe(false);
    expect(mustWait(null, aSubject(), atMs)).toBe(false);
  });

  it('an hour lies in exactly one of a span and its complement', () => {
    const hour = fc.integer({ min: 0, max: 23 }).map((n) => `${String(n).padStart(2, '0')}:00`);
    fc.assert(
      fc.property(hour, hour, fc.integer({ min: 0, max: 4e12 }), (from, to, atMs) => {
        fc.pre(from !== to);
        const common = { timeZone: 'Asia/Almaty', urgent: [] };
        expect(isQuiet({ ...common, from, to }, atMs)).not.toBe(
          isQuiet({ ...common, from: to, to: from }, atMs),
        );
      }),
    );
  });
});

describe('backoffMs', () => {
  it('is bounded, at least what the server asks for, and never below half of its step', () => {
    const share = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        share,
        fc.integer({ min: 0, max: 600_000 }),
        (n, x, asked) => {
          const delayMs = backoffMs(n, asked, () => x);
          expect(delayMs).toBeGreaterThanOrEqual(Math.max(asked, 1_000));
          expect(delayMs).toBeLessThanOrEqual(Math.max(BACKOFF_MAX_MS, asked));
        },
      ),
    );
  });

  it('doubles', () => {
    expect([1, 2, 3].map((n) => backoffMs(n, null, () => 0))).toEqual([1_000, 2_000, 4_000]);
  });

  it('does not believe a server that asks for a day', () => {
    expect(backoffMs(1, 86_400_000, () => 0)).toBe(3_600_000);
  });
});

describe('what is written', () => {
  it('in English: what, where, since when with the zone, how sure, and the page', () => {
    expect(aMessage()).toMatchObject({
      title: 'YouTube and Facebook are blocked',
      body: [
        'YouTube and Facebook are blocked.',
        'Seen on Kcell in Almaty.',
        'It began on 12 May 2026 at 21:05 (Asia/Almaty, UTC+05:00).',
        '2 vantage points saw it; the confidence is 93%.',
      ].join('\n'),
      url: 'https://aiqyn.example.org/incidents/block-20260512T1600Z-0badcafe',
    });
  });

  it('in English, when it is over', () => {
    const { title, body } = aMessage({ subject: ended, change: 'restored', number: 1, earlier: '7' });
    expect(title).toBe('Restored: YouTube and Facebook were blocked');
    expect(body).toContain('It ended on 12 May 2026 at 22:05 (Asia/Almaty, UTC+05:00).');
  });

  it.each([
    { language: 'ru', says: 'Доступ к платформам «YouTube», «Facebook» заблокирован', place: 'Алматы' },
    {
      language: 'kk',
      says: '«YouTube», «Facebook» платформаларына қолжетімділік бұғатталған',
      place: 'Алматы',
    },
  ] as const)('in $language, with the catalogue’s names', ({ language, says, place }) => {
    const telling = { subject: aSubject(), change: 'opened', number: 0, earlier: null } as const;
    const { title, body } = writeAlert(aPen(language), telling, BEGAN_MS);
    expect(title).toBe(says);
    expect(body).toContain(place);
    expect(body).toContain('21:05 (Asia/Almaty, UTC+05:00)');
  });

  it.each([
    {
      language: 'en',
      agree: ['ioda'],
      disagree: ['ripestat'],
      says: 'IODA sees it too; RIPEstat does not.',
    },
    {
      language: 'en',
      agree: ['ioda', 'radar'],
      disagree: [],
      says: 'IODA and Cloudflare Radar see it too.',
    },
    {
      language: 'en',
      agree: [],
      disagree: ['ooni'],
      says: 'OONI does not see it, though it could.',
    },
    {
      language: 'ru',
      agree: ['ioda'],
      disagree: ['ripestat', 'atlas'],
      says: 'По данным IODA это тоже видно, по данным RIPEstat и RIPE Atlas — нет.',
    },
    {
      language: 'ru',
      agree: [],
      disagree: ['ooni'],
      says: 'По данным OONI этого не видно, хотя должно быть видно.',
    },
    {
      language: 'kk',
      agree: ['ioda'],
      disagree: ['ripestat'],
      says: 'Бұл IODA деректерінен де көрінеді, ал RIPEstat деректерінен көрінбейді.',
    },
    {
      language: 'kk',
      agree: [],
      disagree: ['ooni'],
      says: 'Бұл OONI деректерінен көрінбейді, бірақ көрінуі керек еді.',
    },
  ] as const)(
    'names who sees it outside, last, in $language: $says',
    ({ language, agree, disagree, says }) => {
      const subject = aSubject({ witnesses: { agree: [...agree], disagree: [...disagree] } });
      const telling = { subject, change: 'opened', number: 0, earlier: null } as const;
      expect(writeAlert(aPen(language), telling, BEGAN_MS).body.split('\n').at(-1)).toBe(says);
      const back = writeAlert(aPen(language), { ...telling, change: 'withdrawn' }, BEGAN_MS);
      expect(back.body).not.toContain(says);
    },
  );

  it('has the same key for each try, and another for each other message', () => {
    expect(aMessage().key).toBe(aMessage().key);
    expect(aMessage({ number: 1 }).key).not.toBe(aMessage().key);
  });

  it('sums up many in one, and says how many it does not list', () => {
    const tellings = Array.from({ length: 25 }, (_, n) => ({
      subject: aSubject({ id: `i${n}` }),
      change: 'opened' as const,
      number: 0,
      earlier: null,
    }));
    const { title, body } = writeSummary(aPen(), tellings, BEGAN_MS);
    expect(title).toBe('25 messages that could not be sent in time');
    expect(body.split('\n')).toHaveLength(22);
    expect(body).toContain('There are 5 more on the page.');
  });

  it('has no link where no public address is known', () => {
    expect(writeTest(aPen('en', null), BEGAN_MS).url).toBeNull();
  });
});
