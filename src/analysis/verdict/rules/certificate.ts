/** Rules for certificates: forged ones, known and unknown. Never by the ordinary national root's name. */
import type { Evidence, Handshake } from '../evidence.ts';
import { isForOthers } from '../certificates.ts';
import { mannerOf } from '../failures.ts';
import { controlReached, inconclusive, SOURCES, someOf } from '../rule.ts';
import type { Finding, Rule } from '../rule.ts';

const PROOFS = {
  certificate: { confidence: 0.97, words: 'one of its certificates is' },
  key: { confidence: 0.95, words: 'one of its keys is' },
  issuer: { confidence: 0.8, words: 'its issuer bears the name of' },
} as const;

function knownInterceptor(evidence: Evidence): Finding | null {
  const { interception } = evidence;
  if (interception === null) return null;
  const { interceptor, by, handshake } = interception;
  const proof = PROOFS[by];
  return {
    status: 'intercepted',
    layer: 'tls',
    method: 'forged_certificate',
    failure: handshake.failure,
    confidence: proof.confidence,
    reasons: [
      `The handshake with ${handshake.place} under the name ${handshake.name} showed a forged chain: ${proof.words} the known interceptor ${interceptor.id}.`,
      ...chainReasons([handshake], evidence),
    ],
  };
}

/** Handshakes on the user's path whose certificate failed, where the path ended so. */
function badHandshakes({ outcome }: Evidence): readonly Handshake[] | null {
  if (outcome.kind !== 'failed' || outcome.stage !== 'tls' || mannerOf(outcome.failure) !== 'certificate')
    return null;
  return outcome.hop.handshakes.filter((seen) => seen.onPath && seen.failure !== null);
}

/** A chain that has run out may be right and our clock wrong: only a chain that is not the control's then counts. */
function doubtfulClock(evidence: Evidence): Finding | null {
  const bad = badHandshakes(evidence);
  const { outcome } = evidence;
  if (bad === null || outcome.kind !== 'failed' || outcome.failure !== 'ssl_invalid_certificate') return null;
  if (bad.some((seen) => kinship(seen, evidence) === 'other')) return null;
  return inconclusive(
    outcome.failure,
    `The certificate of ${outcome.hop.host} is out of its dates here; the vantage’s clock may be wrong.`,
  );
}

/** The control verified this very leaf, or the key that signed it: what fails is this machine's own trust, or its clock. */
function distrustedHere(evidence: Evidence): Finding | null {
  const bad = badHandshakes(evidence);
  const { outcome } = evidence;
  if (bad === null || outcome.kind !== 'failed' || !controlReached(evidence)) return null;
  if (bad.length === 0 || bad.some((seen) => kinship(seen, evidence) !== 'same')) return null;
  return inconclusive(
    outcome.failure,
    `The chain shown for ${outcome.hop.host} is the one that the control verified, yet it fails here (${outcome.failure}): this machine’s own trust is at fault.`,
  );
}

/** A chain against those that the control verified anywhere; `unknown` where one of the two was not kept. */
function kinship(handshake: Handshake, { control, chainOf }: Evidence): 'same' | 'other' | 'unknown' {
  const chain = chainOf(handshake);
  const leaf = chain.sha256[0];
  const theirs = [...control.chains]
    .filter(([place]) => control.tls.get(place) === null)
    .map(([, sha256]) => sha256[0])
    .filter((sha256) => sha256 !== undefined);
  if (leaf === undefined || theirs.length === 0) return 'unknown';
  return theirs.includes(leaf) || chain.signerKeys.some((key) => control.signers.has(key)) ? 'same' : 'other';
}

/**
 * Who intercepts forges a certificate for the target's name, so that people go on; who shows another host's certificate
 * has put another server in the target's place, such as that of a block page.
 */
function otherServer(evidence: Evidence): Finding | null {
  const bad = badHandshakes(evidence);
  const { outcome } = evidence;
  if (bad === null || bad.length === 0 || outcome.kind !== 'failed' || !controlReached(evidence)) return null;
  const names = bad.map((seen) => evidence.chainOf(seen).leaf?.names ?? []);
  if (!names.every((each) => isForOthers(each, outcome.hop.host))) return null;
  return {
    status: 'blocked',
    layer: 'tls',
    method: 'blockpage',
    failure: outcome.failure,
    confidence: 0.6,
    reasons: [
      `In place of ${outcome.hop.host} another server answered, with a certificate for ${someOf(names.flat())} (${outcome.failure}${placesText(bad)}); the control's verifies.`,
    ],
  };
}

const FORGERY_CONFIDENCE: Readonly<Record<string, number>> = {
  ssl_unknown_authority: 0.65,
  ssl_invalid_certificate: 0.55,
  ssl_invalid_hostname: 0.5,
};
/** For a leaf that is not the control's. */
const OTHER_CHAIN_CONFIDENCE = 0.2;

function unknownForgery(evidence: Evidence): Finding | null {
  const bad = badHandshakes(evidence);
  const { outcome } = evidence;
  if (bad === null || outcome.kind !== 'failed' || !controlReached(evidence)) return null;
  const isOther = bad.length > 0 && bad.every((seen) => kinship(seen, evidence) === 'other');
  return {
    status: 'intercepted',
    layer: 'tls',
    method: 'forged_certificate',
    failure: outcome.failure,
    confidence: round((FORGERY_CONFIDENCE[outcome.failure] ?? 0.5) + (isOther ? OTHER_CHAIN_CONFIDENCE : 0)),
    reasons: [
      `Unknown forgery: the certificate shown for ${outcome.hop.host} does not verify here (${outcome.failure}${placesText(bad)}), while it does for the control.`,
      ...chainReasons(bad, evidence),
      ...(isOther ? ['The control saw another chain.'] : []),
    ],
  };
}

function round(confidence: number): number {
  return Math.round(confidence * 100) / 100;
}

const CHAINS_NAMED_MAX = 3;

/** The chains by their hashes, so that they can be found again in the record and compared with others'. */
function chainReasons(bad: readonly Handshake[], { chainOf }: Evidence): string[] {
  const sentences = bad.map((seen) => {
    const { sha256, leaf } = chainOf(seen);
    if (sha256.length === 0) return '';
    return `The chain shown has the SHA-256 ${sha256.join(', ')}${leaf === null ? '' : `, its leaf signed by ${leaf.issuer}`}.`;
  });
  return [...new Set(sentences)]
    .filter((sentence) => sentence !== '')
    .sort()
    .slice(0, CHAINS_NAMED_MAX);
}

function placesText(bad: readonly Handshake[]): string {
  return bad.length === 0 ? '' : `, ${someOf(bad.map((seen) => seen.place))}`;
}

/** No control, but the catalogue knows who signs for this target, and rings that are up rule out a captive portal. */
function unexpectedIssuer(evidence: Evidence): Finding | null {
  const bad = badHandshakes(evidence);
  const issuers = evidence.expectation?.issuers ?? [];
  const { outcome } = evidence;
  if (bad === null || outcome.kind !== 'failed' || outcome.failure !== 'ssl_unknown_authority') return null;
  if (issuers.length === 0 || evidence.connectivity !== 'online') return null;
  const signers = bad
    .map((seen) => evidence.chainOf(seen).leaf?.issuer ?? null)
    .filter((signer) => signer !== null);
  if (signers.length === 0 || signers.some((signer) => isExpected(signer, issuers))) return null;
  return {
    status: 'intercepted',
    layer: 'tls',
    method: 'forged_certificate',
    failure: outcome.failure,
    confidence: 0.5,
    reasons: [
      `Unknown forgery: by the catalogue nobody signs for ${outcome.hop.host} under the name ${someOf(signers)}.`,
      ...chainReasons(bad, evidence),
    ],
  };
}

/** The catalogue names words of which one stands in the issuer of an honest leaf. */
function isExpected(signer: string, words: readonly string[]): boolean {
  return words.some((word) => signer.toLowerCase().includes(word.toLowerCase()));
}

export const CERTIFICATE_FIRST: readonly Rule[] = [
  {
    id: 'tls.known_interceptor',
    when: 'A chain shown under the target’s name holds a known interceptor’s certificate or key, expired or not, or is signed in its name.',
    says: 'intercepted / tls / forged_certificate',
    confidence: '0.97 by certificate, 0.95 by key, 0.8 by issuer',
    source: `${SOURCES.imc2020}; ${SOURCES.ooni2024}`,
    decide: knownInterceptor,
  },
];

export const CERTIFICATE: readonly Rule[] = [
  {
    id: 'tls.doubtful_clock',
    when: 'The chain is out of its dates, and nothing shows it to be another chain than the control’s.',
    says: 'inconclusive',
    confidence: '0',
    source: SOURCES.design,
    decide: doubtfulClock,
  },
  {
    id: 'tls.distrusted_here',
    when: 'The chain does not verify here, and its leaf, or the key that signed it, is one that the control verified.',
    says: 'inconclusive',
    confidence: '0',
    source: SOURCES.design,
    decide: distrustedHere,
  },
  {
    id: 'tls.other_server',
    when: 'The chain does not verify here, its leaf is for other hosts than the target, and the control’s chain verifies.',
    says: 'blocked / tls / blockpage',
    confidence: '0.6',
    source: 'Aiqyn design: an interceptor forges the target’s own name, a block page’s server shows its own',
    decide: otherServer,
  },
  {
    id: 'tls.unknown_forgery',
    when: 'The chain does not verify here, the answers are not strange, and the control’s chain verifies. The chain is named by its hashes.',
    says: 'intercepted / tls / forged_certificate',
    confidence: `0.65 unknown authority, 0.55 dates, 0.5 name; ${OTHER_CHAIN_CONFIDENCE} more where the control saw another chain`,
    source: SOURCES.imc2020,
    decide: unknownForgery,
  },
  {
    id: 'tls.unexpected_issuer',
    when: 'Without a live control: the chain does not verify, its leaf is signed by nobody whom the catalogue expects, and the rings are up.',
    says: 'intercepted / tls / forged_certificate',
    confidence: '0.5',
    source: SOURCES.imc2020,
    decide: unexpectedIssuer,
  },
];
