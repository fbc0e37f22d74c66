/** Folds the newest verdict of each target into one cell per platform and network: what the table of the front page shows. */
import { speaksForPlatform } from '../../analysis/detect/point.ts';
import type { ReachabilityPoint } from '../../analysis/detect/point.ts';
import { SEVERITY } from '../../analysis/verdict/severity.ts';
import type { Status } from '../../analysis/verdict/verdict.ts';
import type { LatestStatus } from '../../store/store.ts';
import { distinctNetworks, networkKey } from './network.ts';
import type { Network } from './network.ts';

/** Statuses that say somebody interferes. */
const INTERFERENCE: ReadonlySet<Status> = new Set(['blocked', 'intercepted', 'throttled', 'tampered']);

export function isInterference(status: Status): boolean {
  return INTERFERENCE.has(status);
}

export interface Cell {
  readonly status: Status;
  /** UTC epoch ms; the earliest of the targets that have this status. */
  readonly sinceMs: number;
  /** The verdict that the cell rests on: the most certain one of its status. */
  readonly point: ReachabilityPoint;
  readonly targetsOfStatus: number;
  readonly targets: number;
}

export interface PlatformRow {
  readonly platform: string;
  /** Keyed by `networkKey`. */
  readonly cells: ReadonlyMap<string, Cell>;
}

export interface StatusTable {
  readonly networks: readonly Network[];
  readonly rows: readonly PlatformRow[];
}

function foldCell(latest: readonly LatestStatus[]): Cell | null {
  const status = SEVERITY.find((candidate) => latest.some(({ point }) => point.status === candidate));
  const ofStatus = latest
    .filter(({ point }) => point.status === status)
    .toSorted((a, b) => b.point.confidence - a.point.confidence);
  const [first] = ofStatus;
  if (status === undefined || first === undefined) return null;
  return {
    status,
    sinceMs: Math.min(...ofStatus.map(({ sinceMs }) => sinceMs)),
    point: first.point,
    targetsOfStatus: ofStatus.length,
    targets: latest.length,
  };
}

/** Rows in the order of `platforms`; platforms and networks without a fresh verdict are left out. */
export function statusTable(latest: readonly LatestStatus[], platforms: readonly string[]): StatusTable {
  const networks = distinctNetworks(latest.map(({ point }) => point));
  const rows: PlatformRow[] = [];
  for (const platform of platforms) {
    const ofPlatform = latest.filter(({ point }) => point.platform === platform && speaksForPlatform(point));
    if (ofPlatform.length === 0) continue;
    const cells = new Map<string, Cell>();
    for (const network of networks) {
      const key = networkKey(network);
      const cell = foldCell(ofPlatform.filter(({ point }) => networkKey(point) === key));
      if (cell !== null) cells.set(key, cell);
    }
    rows.push({ platform, cells });
  }
  return { networks, rows };
}
