/**
 * RIPE Atlas on loopback: probes of a country by pages, one-off measurements paid with credits, results that come in one look
 * after the other. What its probes see is told by the test.
 */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { encode } from 'dns-packet';
import { z } from 'zod';
import { closed, portOf } from '../answering-server.ts';
import { answerInTrouble } from './trouble.ts';
import type { Trouble } from './trouble.ts';

const Made = z.object({
  definitions: z.array(z.looseObject({ type: z.enum(['dns', 'sslcert', 'traceroute']) })),
  probes: z.array(z.object({ type: z.string(), value: z.string(), requested: z.number() })),
  is_oneoff: z.literal(true),
});
export type Made = z.infer<typeof Made>;
export type AtlasType = Made['definitions'][number]['type'];

export const ATLAS_PROBES = [
  { id: 11, asn_v4: 9198, coordinates: [76.95, 43.24] },
  { id: 12, asn_v4: 21299, coordinates: [71.44, 51.17] },
  { id: 13, asn_v4: 9198, coordinates: [76.93, 43.26] },
] as const;
/** The one abroad. */
export const ABROAD = 99;

/** The row of one probe, without what every row has; null: it never reports. */
export type AtlasSees = (probe: number, type: AtlasType) => Readonly<Record<string, unknown>> | null;

export interface AtlasWorld {
  readonly url: string;
  readonly made: Made[];
  trouble: Trouble;
  sees: AtlasSees;
  /** Whether the account has credits, and the key is right. */
  hasCredits: boolean;
  authorization: string | null;
  close(): Promise<void>;
}

/** A resolver's answer as probes report it: the message itself, in base64. */
export function dnsResult(
  hostname: string,
  addresses: readonly string[],
  rcode = 0,
): Record<string, unknown> {
  const message = encode({
    type: 'response',
    id: 4_660,
    flags: rcode,
    questions: [{ type: 'A', name: hostname }],
    answers: addresses.map((data) => ({ type: 'A' as const, name: hostname, ttl: 60, data })),
  });
  return {
    resultset: [{ result: { ANCOUNT: addresses.length, abuf: message.toString('base64'), rt: 12.5 } }],
  };
}

export async function startAtlas(): Promise<AtlasWorld> {
  const kept = new Map<
    number,
    { readonly type: AtlasType; readonly probes: readonly number[]; looks: number }
  >();

  function make(body: string, outgoing: ServerResponse): void {
    const made = Made.parse(JSON.parse(body));
    if (!world.hasCredits) {
      answer(outgoing, 403, { error: { status: 403, title: 'Forbidden' } });
      return;
    }
    world.made.push(made);
    const probes = made.probes.flatMap(({ type, value }) =>
      type === 'probes' ? value.split(',').map(Number) : [ABROAD],
    );
    const measurements = made.definitions.map(({ type }) => {
      const id = 70_000 + kept.size;
      kept.set(id, { type, probes, looks: 0 });
      return id;
    });
    answer(outgoing, 201, { measurements });
  }

  /** One more probe has reported at each look. */
  function results(id: number, outgoing: ServerResponse): void {
    const found = kept.get(id);
    if (found === undefined) {
      answer(outgoing, 404, {});
      return;
    }
    found.looks += 1;
    const rows = found.probes.slice(0, found.looks).flatMap((probe) => {
      const seen = world.sees(probe, found.type);
      const common = {
        prb_id: probe,
        msm_id: id,
        timestamp: Math.floor(Date.now() / 1_000),
        type: found.type,
        from: '203.0.113.9',
        src_addr: '192.168.1.20',
      };
      return seen === null ? [] : [{ ...common, ...seen }];
    });
    answer(outgoing, 200, rows);
  }

  function probes(path: string, outgoing: ServerResponse): void {
    const isSecond = path.includes('page=2');
    const page = ATLAS_PROBES.filter((_, index) => index >= 2 === isSecond);
    answer(outgoing, 200, {
      count: ATLAS_PROBES.length,
      next: isSecond ? null : `${world.url}${path}&page=2`,
      previous: null,
      results: page.map(({ coordinates, ...probe }) => ({
        ...probe,
        address_v4: '203.0.113.9',
        country_code: 'KZ',
        geometry: { type: 'Point', coordinates },
        status: { id: 1, name: 'Connected' },
      })),
    });
  }

  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const path = incoming.url ?? '';
      world.authorization = incoming.headers.authorization ?? null;
      if (answerInTrouble(world.trouble, outgoing, { 'retry-after': '60' })) return;
      if (incoming.method === 'POST') make(Buffer.concat(chunks).toString('utf8'), outgoing);
      else if (path.startsWith('/api/v2/probes/')) probes(path, outgoing);
      else results(Number(/measurements\/(\d+)\/results/.exec(path)?.[1]), outgoing);
    });
  });
  const world: AtlasWorld = {
    url: `http://127.0.0.1:${await portOf(server)}`,
    made: [],
    trouble: 'none',
    sees: () => null,
    hasCredits: true,
    authorization: null,
    close: async () => closed(server),
  };
  return world;
}

function answer(outgoing: ServerResponse, status: number, body: unknown): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' });
  outgoing.end(JSON.stringify(body));
}
