/** Where the series store is, as the configuration says it; secrets read. */
import type { Secret } from './secret.ts';

/** Major versions of InfluxDB. They differ in writing and removing, not in reading. */
export const FLAVOURS = ['1', '2', '3'] as const;
export type Flavour = (typeof FLAVOURS)[number];

export type InfluxLogin =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: Secret }
  | { readonly kind: 'password'; readonly username: string; readonly password: Secret };

export interface InfluxAddress {
  /** `https://influx.example.org:8086`. */
  readonly url: string;
  /** Database of 1.x and 3.x, bucket of 2.x. */
  readonly database: string;
  /** Organisation; 2.x only. */
  readonly org: string | null;
  readonly login: InfluxLogin;
  /** Null: the server is asked. */
  readonly flavour: Flavour | null;
}

export type StoreConfig =
  | { readonly kind: 'duckdb' }
  | { readonly kind: 'memory' }
  | { readonly kind: 'influx'; readonly address: InfluxAddress };
