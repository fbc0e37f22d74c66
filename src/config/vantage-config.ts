/** A vantage of the configuration, as commands are given it: its keys checked, its proxy's login read. */
import type { ConfigFile } from './config-schema.ts';
import type { Secret } from './secret.ts';
import { throughOf } from './through-schema.ts';
import type { ThroughConfig } from './through-schema.ts';

type VantageFile = ConfigFile['vantages'][number];

export interface VantageConfig extends Readonly<
  Omit<VantageFile, 'through' | 'throughUsername' | 'throughPassword' | 'throughPasswordFile'>
> {
  /** The proxy that its connections leave through; absent: they leave directly. */
  readonly through?: ThroughConfig;
}

/** @param password of the proxy, read; null where it asks for none. */
export function vantageConfig(
  file: VantageFile,
  planOf: (plan: string) => string,
  password: Secret | null,
): VantageConfig {
  const { id, operator, place, access, localAddress, interface: name, resolver, plan } = file;
  const through = throughOf(file, password);
  return {
    id,
    operator,
    place,
    access,
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(name === undefined ? {} : { interface: name }),
    ...(resolver === undefined ? {} : { resolver }),
    ...(plan === undefined ? {} : { plan: planOf(plan) }),
    ...(through === null ? {} : { through }),
  };
}
