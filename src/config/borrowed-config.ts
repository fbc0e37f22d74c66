/** The section `borrowed` with its secrets read. */
import type { BorrowedSection } from './borrowed-schema.ts';
import type { Secret } from './secret.ts';

type GlobalpingSection = NonNullable<BorrowedSection['globalping']>;
type AtlasSection = NonNullable<BorrowedSection['atlas']>;

export interface GlobalpingConfig extends Readonly<Omit<GlobalpingSection, 'token' | 'tokenFile'>> {
  /** Null: anonymous. */
  readonly token: Secret | null;
}

export interface AtlasConfig extends Readonly<Omit<AtlasSection, 'key' | 'keyFile'>> {
  readonly key: Secret;
}

export interface BorrowedConfig {
  readonly globalping: GlobalpingConfig | null;
  readonly atlas: AtlasConfig | null;
}

/** @param readSecret of a section's keys `<key>` or `<key>File`; null where neither is there. */
export function borrowedConfig(
  { globalping, atlas }: BorrowedSection,
  readSecret: (section: Readonly<Record<string, unknown>>, at: string, key: string) => Secret | null,
): BorrowedConfig {
  return {
    globalping: globalping === undefined ? null : withToken(globalping, readSecret),
    atlas: atlas === undefined ? null : withKey(atlas, readSecret),
  };
}

type ReadSecret = Parameters<typeof borrowedConfig>[1];

function withToken(section: GlobalpingSection, readSecret: ReadSecret): GlobalpingConfig {
  const { url, testsPerHour, platforms, controls } = section;
  return {
    url,
    testsPerHour,
    platforms,
    controls,
    token: readSecret(section, 'borrowed.globalping', 'token'),
  };
}

/** That it is there was checked by the schema. */
function withKey(section: AtlasSection, readSecret: ReadSecret): AtlasConfig | null {
  const { url, creditsPerDay, platforms } = section;
  const key = readSecret(section, 'borrowed.atlas', 'key');
  return key === null ? null : { url, creditsPerDay, platforms, key };
}
