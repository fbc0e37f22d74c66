/** Measurements of certificates, pages and our own trouble, each with the verdict it must get. */
import type { Case } from './verdict-cases-network.ts';
import { HOST, PAGE, SITE, controlSees, handshake, harmless, request } from './web-observations.ts';

const HTTP = `http://${HOST}/`;
const HTTPS = `https://${HOST}/`;
const TIMEOUT = 'generic_timeout_error';
const viaDoh = { tls: [handshake(SITE)], requests: [request(HTTPS, SITE, {})] };

export const PAGE_CASES: readonly Case[] = [
  {
    because: 'a chain that verifies for the control only',
    spec: { tls: [handshake(SITE, 'ssl_unknown_authority')] },
    status: 'intercepted',
    how: 'tls forged_certificate',
  },
  {
    because: 'dates that may be our clock’s fault',
    spec: { tls: [handshake(SITE, 'ssl_invalid_certificate')] },
    status: 'inconclusive',
  },
  {
    because: 'a certificate that is bad for all',
    spec: {
      tls: [handshake(SITE, 'ssl_invalid_certificate')],
      control: controlSees({ http_request: { failure: 'unknown_error' } }),
    },
    status: 'down',
  },
  {
    because: 'a handshake slow under one name',
    spec: {
      tls: [handshake(SITE, null, { t0: 0, t: 4 }), harmless(SITE, null, { t0: 0, t: 0.2 })],
      requests: [request(HTTPS, SITE, {})],
    },
    status: 'throttled',
    how: 'tls rate_limit',
  },
  {
    because: 'a network slow under any name is slow, not throttled',
    spec: {
      tls: [handshake(SITE, null, { t0: 0, t: 4 }), harmless(SITE, null, { t0: 0, t: 3 })],
      requests: [request(HTTPS, SITE, {})],
    },
    status: 'ok',
  },
  {
    because: 'a body that stands still',
    spec: {
      tls: [handshake(SITE)],
      requests: [request(HTTPS, SITE, { code: 200 })].map((seen) => ({ ...seen, failure: TIMEOUT })),
    },
    status: 'throttled',
    how: 'http stall',
  },
  {
    because: 'a crawling body beside a fast control',
    spec: {
      input: HTTP,
      requests: [request(HTTP, SITE, {})],
      events: [1, 12].map((t) => ({
        operation: 'bytes_received_cumulative',
        address: `${SITE}:80`,
        num_bytes: t * 1_000,
        t,
      })),
      control: controlSees({
        http_request: { status_code: 200, body_length: PAGE.length, x_aiqyn_bytes_per_s: 900_000 },
      }),
    },
    status: 'throttled',
    how: 'http rate_limit',
  },
  {
    because: 'a reset in clear text',
    spec: { input: HTTP, requests: [request(HTTP, SITE, { failure: 'connection_reset' })] },
    status: 'blocked',
    how: 'http reset',
  },
  {
    because: 'another page in clear text',
    spec: {
      input: HTTP,
      requests: [request(HTTP, SITE, { body: '<title>Access Denied</title>', headers: {} })],
    },
    status: 'blocked',
    how: 'http blockpage',
  },
  {
    because: 'a known block page while the control fails',
    spec: {
      input: HTTP,
      control: null,
      requests: [request(HTTP, SITE, { x_aiqyn_body_fingerprints: ['cp.x'] })],
    },
    status: 'inconclusive',
  },
  {
    because: 'a known block page without a control',
    spec: {
      input: HTTP,
      control: 'unasked',
      requests: [request(HTTP, SITE, { x_aiqyn_body_fingerprints: ['cp.x'] })],
    },
    status: 'blocked',
    how: 'http blockpage',
  },
  {
    because: 'a broken server in clear text',
    spec: { input: HTTP, requests: [request(HTTP, SITE, { code: 502, body: 'x', headers: {} })] },
    status: 'inconclusive',
  },
  {
    because: 'a redirect to nowhere',
    spec: {
      input: HTTPS,
      tls: [handshake(SITE)],
      requests: [{ ...request(HTTPS, SITE, { code: 302 }), failure: 'http_invalid_redirect_location_host' }],
    },
    status: 'down',
  },
  { because: 'nothing was seen', spec: { queries: [], tcp: [] }, status: 'inconclusive' },
  {
    because: 'the run was cut short by us',
    spec: { tls: [handshake(SITE, TIMEOUT), harmless(SITE)], envelope: { x_aiqyn_abort: 'shutdown' } },
    status: 'inconclusive',
  },
  {
    because: 'failures while the rings are down',
    spec: {
      tls: [handshake(SITE, TIMEOUT), harmless(SITE)],
      envelope: { x_aiqyn_connectivity: 'domestic_only' },
    },
    status: 'offline',
    how: 'network',
  },
  {
    because: 'a success is one even then',
    spec: { ...viaDoh, envelope: { x_aiqyn_connectivity: 'allow_list' } },
    status: 'ok',
  },
  { because: 'no web address', spec: { input: 'whatever' }, status: 'inconclusive' },
];
