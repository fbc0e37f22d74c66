/** What an InfluxDB's refusal came out as, and that it shows no secret. */
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import type { InfluxAddress } from '../../src/config/store-config.ts';
import { EnvironmentError } from '../../src/errors.ts';
import { anAddress } from './address.ts';

export const TOKEN = 'sesame-8f3a-never-shown';

/** Bucket `series` of organisation `kz`, with TOKEN. */
export function secretAddress(url: string): InfluxAddress {
  const token = new Secret(TOKEN);
  return anAddress({ url, database: 'series', org: 'kz', login: { kind: 'token', token } });
}

/** The EnvironmentError that `work` ends with; TOKEN is nowhere in it, not even in its causes. */
export async function failureOf(work: Promise<unknown>): Promise<EnvironmentError> {
  const failure: unknown = await work.then(
    () => new Error('nothing was refused'),
    (error: unknown) => error,
  );
  if (!(failure instanceof EnvironmentError)) throw failure;
  expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain(TOKEN);
  return failure;
}
