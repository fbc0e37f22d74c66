/** From what was reached of an app to one finding: which parts fail, how, and how sure that is. */
import { dnsMethodOf, mannerOf, mostTelling } from '../failures.ts';
import { CONFIDENCE_MAX_WITHOUT_CONTROL, inconclusive, someOf } from '../rule.ts';
import type { Finding } from '../rule.ts';
import type { Layer, Method } from '../verdict.ts';
import type { EndpointSeen, PartSeen } from './seen.ts';

export interface AppFinding {
  readonly finding: Finding;
  readonly rule: string;
  /** 0 reachable … 1 blocked. */
  readonly score: number;
}

/** Of a part that partly works, from this share on (and from two endpoints on) it counts as interfered with. */
const PARTIAL_SHARE_MIN = 0.3;
const PARTIAL_ENDPOINTS_MIN = 2;

/** How a failure is known to be the network's doing: the strongest comparison that any failing endpoint has. */
type Proof = 'control' | 'pair' | 'peers' | 'alone';

/** One part by numbers; endpoints that fail outside as well, and those that were not tried, are left out. */
interface Tally {
  readonly seen: PartSeen;
  readonly reached: number;
  readonly failing: readonly EndpointSeen[];
  readonly down: number;
}

export function findingOf(parts: readonly PartSeen[], isOoni: boolean): AppFinding {
  const tallies = parts.map(tallyOf);
  const reached = sum(tallies.map((tally) => tally.reached));
  const failing = tallies.flatMap((tally) => tally.failing);
  const down = sum(tallies.map((tally) => tally.down));
  if (reached + failing.length + down === 0)
    return undecidedAs('own.empty', inconclusive(null, 'Nothing was observed.'));
  if (failing.length === 0) return down === 0 ? allWorks(tallies) : isDown(tallies, reached);
  const proof = proofOf(failing, reached, isOoni);
  if (proof === null) return undecidedAs('app.no_comparison', unproven(tallies, failing));
  return interfered(tallies, failing, proof);
}

function tallyOf(seen: PartSeen): Tally {
  const failed = seen.endpoints.filter(({ state }) => state === 'failed');
  return {
    seen,
    reached: seen.endpoints.filter(({ state }) => state === 'reached').length,
    failing: failed.filter(({ outside }) => outside !== 'failed'),
    down: failed.filter(({ outside }) => outside === 'failed').length,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The share of a part that fails; null where nothing of it can be counted. */
function shareOf({ reached, failing }: Tally): number | null {
  const counted = reached + failing.length;
  return counted === 0 ? null : failing.length / counted;
}

/** Shares by the weight of their parts, rounded to a thousandth. */
function scoreOf(tallies: readonly Tally[]): number {
  const counted = tallies.flatMap((tally) => {
    const share = shareOf(tally);
    return share === null ? [] : [{ share, weight: tally.seen.part.weight }];
  });
  const weight = sum(counted.map((one) => one.weight));
  const failing = sum(counted.map((one) => one.share * one.weight));
  return weight === 0 ? 0 : Math.round((failing / weight) * 1_000) / 1_000;
}

function allWorks(tallies: readonly Tally[]): AppFinding {
  return {
    rule: 'app.reached',
    score: 0,
    finding: {
      status: 'ok',
      layer: null,
      method: null,
      failure: null,
      confidence: 0.9,
      reasons: [sentenceOf(tallies)],
    },
  };
}

function isDown(tallies: readonly Tally[], reached: number): AppFinding {
  const failed = tallies.flatMap(({ seen }) => seen.endpoints.filter(({ state }) => state === 'failed'));
  const outside = `The control could not reach ${someOf(failed.map(({ url }) => url))} either.`;
  const failure = mostTelling(failed.flatMap((one) => one.failure ?? []));
  const finding = { layer: null, method: null, failure, reasons: [sentenceOf(tallies), outside] };
  return reached === 0
    ? { rule: 'app.down', score: 0, finding: { ...finding, status: 'down', confidence: 0.8 } }
    : { rule: 'app.partly_down', score: 0, finding: { ...finding, status: 'ok', confidence: 0.7 } };
}

/**
 * Without a control a name may be shown by its pair. OONI's app tests have no control at all: what else they reached at the
 * same time stands in, and where they reached nothing, that they had just reached OONI's own server.
 */
function proofOf(failing: readonly EndpointSeen[], reached: number, isOoni: boolean): Proof | null {
  if (failing.some(({ outside }) => outside === 'reached')) return 'control';
  // A control that fails leaves nobody blocked.
  if (failing.some(({ outside }) => outside === 'silent')) return null;
  if (failing.some(({ isNameFiltered }) => isNameFiltered)) return 'pair';
  if (!isOoni) return null;
  return reached > 0 ? 'peers' : 'alone';
}

const CONFIDENCE: Readonly<Record<Proof, { readonly whole: number; readonly partial: number }>> = {
  control: { whole: 0.88, partial: 0.75 },
  pair: { whole: CONFIDENCE_MAX_WITHOUT_CONTROL, partial: 0.6 },
  peers: { whole: 0.65, partial: 0.6 },
  alone: { whole: 0.55, partial: 0.5 },
};
const COMPARED: Readonly<Record<Proof, string>> = {
  control: 'The control reached what failed here.',
  pair: 'The same address answered under a harmless name; there is no control.',
  peers: 'Other endpoints of the app were reached at the same time; there was no control to compare with.',
  alone: 'OONI’s probe reaches its own server before it measures; there was no control to compare with.',
};

function interfered(tallies: readonly Tally[], failing: readonly EndpointSeen[], proof: Proof): AppFinding {
  const score = scoreOf(tallies);
  const whole = tallies.filter((tally) => shareOf(tally) === 1);
  const partial = tallies.filter(isPartly);
  const reasons = [sentenceOf(tallies), countOf(tallies), ...howOf(failing), COMPARED[proof]];
  const telling = whole.length > 0 ? whole : partial;
  if (telling.length === 0) {
    const finding: Finding = {
      status: 'ok',
      layer: null,
      method: null,
      failure: mostTelling(failing.flatMap((one) => one.failure ?? [])),
      confidence: 0.7,
      reasons,
    };
    return { rule: 'app.mostly_reached', score, finding };
  }
  const { whole: sure, partial: less } = CONFIDENCE[proof];
  const confidence = whole.length > 0 ? sure : less;
  const cause = causeOf(telling.flatMap((tally) => tally.failing));
  return {
    rule: whole.length > 0 ? 'app.part_fails' : 'app.part_interfered',
    score,
    finding: { status: isForged(cause) ? 'intercepted' : 'blocked', ...cause, confidence, reasons },
  };
}

function isForged({ method }: Cause): boolean {
  return method === 'forged_certificate';
}

function isPartly(tally: Tally): boolean {
  const share = shareOf(tally) ?? 0;
  return share < 1 && share >= PARTIAL_SHARE_MIN && tally.failing.length >= PARTIAL_ENDPOINTS_MIN;
}

interface Cause {
  readonly layer: Layer;
  readonly method: Method | null;
  readonly failure: string | null;
}

/** What most failing endpoints have in common; of equals the first by the alphabet, so that order plays no part. */
function causeOf(failing: readonly EndpointSeen[]): Cause {
  const causes = new Map<string, { readonly cause: Cause; count: number }>();
  for (const one of failing) {
    const cause = causeOfOne(one);
    const key = `${cause.layer} ${cause.method ?? ''}`;
    const known = causes.get(key) ?? { cause, count: 0 };
    known.count += 1;
    causes.set(key, known);
  }
  const [first] = [...causes].sort(
    ([leftKey, left], [rightKey, right]) => right.count - left.count || (leftKey < rightKey ? -1 : 1),
  );
  return first?.[1].cause ?? { layer: 'app', method: null, failure: null };
}

const SNI_METHODS: Readonly<Partial<Record<string, Method>>> = {
  drop: 'sni_drop',
  reset: 'sni_reset',
  eof: 'sni_eof',
};
const PLAIN_METHODS: Readonly<Partial<Record<string, Method>>> = {
  drop: 'drop',
  reset: 'reset',
  eof: 'eof',
  refused: 'refused',
  certificate: 'forged_certificate',
};

function causeOfOne({ stage, failure, isNameFiltered, falseAddress }: EndpointSeen): Cause {
  const manner = mannerOf(failure ?? '');
  if (falseAddress === 'bogon') return { layer: 'dns', method: 'bogon', failure };
  if (stage === 'dns') return { layer: 'dns', method: dnsMethodOf(failure ?? ''), failure };
  if (manner === 'certificate' && falseAddress === 'other')
    return { layer: 'dns', method: 'injected_answer', failure };
  return { layer: stage ?? 'app', method: methodOf(manner, isNameFiltered), failure };
}

function methodOf(manner: string, isNameFiltered: boolean): Method | null {
  const named = isNameFiltered ? SNI_METHODS[manner] : undefined;
  return named ?? PLAIN_METHODS[manner] ?? null;
}

/** `Pages load; video does not.` */
function sentenceOf(tallies: readonly Tally[]): string {
  const counted = tallies.filter((tally) => tally.reached + tally.failing.length + tally.down > 0);
  const works = counted.filter(({ reached }) => reached > 0).map(({ seen }) => seen.part.works);
  const fails = counted.filter(({ reached }) => reached === 0).map(({ seen }) => seen.part.fails);
  const said = [...works, ...fails].join('; ');
  return `${said.slice(0, 1).toUpperCase()}${said.slice(1)}.`;
}

function countOf(tallies: readonly Tally[]): string {
  const counts = tallies
    .filter(({ failing }) => failing.length > 0)
    .map(({ seen, reached, failing }) => `${seen.part.id} ${reached} of ${reached + failing.length}`);
  return `Endpoints reached: ${counts.join(', ')}.`;
}

function howOf(failing: readonly EndpointSeen[]): string[] {
  const byFailure = new Map<string, string[]>();
  for (const { failure, url } of failing) {
    const urls = byFailure.get(failure ?? '') ?? [];
    byFailure.set(failure ?? '', [...urls, url]);
  }
  return [...byFailure]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([failure, urls]) => `${failure}: ${someOf(urls)}.`);
}

function unproven(tallies: readonly Tally[], failing: readonly EndpointSeen[]): Finding {
  return inconclusive(
    mostTelling(failing.flatMap((one) => one.failure ?? [])),
    countOf(tallies),
    whyUnproven(tallies, failing),
  );
}

function whyUnproven(tallies: readonly Tally[], failing: readonly EndpointSeen[]): string {
  if (failing.some(({ outside }) => outside === 'silent'))
    return 'The control failed at that time, so nobody is called blocked.';
  return tallies.some(({ down }) => down > 0)
    ? 'What the control was asked about failed there, too, so nobody is called blocked.'
    : 'There is no control to compare with, and no pair of names shows a filter.';
}

function undecidedAs(rule: string, finding: Finding): AppFinding {
  return { rule, finding, score: 0 };
}
