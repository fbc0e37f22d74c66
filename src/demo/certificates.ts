/**
 * Throwaway certificates for the demo's internet: an authority that the demo's vantages are told to trust, and a forger's,
 * which nobody trusts. Keys are made at start, kept in memory and gone with the process.
 */
import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { JsonGeneralNames, X509Certificate } from '@peculiar/x509';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
/** Scenarios are dated in many years, and certificates are checked against the machine's clock: valid in all of them. */
const NOT_BEFORE = new Date('2015-01-01T00:00:00Z');
const NOT_AFTER = new Date('2049-12-31T00:00:00Z');

/** Marks every certificate of the demo, so that none can be taken for a real one. */
const DEMO_MARK = 'Aiqyn demo';

type Keys = webcrypto.CryptoKeyPair;

/** PEM, as node:tls takes it. */
export interface Credentials {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  readonly caPem: string;
  /** A fresh leaf for these names, with the root behind it; addresses become IP names. */
  issue(names: readonly string[], addresses: readonly string[]): Promise<Credentials>;
}

/** @param commonName the root's name, e.g. `Aiqyn demo root`. */
export async function createAuthority(commonName: string, organization: string): Promise<Authority> {
  cryptoProvider.set(webcrypto);
  const rootKeys = await newKeys();
  // One key for all leaves: they differ in name, which is all that a client can check.
  const leafKeys = await newKeys();
  const subject = `CN=${commonName}, O=${organization}, OU=${DEMO_MARK}, C=KZ`;
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: subject,
    notBefore: NOT_BEFORE,
    notAfter: NOT_AFTER,
    keys: rootKeys,
    signingAlgorithm: SIGNING,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });
  const caPem = root.toString('pem');
  const keyPem = await privatePem(leafKeys);
  return {
    caPem,
    issue: async (names, addresses) => {
      const leaf = await newLeaf(root, rootKeys, leafKeys, [
        ...names.map((value) => ({ type: 'dns' as const, value })),
        ...addresses.map((value) => ({ type: 'ip' as const, value })),
      ]);
      return { key: keyPem, cert: `${leaf.toString('pem')}\n${caPem}` };
    },
  };
}

async function newLeaf(
  root: X509Certificate,
  rootKeys: Keys,
  leafKeys: Keys,
  names: JsonGeneralNames,
): Promise<X509Certificate> {
  const commonName = names[0]?.value ?? 'unnamed';
  return X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: `CN=${commonName}, OU=${DEMO_MARK}`,
    issuer: root.subject,
    notBefore: NOT_BEFORE,
    notAfter: NOT_AFTER,
    signingAlgorithm: SIGNING,
    publicKey: leafKeys.publicKey,
    signingKey: rootKeys.privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names),
      await AuthorityKeyIdentifierExtension.create(root),
    ],
  });
}

async function newKeys(): Promise<Keys> {
  return webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
}

/** 16 random octets, first bit clear so that the number is positive. */
function newSerial(): string {
  const bytes = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return bytes.toString('hex');
}

async function privatePem(keys: Keys): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
}
