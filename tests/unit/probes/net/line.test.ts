import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultRoute } from '../../../../probes/net/gateway.ts';
import { interfaceOf, isPluggedIn, isThere, sourceFor } from '../../../../probes/net/line.ts';
import { machineResolver } from '../../../../probes/net/machine-resolver.ts';
import { withTemporaryFolder } from '../../../support/cli.ts';
import { interfacesOf } from '../../../support/interfaces.ts';

const interfaces = interfacesOf({
  eth0: ['192.168.1.7', '2001:db8::7'],
  wwan0: ['169.254.3.3', '192.168.8.100', 'fe80::8'],
  wwan1: [],
});

describe('sourceFor(target, line)', () => {
  it.each([
    { line: {}, target: '1.1.1.1', source: undefined, because: 'nothing is bound' },
    { line: { localAddress: '192.168.1.7' }, target: '1.1.1.1', source: '192.168.1.7', because: 'it is set' },
    {
      line: { localAddress: '192.168.1.7' },
      target: '2620:fe::fe',
      source: null,
      because: 'of the other family',
    },
    {
      line: { interface: 'wwan0' },
      target: '1.1.1.1',
      source: '192.168.8.100',
      because: 'the interface has it',
    },
    {
      line: { interface: 'wwan0' },
      target: '2620:fe::fe',
      source: null,
      because: 'link-local leads nowhere',
    },
    {
      line: { interface: 'eth0' },
      target: '2620:fe::fe',
      source: '2001:db8::7',
      because: 'it has both families',
    },
    { line: { interface: 'wwan1' }, target: '1.1.1.1', source: null, because: 'the modem has not dialled' },
    { line: { interface: 'wwan9' }, target: '1.1.1.1', source: null, because: 'the modem is out' },
  ])('is $source: $because', ({ line, target, source }) => {
    expect(sourceFor(target, line, interfaces)).toBe(source);
  });

  it('follows an interface that gets another address', () => {
    let address = '10.0.0.1';
    function changing() {
      return interfacesOf({ wwan0: [address] })();
    }
    expect(sourceFor('1.1.1.1', { interface: 'wwan0' }, changing)).toBe('10.0.0.1');
    address = '10.0.0.2';
    expect(sourceFor('1.1.1.1', { interface: 'wwan0' }, changing)).toBe('10.0.0.2');
  });
});

describe('a line', () => {
  it.each([
    { line: {}, there: true, of: null },
    { line: { localAddress: '127.0.0.77' }, there: true, of: null },
    { line: { localAddress: '192.168.1.7' }, there: true, of: 'eth0' },
    { line: { localAddress: '192.168.1.8' }, there: false, of: null },
    { line: { interface: 'wwan0' }, there: true, of: 'wwan0' },
    { line: { interface: 'wwan1' }, there: false, of: 'wwan1' },
  ])('$line: there is $there, interface $of', ({ line, there, of }) => {
    expect(isThere(line, interfaces)).toBe(there);
    expect(interfaceOf(line, interfaces)).toBe(of);
  });

  it('is plugged in as long as the machine has its device, dialled or not', async () => {
    await withTemporaryFolder(async (devices) => {
      await mkdir(join(devices, 'wwan1'));
      expect(isPluggedIn({ interface: 'wwan0' }, interfaces, devices)).toBe(true);
      expect(isPluggedIn({ interface: 'wwan1' }, interfaces, devices)).toBe(true);
      expect(isPluggedIn({ interface: 'wwan9' }, interfaces, devices)).toBe(false);
      expect(isPluggedIn({ localAddress: '192.168.1.8' }, interfaces, devices)).toBe(false);
      expect(isPluggedIn({}, interfaces, devices)).toBe(true);
    });
  });

  it('has the default route of its own interface', () => {
    const rows = [
      'eth0 00000000 0101A8C0 0003 0 0 100 00000000',
      'wwan0 00000000 0108A8C0 0003 0 0 700 00000000',
    ];
    const table = ['Iface Destination Gateway Flags RefCnt Use Metric Mask', ...rows].join('\n');
    expect(defaultRoute(table)).toEqual({ gateway: '192.168.1.1' });
    expect(defaultRoute(table, 'wwan0')).toEqual({ gateway: '192.168.8.1' });
    expect(defaultRoute(table, 'wwan1')).toBeNull();
  });
});

describe('machineResolver(servers)', () => {
  it.each([
    { servers: ['127.0.0.53', '192.168.1.1'], found: '192.168.1.1:53' },
    { servers: ['2620:fe::fe'], found: '[2620:fe::fe]:53' },
    { servers: ['10.0.0.1:5353'], found: '10.0.0.1:5353' },
    { servers: ['127.0.0.53', '::1', '[::1]:5353'], found: null },
    { servers: [], found: null },
  ])('of $servers is $found', ({ servers, found }) => {
    expect(machineResolver(servers)).toBe(found);
  });
});
