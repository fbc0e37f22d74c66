/**
 * Ingest probe: can live video be sent from here? TCP and TLS to where a platform takes broadcasts, and where TCP comes up and
 * TLS then fails the same address under a harmless name. After the handshake the connection is closed: no request, no
 * stream key, not one byte of application data. What it can and cannot prove is in README.md.
 */
import { askControl, endpointName } from '../control-step.ts';
import type { IngestFact } from '../kinds.ts';
import type { WebTestKeys } from '../measurement.ts';
import { findQuickly } from '../name-step.ts';
import type { ProbeReport } from '../probe.ts';
import { reach, tryPairs } from '../reach-step.ts';
import type { Reached } from '../reach-step.ts';
import { reportOf } from '../run.ts';
import type { Manner, Run, RunTask, StepContext } from '../run.ts';

const MANNER: Manner = {
  shares: { dns: 0.15, tcp: 0.2, tls: 0.2, http: 0 },
  pairTriesMax: 3,
  lateMs: 0,
  keepsGoodChains: false,
};
const ADDRESSES_MAX = 2;

export interface IngestTask extends RunTask {
  readonly target: Pick<IngestFact, 'host' | 'port'>;
}

/** Measures one host. Resolves within the task's deadline and never rejects; see `reportOf` for `abort`. */
export async function probeIngest(task: IngestTask, context: StepContext): Promise<ProbeReport<WebTestKeys>> {
  return reportOf(task, context, MANNER, measure);
}

async function measure(run: Run<IngestTask>): Promise<void> {
  const { host, port } = run.task.target;
  const found = await findQuickly(run, host, [], ADDRESSES_MAX);
  const endpoints = found.map((address) => ({ address, port, serverName: host }));
  // The control speaks of the name and the handshake; that the page it also asks for is none says nothing here.
  const control = askControl(run, `https://${host}:${port}/`, endpoints.map(endpointName));
  let failed: Reached | null = null;
  for (const endpoint of endpoints) {
    const reached = await reach(run, endpoint, []);
    reached.connection?.close();
    if (reached.connection !== null) break;
    if (reached.didTlsFail) failed ??= reached;
  }
  if (failed !== null) await tryPairs(run, failed, []);
  await control?.settle();
}
