/** Known block pages, matched on what was served. A match is an observation, not a verdict. */
import type { BlockpageFact } from '../catalog.ts';

/** What was served, as far as fingerprints look at it. */
export interface ServedPage {
  readonly bodyText: string;
  readonly title: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Blockpage {
  readonly id: string;
  readonly matches: (page: ServedPage) => boolean;
}

/**
 * Makes matchers of the catalogue's facts. Every condition that a fact names must hold; a fact that names none matches
 * nothing.
 */
export function compileBlockpages(facts: readonly BlockpageFact[]): readonly Blockpage[] {
  return facts.map((fact) => ({ id: fact.id, matches: (page) => matchesFact(fact, page) }));
}

function matchesFact(fact: BlockpageFact, page: ServedPage): boolean {
  const conditions: boolean[] = [];
  if (fact.bodyContains !== undefined) conditions.push(page.bodyText.includes(fact.bodyContains));
  if (fact.titleContains !== undefined) conditions.push(page.title.includes(fact.titleContains));
  if (fact.header !== undefined) {
    const value = page.headers[fact.header.name.toLowerCase()];
    conditions.push(value?.startsWith(fact.header.startsWith) === true);
  }
  return conditions.length > 0 && conditions.every(Boolean);
}
