/** The section `watchers` with its secret read. */
import type { Secret } from './secret.ts';
import type { WatchersSection } from './watchers-schema.ts';

type YoutubeSection = NonNullable<WatchersSection['youtube']>;

export interface YoutubeConfig extends Readonly<Omit<YoutubeSection, 'key' | 'keyFile'>> {
  readonly key: Secret;
}

export interface WatchersConfig extends Readonly<Omit<WatchersSection, 'youtube'>> {
  readonly youtube: YoutubeConfig | null;
}

/** @param readSecret of a section's keys `<key>` or `<key>File`. That it is there was checked by the schema. */
export function watchersConfig(
  { youtube, ...rest }: WatchersSection,
  readSecret: (section: Readonly<Record<string, unknown>>, at: string, key: string) => Secret | null,
): WatchersConfig {
  const key = youtube === undefined ? null : readSecret(youtube, 'watchers.youtube', 'key');
  if (youtube === undefined || key === null) return { ...rest, youtube: null };
  const { url, unitsPerDay, channels } = youtube;
  return { ...rest, youtube: { url, unitsPerDay, channels, key } };
}
