/** Rules for names: what the user's resolver said, against the control and the encrypted resolvers. */
import { isBogon } from '../address.ts';
import { bearsSitesMarks, isRefusal, isSamePage } from '../compare.ts';
import type { Evidence, Hop, Lookup } from '../evidence.ts';
import { dnsMethodOf, isResolverOutage } from '../failures.ts';
import { controlReached, SOURCES, someOf } from '../rule.ts';
import type { Finding, Rule } from '../rule.ts';
import type { Method, Status } from '../verdict.ts';
import { hasVerifiedHandshake, isDenied, isProven, pageOf } from './ok.ts';
import type { Page } from './ok.ts';

function dns(
  status: Status,
  method: Method,
  confidence: number,
  failure: string | null,
  ...reasons: readonly string[]
): Finding {
  return { status, layer: 'dns', method, failure, confidence, reasons };
}

function others(hop: Hop): { readonly answered: readonly Lookup[]; readonly encrypted: readonly Lookup[] } {
  const rest = hop.lookups.filter((lookup) => lookup.engine !== 'system' && lookup.failure === null);
  return { answered: rest, encrypted: rest.filter((lookup) => lookup.engine === 'encrypted') };
}

const CONFIDENCE_INJECTED = 0.95;

/** A late answer shows the first to have been injected: surer, and said so. */
function withInjection(finding: Finding, { outcome, first, injection }: Evidence): Finding {
  if (injection === null || outcome.hop !== first) return finding;
  const when =
    injection.elapsedMs === null ? 'later' : `${Math.round(injection.elapsedMs)} ms after the question`;
  return {
    ...finding,
    confidence: Math.max(finding.confidence, CONFIDENCE_INJECTED),
    reasons: [
      ...finding.reasons,
      `A second answer, ${when}, held ${someOf(injection.addresses)}: the first was injected on the way.`,
    ],
  };
}

/** A name that does not exist anywhere is answered inside: the answer was made up on the way ("ghost" blocking). */
function nameThatIsNot(evidence: Evidence): Finding | null {
  const { first, control } = evidence;
  if (!control.live || !control.nameMissing || first.addresses.length === 0) return null;
  if (hasVerifiedHandshake(evidence) || others(first).encrypted.length > 0) return null;
  const denied = isDenied(first);
  return dns(
    'blocked',
    isBogonOnly(first) ? 'bogon' : 'injected_answer',
    denied ? 0.6 : 0.5,
    null,
    `${first.host} does not exist for the control${denied ? ' nor for an encrypted resolver' : ''}, yet it was answered here with ${someOf(first.addresses)}.`,
  );
}

function isBogonOnly(hop: Hop): boolean {
  return hop.addresses.every(isBogon);
}

/** Two clear-text resolvers agree on a strange network while the encrypted one and the control name the site's. */
function isPathForged({ first }: Evidence): boolean {
  const own = new Set(first.addresses);
  const clear = first.lookups.filter((lookup) => lookup.engine === 'clear' && lookup.failure === null);
  const { encrypted } = others(first);
  const system = first.lookups.some((lookup) => lookup.engine === 'system' && lookup.failure === null);
  return (
    system &&
    encrypted.length > 0 &&
    clear.some((lookup) => lookup.addresses.length > 0) &&
    clear.every((lookup) => lookup.addresses.every((address) => own.has(address)))
  );
}

/** The control's page, or a refusal that bears the site's own marks. */
function isGenuine({ fetch, comparison }: Page, { control }: Evidence): boolean {
  if (comparison === null || control.page === null) return false;
  return (
    isSamePage(comparison) || (isRefusal(fetch.code) && bearsSitesMarks(fetch, control.page, comparison))
  );
}

/** What was asked for came: the site's page, or a handshake that proves the site where no other page shows. */
function isSiteReached(evidence: Evidence): boolean {
  const page = pageOf(evidence);
  if (page === null) return evidence.outcome.kind === 'handshake';
  if (isProven(evidence) || isGenuine(page, evidence)) return true;
  return page.fetch.fingerprints.length === 0 && hasVerifiedHandshake(evidence);
}

function relay(evidence: Evidence): Finding | null {
  if (evidence.consistency !== 'inconsistent' || !isSiteReached(evidence)) return null;
  const { first, outcome } = evidence;
  const isShown = hasVerifiedHandshake(evidence) || isProven(evidence);
  if (isShown && !isPathForged(evidence)) return null;
  return dns(
    'tampered',
    'relay',
    isShown ? 0.45 : 0.6,
    null,
    `${first.host} was answered with ${someOf(first.addresses)}, in a network where neither the control nor an encrypted resolver has it.`,
    outcome.kind === 'page'
      ? 'The genuine page came through it all the same: something relays it.'
      : 'A handshake under the site’s own certificate came through it all the same: something relays it.',
  );
}

function bogon(evidence: Evidence): Finding | null {
  const { outcome, control } = evidence;
  if (!controlReached(evidence) || outcome.kind !== 'failed' || outcome.stage !== 'dns') return null;
  if (outcome.failure !== 'dns_bogon_error' || control.addresses.some(isBogon)) return null;
  const finding = dns(
    'blocked',
    'bogon',
    0.9,
    outcome.failure,
    `${outcome.hop.host} was answered with ${someOf(outcome.hop.addresses)}, where no public site can be; the control reached it.`,
  );
  return withInjection(finding, evidence);
}

function lookupFails(evidence: Evidence): Finding | null {
  const { outcome, connectivity } = evidence;
  if (!controlReached(evidence) || outcome.kind !== 'failed' || outcome.stage !== 'dns') return null;
  const { answered } = others(outcome.hop);
  const word = outcome.failure;
  // A resolver that is merely broken fails alike for every name: only rings that are up tell the two apart.
  if (isResolverOutage(word) && connectivity !== 'online') return null;
  const rest =
    answered.length > 0
      ? `another resolver answered with ${someOf(answered.flatMap((lookup) => lookup.addresses))}`
      : 'the control resolves and reaches it';
  const finding = dns(
    'blocked',
    dnsMethodOf(word),
    isResolverOutage(word) ? 0.5 : answered.length > 0 ? 0.9 : 0.75,
    word,
    `The lookup of ${outcome.hop.host} failed with ${word}, while ${rest}.`,
  );
  return withInjection(finding, evidence);
}

function strangeAnswer(evidence: Evidence): Finding | null {
  const { outcome, first, control } = evidence;
  if (!controlReached(evidence) || evidence.consistency !== 'inconsistent') return null;
  if (outcome.hop !== first && outcome.kind !== 'page') return null;
  // Behind a certificate that verifies the answer was genuine, whatever failed after it.
  if (hasVerifiedHandshake(evidence)) return null;
  const ending =
    outcome.kind === 'failed'
      ? `what is there failed with ${outcome.failure}`
      : 'what is there gave no page that the control knows';
  const finding = dns(
    'blocked',
    'injected_answer',
    others(first).encrypted.length > 0 ? 0.85 : 0.7,
    outcome.kind === 'failed' ? outcome.failure : null,
    `${first.host} was answered with ${someOf(first.addresses)} (AS ${asText(evidence)}); the control has ${someOf(control.addresses)}.`,
    `At that address ${ending}.`,
  );
  return withInjection(finding, evidence);
}

function asText({ first, asnOf }: Evidence): string {
  return someOf(first.addresses.map((address) => String(asnOf(address) ?? 'unknown')));
}

export const DNS_FIRST: readonly Rule[] = [
  {
    id: 'dns.name_that_is_not',
    when: 'The live control says that the name does not exist, no encrypted resolver knows it, no certificate verifies, and yet the user’s resolver gives an address.',
    says: 'blocked / dns / injected_answer or bogon',
    confidence: '0.6; 0.5 where no encrypted resolver denied the name',
    source: 'OONI QA, ghost DNS blocking (probe issue 2293)',
    decide: nameThatIsNot,
  },
  {
    id: 'dns.relay',
    when: 'The answers lie in a network that neither the control nor an encrypted resolver has, and the genuine page, or a handshake that proves the site, comes from there: under no certificate, or with two clear-text resolvers alike forged.',
    says: 'tampered / dns / relay',
    confidence: '0.6; 0.45 where a certificate verified',
    source: 'OONI QA, DNS hijacking to a proxy (seen there as accessible)',
    decide: relay,
  },
];

export const DNS: readonly Rule[] = [
  {
    id: 'dns.bogon',
    when: 'The user’s resolver gives only addresses where no public site can be; the control reached the target elsewhere.',
    says: 'blocked / dns / bogon',
    confidence: `0.9; ${CONFIDENCE_INJECTED} where a late answer gives the injection away`,
    source: SOURCES.ooniWeb,
    decide: bogon,
  },
  {
    id: 'dns.lookup_fails',
    when: 'The user’s lookup fails while the control reaches the target. Words of a broken resolver count only while the rings are up.',
    says: 'blocked / dns / nxdomain, servfail, refused, no_answer',
    confidence: `0.9 where another resolver answered inside; 0.75; 0.5 for timeouts; ${CONFIDENCE_INJECTED} with a late answer`,
    source: SOURCES.ooniWeb,
    decide: lookupFails,
  },
  {
    id: 'dns.strange_answer',
    when: 'The answers lie in a network that neither the control nor an encrypted resolver has, or where the control finds no certificate for the name, and what is there fails or shows another page.',
    says: 'blocked / dns / injected_answer',
    confidence: `0.85 with an encrypted resolver to compare; 0.7; ${CONFIDENCE_INJECTED} with a late answer`,
    source: SOURCES.ooniWeb,
    decide: strangeAnswer,
  },
];
