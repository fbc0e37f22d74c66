import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutOwnAddress } from '../../../src/agent/own-address.ts';
import { createTestCa } from '../../support/test-ca.ts';

const OWN = '95.57.211.43';
const OWN_IPV6 = '2a03:32c0:6a7b:91e5::c7d1:4f';
const SERVER = '185.70.41.130';

function derOf(pem: string): string {
  return pem.replace(/-----[^-]+-----|\s/g, '');
}

function handshake(failure: string | null, der: string) {
  return {
    tls_handshakes: [
      { address: `${SERVER}:443`, failure, peer_certificates: [{ format: 'base64', data: der }] },
    ],
  };
}

describe('withoutOwnAddress(testKeys)', () => {
  it.each([
    { what: 'a failure', keys: { failure: `unknown_failure: ${OWN}` }, left: 'unknown_failure: [scrubbed]' },
    {
      what: 'a key of tomorrow',
      keys: { x_aiqyn_new: { deep: [`from ${OWN_IPV6}`] } },
      left: 'from [scrubbed]',
    },
    { what: 'a header', keys: { headers: { via: OWN } }, left: '"via":"[scrubbed]"' },
    { what: 'a header that is called ip', keys: { headers: { ip: OWN } }, left: '"ip":"[scrubbed]"' },
    {
      what: 'the name of a header',
      keys: { headers: { 'x-95-57-211-43': '1' } },
      left: '"x-[scrubbed]":"1"',
    },
    { what: 'a cookie', keys: { headers: { 'Set-Cookie': 'id=7' } }, left: '"Set-Cookie":""' },
    {
      what: 'a host name',
      keys: { hostname: 'dyn-95-57-211-43.isp.example' },
      left: 'dyn-[scrubbed].isp.example',
    },
    {
      what: 'a URL',
      keys: { url: `https://${SERVER}/?from=${OWN}` },
      left: `https://${SERVER}/?from=[scrubbed]`,
    },
    { what: 'a tag', keys: { tags: [`asked by ${OWN}`] }, left: 'asked by [scrubbed]' },
    { what: 'a number told beside it', keys: { a: OWN, b: 'id=5f39d32b' }, left: 'id=[scrubbed]' },
  ])('takes it out of $what', ({ keys, left }) => {
    const text = JSON.stringify(withoutOwnAddress(keys));
    expect(text).toContain(left);
    expect(text).not.toMatch(/95[.-]57|6a7b/);
  });

  it('leaves addresses where the format has a place for them: what a name led to and what was tried', () => {
    const keys = {
      queries: [
        { hostname: SERVER, resolver_address: '9.9.9.9:53', answers: [{ ipv4: SERVER }, { ipv6: OWN_IPV6 }] },
      ],
      tcp_connect: [{ ip: SERVER, port: 443, tags: [`endpoint:tcp://${SERVER}:443`] }],
      tls_handshakes: [{ address: `[${OWN_IPV6}]:443`, server_name: 'www.youtube.com' }],
      requests: [
        { request: { url: `http://${SERVER}/` }, response: { headers: { location: `http://${SERVER}/` } } },
      ],
      control: { dns: { addrs: [SERVER] }, tcp_connect: { [`${SERVER}:443`]: { status: true } } },
    };
    expect(withoutOwnAddress(keys)).toEqual(keys);
  });

  it('leaves hashes, times and numbers that look alike where no address was told', () => {
    const keys = {
      etag: '5f39d32b',
      sha256: 'a'.repeat(64),
      date: '2026-11-23T12:34:56Z',
      port: 1_597_625_131,
    };
    expect(withoutOwnAddress(keys)).toEqual(keys);
  });

  it('keeps a chain that verified, whatever it names, and one that names its own server or a private network', async () => {
    const ca = await createTestCa('Some authority');
    for (const [failure, addresses] of [
      [null, [OWN]],
      ['ssl_unknown_authority', [SERVER, '192.168.1.1']],
    ] as const) {
      const { cert } = await ca.issue('site.example', undefined, addresses);
      const keys = handshake(failure, derOf(cert));
      expect(withoutOwnAddress(keys)).toEqual(keys);
    }
  });

  it.each([
    { what: 'for its address', name: 'site.example', addresses: [OWN] },
    { what: 'for its IPv6 address', name: 'site.example', addresses: [OWN_IPV6] },
    { what: 'for a name made of it', name: '95-57-211-43.portal.example', addresses: [] },
  ])('drops a chain that did not verify and is made out $what', async ({ name, addresses }) => {
    const { cert } = await (await createTestCa('Some authority')).issue(name, undefined, addresses);
    const left = withoutOwnAddress(handshake('ssl_unknown_authority', derOf(cert)));
    expect(left['tls_handshakes']).toEqual([
      { address: `${SERVER}:443`, failure: 'ssl_unknown_authority', peer_certificates: [] },
    ]);
  });

  it('copies any record, changes none, and finds nothing more in its own copy', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (keys) => {
        const before = JSON.stringify(keys);
        const once = withoutOwnAddress(keys);
        expect(JSON.stringify(keys)).toBe(before);
        expect(withoutOwnAddress(once)).toEqual(once);
      }),
    );
  });

  it('does not follow a record that never ends', () => {
    const keys: Record<string, unknown> = {};
    keys['self'] = keys;
    expect(JSON.stringify(withoutOwnAddress(keys))).toContain('null');
  });
});
