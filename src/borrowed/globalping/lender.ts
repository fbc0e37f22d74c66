/** Globalping as a lender: anonymous volunteers' probes, asked for one HTTPS request each. */
import { isDeepStrictEqual } from 'node:util';
import { isWorthAsking, comparisonFrom, isLendersFault, NO_FOLLOW_UP, testKeysFrom } from './observe.ts';
import type { FollowUp } from './observe.ts';
import type { Clock } from '../../../probes/probe.ts';
import { asnText } from '../keys.ts';
import type { Asked, BorrowedNetwork, Lender, LenderStatus, Request, Sighting } from '../lender.ts';
import { networkKey } from '../planner.ts';
import type { Quota } from '../quota.ts';
import type { GlobalpingClient, Location } from './client.ts';
import { DnsResult, HttpResult, measurementOf, PingResult } from './schema.ts';
import type { Probe } from './schema.ts';

const COUNTRY = 'KZ';
/** Probes come and go; the list is large. */
const LIST_MS = 6 * 3_600_000;
const LIST_FAILED_MS = 600_000;
/** A failed request is looked at again in its two parts. */
const FOLLOW_UPS = 2;
const HOUR_MS = 3_600_000;

export interface GlobalpingOptions {
  readonly client: GlobalpingClient;
  readonly quota: Quota;
  readonly testsPerHour: number;
  /** Countries (ISO 3166-1) of the probe that looks from outside, in turn; null: somebody else compares. */
  readonly controls: readonly string[] | null;
  /** A place's id for a city's name, or `unknown`. */
  readonly placeOf: (city: string) => string;
  readonly clock: Clock;
}

const HttpMeasurement = measurementOf(HttpResult);
const DnsMeasurement = measurementOf(DnsResult);
const PingMeasurement = measurementOf(PingResult);

export function createGlobalpingLender(options: GlobalpingOptions): Lender {
  return new GlobalpingLender(options);
}

interface Found {
  readonly network: BorrowedNetwork;
  readonly probe: Probe;
  readonly result: HttpResult;
}

class GlobalpingLender implements Lender {
  readonly name = 'globalping';
  readonly allowance: Lender['allowance'];
  readonly #options: GlobalpingOptions;
  #networks: readonly BorrowedNetwork[] | null = null;
  #listDueMs = -Infinity;
  #turn = 0;
  #problem: string | null = null;
  #lastAnswerAtMs: number | null = null;

  constructor(options: GlobalpingOptions) {
    this.#options = options;
    this.allowance = { units: options.testsPerHour, stretchMs: HOUR_MS };
  }

  /** The parts of what fails are asked only with what is left over then. */
  cost({ networks }: Request): number {
    return networks.length + (this.#options.controls === null ? 0 : 1);
  }

  left(): number {
    return this.#options.quota.left();
  }

  async networks(signal: AbortSignal): Promise<readonly BorrowedNetwork[]> {
    const { client, clock } = this.#options;
    if (clock.monotonicMs() < this.#listDueMs) return this.#networks ?? [];
    const listed = await client.probes(signal);
    this.#listDueMs = clock.monotonicMs() + (listed === null ? LIST_FAILED_MS : LIST_MS);
    if (listed === null) {
      this.#problem = 'Globalping’s list of probes cannot be had.';
      return this.#networks ?? [];
    }
    const found = new Map<string, BorrowedNetwork>();
    for (const { location } of listed) {
      if (location.country !== COUNTRY) continue;
      const network = this.#networkOf(location);
      found.set(networkKey(network), network);
    }
    this.#networks = [...found.values()];
    return this.#networks;
  }

  async ask(request: Request, signal: AbortSignal): Promise<Asked> {
    const asked = await this.#ask(request, signal);
    this.#problem = asked.kind === 'failed' ? asked.why : null;
    if (asked.kind === 'answered') this.#lastAnswerAtMs = this.#options.clock.nowMs();
    // Somebody left: who is there now is asked soon.
    if (asked.kind === 'nobody')
      this.#listDueMs = Math.min(this.#listDueMs, this.#options.clock.monotonicMs() + LIST_FAILED_MS);
    return asked;
  }

  status(): LenderStatus {
    return {
      lender: 'globalping',
      quota: this.#options.quota.status(),
      networks: this.#networks?.length ?? null,
      problem: this.#problem,
      lastAnswerAtMs: this.#lastAnswerAtMs,
    };
  }

  async #ask(request: Request, signal: AbortSignal): Promise<Asked> {
    const { client, clock } = this.#options;
    const startedAtMs = clock.nowMs();
    const beganMs = clock.monotonicMs();
    const url = request.target.lightUrl;
    const { hostname, pathname, search, port } = new URL(url);
    const outcome = await client.measure(
      {
        type: 'http',
        target: hostname,
        locations: [...request.networks.map(locationOf), ...this.#control()],
        measurementOptions: {
          request: { method: 'HEAD', path: pathname, query: search.replace(/^\?/, '') },
          protocol: 'HTTPS',
          port: port === '' ? 443 : Number(port),
        },
      },
      HttpMeasurement,
      this.cost(request),
      signal,
    );
    if (outcome.kind !== 'finished') return outcome;
    const { results } = outcome.measurement;
    const outside = results.find(({ probe }) => probe.country !== COUNTRY) ?? null;
    const sightings: Sighting[] = [];
    for (const found of this.#found(request, results)) {
      const more = isWorthAsking(found.result) ? await this.#follow(url, found, signal) : NO_FOLLOW_UP;
      sightings.push({
        network: found.network,
        startedAtMs,
        runtimeMs: clock.monotonicMs() - beganMs,
        testKeys: testKeysFrom(url, found.result, more),
        isLendersFault: isLendersFault(found.result),
      });
    }
    const comparison = this.#options.controls === null ? null : comparisonFrom(url, outside?.result ?? null);
    return { kind: 'answered', sightings, comparison };
  }

  /** Of each network that was asked for the first probe; one that went offline saw nothing. */
  #found(request: Request, results: readonly { probe: Probe; result: HttpResult }[]): Found[] {
    const wanted = new Set(request.networks.map(networkKey));
    const found: Found[] = [];
    for (const { probe, result } of results) {
      const network = this.#networkOf(probe);
      const isAsked = probe.country === COUNTRY && wanted.delete(networkKey(network));
      if (isAsked && result.status !== 'offline') found.push({ network, probe, result });
    }
    return found;
  }

  /** The lookup and the connection alone, by the same probe: another one of that network would tell of another line. */
  async #follow(url: string, { network, probe }: Found, signal: AbortSignal): Promise<FollowUp> {
    const { client, quota } = this.#options;
    if (quota.left() < FOLLOW_UPS) return NO_FOLLOW_UP;
    const { hostname, port } = new URL(url);
    const locations = [locationOf(network)];
    const base = { target: hostname, locations };
    const [dns, tcp] = await Promise.all([
      client.measure(
        { ...base, type: 'dns', measurementOptions: { query: { type: 'A' } } },
        DnsMeasurement,
        1,
        signal,
      ),
      client.measure(
        {
          ...base,
          type: 'ping',
          measurementOptions: { packets: 3, protocol: 'TCP', port: port === '' ? 443 : Number(port) },
        },
        PingMeasurement,
        1,
        signal,
      ),
    ]);
    return { dns: ofProbe(dns, probe), tcp: ofProbe(tcp, probe) };
  }

  #control(): Location[] {
    const { controls } = this.#options;
    if (controls === null) return [];
    const country = controls[this.#turn % controls.length];
    this.#turn += 1;
    return country === undefined ? [] : [{ country, limit: 1 }];
  }

  #networkOf({ asn, city, network }: Pick<Probe, 'asn' | 'city' | 'network'>): BorrowedNetwork {
    return { operator: asnText(asn), city, place: this.#options.placeOf(city), name: network };
  }
}

function locationOf({ operator, city }: BorrowedNetwork): Location {
  const asn = Number(operator.replace(/^AS/, ''));
  return { country: COUNTRY, asn, ...(city === '' ? {} : { city }), limit: 1 };
}

interface Measured<T> {
  readonly kind: string;
  readonly measurement?: { readonly results: readonly { readonly probe: Probe; readonly result: T }[] };
}

function ofProbe<T>({ measurement }: Measured<T>, probe: Probe): T | null {
  return measurement?.results.find((each) => isDeepStrictEqual(each.probe, probe))?.result ?? null;
}
