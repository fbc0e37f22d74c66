/**
 * What may go first when a vantage's disk budget is used up, and what a measurement looks like at first sight.
 * A glance, not a verdict: it decides what is tested again and what is kept longer, never what is published.
 */
import { QuicTestKeys, readWebTestKeys } from '../../probes/measurement.ts';
import type { Measurement, OwnMeasurement, WebTestKeys } from '../../probes/measurement.ts';
import { TAG_HARMLESS, TAG_PAIRED } from '../../probes/observations.ts';
import { seenOf } from '../analysis/verdict/apps/seen.ts';
import { gather } from '../analysis/verdict/gather.ts';
import { judgeThroughput, SLOW_BYTES_PER_SECOND_MAX } from '../analysis/verdict/judge-throughput.ts';
import { followPath } from '../analysis/verdict/path.ts';
import { bodyRates } from '../analysis/verdict/progress.ts';

/** In the order in which they go: light successes, full successes, and only then failures and rings. */
export const WORTHS = ['light_success', 'full_success', 'evidence'] as const;
export type Worth = (typeof WORTHS)[number];

/**
 * Whether the target answered as it should: true or false, null where the run says nothing (our own abort, no steps).
 * Failed steps count only where nothing later made up for them: one dead address of four is not an outage.
 */
export function looksReachable(measurement: Measurement): boolean | null {
  if (measurement.x_aiqyn_abort !== undefined) return null;
  const { test_keys: testKeys, x_aiqyn_target: target } = measurement;
  if (target?.probe === 'app') return everyPartWorks(testKeys);
  if (target?.probe === 'quic') return isQuicAnswered(testKeys);
  const keys = readWebTestKeys(testKeys);
  if (keys === null) return null;
  return isSlowed(measurement) || isUserLedAstray(measurement, keys) ? false : lastStepWorks(keys);
}

/** The page that another resolver led to was not reached by who asks the system's. */
function isUserLedAstray({ input }: Measurement, keys: WebTestKeys): boolean {
  const path = input === null ? null : followPath(input, gather(keys, noBlockpages), null);
  return path?.outcome.kind === 'failed';
}

/** The probe noted those it knows. */
function noBlockpages(): readonly string[] {
  return [];
}

function lastStepWorks(keys: WebTestKeys): boolean | null {
  const { requests, tls_handshakes: handshakes, tcp_connect: connects, queries } = keys;
  const answered = requests.filter(({ response }) => response !== null);
  if (requests.length > 0) return answered.some(isClean) && requests.every(isClean);
  const own = handshakes.filter(({ tags }) => !tags.includes(TAG_HARMLESS));
  if (own.length > 0) return own.some(({ failure }) => failure === null);
  if (connects.length > 0) return connects.some(({ status }) => status.failure === null && status.success);
  return queries.length > 0 ? queries.some(({ failure }) => failure === null) : null;
}

/** A page that is slowed comes in the end, and is looked at again all the same. */
function isSlowed(measurement: Measurement): boolean {
  return (
    measurement.x_aiqyn_target?.probe === 'throughput' && judgeThroughput(measurement).status === 'throttled'
  );
}

/** Long enough not to be one packet that came late; a verdict asks for more. */
const CRAWL_SECONDS_MIN = 1;

/** Whether a page's body came at a crawl, or stopped in the middle. */
export function looksSlow({ test_keys: testKeys }: Measurement): boolean {
  const keys = readWebTestKeys(testKeys);
  if (keys === null) return false;
  const rates = [...bodyRates(keys, CRAWL_SECONDS_MIN).values()];
  return rates.some((rate) => rate <= SLOW_BYTES_PER_SECOND_MAX) || keys.requests.some(isCutInBody);
}

/** Its head came, and the rest not before the deadline. */
function isCutInBody({ failure, response }: WebTestKeys['requests'][number]): boolean {
  return failure === 'generic_timeout_error' && (response?.code ?? 0) > 0;
}

/** An app works where each of its parts that was tried has something that was reached. */
function everyPartWorks(testKeys: unknown): boolean | null {
  const parts = (seenOf(testKeys, []) ?? []).filter(({ endpoints }) =>
    endpoints.some(({ state }) => state !== 'untried'),
  );
  if (parts.length === 0) return null;
  return parts.every(({ endpoints }) => endpoints.some(({ state }) => state === 'reached'));
}

/** That the same server answers over TCP makes up for nothing here. */
function isQuicAnswered(testKeys: unknown): boolean | null {
  const rows = QuicTestKeys.safeParse(testKeys).data?.quic_handshakes ?? [];
  const own = rows.filter(({ tags }) => !tags.includes(TAG_HARMLESS) && !tags.includes(TAG_PAIRED));
  return own.length === 0 ? null : own.some(({ failure }) => failure === null);
}

function isClean(transaction: WebTestKeys['requests'][number]): boolean {
  const marks = transaction.response?.x_aiqyn_body_fingerprints ?? [];
  return transaction.failure === null && marks.length === 0;
}

export function worthOf(measurement: OwnMeasurement): Worth {
  const { probe, depth } = measurement.x_aiqyn_target;
  if (probe === 'rings' || looksReachable(measurement) !== true) return 'evidence';
  return depth === 'light' ? 'light_success' : 'full_success';
}

/** The measurement without raw response bodies (their length, title and hash stay); null where there is none to drop. */
export function withoutBodies(measurement: OwnMeasurement): OwnMeasurement | null {
  const requests: unknown = measurement.test_keys['requests'];
  if (!Array.isArray(requests)) return null;
  let dropped = 0;
  const kept = requests.map((transaction: unknown) => {
    const lighter = withoutBody(transaction);
    if (lighter === null) return transaction;
    dropped += 1;
    return lighter;
  });
  if (dropped === 0) return null;
  return {
    ...measurement,
    test_keys: { ...measurement.test_keys, requests: kept, x_aiqyn_bodies_dropped: dropped },
  };
}

function withoutBody(transaction: unknown): object | null {
  if (!isObject(transaction) || !('response' in transaction) || !isObject(transaction.response)) return null;
  const { response } = transaction;
  if (!('body' in response) || response.body === '' || response.body === null) return null;
  return { ...transaction, response: { ...response, body: '', body_is_truncated: true } };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
