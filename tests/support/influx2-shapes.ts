/** The shapes of tests/support/influx2.ts: what its requests must look like, what it keeps, and how it says no. */
import { z } from 'zod';
import type { GivenAnswer, GivenRequest } from './answering-server.ts';

export type Right = 'buckets' | 'dbrps' | 'tasks' | 'flux' | 'data';

export const ORG = { id: '0a1b2c3d4e5f6071', name: 'kz' } as const;

export const Rule = z.strictObject({
  type: z.literal('expire'),
  everySeconds: z.int().min(0),
  shardGroupDurationSeconds: z.int().optional(),
});
export const NewBucket = z.strictObject({
  orgID: z.literal(ORG.id),
  name: z.string().min(1),
  description: z.string().optional(),
  rp: z.string().optional(),
  retentionRules: z.array(Rule).max(1).default([]),
});
export const BucketPatch = z.strictObject({
  name: z.string().optional(),
  description: z.string().optional(),
  retentionRules: z.array(Rule).max(1).optional(),
});
export const NewMapping = z.strictObject({
  orgID: z.literal(ORG.id),
  bucketID: z.string().regex(/^[0-9a-f]{16}$/),
  database: z.string().min(1),
  retention_policy: z.string().min(1),
  default: z.boolean().default(false),
});
export const Status = z.enum(['active', 'inactive']);
export const NewTask = z.strictObject({
  orgID: z.literal(ORG.id),
  flux: z.string().min(1),
  status: Status.default('active'),
});
export const TaskPatch = z.strictObject({ flux: z.string().optional(), status: Status.optional() });
export const Query = z.strictObject({ query: z.string().min(1), type: z.literal('flux') });

export interface KeptBucket {
  readonly id: string;
  readonly orgID: string;
  readonly name: string;
  readonly type: 'user';
  retentionRules: z.infer<typeof Rule>[];
}
export interface KeptMapping {
  readonly id: string;
  readonly orgID: string;
  readonly bucketID: string;
  readonly database: string;
  readonly retention_policy: string;
  readonly default: boolean;
  readonly virtual: boolean;
}
export interface KeptTask {
  readonly id: string;
  readonly orgID: string;
  readonly name: string;
  flux: string;
  status: z.infer<typeof Status>;
}

/** Refuses with 2.x's own `{code, message}`. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface Asked extends GivenRequest {
  readonly query: URLSearchParams;
}
export interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly right: Right | null;
  /** Parameters of the address that it knows. */
  readonly knows: readonly string[];
  readonly answer: (asked: Asked, id: string) => GivenAnswer;
}

export function route(
  method: string,
  path: RegExp,
  right: Right | null,
  knows: readonly string[],
  answer: Route['answer'],
): Route {
  return { method, path, right, knows, answer };
}

export function orgs({ query }: Asked): GivenAnswer {
  const name = query.get('org') ?? '';
  if (name !== ORG.name) throw new Refusal(404, 'not found', `organization name "${name}" not found`);
  return json(200, { links: { self: '/api/v2/orgs' }, orgs: [ORG] });
}

export function ofOrg(query: URLSearchParams): void {
  if (query.get('orgID') !== ORG.id) throw new Refusal(400, 'invalid', 'organization not found');
}

export function taskNameIn(flux: string): string {
  const [, name] = /^option task = \{name: "([^"]+)", every: \w+, offset: \w+\}$/m.exec(flux) ?? [];
  if (name === undefined) throw new Refusal(400, 'invalid', 'failed to decode request: missing task option');
  return name;
}

export function json(status: number, body: unknown): GivenAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}

export function series(name: string, columns: readonly string[], values: readonly unknown[][]): GivenAnswer {
  return json(200, { results: [{ statement_id: 0, series: [{ name, columns, values }] }] });
}
