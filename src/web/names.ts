/** Names of platforms, operators and places for a page, from the catalogue; what it does not know is shown as it is. */
import type { Catalog, Names } from '../../probes/catalog.ts';

export type Language = keyof Names;
export const DEFAULT_TIME_ZONE = 'Asia/Almaty';

export interface NameBook {
  readonly platform: (id: string) => string;
  /** A short brand name for an AS number. */
  readonly operator: (asn: string) => string;
  /** AS numbers of the operator with this id or name in any language; an AS number is its own; none where it is not known. */
  readonly asnsOf: (text: string) => readonly string[];
  /** The catalogue's id of the operator with this AS number or id; null where it is not known. */
  readonly operatorId: (text: string) => string | null;
  readonly place: (id: string) => string;
  readonly hasPlace: (id: string) => boolean;
  /** IANA zone of a place. */
  readonly timeZone: (place: string | undefined) => string;
  /** A zone by the name of its city, where the catalogue knows that city. */
  readonly zone: (timeZone: string) => string;
  /** Platform ids in the catalogue's order, without `control`, which is measured only to compare. */
  readonly platforms: readonly string[];
  /** Target id → its name and which part of the platform it is; null for one that spans parts or names itself. */
  target(id: string): { readonly name: string; readonly part: string | null } | null;
}

/** The tz database names a zone after one of its cities, in Latin letters. */
function zoneName(catalog: Catalog, timeZone: string, language: Language): string {
  const city = timeZone.split('/').at(-1)?.replaceAll('_', ' ') ?? timeZone;
  const place = catalog.places.find(
    ({ names, aliases, timeZone: zone }) => zone === timeZone && [names.en, ...aliases].includes(city),
  );
  return place === undefined ? city : place.names[language];
}

/** Catalogue lookups as maps, made once; nothing here is language other than the names themselves. */
export function createNameBook(catalog: Catalog, language: Language): NameBook {
  const platforms = new Map<string, string>(catalog.platforms.map((fact) => [fact.id, fact.names[language]]));
  const operators = new Map(
    catalog.operators.flatMap((fact) => fact.asns.map((asn) => [asn, fact.names[language]] as const)),
  );
  const asns = new Map(
    catalog.operators.flatMap((fact) =>
      [fact.id, ...Object.values(fact.names)].map((text) => [text.toLowerCase(), fact.asns] as const),
    ),
  );
  const places = new Map(catalog.places.map((fact) => [fact.id, fact]));
  const targets = new Map<string, { name: string; part: string | null }>([
    ...catalog.targets.map(({ id, name, part }) => [id, { name, part }] as const),
    ...catalog.kindTargets.map(({ id, name }) => [id, { name, part: null }] as const),
  ]);
  return {
    platform: (id) => platforms.get(id) ?? id,
    operator: (asn) => operators.get(asn) ?? asn,
    asnsOf: (text) =>
      /^as\d+$/i.test(text.trim())
        ? [text.trim().toUpperCase()]
        : (asns.get(text.trim().toLowerCase()) ?? []),
    operatorId: (text) =>
      catalog.operators.find(({ id, asns: own }) => id === text || own.includes(text))?.id ?? null,
    hasPlace: (id) => places.has(id),
    place: (id) => places.get(id)?.names[language] ?? id,
    timeZone: (place) => (place === undefined ? undefined : places.get(place)?.timeZone) ?? DEFAULT_TIME_ZONE,
    zone: (timeZone) => zoneName(catalog, timeZone, language),
    platforms: catalog.platforms.map((fact) => fact.id).filter((id) => id !== 'control'),
    target: (id) => targets.get(id) ?? null,
  };
}
