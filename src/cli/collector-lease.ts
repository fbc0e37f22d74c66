/** This process among the collectors of its store. */
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../probes/probe.ts';
import { createLease, keepLease } from '../collector/lease.ts';
import type { LeaseTable } from '../collector/lease.ts';
import type { Log } from '../log.ts';

export interface RunningLease {
  isHeld(): boolean;
  /** What this collector stored; what is older than `lateAfterMs` others may have folded already. */
  stored(records: readonly { readonly atMs: number }[]): void;
  stop(): Promise<void>;
}

export interface RunningLeaseOptions {
  readonly table: LeaseTable;
  readonly dataDir: string;
  /** In `clock.nowMs()` time. */
  readonly lateAfterMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly onLate: (fromMs: number) => void;
}

/** A data directory has one monitor at a time, so its own name is that one's. */
async function nameOf(dataDir: string): Promise<string> {
  const file = join(dataDir, 'collector-id');
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept.trim() !== '') return kept.trim();
  const fresh = randomUUID();
  await writeFile(file, `${fresh}\n`);
  return fresh;
}

export async function startLease(options: RunningLeaseOptions): Promise<RunningLease> {
  const { table, dataDir, lateAfterMs, clock, log, onLate } = options;
  const lease = createLease({ table, collector: await nameOf(dataDir), clock, log, onLate });
  const stopping = new AbortController();
  const kept = keepLease(lease, clock, log, stopping.signal);
  return {
    isHeld: () => lease.isHeld(),
    stored(records) {
      const earliestMs = Math.min(...records.map(({ atMs }) => atMs));
      if (earliestMs < clock.nowMs() - lateAfterMs) lease.tellLate(earliestMs);
    },
    async stop() {
      stopping.abort();
      await kept;
    },
  };
}
