/** `aiqyn evidence`: everything on one incident in one signed ZIP. */
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemClock } from '../../../probes/net/clock.ts';
import type { Incident } from '../../analysis/detect/point.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import type { Environment } from '../../config/config.ts';
import { ConfigError, EnvironmentError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import { makeEvidence } from '../evidence-maker.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { createLogger } from '../logger.ts';
import { openStore } from '../storage.ts';

export interface EvidenceOptions {
  readonly output?: string;
  readonly force?: true;
  readonly json?: true;
  readonly config?: string;
  readonly dataDir?: string;
}

/** Exit code 3 where there is no such incident, or nothing of it in the archive (then no file is made). */
export async function evidenceCommand(
  id: string,
  options: EvidenceOptions,
  io: Io,
  env: Environment,
): Promise<number> {
  const config = loadConfig(options.config ?? null, env);
  const dataDir = options.dataDir ?? config.dataDir;
  const output = resolve(options.output ?? `${id.replaceAll(/[^\w.-]/g, '_')}.zip`);
  if (existsSync(output) && options.force !== true)
    throw new ConfigError('--out', `${output} is there already; --force replaces it.`);
  if (!existsSync(dirname(output))) throw new ConfigError('--out', `there is no folder ${dirname(output)}`);
  if (!existsSync(dataDir)) throw new ConfigError('--data-dir', `there is no folder ${dataDir}`);
  const log = createLogger('warn', false);
  const workDir = await workDirBeside(output);
  const { store } = await openStore({ dataDir, store: config.store, clock: systemClock(), log }).catch(
    async (error: unknown) => {
      await rm(workDir, { recursive: true, force: true });
      throw error;
    },
  );
  try {
    const incident = await store.incident(id);
    if (incident === null) {
      writeLine(io.stderr, `There is no incident ${id}. The page lists them, and so does /api/incidents.`);
      return EXIT.missing;
    }
    return await make({ incident, store, dataDir, workDir, output, isJson: options.json === true }, io);
  } finally {
    await store.close();
    await rm(workDir, { recursive: true, force: true });
  }
}

/** @throws EnvironmentError where nothing can be written beside the file. */
async function workDirBeside(output: string): Promise<string> {
  try {
    return await mkdtemp(`${output}.work-`);
  } catch (cause) {
    const text = `${output} cannot be written; choose another place with --out.`;
    throw new EnvironmentError('EVIDENCE_UNWRITABLE', text, { cause });
  }
}

interface Making {
  readonly incident: Incident;
  readonly store: Store;
  readonly dataDir: string;
  readonly workDir: string;
  readonly output: string;
  readonly isJson: boolean;
}

async function make({ output, isJson, ...sources }: Making, io: Io): Promise<number> {
  const { incident } = sources;
  const log = createLogger('warn', false);
  const { file, figures, key } = await makeEvidence({ ...sources, catalog: loadCatalog(), log });
  if (file === null) {
    writeLine(io.stderr, `The archive holds no measurement of ${incident.id}: there is nothing to show.`);
    return EXIT.missing;
  }
  await rename(file, output);
  if (isJson) writeLine(io.stdout, JSON.stringify({ file: output, incident: incident.id, key, figures }));
  else {
    writeLine(io.stdout, `${figures.measurements} measurements of ${incident.id} are in ${output}.`);
    writeLine(
      io.stdout,
      `Publish this key’s fingerprint elsewhere, so that others can tell it is yours: ${key}`,
    );
  }
  return EXIT.done;
}
