/** `aiqyn events live start|stop`: a livestream that somebody sees begin or end, into `events.yaml`. */
import { systemClock } from '../../../probes/net/clock.ts';
import { PLATFORMS } from '../../../probes/words.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { nearest } from '../../config/nearest.ts';
import { ConfigError } from '../../errors.ts';
import { createPlaceBook } from '../../events/places.ts';
import { beginLive, endLive } from '../../watchers/by-hand.ts';
import { liveCalendarOf } from '../../watchers/calendar.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';

export interface LiveStartOptions {
  readonly dataDir: string;
  readonly title: string;
  readonly platform: readonly string[];
  readonly actor?: readonly string[];
  readonly place?: readonly string[];
  readonly source?: readonly string[];
}

export async function liveStartCommand(options: LiveStartOptions, io: Io): Promise<number> {
  const { dataDir, title, platform, actor = [], place = [], source = [] } = options;
  requireKnown(platform);
  const book = createPlaceBook(loadCatalog().places);
  const said = { title, platforms: platform, actors: actor, places: place.map(book.idOf), sources: source };
  writeLine(io.stdout, await beginLive(liveCalendarOf(dataDir), said, systemClock().nowMs()));
  return EXIT.done;
}

/** What is not measured cannot be looked at more closely. */
function requireKnown(platforms: readonly string[]): void {
  const names: readonly string[] = PLATFORMS;
  for (const platform of platforms) {
    if (names.includes(platform)) continue;
    const guess = nearest(platform, PLATFORMS);
    const hint = guess === null ? '' : `; did you mean "${guess}"?`;
    throw new ConfigError('--platform', `"${platform}" is no platform that is measured${hint}`);
  }
}

export async function liveStopCommand(id: string, dataDir: string, io: Io): Promise<number> {
  await endLive(liveCalendarOf(dataDir), id, systemClock().nowMs());
  writeLine(io.stdout, id);
  return EXIT.done;
}
