/** What one route has told of each incident and what it has yet to tell. Pure: each step gives a new book. */
import { z } from 'zod';
import type { QuietHours, RouteFilter } from '../config/alerts-config.ts';
import type { AlertChange } from './ledger.ts';
import { concerns, mustWait } from './routing.ts';
import { changeBetween, isCrossing, Subject } from './subject.ts';
import type { Telling } from './write.ts';

/** A message that waited for this long comes with the others that did, as one. */
const STALE_MS = 3_600_000;
/** Tries of a message that the channel refuses. */
const REFUSALS_MAX = 3;
const FAILURES_KEPT_MAX = 100;
/** Whoever was told of it hears once that others doubt it now, and once that they do not; what goes to and fro is no news. */
const CROSSINGS_TOLD_MAX = 2;
/** What ended so long ago is forgotten; longer than what a desk looks back. */
const FORGET_MS = 8 * 86_400_000;

const Thread = z.object({
  /** As last delivered; null before the first message. */
  told: Subject.nullable(),
  /** As it is now. */
  now: Subject,
  /** It is no incident any more. */
  isWithdrawn: z.boolean(),
  /** Since when there has been something to tell, UTC epoch ms; null: all is told. */
  dueSinceMs: z.number().nullable(),
  /** Of messages delivered or given up. */
  number: z.int(),
  handle: z.string().nullable(),
  refusals: z.int(),
  /** The confidence that the route asks for, as of the last look. */
  least: z.number().default(0),
  /** Messages sent for nothing but that others' word took it over that confidence or below it. */
  crossings: z.int().default(0),
});
type Thread = z.infer<typeof Thread>;

export const RouteBook = z.object({
  version: z.literal(1),
  /** What ended before is not told. */
  sinceMs: z.number(),
  threads: z.record(z.string(), Thread),
  /** Messages that were given up. */
  failures: z.array(z.object({ atMs: z.number(), incident: z.string(), reason: z.string() })),
  deliveredAtMs: z.number().nullable(),
  /** Why the channel does not take messages now. */
  trouble: z.object({ sinceMs: z.number(), reason: z.string() }).nullable(),
});
export type RouteBook = z.infer<typeof RouteBook>;

export function newBook(nowMs: number): RouteBook {
  return { version: 1, sinceMs: nowMs, threads: {}, failures: [], deliveredAtMs: null, trouble: null };
}

/** What is yet to be told of it. */
export function changeOf({ told, now, isWithdrawn, least, crossings }: Thread): AlertChange | null {
  if (isWithdrawn) return told === null ? null : 'withdrawn';
  const change = changeBetween(told, now);
  if (change !== null || told === null || crossings >= CROSSINGS_TOLD_MAX) return change;
  return isCrossing(told, now, least) ? 'amended' : null;
}

function withDue(thread: Thread, nowMs: number): Thread {
  const dueSinceMs = changeOf(thread) === null ? null : (thread.dueSinceMs ?? nowMs);
  return { ...thread, dueSinceMs };
}

function begun(now: Subject): Thread {
  const none = { number: 0, handle: null, refusals: 0, crossings: 0 };
  return { ...none, told: null, now, isWithdrawn: false, dueSinceMs: null, least: 0 };
}

function isForgotten({ now, isWithdrawn, dueSinceMs }: Thread, nowMs: number): boolean {
  return dueSinceMs === null && (isWithdrawn || (now.endMs !== null && now.endMs < nowMs - FORGET_MS));
}

function isWanted(book: RouteBook, only: RouteFilter, subject: Subject): boolean {
  return concerns(only, subject) && (subject.endMs === null || subject.endMs >= book.sinceMs);
}

/** The book after a look at the incidents. `gone` are ids that it knows and that are no incidents any more. */
export function seen(
  book: RouteBook,
  only: RouteFilter,
  look: { readonly subjects: readonly Subject[]; readonly gone: readonly string[]; readonly nowMs: number },
): RouteBook {
  const threads = new Map(Object.entries(book.threads));
  for (const subject of look.subjects) {
    const known = threads.get(subject.id);
    // Who was told of it hears how it goes on, also where it would not begin to be told now.
    if (known === undefined && !isWanted(book, only, subject)) continue;
    threads.set(
      subject.id,
      withDue(
        { ...(known ?? begun(subject)), now: subject, isWithdrawn: false, least: only.confidence },
        look.nowMs,
      ),
    );
  }
  for (const id of look.gone) {
    const known = threads.get(id);
    if (known !== undefined) threads.set(id, withDue({ ...known, isWithdrawn: true }, look.nowMs));
  }
  const kept = [...threads].filter(([, thread]) => !isForgotten(thread, look.nowMs));
  return { ...book, threads: Object.fromEntries(kept) };
}

/** What is to be sent next: one message, or a summary of all that is stale. Empty: nothing now. */
export function nextTellings(book: RouteBook, quiet: QuietHours | null, nowMs: number): readonly Telling[] {
  const due = Object.values(book.threads)
    .flatMap((thread) => {
      const change = changeOf(thread);
      if (change === null || mustWait(quiet, thread.now, nowMs)) return [];
      const { now: subject, number, handle: earlier, dueSinceMs, refusals } = thread;
      return [{ subject, change, number, earlier, dueSinceMs: dueSinceMs ?? nowMs, refusals }];
    })
    .toSorted(
      (a, b) =>
        a.refusals - b.refusals || a.dueSinceMs - b.dueSinceMs || (a.subject.id < b.subject.id ? -1 : 1),
    );
  const stale = due.filter(({ dueSinceMs, refusals }) => nowMs - dueSinceMs > STALE_MS && refusals === 0);
  return stale.length > 1 ? stale : due.slice(0, 1);
}

/** `subject` is what was told; the incident may have gone on while it was sent. */
function settled(thread: Thread, { subject, change }: Telling, handle: string | null, nowMs: number): Thread {
  const told = change === 'withdrawn' ? null : subject;
  const isForCrossing = change === 'amended' && changeBetween(thread.told, subject) === null;
  const crossings = thread.crossings + (isForCrossing ? 1 : 0);
  return withDue(
    { ...thread, told, handle, dueSinceMs: null, number: thread.number + 1, refusals: 0, crossings },
    nowMs,
  );
}

function mapped(
  book: RouteBook,
  tellings: readonly Telling[],
  next: (thread: Thread, telling: Telling) => Thread,
) {
  const threads = { ...book.threads };
  for (const telling of tellings) {
    const thread = threads[telling.subject.id];
    if (thread !== undefined) threads[telling.subject.id] = next(thread, telling);
  }
  return threads;
}

/** A summary leaves each incident's own first message, where it has one, as what later ones are tied to. */
export function delivered(
  book: RouteBook,
  tellings: readonly Telling[],
  handle: string | null,
  nowMs: number,
): RouteBook {
  const isSummary = tellings.length > 1;
  const threads = mapped(book, tellings, (thread, telling) =>
    settled(thread, telling, isSummary ? thread.handle : handle, nowMs),
  );
  return { ...book, threads, deliveredAtMs: nowMs, trouble: null };
}

export function unreachable(book: RouteBook, reason: string, nowMs: number): RouteBook {
  return { ...book, trouble: { sinceMs: book.trouble?.sinceMs ?? nowMs, reason } };
}

/** Tried again, behind the others; after REFUSALS_MAX tries given up and kept among the failures. */
export function refused(
  book: RouteBook,
  tellings: readonly Telling[],
  reason: string,
  nowMs: number,
): RouteBook {
  const failures = [...book.failures];
  const threads = mapped(book, tellings, (thread, telling) => {
    if (thread.refusals + 1 < REFUSALS_MAX) return { ...thread, refusals: thread.refusals + 1 };
    failures.push({ atMs: nowMs, incident: telling.subject.id, reason });
    return settled(thread, telling, thread.handle, nowMs);
  });
  return { ...book, threads, failures: failures.slice(-FAILURES_KEPT_MAX) };
}
