import { describe, expect, it } from 'vitest';
import { checkLines } from '../../../src/cli/doctor/lines.ts';
import { interfacesOf } from '../../support/interfaces.ts';

const interfaces = interfacesOf({ eth0: ['192.168.1.7'], wwan0: ['192.168.8.100', 'fe80::1'], wwan1: [] });

async function findings(vantages: Parameters<typeof checkLines>[0], leavesBy: string | null) {
  const checks = await checkLines(vantages, async () => leavesBy, interfaces);
  return checks.map(({ name, result }) => [name, result]);
}

describe('the doctor looks at lines', () => {
  it('says nothing of vantages that are bound to none', async () => {
    expect(await findings([{ id: 'home' }], 'eth0')).toEqual([]);
  });

  it('misses the address that no interface has, and the interface that has no address', async () => {
    const vantages = [
      { id: 'old', localAddress: '203.0.113.9', resolver: '203.0.113.1:53' },
      { id: 'out', interface: 'wwan1', resolver: '192.168.9.1:53' },
      { id: 'loop', localAddress: '127.0.0.1', resolver: '127.0.0.1:53' },
    ];
    expect(await findings(vantages, null)).toEqual([
      ['Vantage old', 'fail'],
      ['Vantage out', 'fail'],
      ['Vantage loop', 'ok'],
    ]);
  });

  it.each([
    { leavesBy: 'wwan0', result: 'ok' },
    { leavesBy: 'eth0', result: 'warn' },
    { leavesBy: null, result: 'ok' },
  ])('says $result where what leaves from the modem’s address leaves by $leavesBy', async (given) => {
    const vantages = [{ id: 'modem', interface: 'wwan0' }];
    expect(await findings(vantages, given.leavesBy)).toEqual([['Vantage modem', given.result]]);
  });

  it('warns where several lines share a resolver, and never shows an address of this machine', async () => {
    const vantages = [
      { id: 'one', interface: 'wwan0', resolver: '192.168.8.1:53' },
      { id: 'two', localAddress: '192.168.1.7' },
    ];
    const checks = await checkLines(vantages, async () => 'lo', interfaces);
    expect(checks.map(({ name, result }) => [name, result])).toEqual([
      ['Vantage one', 'warn'],
      ['Vantage two', 'warn'],
      ['Names of two', 'warn'],
    ]);
    expect(JSON.stringify(checks)).not.toMatch(/192\.168\.(?:1\.7|8\.100)/);
  });
});
