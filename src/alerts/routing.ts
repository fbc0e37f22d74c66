/** Whom an incident concerns, and when a route may be disturbed. Pure. */
import type { QuietHours, RouteFilter } from '../config/alerts-config.ts';
import type { Subject } from './subject.ts';

function meets(wanted: readonly string[] | undefined, found: readonly string[]): boolean {
  return wanted === undefined || wanted.some((one) => found.includes(one));
}

/** A cut of the whole network concerns every platform. */
export function concerns(only: RouteFilter, subject: Subject): boolean {
  const isOfPlatform = subject.platforms.length === 0 || meets(only.platforms, subject.platforms);
  return (
    isOfPlatform &&
    meets(only.operators, subject.operators) &&
    meets(only.places, subject.places) &&
    meets(only.kinds, [subject.kind]) &&
    subject.confidence >= only.confidence
  );
}

/** `HH:MM` of an instant in a zone. */
function hourOf(atMs: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return format.format(atMs);
}

/** From `from` on, `to` not included. */
export function isQuiet({ from, to, timeZone }: QuietHours, atMs: number): boolean {
  const hour = hourOf(atMs, timeZone);
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

/** Must a message of this kind wait now? */
export function mustWait(quiet: QuietHours | null, subject: Subject, atMs: number): boolean {
  return quiet !== null && !quiet.urgent.includes(subject.kind) && isQuiet(quiet, atMs);
}
