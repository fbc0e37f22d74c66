/** Rules for handshakes: the name that changes what the network does. */
import type { Evidence, Handshake, Hop } from '../evidence.ts';
import { mannerOf } from '../failures.ts';
import {
  afterSeconds,
  CONFIDENCE_MAX_WITHOUT_CONTROL,
  controlReached,
  controlUnasked,
  inconclusive,
  SOURCES,
  someOf,
} from '../rule.ts';
import type { Finding, Rule } from '../rule.ts';
import type { Method } from '../verdict.ts';

const NAME_METHODS = { drop: 'sni_drop', reset: 'sni_reset', eof: 'sni_eof' } as const;
type NameManner = keyof typeof NAME_METHODS;

function nameManner(failure: string): NameManner | null {
  const manner = mannerOf(failure);
  return manner === 'drop' || manner === 'reset' || manner === 'eof' ? manner : null;
}

/** A handshake counts as answered whatever came of its certificate: the server spoke. */
function isAnswered(handshake: Handshake): boolean {
  return handshake.failure === null || mannerOf(handshake.failure) === 'certificate';
}

interface Pairs {
  readonly hop: Hop;
  readonly failure: string;
  readonly manner: NameManner;
  /** Failed handshakes under the target's name, each at an address that answered a harmless one. */
  readonly tries: readonly Handshake[];
  readonly harmless: readonly Handshake[];
}

/** Failed handshakes paired with answered ones at the same address; null where the path did not end that way. */
function pairsOf({ outcome }: Evidence): Pairs | null {
  if (outcome.kind !== 'failed' || outcome.stage !== 'tls') return null;
  const { hop, failure } = outcome;
  const manner = nameManner(failure);
  if (manner === null) return null;
  const harmless = hop.harmless.filter(isAnswered);
  const places = new Set(harmless.map((seen) => seen.place));
  const tries = hop.handshakes.filter(
    (seen) => seen.failure !== null && nameManner(seen.failure) !== null && places.has(seen.place),
  );
  return { hop, failure, manner, tries, harmless };
}

const TRIES_FOR_CERTAINTY = 3;

function nameFiltered(evidence: Evidence): Finding | null {
  const pairs = pairsOf(evidence);
  if (pairs === null || pairs.tries.length === 0) return null;
  const count = Math.min(pairs.tries.length, TRIES_FOR_CERTAINTY);
  const isLive = controlReached(evidence);
  if (!isLive && !controlUnasked(evidence)) {
    return inconclusive(
      pairs.failure,
      ...pairReasons(pairs),
      'The control failed at that time, so nobody is called blocked.',
    );
  }
  const confidence = isLive
    ? 0.75 + 0.07 * count
    : CONFIDENCE_MAX_WITHOUT_CONTROL - 0.05 * (TRIES_FOR_CERTAINTY - count);
  return {
    status: 'blocked',
    layer: 'tls',
    method: NAME_METHODS[pairs.manner],
    failure: pairs.failure,
    confidence: Math.round(confidence * 100) / 100,
    reasons: [
      ...pairReasons(pairs),
      isLive ? 'The control reached the target.' : 'There is no control; the pair speaks for itself.',
    ],
  };
}

const SPOKEN: Readonly<Record<NameManner, string>> = {
  drop: 'got no answer',
  reset: 'was reset',
  eof: 'was closed without an answer',
};

function pairReasons({ hop, manner, tries, harmless }: Pairs): string[] {
  const shown = [...tries]
    .sort((left, right) => (left.place < right.place ? -1 : 1))
    .slice(0, TRIES_FOR_CERTAINTY);
  return [...new Set(shown.map((seen) => seen.place))].map((place) => {
    const seen = shown
      .filter((each) => each.place === place)
      .sort((left, right) => (left.seconds ?? 0) - (right.seconds ?? 0))[0];
    const names = harmless.filter((each) => each.place === place).map((each) => each.name);
    const when = seen === undefined ? '' : afterSeconds(seen);
    return `The handshake with ${place} under the name ${hop.host} ${SPOKEN[manner]}${when}; under ${someOf(names)} it was answered.`;
  });
}

function handshakeFails(evidence: Evidence): Finding | null {
  const { outcome, control } = evidence;
  if (!controlReached(evidence) || outcome.kind !== 'failed' || outcome.stage !== 'tls') return null;
  const manner = mannerOf(outcome.failure);
  if (manner === 'certificate' || manner === 'local') return null;
  const failing = outcome.hop.handshakes.filter((seen) => seen.onPath && seen.failure !== null);
  const places = failing.map((seen) => seen.place);
  const isSeenThere = places.some((place) => control.tls.get(place) === null);
  const harmlessFails = outcome.hop.harmless.some((seen) => !isAnswered(seen));
  return {
    status: 'blocked',
    layer: 'tls',
    method: plainMethod(outcome.failure),
    failure: outcome.failure,
    confidence: harmlessFails ? 0.55 : plainConfidence(manner === 'reset', isSeenThere),
    reasons: [
      `Every handshake under the name ${outcome.hop.host} failed with ${outcome.failure}${places.length > 0 ? ` (${someOf(places)})` : ''}.`,
      harmlessFails
        ? 'A harmless name to the same address failed as well: the address is cut, not the name.'
        : '',
      isSeenThere ? 'The control completed it at the same address.' : 'The control reached the target.',
    ].filter((reason) => reason !== ''),
  };
}

function plainConfidence(isReset: boolean, isSeenThere: boolean): number {
  if (isReset) return isSeenThere ? 0.8 : 0.75;
  return isSeenThere ? 0.7 : 0.65;
}

function plainMethod(failure: string): Method | null {
  return nameManner(failure);
}

/** How much slower than under a harmless name, and how slow at least. Both are needed. */
const SLOW_RATIO_MIN = 4;
const SLOW_SECONDS_MIN = 2;

/** The same address takes its time under one name only. The fastest of the slow and the slowest of the fast are compared. */
function slowName({ outcome }: Evidence): Finding | null {
  if (outcome.kind !== 'page' && outcome.kind !== 'handshake') return null;
  const { hop } = outcome;
  const under = timesOf(
    hop.handshakes.filter((seen) => seen.onPath && seen.port === hop.port && seen.failure === null),
  );
  const harmless = timesOf(hop.harmless.filter(isAnswered));
  if (under.length === 0 || harmless.length === 0) return null;
  const slow = Math.min(...under);
  const fast = Math.max(...harmless);
  if (slow < SLOW_SECONDS_MIN || slow < fast * SLOW_RATIO_MIN) return null;
  return {
    status: 'throttled',
    layer: 'tls',
    method: 'rate_limit',
    failure: null,
    confidence: under.length > 1 ? 0.7 : 0.6,
    reasons: [
      `The handshake under the name ${hop.host} took ${slow.toFixed(1)} s; under a harmless name to the same address ${fast.toFixed(1)} s.`,
    ],
  };
}

function timesOf(handshakes: readonly Handshake[]): number[] {
  return handshakes.map((seen) => seen.seconds).filter((seconds) => seconds !== null);
}

export const TLS_SLOW: readonly Rule[] = [
  {
    id: 'tls.slow_name',
    when: `Every handshake under the target’s name takes ${SLOW_SECONDS_MIN} s or more and at least ${SLOW_RATIO_MIN} times as long as any under a harmless name to the same address.`,
    says: 'throttled / tls / rate_limit',
    confidence: '0.6; 0.7 for several handshakes',
    source: SOURCES.throttling2023,
    decide: slowName,
  },
];

export const TLS: readonly Rule[] = [
  {
    id: 'tls.name_filtered',
    when: 'The handshake under the target’s name gets no answer, a reset or an end, while a harmless name to the same address is answered. Needs no control, but not one that failed.',
    says: 'blocked / tls / sni_drop, sni_reset, sni_eof; inconclusive while the control fails',
    confidence: `0.82, 0.89, 0.96 for one, two, three tries; without a control 0.6, 0.65, ${CONFIDENCE_MAX_WITHOUT_CONTROL}`,
    source: SOURCES.ooni2024,
    decide: nameFiltered,
  },
  {
    id: 'tls.handshake_fails',
    when: 'Every handshake on the user’s path fails, not by its certificate, while the control reaches the target; no pair shows whether the name is the cause.',
    says: 'blocked / tls / drop, reset, eof',
    confidence:
      '0.8 for a reset, 0.7 else; 0.05 less where the control did not use that address; 0.55 where the harmless name fails too',
    source: SOURCES.ooniWeb,
    decide: handshakeFails,
  },
];
