import { describe, expect, it } from 'vitest';
import { withoutOwn } from '../../../../probes/net/own-addresses.ts';

const OWN = ['95.57.211.43', '2a03:32c0::4f'];
const ELSEWHERE = { family: 4, address: '185.70.41.130', ttl: 60 } as const;

describe('withoutOwn(resolution, ownAddresses)', () => {
  it('shows an answer that leads to this machine as a loopback address, in late answers, too', () => {
    const addresses = [
      { family: 4, address: '95.57.211.43', ttl: 60 },
      { family: 6, address: '2a03:32c0::4f', ttl: null },
      ELSEWHERE,
    ] as const;
    const shown = [
      { family: 4, address: '127.0.0.1', ttl: 60 },
      { family: 6, address: '::1', ttl: null },
      ELSEWHERE,
    ];
    const late = { elapsedMs: 12, failure: null, cnames: [], rcode: 'NOERROR' };
    const resolution = {
      failure: null,
      engine: 'udp',
      resolverAddress: '9.9.9.9:53',
      cnames: [],
      traffic: { sentBytes: 1, receivedBytes: 1 },
    };
    expect(withoutOwn({ ...resolution, addresses, late: [{ ...late, addresses }] }, OWN)).toEqual({
      ...resolution,
      addresses: shown,
      late: [{ ...late, addresses: shown }],
    });
  });
});
