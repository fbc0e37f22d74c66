/**
 * The parts of an InfluxDB 2.x that Aiqyn talks to, on loopback: made from the shapes that its official documentation and
 * OpenAPI description give (buckets, DBRP mappings, tasks, Flux queries, the 1.x-compatible /query, /api/v2/write), because
 * no 2.x can be installed here. It is strict where a real one may be lenient: a field, a parameter or a path that it does not know
 * is refused. It runs no Flux and keeps no points; what was sent is there for a test to look at.
 */
import { z } from 'zod';
import { startAnswering } from './answering-server.ts';
import type { GivenAnswer, GivenRequest } from './answering-server.ts';
import {
  BucketPatch,
  json,
  NewBucket,
  NewMapping,
  NewTask,
  ofOrg,
  ORG,
  orgs,
  Query,
  Refusal,
  route,
  series,
  taskNameIn,
  TaskPatch,
} from './influx2-shapes.ts';
import type { Asked, KeptBucket, KeptMapping, KeptTask, Right, Route } from './influx2-shapes.ts';

const INFLUXQL_PARAMETERS = ['db', 'epoch', 'chunked', 'chunk_size'];

export interface Influx2Options {
  readonly token: string;
  /** What the token may; default: all. */
  readonly rights?: readonly Right[];
  /** As versions before 2.1: no mapping by a bucket's name. */
  readonly isWithoutVirtualMappings?: boolean;
  readonly version?: string;
}

export class Influx2 {
  readonly buckets: KeptBucket[] = [];
  readonly tasks: KeptTask[] = [];
  /** Flux scripts that were run, in their order. */
  readonly scripts: string[] = [];
  /** Statements of InfluxQL that were asked. */
  readonly statements: string[] = [];
  /** Lines by the bucket that they went to. */
  readonly lines = new Map<string, string[]>();
  /** Requests that changed something. */
  changes = 0;
  readonly #mappings: KeptMapping[] = [];
  readonly #options: Influx2Options;
  readonly #routes: readonly Route[];
  #ids = 0x1000;
  url = '';
  close: () => Promise<void> = async () => undefined;

  constructor(options: Influx2Options) {
    this.#options = options;
    this.#routes = this.#made();
  }

  bucket(name: string): KeptBucket | undefined {
    return this.buckets.find((bucket) => bucket.name === name);
  }

  addBucket(name: string, everySeconds = 0): KeptBucket {
    const retentionRules = [{ type: 'expire' as const, everySeconds }];
    const bucket = { id: this.#id(), orgID: ORG.id, type: 'user' as const, name, retentionRules };
    this.buckets.push(bucket);
    return bucket;
  }

  addMapping(
    mapping: Pick<KeptMapping, 'bucketID' | 'database' | 'retention_policy' | 'default'>,
  ): KeptMapping {
    const kept = { ...mapping, id: this.#id(), orgID: ORG.id, virtual: false };
    this.#mappings.push(kept);
    return kept;
  }

  /** Explicit ones, and one by its name for each bucket that has none. */
  mappings(): readonly KeptMapping[] {
    const all = [...this.#mappings];
    if (this.#options.isWithoutVirtualMappings === true) return all;
    for (const { id, name } of this.buckets) {
      if (all.some(({ bucketID }) => bucketID === id)) continue;
      const slash = name.indexOf('/');
      const database = slash < 0 ? name : name.slice(0, slash);
      const isDefault = !all.some((one) => one.database === database && one.default);
      const retention_policy = slash < 0 ? 'autogen' : name.slice(slash + 1);
      all.push({
        id,
        orgID: ORG.id,
        bucketID: id,
        database,
        retention_policy,
        default: isDefault,
        virtual: true,
      });
    }
    return all;
  }

  answer(request: GivenRequest): GivenAnswer {
    try {
      return this.#routed(request);
    } catch (error) {
      if (error instanceof Refusal) return json(error.status, { code: error.code, message: error.message });
      const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      return json(400, { code: 'invalid', message });
    }
  }

  #id(): string {
    this.#ids += 1;
    return this.#ids.toString(16).padStart(16, '0');
  }

  #routed(request: GivenRequest): GivenAnswer {
    const { pathname, searchParams } = new URL(request.path, 'http://influx2');
    const found = this.#routes.find(({ method, path }) => method === request.method && path.test(pathname));
    if (found === undefined) throw new Refusal(404, 'not found', 'path not found');
    const { right, knows, path, answer } = found;
    if (pathname !== '/ping') this.#admit(request, right);
    for (const key of searchParams.keys())
      if (!knows.includes(key)) throw new Refusal(400, 'invalid', `unknown parameter ${key}`);
    if (request.method !== 'GET' && right !== 'data') this.changes += 1;
    return answer({ ...request, query: searchParams }, path.exec(pathname)?.[1] ?? '');
  }

  #admit({ authorization }: GivenRequest, right: Right | null): void {
    const { token, rights } = this.#options;
    if (authorization !== `Token ${token}`) throw new Refusal(401, 'unauthorized', 'unauthorized access');
    if (right === null || rights === undefined || rights.includes(right)) return;
    if (right === 'data') throw new Refusal(403, 'forbidden', 'insufficient permissions');
    throw new Refusal(401, 'unauthorized', `write:orgs/${ORG.id}/${right} is unauthorized`);
  }

  #made(): readonly Route[] {
    const version = this.#options.version ?? 'v2.7.12';
    const pong = { status: 204, headers: { 'X-Influxdb-Version': version, 'X-Influxdb-Build': 'OSS' } };
    return [
      route('GET', /^\/ping$/, null, [], () => pong),
      route('GET', /^\/api\/v2\/orgs$/, null, ['org'], orgs),
      route('GET', /^\/api\/v2\/buckets$/, 'buckets', ['orgID', 'name'], (asked) => this.#listBuckets(asked)),
      route('POST', /^\/api\/v2\/buckets$/, 'buckets', [], (asked) => this.#newBucket(asked)),
      route('PATCH', /^\/api\/v2\/buckets\/(\w+)$/, 'buckets', [], (asked, id) =>
        this.#patchBucket(asked, id),
      ),
      route('GET', /^\/api\/v2\/dbrps$/, 'dbrps', ['orgID', 'db'], (asked) => this.#listMappings(asked)),
      route('POST', /^\/api\/v2\/dbrps$/, 'dbrps', [], (asked) => this.#newMapping(asked)),
      route('GET', /^\/api\/v2\/tasks$/, 'tasks', ['orgID', 'name'], (asked) => this.#listTasks(asked)),
      route('POST', /^\/api\/v2\/tasks$/, 'tasks', [], (asked) => this.#newTask(asked)),
      route('PATCH', /^\/api\/v2\/tasks\/(\w+)$/, 'tasks', [], (asked, id) => this.#patchTask(asked, id)),
      route('POST', /^\/api\/v2\/query$/, 'flux', ['orgID'], (asked) => this.#flux(asked)),
      route('POST', /^\/api\/v2\/write$/, 'data', ['org', 'bucket', 'precision'], (asked) =>
        this.#write(asked),
      ),
      route('POST', /^\/query$/, 'data', INFLUXQL_PARAMETERS, (asked) => this.#influxql(asked)),
    ];
  }

  #listBuckets({ query }: Asked): GivenAnswer {
    ofOrg(query);
    const buckets = this.buckets.filter(({ name }) => name === query.get('name'));
    return json(200, { links: { self: '/api/v2/buckets' }, buckets });
  }

  #newBucket({ body }: Asked): GivenAnswer {
    const { name, retentionRules } = NewBucket.parse(JSON.parse(body));
    if (this.bucket(name) !== undefined)
      throw new Refusal(422, 'conflict', `bucket with name ${name} already exists`);
    return json(201, this.addBucket(name, retentionRules[0]?.everySeconds));
  }

  #patchBucket({ body }: Asked, id: string): GivenAnswer {
    const patch = BucketPatch.parse(JSON.parse(body));
    const bucket = this.buckets.find((one) => one.id === id);
    if (bucket === undefined) throw new Refusal(404, 'not found', 'bucket not found');
    bucket.retentionRules = patch.retentionRules ?? bucket.retentionRules;
    return json(200, bucket);
  }

  #listMappings({ query }: Asked): GivenAnswer {
    ofOrg(query);
    return json(200, { content: this.mappings().filter(({ database }) => database === query.get('db')) });
  }

  #newMapping({ body }: Asked): GivenAnswer {
    const mapping = NewMapping.parse(JSON.parse(body));
    if (!this.buckets.some(({ id }) => id === mapping.bucketID))
      throw new Refusal(404, 'not found', 'bucket not found');
    return json(201, this.addMapping(mapping));
  }

  #listTasks({ query }: Asked): GivenAnswer {
    ofOrg(query);
    return json(200, { links: {}, tasks: this.tasks.filter(({ name }) => name === query.get('name')) });
  }

  #newTask({ body }: Asked): GivenAnswer {
    const { flux, status } = NewTask.parse(JSON.parse(body));
    const task = { id: this.#id(), orgID: ORG.id, name: taskNameIn(flux), flux, status };
    this.tasks.push(task);
    return json(201, task);
  }

  #patchTask({ body }: Asked, id: string): GivenAnswer {
    const patch = TaskPatch.parse(JSON.parse(body));
    const task = this.tasks.find((one) => one.id === id);
    if (task === undefined) throw new Refusal(404, 'not found', 'task not found');
    Object.assign(task, patch);
    return json(200, task);
  }

  #flux({ body, query }: Asked): GivenAnswer {
    ofOrg(query);
    this.scripts.push(Query.parse(JSON.parse(body)).query);
    return { status: 200, headers: { 'content-type': 'text/csv; charset=utf-8' }, body: '\r\n' };
  }

  #write({ body, query }: Asked): GivenAnswer {
    const bucket = query.get('bucket') ?? '';
    if (query.get('org') !== ORG.name)
      throw new Refusal(404, 'not found', `organization name "${query.get('org') ?? ''}" not found`);
    if (this.bucket(bucket) === undefined)
      throw new Refusal(404, 'not found', `bucket "${bucket}" not found`);
    this.lines.set(bucket, [...(this.lines.get(bucket) ?? []), ...body.split('\n')]);
    return { status: 204 };
  }

  /** As 2.x: every retention policy is said to be endless. */
  #influxql({ body, query }: Asked): GivenAnswer {
    const statement = new URLSearchParams(body).get('q') ?? '';
    this.statements.push(statement);
    const mappings = this.mappings();
    if (statement === 'SHOW DATABASES') {
      const names = [...new Set(mappings.map(({ database }) => database))];
      return series(
        'databases',
        ['name'],
        names.map((name) => [name]),
      );
    }
    if (!statement.startsWith('SHOW RETENTION POLICIES ON '))
      return json(200, { results: [{ statement_id: 0 }] });
    const rows = mappings
      .filter(({ database }) => database === query.get('db'))
      .map((mapping) => [mapping.retention_policy, '0s', '168h0m0s', 1, mapping.default]);
    return series('', ['name', 'duration', 'shardGroupDuration', 'replicaN', 'default'], rows);
  }
}

export async function startInflux2(options: Influx2Options): Promise<Influx2> {
  const influx = new Influx2(options);
  const server = await startAnswering((request) => influx.answer(request));
  influx.url = server.url;
  influx.close = server.close;
  return influx;
}
