/** Addresses of InfluxDBs for tests; each names only what its test is about. */
import type { InfluxAddress } from '../../src/config/store-config.ts';

export function anAddress(changes: Partial<InfluxAddress> & Pick<InfluxAddress, 'url'>): InfluxAddress {
  return { database: 'aiqyn', org: null, login: { kind: 'none' }, flavour: null, ...changes };
}
