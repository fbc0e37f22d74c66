/** What the publisher adds to an incident by hand. The newest note is shown, and those before it as what was said before. */
import { z } from 'zod';

export const NOTES_FILE = 'incident-notes.jsonl';
export const NOTE_LENGTH_MAX = 4_000;

export const IncidentNote = z.strictObject({
  incident: z.string().min(1).max(200),
  /** ISO 8601 in UTC. */
  at: z.string(),
  /** Empty: the note was taken back. */
  text: z.string().max(NOTE_LENGTH_MAX),
});
export type IncidentNote = z.output<typeof IncidentNote>;
