/** A measurement for a person: what was tried, how long it took, what failed, what the control saw; then the verdict. */
import type { ControlSource, WebTestKeys } from '../../probes/measurement.ts';
import { TAG_HARMLESS } from '../../probes/observations.ts';
import type { DnsQuery, HttpTransaction, TcpConnect, TlsHandshake } from '../../probes/observations.ts';
import type { EndpointSeen, Outside, PartSeen } from '../analysis/verdict/apps/seen.ts';
import type { Verdict } from '../analysis/verdict/verdict.ts';

interface Step {
  readonly what: string;
  readonly durationMs: number | null;
  readonly outcome: string;
  readonly control: string;
}

const STATUS_SENTENCES: Readonly<Record<Verdict['status'], string>> = {
  ok: 'It is reachable.',
  blocked: 'It is blocked on this network.',
  throttled: 'It is slowed down on this network.',
  intercepted: 'Its encryption is intercepted: the certificate is forged.',
  tampered: 'It is reachable, but the way to it was changed.',
  down: 'It does not answer from outside either: the site itself is down.',
  offline: "This vantage's own network is at fault; this says nothing about the site.",
  inconclusive: 'This measurement cannot tell.',
};

function durationOf(step: { t0: number | null; t: number | null }): number | null {
  return step.t0 === null || step.t === null ? null : (step.t - step.t0) * 1_000;
}

function passed(isOk: boolean | undefined, failure: string | null | undefined): string {
  if (isOk === undefined) return '–';
  return isOk ? 'works' : (failure ?? 'fails');
}

function dnsStep(query: DnsQuery, keys: WebTestKeys): Step {
  const addresses = query.answers.flatMap((answer) => answer.ipv4 ?? answer.ipv6 ?? []);
  const resolver =
    query.engine === 'getaddrinfo' ? 'the system' : `${query.engine} ${query.resolver_address}`;
  const control = keys.control?.dns;
  return {
    what: `resolve ${query.hostname} (${query.query_type}) by ${resolver}`,
    durationMs: durationOf(query),
    outcome: query.failure ?? (addresses.join(' ') || 'no address'),
    control: control == null ? '–' : (control.failure ?? control.addrs.slice(0, 3).join(' ')),
  };
}

function tcpStep(connect: TcpConnect, keys: WebTestKeys): Step {
  const host = connect.ip.includes(':') ? `[${connect.ip}]` : connect.ip;
  const control = keys.control?.tcp_connect[`${host}:${connect.port}`];
  return {
    what: `connect to ${host}:${connect.port}`,
    durationMs: durationOf(connect),
    outcome: connect.status.failure ?? 'connected',
    control: passed(control?.status, control?.failure),
  };
}

function tlsStep(handshake: TlsHandshake, keys: WebTestKeys): Step {
  const isHarmless = handshake.tags.includes(TAG_HARMLESS);
  const control = isHarmless ? undefined : keys.control?.tls_handshake[handshake.address];
  return {
    what: `handshake with ${handshake.address} as ${handshake.server_name}${isHarmless ? ' (harmless name)' : ''}`,
    durationMs: durationOf(handshake),
    outcome: handshake.failure ?? `${handshake.tls_version || 'TLS'}, certificate verified`,
    control: passed(control?.status, control?.failure),
  };
}

function httpStep(transaction: HttpTransaction, keys: WebTestKeys): Step {
  const control = keys.control?.http_request;
  const bytes = transaction.response?.x_aiqyn_body_bytes;
  const answer = `${transaction.response?.code ?? 0}${bytes === undefined ? '' : `, ${bytes} bytes`}`;
  return {
    what: `GET ${transaction.request.url}`,
    durationMs: durationOf(transaction),
    outcome: transaction.failure ?? answer,
    control: control == null ? '–' : (control.failure ?? `${control.status_code}`),
  };
}

/** Steps in the order in which they began. */
function stepsOf(keys: WebTestKeys): Step[] {
  const timed = [
    ...keys.queries.map((query) => ({ atS: query.t0 ?? query.t ?? 0, step: dnsStep(query, keys) })),
    ...keys.tcp_connect.map((connect) => ({
      atS: connect.t0 ?? connect.t ?? 0,
      step: tcpStep(connect, keys),
    })),
    ...keys.tls_handshakes.map((hand) => ({ atS: hand.t0 ?? hand.t ?? 0, step: tlsStep(hand, keys) })),
    ...keys.requests.map((request) => ({ atS: request.t0 ?? request.t ?? 0, step: httpStep(request, keys) })),
  ];
  return timed.sort((a, b) => a.atS - b.atS).map(({ step }) => step);
}

const CONTROL_SENTENCES: Readonly<Record<ControlSource, string>> = {
  live: 'The control measured the same target at the same time.',
  last_known_good: 'The control did not answer; its newest good answer stands in.',
  none: 'No control was asked, so only evidence that carries its own comparison counts.',
};

/** Columns padded to the longest cell; the first row is the head. */
function tableOf(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length - 1));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function verdictLines(verdict: Verdict): string[] {
  const how = [verdict.layer, verdict.method].filter((word) => word !== null).join(', ');
  return [
    `${STATUS_SENTENCES[verdict.status]} (${verdict.status}${how === '' ? '' : `: ${how}`}; confidence ${Math.round(verdict.confidence * 100)} %)`,
    ...verdict.reasons.map((reason) => `  - ${reason}`),
  ];
}

/** Lines for a terminal. */
export function explain(keys: WebTestKeys, verdict: Verdict): string[] {
  const steps = stepsOf(keys);
  return [
    ...tableOf([
      ['step', 'ms', 'here', 'control'],
      ...steps.map((step) => [step.what, step.durationMs?.toFixed(0) ?? '', step.outcome, step.control]),
    ]),
    '',
    ...verdictLines(verdict),
    CONTROL_SENTENCES[keys.x_aiqyn_control_source ?? (keys.control === null ? 'none' : 'live')],
  ];
}

const OUTSIDE: Readonly<Record<Outside, string>> = {
  reached: 'works',
  failed: 'fails',
  silent: 'no answer',
  unasked: '–',
};

/** The same of an app: its parts and what became of each endpoint. */
export function explainApp(parts: readonly PartSeen[], verdict: Verdict): string[] {
  const rows = parts.flatMap(({ part, endpoints }) =>
    endpoints.map((seen, index) => [
      index === 0 ? part.id : '',
      seen.url,
      outcomeOf(seen),
      OUTSIDE[seen.outside],
    ]),
  );
  return [
    ...tableOf([['part', 'endpoint', 'here', 'control'], ...rows]),
    '',
    ...verdictLines(verdict),
    `Out of reach: ${Math.round(verdict.score * 100)} %.`,
  ];
}

function outcomeOf({ state, stage, failure, isNameFiltered }: EndpointSeen): string {
  if (state !== 'failed') return state === 'reached' ? 'works' : 'not tried';
  return `${stage ?? ''}: ${failure ?? ''}${isNameFiltered ? ' (a harmless name works)' : ''}`;
}
