/**
 * Two calendars make one: the facts that ship with Aiqyn (src/events/calendar/*.yaml), and the user's own file `events.yaml`
 * in the data directory, whose entries win and which can take shipped facts out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../config/package-root.ts';
import { parseYaml } from '../config/yaml.ts';
import { ConfigError, EnvironmentError } from '../errors.ts';
import type { AiqynEvent } from './event.ts';
import { CalendarFact } from './fact.ts';

export const USER_CALENDAR_FILE = 'events.yaml';
export const EVENTS_MAX = 10_000;

const ShippedFile = z.strictObject({ events: z.array(CalendarFact).max(EVENTS_MAX) });

export const UserCalendar = z.strictObject({
  events: z.array(CalendarFact).max(EVENTS_MAX).default([]),
  /** Ids of shipped facts that the user does not want. */
  removed: z.array(z.string().min(1)).max(EVENTS_MAX).default([]),
});
export type UserCalendar = z.infer<typeof UserCalendar>;

export interface CalendarEntry {
  readonly fact: CalendarFact;
  readonly origin: NonNullable<AiqynEvent['origin']>;
}

function requireUnique(facts: readonly CalendarFact[], fileName: string): void {
  const seen = new Set<string>();
  for (const { id } of facts) {
    if (seen.has(id)) throw new ConfigError(fileName, `the id "${id}" stands twice`);
    seen.add(id);
  }
}

/** The facts that ship. Throws EnvironmentError('PACKAGE_INCOMPLETE') where their files are missing. */
export function loadShippedCalendar(): CalendarFact[] {
  const folder = join(packageRoot(), 'src', 'events', 'calendar');
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  } catch (cause) {
    throw new EnvironmentError('PACKAGE_INCOMPLETE', `${folder} is missing: install Aiqyn again`, { cause });
  }
  const facts = names
    .sort()
    .flatMap((name) => parseYaml(ShippedFile, readFileSync(join(folder, name), 'utf8'), name).events);
  requireUnique(facts, folder);
  return facts;
}

/** Throws ConfigError, with file, line and key, for whatever is wrong in it. */
export function parseUserCalendar(text: string, fileName: string): UserCalendar {
  const calendar = parseYaml(UserCalendar, text, fileName);
  requireUnique(calendar.events, fileName);
  return calendar;
}

/** Empty where there is no such file. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw new EnvironmentError('CALENDAR_UNREADABLE', `${file} cannot be read`, { cause });
  }
}

/** Ascending by start as written, then id. */
export function mergeCalendars(shipped: readonly CalendarFact[], user: UserCalendar): CalendarEntry[] {
  const entries = new Map<string, CalendarEntry>();
  for (const fact of shipped) entries.set(fact.id, { fact, origin: 'calendar' });
  for (const id of user.removed) entries.delete(id);
  for (const fact of user.events) entries.set(fact.id, { fact, origin: 'user' });
  return [...entries.values()].sort(
    (a, b) => compare(a.fact.start, b.fact.start) || compare(a.fact.id, b.fact.id),
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
