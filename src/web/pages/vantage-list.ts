/** Vantages as pages show them: by network, never by id. */
import { CONNECTIVITIES, ELSEWHERE } from '../../../probes/words.ts';
import type { Connectivity } from '../../../probes/words.ts';
import type { Heartbeat } from '../../analysis/detect/point.ts';
import type { MonitorNotice, VantageNotice } from '../notice.ts';

/** After this long without a heartbeat a vantage is called silent. */
export const SILENT_MS = 15 * 60_000;

export interface ShownVantage {
  readonly operator: string;
  readonly place: string;
  readonly access: string;
  readonly connectivity: Connectivity | null;
  /** It is in another network than its own (a VPN, another line): what it measures counts for nobody. */
  readonly isElsewhere: boolean;
  /** UTC epoch ms; null when it has not been heard. */
  readonly lastHeardMs: number | null;
  readonly isSilent: boolean;
  readonly spoolDepth: number;
  /** Known for vantages of this machine only. */
  readonly notice: VantageNotice | null;
}

function knownConnectivity(word: string): Connectivity | null {
  return CONNECTIVITIES.find((connectivity) => connectivity === word) ?? null;
}

function shown(own: VantageNotice | null, heard: Heartbeat | null, nowMs: number): ShownVantage | null {
  const tags = own ?? heard;
  if (tags === null) return null;
  const { operator, place, access, spoolDepth } = tags;
  const said = heard === null ? null : knownConnectivity(heard.connectivity);
  return {
    operator,
    place,
    access,
    spoolDepth,
    connectivity: own?.connectivity ?? said,
    isElsewhere: isElsewhere(own, heard),
    lastHeardMs: heard?.atMs ?? null,
    isSilent: heard !== null && nowMs - heard.atMs > SILENT_MS,
    notice: own,
  };
}

function isElsewhere(own: VantageNotice | null, heard: Heartbeat | null): boolean {
  return own === null ? heard?.connectivity === ELSEWHERE : own.isElsewhere === true;
}

/** Vantages of this machine and those heard over the network, each once; what this machine knows of its own wins. */
export function shownVantages(
  notice: MonitorNotice,
  heartbeats: readonly Heartbeat[],
  nowMs: number,
): ShownVantage[] {
  const own = new Map(notice.vantages.map((vantage) => [vantage.id, vantage]));
  const heard = new Map(heartbeats.map((heartbeat) => [heartbeat.vantage, heartbeat]));
  return [...new Set([...own.keys(), ...heard.keys()])]
    .map((id) => shown(own.get(id) ?? null, heard.get(id) ?? null, nowMs))
    .filter((vantage) => vantage !== null);
}
