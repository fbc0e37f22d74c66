/**
 * `aiqyn doctor`: what on this machine is missing or wrong, and how to mend it. Changes nothing, but that a point of a series
 * of its own shows whether an InfluxDB may be written.
 */
import { systemClock } from '../../../probes/net/clock.ts';
import { loadCatalog, loadPlan, plannedTargets } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import type { Config } from '../../config/config.ts';
import { assertNever, ConfigError } from '../../errors.ts';
import { checkBorrowed } from '../doctor/borrowed.ts';
import type { Check } from '../doctor/check.ts';
import { fail, ok, warn } from '../doctor/check.ts';
import {
  checkDataDir,
  checkLocalAddresses,
  checkNode,
  checkPort,
  checkQuicLibrary,
  checkStoreLibrary,
} from '../doctor/machine.ts';
import { checkControl, checkReach } from '../doctor/reach.ts';
import { checkWatchers } from '../doctor/watchers.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';
import { createLogger } from '../logger.ts';

export interface DoctorOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly json?: true;
}

const MARKS: Readonly<Record<Check['result'], string>> = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' };

function readConfig(
  options: DoctorOptions,
  env: Readonly<Record<string, string | undefined>>,
): Config | Check {
  try {
    return loadConfig(options.config ?? null, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail('Configuration', error.message, 'docs/aiqyn.example.yaml shows every key.');
  }
}

function checkPlans(config: Config): Check[] {
  const catalog = loadCatalog();
  const names = new Set([config.plan, ...config.vantages.flatMap(({ plan }) => plan ?? [])]);
  return [...names].map((name) => {
    const plan = loadPlan(name);
    const targets = plannedTargets(plan, catalog).length;
    return ok(
      `Plan ${plan.id}`,
      `${targets} targets, at most ${plan.dailyBudgetMegabytes} MB a day for each vantage`,
    );
  });
}

async function checkStore({ store }: Config): Promise<Check[]> {
  switch (store.kind) {
    case 'memory':
      return [
        warn(
          'Store',
          'kept in memory: what was measured is gone after a restart',
          'Leave out store.kind, or use influx.',
        ),
      ];
    case 'duckdb':
      return [await checkStoreLibrary()];
    case 'influx': {
      const { checkInflux } = await import('../doctor/influx.ts');
      return checkInflux(store.address, systemClock(), createLogger('warn', process.stderr.isTTY));
    }
    default:
      return assertNever(store);
  }
}

/** Only where a plan measures QUIC: nobody else needs the library. */
async function checkQuic(config: Config): Promise<Check[]> {
  const names = new Set([config.plan, ...config.vantages.flatMap(({ plan }) => plan ?? [])]);
  const isAsked = [...names].some((name) => loadPlan(name).quic !== undefined);
  return isAsked ? [await checkQuicLibrary()] : [];
}

async function examine(config: Config, dataDir: string): Promise<Check[]> {
  const budgets = config.archive.budgetMegabytes + config.spool.budgetMegabytes;
  return [
    ok('Configuration', `${config.vantages.length} vantage(s)`),
    ...checkPlans(config),
    await checkDataDir(dataDir, budgets),
    ...(await checkStore(config)),
    ...(await checkQuic(config)),
    await checkPort(config.http.host, config.http.port),
    ...checkLocalAddresses(config.vantages),
    ...(await checkReach(config, systemClock())),
    await checkControl(config),
    ...(await checkBorrowed(config)),
    ...(await checkWatchers(config)),
  ];
}

/** Exit code 0 when Aiqyn can do its work, warnings or not; 1 when it cannot. */
export async function doctorCommand(
  options: DoctorOptions,
  io: Io,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const config = readConfig(options, env);
  const checks = [
    checkNode(process.versions.node),
    ...('result' in config ? [config] : await examine(config, options.dataDir ?? config.dataDir)),
  ];
  if (options.json === true) {
    writeLine(io.stdout, JSON.stringify({ checks }));
  } else {
    for (const { name, result, finding, remedy } of checks) {
      writeLine(io.stdout, `${MARKS[result]}  ${name}: ${finding}`);
      if (remedy !== null) writeLine(io.stdout, `      → ${remedy}`);
    }
  }
  return checks.some(({ result }) => result === 'fail') ? EXIT.failed : EXIT.done;
}
