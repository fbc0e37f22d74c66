/**
 * How fast `aiqyn backfill ooni` takes a month of a busy country from a server into incidents and associations, what it needs for
 * that, and whether anything is lost or doubled when it is killed on the way. A wrong answer fails the part.
 */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { startCli, withTemporaryFolder } from '../support/cli.ts';
import { startArchive } from '../support/ooni-archive.ts';
import { calendarOf, historyFiles, springScenario } from '../support/ooni-history.ts';
import { pageMaker } from '../support/web-pages.ts';
import { useOf } from './process-use.ts';
import type { Use } from './process-use.ts';

/** 42 cells (six vantages, seven platforms) over 28 days: 211,680 measurements. */
const CADENCE_SECONDS = 480;
const FILES_PER_DAY = 4;
const PAGE_SIZE = 100;
/** Killed when so much of it is noted as done; each run goes on with what the one before it left. */
const KILLED_AT = [0.25, 0.5, 0.75];
const LOOK_EVERY_MS = 20;
const DAY_MS = 86_400_000;
/** 15,120 measurements, a gigabyte. */
const DAYS_WITH_PAGES = 2;
const PAGE_CHARACTERS = 60_000;
const DAYS = ['--since', '2018-03-01', '--until', '2018-04-30'];
const YEAR = ['--from', '2018-01-01', '--to', '2019-01-01'];
/** What must come out: the livestreams were what the blocks of these two went with. */
const EXPECTED: Readonly<Record<string, string>> = {
  youtube: 'significant',
  facebook: 'significant',
  vk: 'not_significant',
};

const Answer = z.object({
  filesDoneBefore: z.number(),
  imported: z.number(),
  skipped: z.literal(0),
  incidents: z.array(z.looseObject({ kind: z.string() })),
  associations: z.array(z.looseObject({ kind: z.string(), platform: z.string(), outcome: z.string() })),
});
type Answer = z.infer<typeof Answer>;
const Noted = z.object({ measurements: z.number() });
const HasId = z.object({ x_aiqyn_id: z.string() });

interface Run {
  readonly answer: Answer;
  readonly seconds: number;
  readonly use: Use;
}

class History {
  readonly #url: string;
  readonly #calendar: string;

  constructor(url: string, calendar: string) {
    this.#url = url;
    this.#calendar = calendar;
  }

  async dataDirIn(folder: string, name: string): Promise<string> {
    const dataDir = join(folder, name);
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'events.yaml'), this.#calendar);
    return dataDir;
  }

  #start(dataDir: string) {
    return startCli(['backfill', 'ooni', ...DAYS, '--from', this.#url, '-d', dataDir, '--json']);
  }

  async run(dataDir: string): Promise<Run> {
    const startedMs = performance.now();
    const running = this.#start(dataDir);
    const use = await useOf(running);
    const seconds = (performance.now() - startedMs) / 1_000;
    const code = await running.exited;
    if (code !== 0) throw new Error(`aiqyn backfill ooni ended with ${String(code)}: ${running.stderr()}`);
    return { answer: Answer.parse(JSON.parse(running.stdout())), seconds, use };
  }

  /** Ends with `kill -9` once so many measurements are noted as done. */
  async runUntil(dataDir: string, measurements: number): Promise<void> {
    const running = this.#start(dataDir);
    while (notedIn(dataDir) < measurements) {
      if (running.child.exitCode !== null) throw new Error(`ended before the kill: ${running.stderr()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    running.child.kill('SIGKILL');
    await running.exited;
  }
}

/** Measurements of the files that the journal names as done. */
function notedIn(dataDir: string): number {
  let text = '';
  try {
    text = readFileSync(join(dataDir, 'backfill-ooni.jsonl'), 'utf8');
  } catch {
    return 0;
  }
  // What follows the last line end is still being written.
  const lines = text.split('\n').slice(0, -1);
  return lines.reduce((sum, line) => sum + Noted.parse(JSON.parse(line)).measurements, 0);
}

interface Content {
  /** By the id of a measurement: a hash of all that is kept of it. */
  readonly byId: ReadonlyMap<string, string>;
  /** Records that stand in it once more. */
  readonly doubled: number;
}

/** All that archive (`jsonl`) or store (`csv`) hold, as an export gives it. */
async function contentOf(dataDir: string, format: 'jsonl' | 'csv'): Promise<Content> {
  const file = join(dataDir, `out.${format}`);
  const running = startCli(['export', ...YEAR, '--format', format, '-o', file, '-d', dataDir]);
  if ((await running.exited) !== 0) throw new Error(`aiqyn export failed: ${running.stderr()}`);
  const byId = new Map<string, string>();
  let doubled = 0;
  let isHead = format === 'csv';
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (!isHead) {
      const id = format === 'csv' ? (line.split(',')[1] ?? '') : HasId.parse(JSON.parse(line)).x_aiqyn_id;
      if (byId.has(id)) doubled += 1;
      byId.set(id, createHash('sha1').update(line).digest('base64'));
    }
    isHead = false;
  }
  return { byId, doubled };
}

interface Difference {
  lost: number;
  doubled: number;
  changed: number;
}

/** What a backfill that was killed has otherwise than one that was not, in archive and store together. */
async function differenceOf(whole: string, killed: string, measurements: number): Promise<Difference> {
  const difference: Difference = { lost: 0, doubled: 0, changed: 0 };
  for (const format of ['jsonl', 'csv'] as const) {
    const [expected, found] = [await contentOf(whole, format), await contentOf(killed, format)];
    if (expected.byId.size !== measurements || expected.doubled > 0)
      throw new Error(`${format} of the whole run: ${expected.byId.size} of ${measurements}`);
    difference.doubled +=
      found.doubled + [...found.byId.keys()].filter((id) => !expected.byId.has(id)).length;
    for (const [id, hash] of expected.byId) {
      const other = found.byId.get(id);
      if (other === undefined) difference.lost += 1;
      else if (other !== hash) difference.changed += 1;
    }
  }
  return difference;
}

function livestreamsIn({ associations }: Answer): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { kind, platform, outcome } of associations)
    if (kind === 'livestream' && platform in EXPECTED) found[platform] = outcome;
  return found;
}

/** Throws where two answers differ that must be one. */
function requireSame(what: string, left: unknown, right: unknown): void {
  if (JSON.stringify(left) !== JSON.stringify(right))
    throw new Error(
      `${what}: ${JSON.stringify(left).slice(0, 300)} is not ${JSON.stringify(right).slice(0, 300)}`,
    );
}

async function measure(history: History, folder: string, measurements: number, bytes: number) {
  const [whole, killed] = [
    await history.dataDirIn(folder, 'whole'),
    await history.dataDirIn(folder, 'killed'),
  ];
  const first = await history.run(whole);
  const { answer, use, seconds } = first;
  requireSame('measurements taken', answer.imported, measurements);
  const streams = livestreamsIn(answer);
  requireSame('associations', Object.entries(streams).sort(), Object.entries(EXPECTED).sort());
  // Nothing is left to read: only incidents and associations are made again.
  const again = await history.run(whole);
  requireSame('measurements taken again', again.answer.imported, 0);
  for (const share of KILLED_AT) await history.runUntil(killed, measurements * share);
  const last = await history.run(killed);
  for (const [what, other] of Object.entries({ again, last })) {
    requireSame(`incidents of ${what}`, other.answer.incidents, answer.incidents);
    requireSame(`associations of ${what}`, other.answer.associations, answer.associations);
  }
  const { lost, doubled, changed } = await differenceOf(whole, killed, measurements);
  if (lost + doubled + changed > 0)
    throw new Error(`after kill -9: ${lost} lost, ${doubled} doubled, ${changed} changed`);
  return {
    backfillMeasurements: measurements,
    backfillMeasurementsPerSecond: Math.round(measurements / seconds),
    backfillCompressedBytesPerSecond: Math.round(bytes / seconds),
    backfillUserSecondsPerThousand: Math.round((use.userSeconds / measurements) * 1e6) / 1e3,
    backfillRssMegabytes: use.peakMegabytes,
    backfillRefoldSeconds: Math.round(again.seconds * 10) / 10,
    backfillKills: KILLED_AT.length,
    backfillLostAfterKills: lost,
    backfillDoubledAfterKills: doubled,
    backfillFilesDoneBeforeLastRun: last.answer.filesDoneBefore,
    backfillIncidents: answer.incidents.length,
    backfillLivestreamYoutube: streams['youtube'] ?? '',
    backfillLivestreamFacebook: streams['facebook'] ?? '',
    backfillLivestreamVk: streams['vk'] ?? '',
  };
}

/** A server with all of it, and what it holds. */
async function withArchive<T>(
  options: Parameters<typeof historyFiles>[0],
  use: (history: History, measurements: number, bytes: number) => Promise<T>,
): Promise<T> {
  const files = new Map<string, Buffer>();
  let [bytes, measurements] = [0, 0];
  for (const file of historyFiles(options)) {
    files.set(file.key, file.body);
    bytes += file.body.length;
    measurements += file.measurements;
  }
  const server = await startArchive(files, {}, PAGE_SIZE);
  try {
    return await use(new History(server.url, calendarOf(options.scenario)), measurements, bytes);
  } finally {
    await server.close();
  }
}

/** The same where each page that was reached is in it whole, as in OONI's files. */
async function measurePages(history: History, folder: string, measurements: number, bytes: number) {
  const { answer, seconds, use } = await history.run(await history.dataDirIn(folder, 'pages'));
  requireSame('measurements with pages taken', answer.imported, measurements);
  return {
    backfillPagesMeasurements: measurements,
    backfillPagesCompressedBytesEach: Math.round(bytes / measurements),
    backfillPagesMeasurementsPerSecond: Math.round(measurements / seconds),
    backfillPagesCompressedBytesPerSecond: Math.round(bytes / seconds),
    backfillPagesUserSecondsPerThousand: Math.round((use.userSeconds / measurements) * 1e6) / 1e3,
    backfillPagesRssMegabytes: use.peakMegabytes,
  };
}

/** From the command's start to its end: listing, download, archive, verdict, store, detector and association. */
export async function benchBackfill(): Promise<Record<string, number | string>> {
  const scenario = await springScenario();
  const options = { scenario, cadenceSeconds: CADENCE_SECONDS, filesPerDay: FILES_PER_DAY };
  const figures = await withArchive(options, async (history, measurements, bytes) =>
    withTemporaryFolder(async (folder) => measure(history, folder, measurements, bytes)),
  );
  const some = { ...scenario, to: scenario.from + DAYS_WITH_PAGES * DAY_MS };
  const page = pageMaker(PAGE_CHARACTERS, scenario.seed);
  const pages = await withArchive(
    { ...options, scenario: some, page },
    async (history, measurements, bytes) =>
      withTemporaryFolder(async (folder) => measurePages(history, folder, measurements, bytes)),
  );
  return { ...figures, ...pages };
}
