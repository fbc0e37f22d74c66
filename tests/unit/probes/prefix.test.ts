import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressNumber,
  addressText,
  createPrefixSet,
  parsePrefix,
  parseRange,
  RefusedAddressError,
} from '../../../probes/prefix.ts';
import type { OwnedPrefix, Prefix } from '../../../probes/prefix.ts';

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

function owned(text: string, operator = 'AS29355', place = 'unknown'): OwnedPrefix {
  return { ...prefix(text), operator, place };
}

describe('parsePrefix(text)', () => {
  it('reads what operators announce', () => {
    expect(prefix('2.72.0.0/13')).toEqual({ first: 0x02480000, last: 0x024fffff });
  });

  it.each([
    ['a name', 'kcell.kz/24'],
    ['an address alone', '2.72.0.1'],
    ['IPv6', '2a00::/24'],
    ['more than any operator has', '2.0.0.0/7'],
    ['everything', '0.0.0.0/0'],
    ['less than a block', '2.72.0.0/25'],
    ['octets that do not exist', '2.720.0.0/16'],
    ['octal digits', '010.1.0.0/16'],
    ['a prefix within its own length', '2.72.0.1/24'],
    ['private addresses', '10.0.0.0/16'],
    ['a wide one around private addresses', '192.0.0.0/8'],
    ['the addresses of operators behind NAT', '100.64.0.0/16'],
    ['multicast', '224.0.0.0/8'],
    ['text behind it', '2.72.0.0/13 '],
  ])('refuses %s: %s', (_, text) => {
    expect(parsePrefix(text)).toBeTypeOf('string');
  });

  it('says where a crooked prefix begins', () => {
    expect(parsePrefix('2.73.0.0/13')).toContain('2.72.0.0/13');
  });

  it('takes this machine’s own network, for trials', () => {
    expect(prefix('127.3.0.0/16').first >>> 24).toBe(127);
  });
});

describe('createPrefixSet(owned, optedOut)', () => {
  const set = createPrefixSet(
    [owned('2.72.0.0/23'), owned('5.34.0.0/24', 'AS21299', 'almaty')],
    [prefix('2.72.1.0/24'), parseRange('5.34.0.7') ?? prefix('5.34.0.0/24')],
  );

  it.each([
    ['an address within', '2.72.0.17', true],
    ['the one before', '2.71.255.255', false],
    ['the one behind', '2.72.2.0', false],
    ['one whose network opted out', '2.72.1.17', false],
    ['one that opted out alone', '5.34.0.7', false],
    ['its neighbour', '5.34.0.8', true],
    ['a name', 'localhost', false],
    ['the same in another notation', '0x02480011', false],
    ['leading zeros, which some read as octal', '2.72.0.017', false],
    ['IPv6 around it', '::ffff:2.72.0.17', false],
    ['spaces', ' 2.72.0.17', false],
    ['nothing', '', false],
    ['an option of a command', '-f/etc/passwd', false],
  ])('%s: %s → %s', (_, address, expected) => {
    expect(set.allows(address)).toBe(expected);
    if (expected)
      expect(() => {
        set.require(address);
      }).not.toThrow();
    else
      expect(() => {
        set.require(address);
      }).toThrow(RefusedAddressError);
  });

  it('names each block that has somebody to ask, with its owner', () => {
    expect([...set.blocks()]).toEqual([
      { id: '2.72.0', operator: 'AS29355', place: 'unknown' },
      { id: '5.34.0', operator: 'AS21299', place: 'almaty' },
    ]);
  });

  it('names a block once where two prefixes have it', () => {
    const twice = createPrefixSet([owned('2.72.0.0/23'), owned('2.72.1.0/24', 'AS1')], []);
    expect([...twice.blocks()].map(({ id }) => id)).toEqual(['2.72.0', '2.72.1']);
  });

  it('never allows what no prefix holds, whatever the prefixes (property)', () => {
    const anyPrefix = fc
      .tuple(fc.integer({ min: 16, max: 24 }), fc.nat({ max: 255 }))
      .map(([bits, octet]) => `5.${octet & (bits >= 16 ? 255 : 0)}.0.0/${bits}`);
    fc.assert(
      fc.property(fc.array(anyPrefix, { maxLength: 6 }), fc.nat({ max: 2 ** 32 - 1 }), (texts, address) => {
        const prefixes = texts.map((text) => owned(text));
        const isHeld = prefixes.some(({ first, last }) => address >= first && address <= last);
        expect(createPrefixSet(prefixes, []).allows(addressText(address))).toBe(isHeld);
      }),
    );
  });

  it('an opt-out wins over every prefix (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 32 }), fc.nat({ max: 0xffff }), (bits, offset) => {
        const address = `2.72.${offset >>> 8}.${offset & 0xff}`;
        const out = parseRange(`${address}/${bits}`);
        expect(out).not.toBeNull();
        const left = createPrefixSet([owned('2.72.0.0/16')], out === null ? [] : [out]);
        expect(left.allows(address)).toBe(false);
      }),
    );
  });
});

describe('addresses', () => {
  it('go to numbers and back (property)', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 32 - 1 }), (address) => {
        expect(addressNumber(addressText(address))).toBe(address);
      }),
    );
  });

  it('no other text is an address (property)', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const address = addressNumber(text);
        expect(address === null || addressText(address) === text).toBe(true);
      }),
    );
  });

  it.each([
    ['5.34.0.7', 1],
    ['5.34.0.7/24', 256],
    ['0.0.0.0/0', 2 ** 32],
    ['5.34.0.7/33', 0],
    ['all', 0],
  ])('an opt-out line %s holds %i addresses', (line, count) => {
    const range = parseRange(line);
    expect(range === null ? 0 : range.last - range.first + 1).toBe(count);
  });
});
