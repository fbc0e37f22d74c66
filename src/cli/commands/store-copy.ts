/** `aiqyn store copy`: an installation's DuckDB store into the configured InfluxDB. Done twice it changes nothing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../probes/net/clock.ts';
import type { Clock } from '../../../probes/probe.ts';
import { loadConfig } from '../../config/config.ts';
import type { Environment } from '../../config/config.ts';
import { ConfigError, EnvironmentError } from '../../errors.ts';
import { parseInstant } from '../../export/time-window.ts';
import { compareStores, copyStore } from '../../store/copy.ts';
import type { OpenInfluxStore } from '../../store/influx/store.ts';
import type { Store } from '../../store/store.ts';
import { createImportProgress } from '../import-progress.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { createLogger } from '../logger.ts';
import { openStore, quarantineOf } from '../storage.ts';

export interface StoreCopyOptions {
  readonly from?: string;
  readonly since?: string;
  readonly config?: string;
}

const DAY_MS = 86_400_000;

/** Exit code 1 where the target lacks something afterwards; what it is goes to stdout. */
export async function storeCopyCommand(options: StoreCopyOptions, io: Io, env: Environment): Promise<number> {
  const { store: target, dataDir } = loadConfig(options.config ?? null, env);
  if (target.kind !== 'influx')
    throw new ConfigError(
      'store.kind',
      `${target.kind} cannot be copied into; set store: { kind: influx, … }`,
    );
  const clock = systemClock();
  const source = options.from ?? dataDir;
  const sinceMs = options.since === undefined ? null : parseInstant(options.since, '--since', clock.nowMs());
  if (!existsSync(join(source, 'store.duckdb')))
    throw new ConfigError('--from', `${source} holds no store.duckdb; name the data directory of a monitor`);
  const log = createLogger('warn', process.stderr.isTTY);
  const { store: from } = await openStore({ store: { kind: 'duckdb' }, dataDir: source, clock, log });
  try {
    const { openInfluxStore } = await import('../../store/influx/store.ts');
    const setAside = quarantineOf(dataDir, log);
    const to = await openInfluxStore({ address: target.address, clock, log, setAside });
    try {
      await requireRoom(from, to, sinceMs, clock);
      return await copyAndCompare(from, to, { source, sinceMs, clock }, io);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

/** @throws EnvironmentError where the target would forget, or never roll up, what it is given. */
async function requireRoom(
  from: Store,
  to: OpenInfluxStore,
  sinceMs: number | null,
  clock: Clock,
): Promise<void> {
  const { hasRollups, rawKeptMs } = to.layout;
  if (hasRollups)
    throw new EnvironmentError(
      'STORE_COPY_ROLLUPS',
      'The InfluxDB’s rollups are set up already and look back a day and a half only: what is older would be missing in them. Copy into a new database (store.database), then run "aiqyn store init", which rolls up all that is there.',
    );
  const { oldestMs } = await from.extent();
  const firstMs = Math.max(oldestMs ?? Infinity, sinceMs ?? -Infinity);
  if (rawKeptMs === null || firstMs >= clock.nowMs() - rawKeptMs) return;
  const keptDays = Math.floor(rawKeptMs / DAY_MS);
  throw new EnvironmentError(
    'STORE_COPY_RETENTION',
    `The InfluxDB refuses measurements older than ${rawKeptMs / DAY_MS} days, and the oldest here is of ${new Date(firstMs).toISOString()}. Give its default policy a longer duration (ALTER RETENTION POLICY … DURATION INF), or copy only what it takes: --since "${Math.max(keptDays - 1, 0)}d ago". The archive keeps the rest.`,
  );
}

async function copyAndCompare(
  from: Store,
  to: Store,
  { source, sinceMs, clock }: { source: string; sinceMs: number | null; clock: Clock },
  io: Io,
): Promise<number> {
  const progress = createImportProgress(io.stderr, [source], clock);
  try {
    await copyStore(from, to, {
      sinceMs,
      onRead: (points) => {
        progress.show(points);
      },
    });
  } finally {
    progress.stop();
  }
  const checks = await compareStores(from, to, sinceMs);
  for (const { series, rows, missing } of checks)
    writeLine(io.stdout, `${series}: ${rows} here, ${missing === 0 ? 'all' : rows - missing} there`);
  const isWhole = checks.every(({ missing }) => missing === 0);
  writeLine(
    io.stdout,
    isWhole
      ? 'Everything is there.'
      : 'Some is missing: quarantine.jsonl in the configuration’s data directory says what the InfluxDB refused. Copying again tries it again.',
  );
  return isWhole ? EXIT.done : EXIT.failed;
}
