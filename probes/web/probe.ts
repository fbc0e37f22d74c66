/**
 * Web probe: resolve, connect, handshake, fetch. What it can and cannot prove is in README.md.
 *
 * `light`: the system's resolver, up to two addresses, a few hundred bytes; the control is asked only when something failed.
 * `full`: every resolver, up to six addresses, the whole page with its redirects; the control is always asked.
 * Where TCP comes up and TLS then fails, the same address is tried under a harmless name (in a full run three times in turn).
 */
import type { WebTestKeys } from '../measurement.ts';
import { askControl, endpointName } from '../control-step.ts';
import type { PendingControl } from '../control-step.ts';
import { findEverywhere, findQuickly } from '../name-step.ts';
import type { WebTask } from '../plan.ts';
import type { ProbeReport } from '../probe.ts';
import { reach, tryPairs } from '../reach-step.ts';
import type { Endpoint, Reached } from '../reach-step.ts';
import { reportOf } from '../run.ts';
import type { Manner } from '../run.ts';
import type { Depth } from '../words.ts';
import type { WebContext, WebRun } from './context.ts';
import { endpointOf, fetchPage } from './page-step.ts';

/** Three tries against a silent drop [kz-methodology]; 500 ms for late answers, as OONI waits. */
const MANNERS: Readonly<Record<Depth, Manner>> = {
  light: {
    shares: { dns: 0.25, tcp: 0.25, tls: 0.3, http: 0.3 },
    pairTriesMax: 1,
    lateMs: 0,
    keepsGoodChains: false,
  },
  full: {
    shares: { dns: 0.15, tcp: 0.2, tls: 0.2, http: 0.4 },
    pairTriesMax: 3,
    lateMs: 500,
    keepsGoodChains: true,
  },
};
const LIGHT_ADDRESSES_MAX = 2;
/** From here on an answer is worth comparing with the control's. */
const ERROR_STATUS_MIN = 400;
const FIRST_HOP = ['depth=0'];

/**
 * Measures one target. Resolves within the task's deadline, whatever the network does; never rejects.
 * `abort` is `shutdown` when `context.signal` cut the run short, `probe_bug` when the probe itself threw; the test keys
 * then hold what was seen until then (and `x_aiqyn_bug` says what was thrown).
 */
export async function probeWeb(task: WebTask, context: WebContext): Promise<ProbeReport<WebTestKeys>> {
  return reportOf(task, context, MANNERS[task.depth], measure);
}

async function measure(run: WebRun): Promise<void> {
  const { task } = run;
  const url = new URL(task.depth === 'full' ? task.target.url : task.target.lightUrl);
  const addresses =
    task.depth === 'full'
      ? await findEverywhere(run, url.hostname, FIRST_HOP)
      : await findQuickly(run, url.hostname, FIRST_HOP, LIGHT_ADDRESSES_MAX);
  const endpoints = addresses.map((address) => endpointOf(url, address));
  let control: PendingControl | null = null;
  function askOnce(): void {
    control ??= askControl(run, url.href, endpoints.map(endpointName));
  }
  if (task.depth === 'full' || hasFailure(run)) askOnce();

  const reached = await reachAll(run, endpoints);
  if (hasFailure(run)) askOnce();
  const open = reached.find((one) => one.connection !== null);
  const failed = reached.find((one) => one.didTlsFail);
  // The page first: a connection left idle through the pairs would be closed by an honest server.
  if (open !== undefined) await fetchPage(run, url.href, open);
  if (failed !== undefined) await tryPairs(run, failed, FIRST_HOP);
  if (hasFailure(run) || hasOddAnswer(run)) askOnce();
  await settle(control);
}

/** Reads the variable anew: the compiler does not see that `askOnce` sets it. */
async function settle(control: PendingControl | null): Promise<void> {
  await control?.settle();
}

/** A full run looks at every address at once; a light one goes on to the next only when the first fails. */
async function reachAll(run: WebRun, endpoints: readonly Endpoint[]): Promise<readonly Reached[]> {
  if (run.task.depth === 'full') {
    return Promise.all(endpoints.map((endpoint) => reach(run, endpoint, FIRST_HOP)));
  }
  const reached: Reached[] = [];
  for (const endpoint of endpoints) {
    const one = await reach(run, endpoint, FIRST_HOP);
    reached.push(one);
    // A handshake that fails is explained by its pair, not by a second address.
    if (one.connection !== null || one.didTlsFail) break;
  }
  return reached;
}

function hasFailure({ keys }: WebRun): boolean {
  return (
    keys.queries.some((query) => query.failure !== null) ||
    keys.tcp_connect.some((connect) => connect.status.failure !== null) ||
    keys.tls_handshakes.some((handshake) => handshake.failure !== null) ||
    keys.requests.some((request) => request.failure !== null)
  );
}

function hasOddAnswer({ keys }: WebRun): boolean {
  return keys.requests.some(
    ({ response }) =>
      response !== null &&
      (response.code >= ERROR_STATUS_MIN || (response.x_aiqyn_body_fingerprints ?? []).length > 0),
  );
}
