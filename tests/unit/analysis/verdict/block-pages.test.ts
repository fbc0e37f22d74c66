/** Block pages in the records of others: OONI keeps bodies and headers, and no marks. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/analysis/verdict/judge.ts';
import type { Verdict } from '../../../../src/analysis/verdict/verdict.ts';
import { loadCatalog } from '../../../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../../../src/config/knowledge.ts';
import {
  HOST,
  SITE,
  STRANGE,
  connect,
  controlSees,
  handshake,
  lookup,
  request,
  webMeasurement,
} from '../../../support/web-observations.ts';
import type { WebSpec } from '../../../support/web-observations.ts';

const HTTP = `http://${HOST}/`;
const BLOCKED = '<h1>Данный ресурс заблокирован!</h1>' + 'x'.repeat(1_400);
const knowledge = buildKnowledge(loadCatalog());

function verdictOn(spec: WebSpec): Verdict {
  return judge(webMeasurement({ input: HTTP, ...spec }), knowledge);
}

describe('judge(measurement with a catalogued block page)', () => {
  it('finds it in the body, though length and status are the site’s own', () => {
    const verdict = verdictOn({ requests: [request(HTTP, SITE, { body: BLOCKED, headers: {} })] });
    expect(verdict).toMatchObject({ status: 'blocked', method: 'blockpage', rule: 'http.known_block_page' });
    expect(verdict.reasons[0]).toContain('cp-e-unk-ru-blocked-1');
    expect(verdict.confidence).toBe(0.9);
  });

  it('finds it in a redirect, whatever then comes of the page it leads to', () => {
    const toBox = request(HTTP, SITE, { code: 302, body: '', headers: { Location: 'http://qca.kz/' } });
    const box = lookup('getaddrinfo', STRANGE, 'qca.kz');
    const queries = [lookup('getaddrinfo', SITE), box];
    const shown = [toBox, request('http://qca.kz/', STRANGE, { body: 'Install the certificate' })];
    const dead = [connect(SITE, 80), connect(STRANGE, 80, 'generic_timeout_error')];
    expect(verdictOn({ queries, requests: shown }).rule).toBe('http.known_block_page');
    expect(verdictOn({ queries, requests: [toBox], tcp: dead }).rule).toBe('http.known_block_page');
  });

  it('finds one under a certificate of its own, when clear text led there', () => {
    const toBox = request(HTTP, SITE, {
      code: 302,
      body: '',
      headers: { Location: 'https://block.example/' },
    });
    const shown = request('https://block.example/', STRANGE, { body: BLOCKED, headers: {} });
    const tls = [handshake(STRANGE, null, { server_name: 'block.example' })];
    expect(verdictOn({ requests: [toBox, shown], tls }).status).toBe('blocked');
  });

  it('says nothing of words on a page whose certificate verifies: the site may quote them', () => {
    const url = `https://${HOST}/`;
    const requests = [request(url, SITE, { body: BLOCKED })];
    expect(verdictOn({ input: url, tls: [handshake(SITE)], requests }).status).toBe('ok');
  });

  it('says nothing of words that the control reads as well, nor of a page that nobody reaches', () => {
    const requests = [request(HTTP, SITE, { body: BLOCKED, headers: {} })];
    const same = controlSees({ http_request: { status_code: 200, body_length: 1_480, headers: {} } });
    expect(verdictOn({ requests, control: same }).status).toBe('ok');
    const failing = controlSees({ http_request: { failure: 'connection_refused_error' } });
    expect(verdictOn({ requests, control: failing }).status).toBe('down');
  });
});
