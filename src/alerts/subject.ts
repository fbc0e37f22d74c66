/** What an alert says of an incident, and which change of it is worth telling. Pure. */
import { z } from 'zod';
import { StoredIncident } from '../store/stored-incident.ts';
import { voicesOf } from '../analysis/corroborate/witnessed.ts';
import type { Incident } from '../analysis/detect/point.ts';
import type { AlertChange } from './ledger.ts';

/** The end of a closed incident moved by less than this is the same end: readers see five minutes. */
const SAME_END_MS = 300_000;

/** An incident as it is told: operator and place, never a vantage. */
export const Subject = StoredIncident.pick({
  id: true,
  kind: true,
  status: true,
  platforms: true,
  operators: true,
  places: true,
  access: true,
  startMs: true,
  endMs: true,
  confidence: true,
  method: true,
}).extend({
  /** How many saw it. */
  vantages: z.int(),
  openings: z.int(),
  /** Sources outside that bear it out and that speak against it; books of earlier versions have none. */
  witnesses: z
    .object({ agree: z.array(z.string()), disagree: z.array(z.string()) })
    .default({ agree: [], disagree: [] }),
});
export type Subject = z.infer<typeof Subject>;

export function subjectOf(incident: Incident): Subject {
  const { id, kind, status, access, startMs, endMs, confidence, method } = incident;
  const { agree, disagree } = voicesOf(incident);
  return {
    id,
    kind,
    status,
    platforms: [...incident.platforms],
    operators: [...incident.operators],
    places: [...incident.places],
    access,
    startMs,
    endMs,
    confidence,
    method,
    vantages: incident.vantageIds.length,
    openings: incident.openings.length,
    witnesses: { agree: [...agree], disagree: [...disagree] },
  };
}

function scopeOf({ kind, platforms, operators, places, access }: Subject): string {
  return JSON.stringify([kind, platforms, operators, places, access]);
}

function isSameEnd(a: number | null, b: number | null): boolean {
  return a === b || (a !== null && b !== null && Math.abs(a - b) < SAME_END_MS);
}

/** Null where a reader would learn nothing new: confidence, reasons and dates within five minutes are no news. */
export function changeBetween(told: Subject | null, now: Subject): AlertChange | null {
  if (told === null) return 'opened';
  if (told.endMs === null && now.endMs !== null) return 'restored';
  if (now.endMs === null && (told.endMs !== null || now.openings > told.openings)) return 'reopened';
  if (scopeOf(told) !== scopeOf(now) || !isSameEnd(told.endMs, now.endMs)) return 'amended';
  return null;
}

/** Whether others' word, and not our own measuring alone, took it over the confidence that a route asks for, or below it. */
export function isCrossing(told: Subject, now: Subject, least: number): boolean {
  const isOther = JSON.stringify(told.witnesses) !== JSON.stringify(now.witnesses);
  return isOther && told.confidence >= least !== now.confidence >= least;
}
