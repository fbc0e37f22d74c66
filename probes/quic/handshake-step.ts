/** One QUIC handshake and its row, in OONI's shape: that of a TLS handshake, over UDP. */
import { endpointName } from '../control-step.ts';
import type { QuicResult } from '../network.ts';
import { TAG_HARMLESS } from '../observations.ts';
import type { TlsHandshake } from '../observations.ts';
import { certificates } from '../reach-step.ts';
import { countDatagrams, elapsedSeconds, isCutShort, limitsFor, nextTransaction } from '../run.ts';
import type { Run } from '../run.ts';

export interface QuicEndpoint {
  readonly address: string;
  readonly port: number;
}

export interface QuicAsk {
  readonly endpoint: QuicEndpoint;
  readonly serverName: string;
  readonly tags: readonly string[];
}

/** Null when it was not done: no time left, or cut short by our own shutdown. Its row goes into `rows`. */
export async function quicStep(run: Run, rows: TlsHandshake[], ask: QuicAsk): Promise<QuicResult | null> {
  const limits = limitsFor(run, 'tls');
  if (limits === null) return null;
  const { endpoint, serverName, tags } = ask;
  // The server need not have the harmless name: a completed handshake is all that is asked of it.
  const isHarmless = tags.includes(TAG_HARMLESS);
  const t0 = elapsedSeconds(run);
  const request = { serverName, verify: !isHarmless };
  const result = await run.context.network.handshakeQuic(endpoint, request, limits);
  countDatagrams(run, result.traffic);
  if (isCutShort(run, result.failure)) return null;
  const isEnoughByHash = isHarmless || result.failure === null;
  rows.push({
    network: 'udp',
    address: endpointName(endpoint),
    server_name: serverName,
    failure: result.failure,
    // QUIC has no other (RFC 9001, section 4.2).
    tls_version: result.failure === null ? 'TLSv1.3' : '',
    cipher_suite: '',
    negotiated_protocol: result.alpn,
    no_tls_verify: isHarmless,
    ...certificates(result.chain, isEnoughByHash),
    t0,
    t: elapsedSeconds(run),
    tags: [...tags],
    transaction_id: nextTransaction(run),
  });
  return result;
}
