/** What `aiqyn probe` says, word for word, for each status that each kind of measurement can have. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Measurement } from '../../../probes/measurement.ts';
import type { Transfer } from '../../../probes/measurement.ts';
import { judge } from '../../../src/analysis/verdict/judge.ts';
import { explain } from '../../../src/cli/explain/explain.ts';
import { appMeasurement, KNOWLEDGE } from '../../support/app-measurements.ts';
import type { EndpointWorld } from '../../support/app-measurements.ts';
import {
  CONTROL_FAILS,
  HOST,
  NO_KNOWLEDGE,
  SITE,
  connect,
  controlSees,
  handshake,
  harmless,
  lookup,
  request,
  webMeasurement,
} from '../../support/web-observations.ts';
import type { WebSpec } from '../../support/web-observations.ts';
import { NETWORK_CASES } from '../../support/verdict-cases-network.ts';
import { PAGE_CASES } from '../../support/verdict-cases-page.ts';

const HTTPS = `https://${HOST}/`;
const TIMEOUT = 'generic_timeout_error';
const TARGET = { id: 'a-target', platform: 'youtube', depth: 'full' } as const;

/** The whole text, to be read: tests/fixtures/explain/. */
function fixture(name: string): string {
  return join(import.meta.dirname, '..', '..', 'fixtures', 'explain', `${name}.txt`);
}

function page(spec: WebSpec): string {
  const measurement = Measurement.parse({
    ...webMeasurement(spec),
    x_aiqyn_target: { ...TARGET, probe: 'web' },
  });
  return `${explain(HOST, measurement, judge(measurement, NO_KNOWLEDGE)).join('\n')}\n`;
}

/** Another's case with this verdict, told in one sentence. */
function pageSentence(status: string): string {
  const found = [...NETWORK_CASES, ...PAGE_CASES].find((one) => one.status === status);
  return page(found?.spec ?? {})
    .split('\n')
    .filter((line) => line.includes(`(${status}`) || line.startsWith('  - '))
    .join('\n');
}

const GOOD: WebSpec = { tls: [handshake(SITE)], requests: [request(HTTPS, SITE, {})] };
const DROPPED: WebSpec = { tls: [handshake(SITE, TIMEOUT), harmless(SITE)] };

describe('a page', () => {
  it('ok', async () => {
    await expect(page(GOOD)).toMatchFileSnapshot(fixture('page-ok'));
  });
  it('blocked, by its name', async () => {
    await expect(page(DROPPED)).toMatchFileSnapshot(fixture('page-blocked-by-its-name'));
  });
  it('blocked, by a resolver that lies', async () => {
    const queries = [lookup('getaddrinfo', { failure: 'dns_nxdomain_error' }), lookup('doh', SITE)];
    await expect(page({ queries, ...GOOD })).toMatchFileSnapshot(
      fixture('page-blocked-by-a-resolver-that-lies'),
    );
  });
  it('throttled', async () => {
    await expect(pageSentence('throttled')).toMatchFileSnapshot(fixture('page-throttled'));
  });
  it('intercepted', async () => {
    await expect(pageSentence('intercepted')).toMatchFileSnapshot(fixture('page-intercepted'));
  });
  it('tampered', async () => {
    await expect(pageSentence('tampered')).toMatchFileSnapshot(fixture('page-tampered'));
  });
  it('down', async () => {
    const tcp = [connect(SITE, 443, 'connection_refused')];
    await expect(page({ tcp, control: CONTROL_FAILS })).toMatchFileSnapshot(fixture('page-down'));
  });
  it('offline', async () => {
    const envelope = { x_aiqyn_connectivity: 'offline' };
    const queries = [lookup('getaddrinfo', { failure: TIMEOUT })];
    await expect(page({ queries, tcp: [], envelope })).toMatchFileSnapshot(fixture('page-offline'));
  });
  it('inconclusive, because the control did not answer', async () => {
    await expect(page({ tcp: [connect(SITE, 443, TIMEOUT)], control: null })).toMatchFileSnapshot(
      fixture('page-inconclusive-because-the-control-did-not-answer'),
    );
  });
  it('inconclusive, because there is no control', async () => {
    await expect(page({ tcp: [connect(SITE, 443, TIMEOUT)], control: 'unasked' })).toMatchFileSnapshot(
      fixture('page-inconclusive-because-there-is-no-control'),
    );
  });
  it('says how old an answer of the control is that stands in', async () => {
    const testKeys = { x_aiqyn_control_source: 'last_known_good', x_aiqyn_control_age_ms: 600_000 };
    const measurement = webMeasurement({ ...GOOD, control: controlSees() });
    const aged = Measurement.parse({ ...measurement, test_keys: { ...measurement.test_keys, ...testKeys } });
    await expect(explain(HOST, aged, judge(aged, NO_KNOWLEDGE)).at(-1)).toMatchFileSnapshot(
      fixture('page-says-how-old-an-answer-of-the-control-is-that-stands-in'),
    );
  });
});

const REGISTRATION = 'https://v.whatsapp.net/v2/register';
const WEB = 'https://web.whatsapp.com/';
const CHAT = Array.from(
  { length: 32 },
  (_, n) => `tcp://e${1 + (n >> 1)}.whatsapp.net:${n % 2 === 0 ? 443 : 5222}`,
);
const WHATSAPP = {
  registration: {
    works: 'Accounts can be registered',
    fails: 'accounts cannot be registered',
    urls: [REGISTRATION],
  },
  chat: { works: 'messages pass', fails: 'messages do not pass', weight: 3, urls: CHAT },
  web: { works: 'WhatsApp Web answers', fails: 'WhatsApp Web does not answer', urls: [WEB] },
};

function app(world: Readonly<Record<string, EndpointWorld>>, more: object = {}): string {
  const measurement = appMeasurement(WHATSAPP, world, {
    x_aiqyn_target: { ...TARGET, probe: 'app' },
    ...more,
  });
  return `${explain('WhatsApp', measurement, judge(measurement, KNOWLEDGE)).join('\n')}\n`;
}

function each(urls: readonly string[], fate: EndpointWorld): Record<string, EndpointWorld> {
  return Object.fromEntries(urls.map((url) => [url, fate]));
}

const EVERYTHING = [REGISTRATION, ...CHAT, WEB];

describe('an app', () => {
  it('ok', async () => {
    await expect(app({})).toMatchFileSnapshot(fixture('app-ok'));
  });
  it('ok, but for two of its many servers', async () => {
    await expect(app(each(CHAT.slice(0, 2), { tcp: TIMEOUT, outside: true }))).toMatchFileSnapshot(
      fixture('app-ok-but-for-two-of-its-many-servers'),
    );
  });
  it('blocked, in a part', async () => {
    const world = { ...each(CHAT, { tcp: TIMEOUT, outside: true }), [WEB]: {} };
    await expect(app(world)).toMatchFileSnapshot(fixture('app-blocked-in-a-part'));
  });
  it('blocked, as a whole', async () => {
    const pages = each([REGISTRATION, WEB], { tls: TIMEOUT, harmless: null, outside: true });
    const world = { ...each(CHAT, { tcp: 'connection_refused', outside: true }), ...pages };
    await expect(app(world)).toMatchFileSnapshot(fixture('app-blocked-as-a-whole'));
  });
  it('intercepted', async () => {
    await expect(app({ [WEB]: { tls: 'ssl_unknown_authority', outside: true } })).toMatchFileSnapshot(
      fixture('app-intercepted'),
    );
  });
  it('down', async () => {
    await expect(app(each(EVERYTHING, { tcp: 'connection_refused', outside: false }))).toMatchFileSnapshot(
      fixture('app-down'),
    );
  });
  it('offline: nothing is claimed of the app', async () => {
    const told = app(each(EVERYTHING, { dns: TIMEOUT }), { x_aiqyn_connectivity: 'offline' });
    expect(told).not.toMatch(/Out of reach|registered/);
    await expect(told).toMatchFileSnapshot(fixture('app-offline-nothing-is-claimed-of-the-app'));
  });
  it('offline but for the sites inside the country', async () => {
    const world = { [WEB]: { tcp: TIMEOUT, outside: true } };
    await expect(app(world, { x_aiqyn_connectivity: 'domestic_only' })).toMatchFileSnapshot(
      fixture('app-offline-but-for-the-sites-inside-the-country'),
    );
  });
  it('inconclusive, because the control did not answer', async () => {
    await expect(app({ [WEB]: { tcp: TIMEOUT, outside: 'silent' } })).toMatchFileSnapshot(
      fixture('app-inconclusive-because-the-control-did-not-answer'),
    );
  });
  it('inconclusive, because there is no control', async () => {
    await expect(app({ [WEB]: { tcp: TIMEOUT } })).toMatchFileSnapshot(
      fixture('app-inconclusive-because-there-is-no-control'),
    );
  });
});

const INGEST = 'a.rtmps.youtube.com';
const INGEST_ADDRESS = '198.51.100.9';

function ingest(testKeys: object, more: object = {}): string {
  const measurement = Measurement.parse({
    test_name: 'aiqyn_ingest',
    input: `rtmps://${INGEST}:443`,
    measurement_start_time: '2026-03-12 15:00:00',
    x_aiqyn_vantage: { id: 'ala', operator: 'AS9198', place: 'almaty', access: 'fixed' },
    x_aiqyn_target: { ...TARGET, probe: 'ingest' },
    x_aiqyn_connectivity: 'online',
    test_keys: { queries: [lookup('getaddrinfo', INGEST_ADDRESS, INGEST)], ...testKeys },
    ...more,
  });
  return `${explain(INGEST, measurement, judge(measurement, KNOWLEDGE)).join('\n')}\n`;
}

function toIngest(failure: string | null): object {
  return handshake(INGEST_ADDRESS, failure, { server_name: INGEST });
}

function controlOf(failure: string | null): object {
  const place = `${INGEST_ADDRESS}:443`;
  return {
    x_aiqyn_control_source: 'live',
    control: {
      dns: { failure: null, addrs: [INGEST_ADDRESS] },
      tcp_connect: { [place]: { status: true, failure: null } },
      tls_handshake: { [place]: { status: failure === null, failure } },
    },
  };
}

const TCP = { tcp_connect: [connect(INGEST_ADDRESS, 443)] };
const FILTERED = { ...TCP, tls_handshakes: [toIngest(TIMEOUT), harmless(INGEST_ADDRESS)] };

describe('where live video is sent', () => {
  it('ok', async () => {
    await expect(
      ingest({ ...TCP, tls_handshakes: [toIngest(null)], ...controlOf(null) }),
    ).toMatchFileSnapshot(fixture('ingest-ok'));
  });
  it('blocked', async () => {
    await expect(ingest({ ...FILTERED, ...controlOf(null) })).toMatchFileSnapshot(fixture('ingest-blocked'));
  });
  it('down', async () => {
    const keys = { ...TCP, tls_handshakes: [toIngest(TIMEOUT)], ...controlOf(TIMEOUT) };
    await expect(ingest(keys)).toMatchFileSnapshot(fixture('ingest-down'));
  });
  it('offline', async () => {
    const queries = [lookup('getaddrinfo', { failure: TIMEOUT }, INGEST)];
    await expect(ingest({ queries }, { x_aiqyn_connectivity: 'offline' })).toMatchFileSnapshot(
      fixture('ingest-offline'),
    );
  });
  it('inconclusive', async () => {
    await expect(ingest({ ...TCP, tls_handshakes: [toIngest(TIMEOUT)] })).toMatchFileSnapshot(
      fixture('ingest-inconclusive'),
    );
  });
});

/** A body of 128 kB at this rate, cut at nine seconds. */
function transfer(role: Transfer['role'], bytesPerSecond: number): Transfer {
  const samples: [number, number][] = [];
  for (let ms = 250; ms <= 9_000 && (samples.at(-1)?.[1] ?? 0) < 131_072; ms += 250)
    samples.push([ms, Math.min(131_072, (bytesPerSecond * ms) / 1_000)]);
  const isWhole = samples.at(-1)?.[1] === 131_072;
  const url = role === 'paired' ? 'https://vk.com/page' : 'https://www.youtube.com/page';
  const host = role === 'same_address' ? 'example.org' : new URL(url).host;
  return { role, url, host, samples, handshake_ms: 80, failure: isWhole ? null : TIMEOUT };
}

function speed(target: number, paired: number, harmlessName: number, more: object = {}): string {
  const turn = [transfer('target', target), transfer('paired', paired)];
  const measurement = Measurement.parse({
    test_name: 'aiqyn_throughput',
    input: 'https://www.youtube.com/page',
    measurement_start_time: '2026-03-12 15:00:00',
    x_aiqyn_target: { ...TARGET, probe: 'throughput' },
    x_aiqyn_connectivity: 'online',
    test_keys: {
      x_aiqyn_throughput: [...turn, ...turn, transfer('same_address', harmlessName)],
      x_aiqyn_control_source: 'live',
      control: { http_request: { status_code: 200, body_length: 131_072, x_aiqyn_bytes_per_s: 2_000_000 } },
    },
    ...more,
  });
  return `${explain('www.youtube.com', measurement, judge(measurement, KNOWLEDGE)).join('\n')}\n`;
}

describe('how fast a page comes', () => {
  it('ok', async () => {
    await expect(speed(900_000, 1_000_000, 900_000)).toMatchFileSnapshot(fixture('throughput-ok'));
  });
  it('throttled', async () => {
    await expect(speed(16_000, 1_000_000, 900_000)).toMatchFileSnapshot(fixture('throughput-throttled'));
  });
  it('offline', async () => {
    await expect(
      speed(16_000, 1_000_000, 900_000, { x_aiqyn_connectivity: 'domestic_only' }),
    ).toMatchFileSnapshot(fixture('throughput-offline'));
  });
  it('inconclusive', async () => {
    await expect(speed(16_000, 70_000, 70_000)).toMatchFileSnapshot(fixture('throughput-inconclusive'));
  });
});
