/**
 * QUIC probe: does a handshake over UDP complete under the target's own name? Where it does not, what explains it is tried:
 * a harmless name at the same address, another host that speaks QUIC, and the target over TCP. After a handshake the
 * connection is closed: no request. What it can and cannot prove is in README.md.
 */
import { askControl, endpointName } from '../control-step.ts';
import type { QuicFact } from '../kinds.ts';
import type { WebTestKeys } from '../measurement.ts';
import { findQuickly } from '../name-step.ts';
import { TAG_HARMLESS, TAG_PAIRED } from '../observations.ts';
import type { TlsHandshake } from '../observations.ts';
import type { ProbeReport } from '../probe.ts';
import { reach } from '../reach-step.ts';
import { reportOf } from '../run.ts';
import type { Manner, Run, RunTask, StepContext } from '../run.ts';
import { quicStep } from './handshake-step.ts';
import type { QuicEndpoint } from './handshake-step.ts';

/** Each handshake is long enough for three datagrams of a client that hears nothing (they go out after 0, 1 and 3 s). */
const MANNER: Manner = {
  shares: { dns: 0.1, tcp: 0.11, tls: 0.11, http: 0 },
  pairTriesMax: 2,
  lateMs: 0,
  keepsGoodChains: false,
};
const ADDRESSES_MAX = 2;
const PAIRED_PORT = 443;

export interface QuicTask extends RunTask {
  readonly target: Pick<QuicFact, 'host' | 'port' | 'paired'>;
}

type QuicRun = Run<QuicTask>;

/** Measures one host. Resolves within the task's deadline and never rejects; see `reportOf` for `abort`. */
export async function probeQuic(task: QuicTask, context: StepContext): Promise<ProbeReport<WebTestKeys>> {
  return reportOf(task, context, MANNER, measure);
}

async function measure(run: QuicRun): Promise<void> {
  const { host, port } = run.task.target;
  const rows: TlsHandshake[] = [];
  run.keys['quic_handshakes'] = rows;
  const found = await findQuickly(run, host, [], ADDRESSES_MAX);
  const endpoints = found.map((address) => ({ address, port }));
  const failed = await tryAddresses(run, rows, endpoints);
  if (failed === null) return;
  // Asked only of what failed: what is answered here needs nobody outside to say so.
  const control = askControl(run, `https://${host}:${port}/`, endpoints.map(endpointName), { quic: true });
  // What was intercepted is known by its certificate; other names show nothing more.
  if (!failed.hasChain) await tryNames(run, rows, failed.endpoint);
  await Promise.all([tryPaired(run, rows), tryTcp(run, failed.endpoint)]);
  await control?.settle();
}

interface Failed {
  readonly endpoint: QuicEndpoint;
  /** It completed with a certificate that does not verify. */
  readonly hasChain: boolean;
}

/** One address after the other, until one completes the handshake (null) or shows a certificate; null where there is no address, too. */
async function tryAddresses(
  run: QuicRun,
  rows: TlsHandshake[],
  endpoints: readonly QuicEndpoint[],
): Promise<Failed | null> {
  const serverName = run.task.target.host;
  for (const endpoint of endpoints) {
    const result = await quicStep(run, rows, { endpoint, serverName, tags: [] });
    if (result?.failure === null) return null;
    if (result !== null && result.chain.length > 0) return { endpoint, hasChain: true };
  }
  const [endpoint] = endpoints;
  return endpoint === undefined ? null : { endpoint, hasChain: false };
}

/** The same address under harmless names and under the target's own, in turn, until the target's completes. */
async function tryNames(run: QuicRun, rows: TlsHandshake[], endpoint: QuicEndpoint): Promise<void> {
  const { harmlessNames } = run.context;
  for (let attempt = 0; attempt < run.manner.pairTriesMax; attempt += 1) {
    const name = harmlessNames[attempt % Math.max(1, harmlessNames.length)];
    if (name === undefined) return;
    const tags = [`x_aiqyn_try=${attempt + 1}`];
    if (attempt > 0) {
      const again = await quicStep(run, rows, { endpoint, serverName: run.task.target.host, tags });
      if (again?.failure === null) return;
    }
    await quicStep(run, rows, { endpoint, serverName: name, tags: [...tags, TAG_HARMLESS] });
  }
}

/** Whether QUIC passes here at all. */
async function tryPaired(run: QuicRun, rows: TlsHandshake[]): Promise<void> {
  const serverName = run.task.target.paired;
  const [address] = await findQuickly(run, serverName, [TAG_PAIRED], 1);
  if (address === undefined) return;
  const endpoint = { address, port: PAIRED_PORT };
  await quicStep(run, rows, { endpoint, serverName, tags: [TAG_PAIRED] });
}

/** Whether the same server answers the same name over TCP. */
async function tryTcp(run: QuicRun, endpoint: QuicEndpoint): Promise<void> {
  const reached = await reach(run, { ...endpoint, serverName: run.task.target.host }, []);
  reached.connection?.close();
}
