/** The sweep as the configuration describes it: what `aiqyn sweep` and the monitor share. */
import { systemClock } from '../../probes/net/clock.ts';
import { canPing, createFpingProber } from '../../probes/net/sweep-fping.ts';
import { createTcpProber } from '../../probes/net/sweep-tcp.ts';
import { connectTcp } from '../../probes/net/tcp.ts';
import type { PrefixSet } from '../../probes/prefix.ts';
import type { SweepProber } from '../../probes/sweep-prober.ts';
import { prefixSetOf } from '../config/sweep-config.ts';
import type { SweepConfig } from '../config/sweep-config.ts';
import { EnvironmentError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { censusFile } from '../sweep/census-file.ts';
import { openCensus } from '../sweep/census-keeper.ts';
import type { SweeperOptions } from '../sweep/sweeper.ts';
import { systemRandom } from './system-random.ts';

const ANCHOR_TIMEOUT_MS = 5_000;
const MINUTE_MS = 60_000;

export interface SweepPlace {
  readonly dataDir: string;
  readonly store: Pick<Store, 'writeSweeps'>;
  readonly log: Log;
}

/** @throws EnvironmentError('NO_FPING') where ICMP is asked for and this machine cannot. */
export async function sweepOf(
  config: SweepConfig,
  { dataDir, store, log }: SweepPlace,
): Promise<SweeperOptions> {
  const prefixes = prefixSetOf(config);
  const prober = await proberOf(config, prefixes);
  const clock = systemClock();
  const census = await openCensus(
    {
      prefixes,
      file: censusFile(dataDir, [...prefixes.blocks()]),
      prober,
      blocksWanted: config.blocksPerOperator,
      nowMs: () => clock.nowMs(),
      random: systemRandom,
    },
    (lines) => {
      log.warn(
        { lines },
        'The census on disk has lines that cannot be read or may not be asked; they are passed over.',
      );
    },
  );
  return {
    census,
    prober,
    isLineUp: async (signal) => isLineUp(config, signal),
    store,
    perSecond: config.perSecond,
    everyMs: config.everyMinutes * MINUTE_MS,
    clock,
    random: systemRandom,
  };
}

async function proberOf(config: SweepConfig, prefixes: PrefixSet): Promise<SweepProber> {
  const { method, tcpPort, timeoutMs, perSecond } = config;
  if (method !== 'tcp' && (await canPing())) return createFpingProber({ prefixes, timeoutMs, perSecond });
  if (method === 'icmp')
    throw new EnvironmentError(
      'NO_FPING',
      'sweep.method is icmp, but fping is not there or may not ping: apt-get install fping, or set method to tcp.',
    );
  return createTcpProber({ prefixes, port: tcpPort, timeoutMs, perSecond, clock: systemClock() });
}

/** One of the anchors is enough: each may have trouble of its own. */
async function isLineUp({ anchors }: SweepConfig, signal: AbortSignal): Promise<boolean> {
  const tried = anchors.map(async (anchor) => {
    const { connection } = await connectTcp(anchor, { timeoutMs: ANCHOR_TIMEOUT_MS, signal }, {});
    connection?.close();
    return connection !== null;
  });
  return (await Promise.all(tried)).includes(true);
}
