/** What a bundle says, against its own data: every measurement is judged again, every number counted again, every proof followed. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Catalog } from '../../probes/catalog.ts';
import { OwnMeasurement } from '../../probes/measurement.ts';
import { saidOf, withoutWitnesses, withWitnesses } from '../analysis/corroborate/witnessed.ts';
import type { Incident } from '../analysis/detect/point.ts';
import { judge } from '../analysis/verdict/judge.ts';
import { LAYERS, METHODS, STATUSES } from '../analysis/verdict/verdict.ts';
import type { Knowledge, Verdict } from '../analysis/verdict/verdict.ts';
import { AiqynEvent } from '../events/event.ts';
import { hashOfRecord } from '../fleet/chain.ts';
import { keyIdOf } from '../fleet/identity.ts';
import { Counting, Figures } from './figures.ts';
import { statedFigures } from './html.ts';
import { linesOf } from './lines.ts';
import { FILE } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { ChainCheck, Proof, VantageKeys } from './proofs.ts';
import { BundleRefusal } from './refusal.ts';
import type { PublishedLog } from '../transparency/log.ts';
import type { MadeFile } from './report.ts';
import { reportFiles } from './reports.ts';
import { roleOf } from './scope.ts';
import type { BundleFiles, Findings } from './verify.ts';
import { checkLog } from './verify-log.ts';
import type { CheckedLog } from './verify-log.ts';

/** A drawing and a picture in each language, and some to spare. */
const CHARTS_MAX = 16;

export interface DataCheck {
  readonly bundle: BundleFiles;
  readonly manifest: Manifest;
  readonly incident: Incident;
  /** Version, rules and catalogue here are those that made the bundle. */
  readonly isSameMaker: boolean;
  readonly catalog: Catalog;
  readonly knowledge: Knowledge;
  readonly version: string;
  /** The transparency log as the reader saved it. */
  readonly log?: PublishedLog;
  readonly findings: Findings;
}

const VerdictLine = z.strictObject({
  id: z.string(),
  status: z.enum(STATUSES),
  layer: z.enum(LAYERS).nullable(),
  method: z.enum(METHODS).nullable(),
  failure: z.string().nullable(),
  confidence: z.number(),
  reasons: z.array(z.string()),
  score: z.number(),
  rule: z.string(),
});

export async function checkData(check: DataCheck): Promise<void> {
  const keys = await check.bundle.json(FILE.keys, VantageKeys);
  const chains = await followChains(check, keys);
  const counting = new Counting();
  const tally = new Tally(chains, keys, await checkLog({ ...check, chains }));
  await checkMeasurements(check, counting, tally);
  await checkControls(check, counting, tally);
  tally.compare(check.findings);
  await checkReport(check, counting.figures());
  checkConfidence(check);
}

async function followChains({ bundle }: DataCheck, keys: VantageKeys): Promise<ChainCheck> {
  const known = keys.flatMap(({ vantage, publicKeys }) =>
    publicKeys.map((publicKey) => {
      return [keyIdOf(Buffer.from(publicKey, 'base64')), { vantage, publicKey }] as const;
    }),
  );
  const chains = new ChainCheck(new Map(known));
  for await (const line of linesOf(await bundle.open(FILE.proofs), FILE.proofs))
    chains.add(read(Proof, line, FILE.proofs));
  return chains;
}

/** How many measurements of each vantage are here, and how many of them it signed. */
class Tally {
  readonly #chains: ChainCheck;
  readonly #stated: VantageKeys;
  readonly #log: CheckedLog;
  readonly #signing: ReadonlySet<string>;
  #all = 0;
  #logged = 0;
  readonly #found = new Map<string, { measurements: number; proven: number }>();

  constructor(chains: ChainCheck, stated: VantageKeys, log: CheckedLog) {
    this.#chains = chains;
    this.#stated = stated;
    this.#log = log;
    this.#signing = new Set(
      stated.filter(({ publicKeys }) => publicKeys.length > 0).map(({ vantage }) => vantage),
    );
  }

  add(measurement: OwnMeasurement): void {
    const { id } = measurement.x_aiqyn_vantage;
    const count = this.#found.get(id) ?? { measurements: 0, proven: 0 };
    this.#found.set(id, count);
    count.measurements += 1;
    const hash = hashOfRecord(measurement);
    const chain = this.#chains.provenBy(id, hash);
    if (chain !== null) count.proven += 1;
    this.#all += 1;
    if (this.#log.check.isLogged(hash, chain, this.#signing.has(id))) this.#logged += 1;
  }

  compare(findings: Findings): void {
    this.#compareLog(findings);
    for (const { vantage, publicKeys, measurements, proven } of this.#stated) {
      const found = this.#found.get(vantage) ?? { measurements: 0, proven: 0 };
      if (found.measurements !== measurements || found.proven !== proven)
        findings.add(
          'wrong_proof',
          `${vantage}: ${found.proven} of ${found.measurements} measurements are proven by its signatures; stated are ${proven} of ${measurements}`,
        );
      if (publicKeys.length === 0)
        findings.note(
          `${vantage} measured beside the collector: its records bear the installation's signature alone.`,
        );
      else if (proven < measurements)
        findings.note(
          `${vantage}: ${measurements - proven} of ${measurements} measurements have no proof by its own signature.`,
        );
    }
  }

  #compareLog(findings: Findings): void {
    const { stated } = this.#log;
    findings.logged = this.#logged;
    if (stated === null) return;
    if (stated !== this.#logged)
      findings.add(
        'wrong_log',
        `${this.#logged} of ${this.#all} records lie in the days of the log; stated are ${stated}`,
      );
    if (this.#logged < this.#all)
      findings.note(
        `${this.#all - this.#logged} of ${this.#all} records lie in no day of the transparency log that was closed when the bundle was made.`,
      );
  }
}

async function checkMeasurements(check: DataCheck, counting: Counting, tally: Tally): Promise<void> {
  const { bundle, findings, knowledge } = check;
  const verdicts = linesOf(await bundle.open(FILE.verdicts), FILE.verdicts);
  try {
    for await (const line of linesOf(await bundle.open(FILE.measurements), FILE.measurements)) {
      const measurement = ownMeasurement(check, line, 'measured', FILE.measurements);
      const { id, ...stated } = read(VerdictLine, await next(verdicts), FILE.verdicts);
      if (id !== measurement.x_aiqyn_id)
        throw new BundleRefusal(
          'wrong_verdict',
          `${FILE.verdicts} has ${id} where ${measurement.x_aiqyn_id} is measured`,
        );
      findings.measurements += 1;
      counting.add(measurement, stated);
      tally.add(measurement);
      compareVerdicts(check, id, stated, judge(measurement, knowledge));
    }
    if ((await verdicts.next()).done !== true)
      throw new BundleRefusal('wrong_verdict', `${FILE.verdicts} has more lines than there are measurements`);
  } finally {
    await verdicts.return(undefined);
  }
}

/** Under the rules that made the bundle another verdict is a contradiction; under others it is worth knowing. */
function compareVerdicts(
  { findings, isSameMaker }: DataCheck,
  id: string,
  stated: Verdict,
  ours: Verdict,
): void {
  if (isDeepStrictEqual(stated, { ...ours, reasons: [...ours.reasons] })) return;
  findings.differences += 1;
  const what = `${id}: the bundle says ${said(stated)}; judged again it is ${said(ours)}`;
  if (isSameMaker) findings.add('wrong_verdict', what);
  else findings.note(what);
}

function said({ status, layer, method, confidence, rule }: Verdict): string {
  const how = [layer, method].filter((word) => word !== null).join('/');
  return `${status}${how === '' ? '' : ` (${how})`} by ${rule}, confidence ${confidence}`;
}

async function checkControls(check: DataCheck, counting: Counting, tally: Tally): Promise<void> {
  for await (const line of linesOf(await check.bundle.open(FILE.controls), FILE.controls)) {
    tally.add(ownMeasurement(check, line, 'control', FILE.controls));
    counting.addControl();
  }
}

function ownMeasurement(
  { incident, manifest: { window } }: DataCheck,
  line: string,
  role: 'measured' | 'control',
  file: string,
): OwnMeasurement {
  const measurement = read(OwnMeasurement, line, file);
  const atMs = measurement.x_aiqyn_started_at_ms;
  if (roleOf(measurement, incident) !== role || atMs < window.fromMs || atMs >= window.toMs)
    throw new BundleRefusal('malformed', `${file}: ${measurement.x_aiqyn_id} is not of this incident`);
  return measurement;
}

/** What witnesses make of the detector's own confidence, by the rules here. */
function checkConfidence({ incident, isSameMaker, findings }: DataCheck): void {
  const own = withoutWitnesses(incident).confidence;
  const { confidence } = withWitnesses(incident, saidOf(incident));
  if (isSameMaker && confidence !== incident.confidence)
    findings.add(
      'wrong_report',
      `${FILE.incident} says a confidence of ${incident.confidence}; what it says of witnesses makes ${confidence} of ${own}`,
    );
}

async function checkReport(
  { bundle, incident, catalog, isSameMaker, findings }: DataCheck,
  figures: Figures,
) {
  const stated = await bundle.json(FILE.figures, Figures);
  if (!isDeepStrictEqual(stated, figures))
    findings.add(
      'wrong_report',
      `${FILE.figures} says other numbers than the data: ${differenceOf(stated, figures)}`,
    );
  const events = await bundle.json(FILE.events, z.array(AiqynEvent));
  const claims = await bundle.json(FILE.claims, z.array(AiqynEvent));
  if (
    !isDeepStrictEqual(
      claims,
      events.filter(({ claim }) => claim !== undefined && claim !== null),
    )
  )
    findings.add('wrong_report', `${FILE.claims} is not what ${FILE.events} says of claims`);
  const charts: MadeFile[] = [];
  for (const path of bundle.paths('charts/').slice(0, CHARTS_MAX))
    charts.push({ path, content: await bundle.whole(path) });
  for (const { path, content } of await reportFiles({ incident, figures, events, charts, catalog })) {
    if (path === FILE.figures) continue;
    const found = await bundle.whole(path);
    if (found.equals(content)) continue;
    if (isSameMaker) findings.add('wrong_report', `${path} is not the report of this data`);
    else compareNumbers(path, found, content, findings);
  }
}

/** Another Aiqyn may have other words; the numbers must be those of the data. */
function compareNumbers(path: string, found: Buffer, own: Buffer, findings: Findings): void {
  if (!path.endsWith('.html')) {
    findings.note(`${path} was not compared: another Aiqyn wrote it.`);
    return;
  }
  const theirs = statedFigures(found.toString('utf8'));
  if (!isDeepStrictEqual(theirs, statedFigures(own.toString('utf8'))))
    findings.add('wrong_report', `${path} states other numbers than the data has`);
  findings.note(
    `${path}: its numbers are those of the data; its words were not compared, another Aiqyn wrote them.`,
  );
}

/** The first number that is another. */
function differenceOf(stated: Figures, counted: Figures): string {
  for (const [name, value] of Object.entries(counted)) {
    const other = Object.entries(stated).find(([key]) => key === name)?.[1];
    if (!isDeepStrictEqual(other, value))
      return `${name} is ${JSON.stringify(other).slice(0, 200)}, counted ${JSON.stringify(value).slice(0, 200)}`;
  }
  return 'their order';
}

async function next(lines: AsyncGenerator<string>): Promise<string> {
  const answer = await lines.next();
  if (answer.done !== true) return answer.value;
  throw new BundleRefusal('wrong_verdict', `${FILE.verdicts} ends too early`);
}

function read<T>(schema: z.ZodType<T>, line: string, file: string): T {
  try {
    return schema.parse(JSON.parse(line));
  } catch (error) {
    throw new BundleRefusal('malformed', `${file}: a line cannot be read (${String(error).slice(0, 200)})`);
  }
}
