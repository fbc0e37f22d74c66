import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressesIn,
  isIpv6,
  SCRUBBED,
  scrubAddress,
  scrubAddresses,
  scrubNumbers,
  scrubUrl,
} from '../../../probes/scrub.ts';

describe('scrubAddresses(text)', () => {
  it.each([
    '198.51.100.7',
    '2001:db8::7',
    '2001:DB8:0:0:0:0:0:7',
    '2001:0db8:0000:0000:0000:0000:0000:0007',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '::ffff:198.51.100.7',
    '64:ff9b::198.51.100.7',
    '2001%3Adb8%3A%3A7',
    '198%2E51%2E100%2E7',
    '198-51-100-7',
    '198_51_100_7',
    '198%252E51%252E100%252E7',
    '2001%253Adb8%253A%253A7',
    '2001-db8-0-0-0-0-0-7',
    '2001-db8-85a3--7',
    '7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2',
  ])('takes out %s wherever it stands', (address) => {
    for (const [before, after] of [
      ['', ''],
      ['Your address is ', '.'],
      ['client_ip=', '&x=1'],
      ['for="[', ']:4711"'],
      ['ip:', ''],
      ['(', ')'],
      ['{"ip":"', '"}'],
    ])
      expect(scrubAddresses(`${before ?? ''}${address}${after ?? ''}`)).toBe(
        `${before ?? ''}${SCRUBBED}${after ?? ''}`,
      );
  });

  it.each([
    'Mon, 23 Nov 2026 12:34:56 GMT',
    '2026-11-23T12:34:56.789Z',
    'version 1.2.3',
    'nginx/1.18.0',
    'aa:bb:cc:dd:ee:ff',
    'AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD',
    'std::cafe',
    '999.999.999.999',
    '2026-11-23-12',
    '3fa85f64-5717-4562-b3fc-2c963f66afa6',
    'col--lg-6',
    'v1.2.3.4.5',
    'max-age=31536000; includeSubDomains',
  ])('leaves %s', (text) => {
    expect(scrubAddresses(text)).toBe(text);
  });

  it('leaves no IPv6 address of any spelling in any text around it', () => {
    const around = fc.constantFrom('', ' ', '"', ',', '=', '[', ']', '/', ';', '(');
    fc.assert(
      fc.property(fc.ipV6(), around, around, (address, before, after) => {
        expect(scrubAddresses(`${before}${address}${after}`)).not.toContain(address);
      }),
    );
  });

  it('is done in time with texts made to be slow', () => {
    for (const piece of ['1:', ':', '1.', '1-', '%3a', 'a.b:', '1.1.1.'])
      expect(scrubAddresses(piece.repeat(100_000))).toBeTypeOf('string');
  });
});

describe('scrubAddress(text, address)', () => {
  it.each([
    {
      address: '198.51.100.7',
      text: 'a 198.51.100.7 b ::ffff:198.51.100.7 c 198-51-100-7',
      left: 'a [scrubbed] b [scrubbed] c [scrubbed]',
    },
    {
      address: '2001:db8::7',
      text: '2001:DB8:0:0::7 and 2001:db8:0000::0007',
      left: '[scrubbed] and [scrubbed]',
    },
    { address: '198.51.100.7', text: '198.51.100.70 and 192.0.2.1', left: '198.51.100.70 and 192.0.2.1' },
    { address: 'none', text: '198.51.100.7', left: '198.51.100.7' },
  ])('takes $address out of "$text"', ({ address, text, left }) => {
    expect(scrubAddress(text, address)).toBe(left);
  });
});

describe('addressesIn(text)', () => {
  it('lists each address once, in one spelling', () => {
    const text = '198.51.100.7 ::ffff:c633:6407 198-51-100-7 2001:DB8:0::7 2001-db8-0-0-0-0-0-7 12:34:56';
    expect(addressesIn(text)).toEqual(['198.51.100.7', '2001:db8:0:0:0:0:0:7']);
  });
});

describe('scrubNumbers(text, addresses)', () => {
  it.each([
    { text: 'a c6336407 b 0xC6336407 c 3325256711', left: 'a [scrubbed] b 0x[scrubbed] c [scrubbed]' },
    { text: '20010DB8000000000000000000000007', left: '[scrubbed]' },
    { text: 'ac6336407 c63364070 33252567110', left: 'ac6336407 c63364070 33252567110' },
  ])('takes them out of "$text"', ({ text, left }) => {
    expect(scrubNumbers(text, ['198.51.100.7', '2001:db8::7'])).toBe(left);
  });

  it.each([[['0.0.0.1']], [['nonsense']], [[]]])('takes nothing out for %j', (addresses) => {
    expect(scrubNumbers('1 00000001', addresses)).toBe('1 00000001');
  });
});

describe('scrubUrl(url)', () => {
  it.each([
    { url: 'http://192.0.2.1/you=198.51.100.7', left: 'http://192.0.2.1/you=[scrubbed]' },
    { url: 'http://[2001:db8::1]:81/?from=2001:db8::7', left: 'http://[2001:db8::1]:81/?from=[scrubbed]' },
    { url: 'https://block.example/?ip=2001%3Adb8%3A%3A7', left: 'https://block.example/?ip=[scrubbed]' },
    { url: 'http://198-51-100-7.pool.example/', left: 'http://[scrubbed].pool.example/' },
    { url: '/blocked?ip=198.51.100.7', left: '/blocked?ip=[scrubbed]' },
  ])('keeps where $url leads and drops who asked', ({ url, left }) => {
    expect(scrubUrl(url)).toBe(left);
  });
});

it('tells addresses from what looks alike', () => {
  expect(isIpv6('12:34:56')).toBe(false);
  expect(isIpv6('::')).toBe(true);
});
