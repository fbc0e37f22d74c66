/** Operators and places as people write them in `aiqyn.yaml`, against the catalogue. */
import { z } from 'zod';
import type { Catalog } from '../../probes/catalog.ts';
import { nearest } from './nearest.ts';

/** Says honestly that nothing is known of where it is. */
export const PLACE_UNKNOWN = 'unknown';

/** An AS number, or an operator's id in the catalogue, which comes out as its main AS number. */
export function operatorOf(catalog: Catalog) {
  return z.string().transform((text, context) => {
    if (/^AS\d{1,10}$/.test(text)) return text;
    const asn = catalog.operators.find((operator) => operator.id === text)?.asns[0];
    if (asn !== undefined) return asn;
    const guess = nearest(
      text,
      catalog.operators.map((operator) => operator.id),
    );
    context.addIssue({
      code: 'custom',
      message: `an AS number such as AS9198, or an operator of the catalogue${hint(guess)}`,
    });
    return z.NEVER;
  });
}

/** A place's id, or PLACE_UNKNOWN. */
export function placeOf(catalog: Catalog) {
  const ids = [...catalog.places.map((place) => place.id), PLACE_UNKNOWN];
  return z.string().superRefine((text, context) => {
    if (ids.includes(text)) return;
    context.addIssue({
      code: 'custom',
      message: `a place of the catalogue, or "unknown"${hint(placeGuess(text, catalog) ?? nearest(text, ids))}`,
    });
  });
}

/** People write names: `Алматы` and `Alma-Ata` both mean the id `almaty`. */
function placeGuess(text: string, catalog: Catalog): string | null {
  const folded = text.toLowerCase();
  const place = catalog.places.find(({ names, aliases }) =>
    [names.en, names.ru, names.kk, ...aliases].some((name) => name.toLowerCase() === folded),
  );
  return place?.id ?? null;
}

function hint(guess: string | null): string {
  return guess === null ? '' : `; did you mean "${guess}"?`;
}
