import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { OwnMeasurement, readWebTestKeys } from '../../../../probes/measurement.ts';
import type { Measurement } from '../../../../probes/measurement.ts';
import { uuidv7TimeMs } from '../../../../src/archive/uuidv7.ts';
import { judge } from '../../../../src/analysis/verdict/judge.ts';
import { loadCatalog } from '../../../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../../../src/config/knowledge.ts';
import { adopt } from '../../../../src/sources/ooni/adopt.ts';
import type { Adopted, AdoptOptions } from '../../../../src/sources/ooni/adopt.ts';
import { parseMeasurement } from '../../../../src/sources/ooni/read.ts';
import { createTargetFinder } from '../../../../src/sources/ooni/target.ts';
import { webMeasurement as ownMeasurement } from '../../../support/agent-records.ts';
import {
  connect,
  handshake,
  lookup,
  PAGE,
  request,
  SITE,
  webMeasurement,
} from '../../../support/web-observations.ts';

const catalog = loadCatalog();
const knowledge = buildKnowledge(catalog);
const OPTIONS: AdoptOptions = {
  findTarget: createTargetFinder(catalog),
  country: null,
  blockpagesOf: knowledge.blockpagesOf,
  keepBodies: false,
};
const PROBE_ADDRESS = '203.0.113.77';

function measured(
  envelope: Readonly<Record<string, unknown>> = {},
  input = 'https://www.youtube.com/',
): Measurement {
  return webMeasurement({
    input,
    tls: [handshake(SITE)],
    requests: [request(input, SITE, {})],
    envelope: { probe_asn: 'AS29355', probe_cc: 'KZ', report_id: 'r1', ...envelope },
  });
}

function ours(adopted: Adopted): OwnMeasurement {
  if (adopted.kind !== 'ours') throw new TypeError(`left out: ${JSON.stringify(adopted)}`);
  return adopted.measurement;
}

describe('adopt(measurement)', () => {
  it('hands the judge keys that need not be read again, also where they told the resolver', () => {
    const read = parseMeasurement({
      ...measured(),
      test_keys: { ...measured().test_keys, client_resolver: PROBE_ADDRESS },
    });
    if (read.measurement === null) throw new TypeError(read.what);
    const { test_keys: keys } = ours(adopt(read.measurement, OPTIONS));
    expect(readWebTestKeys(keys)).toBe(keys);
    expect(keys['client_resolver']).toBe('127.0.0.1');
    expect(read.measurement.test_keys['client_resolver']).toBe(PROBE_ADDRESS);
  });

  it('makes a record that our own archive takes, of a vantage for each network and kind of access', () => {
    const mobile = ours(adopt(measured({ annotations: { network_type: 'mobile' } }), OPTIONS));
    expect(OwnMeasurement.parse(mobile).x_aiqyn_vantage).toEqual({
      id: 'ooni-as29355-mobile',
      operator: 'AS29355',
      place: 'unknown',
      access: 'mobile',
    });
    expect(ours(adopt(measured({ probe_asn: 'nonsense' }), OPTIONS)).x_aiqyn_vantage).toMatchObject({
      id: 'ooni-as0-fixed',
      operator: 'AS0',
    });
  });

  it.each([
    { input: 'https://www.youtube.com/', id: 'youtube-www', platform: 'youtube' },
    { input: 'http://youtube.com/watch?v=1', id: 'http://youtube.com/watch?v=1', platform: 'youtube' },
    { input: 'https://a.site.example/', id: 'https://a.site.example/', platform: 'other' },
  ])('files $input under $platform', ({ input, id, platform }) => {
    expect(ours(adopt(measured({}, input), OPTIONS)).x_aiqyn_target).toEqual({
      id,
      platform,
      probe: 'web',
      depth: 'full',
    });
  });

  it.each([
    { test: 'whatsapp', platform: 'whatsapp' },
    { test: 'telegram', platform: 'telegram' },
    { test: 'signal', platform: 'signal' },
    { test: 'facebook_messenger', platform: 'facebook' },
  ])('files the test $test under the app of the catalogue', ({ test, platform }) => {
    expect(ours(adopt(measured({ test_name: test, input: null }), OPTIONS)).x_aiqyn_target).toMatchObject({
      platform,
      probe: 'app',
    });
  });

  it('gives the same id each time, with the measurement’s own time in it, and others to others', () => {
    const id = ours(adopt(measured(), OPTIONS)).x_aiqyn_id;
    expect(ours(adopt(measured(), OPTIONS)).x_aiqyn_id).toBe(id);
    expect(uuidv7TimeMs(id)).toBe(Date.parse('2026-01-02T03:04:05Z'));
    const others = [
      measured({ report_id: 'r2' }),
      measured({ probe_asn: 'AS9198' }),
      measured({ measurement_start_time: '2026-01-02 03:04:06' }),
      measured({}, 'https://m.youtube.com/'),
    ].map((each) => ours(adopt(each, OPTIONS)).x_aiqyn_id);
    expect(new Set([id, ...others]).size).toBe(5);
  });

  it('tells reports without an id apart by what was seen', () => {
    const seen = measured({ report_id: '' });
    const other = webMeasurement({ input: 'https://www.youtube.com/', envelope: { report_id: '' } });
    expect(ours(adopt(seen, OPTIONS)).x_aiqyn_id).not.toBe(ours(adopt(other, OPTIONS)).x_aiqyn_id);
  });

  it('lets our own exports through as they are', () => {
    const own = ownMeasurement();
    expect(ours(adopt(own, { ...OPTIONS, country: 'KZ' }))).toEqual(own);
  });

  it('leaves out other countries where one was asked for, and tests without a probe', () => {
    const elsewhere = adopt(measured({ probe_cc: 'IT' }), { ...OPTIONS, country: 'KZ' });
    expect(elsewhere).toEqual({ kind: 'left_out', why: 'other_country' });
    expect(adopt(measured({ probe_cc: 'IT' }), OPTIONS).kind).toBe('ours');
    expect(adopt(measured({ test_name: 'ndt' }), OPTIONS)).toEqual({ kind: 'left_out', why: 'unknown_test' });
  });

  it.each(['yesterday', '2026-13-40 00:00:00', '1969-12-31 23:59:59', ''])(
    'cannot file a measurement of the time "%s"',
    (time) => {
      expect(adopt(measured({ measurement_start_time: time }), OPTIONS).kind).toBe('unreadable');
    },
  );
});

describe('privacy of what is adopted', () => {
  const planted = webMeasurement({
    input: 'https://www.youtube.com/',
    queries: [lookup('getaddrinfo', SITE)],
    tcp: [connect(SITE, 443)],
    requests: [
      request('https://www.youtube.com/', SITE, {
        body: `<title>Hello ${PROBE_ADDRESS}</title>${PAGE}`,
        headers: { 'X-Your-Address': PROBE_ADDRESS, 'Set-Cookie': 'who=me', Server: 'x' },
        headers_list: [
          ['Set-Cookie', 'who=me'],
          ['Server', 'x'],
        ],
      }),
    ],
    keys: { client_resolver: '198.51.100.53' },
    events: [{ operation: 'read', address: SITE, num_bytes: 1, tags: [`from ::ffff:${PROBE_ADDRESS}`] }],
    envelope: { probe_ip: PROBE_ADDRESS, resolver_ip: '198.51.100.53' },
  });

  it('holds neither the probe’s address nor its resolver’s nor a cookie, and keeps the rest', () => {
    const text = JSON.stringify(ours(adopt(planted, { ...OPTIONS, keepBodies: true })));
    expect(text).not.toContain(PROBE_ADDRESS);
    expect(text).not.toContain('198.51.100.53');
    expect(text).not.toContain('who=me');
    expect(text).toContain(SITE);
    expect(text).toContain('"Server":"x"');
    expect(text).toContain('Default Web Page');
  });

  it('keeps of a page its length, title and hash unless asked for more', () => {
    const { test_keys: keys } = ours(adopt(measured(), OPTIONS));
    const x_aiqyn_body_sha256 = createHash('sha256').update(PAGE).digest('hex');
    const told = {
      x_aiqyn_body_title: 'Default Web Page',
      x_aiqyn_body_sha256,
      x_aiqyn_body_fingerprints: [],
    };
    expect(keys['requests']).toMatchObject([
      { response: { body: '', x_aiqyn_body_bytes: Buffer.byteLength(PAGE), ...told } },
    ]);
  });

  it('changes no verdict', () => {
    for (const original of [measured(), planted, measured({}, 'http://www.youtube.com/')]) {
      expect(judge(ours(adopt(original, OPTIONS)), knowledge)).toEqual(judge(original, knowledge));
    }
  });
});
