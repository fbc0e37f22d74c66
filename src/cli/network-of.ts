/** The real network of one vantage, as the configuration describes it. */
import { randomInt } from 'node:crypto';
import { createNetwork } from '../../probes/net/network.ts';
import { createProxiedNetwork } from '../../probes/net/proxied-network.ts';
import type { Network } from '../../probes/network.ts';
import type { Config } from '../config/config.ts';
import type { ThroughConfig } from '../config/through-schema.ts';

export function networkOf(
  config: Config,
  vantage: Pick<Config['vantages'][number], 'localAddress' | 'through'>,
): Network {
  if (vantage.through !== undefined) return proxiedNetwork(vantage.through);
  const { system, udp, doh } = config.resolvers;
  const [first] = udp;
  return createNetwork({
    ...(vantage.localAddress === undefined ? {} : { localAddress: vantage.localAddress }),
    resolvers: {
      // Without the system's resolver, the first named one takes its part.
      system: system || first === undefined ? 'getaddrinfo' : { udp: first },
      udp,
      doh,
    },
    random: () => randomInt(2 ** 32) / 2 ** 32,
  });
}

function proxiedNetwork({ login, ...proxy }: ThroughConfig): Network {
  const opened = login === null ? null : { username: login.username, password: login.password.reveal() };
  return createProxiedNetwork({ ...proxy, login: opened });
}
