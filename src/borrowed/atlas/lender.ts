/** RIPE Atlas as a lender: a lookup and a handshake from volunteers' probes, paid with the account's credits. */
import type { X509Certificate } from 'node:crypto';
import type { Clock } from '../../../probes/probe.ts';
import { asnText } from '../keys.ts';
import type { Asked, BorrowedNetwork, Lender, LenderStatus, Request, Sighting } from '../lender.ts';
import { networkKey } from '../planner.ts';
import type { Quota } from '../quota.ts';
import type { AtlasClient } from './client.ts';
import { comparisonFrom, testKeysFrom } from './observe.ts';
import { CertRow, DnsRow, TraceRow } from './schema.ts';

const COUNTRY = 'KZ';
const LIST_MS = 6 * 3_600_000;
const LIST_FAILED_MS = 600_000;
const DAY_MS = 86_400_000;
/** Credits of one result of a one-off measurement, as RIPE Atlas' documentation of its credits counts them. */
const DNS_CREDITS = 20;
const CERT_CREDITS = 20;
const TRACE_CREDITS = 60;

export interface AtlasOptions {
  readonly client: AtlasClient;
  readonly quota: Quota;
  readonly creditsPerDay: number;
  /** Country (ISO 3166-1) of the probe that looks from outside; null: somebody else compares. */
  readonly control: string | null;
  /** The catalogue's place next to these coordinates (degrees), and its name; null where none is near. */
  readonly placeAt: (
    latitude: number,
    longitude: number,
  ) => { readonly id: string; readonly city: string } | null;
  readonly clock: Clock;
  /** Trusted besides Mozilla's, for a world of its own. */
  readonly roots?: readonly X509Certificate[];
}

export function createAtlasLender(options: AtlasOptions): Lender {
  return new AtlasLender(options);
}

interface Found {
  readonly network: BorrowedNetwork;
  /** Which probes these are stays in this process. */
  readonly probes: number[];
}

class AtlasLender implements Lender {
  readonly name = 'atlas';
  readonly allowance: Lender['allowance'];
  readonly #options: AtlasOptions;
  #found = new Map<string, Found>();
  #isListed = false;
  #listDueMs = -Infinity;
  #turn = 0;
  #problem: string | null = null;
  #lastAnswerAtMs: number | null = null;

  constructor(options: AtlasOptions) {
    this.#options = options;
    this.allowance = { units: options.creditsPerDay, stretchMs: DAY_MS };
  }

  cost({ networks }: Request): number {
    return (networks.length + (this.#options.control === null ? 0 : 1)) * (DNS_CREDITS + CERT_CREDITS);
  }

  left(): number {
    return this.#options.quota.left();
  }

  async networks(signal: AbortSignal): Promise<readonly BorrowedNetwork[]> {
    const { client, clock } = this.#options;
    if (clock.monotonicMs() >= this.#listDueMs) {
      const listed = await client.probes(COUNTRY, signal);
      this.#listDueMs = clock.monotonicMs() + (listed === null ? LIST_FAILED_MS : LIST_MS);
      if (listed === null) this.#problem = 'RIPE Atlas’ list of probes cannot be had.';
      else this.#keep(listed);
    }
    return [...this.#found.values()].map(({ network }) => network);
  }

  #keep(listed: NonNullable<Awaited<ReturnType<AtlasClient['probes']>>>): void {
    const found = new Map<string, Found>();
    for (const { id, asn_v4: asn, geometry } of listed) {
      if (asn === null) continue;
      const at =
        geometry === null ? null : this.#options.placeAt(geometry.coordinates[1], geometry.coordinates[0]);
      const operator = asnText(asn);
      const network = { operator, place: at?.id ?? 'unknown', city: at?.city ?? '', name: operator };
      const known = found.get(networkKey(network));
      if (known === undefined) found.set(networkKey(network), { network, probes: [id] });
      else known.probes.push(id);
    }
    this.#found = found;
    this.#isListed = true;
  }

  async ask(request: Request, signal: AbortSignal): Promise<Asked> {
    const asked = await this.#ask(request, signal);
    this.#problem = asked.kind === 'failed' ? asked.why : null;
    if (asked.kind === 'answered') this.#lastAnswerAtMs = this.#options.clock.nowMs();
    return asked;
  }

  status(): LenderStatus {
    return {
      lender: 'atlas',
      quota: this.#options.quota.status(),
      networks: this.#isListed ? this.#found.size : null,
      problem: this.#problem,
      lastAnswerAtMs: this.#lastAnswerAtMs,
    };
  }

  /** One probe of each network, in turn. */
  #choose({ networks }: Request): Map<number, BorrowedNetwork> {
    const chosen = new Map<number, BorrowedNetwork>();
    this.#turn += 1;
    for (const network of networks) {
      const { probes = [] } = this.#found.get(networkKey(network)) ?? {};
      const probe = probes[this.#turn % Math.max(1, probes.length)];
      if (probe !== undefined) chosen.set(probe, network);
    }
    return chosen;
  }

  async #ask(request: Request, signal: AbortSignal): Promise<Asked> {
    const { client, clock, control, roots } = this.#options;
    const chosen = this.#choose(request);
    if (chosen.size === 0) return { kind: 'nobody' };
    const startedAtMs = clock.nowMs();
    const beganMs = clock.monotonicMs();
    const url = request.target.lightUrl;
    const wanted = chosen.size + (control === null ? 0 : 1);
    const made = await client.make(this.#body(url, [...chosen.keys()]), this.cost(request), signal);
    if (made.kind === 'failed') return made;
    const [dnsId = 0, certId = 0] = made.ids;
    const [dns, cert] = await Promise.all([
      client.results(dnsId, DnsRow, wanted, signal),
      client.results(certId, CertRow, wanted, signal),
    ]);
    const traces = await this.#traces(
      url,
      [...chosen.keys()].filter((probe) => isFailed(cert.get(probe))),
      signal,
    );
    function rowsOf(probe: number) {
      return {
        dns: dns.get(probe) ?? null,
        cert: cert.get(probe) ?? null,
        trace: traces.get(probe) ?? null,
      };
    }
    const outside = [...cert.keys()].find((probe) => !chosen.has(probe));
    const comparison =
      control === null
        ? null
        : comparisonFrom(url, outside === undefined ? { dns: null, cert: null } : rowsOf(outside), roots);
    const sightings = [...chosen].flatMap(([probe, network]): Sighting[] => {
      if (!dns.has(probe) && !cert.has(probe)) return [];
      const runtimeMs = clock.monotonicMs() - beganMs;
      const testKeys = testKeysFrom(url, rowsOf(probe), roots);
      return [{ network, startedAtMs, runtimeMs, testKeys, isLendersFault: false }];
    });
    return { kind: 'answered', sightings, comparison };
  }

  /** How far packets come, where the handshake failed and the credits allow it. */
  async #traces(
    url: string,
    probes: readonly number[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, TraceRow>> {
    const cost = probes.length * TRACE_CREDITS;
    if (probes.length === 0 || this.left() < cost) return new Map();
    const { hostname } = new URL(url);
    const definition = {
      type: 'traceroute',
      af: 4,
      target: hostname,
      protocol: 'TCP',
      port: 443,
      resolve_on_probe: true,
    };
    const made = await this.#options.client.make(body([definition], [sourceOf(probes)]), cost, signal);
    if (made.kind === 'failed') return new Map();
    return this.#options.client.results(made.ids[0] ?? 0, TraceRow, probes.length, signal);
  }

  #body(url: string, probes: readonly number[]): object {
    const { control } = this.#options;
    const { hostname } = new URL(url);
    const lookup = {
      type: 'dns',
      af: 4,
      query_class: 'IN',
      query_type: 'A',
      query_argument: hostname,
      use_probe_resolver: true,
    };
    const handshake = { type: 'sslcert', af: 4, target: hostname, port: 443, resolve_on_probe: true };
    const abroad = control === null ? [] : [{ type: 'country', value: control, requested: 1 }];
    return body([lookup, handshake], [sourceOf(probes), ...abroad]);
  }
}

function body(definitions: readonly object[], sources: readonly object[]): object {
  const description = 'Reachability of a public site';
  return {
    definitions: definitions.map((definition) => ({ ...definition, description, is_oneoff: true })),
    probes: sources,
    is_oneoff: true,
  };
}

function sourceOf(probes: readonly number[]): object {
  return { type: 'probes', value: probes.join(','), requested: probes.length };
}

function isFailed(row: CertRow | undefined): boolean {
  return row !== undefined && (row.err !== null || row.alert !== null);
}
