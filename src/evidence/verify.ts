/**
 * Checks a bundle with nothing but itself: the ZIP is exactly its files, the manifest is signed, every file is the manifest's, and
 * what they say agrees (verify-data.ts). What it finds wrong is said in words; what cannot be compared here is a note.
 */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Catalog } from '../../probes/catalog.ts';
import { StoredIncident } from '../store/stored-incident.ts';
import type { Incident } from '../analysis/detect/point.ts';
import type { Knowledge } from '../analysis/verdict/verdict.ts';
import { keyIdOf } from '../fleet/identity.ts';
import type { PublishedLog } from '../transparency/log.ts';
import { sha256Of, wholeOf } from './bytes.ts';
import { FILE, isManifestSigned, madeBy, Manifest, publicKeyOfPem, sumsText } from './manifest.ts';
import { BundleRefusal } from './refusal.ts';
import type { RefusalCode } from './refusal.ts';
import { checkData } from './verify-data.ts';
import { openZip } from './zip.ts';
import type { BundleFile } from './zip.ts';

/** Of what is read whole: everything but the lines of data. */
const WHOLE_BYTES_MAX = 32 * 1_048_576;
const PROBLEMS_MAX = 20;

export interface Problem {
  readonly code: RefusalCode;
  readonly what: string;
}

export interface VerifyOptions {
  readonly catalog: Catalog;
  readonly knowledge: Knowledge;
  readonly version: string;
  /** SHA-256 (hex) of the public key that must have signed it; absent: any, and it is said which. */
  readonly key?: string;
  /** The transparency log as the reader saved it: the bundle's days must be its days. */
  readonly log?: PublishedLog;
}

export interface Verification {
  /** Nothing contradicts the bundle. */
  readonly isGood: boolean;
  /** The first PROBLEMS_MAX. */
  readonly problems: readonly Problem[];
  /** What was not compared, and why. */
  readonly notes: readonly string[];
  readonly incident: string | null;
  /** Of the key that signed. */
  readonly key: string | null;
  readonly measurements: number;
  /** Measurements whose verdict is another under the rules here. */
  readonly differences: number;
  /** Measurements and controls that lead to a published day of the transparency log. */
  readonly logged: number;
}

/** Collects what is wrong; many of one kind are counted, not listed. */
export class Findings {
  readonly problems: Problem[] = [];
  readonly notes: string[] = [];
  measurements = 0;
  differences = 0;
  logged = 0;
  incident: string | null = null;
  key: string | null = null;

  add(code: RefusalCode, what: string): void {
    if (this.problems.length < PROBLEMS_MAX) this.problems.push({ code, what });
  }

  note(what: string): void {
    if (this.notes.length < PROBLEMS_MAX) this.notes.push(what);
  }

  done(): Verification {
    const { problems, notes, incident, key, measurements, differences, logged } = this;
    return {
      isGood: problems.length === 0,
      problems,
      notes,
      incident,
      key,
      measurements,
      differences,
      logged,
    };
  }
}

/** The files of a bundle whose signature and hashes hold. */
export class BundleFiles {
  readonly #files: ReadonlyMap<string, BundleFile>;

  constructor(files: readonly BundleFile[]) {
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  paths(folder: string): string[] {
    return [...this.#files.keys()].filter((path) => path.startsWith(folder));
  }

  /** @throws BundleRefusal where it is not there. */
  async open(path: string): Promise<Readable> {
    return this.#file(path).open();
  }

  async whole(path: string): Promise<Buffer> {
    const file = this.#file(path);
    if (file.bytes > WHOLE_BYTES_MAX) throw new BundleRefusal('hostile_zip', `${path} is too large`);
    return wholeOf(await file.open());
  }

  async json<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const read = schema.safeParse(parsed((await this.whole(path)).toString('utf8')));
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw new BundleRefusal('malformed', `${path} ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }

  #file(path: string): BundleFile {
    const file = this.#files.get(path);
    if (file === undefined) throw new BundleRefusal('missing_file', `${path} is missing`);
    return file;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws what the disk throws; whatever is wrong with the bundle is in the answer. */
export async function verifyBundle(path: string, options: VerifyOptions): Promise<Verification> {
  await readable(path);
  const findings = new Findings();
  try {
    const zip = await openZip(path);
    try {
      await verifyFiles(zip.files, options, findings);
    } finally {
      zip.close();
    }
  } catch (error) {
    if (!(error instanceof BundleRefusal)) throw error;
    findings.add(error.code, error.message);
  }
  return findings.done();
}

/** A file that is not there is the caller's mistake, not the bundle's. */
async function readable(path: string): Promise<void> {
  await wholeOf(createReadStream(path, { end: 0 }));
}

async function verifyFiles(
  files: readonly BundleFile[],
  options: VerifyOptions,
  findings: Findings,
): Promise<void> {
  const bundle = new BundleFiles(files);
  const manifest = await signedManifest(bundle, options, findings);
  checkNames(files, manifest);
  await checkHashes(bundle, files, manifest);
  const incident: Incident = await bundle.json(FILE.incident, StoredIncident);
  if (incident.id !== manifest.incident)
    throw new BundleRefusal(
      'malformed',
      `the manifest speaks of ${manifest.incident}, not of ${incident.id}`,
    );
  const isSameMaker = compareMakers(manifest, options, findings);
  await checkData({ bundle, manifest, incident, isSameMaker, ...options, findings });
}

async function signedManifest(
  bundle: BundleFiles,
  { key }: VerifyOptions,
  findings: Findings,
): Promise<Manifest> {
  const manifest = await bundle.json(FILE.manifest, Manifest);
  findings.incident = manifest.incident;
  const pem = (await bundle.whole(FILE.key)).toString('utf8');
  const publicKey = publicKeyOfPem(pem);
  if (publicKey === null) throw new BundleRefusal('malformed', `${FILE.key} holds no public key`);
  findings.key = keyIdOf(Buffer.from(publicKey, 'base64'));
  if (findings.key !== manifest.key)
    throw new BundleRefusal(
      'other_key',
      `the manifest names the key ${manifest.key}, ${FILE.key} is ${findings.key}`,
    );
  if (key !== undefined && findings.key !== key)
    throw new BundleRefusal('other_key', `it is signed by the key ${findings.key}, not by ${key}`);
  const signature = await bundle.whole(FILE.signature);
  if (!isManifestSigned(await bundle.whole(FILE.manifest), signature, publicKey))
    throw new BundleRefusal(
      'forged',
      'the signature does not hold: the manifest is not what this key signed',
    );
  if (key === undefined)
    findings.note(
      `Signed by the key ${findings.key}. Whose that is the bundle cannot say: compare it, or give --key.`,
    );
  return manifest;
}

/** Every file of the manifest, in its order, and no other. */
function checkNames(files: readonly BundleFile[], manifest: Manifest): void {
  const expected = [FILE.manifest, FILE.signature, ...manifest.files.map(({ path }) => path)];
  const found = files.map(({ path }) => path);
  for (const path of expected)
    if (!found.includes(path)) throw new BundleRefusal('missing_file', `${path} is missing`);
  for (const path of found)
    if (!expected.includes(path)) throw new BundleRefusal('extra_file', `${path} is not in the manifest`);
  if (found.join() !== expected.join())
    throw new BundleRefusal('changed_zip', 'the files are not in the order of the manifest');
}

async function checkHashes(
  bundle: BundleFiles,
  files: readonly BundleFile[],
  manifest: Manifest,
): Promise<void> {
  const listed = new Map(manifest.files.map((file) => [file.path, file]));
  for (const { path, bytes } of files) {
    const file = listed.get(path);
    if (file === undefined) continue;
    if (bytes !== file.bytes || (await sha256Of(await bundle.open(path))) !== file.sha256)
      throw new BundleRefusal('changed_file', `${path} was changed: its SHA-256 is not the manifest's`);
  }
  const others = manifest.files.filter(({ path }) => path !== FILE.sums);
  if ((await bundle.whole(FILE.sums)).toString('utf8') !== sumsText(others))
    throw new BundleRefusal('changed_file', `${FILE.sums} says other hashes than the manifest`);
}

/** False where this Aiqyn may judge or write otherwise than the one that made the bundle. */
function compareMakers({ madeBy: theirs }: Manifest, options: VerifyOptions, findings: Findings): boolean {
  const ours = madeBy(options.version, options.catalog);
  const parts = [
    ['version of Aiqyn', theirs.version, ours.version],
    ['table of rules', theirs.rules, ours.rules],
    ['catalogue', theirs.catalogue, ours.catalogue],
  ] as const;
  const others = parts.filter(([, their, our]) => their !== our);
  for (const [name, their, our] of others)
    findings.note(`Made with another ${name} (${their.slice(0, 12)}; here it is ${our.slice(0, 12)}).`);
  return others.length === 0;
}
