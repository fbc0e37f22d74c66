import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../../src/export/time-window.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 12);

describe('parseInstant(text)', () => {
  it.each([
    { text: 'now', iso: '2026-11-22T12:00:00.000Z' },
    { text: '24h ago', iso: '2026-11-21T12:00:00.000Z' },
    { text: '90m ago', iso: '2026-11-22T10:30:00.000Z' },
    { text: '2w ago', iso: '2026-11-08T12:00:00.000Z' },
    { text: '2026-11-01', iso: '2026-11-01T00:00:00.000Z' },
    { text: '2026-11-01T18:00:00Z', iso: '2026-11-01T18:00:00.000Z' },
    { text: '2026-11-01T18:00+05:00', iso: '2026-11-01T13:00:00.000Z' },
  ])('reads "$text" as $iso', ({ text, iso }) => {
    expect(new Date(parseInstant(text, '--from', NOW_MS)).toISOString()).toBe(iso);
  });

  it.each(['', 'yesterday', '2026-02-31', '2026-13-01', '2026-11-01T18:00:00', '24h', '-1h ago', '5y ago'])(
    'refuses "%s" and names the option',
    (text) => {
      expect(() => parseInstant(text, '--from', NOW_MS)).toThrow(/^--from: /);
    },
  );
});
