/** “Live now”, said by a person: what the command does, and whatever else lets people say it. */
import { ConfigError } from '../errors.ts';
import { CalendarFact } from '../events/fact.ts';
import { slugOf } from '../events/imports/from.ts';
import { endedAt, instantText, isLive, LIVE_PREFIX } from './live.ts';
import type { LiveCalendar } from './watcher.ts';

export interface LiveByHand {
  readonly title: string;
  readonly platforms: readonly string[];
  readonly actors: readonly string[];
  readonly places: readonly string[];
  readonly sources: readonly string[];
}

/**
 * Puts a livestream that begins at `nowMs` (UTC epoch milliseconds) into the calendar; gives its id. Saying it again while it goes on
 * changes nothing and gives the same id. Throws ConfigError where something is missing or wrong.
 */
export async function beginLive(calendar: LiveCalendar, said: LiveByHand, nowMs: number): Promise<string> {
  if (said.platforms.length === 0)
    throw new ConfigError('--platform', 'say where it is live, such as youtube');
  const slug = slugOf(said.title);
  if (slug === '') throw new ConfigError('--title', 'say what it is, such as the name of the channel');
  const facts = await calendar.read();
  const running = facts.find((fact) => fact.id.startsWith(`${LIVE_PREFIX}${slug}-`) && isLive(fact, nowMs));
  if (running !== undefined) return running.id;
  const start = instantText(nowMs);
  const id = `${LIVE_PREFIX}${slug}-${start.replaceAll(/[^\dTZ]/g, '').toLowerCase()}`;
  const parsed = CalendarFact.safeParse({
    id,
    kind: 'livestream',
    start,
    end: null,
    precision: 'minute',
    titles: { en: said.title },
    platforms: said.platforms,
    actors: said.actors,
    places: said.places,
    sources: said.sources,
    confidence: 'high',
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(
      `--${String(issue?.path[0] ?? 'title')}`,
      `expected ${issue?.message ?? 'another value'}`,
    );
  }
  await calendar.put([parsed.data]);
  return id;
}

/** Ends a livestream at `nowMs`. Throws ConfigError where no such one goes on. */
export async function endLive(calendar: LiveCalendar, id: string, nowMs: number): Promise<void> {
  const fact = (await calendar.read()).find((one) => one.id === id);
  if (fact === undefined) throw new ConfigError('id', `there is no event "${id}" of your own`);
  if (!isLive(fact, nowMs)) throw new ConfigError('id', `"${id}" does not go on any more`);
  await calendar.put([endedAt(fact, nowMs)]);
}
