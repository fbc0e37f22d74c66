/** What a verdict may know besides the measurement, made from the catalogue; analysis itself touches no crypto library. */
import { createHash, X509Certificate } from 'node:crypto';
import type { Catalog, TargetFact } from '../../probes/catalog.ts';
import { blockpageReader } from './block-pages.ts';
import type { CertificateFacts, Knowledge } from '../analysis/verdict/verdict.ts';

/** Certificates whose facts are kept: a vantage sees a few hundred different ones, an archive a few thousand. */
export const CERTIFICATES_KEPT_MAX = 2_000;
/** Base64 characters; real certificates have 1,000 to 12,000. */
const CERTIFICATE_LENGTH_MAX = 65_536;

/**
 * Knowledge for `judge`. `asnOf` looks an address up in a table of networks; without one nothing is said of networks.
 * `readCertificate` remembers CERTIFICATES_KEPT_MAX answers, the newest used ones.
 */
export function buildKnowledge(catalog: Catalog, asnOf: Knowledge['asnOf'] = () => null): Knowledge {
  const expectations = new Map(catalog.targets.map((target) => [target.id, expectation(target)]));
  return {
    interceptors: catalog.interceptors.map(({ id, subject, sha256, sha1, spkiSha256 }) => ({
      id,
      subject,
      sha256,
      sha1,
      spkiSha256,
    })),
    blockpagesOf: blockpageReader(catalog.blockpages),
    readCertificate: remembered(readCertificate, CERTIFICATES_KEPT_MAX),
    asnOf,
    expectationOf: (targetId) => expectations.get(targetId) ?? null,
  };
}

function expectation(target: TargetFact): { asns: number[]; issuers: string[] } | null {
  if (target.expect === undefined) return null;
  return {
    asns: (target.expect.asns ?? []).map((asn) => Number(asn.slice(2))),
    issuers: target.expect.issuers ?? [],
  };
}

/** Facts of one DER certificate (base64); null when it is none. Hashes are lower-case hex. */
export function readCertificate(derBase64: string): CertificateFacts | null {
  if (derBase64.length > CERTIFICATE_LENGTH_MAX) return null;
  const der = Buffer.from(derBase64, 'base64');
  const certificate = parse(der);
  if (certificate === null) return null;
  return {
    sha256: createHash('sha256').update(der).digest('hex'),
    sha1: createHash('sha1').update(der).digest('hex'),
    spkiSha256: spkiSha256(certificate),
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: namesOf(certificate),
    notBeforeMs: Date.parse(certificate.validFrom),
    notAfterMs: Date.parse(certificate.validTo),
  };
}

function parse(der: Buffer): X509Certificate | null {
  try {
    const certificate = new X509Certificate(der);
    // Bytes after the certificate would change its hash and not its contents: not the certificate it claims to be.
    return certificate.raw.equals(der) ? certificate : null;
  } catch {
    // What a middlebox sends need not be a certificate: that is a finding of the measurement, not an error here.
    return null;
  }
}

/** Empty where this Node cannot read the key, such as the GOST keys of the national PKI: the other hashes still hold. */
function spkiSha256(certificate: X509Certificate): string {
  try {
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(spki).digest('hex');
  } catch {
    return '';
  }
}

const SUBJECT_NAMES_MAX = 100;

/** `subjectAltName` reads `DNS:a.example, IP Address:192.0.2.1`; names in quotes hold what is no host name. */
function namesOf(certificate: X509Certificate): string[] {
  const alternative = certificate.subjectAltName ?? '';
  const entries = alternative === '' ? [] : alternative.split(', ');
  const named = entries.filter((entry) => entry.startsWith('DNS:')).map((entry) => entry.slice(4));
  const common = /(?:^|\n)CN=([^\n]+)/u.exec(certificate.subject)?.[1];
  const names = entries.length > 0 || common === undefined ? named : [common];
  return names.slice(0, SUBJECT_NAMES_MAX).map((name) => name.toLowerCase());
}

/** Node separates a name's parts by line breaks; shown and matched as `CN=…,O=…`. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(',');
}

/** The same function with a memory of its `keepMax` most recently used answers, keyed by the argument's hash. */
function remembered<T>(read: (text: string) => T, keepMax: number): (text: string) => T {
  const answers = new Map<string, { readonly answer: T }>();
  return (text) => {
    const key = createHash('sha256').update(text).digest('base64');
    const known = answers.get(key) ?? { answer: read(text) };
    // A Map keeps the order of insertion, so the first key is the one not used for longest.
    answers.delete(key);
    answers.set(key, known);
    for (const oldest of answers.keys()) {
      if (answers.size <= keepMax) break;
      answers.delete(oldest);
    }
    return known.answer;
  };
}
