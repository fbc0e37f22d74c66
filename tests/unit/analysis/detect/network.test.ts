/** Shutdowns, allow-lists and silent vantages, from heartbeats alone: how they begin, widen, lift, return and are taken back. */
import { describe, expect, it } from 'vitest';
import { DETECTOR_DEFAULTS } from '../../../../src/analysis/detect/config.ts';
import type { DetectorConfig } from '../../../../src/analysis/detect/config.ts';
import { foldWindow, initialState } from '../../../../src/analysis/detect/fold.ts';
import type { Incident } from '../../../../src/analysis/detect/point.ts';
import { aHeartbeat, MINUTE_MS, T0_MS } from '../../../support/points.ts';

const KCELL = { vantage: 'a-kcell', operator: 'AS29355', place: 'almaty', access: 'mobile' };
const BEELINE = { vantage: 'b-beeline', operator: 'AS21299', place: 'almaty', access: 'mobile' };
const TELECOM = { vantage: 'c-telecom', operator: 'AS9198', place: 'almaty', access: 'fixed' };
const TTC = { vantage: 'd-ttc', operator: 'AS35168', place: 'almaty', access: 'fixed' };
const ALL = [KCELL, BEELINE, TELECOM, TTC];
const MOBILE = [KCELL, BEELINE];

type Vantage = (typeof ALL)[number];
/** What a vantage says in a minute; null is nothing at all. */
type Says = (vantage: Vantage, minute: number) => string | null;

interface Told {
  /** As they stand in the end. */
  readonly incidents: readonly Incident[];
  readonly removed: readonly string[];
}

function told(minutes: number, says: Says, config: DetectorConfig = DETECTOR_DEFAULTS): Told {
  let state = initialState(config);
  const incidents = new Map<string, Incident>();
  const removed: string[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    const fromMs = T0_MS + minute * MINUTE_MS;
    const heartbeats = ALL.flatMap((vantage) => {
      const connectivity = says(vantage, minute);
      return connectivity === null ? [] : [aHeartbeat({ ...vantage, atMs: fromMs, connectivity })];
    });
    const step = foldWindow(config, state, { fromMs, toMs: fromMs + MINUTE_MS, points: [], heartbeats });
    state = step.state;
    for (const incident of step.changed) incidents.set(incident.id, incident);
    for (const id of step.removed) {
      incidents.delete(id);
      removed.push(id);
    }
  }
  return { incidents: [...incidents.values()], removed };
}

/** Those in `who` say `word` from minute `from` to before `to`; the rest is online. */
function away(who: readonly Vantage[], word: string | null, from: number, to = Infinity): Says {
  return (vantage, minute) => (who.includes(vantage) && minute >= from && minute < to ? word : 'online');
}

function minuteOf(atMs: number | null | undefined): number | null {
  return atMs === null || atMs === undefined ? null : (atMs - T0_MS) / MINUTE_MS;
}

/** All are cut for forty minutes, and again four hours later. */
function cutTwice(_: Vantage, minute: number): string {
  return minute >= 20 && (minute < 60 || minute >= 300) ? 'offline' : 'online';
}

describe('a shutdown', () => {
  it('is told of when all of a place say that they are cut off, and dated from the first that was', () => {
    const { incidents } = told(40, away(ALL, 'offline', 20));
    expect(incidents).toMatchObject([{ kind: 'shutdown', status: 'open', places: ['almaty'], access: null }]);
    expect(minuteOf(incidents[0]?.startMs)).toBe(20);
    expect(incidents[0]?.vantageIds).toHaveLength(4);
  });

  it('is a shutdown of mobile internet where only mobile lines are cut', () => {
    const { incidents } = told(40, away(MOBILE, 'offline', 20));
    expect(incidents).toMatchObject([{ kind: 'mobile_shutdown', access: 'mobile' }]);
  });

  it('that was mobile widens into one of everything, and stays one incident', () => {
    const { incidents } = told(90, (vantage, minute) =>
      minute >= (vantage.access === 'mobile' ? 20 : 50) ? 'offline' : 'online',
    );
    expect(incidents).toMatchObject([{ kind: 'shutdown', status: 'open' }]);
    expect(minuteOf(incidents[0]?.startMs)).toBe(20);
  });

  it('ends when the vantages are back', () => {
    const { incidents } = told(80, away(ALL, 'offline', 20, 50));
    expect(incidents).toMatchObject([{ status: 'restored' }]);
    expect(minuteOf(incidents[0]?.endMs)).toBe(50);
  });

  it('that is lifted for some hours goes on as the same one, with an opening', () => {
    const { incidents } = told(340, cutTwice);
    expect(incidents).toMatchObject([{ status: 'reopened', endMs: null }]);
    expect(incidents[0]?.openings.map(({ startMs, endMs }) => [minuteOf(startMs), minuteOf(endMs)])).toEqual([
      [60, 300],
    ]);
  });

  it('is another one where the opening was longer than shutdownReopenHours', () => {
    const { incidents } = told(340, cutTwice, { ...DETECTOR_DEFAULTS, shutdownReopenHours: 3 });
    expect(incidents.map(({ status }) => status)).toEqual(['restored', 'open']);
  });
});

describe('a vantage that is cut off alone', () => {
  it.each(['offline', null])('is a silent vantage and no shutdown (it says %s)', (word) => {
    const { incidents } = told(40, away([KCELL], word, 20));
    expect(incidents).toMatchObject([{ kind: 'vantage_silent', vantageIds: ['a-kcell'] }]);
  });

  it('is no shutdown either where others of other operators go more than five minutes later', () => {
    const { incidents } = told(60, (vantage, minute) =>
      (vantage === KCELL && minute >= 20) || (vantage === TELECOM && minute >= 40) ? null : 'online',
    );
    expect(new Set(incidents.map(({ kind }) => kind))).toEqual(new Set(['vantage_silent']));
  });
});

describe('vantages that fall silent together', () => {
  it('are taken for a shutdown until they can say what it was', () => {
    const { incidents } = told(40, away(ALL, null, 20));
    expect(incidents).toMatchObject([{ kind: 'shutdown', endMs: null }]);
  });

  it('and come back without any record of it are taken back: they had no power', () => {
    const { incidents, removed } = told(90, away(ALL, null, 20, 50));
    expect(removed).toHaveLength(1);
    expect(incidents).toMatchObject([{ kind: 'vantage_silent', status: 'restored' }]);
    expect(minuteOf(incidents[0]?.endMs)).toBe(50);
  });

  it('are waited for as long as backfillGraceSeconds says before that', () => {
    const config = { ...DETECTOR_DEFAULTS, backfillGraceSeconds: 3_600 };
    expect(told(90, away(ALL, null, 20, 50), config).removed).toEqual([]);
  });

  it('stay a shutdown where they recorded it: folded again with the record, nothing is taken back', () => {
    const { incidents, removed } = told(90, away(ALL, 'offline', 20, 50));
    expect(removed).toEqual([]);
    expect(incidents).toMatchObject([{ kind: 'shutdown', status: 'restored' }]);
  });
});

describe('lines of one machine', () => {
  const config = { ...DETECTOR_DEFAULTS, sameMachine: [['b-beeline', 'a-kcell', 'c-telecom']] };
  const MACHINE = [KCELL, BEELINE, TELECOM];

  it('that fall silent together have lost their power: no shutdown, though they are on three operators', () => {
    const { incidents } = told(40, away(MACHINE, null, 20), config);
    expect(incidents.map(({ kind }) => kind)).toEqual(['vantage_silent']);
    expect(incidents[0]?.vantageIds).toEqual(['a-kcell', 'b-beeline', 'c-telecom']);
    expect(told(40, away(MACHINE, null, 20)).incidents).toMatchObject([{ kind: 'shutdown' }]);
  });

  it('count as one among others that are silent, and are all part of what they say together', () => {
    const { incidents } = told(40, away(ALL, null, 20), config);
    expect(incidents).toMatchObject([
      { kind: 'shutdown', vantageIds: ['a-kcell', 'b-beeline', 'c-telecom', 'd-ttc'] },
    ]);
  });

  it('count each where each has its own record', () => {
    const { incidents } = told(40, away(MACHINE, 'offline', 20), config);
    expect(incidents).toMatchObject([
      { kind: 'shutdown', vantageIds: ['a-kcell', 'b-beeline', 'c-telecom'] },
    ]);
  });
});

describe('an allow-list', () => {
  it('is an incident of its own kind', () => {
    const { incidents } = told(40, away(ALL, 'allow_list', 20));
    expect(incidents).toMatchObject([{ kind: 'allow_list', status: 'open' }]);
  });

  it('that follows a shutdown ends it', () => {
    const { incidents } = told(90, (_, minute) =>
      minute < 20 ? 'online' : minute < 50 ? 'offline' : 'allow_list',
    );
    expect(incidents.map(({ kind, endMs }) => [kind, minuteOf(endMs)])).toEqual([
      ['shutdown', 50],
      ['allow_list', null],
    ]);
  });
});
