/** With an injector on the path the made-up answer comes first, and the name server's own after it. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/analysis/verdict/judge.ts';
import type { Verdict } from '../../../../src/analysis/verdict/verdict.ts';
import {
  NO_KNOWLEDGE,
  SITE,
  STRANGE,
  connect,
  handshake,
  lookup,
  request,
  webMeasurement,
} from '../../../support/web-observations.ts';
import type { Fields, WebSpec } from '../../../support/web-observations.ts';

/** In no network that a table at hand names. */
const NOWHERE = '198.51.100.7';
const HTTPS = 'https://www.example.com/';

function late(query: Fields, ip: string, elapsed_ms: number | null = 35): Fields {
  return { ...query, x_aiqyn_late_answers: [{ elapsed_ms, answers: [{ answer_type: 'A', ipv4: ip }] }] };
}

function verdictOn(spec: WebSpec): Verdict {
  return judge(webMeasurement(spec), NO_KNOWLEDGE);
}

const deadEnd: WebSpec = {
  queries: [lookup('getaddrinfo', NOWHERE), late(lookup('udp', NOWHERE), SITE)],
  tcp: [connect(NOWHERE, 443, 'generic_timeout_error')],
};

describe('judge(measurement with late answers)', () => {
  it('knows an injected answer without any table of networks', () => {
    const verdict = verdictOn(deadEnd);
    expect(verdict).toMatchObject({ status: 'blocked', method: 'injected_answer', confidence: 0.95 });
    expect(verdict.reasons.at(-1)).toBe(
      `A second answer, 35 ms after the question, held ${SITE}: the first was injected on the way.`,
    );
    const alone = { ...deadEnd, queries: [lookup('getaddrinfo', NOWHERE), lookup('udp', NOWHERE)] };
    expect(verdictOn(alone).layer, 'without it only the connect is known to fail').toBe('tcp');
  });

  it.each([
    { of: 'a private address', answer: '10.10.34.35', method: 'bogon' },
    { of: 'a name that is said not to exist', answer: { failure: 'dns_nxdomain_error' }, method: 'nxdomain' },
  ])('is surer of $of when the real answer came late', ({ answer, method }) => {
    const told = [lookup('getaddrinfo', answer), late(lookup('udp', answer), SITE)];
    const verdict = verdictOn({ queries: told, tcp: [] });
    expect(verdict).toMatchObject({ status: 'blocked', method, confidence: 0.95 });
    const untold = [lookup('getaddrinfo', answer), lookup('udp', answer)];
    expect(verdictOn({ queries: untold, tcp: [] }).confidence).toBeLessThan(0.95);
  });

  it.each([
    { of: 'the same address again', queries: [late(lookup('udp', SITE), SITE)] },
    { of: 'another address that nobody else has', queries: [late(lookup('udp', SITE), STRANGE)] },
    {
      of: 'one resolver alone lied to, whose answer the user did not get',
      queries: [late(lookup('udp', NOWHERE), SITE)],
    },
  ])('makes nothing of $of', ({ queries }) => {
    const verdict = verdictOn({
      queries: [lookup('getaddrinfo', SITE), ...queries],
      tls: [handshake(SITE)],
      requests: [request(HTTPS, SITE, {})],
    });
    expect(verdict.status).toBe('ok');
    expect(verdict.reasons.join(' ')).not.toContain('injected');
  });

  it('blames no injector on a site whose answers lie in its own networks', () => {
    const near = '93.184.216.99';
    const verdict = verdictOn({
      queries: [lookup('getaddrinfo', near), late(lookup('udp', near), SITE)],
      tcp: [connect(near, 443, 'generic_timeout_error')],
    });
    expect(verdict).toMatchObject({ status: 'blocked', layer: 'tcp' });
  });

  it('names the earliest of several, and says so where the time was not kept', () => {
    const query = late(lookup('udp', NOWHERE), SITE, null);
    const verdict = verdictOn({ ...deadEnd, queries: [lookup('getaddrinfo', NOWHERE), query] });
    expect(verdict.reasons.at(-1)).toContain('A second answer, later, held');
    const both = [late(lookup('udp', NOWHERE), SITE, 80), late(lookup('udp', NOWHERE), SITE, 20)];
    for (const queries of [both, [...both].reverse()]) {
      const earliest = verdictOn({ ...deadEnd, queries: [lookup('getaddrinfo', NOWHERE), ...queries] });
      expect(earliest.reasons.at(-1)).toContain('20 ms');
    }
  });
});
