/** A bundle of evidence from what an installation holds: for the command and for administration alike. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../probes/net/clock.ts';
import type { Catalog } from '../../probes/catalog.ts';
import type { Incident } from '../analysis/detect/point.ts';
import { openCarriedBook } from '../collector/carried-book.ts';
import { openFleetBook } from '../collector/fleet-book.ts';
import { buildKnowledge } from '../config/knowledge.ts';
import { writeBundle } from '../evidence/bundle.ts';
import type { VantageChain } from '../evidence/chain-proofs.ts';
import type { Figures } from '../evidence/figures.ts';
import type { MadeFile } from '../evidence/report.ts';
import { windowOfIncident } from '../evidence/scope.ts';
import type { Log } from '../log.ts';
import type { Store, Window } from '../store/store.ts';
import { openLogBook } from '../transparency/log-book.ts';
import { incidentChart } from '../web/charts/catalogue.ts';
import { Painter, sizeOf } from '../web/charts/painter.ts';
import { THEME_PALETTES } from '../web/charts/palette.ts';
import { drawFigure } from '../web/charts/sheet.ts';
import { LANGUAGES } from '../web/languages.ts';
import { messages } from '../web/messages/messages.ts';
import { createNameBook } from '../web/names.ts';
import { installationIdentity } from './installation.ts';
import { packageVersion } from './version.ts';

const EVENTS_AROUND_MS = 86_400_000;
/** So wide that its letters are of a size with a report's smallest on A4, and so many pixels per unit that they are 300 to the inch. */
const PRINT_WIDTH_PX = 640;
const PRINT_ZOOM = 3;

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

/** The course of the incident in each language, as a drawing and as a picture to print. */
async function chartsOf(
  store: Store,
  catalog: Catalog,
  incident: Incident,
  nowMs: number,
): Promise<MadeFile[]> {
  // Print has no ground of its own.
  const look = { width: PRINT_WIDTH_PX, palette: { ...THEME_PALETTES.light, paper: '#ffffff' } };
  const painter = new Painter();
  const files: MadeFile[] = [];
  for (const id of LANGUAGES) {
    const context = {
      store,
      // The end of what was measured, so that the same state gives the same drawing.
      clock: { ...systemClock(), nowMs: () => nowMs },
      messages: messages(id),
      names: createNameBook(catalog, id),
    };
    const svg = await drawFigure(context, await incidentChart(context, incident), look);
    const picture = await painter.paint({ svg, ...sizeOf(svg), zoom: PRINT_ZOOM, isOpaque: true });
    const path = `charts/incident-${id}`;
    files.push(
      { path: `${path}.svg`, content: Buffer.from(svg, 'utf8') },
      { path: `${path}.png`, content: picture },
    );
  }
  return files;
}

async function eventsAround(store: Store, { fromMs, toMs }: Window) {
  return store.events({ fromMs: fromMs - EVENTS_AROUND_MS, toMs: toMs + EVENTS_AROUND_MS });
}

export interface EvidenceSources {
  readonly incident: Incident;
  readonly store: Store;
  readonly dataDir: string;
  readonly catalog: Catalog;
  /** Empty; the caller's to remove. */
  readonly workDir: string;
  readonly log: Log;
  readonly onRecord?: () => Promise<void> | void;
}

export interface MadeEvidence {
  /** In the work directory; null where the archive holds nothing of the incident. */
  readonly file: string | null;
  readonly figures: Figures;
  /** SHA-256 of the public key that signed it. */
  readonly key: string;
}

export async function makeEvidence(sources: EvidenceSources): Promise<MadeEvidence> {
  const { incident, store, dataDir, catalog, workDir, log, onRecord } = sources;
  const newestMs = (await store.extent()).newestMs ?? incident.startMs;
  const window = windowOfIncident(incident, newestMs);
  const identity = await installationIdentity(dataDir);
  const file = join(workDir, 'bundle.zip');
  const { figures } = await writeBundle(
    {
      incident,
      window,
      events: await eventsAround(store, window),
      charts: await chartsOf(store, catalog, incident, window.toMs),
      archiveDir: join(dataDir, 'archive'),
      chains: await chainsOf(dataDir),
      book: await openLogBook(dataDir),
      catalog,
      knowledge: buildKnowledge(catalog),
      version: packageVersion(),
      identity,
      workDir,
      log,
      ...(onRecord === undefined ? {} : { onRecord }),
    },
    file,
  );
  const isEmpty = figures.measurements + figures.controls === 0;
  return { file: isEmpty ? null : file, figures, key: identity.keyId };
}
