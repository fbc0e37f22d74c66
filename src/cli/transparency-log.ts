/** The transparency log beside a monitor: kept, and shown. */
import { join } from 'node:path';
import type { Clock } from '../../probes/probe.ts';
import { openCarriedBook } from '../collector/carried-book.ts';
import { openFleetBook } from '../collector/fleet-book.ts';
import type { Log } from '../log.ts';
import { ArchivedHours, hoursMemory } from '../transparency/archived-hours.ts';
import { contentOf } from '../transparency/content.ts';
import { startLogKeeper } from '../transparency/keeper.ts';
import { openLogBook } from '../transparency/log-book.ts';
import type { PublicLog } from '../web/context.ts';
import { installationIdentity } from './installation.ts';

export interface KeptLog {
  readonly publicLog: PublicLog;
  stop(): Promise<void>;
}

export interface KeptLogOptions {
  readonly dataDir: string;
  /** Vantages of this machine: their records have no chain, so the archive's hours are leaves. */
  readonly isMeasuring: boolean;
  /** Vantages of other machines: the heads of their chains are leaves. */
  readonly isReceiving: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Null where the log or its key cannot be read: that is said, and measuring goes on. */
export async function keepLog(options: KeptLogOptions): Promise<KeptLog | null> {
  const { dataDir, log } = options;
  try {
    return await keep(options);
  } catch (error) {
    log.error(
      { folder: join(dataDir, 'transparency'), error: String(error) },
      'The transparency log cannot be kept. What was published is in that folder; nothing is added to it.',
    );
    return null;
  }
}

async function keep({ dataDir, isMeasuring, isReceiving, clock, log }: KeptLogOptions): Promise<KeptLog> {
  const identity = await installationIdentity(dataDir);
  const book = await openLogBook(dataDir);
  const chains = isReceiving ? await openFleetBook(dataDir) : null;
  const carried = isReceiving ? await openCarriedBook(dataDir) : null;
  const memory = hoursMemory(dataDir);
  const hours = isMeasuring ? new ArchivedHours({ archiveDir: join(dataDir, 'archive'), memory, log }) : null;
  const keeper = startLogKeeper({
    book,
    identity,
    content: async (toMs) => contentOf({ chains, carried, hours, book }, toMs),
    clock,
    log,
  });
  return {
    publicLog: {
      read: () => book.published(identity.publicKey),
      proofOf: async (day, leaf) => book.proofOf(day, leaf),
    },
    stop: async () => keeper.stop(),
  };
}
