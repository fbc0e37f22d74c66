/**
 * What OONI's volunteers would have measured in a scenario, in the shape in which OONI publishes it: real addresses of pages, no
 * key of ours, gzip files of JSON lines in the layout of its bucket.
 */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { seededRandom } from '../../src/analysis/correlate/random.ts';
import { dayOf } from '../../src/sources/ooni/archive-layout.ts';
import { drawFate } from '../../src/scenario/fate.ts';
import { readScenario } from '../../src/scenario/read.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { synthesize } from '../../src/scenario/synthesize.ts';
import { createWorld } from '../../src/scenario/world.ts';

const SPRING_2018 = join(import.meta.dirname, '..', 'scenarios', '2018-spring-evening-livestreams.yaml');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const HOSTS: Readonly<Record<string, string>> = {
  youtube: 'www.youtube.com',
  facebook: 'www.facebook.com',
  instagram: 'www.instagram.com',
  telegram: 'telegram.org',
  vk: 'vk.com',
  x: 'x.com',
  whatsapp: 'www.whatsapp.com',
};

interface HistoryOptions {
  readonly scenario: Scenario;
  readonly cadenceSeconds: number;
  /** First and last hour (UTC) of a day in which is measured; absent: all of it. */
  readonly hours?: readonly [number, number];
  /** Files of one day. */
  readonly filesPerDay: number;
  /** What each page that was reached served; absent: nothing. */
  readonly page?: () => string;
}

export async function springScenario(platforms?: Scenario['platforms']): Promise<Scenario> {
  const scenario = await readScenario(SPRING_2018);
  return platforms === undefined ? scenario : { ...scenario, platforms };
}

/** OONI knows networks, not vantages: two of one operator and access are the same to it. */
function reportOf(scenario: Scenario, vantage: number, platform: number, atMs: number): string {
  const { operator } = scenario.vantages[vantage] ?? { operator: 'AS0' };
  return `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/gu, '')}Z_${operator}_${vantage}${platform}`;
}

function withoutOurs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => withoutOurs(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith('x_aiqyn_'))
      .map(([key, inner]) => [key, withoutOurs(inner)]),
  );
}

/** One day's measurements as lines of JSON, by time. */
function* linesOfDay(
  { scenario, cadenceSeconds, hours = [0, 24], page = () => '' }: HistoryOptions,
  dayMs: number,
): Generator<string> {
  const world = createWorld(scenario);
  const random = seededRandom((scenario.seed + dayMs / DAY_MS) >>> 0);
  const stepMs = cadenceSeconds * 1_000;
  const cells = scenario.vantages.length * scenario.platforms.length;
  for (let roundMs = dayMs + hours[0] * HOUR_MS; roundMs < dayMs + hours[1] * HOUR_MS; roundMs += stepMs)
    for (let cell = 0; cell < cells; cell += 1) {
      const [row, column] = [Math.floor(cell / scenario.platforms.length), cell % scenario.platforms.length];
      const [vantage, platform] = [scenario.vantages[row], scenario.platforms[column]];
      if (vantage === undefined || platform === undefined) continue;
      const atMs = roundMs + Math.floor((cell * stepMs) / cells / 1_000) * 1_000;
      const measurement = synthesize({
        id: '00000000-0000-7000-8000-000000000000',
        atMs,
        retest: 0,
        vantage,
        platform,
        fate: drawFate(world(atMs, vantage), platform, random),
        latencyMs: scenario.noise.latencyMs,
        random,
        certificates: new Map(),
      });
      const bare = withoutOurs({
        ...measurement,
        software_name: 'ooniprobe-android',
        report_id: reportOf(scenario, row, column, atMs),
        annotations: { network_type: vantage.access === 'mobile' ? 'mobile' : 'wifi' },
      });
      const line = JSON.stringify(bare, (key, value: unknown) =>
        key === 'body' && value === '' ? page() : value,
      );
      yield line.replaceAll(`www.${platform}.example`, HOSTS[platform] ?? platform);
    }
}

interface HistoryFile {
  readonly key: string;
  readonly body: Buffer;
  readonly measurements: number;
}

/** Day by day; keys as those of the layout before October 2020. */
export function* historyFiles(options: HistoryOptions): Generator<HistoryFile> {
  const { scenario, filesPerDay } = options;
  for (let dayMs = scenario.from; dayMs < scenario.to; dayMs += DAY_MS) {
    const lines = [...linesOfDay(options, dayMs)];
    const size = Math.ceil(lines.length / filesPerDay);
    for (let part = 0; part < filesPerDay; part += 1) {
      const some = lines.slice(part * size, (part + 1) * size);
      const day = dayOf(dayMs);
      const key = `jsonl/webconnectivity/KZ/${day}/00/${day}_KZ_webconnectivity.n0.${part}.jsonl.gz`;
      yield { key, body: gzipSync(`${some.join('\n')}\n`), measurements: some.length };
    }
  }
}

/** The scenario's livestreams as a user writes them into `events.yaml`. */
export function calendarOf({ events }: Scenario): string {
  const facts = events.map(({ id, kind, from, to }) => ({
    id,
    kind,
    start: new Date(from).toISOString(),
    end: new Date(to).toISOString(),
    precision: 'minute',
    titles: { en: id },
    platforms: ['facebook', 'youtube'],
    sources: ['https://example.org/'],
  }));
  return JSON.stringify({ events: facts });
}
