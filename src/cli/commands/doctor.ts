/**
 * `aiqyn doctor`: what on this machine is missing or wrong, and how to mend it. Changes nothing, but that a point of a series
 * of its own shows whether an InfluxDB may be written.
 */
import { systemClock } from '../../../probes/net/clock.ts';
import type { Config } from '../../config/config.ts';
import { assertNever } from '../../errors.ts';
import { checkBorrowed } from '../doctor/borrowed.ts';
import { checkCollector } from '../doctor/collector.ts';
import type { Check } from '../doctor/check.ts';
import { ok, warn } from '../doctor/check.ts';
import { checkLines } from '../doctor/lines.ts';
import { checkDataDir, checkPathTool, checkPort, checkStoreLibrary } from '../doctor/machine.ts';
import { checkControl, checkReach } from '../doctor/reach.ts';
import { checkWatchers } from '../doctor/watchers.ts';
import { checkPlans, checkQuic, reportChecks } from '../doctor/report.ts';
import type { DoctorOptions } from '../doctor/report.ts';
import { checkWhereabouts } from '../doctor/whereabouts.ts';
import type { Io } from '../io.ts';
import { createLogger } from '../logger.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

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

/** Only where paths are asked for. */
async function checkPaths({ paths }: Config): Promise<Check[]> {
  return paths.enabled ? [await checkPathTool()] : [];
}

/** What is public and what is not, where somebody else's proxy stands before the page. */
function checkReaders({ http, admin }: Config): Check[] {
  const checks: Check[] = [];
  if (http.publicUrl?.startsWith('https:') === true && http.trustProxy.length === 0)
    checks.push(
      warn(
        'Readers',
        'publicUrl has TLS, but no proxy is named: all readers may share one address and one limit of requests',
        'Name the proxy’s address under http.trustProxy (docs/admin.md).',
      ),
    );
  if (admin === null) return checks;
  const ways = [...(admin.token === null ? [] : ['a token']), ...(admin.proxy === null ? [] : ['a proxy'])];
  const isOpen = !LOOPBACK.has(http.host) && http.publicUrl?.startsWith('https:') !== true;
  const finding = `at /admin, by ${ways.join(' or ')}`;
  const remedy = 'Put a TLS proxy before it, and name its address under http.publicUrl.';
  checks.push(
    isOpen ? warn('Administration', `${finding}, over plain HTTP`, remedy) : ok('Administration', finding),
  );
  return checks;
}

async function examine(config: Config, dataDir: string): Promise<Check[]> {
  const budgets = config.archive.budgetMegabytes + config.spool.budgetMegabytes;
  return [
    ok('Configuration', `${config.vantages.length} vantage(s)`),
    ...checkPlans(config),
    await checkDataDir(dataDir, budgets),
    ...(await checkStore(config)),
    ...(await checkQuic(config)),
    ...(await checkPaths(config)),
    await checkPort(config.http.host, config.http.port),
    ...checkReaders(config),
    ...(await checkLines(config.vantages)),
    ...(await checkReach(config, systemClock())),
    await checkControl(config),
    ...(await checkBorrowed(config)),
    ...(await checkWatchers(config)),
    ...(await checkCollector(config, dataDir, systemClock())),
    ...(await checkWhereabouts(config, systemClock(), createLogger('silent', false))),
  ];
}

/** Exit code 0 when Aiqyn can do its work, warnings or not; 1 when it cannot. */
export async function doctorCommand(
  options: DoctorOptions,
  io: Io,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  return reportChecks(options, io, env, examine);
}
