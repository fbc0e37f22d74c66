/** Measurements of names, connects and handshakes, each with the verdict it must get. */
import {
  CONTROL_FAILS,
  HOST,
  SITE,
  STRANGE,
  connect,
  controlSees,
  handshake,
  harmless,
  lookup,
  request,
} from './web-observations.ts';
import type { WebSpec } from './web-observations.ts';

const HTTP = `http://${HOST}/`;
const HTTPS = `https://${HOST}/`;
const TIMEOUT = 'generic_timeout_error';
const forgedNames = [lookup('getaddrinfo', STRANGE), lookup('udp', STRANGE), lookup('doh', SITE)];
const viaDoh = { tls: [handshake(SITE)], requests: [request(HTTPS, SITE, {})] };

export interface Case {
  readonly because: string;
  readonly spec: WebSpec;
  readonly status: string;
  readonly how?: string;
}

export const NETWORK_CASES: readonly Case[] = [
  { because: 'a page under a good certificate', spec: { ...viaDoh }, status: 'ok' },
  {
    because: 'the same page in clear text',
    spec: { input: HTTP, requests: [request(HTTP, SITE, {})] },
    status: 'ok',
  },
  { because: 'a good page with the control down', spec: { ...viaDoh, control: null }, status: 'ok' },
  {
    because: 'a CAPTCHA under a good certificate',
    spec: { tls: [handshake(SITE)], requests: [request(HTTPS, SITE, { code: 503, body: 'no' })] },
    status: 'ok',
  },
  {
    because: 'a page that works where the control fails',
    spec: { ...viaDoh, control: CONTROL_FAILS },
    status: 'ok',
  },
  {
    because: 'a private address instead of the site’s',
    spec: {
      queries: [lookup('getaddrinfo', '10.10.34.35'), lookup('udp', '10.10.34.35'), lookup('doh', SITE)],
      ...viaDoh,
    },
    status: 'blocked',
    how: 'dns bogon',
  },
  {
    because: 'SERVFAIL inside only',
    spec: {
      queries: [lookup('getaddrinfo', { failure: 'dns_servfail_error' }), lookup('doh', SITE)],
      ...viaDoh,
    },
    status: 'blocked',
    how: 'dns servfail',
  },
  {
    because: 'a resolver that times out may be our own',
    spec: { queries: [lookup('getaddrinfo', { failure: TIMEOUT })], tcp: [] },
    status: 'inconclusive',
  },
  {
    because: 'a resolver that times out while the rings are up is not',
    spec: {
      queries: [lookup('getaddrinfo', { failure: TIMEOUT })],
      tcp: [],
      envelope: { x_aiqyn_connectivity: 'online' },
    },
    status: 'blocked',
    how: 'dns no_answer',
  },
  {
    because: 'strange answers, refused there',
    spec: {
      queries: forgedNames,
      tcp: [connect(STRANGE, 443, 'connection_refused'), connect(SITE, 443)],
      ...viaDoh,
    },
    status: 'blocked',
    how: 'dns injected_answer',
  },
  {
    because:
      'answers where the control finds no certificate for the name either, unlike at its own addresses',
    spec: {
      queries: [lookup('getaddrinfo', '198.51.100.7')],
      tcp: [connect('198.51.100.7', 443)],
      tls: [handshake('198.51.100.7', 'ssl_unknown_authority')],
      control: controlSees({
        tls_handshake: {
          '198.51.100.7:443': { server_name: HOST, status: false, failure: 'ssl_unknown_authority' },
          [`${SITE}:443`]: { server_name: HOST, status: true, failure: null },
        },
      }),
    },
    status: 'blocked',
    how: 'dns injected_answer',
  },
  {
    because: 'a site whose certificate is bad for everybody, at each of its addresses',
    spec: {
      queries: [lookup('getaddrinfo', SITE)],
      tcp: [connect(SITE, 443)],
      tls: [handshake(SITE, 'ssl_unknown_authority')],
      control: controlSees({
        tls_handshake: {
          [`${SITE}:443`]: { server_name: HOST, status: false, failure: 'ssl_unknown_authority' },
        },
      }),
    },
    status: 'down',
  },
  {
    because: 'strange answers, reset there',
    spec: {
      queries: forgedNames,
      tcp: [connect(STRANGE, 443)],
      tls: [handshake(STRANGE, 'connection_reset')],
    },
    status: 'blocked',
    how: 'dns injected_answer',
  },
  {
    because: 'strange answers, another page there',
    spec: {
      input: HTTP,
      queries: forgedNames,
      tcp: [connect(STRANGE, 80)],
      requests: [request(HTTP, STRANGE, { body: '<title>Access Denied</title>', headers: {} })],
    },
    status: 'blocked',
    how: 'dns injected_answer',
  },
  {
    because: 'strange answers of two resolvers, the genuine page there',
    spec: {
      queries: forgedNames,
      tcp: [connect(STRANGE, 443)],
      tls: [handshake(STRANGE)],
      requests: [request(HTTPS, STRANGE, {})],
    },
    status: 'tampered',
    how: 'dns relay',
  },
  {
    because: 'strange answers of two resolvers, and a handshake there that proves the site',
    spec: { input: HTTPS, queries: forgedNames, tcp: [connect(STRANGE, 443)], tls: [handshake(STRANGE)] },
    status: 'tampered',
    how: 'dns relay',
  },
  {
    because: 'a second content network is no relay: one resolver alone differs and the certificate verifies',
    spec: {
      queries: [lookup('getaddrinfo', STRANGE), lookup('udp', SITE), lookup('doh', SITE)],
      tcp: [connect(STRANGE, 443)],
      tls: [handshake(STRANGE)],
      requests: [request(HTTPS, STRANGE, {})],
    },
    status: 'ok',
  },
  {
    because: 'a name that does not exist is answered',
    spec: {
      queries: [lookup('getaddrinfo', STRANGE), lookup('doh', { failure: 'dns_nxdomain_error' })],
      tcp: [connect(STRANGE, 443, 'connection_refused')],
      control: controlSees({
        dns: { failure: 'dns_name_error', addrs: [] },
        http_request: { failure: 'dns_lookup_error' },
      }),
    },
    status: 'blocked',
    how: 'dns injected_answer',
  },
  {
    because: 'nobody gets an address',
    spec: {
      queries: [lookup('getaddrinfo', { failure: 'dns_no_answer' })],
      tcp: [],
      control: { dns: { failure: null, addrs: [] }, http_request: { failure: 'dns_lookup_error' } },
    },
    status: 'down',
  },
  {
    because: 'connects die inside only',
    spec: { tcp: [connect(SITE, 443, TIMEOUT)] },
    status: 'blocked',
    how: 'tcp drop',
  },
  {
    because: 'connects are refused inside only',
    spec: { tcp: [connect(SITE, 443, 'connection_refused')] },
    status: 'blocked',
    how: 'tcp refused',
  },
  {
    because: 'connects die for the control as well',
    spec: { tcp: [connect(SITE, 443, TIMEOUT)], control: CONTROL_FAILS },
    status: 'down',
  },
  {
    because: 'connects die and nobody could be asked',
    spec: { tcp: [connect(SITE, 443, TIMEOUT)], control: null },
    status: 'inconclusive',
  },
  {
    because: 'IPv6 without a route is not counted beside IPv4',
    spec: {
      queries: [lookup('getaddrinfo', SITE)],
      tcp: [connect('2001:4860::1', 443, 'network_unreachable'), connect(SITE, 443)],
      ...viaDoh,
    },
    status: 'ok',
  },
  {
    because: 'this machine has no route',
    spec: { tcp: [connect(SITE, 443, 'network_unreachable')] },
    status: 'offline',
    how: 'network',
  },
  {
    because: 'silence under one name',
    spec: { tls: [handshake(SITE, TIMEOUT), harmless(SITE)] },
    status: 'blocked',
    how: 'tls sni_drop',
  },
  {
    because: 'a harmless name’s bad certificate is an answer',
    spec: { tls: [handshake(SITE, TIMEOUT), harmless(SITE, 'ssl_invalid_hostname')] },
    status: 'blocked',
    how: 'tls sni_drop',
  },
  {
    because: 'a reset under one name',
    spec: { tls: [handshake(SITE, 'connection_reset'), harmless(SITE)] },
    status: 'blocked',
    how: 'tls sni_reset',
  },
  {
    because: 'an end under one name',
    spec: { tls: [handshake(SITE, 'eof_error'), harmless(SITE)] },
    status: 'blocked',
    how: 'tls sni_eof',
  },
  {
    because: 'silence under both names',
    spec: { tls: [handshake(SITE, TIMEOUT), harmless(SITE, TIMEOUT)] },
    status: 'blocked',
    how: 'tls drop',
  },
  {
    because: 'a pair speaks for itself without a control',
    spec: { tls: [handshake(SITE, TIMEOUT), harmless(SITE)], control: 'unasked' },
    status: 'blocked',
    how: 'tls sni_drop',
  },
  {
    because: 'a control that was asked and failed leaves nobody blocked, whatever the pair says',
    spec: { tls: [handshake(SITE, TIMEOUT), harmless(SITE)], control: null },
    status: 'inconclusive',
  },
  {
    because: 'an old answer of a control that failed leaves nobody blocked either',
    spec: {
      tls: [handshake(SITE, TIMEOUT), harmless(SITE)],
      keys: { x_aiqyn_control_source: 'last_known_good', control_failure: 'connection_reset' },
    },
    status: 'inconclusive',
  },
  {
    because: 'a remembered control proves no block',
    spec: { tls: [handshake(SITE, TIMEOUT)], keys: { x_aiqyn_control_source: 'last_known_good' } },
    status: 'inconclusive',
  },
  {
    because: 'silence without pair or control',
    spec: { tls: [handshake(SITE, TIMEOUT)], control: null },
    status: 'inconclusive',
  },
];
