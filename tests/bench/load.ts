/**
 * What readers wait for while a story breaks: fifty requests a second for a minute, of ten readers with an address each, against a
 * monitor that measures, judges and detects meanwhile (the demo's evening, in which the block begins under the load).
 */
import { Agent, request } from 'node:http';
import { startCli, withTemporaryFolder } from '../support/cli.ts';

const READERS = 10;
const PER_SECOND = 50;
const SECONDS = 60;
const SPEED = 10;
const START_MS_MAX = 60_000;
const SAMPLE_MS = 5_000;
/** As readers of a front page go on: most look at it alone, some follow a link, programs ask for the state. */
const PAGES = [
  '/',
  '/',
  '/',
  '/incidents',
  '/platforms/youtube',
  '/api/status',
  '/charts/timeline.svg',
  '/api/incidents',
  '/feed.atom',
  '/claims',
];

interface Got {
  readonly status: number;
  readonly ms: number;
}

/** Status 0: no answer. */
async function get(url: string, agent: Agent, localAddress: string): Promise<Got> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    function done(status: number): void {
      resolve({ status, ms: performance.now() - startedMs });
    }
    const asked = request(url, { agent, localAddress }, (response) => {
      response.resume();
      response.once('end', () => {
        done(response.statusCode ?? 0);
      });
      response.once('error', () => {
        done(0);
      });
    });
    asked.once('error', () => {
      done(0);
    });
    asked.end();
  });
}

/** Asks at a steady pace, whether or not answers have come: readers do not wait for each other. */
async function load(url: string): Promise<Got[]> {
  const agents = Array.from({ length: READERS }, () => new Agent({ keepAlive: true }));
  const answers: Promise<Got>[] = [];
  const startedMs = performance.now();
  for (let count = 0; count < PER_SECOND * SECONDS; count += 1) {
    const waitMs = startedMs + (count * 1_000) / PER_SECOND - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const reader = count % READERS;
    const agent = agents[reader];
    const page = PAGES[Math.floor(count / READERS) % PAGES.length] ?? '/';
    if (agent !== undefined) answers.push(get(`${url}${page}`, agent, `127.0.0.${reader + 10}`));
  }
  const got = await Promise.all(answers);
  for (const agent of agents) agent.destroy();
  return got;
}

interface Health {
  readonly lagSeconds: number;
  readonly spool: number;
  readonly rssMegabytes: number;
}

async function health(url: string): Promise<Health> {
  const text = await (await fetch(`${url}/metrics`)).text();
  function value(name: string): number {
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  }
  return {
    // The scenario's seconds; a real one is SPEED of them.
    lagSeconds: value('aiqyn_detector_lag_seconds') / SPEED,
    spool: value('aiqyn_spool_depth'),
    rssMegabytes: value('process_resident_memory_bytes') / 1e6,
  };
}

async function watchedWhile<T>(url: string, work: Promise<T>): Promise<{ result: T; samples: Health[] }> {
  const samples: Health[] = [];
  const over = new AbortController();
  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      samples.push(await health(url));
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
  }
  const watching = watch();
  const result = await work;
  over.abort();
  await watching;
  return { result, samples };
}

function worst(samples: readonly Health[], of: keyof Health): number {
  return Math.round(Math.max(...samples.map((sample) => sample[of])) * 10) / 10;
}

function at(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.floor(sorted.length * share)] ?? Infinity);
}

/** Takes two minutes. */
export async function benchLoad(): Promise<Record<string, number>> {
  return withTemporaryFolder(async (folder) => {
    const args = ['demo', '--port', '0', '--speed', String(SPEED), '--data-dir', folder];
    const demo = startCli(args, { AIQYN_LOG_LEVEL: 'error' });
    try {
      const [url = ''] = await demo.waitFor(/http:\/\/127\.0\.0\.1:\d+/, START_MS_MAX);
      await new Promise((resolve) => setTimeout(resolve, 25_000));
      const before = await health(url);
      const { result, samples } = await watchedWhile(url, load(url));
      const times = result.map(({ ms }) => ms).sort((a, b) => a - b);
      return {
        loadRequests: result.length,
        loadErrors: result.filter(({ status }) => status !== 200).length,
        loadRefusedByLimit: result.filter(({ status }) => status === 429).length,
        loadMedianMs: at(times, 0.5),
        loadP99Ms: at(times, 0.99),
        loadWorstMs: at(times, 0.9999),
        loadRssMegabytes: worst(samples, 'rssMegabytes'),
        quietRssMegabytes: Math.round(before.rssMegabytes),
        loadSpoolDeepest: worst(samples, 'spool'),
        loadDetectorLagSeconds: worst(samples, 'lagSeconds'),
        quietDetectorLagSeconds: Math.round(before.lagSeconds * 10) / 10,
      };
    } finally {
      demo.child.kill('SIGTERM');
      await demo.exited;
    }
  });
}
