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

describe('parseScenario(text, fileName)', () => {
  it('reads instants as epoch milliseconds', () => {
    expect(parseScenario(GOOD, 'a.yaml').from).toBe(Date.UTC(2026, 2, 1));
  });

  it.each([
    ['a misspelt key', `${GOOD}cadence: 60\n`],
    [
      'an unknown vantage',
      `${GOOD}actions: [{ do: shutdown, vantages: [w], from: "2026-03-01T00:10:00Z", to: "2026-03-01T00:20:00Z" }]\n`,
    ],
    [
      'an action that ends before it begins',
      `${GOOD}actions: [{ do: shutdown, from: "2026-03-01T00:20:00Z", to: "2026-03-01T00:10:00Z" }]\n`,
    ],
    ['an end before the start', GOOD.replace('T01:00', 'T00:00')],
    [
      'two vantages of one name',
      GOOD.replace('}]', '}, { id: v, operator: AS2, place: astana, access: fixed }]'),
    ],
  ])('refuses %s with its place', (_, text) => {
    expect(() => parseScenario(text, 'a.yaml')).toThrow(ConfigError);
  });
});
