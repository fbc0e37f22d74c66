/** An incident with its measurements in a real archive: of a vantage that signs its batches, and of one beside the collector. */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnMeasurement } from '../../probes/measurement.ts';
import type { SpoolEntry } from '../../src/agent/spool.ts';
import type { Incident } from '../../src/analysis/detect/point.ts';
import { openFileArchive } from '../../src/archive/file-archive.ts';
import { openCarriedBook } from '../../src/collector/carried-book.ts';
import { createCarriedReception } from '../../src/collector/carried-reception.ts';
import { openFleetBook } from '../../src/collector/fleet-book.ts';
import type { FleetBook } from '../../src/collector/fleet-book.ts';
import type { ChainLink } from '../../src/collector/link-file.ts';
import { createReception } from '../../src/collector/reception.ts';
import { loadCatalog } from '../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../src/config/knowledge.ts';
import type { BundleOptions } from '../../src/evidence/bundle.ts';
import { windowOfIncident } from '../../src/evidence/scope.ts';
import { createIdentity } from '../../src/fleet/identity.ts';
import { synthesize } from '../../src/scenario/synthesize.ts';
import { sealBatch } from '../../src/fleet/batch.ts';
import { aBatch, after, aState, FIRST, SPOOL } from './fleet.ts';
import { ManualClock } from './manual-clock.ts';
import { anEvent, anIncident, idAt, MINUTE_MS, T0_MS } from './points.ts';
import { silentLog } from './silent-log.ts';

const SIGNING = { id: 'ala-kcell', operator: 'AS29355', place: 'almaty', access: 'mobile' } as const;
const LOCAL = { id: 'nqz-telecom', operator: 'AS9198', place: 'astana', access: 'fixed' } as const;
const START_MS = T0_MS + 6 * 60 * MINUTE_MS;
const END_MS = START_MS + 6 * MINUTE_MS;
/** Minutes before and after the block that are measured too. */
const CALM_MINUTES = 2;

export const INCIDENT: Incident = anIncident({
  id: 'platform_block-youtube-1',
  status: 'restored',
  operators: [SIGNING.operator, LOCAL.operator],
  places: [SIGNING.place, LOCAL.place],
  vantageIds: [SIGNING.id, LOCAL.id],
  startMs: START_MS,
  endMs: END_MS,
});
export const EVENTS = [
  anEvent({
    startMs: START_MS,
    endMs: END_MS,
    titles: { kk: 'Әңгіме' },
    claim: { stance: 'denies', who: 'The ministry', summary: 'Nothing is blocked.' },
  }),
];

function measured(
  vantage: typeof SIGNING | typeof LOCAL,
  atMs: number,
  platform: 'youtube' | 'vk' | 'control',
): OwnMeasurement {
  const isBlocked = platform === 'youtube' && atMs >= START_MS && atMs < END_MS;
  const number = ['youtube', 'vk', 'control'].indexOf(platform) + (vantage === LOCAL ? 10 : 0);
  return synthesize({
    id: idAt(atMs, number),
    atMs,
    retest: 0,
    vantage,
    platform,
    fate: {
      block: isBlocked ? 'sni_drop' : null,
      throttleKbps: null,
      forger: undefined,
      isDown: false,
      isControlUp: true,
      network: 'online',
      lost: [],
    },
    latencyMs: [20, 60],
    random: () => 0.5,
    certificates: new Map(),
  });
}

/** Minute by minute: the incident's platform, another one, and the control. */
export function minutesOf(vantage: typeof SIGNING | typeof LOCAL): OwnMeasurement[] {
  const all: OwnMeasurement[] = [];
  for (
    let atMs = START_MS - CALM_MINUTES * MINUTE_MS;
    atMs < END_MS + CALM_MINUTES * MINUTE_MS;
    atMs += MINUTE_MS
  )
    for (const platform of ['youtube', 'vk', 'control'] as const) all.push(measured(vantage, atMs, platform));
  return all;
}

/** Through the collector's own door, so that its chain is a real one. */
async function sendSigned(dataDir: string, deliver: (batch: readonly SpoolEntry[]) => Promise<void>) {
  const book = await openFleetBook(dataDir);
  const { identity } = createIdentity();
  await book.enrol(await book.expect(SIGNING, START_MS), identity.publicKey, START_MS);
  const carried = await openCarriedBook(dataDir);
  const reception = createReception({ book, carried, uplink: { deliver }, clock: { nowMs: () => END_MS } });
  const records = minutesOf(SIGNING);
  let position = FIRST;
  for (let first = 0; first < records.length; first += 4) {
    const entries = records
      .slice(first, first + 4)
      .map((measurement, index) => ({ sequence: first + index + 1, measurement }));
    const batch = await aBatch(identity, { entries, after: position, state: { vantage: SIGNING } });
    await reception.receive(batch.headerText, batch.signature, batch.body);
    position = after(batch);
  }
  return { book, keyId: identity.keyId, publicKey: identity.publicKey };
}

/** The signing vantage's records once more, as they came on a stick: what was sent before, and what was not. */
export async function alsoCarried({ book, dataDir, options }: EvidenceWorld): Promise<BundleOptions> {
  const { identity } = createIdentity();
  await book.enrol(await book.expect(SIGNING, START_MS), identity.publicKey, START_MS);
  const carried = await openCarriedBook(dataDir);
  const intake = { take: async () => Promise.resolve({ stored: 0, repeated: 0 }) };
  const clock = { nowMs: () => END_MS };
  const reception = createCarriedReception({ book, carried, intake, clock });
  const entries = minutesOf(SIGNING).map((measurement, index) => ({ sequence: index + 1, measurement }));
  const bundle = 'c'.repeat(32);
  let position = FIRST;
  for (const some of [entries.slice(0, 7), entries.slice(7)]) {
    const by = { identity, spool: SPOOL, after: position, carried: bundle };
    const batch = await sealBatch(some, aState({ vantage: SIGNING }), by);
    await reception.receive(batch);
    position = after(batch);
  }
  const { keyId, publicKey } = identity;
  function links(): AsyncGenerator<ChainLink> {
    return carried.eachLink(keyId, bundle);
  }
  return {
    ...options,
    chains: [...options.chains, { vantage: SIGNING.id, publicKey, carried: bundle, links }],
  };
}

export interface EvidenceWorld {
  readonly dataDir: string;
  readonly book: FleetBook;
  readonly options: BundleOptions;
}

export async function anEvidenceWorld(folder: string): Promise<EvidenceWorld> {
  const dataDir = join(folder, 'data');
  const archiveDir = join(dataDir, 'archive');
  await mkdir(archiveDir, { recursive: true });
  const archive = await openFileArchive({
    dir: archiveDir,
    budgetBytes: 1e9,
    clock: new ManualClock(END_MS),
    log: silentLog,
  });
  const { book, keyId, publicKey } = await sendSigned(dataDir, async (batch) => {
    await archive.append(batch.map(({ measurement }) => measurement));
  });
  await archive.append(minutesOf(LOCAL));
  await archive.close();
  const catalog = loadCatalog();
  const options: BundleOptions = {
    incident: INCIDENT,
    window: windowOfIncident(INCIDENT, END_MS),
    events: EVENTS,
    charts: [
      { path: 'charts/incident.svg', content: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') },
    ],
    archiveDir,
    chains: [{ vantage: SIGNING.id, publicKey, links: () => book.eachLink(keyId) }],
    catalog,
    knowledge: buildKnowledge(catalog),
    version: '0.0.0-test',
    identity: createIdentity().identity,
    workDir: await mkdtemp(join(folder, 'work-')),
    log: silentLog,
  };
  return { dataDir, book, options };
}
