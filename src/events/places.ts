/** Places as people write them, through the catalogue. */
import type { PlaceFact } from '../../probes/catalog.ts';

/** Most of the country keeps this zone, so it is the one for what has no place. */
export const COUNTRY_TIME_ZONE = 'Asia/Almaty';

export interface PlaceBook {
  /** The catalogue's id for an id, a name in any language or an alias; what it does not know stays as it was written. */
  readonly idOf: (text: string) => string;
  /** Ids of the places that a text names, in the catalogue's order. */
  readonly idsIn: (text: string) => string[];
  /** Zone of the first place that is known. */
  readonly timeZone: (places: readonly string[]) => string;
}

function keyOf(text: string): string {
  return text.trim().toLowerCase();
}

export function createPlaceBook(places: readonly PlaceFact[]): PlaceBook {
  const ids = new Map<string, string>();
  const zones = new Map<string, string>();
  for (const { id, names, aliases, timeZone } of places) {
    zones.set(id, timeZone);
    for (const text of [id, names.en, names.ru, names.kk, ...aliases]) ids.set(keyOf(text), id);
  }
  return {
    idOf: (text) => ids.get(keyOf(text)) ?? text.trim(),
    idsIn: (text) => {
      const words = ` ${keyOf(text).replaceAll(/[^\p{L}\d-]+/gu, ' ')} `;
      return [...new Set([...ids].filter(([name]) => words.includes(` ${name} `)).map(([, id]) => id))];
    },
    timeZone: (found) =>
      found.map((id) => zones.get(id)).find((zone) => zone !== undefined) ?? COUNTRY_TIME_ZONE,
  };
}
