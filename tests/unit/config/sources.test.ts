/** The section `sources`: nobody is asked unless it is said, and what each is asked with. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askedPlatforms, sourcesOf, watchedOf } from '../../../src/cli/sources-of.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { loadConfig } from '../../../src/config/config.ts';
import type { SourcesConfig } from '../../../src/config/sources-config.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { silentLog } from '../../support/silent-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aiqyn-sources-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function sourcesIn(section: string): SourcesConfig {
  const file = join(folder, 'aiqyn.yaml');
  writeFileSync(file, section);
  return loadConfig(file, { RADAR: 'from-the-environment' }).sources;
}

describe('sources', () => {
  it('asks nobody by default', () => {
    expect(sourcesIn('plan: press').ways).toEqual([]);
    expect(sourcesIn('sources: { ioda: false }').ways).toEqual([]);
  });

  it('asks whom it is told to, at the usual addresses, about the main networks', () => {
    const { ways, operators } = sourcesIn('sources: { atlas: true, ioda: true }');
    expect(ways.map(({ id, url, perMinute, token }) => [id, url, perMinute, token])).toEqual([
      ['ioda', null, null, null],
      ['atlas', null, null, null],
    ]);
    expect(operators).toContain('AS9198');
    expect(operators.length).toBeLessThanOrEqual(8);
  });

  it('takes another address, a bound, and operators by their names, each once', () => {
    const { ways, operators } = sourcesIn(
      'sources: { ioda: { url: "http://127.0.0.1:9/v2/", perMinute: 2 }, operators: [kcell, AS29355] }',
    );
    expect(ways).toEqual([
      { id: 'ioda', url: 'http://127.0.0.1:9/v2', perMinute: 2, token: null, latest: [] },
    ]);
    expect(operators).toEqual(['AS29355']);
  });

  it('takes RIPE Atlas’s measurements whose latest results are wanted, each once', () => {
    expect(sourcesIn('sources: { atlas: { latest: [1001, 5001, 1001] } }').ways).toMatchObject([
      { id: 'atlas', latest: [1_001, 5_001] },
    ]);
  });

  it('reads Radar’s token from its file, or from the environment', () => {
    writeFileSync(join(folder, 'radar.token'), 'from-the-file\n');
    expect(sourcesIn('sources: { radar: { tokenFile: radar.token } }').ways[0]?.token?.reveal()).toBe(
      'from-the-file',
    );
    expect(sourcesIn('sources: { radar: { token: "${RADAR}" } }').ways[0]?.token?.reveal()).toBe(
      'from-the-environment',
    );
  });
});

describe('sourcesOf(config)', () => {
  it('asks nothing before it is started, and says that Radar has no token', () => {
    const keeper = sourcesOf(sourcesIn('sources: { radar: true, ooni: true }'), {
      catalog: loadCatalog(),
      store: createMemoryStore(),
      mayAsk: () => true,
      log: silentLog,
    });
    expect(keeper.states().map(({ id, status }) => [id, status])).toEqual([
      ['radar', 'no_token'],
      ['ooni', 'waiting'],
    ]);
  });

  it('asks OONI about apps by their test and about sites by their front page', () => {
    const asked = askedPlatforms(loadCatalog());
    expect(asked).toContainEqual({ platform: 'telegram', test: 'telegram', domain: null });
    expect(asked).toContainEqual({
      platform: 'youtube',
      test: 'web_connectivity',
      domain: 'www.youtube.com',
    });
    expect(asked.map(({ platform }) => platform)).not.toContain('press');
  });

  it('knows regions by the catalogue’s names of places alone', () => {
    const { placeOf } = watchedOf([], loadCatalog());
    expect([placeOf('Almaty'), placeOf('Atlantis')]).toEqual(['almaty', null]);
  });
});
