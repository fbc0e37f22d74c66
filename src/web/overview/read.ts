/** Reads what the front page and `/api/status` show: one moment, seen from every network. */
import type { Incident } from '../../analysis/detect/point.ts';
import type { Heartbeat } from '../../analysis/detect/point.ts';
import { FRESH_MS } from '../context.ts';
import type { WebContext } from '../context.ts';
import type { MonitorNotice } from '../notice.ts';
import { statusTable } from './cells.ts';
import type { StatusTable } from './cells.ts';
import { chooseHeadline } from './headline.ts';
import type { Headline } from './headline.ts';

export const RECENT_MS = 30 * 24 * 3_600_000;
export const RECENT_INCIDENTS_MAX = 8;
export const OPEN_INCIDENTS_MAX = 100;

export interface Overview {
  readonly nowMs: number;
  readonly notice: MonitorNotice;
  readonly table: StatusTable;
  readonly open: readonly Incident[];
  readonly recent: readonly Incident[];
  readonly heartbeats: readonly Heartbeat[];
  readonly oldestMs: number | null;
  readonly newestMs: number | null;
  readonly headline: Headline;
}

export async function readOverview(context: WebContext): Promise<Overview> {
  const { store, names } = context;
  const nowMs = context.clock.nowMs();
  const notice = context.notice();
  const [latest, open, past, heartbeats, extent] = await Promise.all([
    store.statusNow({ nowMs, freshMs: FRESH_MS }),
    store.incidents({ openOnly: true, limit: OPEN_INCIDENTS_MAX }),
    store.incidents({
      window: { fromMs: nowMs - RECENT_MS, toMs: nowMs + 1 },
      limit: RECENT_INCIDENTS_MAX * 4,
    }),
    store.vantagesNow(),
    store.extent(),
  ]);
  const table = statusTable(latest, names.platforms);
  const recent = past.filter((incident) => incident.status === 'restored').slice(0, RECENT_INCIDENTS_MAX);
  const headline = chooseHeadline({ nowMs, notice, table, openIncidents: open, newestMs: extent.newestMs });
  const { oldestMs, newestMs } = extent;
  return { nowMs, notice, table, open, recent, heartbeats, oldestMs, newestMs, headline };
}
