/**
 * IPv4 prefixes, and the set of those that may be asked. An address is a number from 0 to 2^32 - 1; a block is a /24, named by
 * its first three octets (`2.72.17`).
 */
import { isIpv4 } from './scrub.ts';
import { hasSpecialIpv4 } from './special-address.ts';

const BLOCK_BITS = 24;
const BLOCK_SIZE = 256;
/** Wider ones are a mistake: no operator of the country has more than a /13. */
const PREFIX_BITS_MIN = 8;

export interface Prefix {
  readonly first: number;
  readonly last: number;
}

/** Whose prefix it is, and where its people are as far as that is known. */
export interface OwnedPrefix extends Prefix {
  /** `AS29355`. */
  readonly operator: string;
  /** An id of the catalogue, or `unknown`. */
  readonly place: string;
}

/** The number of an address as it is usually written; null for anything else, such as `010.0.0.1`, `1.2.3` or a name. */
export function addressNumber(text: string): number | null {
  if (!isIpv4(text) || /(?:^|\.)0\d/.test(text)) return null;
  return text.split('.').reduce((sum, octet) => sum * BLOCK_SIZE + Number(octet), 0);
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}

/** The prefix of a text such as `2.72.0.0/13`, or the sentence that says what is wrong with it. */
export function parsePrefix(text: string): Prefix | string {
  const [, host = '', digits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const first = addressNumber(host);
  const bits = Number(digits);
  if (first === null || bits > BLOCK_BITS || bits < PREFIX_BITS_MIN)
    return `an IPv4 prefix from /${PREFIX_BITS_MIN} to /${BLOCK_BITS}, such as 2.72.0.0/13`;
  const size = 2 ** (32 - bits);
  if (first % size !== 0)
    return `a prefix that begins where its length says: ${addressText(first - (first % size))}/${bits}`;
  const prefix = { first, last: first + size - 1 };
  if (isLoopback(prefix) || !hasSpecialIpv4(prefix.first, prefix.last)) return prefix;
  return 'addresses of the public internet (127.0.0.0/8, this machine, for trials)';
}

/** Asks nobody: the one special network that is let through. */
export function isLoopback({ first, last }: Prefix): boolean {
  return first >>> 24 === 127 && last >>> 24 === 127;
}

export function isInside(inner: Prefix, outer: Prefix): boolean {
  return inner.first >= outer.first && inner.last <= outer.last;
}

/** An address that is not to be asked. A mistake of ours or a file that others touched: never a finding. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
  readonly code = 'SWEEP_REFUSED';
}

/** A block with its owner. */
export interface Block {
  /** First three octets: `2.72.17`. */
  readonly id: string;
  readonly operator: string;
  readonly place: string;
}

export interface PrefixSet {
  /** Whether this very text is an address that may be asked; false for names, IPv6, other spellings and those who opted out. */
  allows(address: string): boolean;
  /** @throws RefusedAddressError unless `allows(address)`. */
  require(address: string): void;
  /** Every /24 that has an address to ask, each once, in ascending order. */
  blocks(): Generator<Block>;
}

/** @param optedOut ranges of any length whose owners do not want to be asked; they win. */
export function createPrefixSet(owned: readonly OwnedPrefix[], optedOut: readonly Prefix[]): PrefixSet {
  const inOrder = owned.toSorted((a, b) => a.first - b.first);
  function ownerOf(address: number): OwnedPrefix | undefined {
    return inOrder.find(({ first, last }) => address >= first && address <= last);
  }
  function allows(text: string): boolean {
    const address = addressNumber(text);
    if (address === null || ownerOf(address) === undefined) return false;
    return !optedOut.some(({ first, last }) => address >= first && address <= last);
  }
  function* blocks(): Generator<Block> {
    let next = 0;
    for (const { first, last, operator, place } of inOrder) {
      for (let block = Math.max(first, next); block <= last; block += BLOCK_SIZE) {
        next = block + BLOCK_SIZE;
        if (optedOut.some((out) => isInside({ first: block, last: block + BLOCK_SIZE - 1 }, out))) continue;
        yield { id: addressText(block).replace(/\.0$/, ''), operator, place };
      }
    }
  }
  return {
    allows,
    blocks,
    require(address) {
      if (allows(address)) return;
      throw new RefusedAddressError(
        `${address} is outside the prefixes that are configured, and is not asked`,
      );
    },
  };
}

/** A line of an opt-out list: an address or a prefix of any length; null for anything else. */
export function parseRange(text: string): Prefix | null {
  const [, host = '', digits = '32'] = /^([\d.]+)(?:\/(\d{1,2}))?$/.exec(text) ?? [];
  const address = addressNumber(host);
  const bits = Number(digits);
  if (address === null || bits > 32) return null;
  const size = 2 ** (32 - bits);
  const first = address - (address % size);
  return { first, last: first + size - 1 };
}
