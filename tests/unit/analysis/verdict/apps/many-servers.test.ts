/** An app with more servers on one port than the control is asked about in one question. */
import { describe, expect, it } from 'vitest';
import { seenOf } from '../../../../../src/analysis/verdict/apps/seen.ts';
import { judge } from '../../../../../src/analysis/verdict/judge.ts';
import { appMeasurement, KNOWLEDGE } from '../../../../support/app-measurements.ts';
import type { EndpointWorld } from '../../../../support/app-measurements.ts';

const ASKED_MAX = 12;
const servers = Array.from({ length: 16 }, (_, n) => `tcp://203.0.113.${n + 1}:5222`);
const chat = { works: 'Messages pass', fails: 'messages do not pass', urls: servers };

/** All of them are dead here; the control was asked about the first twelve, and found them so. */
function dead(outside: EndpointWorld['outside']) {
  const world = Object.fromEntries(
    servers.map((url, n): [string, EndpointWorld] => [
      url,
      { tcp: 'generic_timeout_error', ...(n < ASKED_MAX && outside !== undefined ? { outside } : {}) },
    ]),
  );
  return appMeasurement({ chat }, world);
}

function outsides(measurement: ReturnType<typeof dead>): readonly string[] {
  const [part] = seenOf(measurement.test_keys, []) ?? [];
  return part?.endpoints.map(({ outside }) => outside) ?? [];
}

describe('an app with many servers on one port', () => {
  it.each([
    { outside: true, asked: 'reached' },
    { outside: false, asked: 'failed' },
  ])(
    'the control says $asked of those it was asked about, and nothing of the others',
    ({ outside, asked }) => {
      const told = outsides(dead(outside));
      expect(told.slice(0, ASKED_MAX)).toEqual(Array.from({ length: ASKED_MAX }, () => asked));
      expect(told.slice(ASKED_MAX)).toEqual(Array.from({ length: 4 }, () => 'unasked'));
    },
  );

  it('is blocked where the control reached what it was asked about', () => {
    expect(judge(dead(true), KNOWLEDGE)).toMatchObject({
      status: 'blocked',
      layer: 'tcp',
      method: 'drop',
      score: 1,
    });
  });

  it('is nobody’s block where all that the control was asked about fails there, too, and says why', () => {
    const { status, reasons } = judge(dead(false), KNOWLEDGE);
    expect(status).toBe('inconclusive');
    expect(reasons).toContain(
      'What the control was asked about failed there, too, so nobody is called blocked.',
    );
  });

  it('without a control says that there is none', () => {
    const { status, reasons } = judge(dead(undefined), KNOWLEDGE);
    expect(status).toBe('inconclusive');
    expect(reasons).toContain('There is no control to compare with, and no pair of names shows a filter.');
  });

  it('a control that answers without a word about any of them is one that failed', () => {
    const measurement = dead(undefined);
    const controls = [
      { url: 'http://203.0.113.1:5222/', source: 'live', failure: null, control: { tcp_connect: {} } },
    ];
    const mute = { ...measurement, test_keys: { ...measurement.test_keys, x_aiqyn_controls: controls } };
    expect(outsides(mute)).toEqual(servers.map(() => 'silent'));
    expect(judge(mute, KNOWLEDGE).reasons).toContain(
      'The control failed at that time, so nobody is called blocked.',
    );
  });
});
