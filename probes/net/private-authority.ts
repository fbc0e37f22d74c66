/**
 * Certificates of a service that signs its own, as Signal does: trusted when signatures lead from the leaf to a key that the
 * catalogue names. The authority's certificate must be among those presented; a key alone verifies nothing.
 */
import { createHash } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import { FAILURE } from '../failure.ts';

/** OONI's failure word, or null where `chain` (leaf first) is good for `serverName` now. */
export function privateFailure(
  chain: readonly X509Certificate[],
  rootKeys: readonly string[],
  serverName: string,
  nowMs: number = Date.now(),
): string | null {
  const [leaf] = chain;
  if (leaf === undefined || !isSignedBy(chain, rootKeys)) return FAILURE.tlsAuthority;
  if (!chain.every((one) => isValidAt(one, nowMs))) return FAILURE.tlsCertificate;
  return leaf.checkHost(serverName) === undefined ? FAILURE.tlsHostname : null;
}

function isSignedBy(chain: readonly X509Certificate[], rootKeys: readonly string[]): boolean {
  const links = chain.slice(0, -1).map((one, index) => ({ one, issuer: chain[index + 1] }));
  const areLinked = links.every(
    ({ one, issuer }) =>
      issuer !== undefined && issuer.ca && one.checkIssued(issuer) && one.verify(issuer.publicKey),
  );
  const root = chain.length > 1 ? chain.at(-1) : undefined;
  return areLinked && root !== undefined && rootKeys.includes(keyHash(root));
}

function keyHash(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex');
}

function isValidAt(certificate: X509Certificate, nowMs: number): boolean {
  return Date.parse(certificate.validFrom) <= nowMs && nowMs <= Date.parse(certificate.validTo);
}
