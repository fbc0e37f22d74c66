/** Calendar facts for tests. */
import type { z } from 'zod';
import { CalendarFact } from '../../src/events/fact.ts';

/** A rally on Victory Day 2019 in Almaty, but for what is changed. */
export function aFact(changes: Partial<z.input<typeof CalendarFact>> = {}): CalendarFact {
  return CalendarFact.parse({
    id: '2019-05-09-rally',
    kind: 'rally',
    start: '2019-05-09',
    end: '2019-05-09',
    precision: 'day',
    titles: { en: 'A rally on Victory Day', ru: 'Митинг в День Победы' },
    places: ['almaty'],
    sources: ['https://example.org/'],
    confidence: 'high',
    ...changes,
  });
}
