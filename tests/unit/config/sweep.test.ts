/** The section `sweep`: what it is by default, and who may be asked because of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';
import { prefixSetOf } from '../../../src/config/sweep-config.ts';
import type { SweepConfig } from '../../../src/config/sweep-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aiqyn-sweep-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function sweepOf(section: string): SweepConfig | null {
  const file = join(folder, 'aiqyn.yaml');
  writeFileSync(file, section);
  return loadConfig(file, {}).sweep;
}

function allowed(section: string, ...addresses: string[]): boolean[] {
  const sweep = sweepOf(`sweep: { contact: probes@example.org, ${section} }`);
  return sweep === null ? [] : addresses.map((address) => prefixSetOf(sweep).allows(address));
}

describe('sweep', () => {
  it('is nobody’s business unless it is configured', () => {
    expect(sweepOf('plan: press')).toBeNull();
  });

  it('asks the mobile operators, politely, once it says who answers for it', () => {
    const sweep = sweepOf('sweep: { contact: probes@example.org }');
    expect(sweep).toMatchObject({
      contact: 'probes@example.org',
      method: 'auto',
      perSecond: 20,
      everyMinutes: 11,
      optedOut: [],
      anchors: [
        { address: '9.9.9.9', port: 443 },
        { address: '149.112.112.112', port: 443 },
      ],
    });
    const operators = new Set(sweep?.owned.map(({ operator }) => operator));
    expect([...operators].sort()).toEqual(['AS21299', 'AS29355', 'AS48503']);
  });

  it('reaches the prefixes of the operators that are named, and no other', () => {
    expect(allowed('operators: [kcell]', '2.72.0.1', '5.34.0.1', '8.8.8.8')).toEqual([true, false, false]);
  });

  it('reaches single prefixes with their place, instead of all', () => {
    const section = 'prefixes: [{ cidr: 2.72.9.0/24, operator: kcell, place: almaty }]';
    expect(allowed(section, '2.72.9.1', '2.72.8.1')).toEqual([true, false]);
    const sweep = sweepOf(`sweep: { contact: probes@example.org, ${section} }`);
    expect(sweep?.owned).toMatchObject([{ operator: 'AS29355', place: 'almaty' }]);
  });

  it('never reaches who is in the opt-out list, whose path is relative to the file', () => {
    writeFileSync(join(folder, 'out.txt'), '# asked on 2026-03-01\n\n2.72.9.0/24 # a school\r\n2.72.8.7\n');
    const section = 'operators: [kcell], optOutFile: out.txt';
    expect(allowed(section, '2.72.9.1', '2.72.8.7', '2.72.8.8')).toEqual([false, false, true]);
  });

  it('does not start with a line that nobody understands, nor without the list', () => {
    writeFileSync(join(folder, 'out.txt'), '2.72.9.0/24\n2.72.9.1-2.72.9.7\n');
    expect(() => allowed('optOutFile: out.txt')).toThrow(
      /out\.txt:2: found "2\.72\.9\.1-2\.72\.9\.7", expected an IPv4 address or prefix/,
    );
    expect(() => allowed('optOutFile: none.txt')).toThrow(/sweep\.optOutFile: .*none\.txt cannot be read/);
  });

  it('takes no prefix that is not an operator’s in the catalogue, whatever it is (property)', () => {
    const octet = fc.nat({ max: 255 });
    fc.assert(
      fc.property(octet, octet, octet, (a, b, c) => {
        const cidr = `${a}.${b}.${c}.0/24`;
        // Kcell's own begin with these; 127 is this machine.
        fc.pre(![2, 95, 127, 149, 151, 164, 178, 37, 46, 31, 176, 213, 185, 193, 194, 195].includes(a));
        expect(() =>
          sweepOf(`sweep: { contact: probes@example.org, prefixes: [{ cidr: ${cidr}, operator: kcell }] }`),
        ).toThrow(/sweep\.prefixes\[0\]\.cidr/);
      }),
      { numRuns: 20 },
    );
  });
});
