/** Whether a chain of certificates proves a name, as a browser would find it: Atlas' probes show chains and do not judge them. */
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { FAILURE } from '../../../probes/failure.ts';

/** No honest chain is longer. */
const CHAIN_LENGTH_MAX = 10;

let ownRoots: readonly X509Certificate[] | null = null;

/** Mozilla's, as Node brings them; reading them takes a while. */
function roots(): readonly X509Certificate[] {
  ownRoots ??= rootCertificates.map((pem) => new X509Certificate(pem));
  return ownRoots;
}

/** The certificates of a chain, leaf first; null where one of them cannot be read. */
export function readChain(pems: readonly string[]): readonly X509Certificate[] | null {
  try {
    return pems.slice(0, CHAIN_LENGTH_MAX).map((pem) => new X509Certificate(pem));
  } catch {
    return null;
  }
}

/**
 * Null where the chain leads to a root and is for `hostname` at `atMs` (UTC epoch milliseconds), else OONI's word for why not.
 * @param more roots besides Mozilla's, for a world of its own.
 */
export function chainFailure(
  chain: readonly X509Certificate[],
  hostname: string,
  atMs: number,
  more: readonly X509Certificate[] = [],
): string | null {
  const [leaf] = chain;
  if (leaf === undefined) return FAILURE.tlsCertificate;
  if (!isTrusted(chain, [...roots(), ...more])) return FAILURE.tlsAuthority;
  if (leaf.checkHost(hostname) === undefined) return FAILURE.tlsHostname;
  return isInDates(leaf, atMs) ? null : FAILURE.tlsCertificate;
}

function isInDates({ validFrom, validTo }: X509Certificate, atMs: number): boolean {
  return Date.parse(validFrom) <= atMs && atMs <= Date.parse(validTo);
}

/** From the leaf up, each by the next that signed it, whatever order the others were sent in, until a root signed it. */
function isTrusted(chain: readonly X509Certificate[], trusted: readonly X509Certificate[]): boolean {
  let [current] = chain;
  const others = new Set(chain.slice(1));
  while (current !== undefined) {
    const below = current;
    if (trusted.some((root) => root.fingerprint256 === below.fingerprint256 || isSignedBy(below, root)))
      return true;
    current = [...others].find((candidate) => candidate.ca && isSignedBy(below, candidate));
    if (current !== undefined) others.delete(current);
  }
  return false;
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
