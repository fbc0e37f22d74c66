/** The section `sources` made whole: each source that is on, where it is, and the token it was given. */
import type { SourceId } from '../analysis/outside/point.ts';
import type { Secret } from './secret.ts';
import { namedSources } from './sources-schema.ts';
import type { SourcesSection } from './sources-schema.ts';

export interface SourceWay {
  readonly id: SourceId;
  /** Null: its usual address. */
  readonly url: string | null;
  /** Requests a minute; null: its usual bound. */
  readonly perMinute: number | null;
  readonly token: Secret | null;
  /** Ids of RIPE Atlas's measurements whose latest results are asked for; empty for the others. */
  readonly latest: readonly number[];
}

export interface SourcesConfig {
  readonly ways: readonly SourceWay[];
  /** `AS9198`, …: the networks that sources are asked about. */
  readonly operators: readonly string[];
}

/** @param tokenOf reads the secret of a section; null where it has none. */
export function sourcesConfig(
  section: SourcesSection,
  tokenOf: (way: Readonly<Partial<Record<string, unknown>>>, at: string) => Secret | null,
): SourcesConfig {
  const { atlas } = section;
  const latest = typeof atlas === 'object' ? (atlas.latest ?? []) : [];
  return {
    operators: [...new Set(section.operators)],
    ways: namedSources(section).map(({ id, way }) => ({
      id,
      url: way.url ?? null,
      perMinute: way.perMinute ?? null,
      token: tokenOf(way, `sources.${id}`),
      latest: id === 'atlas' ? [...new Set(latest)] : [],
    })),
  };
}
