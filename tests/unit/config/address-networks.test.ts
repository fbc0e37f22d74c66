import { describe, expect, it } from 'vitest';
import { isSameOperator, networksOf } from '../../../src/config/address-networks.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { callerAddress } from '../../../src/fleet/caller-address.ts';

const catalog = loadCatalog();

describe('networksOf(catalog, table)', () => {
  const byCatalog = networksOf(catalog, null);

  it.each([
    { address: '95.56.7.8', network: 'AS9198', because: 'a prefix of the catalogue has it' },
    { address: '8.8.8.8', network: null, because: 'no operator of the catalogue has it' },
    { address: '127.0.0.1', network: null, because: 'it is nobody’s' },
    { address: '2001:db8::1', network: null, because: 'the catalogue knows IPv4 alone' },
    { address: 'not an address', network: null, because: 'it is none' },
  ])('is $network of $address: $because', ({ address, network }) => {
    expect(byCatalog(address)).toBe(network);
  });

  it('believes a table before the catalogue, and the catalogue where the table is silent', () => {
    const withTable = networksOf(catalog, (address) => (address === '95.56.7.8' ? 64_500 : null));
    expect([withTable('95.56.7.8'), withTable('95.56.7.9')]).toEqual(['AS64500', 'AS9198']);
  });
});

describe('isSameOperator(catalog, declared, found)', () => {
  it.each([
    { declared: 'AS29355', found: 'AS29355', same: true },
    { declared: 'AS29355', found: 'AS57950', same: true },
    { declared: 'AS29355', found: 'AS9198', same: false },
    { declared: 'AS29355', found: 'AS13335', same: false },
    { declared: 'AS64500', found: 'AS64501', same: false },
    { declared: 'AS0', found: 'AS13335', same: true },
  ])('of $declared and $found is $same', ({ declared, found, same }) => {
    expect(isSameOperator(catalog, declared, found)).toBe(same);
  });
});

describe('callerAddress(remote, forwardedFor)', () => {
  it.each([
    { remote: '95.56.7.8', forwarded: undefined, found: '95.56.7.8' },
    { remote: '::ffff:95.56.7.8', forwarded: undefined, found: '95.56.7.8' },
    { remote: '127.0.0.1', forwarded: '95.56.7.8', found: '95.56.7.8' },
    { remote: '172.18.0.1', forwarded: '95.56.7.8', found: '95.56.7.8' },
    { remote: '127.0.0.1', forwarded: '95.56.7.8, 104.16.0.1', found: '' },
    { remote: '104.16.0.1', forwarded: '95.56.7.8', found: '' },
    { remote: '127.0.0.1', forwarded: ' ', found: '' },
    { remote: '127.0.0.1', forwarded: 'x'.repeat(65), found: '' },
  ])('of $remote with $forwarded is $found', ({ remote, forwarded, found }) => {
    expect(callerAddress(remote, forwarded)).toBe(found);
  });
});
