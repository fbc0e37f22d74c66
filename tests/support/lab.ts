/**
 * A line made of Linux network namespaces, with a middle that can shape, police and match packets:
 *
 *   this process ──veth── middle (forwards; the censor stands here) ──veth── far end (servers)
 *
 * Needs root, iproute2 and iptables. Addresses are private to the lab; measurements show public-looking ones.
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { NetworkOptions } from '../../probes/net/options.ts';
import { isRoot, serviceCommand } from './service.ts';

const run = promisify(execFile);
const DNS_PORT = 53;
const SHOWN_RESOLVER = '9.9.9.9';

export interface Lab {
  /** For `createNetwork`: names resolve and addresses lead into the lab. */
  readonly networkOptions: NetworkOptions;
  /** The interface of the middle that leads to the vantage: what is queued there slows answers. */
  readonly towardsVantage: string;
  /** This end of the line, whose counters hold every byte both ways. */
  readonly near: string;
  /** The lab's own address of a name, as packets bear it. */
  addressOf(name: string): string;
  /** A command inside the middle, e.g. `tc qdisc add dev … root tbf …`. Throws with what it said where it fails. */
  inMiddle(command: string): Promise<void>;
  close(): Promise<void>;
}

/** False after a loud warning where labs cannot be made; with AIQYN_REQUIRE_SERVICES=1 that is a failure. */
export function canMakeLabs(): boolean {
  const tools = [
    serviceCommand('ip', 'Debian package iproute2'),
    serviceCommand('tc', 'Debian package iproute2'),
    serviceCommand('iptables', 'Debian package iptables'),
  ];
  return isRoot('a lab of network namespaces') && !tools.includes(null);
}

interface Site {
  readonly name: string;
  readonly address: string;
  readonly shown: string;
}

/** What a lab's parts are called: unique on this machine. */
interface Names {
  readonly middle: string;
  readonly far: string;
  readonly near: string;
  readonly nearMiddle: string;
  readonly farMiddle: string;
  readonly farEnd: string;
  /** First three octets of every address. */
  readonly net: string;
}

/** @param number tells apart the labs that are open at the same time: 1 to 250. */
export async function openLab(number: number, names: readonly string[]): Promise<Lab> {
  const tag = `${process.pid % 100_000}x${number}`;
  const parts: Names = {
    middle: `aiqyn-m${tag}`,
    far: `aiqyn-f${tag}`,
    near: `aqa${tag}`,
    nearMiddle: `aqb${tag}`,
    farMiddle: `aqc${tag}`,
    farEnd: `aqd${tag}`,
    net: `10.203.${number}`,
  };
  const sites = names.map((name, index) => ({
    name,
    address: `${parts.net}.${130 + index}`,
    shown: `93.184.215.${130 + index}`,
  }));
  const children: ChildProcess[] = [];
  async function close(): Promise<void> {
    for (const child of children.splice(0)) await killed(child);
    for (const namespace of [parts.middle, parts.far])
      await run('ip', ['netns', 'del', namespace]).catch(() => undefined);
  }
  try {
    await layLine(parts, sites);
    const caPem = await startServer(parts, sites, children);
    return {
      networkOptions: optionsOf(sites, caPem),
      towardsVantage: parts.nearMiddle,
      near: parts.near,
      addressOf: (name) => sites.find((site) => site.name === name)?.address ?? '',
      inMiddle: async (command) => ip(`netns exec ${parts.middle} ${command}`),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

async function ip(words: string): Promise<void> {
  await run('ip', words.split(' '));
}

async function layLine(parts: Names, sites: readonly Site[]): Promise<void> {
  const { middle, far, near, nearMiddle, farMiddle, farEnd, net } = parts;
  await ip(`netns add ${middle}`);
  await ip(`netns add ${far}`);
  await ip(`link add ${near} type veth peer name ${nearMiddle} netns ${middle}`);
  await ip(`-n ${middle} link add ${farMiddle} type veth peer name ${farEnd} netns ${far}`);
  await ip(`addr add ${net}.1/30 dev ${near}`);
  await ip(`-n ${middle} addr add ${net}.2/30 dev ${nearMiddle}`);
  await ip(`-n ${middle} addr add ${net}.129/25 dev ${farMiddle}`);
  for (const { address } of sites) await ip(`-n ${far} addr add ${address}/25 dev ${farEnd}`);
  // Packets as they are on a wire, so that a policer drops one and not forty-four at once.
  await ip(`-n ${middle} link set ${nearMiddle} gso_max_segs 1 up`);
  await ip(`-n ${middle} link set ${farMiddle} gso_max_segs 1 up`);
  await ip(`-n ${far} link set ${farEnd} gso_max_segs 1 up`);
  await ip(`link set ${near} gso_max_segs 1 up`);
  await ip(`-n ${far} route add ${net}.0/30 via ${net}.129`);
  await ip(`route add ${net}.128/25 via ${net}.2`);
  await ip(`netns exec ${middle} sysctl -qw net.ipv4.ip_forward=1`);
}

/** Resolves with the authority's certificate once the far end listens. */
async function startServer(
  { far }: Names,
  sites: readonly Site[],
  children: ChildProcess[],
): Promise<string> {
  const described = sites.map(({ name, address, shown }) => `${name}=${address}=${shown}`);
  const script = ['--import', 'tsx', 'tests/lab/lab-server.ts', sites[0]?.address ?? '', ...described];
  const child = spawn('ip', ['netns', 'exec', far, process.execPath, ...script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const said: unknown = JSON.parse(line);
    return String(said);
  }
  throw new Error('the far end of the lab ended before it listened');
}

function optionsOf(sites: readonly Site[], caPem: string): NetworkOptions {
  const nameServer = sites[0]?.address ?? '';
  return {
    resolvers: { system: { udp: `${SHOWN_RESOLVER}:${DNS_PORT}` }, udp: [], doh: null },
    extraCaPem: [caPem],
    random: Math.random,
    route: (address, port) => {
      const own = sites.find(({ shown }) => shown === address)?.address ?? address;
      return { address: address === SHOWN_RESOLVER ? nameServer : own, port };
    },
  };
}
