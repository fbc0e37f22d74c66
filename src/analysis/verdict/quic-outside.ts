/** What the control said of QUIC to the addresses that the vantage tried. */
import type { QuicTestKeys } from '../../../probes/measurement.ts';

/**
 * `reached`: it completed the handshake at one of the addresses, now. `failed`: it tried, and could not. `silent`: it was asked and
 * did not answer. `unasked`: there is none, or it cannot try QUIC.
 */
export type Outside = 'reached' | 'failed' | 'silent' | 'unasked';

/** @param addresses `ip:port` of the handshakes under the target's name. */
export function outsideOf(keys: QuicTestKeys, addresses: readonly string[]): Outside {
  const source = keys.x_aiqyn_control_source ?? 'live';
  if (source === 'none' && keys.control_failure === null) return 'unasked';
  // What it saw yesterday says nothing of a server that may have switched QUIC off.
  if (source !== 'live' || keys.control_failure !== null || keys.control === null) return 'silent';
  const tried = keys.control.x_aiqyn_quic_handshake;
  if (tried === undefined) return 'unasked';
  const there = addresses.map((address) => tried[address]).filter((one) => one !== undefined);
  if (there.some(({ status }) => status)) return 'reached';
  return there.length === 0 ? 'unasked' : 'failed';
}
