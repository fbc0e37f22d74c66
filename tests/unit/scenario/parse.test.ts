import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';

const GOOD = `id: a
title: A
from: "2026-03-01T00:00:00Z"
to: "2026-03-01T01:00:00Z"
cadenceSeconds: 60
seed: 1
vantages: [{ id: v, operator: AS1, place: almaty, access: mobile }]
platforms: [youtube]
`;
const FROM_TO = 'from: "2026-03-01T00:10:00Z", to: "2026-03-01T00:20:00Z"';

function refusalOf(text: string): string {
  try {
    parseScenario(text, 'a.yaml', ['qaznet-2016']);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'was taken';
}

describe('parseScenario(text, fileName)', () => {
  it('reads instants as epoch milliseconds, in any zone and with fractions of a second', () => {
    const text = GOOD.replace('"2026-03-01T00:00:00Z"', '2026-03-01T05:00:00.250+05:00');
    expect(parseScenario(text, 'a.yaml').from).toBe(Date.UTC(2026, 2, 1) + 250);
  });

  it('fills in what may be absent', () => {
    const scenario = parseScenario(`${GOOD}noise: { lossPercent: 2 }\nexpect: {}\n`, 'a.yaml');
    expect(scenario).toMatchObject({
      noise: { lossPercent: 2, latencyMs: [20, 60] },
      actions: [],
      events: [],
      expect: { incidents: [], only: false, associations: [] },
    });
    expect(parseScenario(GOOD, 'a.yaml').noise).toEqual({ lossPercent: 0, latencyMs: [20, 60] });
  });

  it('gives an expectation three minutes of tolerance and an action every connection', () => {
    const text = `${GOOD}actions: [{ do: intercept, platforms: [youtube], ${FROM_TO} }]
expect: { incidents: [{ kind: interception, start: "2026-03-01T00:10:00Z" }] }\n`;
    const { actions, expect: wanted } = parseScenario(text, 'a.yaml');
    expect(actions).toMatchObject([{ fraction: 1 }]);
    expect(wanted?.incidents).toMatchObject([{ toleranceSeconds: 180 }]);
  });

  it.each([
    ['', 'a.yaml: 8 problems'],
    [`${GOOD}cadence: 60\n`, 'a.yaml:9:1 cadence: unknown key "cadence"'],
    [
      GOOD.replace('T01:00', 'T00:00'),
      'a.yaml:4:5 to: found "2026-03-01T00:00:00Z", expected later than "from"',
    ],
    [
      GOOD.replace('"2026-03-01T01:00:00Z"', '2026-03-01 01:00'),
      'a.yaml:4:5 to: found "2026-03-01 01:00", expected an instant',
    ],
    [GOOD.replace('"2026-03-01T01:00:00Z"', '"2026-02-30T01:00:00Z"'), 'a.yaml:4:5 to:'],
    [
      GOOD.replace('AS1', 'AS-1'),
      'vantages[0].operator: found "AS-1", expected an AS number, such as AS9198',
    ],
    [GOOD.replace('mobile', 'mobil'), 'did you mean "mobile"?'],
    [GOOD.replace('[youtube]', '[yutube]'), 'platforms[0]: found "yutube", expected one of'],
    [
      GOOD.replace('}]', '}, { id: v, operator: AS2, place: astana, access: fixed }]'),
      'a.yaml:7:75 vantages[1].id: found "v", expected an id of its own; "v" stands twice',
    ],
    [
      `${GOOD}noise: { latencyMs: [60, 20] }\n`,
      'noise.latencyMs: found a list of 2, expected two numbers from 0 up',
    ],
    [`${GOOD}actions: [{ do: blok, ${FROM_TO} }]\n`, 'actions[0].do: found "blok", expected'],
    [
      `${GOOD}actions: [{ do: block, platforms: [youtube], ${FROM_TO} }]\n`,
      'actions[0].method: is missing, expected one of sni_drop',
    ],
    [
      `${GOOD}actions: [{ do: throttle, kbps: 0, platforms: [youtube], ${FROM_TO} }]\n`,
      'actions[0].kbps: found 0, expected more than 0',
    ],
    [
      `${GOOD}actions: [{ do: packet_loss, percent: 101, ${FROM_TO} }]\n`,
      'actions[0].percent: found 101, expected at most 100',
    ],
    [
      `${GOOD}actions: [{ do: control_down, places: [almaty], ${FROM_TO} }]\n`,
      'actions[0].places: unknown key "places"',
    ],
    [
      `${GOOD}actions: [{ do: shutdown, vantages: [w], ${FROM_TO} }]\n`,
      'actions[0].vantages[0]: found "w", expected one of the scenario’s vantages: v',
    ],
    [
      `${GOOD}actions: [{ do: shutdown, from: "2026-03-01T00:20:00Z", to: "2026-03-01T00:10:00Z" }]\n`,
      'actions[0].to: found "2026-03-01T00:10:00Z", expected later than "from"',
    ],
    [
      `${GOOD}actions: [{ do: intercept, interceptor: nobody, platforms: [youtube], ${FROM_TO} }]\n`,
      'actions[0].interceptor: found "nobody", expected one whose certificate is known: qaznet-2016',
    ],
    [
      `${GOOD}events: [{ id: e, kind: rally, from: "2026-03-01T00:20:00Z", to: "2026-03-01T00:10:00Z" }]\n`,
      'events[0].to',
    ],
    [
      `${GOOD}events:\n  - { id: e, kind: rally, ${FROM_TO} }\n  - { id: e, kind: rally, ${FROM_TO} }\n`,
      'a.yaml:11:11 events[1].id',
    ],
    [
      `${GOOD}expect: { incidents: [{ kind: shutdown, start: "2026-03-01T00:20:00Z", end: "2026-03-01T00:10:00Z" }] }\n`,
      'expect.incidents[0].end: found',
    ],
    [
      `${GOOD}expect: { incidents: [{ kind: shutdown, vantages: [w], start: "2026-03-01T00:20:00Z" }] }\n`,
      'expect.incidents[0].vantages[0]: found "w"',
    ],
    [
      `${GOOD}expect: { incidents: [{ kind: shutdown, openings: 1.5, start: "2026-03-01T00:20:00Z" }] }\n`,
      'expect.incidents[0].openings: found 1.5, expected a whole number',
    ],
    [GOOD.replace('2026-03-01T01', '2050-03-01T01'), 'at most 6000000 rounds'],
    [`${GOOD}seed: 2\n`, 'the same key stands twice'],
  ])('refuses what is wrong with file, line, key and expectation: %#', (text, says) => {
    expect(refusalOf(text)).toContain(says);
  });

  it('says everything that is wrong at once', () => {
    const text = `${GOOD}actions: [{ do: shutdown, vantages: [w, x], from: "2026-03-01T00:20:00Z", to: "2026-03-01T00:10:00Z" }]\n`;
    expect(refusalOf(text).split('\n')).toHaveLength(4);
  });
});
