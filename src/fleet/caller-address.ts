/**
 * From which address a request came, as control and collector tell a vantage that asks: it looks its network up and forgets the
 * address. Neither side keeps or logs it.
 */
import { z } from 'zod';
import { isSpecialAddress } from '../../probes/special-address.ts';

export const WHEREABOUTS_PATH = '/fleet/v1/whereabouts';
/** Of the control. */
export const CONTROL_WHEREABOUTS_PATH = 'whereabouts';
const ADDRESS_LENGTH_MAX = 64;

export const WhereaboutsAnswer = z.object({
  /** Empty where the server does not know. */
  address: z.string().max(ADDRESS_LENGTH_MAX),
  /** Where the server has a table of networks; null where it has none, or the table has not the address. */
  asn: z.int().positive().nullable(),
});
export type WhereaboutsAnswer = z.infer<typeof WhereaboutsAnswer>;

/**
 * Empty where it is not known. `forwardedFor` is believed only of a proxy beside the server (loopback or a private network), and only
 * where it names one address: behind two proxies, or one elsewhere such as a content network, nobody here knows who is first.
 */
export function callerAddress(remote: string, forwardedFor: string | undefined): string {
  const plain = remote.replace(/^::ffff:(?=\d+\.)/i, '');
  if (forwardedFor === undefined) return plain;
  const told = forwardedFor.trim();
  const isOne = told !== '' && !told.includes(',') && told.length <= ADDRESS_LENGTH_MAX;
  return isOne && isSpecialAddress(plain) ? told : '';
}
