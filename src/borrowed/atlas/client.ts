/** Speaks with RIPE Atlas: probes of the country, one-off measurements, and their results as they come in. */
import type { z } from 'zod';
import type { Clock } from '../../../probes/probe.ts';
import type { Answer, PoliteHttp } from '../../polite/http.ts';
import type { Quota } from '../quota.ts';
import { Created, ProbePage } from './schema.ts';

const PAGES_MAX = 5;
const PAGE_SIZE = 100;
/** Results of a one-off come within a few minutes, or not at all. */
const POLL_MS = 10_000;
const POLLS_MAX = 24;
/** What is still missing after so many looks without a new row has not been measured. */
const QUIET_POLLS_MAX = 6;
const REFUSED_SECONDS = 3_600;
const RATE_SECONDS = 120;
const STATUS_OK = 200;

export interface AtlasClientOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly key: string;
  readonly http: PoliteHttp;
  readonly quota: Quota;
  readonly clock: Clock;
}

export type Made =
  | { readonly kind: 'made'; readonly ids: readonly number[] }
  | { readonly kind: 'failed'; readonly why: string };

type ProbeFound = ProbePage['results'][number];

export class AtlasClient {
  readonly #options: AtlasClientOptions;

  constructor(options: AtlasClientOptions) {
    this.#options = options;
  }

  /** Connected probes of a country (ISO 3166-1); null where they cannot be had. Costs nothing. */
  async probes(country: string, signal: AbortSignal): Promise<ProbeFound[] | null> {
    const { url, http } = this.#options;
    const found: ProbeFound[] = [];
    let page: string | null = `${url}/api/v2/probes/?country_code=${country}&status=1&page_size=${PAGE_SIZE}`;
    for (let read = 0; page !== null && read < PAGES_MAX; read += 1) {
      const answer = await http.getJson(page, { signal });
      const parsed = ProbePage.safeParse(answer.body);
      if (answer.status !== STATUS_OK || !parsed.success) return null;
      found.push(...parsed.data.results);
      page = this.#own(parsed.data.next);
    }
    return found;
  }

  /** A page that is elsewhere is not asked for: the key would go there. */
  #own(next: string | null): string | null {
    return next?.startsWith(`${this.#options.url}/`) === true ? next : null;
  }

  /** Takes `cost` from the quota and makes one measurement of each definition. Never rejects. */
  async make(body: object, cost: number, signal: AbortSignal): Promise<Made> {
    const { url, http, quota } = this.#options;
    if (!(await quota.take(cost))) return { kind: 'failed', why: 'The credits of this day are used up.' };
    const answer = await http.postJson(`${url}/api/v2/measurements/`, body, { ...this.#headers(), signal });
    const created = Created.safeParse(answer.body);
    if ((answer.status === 201 || answer.status === STATUS_OK) && created.success)
      return { kind: 'made', ids: created.data.measurements };
    // A refusal costs no credits; where it is not known, they count as spent.
    if (answer.status >= 400 && answer.status < 500) await quota.giveBack(cost);
    await this.#heed(answer);
    return { kind: 'failed', why: sentence(answer) };
  }

  /** Rows of a measurement, by probe, until `wanted` have come or no more do. A row that cannot be read is left out. */
  async results<T extends z.ZodType<{ readonly prb_id: number }>>(
    id: number,
    schema: T,
    wanted: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, z.output<T>>> {
    const { url, http, clock } = this.#options;
    const rows = new Map<number, z.output<T>>();
    let quiet = 0;
    for (let poll = 0; poll < POLLS_MAX && quiet < QUIET_POLLS_MAX && !signal.aborted; poll += 1) {
      await clock.sleep(POLL_MS, signal);
      const address = `${url}/api/v2/measurements/${id}/results/?format=json`;
      const answer = await http.getJson(address, { ...this.#headers(), signal });
      const before = rows.size;
      for (const row of Array.isArray(answer.body) ? answer.body : []) {
        const parsed = schema.safeParse(row);
        if (parsed.success) rows.set(parsed.data.prb_id, parsed.data);
      }
      if (rows.size >= wanted) return rows;
      quiet = rows.size > before || rows.size === 0 ? 0 : quiet + 1;
    }
    return rows;
  }

  #headers(): { readonly headers: Readonly<Record<string, string>> } {
    return { headers: { authorization: `Key ${this.#options.key}` } };
  }

  async #heed({ status, retryAfterSeconds }: Answer): Promise<void> {
    const said = retryAfterSeconds === 0 ? null : retryAfterSeconds;
    if (status === 429) await this.#options.quota.believe({ refusedForSeconds: said ?? RATE_SECONDS });
    // No credits, or a key that may not: no use asking again soon.
    if (status === 401 || status === 402 || status === 403)
      await this.#options.quota.believe({ refusedForSeconds: said ?? REFUSED_SECONDS });
  }
}

function sentence({ status, failure }: Answer): string {
  if (failure !== null) return `RIPE Atlas does not answer: ${failure}.`;
  switch (status) {
    case 401:
    case 403:
      return 'RIPE Atlas refuses the key, or the account has no credits left.';
    case 402:
      return 'The RIPE Atlas account has no credits left.';
    case 429:
      return 'RIPE Atlas says that we ask too often.';
    default:
      return `RIPE Atlas answered with status ${status}.`;
  }
}
