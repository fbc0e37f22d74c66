/** The picture of an incident that some channels carry beside the words. An alert never waits for it longer than a bound. */
import type { Log } from '../log.ts';
import type { AlertMessage } from './channel.ts';

/** PNG. Rejects where it cannot be drawn. */
export type PaintIncident = (incidentId: string) => Promise<Buffer>;

/** PNG, or null where there is none in time: the alert goes without. Never rejects. */
export type PictureFor = (message: AlertMessage, signal: AbortSignal) => Promise<Buffer | null>;

/** For channels and commands without pictures. */
export async function noPicture(): Promise<null> {
  return Promise.resolve(null);
}

const PICTURED: ReadonlySet<AlertMessage['kind']> = new Set(['opened', 'reopened', 'restored']);
const PICTURE_MS_MAX = 2_000;

interface PictureOptions {
  readonly paint: PaintIncident;
  /** Resolves after so many milliseconds of real time, or when it is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}

/** What begins, comes back or is over is pictured; more than PICTURE_MS_MAX is too late. */
export function createPictureFor({ paint, sleep, log }: PictureOptions): PictureFor {
  return async ({ subject, kind }, signal) => {
    if (subject === null || !PICTURED.has(kind) || signal.aborted) return null;
    const done = new AbortController();
    const painted = paint(subject.id).catch((error: unknown) => {
      log.warn({ incident: subject.id, error: String(error) }, 'An alert goes without its picture.');
      return null;
    });
    const late = sleep(PICTURE_MS_MAX, AbortSignal.any([signal, done.signal])).then(() => null);
    try {
      return await Promise.race([painted, late]);
    } finally {
      done.abort();
    }
  };
}
