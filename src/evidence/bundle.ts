/** Makes a bundle: everything on one incident, so that others can check it. The same incident at the same state gives the same bytes. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Catalog } from '../../probes/catalog.ts';
import type { OwnMeasurement } from '../../probes/measurement.ts';
import type { Incident } from '../analysis/detect/point.ts';
import { judge } from '../analysis/verdict/judge.ts';
import type { Knowledge } from '../analysis/verdict/verdict.ts';
import { readArchive } from '../archive/segment-read.ts';
import { filingTimeMs, HOUR_MS } from '../archive/segments.ts';
import type { AiqynEvent } from '../events/event.ts';
import type { Identity } from '../fleet/identity.ts';
import { keyIdOf } from '../fleet/identity.ts';
import type { Log } from '../log.ts';
import type { Window } from '../store/store.ts';
import type { LogBook } from '../transparency/log-book.ts';
import { sha256Of } from './bytes.ts';
import { ChainProofs } from './chain-proofs.ts';
import type { VantageChain } from './chain-proofs.ts';
import { Counting } from './figures.ts';
import type { Figures } from './figures.ts';
import { LinesFile } from './lines.ts';
import { LoggedLeaves, loggedHours } from './log-proofs.ts';
import type { LoggedChain, LogProofs } from './log-proofs.ts';
import { FILE, FORMAT, madeBy, manifestBytes, pemOf, sha256, signatureOf, sumsText } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import type { VantageKeys } from './proofs.ts';
import { readmeText } from './readme.ts';
import { json, reportFiles } from './reports.ts';
import type { MadeFile } from './report.ts';
import { roleOf } from './scope.ts';
import { zipOf } from './zip.ts';
import type { BundleFile } from './zip.ts';

export interface BundleOptions {
  readonly incident: Incident;
  readonly window: Window;
  /** Around it, claims too. */
  readonly events: readonly AiqynEvent[];
  readonly charts: readonly MadeFile[];
  readonly archiveDir: string;
  readonly chains: readonly VantageChain[];
  /** The transparency log; absent where none is kept. */
  readonly book?: Pick<LogBook, 'days' | 'leavesOf'>;
  readonly catalog: Catalog;
  readonly knowledge: Knowledge;
  readonly version: string;
  readonly identity: Identity;
  /** Empty, the caller's to remove: what is too long for memory waits here. */
  readonly workDir: string;
  readonly log: Log;
  /** After each record that was read; where it waits, others are served meanwhile. */
  readonly onRecord?: () => Promise<void> | void;
}

export interface MadeBundle {
  readonly manifest: Manifest;
  readonly figures: Figures;
}

/** Writes the ZIP to `output`. Memory is bounded however long the incident was. */
export async function writeBundle(options: BundleOptions, output: string): Promise<MadeBundle> {
  const { incident, identity, events, charts } = options;
  const { figures, counts, hours } = await collect(options);
  const leaves = await LoggedLeaves.read(
    options.book ?? { days: [], leavesOf: async () => Promise.resolve([]) },
  );
  const { keys, logged } = await writeProofs(options, counts, leaves);
  const log = await writeHours(options, { leaves, hours, chains: logged });
  const made: MadeFile[] = [
    { path: FILE.readme, content: Buffer.from(readmeText(incident, identity.keyId), 'utf8') },
    { path: FILE.incident, content: json(incident) },
    { path: FILE.events, content: json(events) },
    { path: FILE.claims, content: json(events.filter(({ claim }) => claim !== undefined && claim !== null)) },
    { path: FILE.keys, content: json(keys) },
    { path: FILE.log, content: json(log) },
    { path: FILE.key, content: Buffer.from(pemOf(identity.publicKey), 'utf8') },
    ...charts,
    ...(await reportFiles({ ...options, figures })),
  ];
  const large = [FILE.measurements, FILE.controls, FILE.verdicts, FILE.proofs, FILE.hours];
  const files = [...made.map(inMemory), ...(await Promise.all(large.map((path) => onDisk(options, path))))];
  const manifest = await manifestOf(options, files);
  const signed = manifestBytes(manifest.manifest);
  const whole = [
    inMemory({ path: FILE.manifest, content: signed }),
    inMemory({ path: FILE.signature, content: signatureOf(signed, identity) }),
    manifest.sums,
    ...files,
  ];
  await pipeline(zipOf(whole), createWriteStream(output, { flush: true }));
  return { manifest: manifest.manifest, figures };
}

interface VantageCount {
  measurements: number;
  proven: number;
}

function isIncluded({ incident, window }: BundleOptions, measurement: OwnMeasurement): boolean {
  const atMs = measurement.x_aiqyn_started_at_ms;
  return atMs >= window.fromMs && atMs < window.toMs && roleOf(measurement, incident) !== null;
}

function countIn(
  counts: ReadonlyMap<string, VantageCount>,
  { x_aiqyn_vantage: { id } }: OwnMeasurement,
): void {
  const count = counts.get(id);
  if (count !== undefined) count.measurements += 1;
}

function noOne(): void {
  // Nobody waits for progress.
}

/** One way through the archive: measurements, controls and verdicts go to disk, numbers are counted. */
async function collect(options: BundleOptions) {
  const { archiveDir, window, incident, knowledge, log, onRecord = noOne } = options;
  const [measured, controls, verdicts] = [FILE.measurements, FILE.controls, FILE.verdicts].map(
    (path) => new LinesFile(workPath(options, path)),
  );
  const counting = new Counting();
  const counts = new Map<string, VantageCount>(
    [...new Set(incident.vantageIds)].sort().map((id) => [id, { measurements: 0, proven: 0 }]),
  );
  const hours = new HourCounts(options);
  for await (const { text, measurement } of readArchive(archiveDir, window, log)) {
    const role = roleOf(measurement, incident);
    if (role === null) continue;
    hours.add(measurement);
    await onRecord();
    countIn(counts, measurement);
    if (role === 'control') {
      counting.addControl();
      await controls?.write(text);
      continue;
    }
    const verdict = judge(measurement, knowledge);
    counting.add(measurement, verdict);
    await measured?.write(text);
    await verdicts?.write(JSON.stringify({ id: measurement.x_aiqyn_id, ...verdict }));
  }
  for (const file of [measured, controls, verdicts]) await file?.end();
  return { figures: counting.figures(), counts, hours };
}

/** How many records of vantages without a chain lie in each hour of the archive. */
class HourCounts {
  readonly #signing: ReadonlySet<string>;
  readonly #counts = new Map<number, number>();

  constructor({ chains }: BundleOptions) {
    this.#signing = new Set(chains.map(({ vantage }) => vantage));
  }

  add(measurement: OwnMeasurement): void {
    if (this.#signing.has(measurement.x_aiqyn_vantage.id)) return;
    const startMs = Math.floor(filingTimeMs(measurement) / HOUR_MS) * HOUR_MS;
    this.#counts.set(startMs, this.of(startMs) + 1);
  }

  of(startMs: number): number {
    return this.#counts.get(startMs) ?? 0;
  }

  starts(): number[] {
    return [...this.#counts.keys()].sort((a, b) => a - b);
  }
}

/** A chain that the transparency log holds, with the records of the bundle that it proves. */
interface ProvenChain {
  readonly chain: LoggedChain;
  readonly proven: number;
}

/** Writes the hashes of the hours that the log holds; what is in no closed day has no proof yet. */
async function writeHours(
  options: BundleOptions,
  made: {
    readonly leaves: LoggedLeaves;
    readonly hours: HourCounts;
    readonly chains: readonly ProvenChain[];
  },
): Promise<LogProofs> {
  const file = new LinesFile(workPath(options, FILE.hours));
  const hours: LogProofs['hours'] = [];
  let logged = made.chains.reduce((sum, { proven }) => sum + proven, 0);
  const starts = made.hours.starts();
  for await (const { startMs, line, logged: hour } of loggedHours(made.leaves, starts, options)) {
    await file.write(JSON.stringify(line));
    hours.push(hour);
    logged += made.hours.of(startMs);
  }
  await file.end();
  const chains = made.chains.map(({ chain }) => chain);
  const days = made.leaves.daysAround([...chains, ...hours].map(({ day }) => day));
  return { days, chains, hours, logged };
}

async function writeProofs(
  options: BundleOptions,
  counts: ReadonlyMap<string, VantageCount>,
  leaves: LoggedLeaves,
): Promise<{ readonly keys: VantageKeys; readonly logged: readonly ProvenChain[] }> {
  const { archiveDir, window, log } = options;
  const proofs = new ChainProofs({
    archiveDir,
    window,
    isIncluded: (measurement) => isIncluded(options, measurement),
    loggedFrom: (chain, number) => leaves.chainFrom({ ...chain, key: keyOf(chain) }, number),
    log,
  });
  const logged: ProvenChain[] = [];
  const file = new LinesFile(workPath(options, FILE.proofs));
  const chains = options.chains.filter(({ vantage }) => counts.has(vantage)).toSorted(byKey);
  for (const chain of chains) {
    const count = counts.get(chain.vantage);
    let ofChain = 0;
    const batches = proofs.of(chain);
    let step = await batches.next();
    for (; step.done !== true; step = await batches.next()) {
      await file.write(JSON.stringify(step.value.proof));
      ofChain += step.value.proven;
    }
    if (count !== undefined) count.proven += ofChain;
    if (step.value !== null) logged.push({ chain: step.value, proven: ofChain });
  }
  await file.end();
  const keys = [...counts].map(([vantage, count]) => ({
    vantage,
    // A key has a chain of what it sent and one for each file that was carried.
    publicKeys: [
      ...new Set(chains.filter((chain) => chain.vantage === vantage).map(({ publicKey }) => publicKey)),
    ],
    ...count,
  }));
  return { keys, logged };
}

function byKey(one: VantageChain, other: VantageChain): number {
  return keyOf(one) < keyOf(other) ? -1 : 1;
}

function keyOf({ publicKey }: VantageChain): string {
  return keyIdOf(Buffer.from(publicKey, 'base64'));
}

async function manifestOf(options: BundleOptions, files: readonly BundleFile[]) {
  const { incident, window, version, catalog, identity } = options;
  const listed: Manifest['files'] = [];
  for (const file of files)
    listed.push({ path: file.path, bytes: file.bytes, sha256: await sha256Of(await file.open()) });
  const content = Buffer.from(sumsText(listed), 'utf8');
  const sums = { path: FILE.sums, bytes: content.length, sha256: sha256(content) };
  const manifest: Manifest = {
    format: FORMAT,
    incident: incident.id,
    window: { fromMs: window.fromMs, toMs: window.toMs },
    madeBy: madeBy(version, catalog),
    key: identity.keyId,
    files: [sums, ...listed],
  };
  return { manifest, sums: inMemory({ path: FILE.sums, content }) };
}

function workPath({ workDir }: BundleOptions, path: string): string {
  return join(workDir, path.replace('/', '-'));
}

function inMemory({ path, content }: MadeFile): BundleFile {
  return { path, bytes: content.length, open: async () => Readable.from([content]) };
}

async function onDisk(options: BundleOptions, path: string): Promise<BundleFile> {
  const place = workPath(options, path);
  return { path, bytes: (await stat(place)).size, open: async () => createReadStream(place) };
}
