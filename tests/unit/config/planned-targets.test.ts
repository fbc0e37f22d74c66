import { describe, expect, it } from 'vitest';
import { Plan } from '../../../probes/plan.ts';
import type { Catalog } from '../../../probes/catalog.ts';
import { loadCatalog, plannedTargets } from '../../../src/config/catalog-files.ts';
import { catalogProblems } from '../../../src/config/catalog-problems.ts';

const catalog = loadCatalog();
interface Parts {
  platforms?: string[];
  targets?: string[];
  exclude?: string[];
  ingest?: { cron: string };
}
function plan(parts: Parts): Plan {
  return Plan.parse({
    id: 'mine',
    title: 'Mine',
    description: 'For a test.',
    light: { cron: '* * * * *' },
    full: { cron: '0 * * * *' },
    rings: { cron: '* * * * *' },
    dailyBudgetMegabytes: 10,
    ...parts,
  });
}
function idsOf(parts: Parts): string[] {
  return plannedTargets(plan(parts), catalog).map((target) => target.id);
}

describe('plannedTargets(plan, catalog)', () => {
  it('leaves sensitive targets out unless they are named', () => {
    expect(idsOf({ platforms: ['circumvention', 'signal'] })).toEqual(['signal-www']);
    expect(idsOf({ targets: ['circumvention-tor'] })).toEqual(['circumvention-tor']);
  });

  it('keeps the catalogue’s order, names nothing twice and honours exclusions', () => {
    expect(
      idsOf({ platforms: ['signal'], targets: ['vk-www', 'signal-www', 'youtube-www'], exclude: ['vk-www'] }),
    ).toEqual(['youtube-www', 'signal-www']);
  });

  it('measures another kind where the plan has a schedule for it, and only then', () => {
    const parts = { platforms: ['facebook'], exclude: ['facebook-ingest-api'] };
    const ingest = { cron: '*/15 * * * *' };
    expect(idsOf(parts).some((id) => id.includes('ingest'))).toBe(false);
    expect(idsOf({ ...parts, ingest }).filter((id) => id.includes('ingest'))).toEqual(['facebook-ingest']);
  });

  it('lets the light URL fall back to the URL', () => {
    const [target] = plannedTargets(plan({ targets: ['vk-www'] }), catalog);
    expect(target).toMatchObject({ url: 'https://vk.com/', lightUrl: 'https://vk.com/' });
  });

  it.each([
    [
      { targets: ['youtube-ww'] },
      'plan mine: targets: the catalogue has no target "youtube-ww", did you mean "youtube-www"?',
    ],
    [
      { platforms: ['vk'], exclude: ['zzzzzzzz'] },
      'plan mine: exclude: the catalogue has no target "zzzzzzzz"',
    ],
    [{ platforms: ['circumvention'] }, 'plan mine: measures nothing'],
    [
      { targets: ['youtube-ingest'] },
      'plan mine: targets: "youtube-ingest" is measured by the probe ingest, and the plan has no schedule "ingest"',
    ],
    [
      { targets: ['aa-aa', 'bb-bb'] },
      'plan mine: 2 problems\n  targets: the catalogue has no target "aa-aa"',
    ],
  ])('refuses %o', (parts, message) => {
    expect(() => plannedTargets(plan(parts), catalog)).toThrow(message);
  });
});

describe('catalogProblems(catalog, hasPem)', () => {
  const [interceptor] = catalog.interceptors;
  function problems(changed: Partial<Catalog>, hasPem = true): string[] {
    return catalogProblems({ ...catalog, ...changed }, () => hasPem);
  }

  it('has nothing to say of the catalogue that comes with Aiqyn', () => {
    expect(problems({})).toEqual([]);
  });

  it.each(catalog.places)('finds the zone $timeZone of $id in the tz database', ({ timeZone }) => {
    expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow();
  });

  it.each<readonly [string, Partial<Catalog>]>([
    [
      'targets.yaml: "youtube-www" stands twice',
      { targets: [...catalog.targets, ...catalog.targets.slice(0, 1)] },
    ],
    [
      'targets.yaml: "youtube-ingest" stands twice',
      {
        targets: catalog.targets.map((one) => (one.id === 'vk-www' ? { ...one, id: 'youtube-ingest' } : one)),
      },
    ],
    [
      'operators.yaml: AS number: "AS9198" stands twice',
      { operators: [...catalog.operators, ...catalog.operators.slice(0, 1)] },
    ],
    [
      'places.yaml: name: "астана" stands twice',
      { places: [...catalog.places, ...catalog.places.slice(0, 1)] },
    ],
    [
      'targets.yaml: platform "vk" is not in platforms.yaml',
      { platforms: catalog.platforms.filter(({ id }) => id !== 'vk') },
    ],
    [
      'interceptors.yaml: x: has no hash, and a name alone proves nothing',
      { interceptors: [{ id: 'x', kind: 'root', subject: 'CN=X', source: 'test' }] },
    ],
    [
      'interceptors.yaml: qaznet-2016: pem must be named <sha256>.pem',
      { interceptors: interceptor === undefined ? [] : [{ ...interceptor, pem: '../../etc/passwd' }] },
    ],
    [
      'rings.yaml: dns.google: a name server is given by its address',
      { rings: [{ ring: 'dns', host: 'dns.google', port: 53, allowListed: false, source: 'test' }] },
    ],
    [
      'rings.yaml: 1.1.1.1: a foreign host is given by its name',
      { rings: [{ ring: 'foreign', host: '1.1.1.1', port: 443, allowListed: false, source: 'test' }] },
    ],
    ['blockpages.yaml: x: says nothing to look for', { blockpages: [{ id: 'x', source: 'test' }] }],
  ])('finds: %s', (message, changed) => {
    expect(problems(changed)).toContain(message);
  });

  it('finds a certificate that was not put beside it', () => {
    expect(problems({}, false)).toHaveLength(10);
  });
});
