/** Words of events that the catalogue does not know: kept, because an event may be about anything, and said, because most are slips. */
import { loadCatalog } from '../config/catalog-files.ts';
import { claimedPlatforms } from '../analysis/correlate/claims.ts';
import type { CalendarFact } from '../events/fact.ts';
import { createPlaceBook } from '../events/places.ts';
import { writeLine } from './io.ts';
import type { Io } from './io.ts';

const WIDER = ['internet', 'mobile', 'https', 'web'];

function distinct(words: readonly string[]): string[] {
  return [...new Set(words)].sort();
}

/** One line to stderr for unknown platforms, one for unknown places. */
export function remarkUnknown(facts: readonly CalendarFact[], io: Io): void {
  const catalog = loadCatalog();
  const platforms = new Set([...catalog.platforms.map(({ id }) => id), ...WIDER]);
  const book = createPlaceBook(catalog.places);
  const ids = new Set(catalog.places.map(({ id }) => id));
  const strange = distinct(
    facts.flatMap((fact) => claimedPlatforms(fact.platforms)).filter((word) => !platforms.has(word)),
  );
  const nowhere = distinct(
    facts
      .flatMap((fact) => [...fact.places, ...(fact.claim?.places ?? [])])
      .filter((word) => !ids.has(book.idOf(word))),
  );
  if (strange.length > 0)
    writeLine(
      io.stderr,
      `Kept as written, but not measured here: ${strange.join(', ')}. Measured are: ${[...platforms].join(', ')}.`,
    );
  if (nowhere.length > 0)
    writeLine(
      io.stderr,
      `Kept as written, but not in the catalogue of places: ${nowhere.join(', ')}. Days and months there are taken as those of Almaty.`,
    );
}
