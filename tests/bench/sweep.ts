/** How fast the sweep is: of its own, without a network, and over real sockets on this machine. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { systemClock } from '../../probes/net/clock.ts';
import { canPing, createFpingProber } from '../../probes/net/sweep-fping.ts';
import { createTcpProber } from '../../probes/net/sweep-tcp.ts';
import { createPrefixSet, parsePrefix } from '../../probes/prefix.ts';
import type { SweepProber } from '../../probes/sweep-prober.ts';
import { recordOf } from '../../probes/sweep/census.ts';
import { sweepRound } from '../../probes/sweep/round.ts';
import type { WatchedBlock } from '../../probes/sweep/round.ts';
import { seededRandom } from '../../src/analysis/correlate/random.ts';
import { sweepWorld } from '../support/sweep-world.ts';

const BLOCKS = 2_000;
const AVAILABILITY = 0.4;
const ADDRESSES = 2_000;
/** Beyond what a configuration may ask for: what the machine can do, not what is polite. */
const UNBOUNDED = 100_000;
const ELEVEN_MINUTES_S = 660;
const POLITE_PER_SECOND = 20;
const running = new AbortController().signal;

function watched(): WatchedBlock[] {
  const active = Array.from({ length: 100 }, (_, index) => index + 1);
  return Array.from({ length: BLOCKS }, (_, index) => {
    const id = `127.${Math.floor(index / 250)}.${index % 250}`;
    const record = { ...recordOf(id, 0, active, 0), answered: AVAILABILITY, asked: 1 };
    return { id, operator: 'AS29355', place: 'unknown', record };
  });
}

/** Probes a block takes where `AVAILABILITY` of its addresses answer, or none. */
async function round(
  isCut: boolean,
): Promise<{ readonly probesPerBlock: number; readonly blocksPerSecond: number }> {
  const random = seededRandom(9);
  const world = sweepWorld(() => !isCut && random() < AVAILABILITY);
  const startedMs = performance.now();
  await sweepRound({ blocks: watched(), prober: world, random, signal: running });
  const seconds = (performance.now() - startedMs) / 1_000;
  return { probesPerBlock: world.batches.flat().length / BLOCKS, blocksPerSecond: BLOCKS / seconds };
}

async function perSecond(prober: SweepProber): Promise<number> {
  const addresses = Array.from(
    { length: ADDRESSES },
    (_, index) => `127.9.${Math.floor(index / 250)}.${(index % 250) + 1}`,
  );
  const startedMs = performance.now();
  const answers = await prober.ask(addresses, running);
  if (answers.length < ADDRESSES)
    throw new Error(`${ADDRESSES - answers.length} addresses could not be asked`);
  return Math.round(ADDRESSES / ((performance.now() - startedMs) / 1_000));
}

/** Probes a second over real sockets, /24s a round at the default rate, and blocks a second that the core can judge. */
export async function benchSweep(): Promise<Record<string, number>> {
  const [up, cut] = [await round(false), await round(true)];
  const prefix = parsePrefix('127.9.0.0/16');
  const owned = typeof prefix === 'string' ? [] : [{ ...prefix, operator: 'AS29355', place: 'unknown' }];
  const prefixes = createPrefixSet(owned, []);
  const server = createServer((socket) => socket.on('error', () => undefined).end());
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const shared = { prefixes, timeoutMs: 2_000, perSecond: UNBOUNDED };
  try {
    return {
      sweepProbesPerBlockUp: Math.round(up.probesPerBlock * 100) / 100,
      sweepProbesPerBlockCut: Math.round(cut.probesPerBlock * 100) / 100,
      sweepBlocksPerRoundAtDefaultRate: Math.floor(
        (ELEVEN_MINUTES_S * POLITE_PER_SECOND) / up.probesPerBlock,
      ),
      sweepBlocksJudgedPerSecond: Math.round(up.blocksPerSecond),
      sweepTcpProbesPerSecond: await perSecond(createTcpProber({ ...shared, port, clock: systemClock() })),
      ...((await canPing())
        ? { sweepIcmpProbesPerSecond: await perSecond(createFpingProber({ ...shared, perSecond: 1_000 })) }
        : {}),
    };
  } finally {
    server.close();
  }
}
