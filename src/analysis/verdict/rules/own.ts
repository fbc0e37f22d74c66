/** Rules for our own trouble: what is never counted as anybody's block. */
import { isV6 } from '../address.ts';
import type { ControlView, Evidence } from '../evidence.ts';
import { mannerOf } from '../failures.ts';
import { inconclusive, SOURCES } from '../rule.ts';
import type { Finding, Rule } from '../rule.ts';

function aborted({ abort }: Evidence): Finding | null {
  if (abort === null) return null;
  return inconclusive(null, `The run ended through our own fault (${abort}).`);
}

function empty(evidence: Evidence): Finding | null {
  return evidence.isEmpty ? inconclusive(null, 'Nothing was observed.') : null;
}

/** IPv6 alone without a route is no network's fault worth naming; IPv4 without one is this vantage's. */
function noRoute({ outcome }: Evidence): Finding | null {
  if (outcome.kind !== 'failed' || mannerOf(outcome.failure) !== 'local') return null;
  const tried = outcome.hop.endpoints.map((endpoint) => endpoint.ip);
  if (tried.length > 0 && tried.every(isV6)) {
    return inconclusive(outcome.failure, `Only IPv6 addresses were tried and this vantage has no way there.`);
  }
  return {
    status: 'offline',
    layer: 'network',
    method: null,
    failure: outcome.failure,
    confidence: 0.6,
    reasons: [`This machine or its own network refused: ${outcome.failure} for ${outcome.hop.host}.`],
  };
}

/**
 * Through a proxy a connection that breaks may be broken by the proxy. Two things still prove themselves: a certificate, and a
 * name that fails where a harmless one to the same place was answered.
 */
function throughProxy({ isProxied, outcome }: Evidence): Finding | null {
  if (!isProxied || outcome.kind !== 'failed' || mannerOf(outcome.failure) === 'certificate') return null;
  const isPaired = outcome.hop.harmless.some(
    ({ failure }) => failure === null || mannerOf(failure) === 'certificate',
  );
  if (isPaired && outcome.stage === 'tls') return null;
  return inconclusive(
    outcome.failure,
    `${outcome.hop.host} failed with ${outcome.failure} through a proxy, whose own failure would look the same.`,
  );
}

const WHY: Readonly<Record<ControlView['kind'], string>> = {
  unasked: 'there is no control',
  silent: 'the control did not answer',
  reached: 'the control’s answer is an old one',
  failed: 'the control’s answer is an old one',
};

function noLiveControl({ outcome, control }: Evidence): Finding | null {
  if (control.kind === 'reached' && control.live) return null;
  const what =
    outcome.kind === 'failed' ? `${outcome.hop.host} failed with ${outcome.failure}` : 'The page is unproven';
  const why = WHY[control.kind];
  const failure = outcome.kind === 'failed' ? outcome.failure : null;
  return inconclusive(failure, `${what}, and ${why} to compare with.`);
}

function unexplained({ outcome }: Evidence): Finding {
  if (outcome.kind === 'failed') {
    return inconclusive(
      outcome.failure,
      `${outcome.hop.host} failed with ${outcome.failure}, which proves nothing here.`,
    );
  }
  return inconclusive(null, `What was observed of ${outcome.hop.host} decides nothing.`);
}

export const OWN_FIRST: readonly Rule[] = [
  {
    id: 'own.aborted',
    when: 'The run carries `x_aiqyn_abort`.',
    says: 'inconclusive',
    confidence: '0',
    source: SOURCES.design,
    decide: aborted,
  },
  {
    id: 'own.empty',
    when: 'There is no observation at all.',
    says: 'inconclusive',
    confidence: '0',
    source: SOURCES.design,
    decide: empty,
  },
];

export const OWN_NETWORK: readonly Rule[] = [
  {
    id: 'own.no_route',
    when: 'The user’s path ends with a word of this machine’s own network (no route, no address, not permitted).',
    says: 'offline / network; inconclusive where only IPv6 was tried',
    confidence: '0.6',
    source: SOURCES.design,
    decide: noRoute,
  },
  {
    id: 'own.through_proxy',
    when: 'The vantage looks through a proxy, and what failed is neither a certificate nor a name beside a harmless one that was answered.',
    says: 'inconclusive',
    confidence: '0',
    source: SOURCES.design,
    decide: throughProxy,
  },
];

export const OWN_LAST: readonly Rule[] = [
  {
    id: 'own.no_live_control',
    when: 'Something failed, no live control reached the target, and nothing proves itself.',
    says: 'inconclusive',
    confidence: '0',
    source: SOURCES.design,
    decide: noLiveControl,
  },
  {
    id: 'own.unexplained',
    when: 'No rule above applies.',
    says: 'inconclusive',
    confidence: '0',
    source: SOURCES.design,
    decide: unexplained,
  },
];
