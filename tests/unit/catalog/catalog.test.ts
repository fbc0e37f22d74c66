/** The catalogue that comes with Aiqyn: what it must hold, and that its facts are what they claim to be. */
import { createHash, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WebMeasurement } from '../../../probes/measurement.ts';
import { privateFailure } from '../../../probes/net/private-authority.ts';
import { PLATFORMS } from '../../../probes/words.ts';
import { loadCatalog, loadPlan, planNames, plannedTargets } from '../../../src/config/catalog-files.ts';
import { packageRoot } from '../../../src/config/package-root.ts';
import { sharedPath } from '../../support/shared.ts';
import { dayOf, sumOf } from '../../bench/round-cost.ts';
import { estimatedRounds } from '../../support/wire-costs.ts';

const catalog = loadCatalog();
const pemFolder = join(packageRoot(), 'probes', 'catalog', 'interceptors');
const hosts = new Set(catalog.targets.map((target) => new URL(target.url).hostname));

describe('targets', () => {
  it.each(PLATFORMS.filter((name) => name !== 'other').map((platform) => [platform]))(
    'has a front door of %s',
    (platform) => {
      expect(catalog.platforms.some((fact) => fact.id === platform)).toBe(true);
      expect(catalog.targets.some((target) => target.platform === platform && target.part === 'main')).toBe(
        true,
      );
    },
  );

  it.each([
    [
      'YouTube needs more than its page',
      ['www.youtube.com', 'i.ytimg.com', 'redirector.googlevideo.com', 'youtubei.googleapis.com'],
    ],
    [
      'Facebook needs its pictures',
      ['www.facebook.com', 'static.xx.fbcdn.net', 'scontent.xx.fbcdn.net', 'graph.facebook.com'],
    ],
    [
      'Messenger',
      ['www.messenger.com', 'b-api.facebook.com', 'b-graph.facebook.com', 'edge-mqtt.facebook.com'],
    ],
    ['WhatsApp', ['www.whatsapp.com', 'web.whatsapp.com', 'v.whatsapp.net']],
    [
      'what the 2019 report names',
      [
        'www.currenttime.tv',
        'gdb.rferl.org',
        'www.matritca.kz',
        'en.odfoundation.eu',
        'labourcentralasia.org',
      ],
    ],
    ['controls at home', ['telecom.kz', 'egov.kz', 'kaspi.kz']],
  ])('%s', (_, needed) => {
    expect(needed.filter((host) => !hosts.has(host))).toEqual([]);
  });

  it('calls every circumvention target sensitive', () => {
    const open = catalog.targets.filter((target) => target.platform === 'circumvention' && !target.sensitive);
    expect(open).toEqual([]);
  });

  it('has light URLs on the same host name, because the name is what is blocked', () => {
    for (const { url, lightUrl } of catalog.targets) {
      if (lightUrl !== undefined) expect(new URL(lightUrl).hostname).toBe(new URL(url).hostname);
    }
  });
});

describe('apps', () => {
  const apps = catalog.kindTargets.filter((target) => target.probe === 'app');
  const urls = apps.flatMap(({ parts }) => parts.flatMap(({ endpoints }) => endpoints.map(({ url }) => url)));

  it.each([
    ['whatsapp', 'whatsapp-app'],
    ['telegram', 'telegram-app'],
    ['signal', 'signal-app'],
    ['facebook_messenger', 'facebook-messenger'],
  ])('is readable as OONI’s %s', (testName, id) => {
    expect(apps.find((app) => app.id === id)?.testName).toBe(testName);
  });

  it('has one of each platform that people use as an app', () => {
    const platforms = new Set(apps.map(({ platform }) => platform));
    expect([...platforms].sort()).toEqual([
      'facebook',
      'instagram',
      'ok',
      'signal',
      'telegram',
      'tiktok',
      'vk',
      'whatsapp',
      'x',
      'youtube',
    ]);
  });

  it('tries WhatsApp’s 16 hosts and Telegram’s 6 addresses on two ports each', () => {
    expect(urls.filter((url) => /^tcp:\/\/e\d+\.whatsapp\.net:(443|5222)$/.test(url))).toHaveLength(32);
    expect(urls.filter((url) => /^tcp:\/\/\d+\.\d+\.\d+\.\d+:(443|80)$/.test(url))).toHaveLength(12);
  });

  it('says of each part what a sentence needs', () => {
    for (const { parts } of apps) {
      expect(new Set(parts.map(({ id }) => id)).size).toBe(parts.length);
      for (const { works, fails } of parts)
        expect(`${works}; ${fails}`).toMatch(/^[A-Za-z][^.]*; (?:[a-z]|WhatsApp|Telegram)[^.]*$/);
    }
  });

  it('trusts Signal’s own root and no other', () => {
    expect(apps.filter(({ rootKeys }) => rootKeys !== undefined).map(({ id }) => id)).toEqual(['signal-app']);
  });
});

const shownApps = sharedPath('corpus', 'ooni-apps', 'signal_022.json');
describe.skipIf(shownApps === null)('Signal’s root', () => {
  it('is the one that a published measurement saw, with its signatures', () => {
    const keys = readSharedHandshakes(shownApps ?? '');
    const rootKeys = catalog.kindTargets.flatMap((target) =>
      target.probe === 'app' ? (target.rootKeys ?? []) : [],
    );
    const thenMs = Date.parse('2022-11-18T10:44:20Z');
    expect(keys.length).toBeGreaterThan(3);
    for (const { name, chain } of keys) {
      expect(privateFailure(chain, rootKeys, name, thenMs)).toBeNull();
      expect(privateFailure(chain, rootKeys, 'other.test', thenMs)).toBe('ssl_invalid_hostname');
    }
  });
});

function readSharedHandshakes(path: string) {
  const measurement = WebMeasurement.parse(JSON.parse(readFileSync(path, 'utf8')));
  return measurement.test_keys.tls_handshakes.map(({ server_name, peer_certificates }) => ({
    name: server_name,
    chain: peer_certificates.map(({ data }) => new X509Certificate(Buffer.from(data, 'base64'))),
  }));
}

describe('interceptors', () => {
  const withPem = catalog.interceptors.flatMap((fact) =>
    fact.pem === undefined ? [] : [{ ...fact, pem: fact.pem }],
  );

  it.each(withPem.map((fact) => [fact.id, fact] as const))(
    '%s is the certificate it claims to be',
    (_, fact) => {
      const certificate = new X509Certificate(readFileSync(join(pemFolder, fact.pem)));
      const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
      expect({
        sha256: createHash('sha256').update(certificate.raw).digest('hex'),
        sha1: createHash('sha1').update(certificate.raw).digest('hex'),
        spkiSha256: createHash('sha256').update(spki).digest('hex'),
      }).toEqual({ sha256: fact.sha256, sha1: fact.sha1, spkiSha256: fact.spkiSha256 });
      expect(certificate.subject.split('\n').sort()).toEqual(fact.subject?.split(',').sort());
    },
  );

  it('uses every PEM file that it brings', () => {
    expect(readdirSync(pemFolder).sort()).toEqual(withPem.map((fact) => fact.pem).sort());
    expect(withPem).toHaveLength(10);
  });

  it('never names the ordinary national root', () => {
    expect(JSON.stringify(catalog.interceptors)).not.toMatch(/НЕГІЗГІ|КУӘЛАНДЫРУШЫ/);
  });
});

describe('operators, places and rings', () => {
  it.each([
    ['AS9198', 'kazakhtelecom'],
    ['AS29355', 'kcell'],
    ['AS21299', 'beeline'],
    ['AS48503', 'tele2-altel'],
    ['AS29555', 'tele2-altel'],
    ['AS41798', 'transtelecom'],
  ])('%s is %s', (asn, id) => {
    expect(catalog.operators.find((operator) => operator.asns.includes(asn))?.id).toBe(id);
  });

  it.each([
    ['astana', 'Нур-Султан', 'Asia/Almaty'],
    ['almaty', 'Alma-Ata', 'Asia/Almaty'],
    ['shymkent', 'Chimkent', 'Asia/Almaty'],
    ['zhanaozen', 'Zhanaoken', 'Asia/Aqtau'],
    ['aktau', 'Шевченко', 'Asia/Aqtau'],
  ])('%s was also called %s and lives by %s', (id, alias, timeZone) => {
    const place = catalog.places.find((fact) => fact.id === id);
    expect(place?.aliases).toContain(alias);
    expect(place?.timeZone).toBe(timeZone);
  });

  it('marks what stayed reachable in January 2022, and has enough that did not', () => {
    const domestic = catalog.rings.filter((ring) => ring.ring === 'domestic');
    const listed = domestic.filter((ring) => ring.allowListed).map((ring) => ring.host);
    expect(listed).toEqual(expect.arrayContaining(['kaspi.kz', '24.kz', 'stopfake.kz']));
    expect(domestic.length - listed.length).toBeGreaterThanOrEqual(3);
    expect(
      catalog.rings.filter((ring) => ring.ring === 'foreign' && !ring.allowListed).length,
    ).toBeGreaterThanOrEqual(3);
  });
});

describe('against the collected facts', () => {
  const operators = sharedPath('facts', 'kz-operators.csv');
  const places = sharedPath('facts', 'kz-places.csv');

  it.skipIf(operators === null)('has every AS number of the collection', () => {
    const collected = firstColumn(operators).map((asn) => `AS${asn}`);
    const known = new Set(catalog.operators.flatMap((operator) => operator.asns));
    expect(collected.length).toBeGreaterThan(50);
    expect(collected.filter((asn) => !known.has(asn))).toEqual([]);
  });

  it.skipIf(places === null)('has every place of the collection', () => {
    const known = new Set(catalog.places.map((place) => place.names.en));
    expect(firstColumn(places).filter((name) => !known.has(name))).toEqual([]);
  });
});

function firstColumn(file: string | null): string[] {
  if (file === null) return [];
  const [, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
  return rows.map((row) => row.split(',')[0] ?? '');
}

describe('plans', () => {
  it.each(planNames().map((name) => [name]))('%s is called like its file and measures something', (name) => {
    const plan = loadPlan(name);
    expect(plan.id).toBe(name);
    expect(plannedTargets(plan, catalog).length).toBeGreaterThan(0);
  });

  it.each([
    { plan: 'default', leavesOut: 'quic' },
    { plan: 'quic', leavesOut: 'nothing' },
  ])('$plan measures all that is not sensitive, but $leavesOut', ({ plan, leavesOut }) => {
    const planned = plannedTargets(loadPlan(plan), catalog);
    expect(planned.map((target) => target.id)).toEqual(
      [...catalog.targets, ...catalog.kindTargets]
        .filter((target) => !target.sensitive && target.probe !== leavesOut)
        .map((target) => target.id),
    );
  });

  it('quic is the default plan in all else', () => {
    const { id, title, description, quic, dailyBudgetMegabytes, ...more } = loadPlan('quic');
    expect({ id, quic }).toMatchObject({ id: 'quic', quic: { timeoutMs: 30_000 } });
    expect(loadPlan('default')).toMatchObject(more);
    expect([title, description].join(' ')).toContain('HTTP/3');
    expect(dailyBudgetMegabytes).toBeGreaterThan(loadPlan('default').dailyBudgetMegabytes);
  });

  it('light-mobile costs less than 40 MB a day with everything that goes over the line', () => {
    const plan = loadPlan('light-mobile');
    expect(plan.light.cron).toBe('*/5 * * * *');
    expect(megabytes(dayOf(plan, estimatedRounds(plan, plannedTargets(plan, catalog))))).toBeLessThan(40);
  });

  it.each(planNames().map((name) => [name]))('%s has a budget that its own measuring keeps to', (name) => {
    const plan = loadPlan(name);
    const {
      control = 0,
      upload = 0,
      ...own
    } = dayOf(plan, estimatedRounds(plan, plannedTargets(plan, catalog)));
    expect(control + upload).toBeGreaterThan(0);
    const { rings = 0, ...others } = own;
    // A tenth is set aside for rings and heartbeats.
    expect(megabytes(others)).toBeLessThan(plan.dailyBudgetMegabytes * 0.9);
    expect(rings / 1e6).toBeLessThan(plan.dailyBudgetMegabytes * 0.1);
  });

  it('a page asked of another server is compared with the platform’s own, in words of a part', () => {
    const kinds = catalog.kindTargets.filter((target) => target.probe === 'throughput');
    expect(kinds.length).toBeGreaterThan(0);
    for (const { server, part, url, paired } of kinds) {
      expect(paired === url).toBe(server !== undefined);
      expect(part === undefined).toBe(server === undefined);
    }
  });

  it('press names what it asks for on purpose', () => {
    const ids = plannedTargets(loadPlan('press'), catalog).map((target) => target.id);
    expect(ids).toContain('rights-odf');
    expect(ids).not.toContain('press-compromat');
  });
});

function megabytes(day: Readonly<Record<string, number>>): number {
  return sumOf(day) / 1e6;
}
