/**
 * Throughput: is the target slowed on its way, or is the line (or the server) slow? docs/throttling.md tells it in words.
 *
 * A page is called throttled only where all its transfers are slow by an absolute bound and each of its pair's is many times
 * faster, or where its handshakes take over two seconds and the pair's do not, which is how throttling showed at Kazakhstan's
 * elections of 2022 and 2023 (OONI 2023: a median of over 2 s against i.pinimg.com on the same network). The bound of the rate
 * stands above the 130 to 150 kbit/s that Twitter was held to in Russia (Xue et al., IMC 2021). The slowest transfer of the
 * pair is set against the fastest of the target, so that noise speaks for the network and never against it.
 */
import { ThroughputTestKeys } from '../../../probes/measurement.ts';
import type { Measurement, Transfer } from '../../../probes/measurement.ts';
import { conclude, undecided } from './conclude.ts';
import { viewControl } from './control.ts';
import { inconclusive } from './rule.ts';
import type { Finding } from './rule.ts';
import { isSteady, isStalled, rateOf } from './throughput.ts';
import type { Verdict } from './verdict.ts';

/** 256 kbit/s: under it no video plays. */
export const SLOW_BYTES_PER_SECOND_MAX = 32_000;
export const RATIO_MIN = 5;
/** Up to here both are alike. */
const ALIKE_MAX = 2;
/** Under the floor, so that it is shown and speaks for nobody: on so slow a line a slowed page looks like any other. */
const SLOW_LINE_CONFIDENCE = 0.4;
export const SLOW_HANDSHAKE_MS_MIN = 2_000;
/** One transfer alone decides nothing. */
export const TRANSFERS_MIN = 2;

interface Found {
  readonly rule: string;
  readonly finding: Finding;
}

interface Sides {
  readonly target: readonly Transfer[];
  readonly paired: readonly Transfer[];
  readonly sameAddress: readonly Transfer[];
  /** Bytes per second of a live control that had the page; null where there was none. */
  readonly outside: number | null;
  readonly part: ThroughputTestKeys['x_aiqyn_part'];
}

export function judgeThroughput(measurement: Measurement): Verdict {
  if (measurement.x_aiqyn_abort !== undefined) {
    return undecided('own.aborted', `The run ended through our own fault (${measurement.x_aiqyn_abort}).`);
  }
  const keys = ThroughputTestKeys.safeParse(measurement.test_keys);
  if (!keys.success) return undecided('own.unreadable', 'The test keys are not readable.');
  const transfers = keys.data.x_aiqyn_throughput;
  const control = viewControl(keys.data);
  const sides: Sides = {
    target: transfers.filter(({ role }) => role === 'target'),
    paired: transfers.filter(({ role }) => role === 'paired'),
    sameAddress: transfers.filter(({ role }) => role === 'same_address'),
    outside: control.live ? (control.page?.bytesPerSecond ?? null) : null,
    part: keys.data.x_aiqyn_part,
  };
  const { rule, finding } = findingOf(sides);
  return conclude(finding, rule, measurement.x_aiqyn_connectivity ?? null);
}

function findingOf(sides: Sides): Found {
  return byStall(sides) ?? byRate(sides) ?? byHandshake(sides) ?? undecidedBy(sides);
}

function byRate(sides: Sides): Found | null {
  const ours = ratesOf(sides.target);
  const theirs = ratesOf(sides.paired);
  if (ours.length < TRANSFERS_MIN || theirs.length < TRANSFERS_MIN) return null;
  const fastest = Math.max(...ours);
  const slowest = Math.min(...theirs);
  const said = `The page came at ${spanOf(ours)}, the paired one at ${spanOf(theirs)} on the same network.`;
  if (fastest > SLOW_BYTES_PER_SECOND_MAX) return byHandshake(sides) ?? works(said);
  if (slowest < fastest * ALIKE_MAX) return slowLine(said);
  if (slowest < fastest * RATIO_MIN)
    return open('throughput.slower', `${said} It is slower, but not by enough to tell it from chance.`);
  if (sides.outside !== null && sides.outside < fastest * RATIO_MIN) {
    return open('throughput.slow_server', `${said} It was slow from outside, too.`);
  }
  return throttled('throughput.rate', 'http', 'rate_limit', sides, [said, ...shapeOf(sides.target)]);
}

function byHandshake(sides: Sides): Found | null {
  const ours = handshakesOf(sides.target);
  const theirs = handshakesOf(sides.paired);
  if (ours.length < TRANSFERS_MIN || theirs.length < TRANSFERS_MIN) return null;
  const fastest = Math.min(...ours);
  const slowest = Math.max(...theirs);
  if (fastest < SLOW_HANDSHAKE_MS_MIN || fastest < slowest * RATIO_MIN) return null;
  const said = `Each handshake took ${fastest} ms and more, those of the paired page ${slowest} ms at most.`;
  return throttled('throughput.handshake', 'tls', 'rate_limit', sides, [said]);
}

/** Every transfer of the target begins and then stands still, while the pair's all come whole. */
function byStall(sides: Sides): Found | null {
  const { target, paired } = sides;
  if (target.length < TRANSFERS_MIN || paired.length < TRANSFERS_MIN) return null;
  if (!target.every(isStalled) || paired.some(({ failure }) => failure !== null)) return null;
  const said = 'Every transfer of the page began and then stood still; the paired page came whole.';
  return throttled('throughput.stall', 'http', 'stall', sides, [said]);
}

function undecidedBy({ target, paired }: Sides): Found {
  const failure = target.find((transfer) => transfer.failure !== null)?.failure ?? null;
  const why =
    failure === null
      ? `Too little came to tell a speed (${target.length} transfers, ${paired.length} of the pair).`
      : `It came to no transfer that tells a speed (${failure}); whether the page is reached, the web probe says.`;
  return { rule: 'throughput.too_little', finding: inconclusive(failure, why) };
}

function throttled(
  rule: string,
  layer: 'http' | 'tls',
  method: 'rate_limit' | 'stall',
  sides: Sides,
  reasons: readonly string[],
): Found {
  const nameDecides = isNameSlowed(sides, layer);
  const { outside, part } = sides;
  const named = part === null ? [] : [`${part.works}; ${part.fails}.`];
  const more = [
    ...(nameDecides ? ['The same server was fast under a harmless name.'] : []),
    ...(outside === null ? [] : [`The control had the page at ${kilobytes(outside)} kB/s.`]),
  ];
  const failure = sides.target.find((transfer) => transfer.failure !== null)?.failure ?? null;
  // What compares with the same server, by its name or from outside, is surer than another page alone.
  const confidence = 0.55 + (nameDecides ? 0.2 : 0) + (outside === null ? 0 : 0.1);
  return {
    rule,
    finding: {
      status: 'throttled',
      layer,
      method,
      failure,
      confidence: Math.round(confidence * 100) / 100,
      reasons: [...named, ...reasons, ...more],
    },
  };
}

function isNameSlowed({ target, sameAddress }: Sides, layer: 'http' | 'tls'): boolean {
  if (layer === 'tls') {
    const [harmless] = handshakesOf(sameAddress);
    return harmless !== undefined && Math.min(...handshakesOf(target)) >= harmless * RATIO_MIN;
  }
  const [harmless] = ratesOf(sameAddress);
  const ours = ratesOf(target);
  return harmless !== undefined && ours.length > 0 && harmless >= Math.max(...ours) * RATIO_MIN;
}

function shapeOf(target: readonly Transfer[]): readonly string[] {
  if (!target.every(isSteady)) return [];
  return ['It came at a steady rate, as something that limits the rate lets it through.'];
}

function works(said: string): Found {
  const finding = { layer: null, method: null, failure: null, confidence: 0.9, reasons: [said] };
  return { rule: 'throughput.fast_enough', finding: { ...finding, status: 'ok' } };
}

function slowLine(said: string): Found {
  const reasons = [`${said} Both are slow alike, which is the line and not the page.`];
  const finding = { layer: null, method: null, failure: null, confidence: SLOW_LINE_CONFIDENCE, reasons };
  return { rule: 'throughput.slow_line', finding: { ...finding, status: 'ok' } };
}

function open(rule: string, reason: string): Found {
  return { rule, finding: inconclusive(null, reason) };
}

function ratesOf(transfers: readonly Transfer[]): readonly number[] {
  return transfers.map(rateOf).filter((rate) => rate !== null);
}

function handshakesOf(transfers: readonly Transfer[]): readonly number[] {
  return transfers.map((transfer) => transfer.handshake_ms).filter((ms) => ms !== null);
}

function spanOf(rates: readonly number[]): string {
  return `${kilobytes(Math.min(...rates))} to ${kilobytes(Math.max(...rates))} kB/s`;
}

function kilobytes(bytes: number): string {
  return (bytes / 1_000).toFixed(1);
}
