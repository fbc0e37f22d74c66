/** Decides the one sentence at the top of the front page. Pure: facts in, a choice out; the words are the catalogue's. */
import type { Connectivity } from '../../../probes/words.ts';
import type { Incident } from '../../analysis/detect/point.ts';
import type { MonitorNotice } from '../notice.ts';
import { FRESH_MS } from '../context.ts';
import { isInterference } from './cells.ts';
import type { StatusTable } from './cells.ts';
import { groupIncidents } from './groups.ts';
import type { IncidentGroup } from './groups.ts';

/** After this long without a measurement "the first round ends in about a minute" would be a lie. */
export const FIRST_ROUND_MS = 3 * 60_000;

export type Headline =
  | { readonly kind: 'starting' }
  | { readonly kind: 'no_data'; readonly startedAtMs: number }
  | { readonly kind: 'stale'; readonly newestMs: number }
  | { readonly kind: 'offline'; readonly vantages: number; readonly answers: 'nothing' | 'names' }
  | { readonly kind: 'limited'; readonly connectivity: Connectivity; readonly operators: readonly string[] }
  | { readonly kind: 'incidents'; readonly groups: readonly IncidentGroup[] }
  | {
      readonly kind: 'suspected';
      readonly platforms: readonly string[];
      readonly operators: readonly string[];
    }
  | { readonly kind: 'unclear' }
  | { readonly kind: 'reachable'; readonly online: number; readonly vantages: number };

export interface HeadlineFacts {
  readonly nowMs: number;
  readonly notice: MonitorNotice;
  readonly table: StatusTable;
  readonly openIncidents: readonly Incident[];
  /** Newest measurement in the store, or null when there is none. */
  readonly newestMs: number | null;
}

/** A vantage that gets names but no site is as offline as its owner would say it is. */
function isOffline(connectivity: Connectivity | null): boolean {
  return connectivity === 'offline' || connectivity === 'dns_only';
}

function offlineVantages(notice: MonitorNotice): number {
  return notice.vantages.filter((vantage) => isOffline(vantage.connectivity)).length;
}

/** What one vantage alone says of its own silence is about that vantage, never about the country. */
function isWorthAHeadline(group: IncidentGroup): boolean {
  const isCut = group.kind === 'shutdown' || group.kind === 'mobile_shutdown' || group.kind === 'allow_list';
  return !(isCut && group.vantages < 2);
}

function withoutData(facts: HeadlineFacts): Headline | null {
  const { nowMs, notice, newestMs } = facts;
  if (newestMs === null) {
    const isYoung = nowMs - notice.startedAtMs < FIRST_ROUND_MS;
    return isYoung ? { kind: 'starting' } : { kind: 'no_data', startedAtMs: notice.startedAtMs };
  }
  if (nowMs - newestMs <= FRESH_MS) return null;
  const isYoung = nowMs - notice.startedAtMs < FIRST_ROUND_MS;
  return isYoung ? { kind: 'starting' } : { kind: 'stale', newestMs };
}

function limited(facts: HeadlineFacts): Headline | null {
  const { vantages } = facts.notice;
  const cut = vantages.filter(({ connectivity }) => connectivity !== null && connectivity !== 'online');
  const [first] = cut;
  if (first?.connectivity == null || cut.length < vantages.length) return null;
  const operators = [...new Set(cut.map((vantage) => vantage.operator))];
  return { kind: 'limited', connectivity: first.connectivity, operators };
}

function fromTable(facts: HeadlineFacts): Headline {
  const cells = facts.table.rows.flatMap((row) =>
    [...row.cells.values()].map((cell) => ({ platform: row.platform, cell })),
  );
  const bad = cells.filter(({ cell }) => isInterference(cell.status));
  if (bad.length > 0) {
    return {
      kind: 'suspected',
      platforms: [...new Set(bad.map(({ platform }) => platform))],
      operators: [...new Set(bad.map(({ cell }) => cell.point.operator))],
    };
  }
  // "Everything" is only said when every cell that speaks says so.
  const isClear = cells.some(({ cell }) => cell.status === 'ok');
  const isMixed = cells.some(({ cell }) => cell.status === 'inconclusive' || cell.status === 'down');
  if (!isClear || isMixed) return { kind: 'unclear' };
  const { vantages } = facts.notice;
  const known = Math.max(vantages.length, facts.table.networks.length);
  return { kind: 'reachable', online: known - offlineVantages(facts.notice), vantages: known };
}

/** Being offline comes before everything that is inferred; incidents come before what one round shows. */
export function chooseHeadline(facts: HeadlineFacts): Headline {
  const { notice } = facts;
  const groups = groupIncidents(facts.openIncidents).filter(isWorthAHeadline);
  const isCutKnown = groups.some(({ kind }) => kind === 'shutdown' || kind === 'mobile_shutdown');
  const offline = offlineVantages(notice);
  if (offline > 0 && offline === notice.vantages.length && !isCutKnown) {
    const hasNames = notice.vantages.some(({ connectivity }) => connectivity === 'dns_only');
    return { kind: 'offline', vantages: offline, answers: hasNames ? 'names' : 'nothing' };
  }
  const missing = withoutData(facts);
  if (missing !== null) return missing;
  if (groups.length > 0) return { kind: 'incidents', groups };
  return limited(facts) ?? fromTable(facts);
}
