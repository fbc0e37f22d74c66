/** Which of the catalogue's targets a measurement of OONI's probe is about. */
import type { Catalog } from '../../../probes/catalog.ts';
import { TEST_NAMES } from '../../../probes/measurement.ts';
import type { Measurement, TargetTag } from '../../../probes/measurement.ts';
import type { Platform } from '../../../probes/words.ts';
import type { TargetFinder } from './adopt.ts';

/** A URL is its own target's id; longer ones are cut, because ids are the store's tags. */
const ID_LENGTH_MAX = 200;

/**
 * A page is found by its URL. Any other is a target of its own, named by its URL, of the platform whose host it is on (with or
 * without `www.` or `m.`), else of `other`. OONI's app tests are the catalogue's apps that have them. Null for tests that Aiqyn has no probe for.
 */
export function createTargetFinder(catalog: Pick<Catalog, 'targets' | 'kindTargets'>): TargetFinder {
  const byUrl = new Map<string, TargetTag>();
  const byHost = new Map<string, Platform>();
  for (const { id, platform, url, lightUrl } of catalog.targets) {
    for (const address of [url, ...(lightUrl === undefined ? [] : [lightUrl])]) {
      const { href } = new URL(address);
      if (!byUrl.has(href)) byUrl.set(href, { id, platform, probe: 'web', depth: 'full' });
    }
    const host = bareHost(new URL(url).hostname);
    if (!byHost.has(host)) byHost.set(host, platform);
  }

  function page(input: string): TargetTag | null {
    if (!URL.canParse(input)) return null;
    const { href, hostname } = new URL(input);
    const platform = byHost.get(bareHost(hostname)) ?? 'other';
    return byUrl.get(href) ?? { id: href.slice(0, ID_LENGTH_MAX), platform, probe: 'web', depth: 'full' };
  }

  const byTest = new Map<string, TargetTag>();
  for (const fact of catalog.kindTargets) {
    if (fact.probe !== 'app' || fact.testName === TEST_NAMES.app) continue;
    byTest.set(fact.testName, { id: fact.id, platform: fact.platform, probe: 'app', depth: 'full' });
  }
  return ({ test_name: testName, input }: Measurement) =>
    testName === TEST_NAMES.web ? page(input ?? '') : (byTest.get(testName) ?? null);
}

function bareHost(host: string): string {
  return host.replace(/^(?:www|m)\./, '');
}
