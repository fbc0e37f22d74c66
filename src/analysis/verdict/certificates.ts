/** Chains read through the caller's reader, once each, and matched with the known interceptors. */
import type { Chain, Handshake, Interception } from './evidence.ts';
import type { CertificateFacts, Knowledge, KnownInterceptor } from './verdict.ts';

/** No honest chain is longer. */
const CHAIN_LENGTH_MAX = 10;

export interface ChainReader {
  readonly facts: (handshake: Handshake) => readonly CertificateFacts[];
  readonly chain: (handshake: Handshake) => Chain;
}

/** Reads each certificate of a measurement once: one chain comes from many addresses. */
export function chainReader(knowledge: Knowledge): ChainReader {
  const read = new Map<string, CertificateFacts | null>();
  function factsOf(der: string): CertificateFacts | null {
    const known = read.get(der);
    if (known !== undefined) return known;
    const facts = knowledge.readCertificate(der);
    read.set(der, facts);
    return facts;
  }
  function chainFacts(handshake: Handshake): readonly CertificateFacts[] {
    return handshake.certificates
      .slice(0, CHAIN_LENGTH_MAX)
      .map((certificate) => factsOf(certificate.data))
      .filter((facts) => facts !== null);
  }
  return {
    facts: chainFacts,
    chain(handshake) {
      const facts = chainFacts(handshake);
      return {
        sha256: facts.length > 0 ? facts.map((each) => each.sha256) : handshake.chainSha256,
        leaf: facts[0] ?? null,
        signerKeys: facts
          .slice(1)
          .map((each) => each.spkiSha256)
          .filter((hash) => hash !== ''),
      };
    },
  };
}

const STRENGTH: readonly Interception['by'][] = ['certificate', 'key', 'issuer'];

/** The strongest match of any handshake; null where no known interceptor stands in any chain. */
export function findInterception(
  handshakes: readonly Handshake[],
  knowledge: Knowledge,
  reader: ChainReader,
): Interception | null {
  const found: Interception[] = [];
  for (const handshake of handshakes) {
    // Most records keep no chain of an honest handshake.
    if (handshake.certificates.length === 0 && handshake.chainSha256.length === 0) continue;
    const facts = reader.facts(handshake);
    const issuers = new Set(facts.map((each) => nameParts(each.issuer)));
    for (const interceptor of knowledge.interceptors) {
      const by = matchOf(interceptor, { facts, issuers, chainSha256: handshake.chainSha256 });
      if (by !== null) found.push({ interceptor, by, handshake });
    }
  }
  return [...found].sort(compare)[0] ?? null;
}

function compare(left: Interception, right: Interception): number {
  const byStrength = STRENGTH.indexOf(left.by) - STRENGTH.indexOf(right.by);
  if (byStrength !== 0) return byStrength;
  const leftKey = `${left.handshake.place} ${left.interceptor.id} ${left.handshake.failure ?? ''}`;
  const rightKey = `${right.handshake.place} ${right.interceptor.id} ${right.handshake.failure ?? ''}`;
  return leftKey < rightKey ? -1 : 1;
}

interface Shown {
  readonly facts: readonly CertificateFacts[];
  /** Sorted parts of the issuers' names. */
  readonly issuers: ReadonlySet<string>;
  readonly chainSha256: readonly string[];
}

function matchOf(
  interceptor: KnownInterceptor,
  { facts, issuers, chainSha256 }: Shown,
): Interception['by'] | null {
  if (interceptor.sha256 !== undefined && chainSha256.includes(interceptor.sha256)) return 'certificate';
  if (facts.some((each) => same(each.sha256, interceptor.sha256) || same(each.sha1, interceptor.sha1))) {
    return 'certificate';
  }
  if (facts.some((each) => same(each.spkiSha256, interceptor.spkiSha256))) return 'key';
  if (interceptor.subject === undefined || issuers.size === 0) return null;
  return issuers.has(nameParts(interceptor.subject)) ? 'issuer' : null;
}

function same(hash: string, wanted: string | undefined): boolean {
  return hash.toLowerCase() === wanted?.toLowerCase();
}

/** Distinguished names are written in either order, with commas or line ends. */
function nameParts(name: string): string {
  return name
    .split(/[,\n]/u)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .sort()
    .join('\n');
}

/** Whether a certificate with these names was made for other hosts than this one; false where it names none. */
export function isForOthers(names: readonly string[], host: string): boolean {
  return names.length > 0 && names.every((name) => !isNameOf(host, name));
}

/** Whether a certificate's name, which may begin with a wildcard label, covers the host. */
function isNameOf(host: string, name: string): boolean {
  if (name === host) return true;
  const dot = host.indexOf('.');
  return name.startsWith('*.') && dot > 0 && name.slice(1) === host.slice(dot);
}
