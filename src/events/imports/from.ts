/** What every import answers with, and what several of them share. */
import { CalendarFact } from '../fact.ts';
import type { EventKind } from '../event.ts';
import { EVENT_KINDS } from '../event.ts';

export interface ImportAnswer {
  readonly facts: readonly CalendarFact[];
  /** What was left out or changed, in a sentence each. */
  readonly remarks: readonly string[];
}

const SLUG_LENGTH_MAX = 60;

/** Letters and digits of any alphabet, joined by hyphens. */
export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\d]+/gu, '-')
    .slice(0, SLUG_LENGTH_MAX)
    .replaceAll(/^-+|-+$/g, '');
}

/** The id of an event that brings none: its day and its title. What is wrong with these is never said of the id. */
export function idFor(start: string, title: string): string {
  const slug = slugOf(title);
  return [slugOf(start.slice(0, 10)), slug === '' ? 'event' : slug].filter((part) => part !== '').join('-');
}

export function kindOf(words: readonly string[]): EventKind | null {
  const plain = words.map((word) =>
    word
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  );
  return EVENT_KINDS.find((kind) => plain.includes(kind)) ?? null;
}

/** Checks what an import made of a row; `shown` names the row in the remark. */
export function checked(
  made: unknown,
  shown: string,
  answer: { facts: CalendarFact[]; remarks: string[] },
): void {
  const parsed = CalendarFact.safeParse(made);
  if (parsed.success) {
    answer.facts.push(parsed.data);
    return;
  }
  const why = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  answer.remarks.push(`${shown} was left out (${why}).`);
}

/** A text file as its bytes are: without the mark that Windows programs put first. Null where it is not UTF-8. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Another encoding: guessing one would write wrong names.
    return null;
  }
}

/** Gives a second fact of one id a number, so that both are kept. */
export function withUniqueIds(facts: readonly CalendarFact[]): CalendarFact[] {
  const seen = new Map<string, number>();
  return facts.map((fact) => {
    const count = (seen.get(fact.id) ?? 0) + 1;
    seen.set(fact.id, count);
    return count === 1 ? fact : { ...fact, id: `${fact.id}-${count}` };
  });
}
