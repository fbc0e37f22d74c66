/** Those who watch from outside, as the configuration names them: the one place that knows every source. */
import type { Catalog } from '../../probes/catalog.ts';
import { systemClock } from '../../probes/net/clock.ts';
import type { SourceId } from '../analysis/outside/point.ts';
import type { SourcesConfig, SourceWay } from '../config/sources-config.ts';
import { assertNever } from '../errors.ts';
import { createPlaceBook } from '../events/places.ts';
import { ATLAS_URL, createAtlas } from '../sources/atlas/source.ts';
import { createPoliteClient } from '../polite/client.ts';
import { createIhr, IHR_URL } from '../sources/ihr/source.ts';
import { createIoda, IODA_URL } from '../sources/ioda/source.ts';
import { createSourceKeeper } from '../sources/keeper.ts';
import type { SourceKeeper, SourceKeeperOptions } from '../sources/keeper.ts';
import { createOoniApi, OONI_API_URL } from '../sources/ooni-api/source.ts';
import type { AskedPlatform } from '../sources/ooni-api/source.ts';
import { createRadar, RADAR_URL } from '../sources/radar/source.ts';
import { createRipestat, RIPESTAT_URL } from '../sources/ripestat/source.ts';
import type { OutsideSource, SourceOptions, Watched } from '../sources/source.ts';
import { politeHttp } from './polite-http-of.ts';
import { systemRandom } from './system-random.ts';

/** Requests a minute: far below what any of them allows. */
const PER_MINUTE = 20;
const PLATFORMS_MAX = 12;

const URLS: Readonly<Record<SourceId, string>> = {
  ioda: IODA_URL,
  radar: RADAR_URL,
  ooni: OONI_API_URL,
  ripestat: RIPESTAT_URL,
  atlas: ATLAS_URL,
  ihr: IHR_URL,
};

/** OONI's own tests of apps. */
const APP_TESTS: Readonly<Partial<Record<string, string>>> = {
  telegram: 'telegram',
  whatsapp: 'whatsapp',
  signal: 'signal',
};
/** These are many sites each; OONI is asked about one site, or one app. */
const MANY_SITES: ReadonlySet<string> = new Set(['press', 'rights', 'circumvention', 'control']);

/** Apps by their test, the others by their front page. */
export function askedPlatforms({ platforms, targets }: Catalog): AskedPlatform[] {
  return platforms
    .filter(({ id }) => !MANY_SITES.has(id))
    .flatMap(({ id }): AskedPlatform[] => {
      const test = APP_TESTS[id];
      if (test !== undefined) return [{ platform: id, test, domain: null }];
      const front = targets.find(({ platform, part }) => platform === id && part === 'main');
      if (front === undefined) return [];
      return [{ platform: id, test: 'web_connectivity', domain: new URL(front.url).hostname }];
    })
    .slice(0, PLATFORMS_MAX);
}

/** @param regions names of regions in English are places of the catalogue, or none */
export function watchedOf(operators: readonly string[], { places }: Pick<Catalog, 'places'>): Watched {
  const book = createPlaceBook(places);
  const ids = new Set(places.map(({ id }) => id));
  return {
    operators,
    placeOf: (name) => {
      const id = book.idOf(name);
      return ids.has(id) ? id : null;
    },
  };
}

function sourceOf(way: SourceWay, options: SourceOptions, catalog: Catalog): OutsideSource | null {
  switch (way.id) {
    case 'ioda':
      return createIoda(options);
    case 'radar':
      return way.token === null ? null : createRadar(options);
    case 'ooni':
      return createOoniApi({ ...options, platforms: askedPlatforms(catalog) });
    case 'ripestat':
      return createRipestat(options);
    case 'atlas':
      return createAtlas({ ...options, latest: way.latest });
    case 'ihr':
      return createIhr(options);
    default:
      return assertNever(way.id);
  }
}

export interface SourcesPlace extends Pick<SourceKeeperOptions, 'store' | 'mayAsk' | 'log'> {
  readonly catalog: Catalog;
  readonly publicUrl?: string | undefined;
}

/** Nothing is asked until it is started. */
export function sourcesOf({ ways, operators }: SourcesConfig, place: SourcesPlace): SourceKeeper {
  const { catalog, store, mayAsk, log, publicUrl } = place;
  const clock = systemClock();
  const http = politeHttp(publicUrl);
  const watched = watchedOf(operators, catalog);
  const sources = new Map(
    ways.map((way) => {
      const client = createPoliteClient({
        http,
        clock,
        random: systemRandom,
        perMinute: way.perMinute ?? PER_MINUTE,
        ...(way.token === null ? {} : { headers: { authorization: `Bearer ${way.token.reveal()}` } }),
      });
      const options = { url: way.url ?? URLS[way.id], client, watched };
      return [way.id, sourceOf(way, options, catalog)] as const;
    }),
  );
  return createSourceKeeper({ sources, store, mayAsk, clock, random: systemRandom, log });
}
