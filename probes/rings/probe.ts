/**
 * Rings probe: how far does this vantage get? The machine's own way out, hosts in the country, hosts abroad, name servers.
 * What it can and cannot prove is in README.md. A ring ends with its first full proof; its other checks are then let go.
 */
import { FAILURE } from '../failure.ts';
import type { Abort, RingCheck, RingsTestKeys } from '../measurement.ts';
import type { Connection, Limits } from '../network.ts';
import type { ProbeReport, Traffic } from '../probe.ts';
import { isIpAddress, scrubAddresses } from '../scrub.ts';
import type { RingsContext, RingsTask, RingTarget } from './target.ts';

/** Per ring; more are not tried. */
const CHECKS_MAX = 4;
/** The next host of a ring is tried when the one before has failed, or has not answered for this share of the deadline. */
const STAGGER_SHARE = 0.2;
/** A check that could not get this share any more is not started: its timeout would be ours. */
const SHARE_LEAST = 0.2;
const HTTPS_PORT = 443;
/** Asked of name servers where no foreign host has a name. */
const QUESTION_DEFAULT = 'example.com';
const BUG_LENGTH_MAX = 200;

interface RingsRun {
  readonly task: RingsTask;
  readonly context: RingsContext;
  readonly startedMs: number;
  readonly checks: RingCheck[];
  sentBytes: number;
  receivedBytes: number;
}

/**
 * Tries the rings. Resolves within `task.timeoutMs`, never rejects. `abort` as in the web probe: `shutdown` or `probe_bug`.
 */
export async function probeRings(
  task: RingsTask,
  context: RingsContext,
): Promise<ProbeReport<RingsTestKeys>> {
  const run: RingsRun = {
    task,
    context,
    startedMs: context.clock.monotonicMs(),
    checks: [],
    sentBytes: 0,
    receivedBytes: 0,
  };
  const testKeys: RingsTestKeys = { x_aiqyn_ring_checks: [] };
  let abort: Abort | null = null;
  try {
    await Promise.all([
      ...(task.gateway ? [checkGateway(run)] : []),
      ...(['domestic', 'foreign', 'dns'] as const).map((ring) => tryRing(run, ring)),
    ]);
  } catch (error) {
    abort = 'probe_bug';
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    testKeys['x_aiqyn_bug'] = scrubAddresses(message).slice(0, BUG_LENGTH_MAX);
  }
  if (context.signal.aborted) abort ??= 'shutdown';
  testKeys.x_aiqyn_ring_checks = [...run.checks];
  const traffic: Traffic = { sentBytes: run.sentBytes, receivedBytes: run.receivedBytes };
  return { testKeys, traffic, runtimeMs: context.clock.monotonicMs() - run.startedMs, abort };
}

async function checkGateway(run: RingsRun): Promise<void> {
  const t0 = elapsedSeconds(run);
  const limits = { timeoutMs: run.task.timeoutMs, signal: run.context.signal };
  const { failure, basis } = await run.context.network.checkGateway(limits);
  if (failure === FAILURE.interrupted) return;
  const t = elapsedSeconds(run);
  run.checks.push({ ring: 'gateway', name: 'gateway', failure, t0, t, x_aiqyn_basis: basis });
}

async function tryRing(run: RingsRun, ring: RingTarget['ring']): Promise<void> {
  // A proxy carries no datagrams: its name servers are not ours to ask.
  if (ring === 'dns' && run.context.network.isProxied === true) return;
  const proven = new AbortController();
  const signal = AbortSignal.any([run.context.signal, proven.signal]);
  const running: Promise<void>[] = [];
  for (const target of chosen(run.task.checks.filter((one) => one.ring === ring))) {
    if (signal.aborted) break;
    const attempt = check(run, target, signal).then((isProof) => {
      if (isProof) proven.abort();
    });
    running.push(attempt);
    const patience = new AbortController();
    const waitMs = run.task.timeoutMs * STAGGER_SHARE;
    await Promise.race([
      attempt,
      run.context.clock.sleep(waitMs, AbortSignal.any([signal, patience.signal])),
    ]);
    patience.abort();
  }
  await Promise.all(running);
}

/** Half of them from the allow-list where there is one: what is never tried cannot show that it alone is reached. */
function chosen(targets: readonly RingTarget[]): readonly RingTarget[] {
  const listed = targets.filter(({ allowListed }) => allowListed).slice(0, CHECKS_MAX / 2);
  const others = targets.filter(({ allowListed }) => !allowListed).slice(0, CHECKS_MAX - listed.length);
  return targets.filter((target) => others.includes(target) || listed.includes(target));
}

/** One check, recorded unless it was let go. True when it proves its ring all by itself. */
async function check(run: RingsRun, target: RingTarget, signal: AbortSignal): Promise<boolean> {
  if (limitsOf(run, signal) === null) return false;
  const t0 = elapsedSeconds(run);
  const seen =
    target.ring === 'dns' ? await askServer(run, target, signal) : await connect(run, target, signal);
  if (seen === null || seen.failure === FAILURE.interrupted) return false;
  run.checks.push({
    ring: target.ring,
    name: target.host,
    failure: seen.failure,
    allow_listed: target.allowListed,
    t0,
    t: elapsedSeconds(run),
  });
  return seen.failure === null && !target.allowListed;
}

interface Seen {
  readonly failure: string | null;
}

/**
 * Only an address is an answer: a home router or modem whose line is dead says "no such name" by itself, and so would be
 * taken for a name server of the world.
 */
async function askServer(run: RingsRun, target: RingTarget, signal: AbortSignal): Promise<Seen | null> {
  const limits = limitsOf(run, signal);
  if (limits === null) return null;
  const foreign = run.task.checks.find((one) => one.ring === 'foreign' && !isIpAddress(one.host));
  const address = target.host.includes(':')
    ? `[${target.host}]:${target.port}`
    : `${target.host}:${target.port}`;
  const { failure, traffic } = await run.context.network.resolve(
    {
      resolver: { kind: 'udp', address },
      hostname: foreign?.host ?? QUESTION_DEFAULT,
      queryType: 'A',
      lateMs: 0,
    },
    limits,
  );
  count(run, traffic);
  return { failure };
}

async function connect(run: RingsRun, target: RingTarget, signal: AbortSignal): Promise<Seen | null> {
  const found = await addressOf(run, target.host, signal);
  if (found.address === undefined) return { failure: found.failure };
  const limits = limitsOf(run, signal);
  if (limits === null) return null;
  const tcp = await run.context.network.connectTcp({ address: found.address, port: target.port }, limits);
  if (tcp.connection === null) return { failure: tcp.failure };
  try {
    // A transparent proxy in the country accepts any connection; only a certificate for the name shows the world.
    if (target.ring !== 'foreign' || target.port !== HTTPS_PORT) return { failure: null };
    return await verifyName(run, tcp.connection, target.host, signal);
  } finally {
    tcp.connection.close();
    count(run, tcp.connection.traffic());
  }
}

async function verifyName(
  run: RingsRun,
  connection: Connection,
  serverName: string,
  signal: AbortSignal,
): Promise<Seen | null> {
  const limits = limitsOf(run, signal);
  if (limits === null) return null;
  const request = { serverName, alpn: ['http/1.1'], verify: true };
  const tls = await run.context.network.handshakeTls(connection, request, limits);
  tls.connection?.close();
  return { failure: tls.failure };
}

/** The system's resolver, then another one: a dead resolver must not look like a dead country. */
async function addressOf(
  run: RingsRun,
  hostname: string,
  signal: AbortSignal,
): Promise<{ readonly address: string | undefined; readonly failure: string | null }> {
  if (isIpAddress(hostname) || run.context.network.isProxied === true)
    return { address: hostname, failure: null };
  const { resolvers } = run.context.network;
  let failure: string | null = FAILURE.dnsNoAnswer;
  for (const resolver of [resolvers.system, ...resolvers.udp.slice(0, 1)]) {
    const limits = limitsOf(run, signal);
    if (limits === null) break;
    const half = { ...limits, timeoutMs: limits.timeoutMs / 2 };
    const found = await run.context.network.resolve(
      { resolver, hostname, queryType: 'ANY', lateMs: 0 },
      half,
    );
    count(run, found.traffic);
    const address = (found.addresses.find((one) => one.family === 4) ?? found.addresses[0])?.address;
    if (address !== undefined) return { address, failure: null };
    failure = found.failure;
  }
  return { address: undefined, failure };
}

function limitsOf(run: RingsRun, signal: AbortSignal): Limits | null {
  const timeoutMs = run.task.timeoutMs - (run.context.clock.monotonicMs() - run.startedMs);
  return signal.aborted || timeoutMs < run.task.timeoutMs * SHARE_LEAST ? null : { timeoutMs, signal };
}

function elapsedSeconds(run: RingsRun): number {
  return (run.context.clock.monotonicMs() - run.startedMs) / 1_000;
}

function count(run: RingsRun, traffic: Traffic): void {
  run.sentBytes += traffic.sentBytes;
  run.receivedBytes += traffic.receivedBytes;
}
