/** Forged chains: known ones by hash, unknown ones by what the control saw, and never an honest root by its name. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { judge } from '../../../../src/analysis/verdict/judge.ts';
import type { Verdict } from '../../../../src/analysis/verdict/verdict.ts';
import { loadCatalog } from '../../../../src/config/catalog-files.ts';
import { buildKnowledge, readCertificate } from '../../../../src/config/knowledge.ts';
import { packageRoot } from '../../../../src/config/package-root.ts';
import { createTestCa } from '../../../support/test-ca.ts';
import {
  HOST,
  SITE,
  controlSees,
  handshake,
  request,
  webMeasurement,
} from '../../../support/web-observations.ts';
import type { Fields, WebSpec } from '../../../support/web-observations.ts';

const folder = join(packageRoot(), 'probes', 'catalog', 'interceptors');
const catalog = loadCatalog();
const knowledge = buildKnowledge(catalog);

function derOf(pem: string): string {
  return new X509Certificate(pem).raw.toString('base64');
}

function showing(failure: string | null, ...chain: readonly string[]): Fields {
  return handshake(SITE, failure, { peer_certificates: chain.map((data) => ({ format: 'base64', data })) });
}

function verdictOn(spec: WebSpec): Verdict {
  return judge(webMeasurement(spec), knowledge);
}

function controlShows(chain: readonly string[], signers: readonly string[] = []): Fields {
  return controlSees({
    tls_handshake: {
      [`${SITE}:443`]: { status: true, x_aiqyn_chain_sha256: chain, x_aiqyn_issuers: signers },
    },
  });
}

describe('judge(chain with a certificate of the catalogue)', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.pem'));

  it('has certificates to look for', () => {
    expect(files.length).toBeGreaterThanOrEqual(10);
    expect(catalog.interceptors.length).toBeGreaterThanOrEqual(files.length);
  });

  it.each(files)('says intercepted of a chain that holds %s, without any control', (file) => {
    const der = derOf(readFileSync(join(folder, file), 'utf8'));
    const verdict = verdictOn({ tls: [showing('ssl_unknown_authority', der)], control: 'unasked' });
    expect(verdict).toMatchObject({ status: 'intercepted', confidence: 0.97, rule: 'tls.known_interceptor' });
    expect(verdict.reasons.join(' '), 'the chain can be found again').toContain(readCertificate(der)?.sha256);
  });

  it.each(files)('says so of %s when the people there installed it, so that the page works', (file) => {
    const der = derOf(readFileSync(join(folder, file), 'utf8'));
    const requests = [request(`https://${HOST}/`, SITE, {})];
    expect(verdictOn({ tls: [showing(null, der)], requests }).status).toBe('intercepted');
  });
});

describe('judge(chain of an unknown signer)', () => {
  const chains = { leaf: '', isca: '', national: '', unknown: '' };
  beforeAll(async () => {
    async function leafOf(signer: string): Promise<string> {
      return derOf((await (await createTestCa(signer)).issue(HOST)).cert);
    }
    chains.isca = await leafOf('Information Security Certification Authority,O=ISCA,C=KZ');
    chains.national = await leafOf('НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA),C=KZ');
    chains.unknown = await leafOf('Somebody Nobody Knows');
    chains.leaf = readCertificate(chains.unknown)?.sha256 ?? '';
  });

  it('knows a new leaf by the interceptor’s name, with less confidence', () => {
    const verdict = verdictOn({ tls: [showing('ssl_unknown_authority', chains.isca)], control: 'unasked' });
    expect(verdict).toMatchObject({ status: 'intercepted', confidence: 0.8, rule: 'tls.known_interceptor' });
  });

  it('counts an expired one: they were served for months after their end', async () => {
    const ca = await createTestCa('Information Security Certification Authority,O=ISCA,C=KZ');
    const validity = { from: new Date('2023-11-28T11:24:53Z'), to: new Date('2024-02-11T11:24:53Z') };
    const expired = derOf((await ca.issue(HOST, validity)).cert);
    expect(verdictOn({ tls: [showing('ssl_invalid_certificate', expired)] }).rule).toBe(
      'tls.known_interceptor',
    );
  });

  it('does not take the ordinary national root’s name for an interceptor’s', () => {
    const honest = verdictOn({
      tls: [showing(null, chains.national)],
      requests: [request(`https://${HOST}/`, SITE, {})],
    });
    expect(honest.status).toBe('ok');
    const untrusted = verdictOn({
      tls: [showing('ssl_unknown_authority', chains.national)],
      control: 'unasked',
    });
    expect(untrusted.status).toBe('inconclusive');
  });

  it('calls it an unknown forgery, and names the chain by its hash and signer', () => {
    const verdict = verdictOn({ tls: [showing('ssl_unknown_authority', chains.unknown)] });
    expect(verdict).toMatchObject({ status: 'intercepted', confidence: 0.65, rule: 'tls.unknown_forgery' });
    expect(verdict.reasons).toContain(
      `The chain shown has the SHA-256 ${chains.leaf}, its leaf signed by CN=Somebody Nobody Knows.`,
    );
  });

  it('is surer where the control saw another chain, and then does not blame the clock either', () => {
    const control = controlShows(['aa'.repeat(32)]);
    const tls = [showing('ssl_unknown_authority', chains.unknown)];
    const verdict = verdictOn({ tls, control });
    expect(verdict).toMatchObject({ status: 'intercepted', confidence: 0.85 });
    expect(verdict.reasons).toContain('The control saw another chain.');
    const outOfDate = [showing('ssl_invalid_certificate', chains.unknown)];
    expect(verdictOn({ tls: outOfDate, control })).toMatchObject({ status: 'intercepted', confidence: 0.75 });
    expect(verdictOn({ tls: outOfDate }).rule).toBe('tls.doubtful_clock');
  });

  it('blames this machine’s own trust where the control verified the very same chain', () => {
    const control = controlShows([chains.leaf]);
    const verdict = verdictOn({ tls: [showing('ssl_unknown_authority', chains.unknown)], control });
    expect(verdict).toMatchObject({ status: 'inconclusive', rule: 'tls.distrusted_here' });
  });

  it('does so where another leaf is signed by a key that signed for the control', async () => {
    const ca = await createTestCa('Honest Authority');
    const root = derOf(ca.pem);
    const leaf = derOf((await ca.issue(HOST)).cert);
    const control = controlShows(['aa'.repeat(32)], [readCertificate(root)?.spkiSha256 ?? '']);
    const verdict = verdictOn({ tls: [showing('ssl_unknown_authority', leaf, root)], control });
    expect(verdict.rule).toBe('tls.distrusted_here');
  });
});
