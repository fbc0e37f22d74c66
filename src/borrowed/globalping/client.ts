/** Speaks with Globalping: asks for a measurement, waits until it is finished, and passes on what it says of our quota. */
import { z } from 'zod';
import type { Clock } from '../../../probes/probe.ts';
import type { Answer, PoliteHttp } from '../../polite/http.ts';
import type { Quota, QuotaWord } from '../quota.ts';
import { Created, Listed, Progress } from './schema.ts';

/** Their rule: half a second at least between two looks. */
const POLL_MS = 1_000;
const POLLS_MAX = 45;
const POLL_FAILURES_MAX = 5;
/** The list of all probes of the world. */
export const LISTED_BYTES_MAX = 16 * 1_048_576;
/** A refusal that does not say for how long. */
const REFUSED_SECONDS = 600;

export interface Location {
  readonly country: string;
  readonly asn?: number;
  readonly city?: string;
  readonly limit: number;
}

export interface MeasurementRequest {
  readonly type: 'http' | 'dns' | 'ping';
  readonly target: string;
  readonly locations: readonly Location[];
  readonly measurementOptions: object;
}

export type Outcome<T> =
  | { readonly kind: 'finished'; readonly measurement: T }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'failed'; readonly why: string };

export interface ClientOptions {
  /** Without a slash at its end. */
  readonly url: string;
  /** Null: anonymous. */
  readonly token: string | null;
  readonly http: PoliteHttp;
  readonly quota: Quota;
  readonly clock: Clock;
}

export type ProbeList = z.output<typeof Listed>;

export class GlobalpingClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Asks, and waits for all of it. `cost` is what was taken from the quota. Never rejects. */
  async measure<T extends z.ZodType>(
    request: MeasurementRequest,
    schema: T,
    cost: number,
    signal: AbortSignal,
  ): Promise<Outcome<z.output<T>>> {
    const { http, url, quota } = this.#options;
    if (!(await quota.take(cost))) return { kind: 'failed', why: 'The quota of this hour is used up.' };
    const answer = await http.postJson(`${url}/v1/measurements`, request, { ...this.#headers(), signal });
    const created = Created.safeParse(answer.body);
    // Where it is not known what was taken, all of it counts as spent.
    if (answer.status === 422 || answer.status === 429) await quota.giveBack(cost);
    else if (created.success) await quota.giveBack(Math.max(0, cost - created.data.probesCount));
    await this.#heed(answer);
    if (answer.status === 422) return isNobody(answer.body) ? { kind: 'nobody' } : refused(answer);
    if (answer.status !== 202 || !created.success) return refused(answer);
    return this.#finished(created.data.id, schema, signal);
  }

  async #finished<T extends z.ZodType>(
    id: string,
    schema: T,
    signal: AbortSignal,
  ): Promise<Outcome<z.output<T>>> {
    const { http, url, clock } = this.#options;
    let failures = 0;
    for (let poll = 0; poll < POLLS_MAX; poll += 1) {
      await clock.sleep(POLL_MS, signal);
      if (signal.aborted) return { kind: 'failed', why: 'Aiqyn is stopping.' };
      const address = `${url}/v1/measurements/${encodeURIComponent(id)}`;
      const answer = await http.getJson(address, { ...this.#headers(), signal });
      const progress = Progress.safeParse(answer.body);
      if (answer.status !== 200 || !progress.success) {
        failures += 1;
        if (failures >= POLL_FAILURES_MAX) return refused(answer);
        continue;
      }
      if (progress.data.status === 'in-progress') continue;
      const measurement = schema.safeParse(answer.body);
      if (measurement.success) return { kind: 'finished', measurement: measurement.data };
      return {
        kind: 'failed',
        why: `Globalping’s answer is not understood: ${firstIssue(measurement.error)}`,
      };
    }
    return { kind: 'failed', why: 'Globalping did not finish a measurement in time.' };
  }

  /** Every probe that is connected now; null where the list cannot be had or read. Costs nothing. */
  async probes(signal: AbortSignal): Promise<ProbeList | null> {
    const { http, url } = this.#options;
    const asking = { ...this.#headers(), bodyBytesMax: LISTED_BYTES_MAX, signal };
    const answer = await http.getJson(`${url}/v1/probes`, asking);
    const listed = Listed.safeParse(answer.body);
    return answer.status === 200 && listed.success ? listed.data : null;
  }

  #headers(): { readonly headers: Readonly<Record<string, string>> } {
    const { token } = this.#options;
    return { headers: token === null ? {} : { authorization: `Bearer ${token}` } };
  }

  async #heed({ status, headers }: Answer): Promise<void> {
    if (status === 0) return;
    await this.#options.quota.believe(quotaWord(status, headers));
  }
}

/** What the headers of an answer say of the quota. Exported for its test. */
export function quotaWord(status: number, headers: Readonly<Record<string, string>>): QuotaWord {
  const remaining = count(headers['x-ratelimit-remaining']);
  const reset = count(headers['x-ratelimit-reset']) ?? count(headers['retry-after']);
  // Credits are bought with a probe of one's own: where some are left, the hour may be overdrawn, which we do not.
  return {
    ...(remaining === null ? {} : { remaining }),
    ...(reset === null ? {} : { resetInSeconds: reset }),
    ...(status === 429 ? { refusedForSeconds: reset ?? REFUSED_SECONDS } : {}),
  };
}

function count(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,7}$/.test(header.trim()) ? Number(header) : null;
}

const Refusal = z.object({ error: z.object({ type: z.string(), message: z.string().optional() }) });

function isNobody(body: unknown): boolean {
  return Refusal.safeParse(body).data?.error.type === 'no_probes_found';
}

function refused({ status, failure, body }: Answer & { readonly body: unknown }): {
  readonly kind: 'failed';
  readonly why: string;
} {
  if (failure !== null) return { kind: 'failed', why: `Globalping does not answer: ${failure}.` };
  if (status === 429) return { kind: 'failed', why: 'Globalping says that our quota is used up.' };
  const type = Refusal.safeParse(body).data?.error.type.slice(0, 60);
  const reason = type === undefined ? '' : ` (${type})`;
  return { kind: 'failed', why: `Globalping answered with status ${status}${reason}.` };
}

function firstIssue({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`;
}
