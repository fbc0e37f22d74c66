/**
 * How long the database keeps what: `aiqyn store init` gives it a bounded raw series, five-minute and hourly rollups, and a
 * policy that forgets nothing. Without it everything is in the default policy, for as long as that keeps it.
 */
import { z } from 'zod';
import { FOREVER_POLICY } from '../fields.ts';
import { EnvironmentError } from '../../errors.ts';
import { ask } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import { openResources } from './resources.ts';
import { name } from './text.ts';

const DAY_MS = 86_400_000;
export const RAW_KEPT_MS = 30 * DAY_MS;
export const FIVE_MINUTES_KEPT_MS = 365 * DAY_MS;

const UNSEEN: ReadonlySet<string> = new Set([
  'STORE_INIT_RIGHTS',
  'STORE_LOGIN',
  'STORE_FORBIDDEN',
  'STORE_ORGANISATION_MISSING',
]);

/** The default policy of a new database of 1.x, and the one that 2.x gives a bucket by its name. */
export const RAW_POLICY = 'autogen';
/** Retention policies of 1.x; buckets `<bucket>/<policy>` of 2.x. */
export const FIVE_MINUTES_POLICY = 'aiqyn_5m';

export interface Policy {
  readonly name: string;
  /** Null: for ever. */
  readonly keptMs: number | null;
  readonly isDefault: boolean;
}

export interface Layout {
  /** How long raw points are kept; null: for ever. */
  readonly rawKeptMs: number | null;
  readonly hasRollups: boolean;
}

export const PLAIN_LAYOUT: Layout = { rawKeptMs: null, hasRollups: false };

const PolicyRow = z.object({ name: z.string(), duration: z.string(), default: z.boolean() });

/**
 * The database's policies. 2.x calls every one of them endless, so that the default's bucket is asked; 3.x knows no such
 * thing and has none.
 */
export async function readPolicies(connection: InfluxConnection): Promise<Policy[]> {
  const { database, flavour } = connection.address;
  if (flavour === '3') return [];
  const rows = await ask(connection, `SHOW RETENTION POLICIES ON ${name(database)}`);
  return rows.map((row) => {
    const read = PolicyRow.parse(row);
    return { name: read.name, keptMs: durationMs(read.duration), isDefault: read.default };
  });
}

export async function readLayout(connection: InfluxConnection): Promise<Layout> {
  const policies = await readPolicies(connection);
  const names = new Set(policies.map((policy) => policy.name));
  const hasRollups = names.has(FIVE_MINUTES_POLICY) && names.has(FOREVER_POLICY);
  const rawKeptMs =
    connection.address.flavour === '2'
      ? await bucketKeptMs(connection, hasRollups)
      : (policies.find(({ isDefault }) => isDefault)?.keptMs ?? null);
  return { rawKeptMs, hasRollups };
}

/** A token that reads no bucket's properties leaves what `aiqyn store init` has set. */
async function bucketKeptMs({ address }: InfluxConnection, hasRollups: boolean): Promise<number | null> {
  try {
    const bucket = await (await openResources(address)).bucket(address.database);
    return bucket?.keptMs ?? null;
  } catch (error) {
    if (!(error instanceof EnvironmentError) || !UNSEEN.has(error.code)) throw error;
    return hasRollups ? RAW_KEPT_MS : null;
  }
}

/** `720h0m0s` as InfluxDB writes it; `0s` is for ever. */
function durationMs(text: string): number | null {
  const [, hours = '0', minutes = '0', seconds = '0'] =
    /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  return ms === 0 ? null : ms;
}
