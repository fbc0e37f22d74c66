/** `aiqyn sweep`: asks mobile networks from outside, round after round, and writes what share of them is up. */
import { loadConfig } from '../../config/config.ts';
import type { Config, Environment } from '../../config/config.ts';
import type { SweepConfig } from '../../config/sweep-config.ts';
import { ConfigError } from '../../errors.ts';
import { startSweep, sweepOnce } from '../../sweep/sweeper.ts';
import type { SweeperOptions, SweepReport } from '../../sweep/sweeper.ts';
import { systemClock } from '../../../probes/net/clock.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';
import { createLogger } from '../logger.ts';
import { untilAskedToStop } from '../signals.ts';
import { openStore } from '../storage.ts';
import { sweepOf } from '../sweep-of.ts';

export interface SweepCommandOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly once?: true;
  readonly json?: true;
}

export async function sweepCommand(options: SweepCommandOptions, io: Io, env: Environment): Promise<number> {
  const config = loadConfig(options.config ?? null, env);
  const sweep = requireSweep(config, options.config);
  const log = createLogger(env['AIQYN_LOG_LEVEL'] ?? config.log.level, process.stderr.isTTY);
  const dataDir = options.dataDir ?? config.dataDir;
  const asked = untilAskedToStop();
  const { store } = await openStore({ dataDir, store: config.store, clock: systemClock(), log });
  try {
    const sweeper = await sweepOf(sweep, { dataDir, store, log });
    function print(report: SweepReport): void {
      writeLine(io.stdout, options.json === true ? JSON.stringify(reportJson(report)) : reportText(report));
    }
    if (options.once === true) return await once(sweeper, asked, print);
    const running = startSweep({ ...sweeper, log, onReport: print });
    await asked;
    await running.stop();
    return EXIT.done;
  } finally {
    await store.close();
  }
}

function requireSweep(config: Config, path: string | undefined): SweepConfig {
  if (config.sweep !== null) return config.sweep;
  throw new ConfigError(
    path ?? 'aiqyn.yaml',
    'has no section "sweep", which says who answers for the probes: sweep: { contact: probes@example.org } (docs/sweep.md)',
  );
}

async function once(
  sweeper: SweeperOptions,
  asked: Promise<unknown>,
  print: (report: SweepReport) => void,
): Promise<number> {
  const stopping = new AbortController();
  void asked.then(() => {
    stopping.abort();
  });
  const report = await sweepOnce(sweeper, stopping.signal);
  print(report);
  switch (report.outcome) {
    case 'swept':
    case 'stopped':
      return EXIT.done;
    case 'nobody_to_ask':
      return EXIT.missing;
    case 'own_trouble':
      return EXIT.failed;
  }
}

function reportJson({ atMs, operators, durationMs, ...same }: SweepReport) {
  return {
    at: new Date(atMs).toISOString(),
    ...same,
    durationSeconds: Math.round(durationMs / 100) / 10,
    operators,
  };
}

const OUTCOMES: Readonly<Record<SweepReport['outcome'], string>> = {
  swept: 'swept',
  nobody_to_ask:
    'nobody to ask: no block yet where enough addresses answer; the census goes on with the next round',
  own_trouble: 'nothing is said: no anchor answered, or this machine could not send',
  stopped: 'stopped',
};

function reportText(report: SweepReport): string {
  const { atMs, outcome, method, blocks, censusProbes, operators } = report;
  const head = `${new Date(atMs).toISOString()}  ${OUTCOMES[outcome]} (${method}, ${blocks} blocks, ${censusProbes} addresses asked for the census)`;
  const lines = operators.map(
    ({ operator, place, upRatio, up, down, uncertain, probed, answered, rttMs }) => {
      const share = upRatio === null ? 'not known' : `${Math.round(upRatio * 100)} % up`;
      const rtt = rttMs === null ? '' : `, ${Math.round(rttMs)} ms`;
      return `  ${operator} in ${place}: ${share} (${up} up, ${down} down, ${uncertain} uncertain; ${answered} of ${probed} addresses answered${rtt})`;
    },
  );
  return [head, ...lines].join('\n');
}
