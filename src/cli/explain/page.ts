/** The steps of a measurement in the order in which they began: what was tried, how long it took, here and at the control. */
import type { WebTestKeys } from '../../../probes/measurement.ts';
import { TAG_HARMLESS } from '../../../probes/observations.ts';
import type { DnsQuery, HttpTransaction, TcpConnect, TlsHandshake } from '../../../probes/observations.ts';
import { milliseconds } from './table.ts';
import { failureText, NOT_ASKED } from './words.ts';

const CONTROL_ADDRESSES_MAX = 3;

export type Row = readonly [what: string, ms: string, here: string, control: string];

export function outcome(failure: string | null | undefined, success: string): string {
  return failure == null ? success : failureText(failure);
}

export function seenOutside(
  isOk: boolean | undefined,
  failure: string | null | undefined,
  success: string,
): string {
  if (isOk === undefined) return NOT_ASKED;
  return isOk ? success : outcome(failure, 'fails');
}

function dnsRow(query: DnsQuery, keys: WebTestKeys): Row {
  const addresses = query.answers.flatMap((answer) => answer.ipv4 ?? answer.ipv6 ?? []);
  const isSystem = query.engine === 'getaddrinfo' || query.engine === 'system';
  const resolver = isSystem ? 'the system' : `${query.engine} ${query.resolver_address}`.trimEnd();
  const control = keys.control?.dns;
  const theirs = control?.addrs.slice(0, CONTROL_ADDRESSES_MAX).join(' ') ?? '';
  return [
    `resolve ${query.hostname} (${query.query_type}) by ${resolver}`,
    milliseconds(query.t0, query.t),
    outcome(query.failure, addresses.join(' ') || 'no address'),
    control == null ? NOT_ASKED : outcome(control.failure, theirs || 'no address'),
  ];
}

function tcpRow(connect: TcpConnect, keys: WebTestKeys): Row {
  const host = connect.ip.includes(':') ? `[${connect.ip}]` : connect.ip;
  const control = keys.control?.tcp_connect[`${host}:${connect.port}`];
  return [
    `connect to ${host}:${connect.port}`,
    milliseconds(connect.t0, connect.t),
    outcome(connect.status.failure, 'connected'),
    seenOutside(control?.status, control?.failure, 'connected'),
  ];
}

function tlsRow(handshake: TlsHandshake, keys: WebTestKeys): Row {
  const isHarmless = handshake.tags.includes(TAG_HARMLESS);
  const control = isHarmless ? undefined : keys.control?.tls_handshake[handshake.address];
  const verified = handshake.no_tls_verify ? 'completed' : 'completed, certificate good';
  return [
    `handshake with ${handshake.address} as ${handshake.server_name}${isHarmless ? ' (harmless name)' : ''}`,
    milliseconds(handshake.t0, handshake.t),
    outcome(handshake.failure, verified),
    seenOutside(control?.status, control?.failure, 'completed, certificate good'),
  ];
}

/** The control follows redirects: what it says is of where they end. */
function httpRow(transaction: HttpTransaction, keys: WebTestKeys): Row {
  const control = transaction === keys.requests.at(-1) ? keys.control?.http_request : null;
  const bytes = transaction.response?.x_aiqyn_body_bytes;
  const answer = `status ${transaction.response?.code ?? 0}${bytes === undefined ? '' : `, ${bytes} bytes`}`;
  const theirs = `status ${control?.status_code ?? 0}`;
  return [
    `${transaction.request.method} ${transaction.request.url}`,
    milliseconds(transaction.t0, transaction.t),
    outcome(transaction.failure, answer),
    control == null ? NOT_ASKED : outcome(control.failure, theirs),
  ];
}

export interface TimedRow {
  readonly atS: number;
  readonly row: Row;
}

interface Timed {
  readonly t0: number | null;
  readonly t: number | null;
}

export function timedRow(step: Timed, what: string, here: string, control: string): TimedRow {
  return { atS: step.t0 ?? step.t ?? 0, row: [what, milliseconds(step.t0, step.t), here, control] };
}

/** `more`: rows of other steps that belong to the same measurement. */
export function pageRows(keys: WebTestKeys, more: readonly TimedRow[] = []): readonly Row[] {
  const timed: TimedRow[] = [];
  function add(step: Timed, row: Row): void {
    timed.push({ atS: step.t0 ?? step.t ?? 0, row });
  }
  for (const query of keys.queries) add(query, dnsRow(query, keys));
  for (const connect of keys.tcp_connect) add(connect, tcpRow(connect, keys));
  for (const handshake of keys.tls_handshakes) add(handshake, tlsRow(handshake, keys));
  for (const transaction of keys.requests) add(transaction, httpRow(transaction, keys));
  timed.push(...more);
  return timed.sort((a, b) => a.atS - b.atS).map(({ row }) => row);
}
