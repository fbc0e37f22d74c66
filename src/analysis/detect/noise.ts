/** What a vantage loses by itself, so that a bad line is never taken for a block. */
import { NOISE_FLOOR } from './evidence.ts';
import { LOOKUP_METHODS } from './manner.ts';
import type { Cell, Company, DetectorState, Test } from './state.ts';

/** A run of silent failures this short that works again was loss. */
const NOISE_RUN_MAX = 4;
const NOISE_MEMORY = 60;
const NOISE_PRIOR_COUNT = 20;

/** Points that count as "now". */
export const RECENT_POINTS = 12;
const RECENT_PRIOR_COUNT = 4;

/** Where the run of silent failures begins that may still be a block. */
function runStart(recent: readonly number[]): number {
  let end = recent.length;
  while (end > 0 && (recent[end - 1] ?? 0) < 0) end -= 1;
  return end;
}

/** Silent failures among the first `end` points that came to nothing. One long run that ended was a block; several runs are loss. */
function lossesIn(points: readonly number[], end: number): number {
  let bad = 0;
  let runs = 0;
  for (let index = 0; index < end; index += 1) {
    if ((points[index] ?? 0) >= 0) continue;
    bad += 1;
    if (index === 0 || (points[index - 1] ?? 0) >= 0) runs += 1;
  }
  return runs > 1 || bad <= NOISE_RUN_MAX ? bad : 0;
}

function withNewest(recent: readonly number[], at: number): number[] {
  const first = Math.max(0, recent.length + 1 - RECENT_POINTS);
  const next: number[] = [];
  for (let index = first; index < recent.length; index += 1) next.push(recent[index] ?? 0);
  next.push(at);
  return next;
}

/** Keeps a cell's count of failures that came to nothing. Changes `cell`, which the caller has copied. */
export function countNoise(cell: Cell, atMs: number, isSilentBad: boolean): void {
  const before = cell.recent;
  cell.recent = withNewest(before, isSilentBad ? -atMs : atMs);
  cell.noiseCount += 1;
  if (isSilentBad) {
    cell.run += 1;
    return;
  }
  if (cell.run > 0 && (cell.run <= NOISE_RUN_MAX || lossesIn(before, runStart(before)) > 0))
    cell.noiseBad += cell.run;
  cell.run = 0;
  if (cell.noiseCount > NOISE_MEMORY) {
    cell.noiseCount /= 2;
    cell.noiseBad /= 2;
  }
}

function noiseShare(cell: Cell): number {
  return (cell.noiseBad + NOISE_FLOOR * NOISE_PRIOR_COUNT * 0.5) / (cell.noiseCount + NOISE_PRIOR_COUNT);
}

/** As `noiseShare`, over the last few points. `isLine`: what still fails is loss as well. */
function noiseShareNow({ noiseBad, recent }: Cell, isLine: boolean): number {
  if (isLine) return recent.filter((at) => at < 0).length / (recent.length + RECENT_PRIOR_COUNT);
  if (noiseBad === 0) return 0;
  const end = runStart(recent);
  return lossesIn(recent, end) / (end + RECENT_PRIOR_COUNT);
}

/** What the other platforms of a vantage said since a test began: how many points, and how many of them were loss. */
export interface Witness {
  readonly count: number;
  readonly bad: number;
  /** Targets of other platforms that the vantage measures, and their points, be they witnesses or not. */
  readonly targets: number;
  readonly heard: number;
}

/** From this share of stray failures on it is the line. A block on a line that loses three packets of ten has a sixth. */
const STRAY_MIN = 0.25;
/** Share of a vantage's targets that fail where it is the line. */
const FAILING_MIN = 2 / 3;

function isSilentNow({ recent }: Cell): boolean {
  return (recent.at(-1) ?? 0) < 0;
}

interface Stray {
  readonly stray: number;
  readonly all: number;
}

const NOTHING_STRAY: Stray = { stray: 0, all: 0 };

/** Weight of a target's failures that are not at its usual step, and of all. */
function strayOf({ tests }: Cell, isResolverDead: boolean): Stray {
  if (tests.block === undefined) return NOTHING_STRAY;
  let usual = 0;
  let all = 0;
  for (const [name, weight] of Object.entries(tests.block.methods)) {
    all += weight;
    if (!isResolverDead || !LOOKUP_METHODS.has(name)) usual = Math.max(usual, weight);
  }
  return { stray: all - usual, all };
}

/**
 * Whether what is silent on a vantage is its line: nearly everything fails, at ever other steps. A censor silences a name
 * at the same step each time. Where every lookup is silent, nothing tells a line without a resolver from a block either.
 */
export function isAstray(cells: readonly Cell[]): boolean {
  const isResolverDead = cells.every(isSilentNow);
  let stray = 0;
  let all = 0;
  let failing = 0;
  for (const cell of cells) {
    const own = strayOf(cell, isResolverDead);
    stray += own.stray;
    all += own.all;
    if (own.all > 0) failing += 1;
  }
  return stray > all * STRAY_MIN && failing >= cells.length * FAILING_MIN;
}

/**
 * Asks the company that a target keeps, over the same time as its test. A target that failed each time since is no
 * witness, unless all fail astray: it may be blocked as well. A line that turned bad spares some and hits others, a block
 * is the same each time.
 */
export function askCompany(cells: readonly Cell[], platform: string, sinceMs: number): Witness {
  const isLine = isAstray(cells);
  let count = 0;
  let bad = 0;
  let targets = 0;
  let heard = 0;
  for (const cell of cells) {
    if (cell.platform === platform) continue;
    targets += 1;
    const since = cell.recent.filter((at) => Math.abs(at) >= sinceMs);
    heard += since.length;
    const failed = since.filter((at) => at < 0).length;
    if (failed === since.length && !isLine) continue;
    count += since.length;
    bad += failed;
  }
  return { count, bad, targets, heard };
}

/** Points that are thought lost before the company spoke: a line that just turned bad may have spared its first few. */
const PRIOR_LOST = 0.25;

/**
 * Share of loss that the company's word makes likely; few words do not make it unlikely. `isCompared`: what is silent brings a
 * witness of its own, so that less is thought of the line.
 */
export function shareBy({ count, bad }: Witness, isCompared: boolean): number {
  const prior = isCompared ? NOISE_FLOOR * RECENT_PRIOR_COUNT : PRIOR_LOST;
  return (bad + prior) / (count + RECENT_PRIOR_COUNT);
}

export interface Noise {
  readonly noise: Readonly<Record<string, number>>;
  readonly noiseNow: DetectorState['noiseNow'];
}

/** The middle one of sorted numbers. A block of a few platforms does not move it, a bad line does. */
function middle(sorted: ArrayLike<number>): number {
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

function byVantage(cells: readonly Cell[], of: ReadonlySet<string>): Map<string, Cell[]> {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const group = groups.get(cell.vantage);
    if (group !== undefined) group.push(cell);
    else if (of.has(cell.vantage)) groups.set(cell.vantage, [cell]);
  }
  return groups;
}

/** A peak of what is lost is remembered this long by half: loss comes in bursts. */
const HALF_LIFE_MS = 600_000;
const SHARE_FORGOTTEN = 0.005;

type Now = Readonly<Record<string, Company>>;

interface Share {
  readonly platform: string;
  readonly share: number;
}

/** What one platform's company loses: `losing` holds the shares above none, ascending, of all `count` targets. */
function companyOf(losing: readonly Share[], count: number, platform: string, own: number): Company {
  const others: number[] = [];
  let sum = 0;
  for (const one of losing) {
    if (one.platform === platform) continue;
    others.push(one.share);
    sum += one.share;
  }
  const total = count - own;
  // The others' middle, as if those that lose nothing stood before `others`.
  const at = Math.floor((total - 1) / 2) - (total - others.length);
  return { middle: at < 0 ? 0 : (others[at] ?? 0), mean: sum / Math.max(1, total) };
}

function countByPlatform(cells: readonly Cell[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { platform } of cells) counts.set(platform, (counts.get(platform) ?? 0) + 1);
  return counts;
}

/** A peak before, of which `kept` is left, counts where it is more. */
function atLeast(is: Company, was: Company | undefined, kept: number): Company {
  if (was === undefined) return is;
  return { middle: Math.max(is.middle, was.middle * kept), mean: Math.max(is.mean, was.mean * kept) };
}

/** Of one vantage: what the other platforms of each platform lose now. Null where they lose nothing. */
function nowOf(cells: readonly Cell[], before: Now | undefined, kept: number): Now | null {
  const isLine = isAstray(cells);
  const losing: Share[] = [];
  for (const cell of cells) {
    const share = noiseShareNow(cell, isLine);
    if (share > 0) losing.push({ platform: cell.platform, share });
  }
  if (before === undefined && losing.length === 0) return null;
  losing.sort((a, b) => a.share - b.share);
  const now: Record<string, Company> = {};
  for (const [platform, own] of countByPlatform(cells)) {
    const company = atLeast(companyOf(losing, cells.length, platform, own), before?.[platform], kept);
    if (company.mean > SHARE_FORGOTTEN) now[platform] = company;
  }
  return Object.keys(now).length > 0 ? now : null;
}

/** A test this young may still be the first burst of a line that turns bad. */
const YOUNG_MS = 300_000;
const YOUNG_ROUNDS = 4;

/**
 * What a vantage loses, for a test of one of its targets. A sudden silence is judged by the whole company it keeps, a
 * lasting one by the middle, which other partly blocked platforms do not move.
 */
export function noiseAround(state: DetectorState, cell: Cell, test: Test, atMs: number): number {
  const company = state.noiseNow[cell.vantage]?.[cell.platform];
  const isYoung = atMs - test.fullSinceMs < Math.max(YOUNG_MS, cell.cadenceMs * YOUNG_ROUNDS);
  const now = (isYoung ? company?.mean : company?.middle) ?? 0;
  return Math.max(state.noise[cell.vantage] ?? 0, now);
}

/** Vantages whose noise has not died away. */
export function stillNoisy({ noise, noiseNow }: DetectorState): Set<string> {
  const loud = Object.keys(noise).filter((vantage) => (noise[vantage] ?? 0) > NOISE_FLOOR);
  return new Set([...loud, ...Object.keys(noiseNow)]);
}

/** The noise of the vantages in `noisy` made anew, of the others as it was. */
export function renewNoise(
  state: DetectorState,
  cells: readonly Cell[],
  noisy: ReadonlySet<string>,
  nowMs: number,
): Noise {
  if (noisy.size === 0) return { noise: state.noise, noiseNow: state.noiseNow };
  const noise = { ...state.noise };
  const noiseNow = { ...state.noiseNow };
  const kept = 0.5 ** ((nowMs - state.nowMs) / HALF_LIFE_MS);
  for (const [vantage, own] of byVantage(cells, noisy)) {
    const shares = Float64Array.from(own, noiseShare).sort();
    noise[vantage] = Math.max(NOISE_FLOOR / 2, middle(shares));
    const now = nowOf(own, state.noiseNow[vantage], kept);
    if (now === null) Reflect.deleteProperty(noiseNow, vantage);
    else noiseNow[vantage] = now;
  }
  return { noise, noiseNow };
}
