/** Whose network an address is in: a table of networks where there is one, else the catalogue's prefixes of operators. */
import type { Catalog } from '../../probes/catalog.ts';
import { addressNumber, parsePrefix } from '../../probes/prefix.ts';
import type { AsnTable } from './asn-table.ts';

/** `AS29355`, or null where nobody knows. */
export type NetworkOfAddress = (address: string) => string | null;

export function networksOf(
  { prefixes }: Pick<Catalog, 'prefixes'>,
  table: AsnTable | null,
): NetworkOfAddress {
  const owned = prefixes.flatMap(({ operator, cidrs }) =>
    cidrs.flatMap((cidr) => {
      const prefix = parsePrefix(cidr);
      return typeof prefix === 'string' ? [] : [{ ...prefix, operator }];
    }),
  );
  return (address) => {
    const asn = table?.(address) ?? null;
    if (asn !== null) return `AS${asn}`;
    const number = addressNumber(address);
    if (number === null) return null;
    return owned.find(({ first, last }) => number >= first && number <= last)?.operator ?? null;
  };
}

/** Whether two AS numbers belong to one operator of the catalogue. Of `AS0` nothing is declared, so everything fits. */
export function isSameOperator(
  { operators }: Pick<Catalog, 'operators'>,
  declared: string,
  found: string,
): boolean {
  if (declared === found || declared === 'AS0') return true;
  return operators.some(({ asns }) => asns.includes(declared) && asns.includes(found));
}
