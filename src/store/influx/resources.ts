/**
 * Buckets, mappings and tasks of an InfluxDB 2.x, by its HTTP API under /api/v2. Only what `aiqyn store init` sets up and
 * what is read to see how long a bucket keeps.
 */
import { InfluxDB } from '@influxdata/influxdb-client';
import { z } from 'zod';
import type { InfluxAddress } from '../../config/store-config.ts';
import { EnvironmentError } from '../../errors.ts';
import { RefusedError, translate } from './failures.ts';
import { authorization } from './login.ts';

const TIMEOUT_MS = 30_000;
/** Rolling up years of measurements takes its time. */
const FLUX_TIMEOUT_MS = 3_600_000;
const MS_PER_SECOND = 1_000;

const Organisations = z.object({ orgs: z.array(z.object({ id: z.string(), name: z.string() })).default([]) });
const Bucket = z.object({
  id: z.string(),
  name: z.string(),
  retentionRules: z.array(z.object({ everySeconds: z.number() })).default([]),
});
const Buckets = z.object({ buckets: z.array(Bucket).default([]) });
const Mapping = z.object({
  bucketID: z.string(),
  database: z.string(),
  retention_policy: z.string(),
  default: z.boolean(),
});
const Mappings = z.object({ content: z.array(Mapping).default([]) });
const Task = z.object({ id: z.string(), name: z.string(), flux: z.string(), status: z.string() });
const Tasks = z.object({ tasks: z.array(Task).default([]) });

export type FoundTask = z.infer<typeof Task>;
export type FoundMapping = z.infer<typeof Mapping>;

export interface FoundBucket {
  readonly id: string;
  readonly name: string;
  /** Null: for ever. */
  readonly keptMs: number | null;
}

export interface Resources {
  bucket(name: string): Promise<FoundBucket | null>;
  /** Content with one that somebody else made meanwhile. */
  createBucket(name: string, keptMs: number | null): Promise<FoundBucket>;
  keep(bucket: FoundBucket, keptMs: number | null): Promise<void>;
  mappings(database: string): Promise<readonly FoundMapping[]>;
  createMapping(mapping: FoundMapping): Promise<void>;
  task(name: string): Promise<FoundTask | null>;
  createTask(flux: string): Promise<void>;
  updateTask(task: FoundTask, flux: string): Promise<void>;
  /** Runs a script whose answer is empty. */
  run(flux: string): Promise<void>;
}

/**
 * Finds the organisation. @throws EnvironmentError as `translate` says, and from each of the methods
 * `STORE_INIT_RIGHTS` where the token may not.
 */
export async function openResources(address: InfluxAddress): Promise<Resources> {
  const caller = new Caller(address);
  const { orgs } = Organisations.parse(await caller.call('GET', '/api/v2/orgs', { org: address.org ?? '' }));
  const [org] = orgs;
  if (org === undefined) {
    throw new EnvironmentError(
      'STORE_ORGANISATION_MISSING',
      `InfluxDB at ${address.url} shows this login no organisation "${address.org ?? ''}": correct store.org, or use a token of that organisation.`,
    );
  }
  return new Api(caller, org.id);
}

type Method = 'GET' | 'POST' | 'PATCH';

class Caller {
  readonly #address: InfluxAddress;

  constructor(address: InfluxAddress) {
    this.#address = address;
  }

  /** The answer's JSON; undefined of an empty one. */
  async call(
    method: Method,
    path: string,
    query: Readonly<Record<string, string>>,
    body?: unknown,
    timeoutMs = TIMEOUT_MS,
  ): Promise<unknown> {
    const { transport } = new InfluxDB({
      url: this.#address.url,
      timeout: timeoutMs,
      headers: authorization(this.#address.login),
    });
    const headers = {
      accept: path.endsWith('/query') ? 'application/csv' : 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const question = new URLSearchParams(query).toString();
    try {
      const answer: unknown = await transport.request(
        question === '' ? path : `${path}?${question}`,
        body === undefined ? '' : JSON.stringify(body),
        { method, headers },
      );
      return answer;
    } catch (error) {
      throw this.#failure(translate(error, this.#address), method, path);
    }
  }

  #failure(failure: unknown, method: Method, path: string): unknown {
    const isRight =
      failure instanceof EnvironmentError &&
      (failure.code === 'STORE_FORBIDDEN' || failure.code === 'STORE_LOGIN') &&
      !path.endsWith('/orgs');
    if (!isRight) return failure;
    const { url, org } = this.#address;
    return new EnvironmentError(
      'STORE_INIT_RIGHTS',
      `The token may not ${method} ${path} at ${url}. "aiqyn store init" needs one that may read and write buckets, tasks and DBRP mappings of the organisation "${org ?? ''}" (an all-access token); give it such a token for this command alone. ${failure.message}`,
      { cause: failure },
    );
  }
}

class Api implements Resources {
  readonly #caller: Caller;
  readonly #orgID: string;

  constructor(caller: Caller, orgID: string) {
    this.#caller = caller;
    this.#orgID = orgID;
  }

  async bucket(name: string): Promise<FoundBucket | null> {
    const answer = await this.#caller
      .call('GET', '/api/v2/buckets', { orgID: this.#orgID, name })
      .catch((error: unknown) => {
        // Some versions answer 404 for none.
        if (error instanceof EnvironmentError && error.code === 'STORE_DATABASE_MISSING') return {};
        throw error;
      });
    const found = Buckets.parse(answer).buckets.find((bucket) => bucket.name === name);
    return found === undefined ? null : foundOf(found);
  }

  async createBucket(name: string, keptMs: number | null): Promise<FoundBucket> {
    const body = { orgID: this.#orgID, name, retentionRules: rulesOf(keptMs) };
    try {
      return foundOf(Bucket.parse(await this.#caller.call('POST', '/api/v2/buckets', {}, body)));
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const found = await this.bucket(name);
      if (found === null) throw error;
      return found;
    }
  }

  async keep({ id }: FoundBucket, keptMs: number | null): Promise<void> {
    await this.#caller.call('PATCH', `/api/v2/buckets/${id}`, {}, { retentionRules: rulesOf(keptMs) });
  }

  async mappings(database: string): Promise<readonly FoundMapping[]> {
    const query = { orgID: this.#orgID, db: database };
    return Mappings.parse(await this.#caller.call('GET', '/api/v2/dbrps', query)).content;
  }

  async createMapping(mapping: FoundMapping): Promise<void> {
    await this.#caller.call('POST', '/api/v2/dbrps', {}, { orgID: this.#orgID, ...mapping });
  }

  async task(name: string): Promise<FoundTask | null> {
    const query = { orgID: this.#orgID, name };
    const { tasks } = Tasks.parse(await this.#caller.call('GET', '/api/v2/tasks', query));
    return tasks.find((task) => task.name === name) ?? null;
  }

  async createTask(flux: string): Promise<void> {
    await this.#caller.call('POST', '/api/v2/tasks', {}, { orgID: this.#orgID, flux, status: 'active' });
  }

  async updateTask({ id }: FoundTask, flux: string): Promise<void> {
    await this.#caller.call('PATCH', `/api/v2/tasks/${id}`, {}, { flux, status: 'active' });
  }

  async run(flux: string): Promise<void> {
    const body = { query: flux, type: 'flux' };
    await this.#caller.call('POST', '/api/v2/query', { orgID: this.#orgID }, body, FLUX_TIMEOUT_MS);
  }
}

function foundOf({ id, name, retentionRules }: z.infer<typeof Bucket>): FoundBucket {
  const seconds = retentionRules[0]?.everySeconds ?? 0;
  return { id, name, keptMs: seconds === 0 ? null : seconds * MS_PER_SECOND };
}

/** 0 seconds are for ever. */
function rulesOf(keptMs: number | null): readonly object[] {
  return [{ type: 'expire', everySeconds: (keptMs ?? 0) / MS_PER_SECOND }];
}
