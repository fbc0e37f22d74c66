/**
 * Real traceroute and mtr through real routers, of which one drops what goes to a blocked address: house, operator's NAT, operator,
 * its border, abroad. The namespaces have no wire to this machine.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPathTool } from '../../probes/net/path-tools.ts';
import { traceOf } from '../../probes/path/trace.ts';
import { pathSaid } from '../../src/analysis/verdict/path-said.ts';
import { canMakeLabs } from '../support/lab.ts';
import { serviceCommand } from '../support/service.ts';
import { inside, ipBatch, ownTag, removeAtExit, removeLab, runInside } from './internet/namespaces.ts';

const WORKS = '142.250.9.9';
const BLOCKED = '157.240.9.9';
const PORT = 443;
/** Near and far end of each wire; packets from the house take all of them in this order. */
const WIRES = [
  ['192.168.1.2', '192.168.1.1'],
  ['100.64.0.2', '100.64.0.1'],
  ['2.132.0.2', '2.132.0.1'],
  ['82.200.128.2', '82.200.128.1'],
  ['142.250.1.2', '142.250.1.1'],
] as const;
const ROUTER_THAT_DROPS = 3;

const hasTools = [
  serviceCommand('traceroute', 'Debian package traceroute'),
  serviceCommand('mtr', 'Debian package mtr-tiny'),
];
const canRun = canMakeLabs() && !hasTools.includes(null);

const LAB = `${ownTag()}-path`;

function nameOf(place: number): string {
  return `${LAB}-${place}`;
}

function asnOf(address: string): string | null {
  if (/^(?:2\.132|82\.200)\./.test(address)) return 'AS9198';
  return address.startsWith('142.250.') ? 'AS15169' : null;
}

/** Routes of the router at `place`: forward to the next, back to the one before. */
function routesAt(place: number): string[] {
  if (place === WIRES.length) return [`route add default via ${WIRES[place - 1]?.[0] ?? ''}`];
  const next = WIRES[place];
  const back = WIRES.slice(0, Math.max(0, place - 1)).map(([near]) => near.replace(/\d+$/, '0/30'));
  const before = WIRES[place - 1];
  return [
    ...(next === undefined ? [] : [`route add default via ${next[1]}`]),
    ...(before === undefined ? [] : back.map((net) => `route add ${net} via ${before[0]}`)),
  ];
}

async function layWires(): Promise<void> {
  removeAtExit();
  const places = Array.from({ length: WIRES.length + 1 }, (_, place) => place);
  await ipBatch(null, [
    ...places.map((place) => `netns add ${nameOf(place)}`),
    ...WIRES.map((_, n) => `link add out netns ${nameOf(n)} type veth peer name in netns ${nameOf(n + 1)}`),
  ]);
  for (const place of places) await setUp(place);
  await runInside(nameOf(ROUTER_THAT_DROPS), `iptables -A FORWARD -d ${BLOCKED} -j DROP`);
}

/** Its addresses first, then its routes through them. */
async function setUp(place: number): Promise<void> {
  const [near, far] = [WIRES[place]?.[0], WIRES[place - 1]?.[1]];
  // Routers answer every packet that dies with them: their usual bound of one a second would look like silence.
  await runInside(nameOf(place), 'sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0');
  await ipBatch(nameOf(place), [
    'link set lo up',
    ...(near === undefined ? [] : [`addr add ${near}/30 dev out`, 'link set out up']),
    ...(far === undefined ? [] : [`addr add ${far}/30 dev in`, 'link set in up']),
  ]);
  const isLast = place === WIRES.length;
  const own = isLast ? [WORKS, BLOCKED].map((address) => `addr add ${address}/32 dev lo`) : [];
  await ipBatch(nameOf(place), [...own, ...routesAt(place)]);
}

describe.skipIf(!canRun)('packets that are followed through real routers', () => {
  beforeAll(layWires);
  afterAll(() => {
    removeLab(LAB);
  });

  it.each(['traceroute', 'mtr'] as const)('by %s end at the one that drops', async (tool) => {
    const opened = await openPathTool({ tools: [tool], inside: inside(nameOf(0)) });
    expect(opened).toMatchObject({ tool, method: 'tcp' });
    const never = new AbortController().signal;
    const [failing, working] = await Promise.all(
      [BLOCKED, WORKS].map(async (address) =>
        traceOf((await opened?.trace({ address, port: PORT }, never)) ?? [], address, asnOf),
      ),
    );
    expect(failing?.reached).toBe(false);
    expect(failing?.hops.map(({ kind, asn }) => asn ?? kind)).toEqual(['private', 'private', 'AS9198']);
    expect(working?.reached).toBe(true);
    expect(failing === undefined || working === undefined ? null : pathSaid({ failing, working })).toBe(
      'Packets to the blocked address get as far as AS9198; those to one that works arrive there by way of AS9198, AS15169; the ways part after AS9198.',
    );
  });

  it('are none where the machine has no such tool, or it is ended', async () => {
    expect(await openPathTool({ tools: ['mtr'], inside: ['no-such-program'] })).toBeNull();
    const opened = await openPathTool({ inside: inside(nameOf(0)) });
    expect(await opened?.trace({ address: BLOCKED, port: PORT }, AbortSignal.abort())).toBeNull();
  });
});
