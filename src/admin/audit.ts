/** Who changed what, when, and what it was before: append-only. No address of anybody is in it. */
import { z } from 'zod';
import { LinesBook } from '../lines-book.ts';

export const AUDIT_FILE = 'admin-log.jsonl';
/** Shown; the file keeps all. */
const KEPT_MAX = 500;

const ACTIONS = [
  'login',
  'login_refused',
  'logout',
  'event_add',
  'event_edit',
  'event_remove',
  'incident_note',
  'alert_test',
  'evidence_publish',
  'evidence_unpublish',
] as const;
export type AuditAction = (typeof ACTIONS)[number];

export const AuditEntry = z.strictObject({
  /** ISO 8601 in UTC. */
  at: z.string(),
  who: z.string(),
  how: z.string(),
  what: z.enum(ACTIONS),
  /** Of an event, an incident or a route. */
  subject: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  /** Why it was not done after all; null where it was. */
  failed: z.string().nullable(),
});
export type AuditEntry = z.output<typeof AuditEntry>;

/** @param path `admin-log.jsonl` in the data directory. */
export async function openAudit(path: string): Promise<LinesBook<AuditEntry>> {
  return LinesBook.open(path, AuditEntry, KEPT_MAX);
}
