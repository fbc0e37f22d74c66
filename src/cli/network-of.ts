/** The real network of one vantage, as the configuration describes it. */
import { randomInt } from 'node:crypto';
import type { LineOptions } from '../../probes/net/line.ts';
import { machineResolver } from '../../probes/net/machine-resolver.ts';
import { createNetwork } from '../../probes/net/network.ts';
import { createProxiedNetwork } from '../../probes/net/proxied-network.ts';
import type { NetworkOptions } from '../../probes/net/options.ts';
import type { Network } from '../../probes/network.ts';
import type { Config } from '../config/config.ts';
import type { LineConfig } from '../config/line-schema.ts';
import type { ThroughConfig } from '../config/through-schema.ts';

export function networkOf(
  config: Pick<Config, 'resolvers'>,
  vantage: LineConfig & { readonly through?: ThroughConfig },
): Network {
  if (vantage.through !== undefined) return proxiedNetwork(vantage.through);
  const { udp, doh } = config.resolvers;
  return createNetwork({
    ...lineOf(vantage),
    resolvers: { system: systemResolverOf(config, vantage), udp, doh },
    random: () => randomInt(2 ** 32) / 2 ** 32,
  });
}

/** The line that a vantage is bound to; empty where it is bound to none. */
export function lineOf({ localAddress, interface: name }: LineConfig): LineOptions {
  return {
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(name === undefined ? {} : { interface: name }),
  };
}

export function isBound(line: LineOptions): boolean {
  return line.localAddress !== undefined || line.interface !== undefined;
}

/**
 * What plays the system's resolver. getaddrinfo asks by whatever line the system likes, so a vantage that is bound to one asks
 * its own resolver, else the machine's, else the first that is named, from its own address.
 */
function systemResolverOf(
  { resolvers }: Pick<Config, 'resolvers'>,
  vantage: LineConfig,
): NetworkOptions['resolvers']['system'] {
  const [first] = resolvers.udp;
  if (vantage.resolver !== undefined) return { udp: vantage.resolver };
  const own = isBound(lineOf(vantage)) && resolvers.system ? (machineResolver() ?? first) : undefined;
  if (own !== undefined) return { udp: own };
  // Without the system's resolver, the first named one takes its part.
  return resolvers.system || first === undefined ? 'getaddrinfo' : { udp: first };
}

function proxiedNetwork({ login, ...proxy }: ThroughConfig): Network {
  const opened = login === null ? null : { username: login.username, password: login.password.reveal() };
  return createProxiedNetwork({ ...proxy, login: opened });
}
