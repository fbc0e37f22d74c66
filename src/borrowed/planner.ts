/**
 * What to ask borrowed probes next. Pure. Where an incident is open comes first; what is left goes to where we know least:
 * what was not looked at for long, and what the newest verdicts leave in doubt.
 */
import type { Incident, ReachabilityPoint } from '../analysis/detect/point.ts';
import type { WebTarget } from '../../probes/plan.ts';
import type { BorrowedNetwork, Request } from './lender.ts';

/** What a steady round may not touch: an incident that opens in the next minute must find something left. */
export const RESERVE_SHARE = 0.4;
/** How often an open incident is looked at: at first closely, then calmly. */
const URGENT_MS = 60_000;
const URGENT_FOR_MS = 1_800_000;
const CALM_MS = 600_000;
/** Trouble that is younger than this is looked at as closely as an incident: one more answer decides whether it is one. */
const FRESH_TROUBLE_MS = 900_000;
const TROUBLE: ReadonlySet<string> = new Set(['blocked', 'intercepted', 'throttled', 'tampered']);
/** A network whose verdicts are certain is looked at this seldom at most, one in full doubt four times as often. */
const STEADY_MS = 3_600_000;
const DOUBT_HASTE = 3;
/** Networks that one question goes to: the answer is waited for whole. */
const NETWORKS_PER_REQUEST_MAX = 8;

/** The newest verdict of one target at one vantage, and since when (UTC epoch milliseconds) it has that status. */
export type Told = Pick<ReachabilityPoint, 'platform' | 'operator' | 'status' | 'confidence'> & {
  readonly sinceMs: number;
};

export interface Planning {
  readonly nowMs: number;
  /** Units that may be spent now, and those of a whole stretch. */
  readonly left: number;
  readonly allowance: { readonly units: number; readonly stretchMs: number };
  /** Milliseconds since something was spent that no incident asked for: what may be spent so grows with them. */
  readonly sinceLastMs: number;
  readonly cost: (request: Request) => number;
  readonly targets: readonly WebTarget[];
  readonly networks: readonly BorrowedNetwork[];
  /** The newest verdicts of every vantage, ours and borrowed. */
  readonly latest: readonly Told[];
  readonly incidents: readonly Pick<
    Incident,
    'kind' | 'platforms' | 'operators' | 'startMs' | 'detectedAtMs'
  >[];
  /** UTC epoch milliseconds at which this cell was asked last; null: never. */
  readonly lastAskedMs: (target: string, network: BorrowedNetwork) => number | null;
}

export interface PlannedRequest extends Request {
  /** An open incident asks for it, or trouble that is fresh. */
  readonly isUrgent: boolean;
}

interface Cell {
  readonly target: WebTarget;
  readonly network: BorrowedNetwork;
  readonly isUrgent: boolean;
  /** How overdue: 1 is due. */
  readonly due: number;
}

/** The key of a network: what is told apart. */
export function networkKey({ operator, city, place }: BorrowedNetwork): string {
  return `${operator}|${place}|${city}`;
}

/**
 * 0 where every newest verdict on this platform in this operator's network is certain and alike, 1 where nothing is known or
 * they contradict each other.
 */
export function doubtOf(latest: Planning['latest'], platform: string, operator: string): number {
  const told = latest.filter(
    (point) => point.platform === platform && point.operator === operator && point.status !== 'offline',
  );
  if (told.length === 0) return 1;
  const good = told.filter(({ status }) => status === 'ok').length;
  if (good > 0 && good < told.length) return 1;
  if (told.some(({ status }) => status === 'inconclusive')) return 1;
  const sum = told.reduce((all, { confidence }) => all + (1 - confidence), 0);
  return Math.min(1, Math.max(0, sum / told.length));
}

/** How long ago the youngest open incident on this cell was noticed; null where there is none. */
function incidentAgeMs({ incidents, nowMs }: Planning, platform: string, operator: string): number | null {
  const ages = incidents
    .filter(({ kind }) => kind !== 'vantage_silent')
    .filter(({ platforms }) => platforms.length === 0 || platforms.includes(platform))
    .map(({ detectedAtMs, operators }) => ({
      ageMs: nowMs - detectedAtMs,
      isHere: operators.includes(operator),
    }));
  if (ages.length === 0) return null;
  // Other operators are asked as well: whether they are spared is what nobody knows yet, but they can wait a little longer.
  return Math.min(...ages.map(({ ageMs, isHere }) => (isHere ? ageMs : ageMs * 2)));
}

/** How long ago trouble began that no incident was made of yet; null where there is none, or it is an old story. */
function troubleAgeMs(
  { latest, nowMs }: Planning,
  target: WebTarget,
  network: BorrowedNetwork,
): number | null {
  const ages = latest
    .filter(({ platform, operator }) => platform === target.platform && operator === network.operator)
    .filter(({ status }) => TROUBLE.has(status))
    .map(({ sinceMs }) => nowMs - sinceMs)
    .filter((ageMs) => ageMs < FRESH_TROUBLE_MS);
  return ages.length === 0 ? null : Math.min(...ages);
}

function cellOf(planning: Planning, target: WebTarget, network: BorrowedNetwork): Cell {
  const last = planning.lastAskedMs(target.id, network);
  const sinceMs = last === null ? Infinity : planning.nowMs - last;
  const ageMs =
    incidentAgeMs(planning, target.platform, network.operator) ?? troubleAgeMs(planning, target, network);
  if (ageMs !== null) {
    const everyMs = ageMs < URGENT_FOR_MS ? URGENT_MS : CALM_MS;
    return { target, network, isUrgent: true, due: sinceMs / everyMs };
  }
  const haste = 1 + DOUBT_HASTE * doubtOf(planning.latest, target.platform, network.operator);
  return { target, network, isUrgent: false, due: (sinceMs * haste) / STEADY_MS };
}

function cellsOf(planning: Planning): Cell[] {
  return planning.targets
    .flatMap((target) => planning.networks.map((network) => cellOf(planning, target, network)))
    .filter(({ due }) => due >= 1)
    .toSorted(
      (a, b) => Number(b.isUrgent) - Number(a.isUrgent) || byDue(a, b) || compare(keyOf(a), keyOf(b)),
    );
}

function byDue(a: Cell, b: Cell): number {
  return a.due === b.due ? 0 : b.due - a.due;
}

function keyOf({ target, network }: Cell): string {
  return `${target.id}|${networkKey(network)}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Units of a steady round: its part of the stretch without the reserve, never the reserve itself. */
function steadyUnits({ left, allowance, sinceLastMs }: Planning): number {
  const shared = allowance.units * (1 - RESERVE_SHARE);
  const part = shared * Math.min(1, sinceLastMs / allowance.stretchMs);
  return Math.max(0, Math.min(part, left - allowance.units * RESERVE_SHARE));
}

/**
 * The questions of this round, most urgent first. Together they cost no more than `left`; those that nothing urgent asks for
 * leave the reserve alone. A network stands in one question per target.
 */
export function planRound(planning: Planning): PlannedRequest[] {
  const requests: { target: WebTarget; networks: BorrowedNetwork[]; isUrgent: boolean }[] = [];
  let spent = 0;
  let steadySpent = 0;
  const steadyMax = steadyUnits(planning);
  for (const cell of cellsOf(planning)) {
    const open = requests.find(
      ({ target, networks, isUrgent }) =>
        target.id === cell.target.id &&
        isUrgent === cell.isUrgent &&
        networks.length < NETWORKS_PER_REQUEST_MAX,
    );
    const before = open === undefined ? 0 : planning.cost(open);
    const wanted = { target: cell.target, networks: [...(open?.networks ?? []), cell.network] };
    const more = planning.cost(wanted) - before;
    if (spent + more > planning.left) continue;
    if (!cell.isUrgent && steadySpent + more > steadyMax) continue;
    spent += more;
    if (!cell.isUrgent) steadySpent += more;
    if (open === undefined) requests.push({ ...wanted, isUrgent: cell.isUrgent });
    else open.networks = wanted.networks;
  }
  return requests;
}
