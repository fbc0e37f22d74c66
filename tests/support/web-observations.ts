/** Web measurements for tests, in a few words: observations as OONI's format has them, of one site. */
import { Measurement } from '../../probes/measurement.ts';
import { TAG_HARMLESS } from '../../probes/observations.ts';
import type { Knowledge } from '../../src/analysis/verdict/verdict.ts';

export const SITE = '93.184.216.34';
export const STRANGE = '130.192.182.17';
export const HOST = 'www.example.com';
const ASNS: Readonly<Record<string, number>> = { [SITE]: 15_133, [STRANGE]: 137 };

export const NO_KNOWLEDGE: Knowledge = {
  interceptors: [],
  readCertificate: () => null,
  blockpagesOf: () => [],
  asnOf: () => null,
  expectationOf: () => null,
};

export type Fields = Readonly<Record<string, unknown>>;

export function lookup(
  engine: string,
  answer: string | { readonly failure: string },
  hostname = HOST,
): Fields {
  const failure = typeof answer === 'string' ? null : answer.failure;
  const answers =
    typeof answer === 'string' ? [{ answer_type: 'A', ipv4: answer, asn: ASNS[answer] ?? null }] : [];
  return { engine, hostname, query_type: 'A', failure, answers, t0: 0, t: 0.03 };
}

export function connect(ip: string, port: number, failure: string | null = null): Fields {
  return { ip, port, status: { failure, success: failure === null }, t0: 0.03, t: 0.06 };
}

export function handshake(ip: string, failure: string | null = null, fields: Fields = {}): Fields {
  return {
    address: `${ip}:443`,
    server_name: HOST,
    failure,
    t0: 0.06,
    t: failure === null ? 0.12 : 5.06,
    ...fields,
  };
}

export function harmless(ip: string, failure: string | null = null, fields: Fields = {}): Fields {
  return handshake(ip, failure, {
    server_name: 'example.org',
    no_tls_verify: true,
    tags: [TAG_HARMLESS],
    ...fields,
  });
}

export const PAGE = '<html><title>Default Web Page</title>' + 'x'.repeat(1_500);

export function request(url: string, ip: string, outcome: Fields | { readonly failure: string }): Fields {
  const port = url.startsWith('https:') ? 443 : 80;
  const base = { address: `${ip}:${port}`, request: { url }, t0: 0.12, t: 0.3 };
  if ('failure' in outcome) return { ...base, response: null, ...outcome };
  return {
    ...base,
    failure: null,
    response: { code: 200, body: PAGE, headers: { 'Alt-Svc': 'h3' }, ...outcome },
  };
}

export function controlSees(fields: Fields = {}): Fields {
  return {
    dns: { failure: null, addrs: [SITE] },
    tcp_connect: { [`${SITE}:443`]: { status: true }, [`${SITE}:80`]: { status: true } },
    tls_handshake: { [`${SITE}:443`]: { server_name: HOST, status: true } },
    http_request: {
      failure: null,
      status_code: 200,
      body_length: PAGE.length,
      title: 'Default Web Page',
      headers: { 'Alt-Svc': 'h3' },
    },
    ip_info: { [SITE]: { asn: 15_133 } },
    ...fields,
  };
}

export const CONTROL_FAILS = controlSees({
  tcp_connect: { [`${SITE}:443`]: { status: false, failure: 'connection_refused' } },
  tls_handshake: {},
  http_request: { failure: 'connection_refused_error', status_code: -1, body_length: -1 },
});

export interface WebSpec {
  readonly input?: string;
  readonly queries?: readonly Fields[];
  readonly tcp?: readonly Fields[];
  readonly tls?: readonly Fields[];
  readonly requests?: readonly Fields[];
  readonly events?: readonly Fields[];
  /** Null: it was asked and failed. `unasked`: there is none. */
  readonly control?: Fields | null | 'unasked';
  readonly keys?: Fields;
  readonly envelope?: Fields;
}

function controlKeys(control: WebSpec['control']): Fields {
  if (control === 'unasked') return { control: null, control_failure: null, x_aiqyn_control_source: 'none' };
  if (control === null) return { control, control_failure: 'connection_reset' };
  return { control: control ?? controlSees(), control_failure: null };
}

export function webMeasurement(spec: WebSpec): Measurement {
  return Measurement.parse({
    input: spec.input ?? `https://${HOST}/`,
    measurement_start_time: '2026-01-02 03:04:05',
    test_name: 'web_connectivity',
    ...spec.envelope,
    test_keys: {
      queries: spec.queries ?? [lookup('getaddrinfo', SITE), lookup('doh', SITE)],
      tcp_connect: spec.tcp ?? [connect(SITE, 443), connect(SITE, 80)],
      tls_handshakes: spec.tls ?? [],
      requests: spec.requests ?? [],
      network_events: spec.events ?? [],
      ...controlKeys(spec.control),
      ...spec.keys,
    },
  });
}
