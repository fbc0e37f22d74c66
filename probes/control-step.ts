/** The question to the control: asked while the run goes on, waited for no longer than the run may last. */
import { FAILURE } from './failure.ts';
import type { ControlAnswer, ControlQuestion } from './probe.ts';
import { remainingMs } from './run.ts';
import type { Run } from './run.ts';
import { isIpAddress } from './scrub.ts';

export interface PendingControl {
  /** Writes the answer into the record. Never rejects. */
  settle(): Promise<void>;
}

export function askControl(
  run: Run,
  url: string,
  endpoints: readonly string[],
  more: Pick<ControlQuestion, 'quic'> = {},
): PendingControl | null {
  const { control, clock, signal } = run.context;
  if (control === null) return null;
  const patience = new AbortController();
  const cut = AbortSignal.any([signal, patience.signal]);
  // Caught here and not where it is waited for: until then nobody listens, and an answer that rejects would end the process.
  const asked = control
    .ask({ url, endpoints: endpoints.filter(isAddressed), ...more }, cut)
    .catch((): ControlAnswer => silent(FAILURE.httpFailed));
  return {
    async settle() {
      const timeout = clock
        .sleep(Math.max(0, remainingMs(run)), cut)
        .then(() => silent(signal.aborted ? FAILURE.interrupted : FAILURE.timeout));
      const answer = await Promise.race([asked, timeout]);
      patience.abort();
      run.keys.control = answer.control;
      run.keys.control_failure = answer.failure;
      run.keys.x_aiqyn_control_source = answer.source;
      if (answer.source === 'last_known_good') run.keys.x_aiqyn_control_age_ms = answer.ageMs;
    },
  };
}

/** Through a proxy names stand in the place of addresses; the control resolves for itself. */
function isAddressed(endpoint: string): boolean {
  return isIpAddress(endpoint.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
}

/** `ip:port` as the record and the control write it, IPv6 in brackets. */
export function endpointName({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function silent(failure: string): ControlAnswer {
  return { source: 'none', control: null, failure, ageMs: 0 };
}
