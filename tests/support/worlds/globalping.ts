/**
 * Globalping on loopback: POST and GET of measurements, the list of probes, quotas with their headers, and every trouble. What
 * its probes see is told by the test.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { closed, portOf } from '../answering-server.ts';
import { answerInTrouble } from './trouble.ts';
import type { Trouble } from './trouble.ts';

export interface WorldProbe {
  readonly country: string;
  readonly city: string;
  readonly asn: number;
  readonly network: string;
}

export const KZ_PROBES: readonly WorldProbe[] = [
  { country: 'KZ', city: 'Almaty', asn: 9198, network: 'JSC Kazakhtelecom' },
  { country: 'KZ', city: 'Astana', asn: 21299, network: 'Kar-Tel LLC' },
];
export const GERMAN_PROBE: WorldProbe = {
  country: 'DE',
  city: 'Falkenstein',
  asn: 24940,
  network: 'Hetzner Online GmbH',
};

const Asked = z.object({
  type: z.enum(['http', 'dns', 'ping']),
  target: z.string(),
  locations: z.array(
    z.object({
      country: z.string(),
      asn: z.number().optional(),
      city: z.string().optional(),
      limit: z.number().optional(),
    }),
  ),
  measurementOptions: z.looseObject({}).optional(),
});
export type Asked = z.infer<typeof Asked>;

/** The `result` of one probe, as their documentation has it. */
export type ProbeSees = (probe: WorldProbe, asked: Asked) => Readonly<Record<string, unknown>>;

export interface GlobalpingWorld {
  readonly url: string;
  /** Every measurement that was taken, in order. */
  readonly asked: Asked[];
  /** Tests that were spent. */
  spent(): number;
  trouble: Trouble;
  sees: ProbeSees;
  limit: number;
  authorization: string | null;
  close(): Promise<void>;
}

const SHA = 'AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89';
export const SITE_ADDRESS = '198.51.100.10';

/** An honest answer to an HTTPS HEAD. */
export function httpAnswer(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    status: 'finished',
    rawOutput: 'HTTP/1.1 204\n',
    rawHeaders: 'Server: sffe',
    rawBody: null,
    truncated: false,
    headers: { server: 'sffe', 'x-client': '203.0.113.77' },
    statusCode: 204,
    statusCodeName: 'No Content',
    resolvedAddress: SITE_ADDRESS,
    timings: { total: 140, dns: 10, tcp: 40, tls: 50, firstByte: 40, download: 0 },
    tls: {
      authorized: true,
      protocol: 'TLSv1.3',
      cipherName: 'TLS_AES_256_GCM_SHA384',
      subject: { CN: '*.google.com' },
      issuer: { C: 'US', O: 'Google Trust Services', CN: 'WR2' },
      keyType: 'EC',
      keyBits: 256,
      fingerprint256: SHA,
    },
    ...more,
  };
}

/** What the probe says when it could not. */
export function failedAnswer(rawOutput: string, failureSource?: string): Record<string, unknown> {
  return {
    status: 'failed',
    ...(failureSource === undefined ? {} : { failureSource }),
    rawOutput,
    rawHeaders: null,
    rawBody: null,
    truncated: false,
    headers: {},
    statusCode: null,
    statusCodeName: '',
    resolvedAddress: null,
    timings: { total: null, dns: null, tcp: null, tls: null, firstByte: null, download: null },
    tls: null,
  };
}

export function dnsAnswer(values: readonly string[], statusCodeName = 'NOERROR'): Record<string, unknown> {
  return {
    status: 'finished',
    rawOutput: '',
    statusCode: 0,
    statusCodeName,
    resolver: 'private',
    answers: values.map((value) => ({ name: 'x.', type: 'A', ttl: 60, class: 'IN', value })),
    timings: { total: 5 },
  };
}

export function pingAnswer(received: number): Record<string, unknown> {
  return {
    status: 'finished',
    rawOutput: '',
    resolvedAddress: SITE_ADDRESS,
    stats: { min: 1, avg: 1, max: 1, total: 3, rcv: received, drop: 3 - received, loss: 0 },
    timings: [],
  };
}

function described(probe: WorldProbe) {
  return {
    continent: 'AS',
    region: 'Central Asia',
    ...probe,
    state: null,
    latitude: 43.25,
    longitude: 76.9,
    tags: ['eyeball-network'],
    resolvers: ['private'],
  };
}

/** @param probes all of the world's. */
export async function startGlobalping(
  probes: readonly WorldProbe[] = [...KZ_PROBES, GERMAN_PROBE],
): Promise<GlobalpingWorld> {
  const kept = new Map<
    string,
    { readonly asked: Asked; readonly matched: readonly WorldProbe[]; looks: number }
  >();
  let spent = 0;

  function limits(): Record<string, string> {
    return {
      'x-ratelimit-limit': String(world.limit),
      'x-ratelimit-consumed': String(spent),
      'x-ratelimit-remaining': String(Math.max(0, world.limit - spent)),
      'x-ratelimit-reset': '1800',
    };
  }

  function create(body: string, outgoing: ServerResponse): void {
    const asked = Asked.parse(JSON.parse(body));
    const matched = asked.locations.flatMap(({ country, asn, city, limit = 1 }) =>
      probes
        .filter(
          (probe) =>
            probe.country === country &&
            (asn === undefined || probe.asn === asn) &&
            (city === undefined || probe.city === city),
        )
        .slice(0, limit),
    );
    if (matched.length === 0) {
      answer(outgoing, 422, { error: { type: 'no_probes_found', message: 'No suitable probes found.' } });
      return;
    }
    if (spent + matched.length > world.limit) {
      answer(outgoing, 429, { error: { type: 'too_many_probes' } }, limits());
      return;
    }
    spent += matched.length;
    world.asked.push(asked);
    const id = `m${world.asked.length}`;
    kept.set(id, { asked, matched, looks: 0 });
    const headers = { ...limits(), location: `/v1/measurements/${id}` };
    answer(outgoing, 202, { id, probesCount: matched.length }, headers);
  }

  function look(id: string, outgoing: ServerResponse): void {
    const found = kept.get(id);
    if (found === undefined) {
      answer(outgoing, 404, { error: { type: 'not_found' } });
      return;
    }
    found.looks += 1;
    const isDone = found.looks > 1;
    const results = found.matched.map((probe) => ({
      probe: described(probe),
      result: isDone ? world.sees(probe, found.asked) : { status: 'in-progress', rawOutput: '' },
    }));
    const { type, target } = found.asked;
    const status = isDone ? 'finished' : 'in-progress';
    answer(outgoing, 200, { id, type, target, status, probesCount: results.length, results });
  }

  const server = createServer((incoming: IncomingMessage, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      world.authorization = incoming.headers.authorization ?? null;
      const path = incoming.url ?? '';
      if (answerInTrouble(world.trouble, outgoing, { ...limits(), 'x-ratelimit-remaining': '0' })) return;
      if (path === '/v1/probes') {
        const listed = probes.map((probe) => ({
          version: '0.30.0',
          location: described(probe),
          tags: [],
          resolvers: ['private'],
        }));
        answer(outgoing, 200, listed);
      } else if (incoming.method === 'POST') create(Buffer.concat(chunks).toString('utf8'), outgoing);
      else look(path.replace('/v1/measurements/', ''), outgoing);
    });
  });
  const world: GlobalpingWorld = {
    url: `http://127.0.0.1:${await portOf(server)}`,
    asked: [],
    spent: () => spent,
    trouble: 'none',
    sees: () => httpAnswer(),
    limit: 250,
    authorization: null,
    close: async () => closed(server),
  };
  return world;
}

function answer(
  outgoing: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
  outgoing.end(JSON.stringify(body));
}
