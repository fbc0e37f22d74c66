import { describe, expect, it } from 'vitest';
import { drawFate } from '../../../src/scenario/fate.ts';
import { Scenario } from '../../../src/scenario/scenario.ts';
import { conditionsAt } from '../../../src/scenario/world.ts';

const FROM = '2026-03-14T07:00:00Z';
const TO = '2026-03-14T08:00:00Z';

function fateUnder(action: object) {
  const scenario = Scenario.parse({
    id: 'one',
    title: 'One action',
    from: FROM,
    to: TO,
    cadenceSeconds: 60,
    seed: 1,
    vantages: [{ id: 'a', operator: 'AS9198', place: 'almaty', access: 'fixed' }],
    platforms: ['youtube'],
    actions: [{ platforms: ['youtube'], from: FROM, to: TO, ...action }],
  });
  const [vantage] = scenario.vantages;
  if (vantage === undefined) throw new RangeError('no vantage');
  return drawFate(conditionsAt(scenario, Date.parse(FROM), vantage), 'youtube', () => 0.5);
}

describe('drawFate', () => {
  it.each([
    ['a block', { do: 'block', method: 'sni_drop' }, { block: 'sni_drop' }],
    ['a limit of the rate', { do: 'throttle', kbps: 64 }, { throttleKbps: 64 }],
  ])('%s touches the front door, which is what is synthesized', (_, action, touched) => {
    expect(fateUnder(action)).toMatchObject(touched);
  });

  it.each([
    ['a block', { do: 'block', method: 'sni_drop' }],
    ['a limit of the rate', { do: 'throttle', kbps: 64 }],
  ])('%s of some names only leaves the front door alone', (_, action) => {
    expect(fateUnder({ ...action, hosts: ['googlevideo.com'] })).toMatchObject({
      block: null,
      throttleKbps: null,
    });
  });
});
