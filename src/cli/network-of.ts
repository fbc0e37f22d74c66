/** The real network of one vantage, as the configuration describes it. */
import { randomInt } from 'node:crypto';
import { createNetwork } from '../../probes/net/network.ts';
import type { Network } from '../../probes/network.ts';
import type { Config } from '../config/config.ts';

export function networkOf(
  config: Config,
  vantage: Pick<Config['vantages'][number], 'localAddress'>,
): Network {
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
