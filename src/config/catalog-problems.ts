/** What no single fact's schema can see: ids given twice, references to nothing, facts that contradict each other. */
import { isIP } from 'node:net';
import type {
  BlockpageFact,
  Catalog,
  InterceptorFact,
  PlaceFact,
  PrefixFact,
  RingFact,
} from '../../probes/catalog.ts';
import { parsePrefix } from '../../probes/prefix.ts';
import type { Prefix } from '../../probes/prefix.ts';

/**
 * Every contradiction in the catalogue, as sentences; empty when there is none. `hasPem` says whether a file exists. Whether the tz
 * database has each place's zone is asked by a test alone, since an agent needs none.
 */
export function catalogProblems(catalog: Catalog, hasPem: (fileName: string) => boolean): string[] {
  return [
    ...twice('platforms.yaml', ids(catalog.platforms)),
    ...twice('targets.yaml', ids([...catalog.targets, ...catalog.kindTargets])),
    ...twice(
      'targets.yaml: URL',
      catalog.targets.map((target) => target.url),
    ),
    ...twice('operators.yaml', ids(catalog.operators)),
    ...twice(
      'operators.yaml: AS number',
      catalog.operators.flatMap((operator) => operator.asns),
    ),
    ...twice('places.yaml', ids(catalog.places)),
    ...twice('places.yaml: name', catalog.places.flatMap(namesOf)),
    ...twice('interceptors.yaml', ids(catalog.interceptors)),
    ...twice(
      'rings.yaml',
      catalog.rings.map((ring) => `${ring.ring} ${ring.host}:${ring.port}`),
    ),
    ...twice(
      'harmless-names.yaml',
      catalog.harmlessNames.map((harmless) => harmless.name),
    ),
    ...twice('blockpages.yaml', ids(catalog.blockpages)),
    ...orphans(catalog),
    ...catalog.interceptors.flatMap((interceptor) => interceptorProblems(interceptor, hasPem)),
    ...catalog.rings.flatMap(ringProblems),
    ...catalog.blockpages.flatMap(blockpageProblems),
    ...prefixProblems(catalog),
  ];
}

function ids(facts: readonly { readonly id: string }[]): string[] {
  return facts.map((fact) => fact.id);
}

function twice(where: string, words: readonly string[]): string[] {
  const repeated = new Set(words.filter((word, index) => words.indexOf(word) !== index));
  return [...repeated].map((word) => `${where}: "${word}" stands twice`);
}

/** Every spelling an import may meet must lead to one place only. */
function namesOf(place: PlaceFact): string[] {
  const spellings = [place.names.en, place.names.ru, place.names.kk, ...place.aliases];
  return [...new Set(spellings.map((name) => name.toLowerCase()))];
}

function orphans(catalog: Catalog): string[] {
  const platforms = new Set(ids(catalog.platforms));
  const missing = new Set(
    [...catalog.targets, ...catalog.kindTargets]
      .map((target) => target.platform)
      .filter((id) => !platforms.has(id)),
  );
  return [...missing].map((id) => `targets.yaml: platform "${id}" is not in platforms.yaml`);
}

function interceptorProblems(interceptor: InterceptorFact, hasPem: (fileName: string) => boolean): string[] {
  const { id, sha256, sha1, spkiSha256, pem } = interceptor;
  if (sha256 === undefined && sha1 === undefined && spkiSha256 === undefined) {
    return [`interceptors.yaml: ${id}: has no hash, and a name alone proves nothing`];
  }
  if (pem === undefined) return [];
  if (pem !== `${sha256 ?? ''}.pem`) return [`interceptors.yaml: ${id}: pem must be named <sha256>.pem`];
  return hasPem(pem) ? [] : [`interceptors.yaml: ${id}: there is no file interceptors/${pem}`];
}

function ringProblems(ring: RingFact): string[] {
  const isAddress = isIP(ring.host) !== 0;
  if (ring.ring === 'dns' && !isAddress)
    return [`rings.yaml: ${ring.host}: a name server is given by its address`];
  if (ring.ring !== 'dns' && isAddress)
    return [`rings.yaml: ${ring.host}: a ${ring.ring} host is given by its name`];
  return [];
}

function blockpageProblems(blockpage: BlockpageFact): string[] {
  const { id, bodyContains, titleContains, header } = blockpage;
  if (bodyContains !== undefined || titleContains !== undefined || header !== undefined) return [];
  return [`blockpages.yaml: ${id}: says nothing to look for`];
}

/** An address belongs to one operator only, which the catalogue must know. */
function prefixProblems({ prefixes, operators }: Catalog): string[] {
  const known = new Set(operators.flatMap(({ asns }) => asns));
  const strangers = prefixes
    .filter(({ operator }) => !known.has(operator))
    .map(({ operator }) => `prefixes.yaml: ${operator} is no operator of operators.yaml`);
  const read = prefixes.flatMap(readPrefixes);
  const wrong = read.flatMap(({ cidr, prefix }) =>
    typeof prefix === 'string' ? [`prefixes.yaml: ${cidr} is not ${prefix}`] : [],
  );
  return [...strangers, ...wrong, ...overlaps(read)];
}

interface ReadPrefix {
  readonly cidr: string;
  readonly prefix: Prefix | string;
}

function readPrefixes({ cidrs }: PrefixFact): ReadPrefix[] {
  return cidrs.map((cidr) => ({ cidr, prefix: parsePrefix(cidr) }));
}

function overlaps(read: readonly ReadPrefix[]): string[] {
  const inOrder = read
    .flatMap(({ cidr, prefix }) => (typeof prefix === 'string' ? [] : [{ cidr, ...prefix }]))
    .sort((a, b) => a.first - b.first);
  return inOrder.flatMap(({ cidr, first }, index) => {
    const before = inOrder[index - 1];
    return before === undefined || first > before.last
      ? []
      : [`prefixes.yaml: ${before.cidr} and ${cidr} overlap`];
  });
}
