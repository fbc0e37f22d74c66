/** The port of what is watched for livestreams. */
import type { LiveSighting, Watched } from './live.ts';

export type Look =
  | {
      readonly kind: 'seen';
      readonly sightings: readonly LiveSighting[];
      /** Keys of streams that were asked about and of which nothing is known any more. */
      readonly gone: readonly string[];
    }
  /** In a sentence for people; nothing is concluded. */
  | { readonly kind: 'failed'; readonly why: string };

export interface WatchSource {
  readonly watched: Watched;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  /** A stream whose end is never told is taken as over after so long; null: its end is told. */
  readonly lastsMs: number | null;
  /** @param open keys of the streams that were seen to begin and not to end. Never rejects. */
  look(open: readonly string[], signal: AbortSignal): Promise<Look>;
}
