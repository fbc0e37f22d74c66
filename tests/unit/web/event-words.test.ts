/** What the front page's drawing says of events: hours are shaded, and a day or a month is never drawn as one. */
import { describe, expect, it } from 'vitest';
import type { AiqynEvent } from '../../../src/events/event.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { anEvent } from '../../support/points.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aCatalog, aFilledStore, aNotice, EVENING_MS } from '../../support/web-world.ts';

const START_MS = Date.parse('2026-03-12T14:30:00Z');

async function front(changes: Partial<AiqynEvent>): Promise<string> {
  const store = await aFilledStore();
  const endMs = START_MS + 90 * 60_000;
  await store.saveEvents([
    anEvent({
      kind: 'livestream',
      title: 'A debate',
      startMs: START_MS,
      endMs,
      precision: 'minute',
      ...changes,
    }),
  ]);
  const app = await createWebServer({
    store,
    catalog: aCatalog(),
    clock: new ManualClock(EVENING_MS),
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
  });
  const { body } = await app.inject('/');
  await app.close();
  return body;
}

describe('events beside the drawing', () => {
  it.each([
    { change: {}, says: 'The shaded time, 19:30–21:00 (UTC+5): A debate (livestream).' },
    { change: { title: '' }, says: 'The shaded time, 19:30–21:00 (UTC+5): livestream.' },
    {
      change: { precision: 'hour' as const },
      says: 'The shaded time, 19:30–21:00 (UTC+5): A debate (livestream); known to the hour.',
    },
    {
      change: { endMs: START_MS, endKnown: false },
      says: 'The grey line, 19:30 (UTC+5): A debate (livestream); its end is not known.',
    },
    { change: { endMs: START_MS }, says: 'The grey line, 19:30 (UTC+5): A debate (livestream).' },
  ])('$says', async ({ change, says }) => {
    expect(await front(change)).toContain(says);
  });
  it.each(['day', 'month'] as const)('nothing of what is known to the %s only', async (precision) => {
    expect(await front({ precision })).not.toContain('A debate');
  });
});
