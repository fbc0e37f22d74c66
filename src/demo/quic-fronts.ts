/** The demo's servers over UDP, with the censor in front: one per site that speaks QUIC, and a port that never says a word. */
import { createSocket } from 'node:dgram';
import type { Clock } from '../../probes/probe.ts';
import type { Censor, Party } from './censor.ts';
import type { Credentials } from './certificates.ts';
import type { QuicServer } from './quic-server.ts';
import { siteOfName } from './sites.ts';
import type { Site } from './sites.ts';

export interface QuicFrontOptions {
  readonly sites: readonly Site[];
  readonly censor: Censor;
  readonly partyOf: (address: string) => Party;
  readonly credentialsOf: (site: Site | null, by: 'honest' | 'forger') => Credentials;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly latencyMs: () => number;
}

export interface QuicFronts {
  /** The UDP port behind a site; null where it speaks no QUIC. */
  portOf(site: Site): number | null;
  /** Where datagrams are swallowed. */
  readonly silentPort: number;
  stop(): Promise<void>;
}

/** Loads the QUIC library only where some site speaks QUIC. */
export async function openQuicFronts(options: QuicFrontOptions): Promise<QuicFronts> {
  const speaking = options.sites.filter(({ speaksQuic }) => speaksQuic);
  const silent = await openSilence();
  const servers = new Map<string, QuicServer>();
  for (const site of speaking) servers.set(site.host, await openFront(site, options));
  return {
    portOf: ({ host }) => servers.get(host)?.port ?? null,
    silentPort: silent.port,
    stop: async () => {
      await Promise.all([silent, ...servers.values()].map((server) => server.stop()));
    },
  };
}

async function openFront(site: Site, options: QuicFrontOptions): Promise<QuicServer> {
  const { startQuicServer } = await import('./quic-server.ts');
  const { censor, clock, latencyMs } = options;
  return startQuicServer({
    delay: () => clock.sleep(latencyMs()),
    credentialsFor: (serverName, clientAddress) => {
      const party = options.partyOf(clientAddress);
      const named = serverName === null ? site : siteOfName(options.sites, serverName);
      const fate = censor.atQuicName(party, named);
      if (fate === 'drop' || censor.isOutOfReach(party, site)) return null;
      return options.credentialsOf(named ?? site, fate === 'forge' ? 'forger' : 'honest');
    },
  });
}

function openSilence(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      resolve({
        port: socket.address().port,
        stop: () =>
          new Promise((done) => {
            socket.close(() => {
              done();
            });
          }),
      });
    });
  });
}
