/** OONI's own app tests: real measurements beside the checkout, and the partial interference in Ethiopia in 2019. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Measurement } from '../../../../../probes/measurement.ts';
import { judge } from '../../../../../src/analysis/verdict/judge.ts';
import { KNOWLEDGE } from '../../../../support/app-measurements.ts';
import { sharedPath } from '../../../../support/shared.ts';

const ADDRESSES = ['149.154.175.50', '149.154.167.51', '149.154.175.100', '149.154.167.91', '149.154.171.5'];
const ENDPOINTS = ADDRESSES.flatMap((ip) => [80, 443].map((port) => ({ ip, port })));

/** OONI's telegram test with `blocked` of its ten endpoints silent, in one round or several. */
function telegram(blocked: number, accessible: number, isWebBlocked: boolean): Measurement {
  const rounds = (blocked + accessible) / ENDPOINTS.length;
  const tcp_connect = ENDPOINTS.flatMap(({ ip, port }, n) =>
    Array.from({ length: Math.max(1, rounds) }, () => {
      const failure = n < blocked / rounds ? 'generic_timeout_error' : null;
      return { ip, port, status: { failure, success: failure === null } };
    }),
  );
  const failure = isWebBlocked ? 'connection_reset' : null;
  return Measurement.parse({
    test_name: 'telegram',
    measurement_start_time: '2019-06-18 09:33:54',
    test_keys: {
      tcp_connect,
      requests: [
        {
          request: { url: 'https://web.telegram.org/' },
          failure,
          response: isWebBlocked ? null : { code: 200 },
        },
      ],
    },
  });
}

describe('judge(OONI’s app tests)', () => {
  it.each([
    { blocked: 0, web: false, status: 'ok', score: 0 },
    { blocked: 3, web: true, status: 'blocked', score: 0.533 },
    { blocked: 8, web: true, status: 'blocked', score: 0.867 },
    { blocked: 10, web: true, status: 'blocked', score: 1 },
    { blocked: 8, web: false, status: 'blocked', score: 0.533 },
  ])('telegram with $blocked of 10 data centres silent and web blocked $web: $status, $score', (row) => {
    const verdict = judge(telegram(row.blocked, 10 - row.blocked, row.web), KNOWLEDGE);
    expect(verdict).toMatchObject({ status: row.status, score: row.score });
  });

  it('says which part fails', () => {
    const { reasons } = judge(telegram(8, 2, true), KNOWLEDGE);
    expect(reasons.slice(0, 2)).toEqual([
      'Messages pass; Telegram Web does not answer.',
      'Endpoints reached: chat 2 of 10, web 0 of 1.',
    ]);
  });

  it('whatsapp: 32 ports by the addresses of their names, and a page by its URL', () => {
    const verdict = judge(
      Measurement.parse({
        test_name: 'whatsapp',
        measurement_start_time: '2022-01-05 10:00:00',
        test_keys: {
          queries: [
            { hostname: 'e1.whatsapp.net', answers: [{ answer_type: 'A', ipv4: '198.51.100.1' }] },
            { hostname: 'e2.whatsapp.net', answers: [{ answer_type: 'A', ipv4: '198.51.100.2' }] },
          ],
          tcp_connect: [
            { ip: '198.51.100.1', port: 443, status: { failure: 'generic_timeout_error', success: false } },
            { ip: '198.51.100.1', port: 5222, status: { failure: 'generic_timeout_error', success: false } },
            { ip: '198.51.100.2', port: 443, status: { failure: null, success: true } },
          ],
          requests: [
            { request: { url: 'https://web.whatsapp.com/' }, failure: null, response: { code: 400 } },
          ],
        },
      }),
      KNOWLEDGE,
    );
    // Two thirds of the chat endpoints that were tried, and chat weighs two of the three that were seen.
    expect(verdict).toMatchObject({ status: 'blocked', layer: 'tcp', method: 'drop', score: 0.444 });
  });

  it('facebook_messenger: a name that does not resolve, ports that do not open', () => {
    const verdict = judge(
      Measurement.parse({
        test_name: 'facebook_messenger',
        measurement_start_time: '2022-01-05 10:00:00',
        test_keys: {
          queries: [
            { hostname: 'stun.fbsbx.com', failure: 'dns_nxdomain_error' },
            { hostname: 'edge-mqtt.facebook.com', failure: 'dns_nxdomain_error' },
            { hostname: 'scontent.xx.fbcdn.net', answers: [{ answer_type: 'A', ipv4: '198.51.100.3' }] },
          ],
          tcp_connect: [{ ip: '198.51.100.3', port: 443, status: { failure: null, success: true } }],
        },
      }),
      KNOWLEDGE,
    );
    expect(verdict).toMatchObject({ status: 'blocked', layer: 'dns', method: 'nxdomain', score: 0.714 });
    expect(verdict.reasons[0]).toBe(
      'Pictures load; messages do not pass; the name of the call server does not resolve.',
    );
  });
});

const ethiopia = sharedPath('corpus', 'series', 'ethiopia-telegram-2019.csv');
describe.skipIf(ethiopia === null)('Telegram in Ethiopia, June 2019 (30 measurements)', () => {
  const rows = (ethiopia === null ? '' : readFileSync(ethiopia, 'utf8'))
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => {
      const [index = '', , , tcpBlocking = '', , blocked = '', accessible = ''] = line.split(',');
      return { index, tcpBlocking, blocked: Number(blocked), accessible: Number(accessible) };
    });

  it('has 29 that "one success is enough" calls reachable at TCP', () => {
    expect(rows).toHaveLength(30);
    expect(rows.filter(({ tcpBlocking }) => tcpBlocking === 'False')).toHaveLength(29);
  });

  it('scores each by the share that fails, and calls every one blocked', () => {
    const verdicts = rows.map(({ blocked, accessible }) =>
      judge(telegram(blocked, accessible, true), KNOWLEDGE),
    );
    expect(new Set(verdicts.map(({ status }) => status))).toEqual(new Set(['blocked']));
    const expected = rows.map(({ blocked, accessible }) => {
      const share = blocked / (blocked + accessible);
      return Math.round(((2 * share + 1) / 3) * 1_000) / 1_000;
    });
    expect(verdicts.map(({ score }) => score)).toEqual(expected);
    expect(verdicts.filter(({ score }) => score > 0.5 && score < 1).length).toBeGreaterThanOrEqual(28);
  });

  it('sees in 28 of them that messages fail in part, whatever Telegram Web does', () => {
    const verdicts = rows.map(({ blocked, accessible }) =>
      judge(telegram(blocked, accessible, false), KNOWLEDGE),
    );
    expect(verdicts.filter(({ rule }) => rule === 'app.part_interfered')).toHaveLength(28);
  });
});

const corpus = sharedPath('corpus', 'ooni-apps');
describe.skipIf(corpus === null)('real measurements of OONI’s app tests', () => {
  const files = corpus === null ? [] : readdirSync(corpus).filter((name) => name.endsWith('.json'));

  it.each(files.map((name) => [name]))('%s, made where nothing is blocked, is ok', (name) => {
    const measurement = Measurement.parse(JSON.parse(readFileSync(join(corpus ?? '', name), 'utf8')));
    const verdict = judge(measurement, KNOWLEDGE);
    expect(verdict).toMatchObject({ status: 'ok', score: 0, rule: 'app.reached' });
  });
});
