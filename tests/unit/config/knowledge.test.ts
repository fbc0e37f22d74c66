import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../../src/config/knowledge.ts';
import { nearest } from '../../../src/config/nearest.ts';
import { findPackageRoot, packageRoot } from '../../../src/config/package-root.ts';

const knowledge = buildKnowledge(loadCatalog());
const QAZNET = '00309c736dd661da6f1eb24173aa849944c168a43a15bffd192eecfdb6f8dbd2';
const pem = readFileSync(join(packageRoot(), 'probes', 'catalog', 'interceptors', `${QAZNET}.pem`));
const der = new X509Certificate(pem).raw;

describe('buildKnowledge(catalog)', () => {
  it('reads a certificate', () => {
    const facts = knowledge.readCertificate(der.toString('base64'));
    expect(facts?.subject.split(',').sort()).toEqual(['C=KZ', 'CN=Qaznet Trust Network']);
    expect(facts?.issuer).toBe(facts?.subject);
    expect(facts?.names).toEqual(['qaznet trust network']);
    expect(facts).toMatchObject({
      sha256: QAZNET,
      sha1: '5811835eefaa2028835ab955da6829bf043a756d',
      spkiSha256: 'b5ba8dd7f89564c2889d3d6453c84998c77824919b64ea0835aa62986591be50',
      notBeforeMs: Date.parse('2016-02-02T05:41:00Z'),
      notAfterMs: Date.parse('2046-02-02T05:41:00Z'),
    });
  });

  it('finds the interceptor by what it reads', () => {
    const facts = knowledge.readCertificate(der.toString('base64'));
    expect(knowledge.interceptors.find(({ sha256 }) => sha256 === facts?.sha256)?.id).toBe('qaznet-2016');
  });

  it.each([
    ['nothing', ''],
    ['no certificate', Buffer.from('not a certificate').toString('base64')],
    ['a certificate cut short', der.subarray(0, 200).toString('base64')],
    ['a certificate with something behind it', Buffer.concat([der, Buffer.from('more')]).toString('base64')],
    ['far too much', 'A'.repeat(100_000)],
  ])('says null of %s', (_, text) => {
    expect(knowledge.readCertificate(text)).toBeNull();
    expect(knowledge.readCertificate(text)).toBeNull();
  });

  it('expects what the catalogue expects, and nothing where it is silent', () => {
    expect(knowledge.expectationOf('youtube-www')).toEqual({
      asns: [15169],
      issuers: ['Google Trust Services'],
    });
    expect(knowledge.expectationOf('press-vlast')).toBeNull();
    expect(knowledge.expectationOf('of-others')).toBeNull();
  });

  it('knows no networks without a table, and asks the one it is given', () => {
    expect(knowledge.asnOf('149.154.167.99')).toBeNull();
    expect(buildKnowledge(loadCatalog(), () => 62041).asnOf('149.154.167.99')).toBe(62041);
  });
});

describe('packageRoot()', () => {
  it('is where the package.json of Aiqyn lies', () => {
    expect(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).toContain('"name": "aiqyn"');
  });

  it('is not found above a folder of something else', () => {
    expect(findPackageRoot(tmpdir(), 'aiqyn')).toBeNull();
    expect(findPackageRoot(packageRoot(), 'something-else')).toBeNull();
  });
});

describe('nearest(word, known)', () => {
  it.each([
    ['prot', ['host', 'port'], 'port'],
    ['data_dir', ['plan', 'dataDir'], 'dataDir'],
    ['vantage', ['vantages', 'plan'], 'vantages'],
    ['telephone', ['host', 'port'], null],
    ['x', [], null],
    ['y'.repeat(1_000), ['yy'], null],
  ])('of %s among %o is %s', (word, known, guess) => {
    expect(nearest(word, known)).toBe(guess);
  });
});
