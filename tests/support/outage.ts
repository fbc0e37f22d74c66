/**
 * An InfluxDB that is killed while vantages send, stays away while they record on, and comes back: what is there afterwards,
 * what it cost meanwhile. A story's minutes are those of the vantages' own clock (outage-writer.ts).
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { z } from 'zod';
import type { Influxd } from './influxd.ts';

const WRITER = join(import.meta.dirname, 'outage-writer.ts');
/** As often as Compose asks for the monitor's health. */
const HEALTH_EVERY_MS = 30_000;

export interface OutageStory {
  readonly vantages: number;
  /** The server is killed after so many minutes … */
  readonly awayAfterMinutes: number;
  /** … stays away so long … */
  readonly awayMinutes: number;
  /** … and the vantages record for so much longer. */
  readonly onMinutes: number;
  /** Minutes of the story in one real minute. */
  readonly speed: number;
}

export interface OutageReport {
  /** Written to the spools: all records, and those of them that become points (all but rings). */
  readonly records: number;
  readonly points: number;
  /** In the server afterwards, and of how many different measurements. */
  readonly storedPoints: number;
  readonly storedIds: number;
  /** Of the rings, whose instants are the vantages' minutes. */
  readonly storedHeartbeats: number;
  readonly setAside: number;
  readonly dropped: number;
  /** When the server came back. */
  readonly waiting: number;
  readonly spoolBytes: number;
  /** Of the monitor with its vantages, in bytes: before, the highest of each half of the outage, and of all until the spools were empty. */
  readonly rssBytes: {
    readonly before: number;
    readonly firstHalf: number;
    readonly secondHalf: number;
    readonly peak: number;
  };
  /** From the server's return until nothing waited, in real milliseconds. */
  readonly catchUpMs: number;
  /** What /healthz answered during the outage, in its order. */
  readonly health: readonly number[];
  /** Of levels `warn` and above, during the whole story. */
  readonly warnings: readonly string[];
}

const Said = z.looseObject({
  page: z.string().optional(),
  minute: z.number().optional(),
  records: z.number().default(0),
  points: z.number().default(0),
  waiting: z.number().default(0),
  drained: z.boolean().default(false),
  dropped: z.number().default(0),
});
type Said = z.infer<typeof Said>;

const Counted = z.object({
  results: z
    .array(
      z.object({
        series: z.array(z.object({ values: z.array(z.array(z.unknown())) })).default([]),
      }),
    )
    .default([]),
});

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = names
    .filter((each) => each.isFile())
    .map(async (each) => stat(join(each.parentPath, each.name)).then(({ size }) => size));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** `VmRSS` now or `VmHWM`, the highest so far; proc(5), Linux only. */
async function residentBytes(pid: number, of: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes = '0'] = new RegExp(`${of}:\\s+(\\d+)`).exec(status) ?? [];
  return Number(kilobytes) * 1_024;
}

async function counted(influxd: Influxd, what: string): Promise<number> {
  const answer = Counted.parse(await influxd.query(`SELECT ${what}`, 'aiqyn'));
  return Number(answer.results[0]?.series[0]?.values[0]?.[1] ?? 0);
}

class Writer {
  readonly #child;
  readonly #waiting: { readonly fits: (said: Said) => boolean; readonly resolve: (said: Said) => void }[] =
    [];
  #stderr = '';
  readonly exited: Promise<number | null>;

  constructor(args: readonly string[]) {
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, AIQYN_LOG_LEVEL: 'info' },
    });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    createInterface(child.stdout).on('line', (line) => {
      this.#hear(Said.parse(JSON.parse(line)));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get stderr(): string {
    return this.#stderr;
  }

  #hear(said: Said): void {
    for (const one of this.#waiting.filter(({ fits }) => fits(said))) {
      this.#waiting.splice(this.#waiting.indexOf(one), 1);
      one.resolve(said);
    }
  }

  /** Rejects with the log where the writer ends before it says this. */
  async says(fits: (said: Said) => boolean): Promise<Said> {
    const said = new Promise<Said>((resolve) => this.#waiting.push({ fits, resolve }));
    const ended = this.exited.then((code) => {
      throw new Error(`the writer ended with ${String(code)}:\n${this.#stderr}`);
    });
    return Promise.race([said, ended]);
  }

  stop(): void {
    this.#child.kill('SIGTERM');
  }
}

/** Looks again and again until it is stopped; `ask` may fail while everything ends. */
function watching(everyMs: number, ask: () => Promise<void>): () => void {
  const timer = setInterval(() => {
    ask().catch(() => undefined);
  }, everyMs);
  return () => {
    clearInterval(timer);
  };
}

const Line = z.looseObject({ level: z.union([z.string(), z.number()]), msg: z.string() });
const WARN = 40;

function warningsIn(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => Line.parse(JSON.parse(line)))
    .filter(({ level }) =>
      typeof level === 'number' ? level >= WARN : level === 'warn' || level === 'error',
    )
    .map(({ msg }) => msg);
}

/** `influxd` must be running and is running afterwards; `folder` gets the configuration and the data. */
export async function throughOutage(
  influxd: Influxd,
  folder: string,
  story: OutageStory,
): Promise<OutageReport> {
  const { vantages, awayAfterMinutes, awayMinutes, onMinutes, speed } = story;
  const backAtMinute = awayAfterMinutes + awayMinutes;
  const config = join(folder, 'aiqyn.yaml');
  await writeFile(config, `store: { kind: influx, url: '${influxd.url}', database: aiqyn }\n`);
  const numbers = [vantages, backAtMinute + onMinutes, speed].map(String);
  const writer = new Writer([config, join(folder, 'data'), ...numbers]);
  const ends: (() => void)[] = [];
  try {
    const { page = '' } = await writer.says((said) => said.page !== undefined);
    const drained = writer.says((said) => said.drained);
    const last = writer.says(({ minute }) => minute === backAtMinute + onMinutes);
    const back = writer.says(({ minute }) => minute === backAtMinute);
    const halfWay = writer.says(({ minute }) => minute === awayAfterMinutes + Math.ceil(awayMinutes / 2));
    await writer.says(({ minute }) => minute === awayAfterMinutes);
    const before = await residentBytes(writer.pid, 'VmRSS');
    const halves = [0, 0];
    let half = 0;
    ends.push(
      watching(100, async () => {
        halves[half] = Math.max(halves[half] ?? 0, await residentBytes(writer.pid, 'VmRSS'));
      }),
    );
    await influxd.kill();
    const health: number[] = [];
    const stopAsking = watching(HEALTH_EVERY_MS / speed, async () => {
      const { statusCode, body } = await request(new URL('/healthz', page));
      await body.dump();
      health.push(statusCode);
    });
    ends.push(stopAsking);
    await halfWay;
    half = 1;
    const { waiting } = await back;
    stopAsking();
    for (const end of ends) end();
    const spoolBytes = await bytesIn(join(folder, 'data', 'spool'));
    const backMs = performance.now();
    await influxd.restart();
    const { records, points } = await last;
    const { dropped } = await drained;
    const catchUpMs = performance.now() - backMs;
    const peak = await residentBytes(writer.pid, 'VmHWM');
    writer.stop();
    const code = await writer.exited;
    if (code !== 0) throw new Error(`the writer ended with ${String(code)}:\n${writer.stderr}`);
    const quarantine = await readFile(join(folder, 'data', 'quarantine.jsonl'), 'utf8').catch(() => '');
    return {
      records,
      points,
      storedPoints: await counted(influxd, 'count("id") FROM "reachability"'),
      storedIds: await counted(influxd, 'count(distinct("id")) FROM "reachability"'),
      storedHeartbeats: await counted(influxd, 'count("up") FROM "heartbeat"'),
      setAside: quarantine.split('\n').filter((line) => line !== '').length,
      dropped,
      waiting,
      spoolBytes,
      rssBytes: { before, firstHalf: halves[0] ?? 0, secondHalf: halves[1] ?? 0, peak },
      catchUpMs,
      health,
      warnings: warningsIn(writer.stderr),
    };
  } finally {
    for (const end of ends) end();
    writer.stop();
  }
}
