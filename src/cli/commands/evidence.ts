/** `aiqyn evidence`: everything on one incident in one signed ZIP. */
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { systemClock } from '../../../probes/net/clock.ts';
import type { Catalog } from '../../../probes/catalog.ts';
import type { Incident } from '../../analysis/detect/point.ts';
import { openCarriedBook } from '../../collector/carried-book.ts';
import { openFleetBook } from '../../collector/fleet-book.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import type { Environment } from '../../config/config.ts';
import { buildKnowledge } from '../../config/knowledge.ts';
import { ConfigError } from '../../errors.ts';
import { writeBundle } from '../../evidence/bundle.ts';
import type { VantageChain } from '../../evidence/chain-proofs.ts';
import type { MadeFile } from '../../evidence/reports.ts';
import { windowOfIncident } from '../../evidence/scope.ts';
import type { Store, Window } from '../../store/store.ts';
import { incidentChart } from '../../web/charts/catalogue.ts';
import { CHART_WIDTH_WIDE_PX, drawChart } from '../../web/charts/charts.ts';
import { THEME_PALETTES } from '../../web/charts/palette.ts';
import { messages } from '../../web/messages/messages.ts';
import { createNameBook } from '../../web/names.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { installationIdentity } from '../installation.ts';
import { createLogger } from '../logger.ts';
import { openLogBook } from '../../transparency/log-book.ts';
import { openStore } from '../storage.ts';
import { packageVersion } from '../version.ts';

const EVENTS_AROUND_MS = 86_400_000;

export interface EvidenceOptions {
  readonly output?: string;
  readonly force?: true;
  readonly json?: true;
  readonly config?: string;
  readonly dataDir?: string;
}

async function chainsOf(dataDir: string): Promise<VantageChain[]> {
  if (!existsSync(join(dataDir, 'fleet'))) return [];
  const book = await openFleetBook(dataDir);
  const carried = await openCarriedBook(dataDir);
  const chains: VantageChain[] = [];
  for (const [keyId, { vantage, publicKey }] of await book.enrolled()) {
    const one = { vantage: vantage.id, publicKey };
    chains.push({ ...one, links: () => book.eachLink(keyId) });
    for (const bundle of await carried.bundles(keyId))
      chains.push({ ...one, carried: bundle, links: () => carried.eachLink(keyId, bundle) });
  }
  return chains;
}

async function chartOf(store: Store, catalog: Catalog, incident: Incident, nowMs: number): Promise<MadeFile> {
  const say = messages('en');
  const context = {
    store,
    catalog,
    // The end of what was measured, so that the same state gives the same drawing.
    clock: { ...systemClock(), nowMs: () => nowMs },
    log: createLogger('warn', false),
    version: packageVersion(),
    messages: say,
    names: createNameBook(catalog, say.language),
    notice: () => ({
      mode: 'monitor' as const,
      startedAtMs: nowMs,
      control: 'none' as const,
      vantages: [],
      detectorLagMs: null,
      archiveBytes: 0,
      problems: [],
    }),
  };
  const look = { width: CHART_WIDTH_WIDE_PX, palette: THEME_PALETTES.light };
  const svg = await drawChart(context, await incidentChart(context, incident), look);
  return { path: 'charts/incident.svg', content: Buffer.from(svg, 'utf8') };
}

async function eventsAround(store: Store, { fromMs, toMs }: Window) {
  return store.events({ fromMs: fromMs - EVENTS_AROUND_MS, toMs: toMs + EVENTS_AROUND_MS });
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
  const { store } = await openStore({ dataDir, store: config.store, clock: systemClock(), log });
  const workDir = await mkdtemp(`${output}.work-`);
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

interface Making {
  readonly incident: Incident;
  readonly store: Store;
  readonly dataDir: string;
  readonly workDir: string;
  readonly output: string;
  readonly isJson: boolean;
}

async function make({ incident, store, dataDir, workDir, output, isJson }: Making, io: Io): Promise<number> {
  const catalog = loadCatalog();
  const newestMs = (await store.extent()).newestMs ?? incident.startMs;
  const window = windowOfIncident(incident, newestMs);
  const identity = await installationIdentity(dataDir);
  const finished = join(workDir, 'bundle.zip');
  const { figures } = await writeBundle(
    {
      incident,
      window,
      events: await eventsAround(store, window),
      charts: [await chartOf(store, catalog, incident, window.toMs)],
      archiveDir: join(dataDir, 'archive'),
      chains: await chainsOf(dataDir),
      book: await openLogBook(dataDir),
      catalog,
      knowledge: buildKnowledge(catalog),
      version: packageVersion(),
      identity,
      workDir,
      log: createLogger('warn', false),
    },
    finished,
  );
  if (figures.measurements + figures.controls === 0) {
    writeLine(io.stderr, `The archive holds no measurement of ${incident.id}: there is nothing to show.`);
    return EXIT.missing;
  }
  await rename(finished, output);
  if (isJson)
    writeLine(
      io.stdout,
      JSON.stringify({ file: output, incident: incident.id, key: identity.keyId, figures }),
    );
  else {
    writeLine(io.stdout, `${figures.measurements} measurements of ${incident.id} are in ${output}.`);
    writeLine(
      io.stdout,
      `Publish this key’s fingerprint elsewhere, so that others can tell it is yours: ${identity.keyId}`,
    );
  }
  return EXIT.done;
}
