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
  if (after.endMs !== null) return before.endMs === null ? 'restored' : 'amended';
  if (before.endMs !== null) return 'reopened';
  const { detectedAtMs, ...was } = before;
  const same = JSON.stringify({ ...was, detectedAtMs }) === JSON.stringify({ ...after, detectedAtMs });
  return same ? null : 'amended';
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
