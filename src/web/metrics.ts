/** Prometheus text. Labels are networks, never vantages; vantages of one network are counted together. */
import { CONNECTIVITIES, ELSEWHERE } from '../../probes/words.ts';
import { STATUSES } from '../analysis/verdict/verdict.ts';
import type { WebContext } from './context.ts';
import { readOverview } from './overview/read.ts';
import type { Overview } from './overview/read.ts';
import { shownVantages } from './pages/vantage-list.ts';
import type { ShownVantage } from './pages/vantage-list.ts';
import type { MonitorNotice } from './notice.ts';
import { openFalls } from './sweep-reads.ts';
import type { OpenFall } from './sweep-reads.ts';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function family(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([key, label]) => `${key}="${escapeLabel(label)}"`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines].join('\n');
}

function one(value: number): Sample[] {
  return [{ labels: {}, value }];
}

function cellCounts(overview: Overview): Sample[] {
  const cells = overview.table.rows.flatMap((row) => [...row.cells.values()]);
  return STATUSES.map((status) => ({
    labels: { status },
    value: cells.filter((cell) => cell.status === status).length,
  }));
}

/** HTTP answers by status class, counted since the start. */
export interface RequestCounts {
  readonly byClass: ReadonlyMap<string, number>;
}

function vantageFamilies(notice: MonitorNotice, shown: readonly ShownVantage[]): string[] {
  const states = [...CONNECTIVITIES, ELSEWHERE, 'unknown', 'silent'] as const;
  const stateOf = shown.map(stateWord);
  const samples = states.map((state) => ({
    labels: { connectivity: state },
    value: stateOf.filter((word) => word === state).length,
  }));
  const { vantages } = notice;
  const spool = sum(shown.map(({ spoolDepth }) => spoolDepth));
  const dropped = sum(vantages.map((vantage) => vantage.dropped));
  const used = sum(vantages.map(({ budgetUsedBytes }) => budgetUsedBytes));
  const limit = sum(vantages.map(({ budgetBytes }) => budgetBytes));
  return [
    family('aiqyn_vantages', 'gauge', 'Vantages by how far they get.', samples),
    family('aiqyn_spool_depth', 'gauge', 'Measurements that wait for the collector.', one(spool)),
    family('aiqyn_spool_dropped_total', 'counter', 'Measurements lost for want of disk.', one(dropped)),
    family(
      'aiqyn_budget_used_bytes',
      'gauge',
      'Bytes on the wire since the start of the UTC day.',
      one(used),
    ),
    family('aiqyn_budget_limit_bytes', 'gauge', 'Bytes that the plans allow per UTC day.', one(limit)),
  ];
}

function monitorFamilies(notice: MonitorNotice, requests: RequestCounts): string[] {
  const control = notice.control === 'none' ? [] : one(notice.control === 'reachable' ? 1 : 0);
  const lag = notice.detectorLagMs === null ? [] : one(notice.detectorLagMs / 1_000);
  const answers = [...requests.byClass].map(([status, value]) => ({ labels: { class: status }, value }));
  const rssBytes = process.memoryUsage.rss();
  return [
    family(
      'aiqyn_archive_bytes',
      'gauge',
      'Size of the archive of raw measurements.',
      one(notice.archiveBytes),
    ),
    family('aiqyn_control_reachable', 'gauge', 'Whether the configured control answers.', control),
    family('aiqyn_detector_lag_seconds', 'gauge', 'How far the detector is behind.', lag),
    family('process_resident_memory_bytes', 'gauge', 'Resident memory of this process.', one(rssBytes)),
    family('aiqyn_http_requests_total', 'counter', 'HTTP answers since the start.', answers),
  ];
}

/** For whoever alerts by Prometheus: the sweep opens no incident of its own. */
function sweepFamilies(falls: readonly OpenFall[]): string[] {
  const samples = falls.map(({ drop: { operator, place }, isWatched }) => ({
    labels: { operator, place, watched: isWatched ? 'yes' : 'no' },
    value: 1,
  }));
  const help =
    'Operators whose networks fell silent as seen from outside, while it goes on; watched: a vantage is in it.';
  return [family('aiqyn_sweep_fallen', 'gauge', help, samples)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The exposition format 0.0.4. */
export async function metricsText(context: WebContext, requests: RequestCounts): Promise<string> {
  const overview = await readOverview(context);
  const { notice, nowMs } = overview;
  const families = [
    family(
      'aiqyn_platform_networks',
      'gauge',
      'Platforms times networks by newest status.',
      cellCounts(overview),
    ),
    family('aiqyn_incidents_open', 'gauge', 'Incidents that go on.', one(overview.open.length)),
    ...vantageFamilies(notice, shownVantages(notice, overview.heartbeats, nowMs)),
    ...(context.sweep === undefined ? [] : sweepFamilies(await openFalls(context))),
    ...monitorFamilies(notice, requests),
  ];
  return `${families.join('\n')}\n`;
}

function stateWord({ isSilent, isElsewhere, connectivity }: ShownVantage): string {
  if (isSilent) return 'silent';
  return isElsewhere ? ELSEWHERE : (connectivity ?? 'unknown');
}
