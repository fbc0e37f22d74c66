/** What was said of each incident so far, and the alert that each change of it is. Deterministic: no clock, no I/O. */
import type { Incident } from '../analysis/detect/point.ts';

export type AlertChange = 'opened' | 'amended' | 'restored' | 'reopened' | 'withdrawn';

export interface Alert {
  readonly incident: Incident;
  readonly change: AlertChange;
  readonly atMs: number;
}

function changeOf(before: Incident | undefined, after: Incident): AlertChange | null {
  if (before === undefined) return 'opened';
  if (before === after || JSON.stringify(before) === JSON.stringify(after)) return null;
  if (before.endMs === null && after.endMs !== null) return 'restored';
  return before.endMs !== null && after.endMs === null ? 'reopened' : 'amended';
}

/** What was said so far, and the alerts that changing it sends. */
export class AlertLedger {
  readonly said = new Map<string, Incident>();
  readonly alerts: Alert[] = [];

  say(incident: Incident, atMs: number): void {
    const before = this.said.get(incident.id);
    const detectedAtMs = Math.min(before?.detectedAtMs ?? incident.detectedAtMs, incident.detectedAtMs);
    const known = { ...incident, detectedAtMs };
    const change = changeOf(before, known);
    this.said.set(incident.id, known);
    if (change !== null) this.alerts.push({ incident: known, change, atMs });
  }

  takeBack(id: string, atMs: number): void {
    const incident = this.said.get(id);
    if (incident === undefined) return;
    this.said.delete(id);
    this.alerts.push({ incident, change: 'withdrawn', atMs });
  }
}
