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

/** Gives a second fact of one id a number, so that both are kept. */
export function withUniqueIds(facts: readonly CalendarFact[]): CalendarFact[] {
  const seen = new Map<string, number>();
  return facts.map((fact) => {
    const count = (seen.get(fact.id) ?? 0) + 1;
    seen.set(fact.id, count);
    return count === 1 ? fact : { ...fact, id: `${fact.id}-${count}` };
  });
}
