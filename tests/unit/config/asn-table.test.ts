import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openAsnTable } from '../../../src/config/asn-table.ts';
import { ConfigError } from '../../../src/errors.ts';
import { mmdbOf } from '../../support/mmdb-writer.ts';

const dir = mkdtempSync(join(tmpdir(), 'aiqyn-test-'));

function fileOf(name: string, content: Buffer | string): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

const whole = mmdbOf({ '92.46.0.0/15': { autonomous_system_number: 9198 } });
const behindTheTree = whole.subarray(whole.indexOf('\u00ab\u00cd\u00efMaxMind.com', 0, 'latin1'));

describe('openAsnTable(file)', () => {
  const table = openAsnTable(
    fileOf(
      'asn.mmdb',
      mmdbOf({
        '92.46.0.0/15': { autonomous_system_number: 9198 },
        '5.34.0.0/17': { asn: 'AS29355', name: 'Kcell' },
        '198.51.100.0/24': { asn: 'nonsense' },
      }),
    ),
  );

  it.each([
    { address: '92.47.1.2', asn: 9198, because: 'MaxMind and DB-IP name the number so' },
    { address: '5.34.127.255', asn: 29_355, because: 'IPinfo writes it with AS before it' },
    { address: '5.34.128.0', asn: null, because: 'it lies beyond the network' },
    { address: '198.51.100.7', asn: null, because: 'the table has no number there' },
    { address: 'not an address', asn: null, because: 'it is no address' },
    { address: '2001:db8::1', asn: null, because: 'the table has IPv4 alone' },
  ])('finds $asn for $address: $because', ({ address, asn }) => {
    expect(table(address)).toBe(asn);
  });

  it.each([
    { what: 'a file that is not there', file: join(dir, 'nowhere.mmdb'), says: /cannot be read/ },
    { what: 'a file of another format', file: fileOf('page.html', '<html>'), says: /MaxMind/ },
    { what: 'a file whose tree is lost', file: fileOf('cut.mmdb', behindTheTree), says: /damaged/ },
  ])('says what is wrong with $what', ({ file, says }) => {
    expect(() => openAsnTable(file)).toThrow(ConfigError);
    expect(() => openAsnTable(file)).toThrow(says);
  });

  it('says at a lookup that the table is damaged, because only then it is seen', () => {
    const scrambled = Buffer.from(whole);
    // The networks' records point into the data; of the data nothing is left but bytes that are no value.
    const data = scrambled.indexOf(Buffer.alloc(16)) + 16;
    scrambled.fill(0xff, data, scrambled.indexOf('\u00ab\u00cd\u00efMaxMind.com', 0, 'latin1'));
    const damaged = openAsnTable(fileOf('scrambled.mmdb', scrambled));
    expect(damaged('8.8.8.8')).toBeNull();
    expect(() => damaged('92.46.0.1')).toThrow(ConfigError);
    expect(() => damaged('92.46.0.1')).toThrow(/scrambled\.mmdb: is a damaged table/);
  });
});
