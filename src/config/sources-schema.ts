/** The section `sources` of `aiqyn.yaml`: whom of those who watch from outside this monitor asks. Nobody, unless it is said. */
import { z } from 'zod';
import type { Catalog } from '../../probes/catalog.ts';
import { SOURCE_IDS } from '../analysis/outside/point.ts';
import { SecretText, Text } from './plain-text.ts';
import { operatorOf } from './catalog-words.ts';

const OPERATORS_MAX = 16;
/** Main networks of the catalogue that are asked about where nobody said which. */
const OPERATORS_DEFAULT = 8;

const WAY = {
  url: z
    .url({ protocol: /^https?$/, error: 'an address such as https://mirror.example.org/v2' })
    .transform((address) => address.replace(/\/+$/, ''))
    .optional(),
  perMinute: z.number().min(0.1).max(60).optional(),
};

const Switch = z.union([z.boolean(), z.strictObject(WAY)]);
/** Measurements whose latest results are asked for in one poll. */
const LATEST_MAX = 8;

const LATEST = 'a list of numbers of measurements, such as [1001, 5001]';

const SwitchOfAtlas = z.union([
  z.boolean(),
  z.strictObject({ ...WAY, latest: z.array(z.int().positive(), LATEST).min(1).max(LATEST_MAX).optional() }),
]);
const SwitchWithToken = z.union([
  z.boolean(),
  z
    .strictObject({ ...WAY, token: SecretText.optional(), tokenFile: Text.optional() })
    .refine(({ token, tokenFile }) => token === undefined || tokenFile === undefined, {
      path: ['tokenFile'],
      error: 'either `token` or `tokenFile`, not both',
    }),
]);

export function sourcesSchema(catalog: Catalog) {
  return z.strictObject({
    ioda: Switch.default(false),
    radar: SwitchWithToken.default(false),
    ooni: Switch.default(false),
    ripestat: Switch.default(false),
    atlas: SwitchOfAtlas.default(false),
    ihr: Switch.default(false),
    operators: z
      .array(operatorOf(catalog))
      .min(1)
      .max(OPERATORS_MAX)
      .default(() => mainOperators(catalog)),
  });
}

export type SourcesSection = z.output<ReturnType<typeof sourcesSchema>>;

function mainOperators({ operators }: Catalog): string[] {
  return operators
    .filter(({ access }) => access.includes('mobile') || access.includes('fixed'))
    .slice(0, OPERATORS_DEFAULT)
    .flatMap(({ asns }) => asns.slice(0, 1));
}

/** Those that are on, in a fixed order. */
export function namedSources(section: SourcesSection) {
  return SOURCE_IDS.flatMap((id) => {
    const way = section[id];
    return way === false ? [] : [{ id, way: way === true ? {} : way }];
  });
}
