/** The prefixes that come with Aiqyn: who may be asked at all. */
import { describe, expect, it } from 'vitest';
import { createPrefixSet, parsePrefix } from '../../../probes/prefix.ts';
import type { OwnedPrefix } from '../../../probes/prefix.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { catalogProblems } from '../../../src/config/catalog-problems.ts';

const catalog = loadCatalog();

function everything(): OwnedPrefix[] {
  return catalog.prefixes.flatMap(({ operator, cidrs }) =>
    cidrs.flatMap((cidr) => {
      const prefix = parsePrefix(cidr);
      return typeof prefix === 'string' ? [] : [{ ...prefix, operator, place: 'unknown' }];
    }),
  );
}

function problemsWith(operator: string, ...cidrs: string[]): string[] {
  const prefixes = [...catalog.prefixes, { operator, cidrs, source: 'a test' }];
  return catalogProblems({ ...catalog, prefixes }, () => true);
}

describe('prefixes.yaml', () => {
  it('has the mobile operators', () => {
    const mobile = ['AS29355', 'AS21299', 'AS48503'];
    expect(catalog.prefixes.map(({ operator }) => operator)).toEqual(expect.arrayContaining(mobile));
  });

  it('reaches what they announce and nobody else', () => {
    const set = createPrefixSet(everything(), []);
    expect(['2.72.0.1', '5.34.0.1', '193.0.0.1'].map((address) => set.allows(address))).toEqual([
      true,
      true,
      false,
    ]);
    expect(
      ['8.8.8.8', '127.0.0.1', '10.0.0.1', '192.168.1.1', '1.1.1.1'].some((one) => set.allows(one)),
    ).toBe(false);
  });

  it.each([
    ['an operator that nobody knows', 'AS1', '5.0.0.0/24', 'AS1 is no operator'],
    ['the same addresses twice', 'AS9198', '2.72.4.0/24', 'overlap'],
    ['private addresses', 'AS9198', '10.0.0.0/16', 'public internet'],
    ['nonsense', 'AS9198', 'everything', 'an IPv4 prefix'],
  ])('%s is a mistake of the catalogue', (_, operator, cidr, words) => {
    expect(problemsWith(operator, cidr).join(' ')).toContain(words);
  });
});
