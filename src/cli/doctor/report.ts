/** What all doctors share: reading the configuration, and the list of findings. */
import { loadCatalog, loadPlan, plannedTargets } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import type { Config } from '../../config/config.ts';
import { ConfigError } from '../../errors.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Check } from './check.ts';
import { fail, ok } from './check.ts';
import { checkNode, checkQuicLibrary } from './machine.ts';

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

/** That each plan can be read, and what it costs at most. */
export function checkPlans(config: Config): Check[] {
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

/** Only where a plan measures QUIC: nobody else needs the library. */
export async function checkQuic(config: Config): Promise<Check[]> {
  const names = new Set([config.plan, ...config.vantages.flatMap(({ plan }) => plan ?? [])]);
  const isAsked = [...names].some((name) => loadPlan(name).quic !== undefined);
  return isAsked ? [await checkQuicLibrary()] : [];
}

/** Exit code 0 when Aiqyn can do its work, warnings or not; 1 when it cannot. */
export async function reportChecks(
  options: DoctorOptions,
  io: Io,
  env: Readonly<Record<string, string | undefined>>,
  examine: (config: Config, dataDir: string) => Promise<Check[]>,
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
