/**
 * Throughput probe: how fast does a page come, against a paired one on the same network at the same time? Transfers take turns
 * (target, paired, target, paired), so that congestion meets both; then the target's server once more under a harmless
 * name. Bounded in bytes and seconds. What it can and cannot prove is in README.md.
 */
import { askControl, endpointName } from '../control-step.ts';
import { FAILURE } from '../failure.ts';
import { fetchOver } from '../fetch-step.ts';
import { REQUEST_HEADERS } from '../http-manners.ts';
import type { ThroughputFact } from '../kinds.ts';
import type { Transfer, WebTestKeys } from '../measurement.ts';
import { findQuickly } from '../name-step.ts';
import type { HttpResponse } from '../network.ts';
import { TAG_HARMLESS, TAG_PAIRED } from '../observations.ts';
import type { ProbeReport } from '../probe.ts';
import { reach } from '../reach-step.ts';
import type { Endpoint, Reached } from '../reach-step.ts';
import { reportOf } from '../run.ts';
import type { Manner, Run, RunTask, StepContext } from '../run.ts';

/** Of each body. */
export const TRANSFER_BYTES_MAX = 131_072;
/** Transfers of the target and of its pair, each. */
export const TURNS = 2;
const ADDRESSES_MAX = 1;
const MANNER: Manner = {
  shares: { dns: 0.08, tcp: 0.08, tls: 0.12, http: 0.15 },
  pairTriesMax: 0,
  lateMs: 0,
  keepsGoodChains: false,
};
/** Bytes are counted as they come, so they are asked for as they are. */
const HEADERS = { ...REQUEST_HEADERS, 'accept-encoding': 'identity' };
const TAGS: Readonly<Record<Transfer['role'], readonly string[]>> = {
  target: [],
  paired: [TAG_PAIRED],
  same_address: [TAG_HARMLESS],
};

export interface ThroughputTask extends RunTask {
  readonly target: Pick<ThroughputFact, 'url' | 'paired' | 'server' | 'part'>;
}

type ThroughputRun = Run<ThroughputTask>;

/** Measures one pair. Resolves within the task's deadline and never rejects; see `reportOf` for `abort`. */
export async function probeThroughput(
  task: ThroughputTask,
  context: StepContext,
): Promise<ProbeReport<WebTestKeys>> {
  return reportOf(task, context, MANNER, measure);
}

async function measure(run: ThroughputRun): Promise<void> {
  const transfers: Transfer[] = [];
  run.keys['x_aiqyn_throughput'] = transfers;
  const { url, paired: pairedUrl, server, part } = run.task.target;
  if (part !== undefined) run.keys['x_aiqyn_part'] = part;
  const target = await findEndpoint(run, server === undefined ? url : `https://${server}/`, []);
  if (target === null) return;
  const paired = await findEndpoint(run, pairedUrl, [TAG_PAIRED]);
  const control = askControl(run, url, [endpointName(target)]);
  for (let turn = 0; turn < TURNS; turn += 1) {
    await transfer(run, transfers, 'target', target);
    if (paired !== null) await transfer(run, transfers, 'paired', paired);
  }
  const harmless = run.context.harmlessNames[0];
  if (harmless !== undefined) {
    await transfer(run, transfers, 'same_address', { ...target, serverName: harmless, isHarmless: true });
  }
  await control?.settle();
}

async function findEndpoint(
  run: ThroughputRun,
  href: string,
  tags: readonly string[],
): Promise<Endpoint | null> {
  const url = new URL(href);
  const [address] = await findQuickly(run, url.hostname, tags, ADDRESSES_MAX);
  if (address === undefined) return null;
  return { address, port: url.port === '' ? 443 : Number(url.port), serverName: url.hostname };
}

async function transfer(
  run: ThroughputRun,
  transfers: Transfer[],
  role: Transfer['role'],
  endpoint: Endpoint,
): Promise<void> {
  const url = role === 'paired' ? run.task.target.paired : run.task.target.url;
  const tags = [...TAGS[role]];
  const reached = await reach(run, endpoint, tags);
  const seen = { role, url, host: endpoint.serverName ?? '', handshake_ms: handshakeMs(run, reached) };
  if (reached.connection === null) {
    const failure = failureOf(run, reached);
    if (failure !== null) transfers.push({ ...seen, samples: [], failure });
    return;
  }
  const fetched = await fetchOver(run, reached, {
    request: { method: 'GET', url, headers: HEADERS, bodyBytesMax: TRANSFER_BYTES_MAX },
    recordedUrl: url,
    tags,
    recordOf,
  });
  reached.connection.close();
  if (fetched === null) return;
  const { progress, failure } = fetched.result;
  transfers.push({
    ...seen,
    samples: progress.map(({ elapsedMs, receivedBytes }) => [Math.round(elapsedMs), receivedBytes]),
    failure,
  });
}

/** Nothing of the page itself is kept. */
function recordOf({ code, headers, body, isBodyTruncated }: HttpResponse) {
  return {
    code,
    headers: { ...headers },
    body: '',
    body_is_truncated: isBodyTruncated,
    x_aiqyn_body_bytes: body.length,
  };
}

function handshakeMs(run: ThroughputRun, { transactionId }: Reached): number | null {
  const shaken = run.keys.tls_handshakes.find((seen) => seen.transaction_id === transactionId);
  if (shaken?.failure !== null || shaken.t === null || shaken.t0 === null) return null;
  return Math.round((shaken.t - shaken.t0) * 1_000);
}

/** What kept us from the server; null where there was no time left to try, or our own shutdown cut the step short. */
function failureOf(run: ThroughputRun, { transactionId }: Reached): string | null {
  const shaken = run.keys.tls_handshakes.find((seen) => seen.transaction_id === transactionId);
  const connected = run.keys.tcp_connect.find((seen) => seen.transaction_id === transactionId);
  const failure = shaken?.failure ?? connected?.status.failure ?? null;
  return failure === FAILURE.interrupted ? null : failure;
}
