/**
 * What a plan's rounds cost on the wire, in a network of its own (started by round.ts inside `unshare --net`): every name leads to
 * one server with a certificate chain of 4.5 kB and pages larger than any bound, over a loopback held to 20 Mbit/s with an MTU of
 * 1,500 whose packets are not merged. Counted are IP packets, both ways, of the vantage's own address and of its questions to the control.
 * Prints one JSON line; argument: the plan's name.
 */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createServer as createHttp } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createTcp } from 'node:net';
import { createSecureContext } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { decode, encode } from 'dns-packet';
import { systemClock } from '../../probes/net/clock.ts';
import { createNetwork } from '../../probes/net/network.ts';
import type { NetworkOptions } from '../../probes/net/options.ts';
import { postJson } from '../../probes/net/post-json.ts';
import type { Plan, PlannedTarget, Rate } from '../../probes/plan.ts';
import type { ProbeReport } from '../../probes/probe.ts';
import { probeRings } from '../../probes/rings/probe.ts';
import { compileBlockpages } from '../../probes/web/blockpage.ts';
import { SCHEDULED_KINDS } from '../../probes/kinds.ts';
import { createProbeRunner } from '../../src/cli/probe-runner.ts';
import { loadCatalog, loadPlan, plannedTargets } from '../../src/config/catalog-files.ts';
import { createControlClient } from '../../src/control/client.ts';
import { startControl } from '../../src/control/server.ts';
import { trusting } from '../../src/demo/plan.ts';
import { silentLog } from '../support/silent-log.ts';
import { createTestCa, spkiHash } from '../support/test-ca.ts';
import type { Counted } from './round-cost.ts';

const VANTAGE = '127.0.20.1';
const CONTROL_SOURCE = '127.0.19.1';
const CONTROL_PORT = 8_471;
const PAGE = Buffer.alloc(
  600_000,
  '<p>A front page of a large site, as it is before it is compressed.</p>\n',
);
/** Copies of the root behind the leaf until the chain is as long as those of large sites. */
const CHAIN_BYTES = 4_500;
const PLAIN_PORTS = [5_222];
/** Closing packets are still under way when a round has ended. */
const SETTLE_MS = 700;
/** What the catalogue has for light checks is small: an icon, a list of rules for robots. */
const SMALL_BYTES = 4_000;
const smallPages = new Set<string>();
const NODE_PATH = '/report_mapping';

function serve(...[request, response]: Parameters<RequestListener>): void {
  const path = request.url ?? '/';
  if (path.endsWith('/generate_204')) response.writeHead(204).end();
  else if (path.startsWith(NODE_PATH)) response.end('192.0.2.1 => bench-ala1 : router\n');
  else {
    const body = smallPages.has(`${request.headers.host ?? ''}${path}`)
      ? PAGE.subarray(0, SMALL_BYTES)
      : PAGE;
    response.writeHead(200, { 'content-type': 'text/html', 'content-length': body.length }).end(body);
  }
}

async function startServers(): Promise<string> {
  const authority = await createTestCa('Bench root with a name as long as those of public authorities');
  const padding = Array.from(
    { length: Math.ceil(CHAIN_BYTES / derBytes(authority.pem)) },
    () => authority.pem,
  ).join('\n');
  const contexts = new Map<string, ReturnType<typeof createSecureContext>>();
  async function contextOf(name: string) {
    const { key, cert } = await authority.issue(name);
    const context = createSecureContext({ key, cert: `${cert}\n${padding}` });
    contexts.set(name, context);
    return context;
  }
  const https = createServer(
    {
      ALPNProtocols: ['http/1.1'],
      SNICallback: (name, done) => {
        const known = contexts.get(name);
        if (known === undefined)
          contextOf(name).then((context) => {
            done(null, context);
          }, done);
        else done(null, known);
      },
    },
    serve,
  );
  https.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => https.listen(443, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => createHttp(serve).listen(80, '127.0.0.1', resolve));
  for (const port of PLAIN_PORTS)
    await new Promise<void>((resolve) => createTcp().listen(port, '127.0.0.1', resolve));
  await startNames();
  return authority.pem;
}

function derBytes(pem: string): number {
  return Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64').length;
}

/** Six addresses for each name, as large sites have them; all lead here. */
async function startNames(): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const { id, questions = [] } = decode(message);
    const answers = questions.flatMap(({ name, type }) =>
      type === 'A'
        ? [1, 2, 3, 4, 5, 6].map((n) => ({ type: 'A' as const, name, ttl: 60, data: `93.184.215.${n}` }))
        : [],
    );
    socket.send(encode({ type: 'response', id: id ?? 0, questions, answers }), from.port, from.address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(53, '127.0.0.1', resolve);
  });
}

const RULES = [
  `-s ${VANTAGE}`,
  `-d ${VANTAGE}`,
  `-p tcp --dport ${CONTROL_PORT}`,
  `-p tcp --sport ${CONTROL_PORT}`,
];

function layNetwork(): void {
  execFileSync('ip', 'link set lo mtu 1500 gso_max_segs 1 up'.split(' '));
  // A line of 20 Mbit/s: on an endless one servers push on what nobody reads any more.
  execFileSync('tc', 'qdisc add dev lo root tbf rate 20mbit burst 16kb latency 60ms'.split(' '));
  for (const rule of RULES) execFileSync('iptables', ['-A', 'OUTPUT', ...rule.split(' ')]);
}

/** Bytes of IP so far: of the vantage's packets, and of those to and from the control. */
function counted(): { readonly own: number; readonly control: number } {
  const listed = execFileSync('iptables', ['-nvxL', 'OUTPUT'], { encoding: 'utf8' });
  const bytes = listed
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => Number(line.trim().split(/\s+/)[1]));
  const [up = 0, down = 0, asked = 0, answered = 0] = bytes;
  return { own: up + down, control: asked + answered };
}

function optionsOf(caPem: string, localAddress: string): NetworkOptions {
  return {
    localAddress,
    resolvers: { system: { udp: '9.9.9.9:53' }, udp: ['9.9.9.9:53'], doh: null },
    extraCaPem: [caPem],
    random: Math.random,
    route: (_address, port) => ({ address: '127.0.0.1', port }),
  };
}

type Report = ProbeReport<Readonly<Record<string, unknown>>>;

/** Runs all at the plan's concurrency, and counts what passed until the line is quiet again. */
async function count(concurrency: number, runs: readonly (() => Promise<Report>)[]): Promise<Counted> {
  const before = counted();
  const queue = [...runs];
  let applicationBytes = 0;
  let uploadBytes = 0;
  let failures = 0;
  const startedMs = performance.now();
  async function worker(): Promise<void> {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
      const { testKeys, traffic, abort } = await run();
      applicationBytes += traffic.sentBytes + traffic.receivedBytes;
      uploadBytes += gzipSync(JSON.stringify(testKeys)).length;
      if (abort !== null) failures += 1;
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  const tookMs = performance.now() - startedMs;
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const after = counted();
  return {
    runs: runs.length,
    wireBytes: after.own - before.own,
    controlBytes: after.control - before.control,
    applicationBytes,
    uploadBytes,
    failures,
    ms: Math.round(tookMs),
  };
}

async function main(name: string): Promise<void> {
  layNetwork();
  const caPem = await startServers();
  const clock = systemClock();
  const control = await startControl({
    host: '127.0.0.1',
    port: CONTROL_PORT,
    network: createNetwork(optionsOf(caPem, CONTROL_SOURCE)),
    clock,
    log: silentLog,
  });
  const catalog = loadCatalog();
  const plan: Plan = loadPlan(name);
  const network = createNetwork(optionsOf(caPem, VANTAGE));
  const runTarget = createProbeRunner({
    clock,
    network,
    control: createControlClient({ url: control.url, timeoutMs: 20_000, clock, post: postJson }),
    harmlessNames: catalog.harmlessNames.map((one) => one.name),
    blockpages: compileBlockpages(catalog.blockpages),
    keepBodies: false,
    bodyBytesMax: plan.full.bodyBytesMax,
  });
  const { signal } = new AbortController();
  const targets = trusting(plannedTargets(plan, catalog), spkiHash(caPem));
  function each(rate: Rate, of: readonly PlannedTarget[]) {
    const depth = rate === 'light' ? ('light' as const) : ('full' as const);
    const timeoutMs = plan[rate]?.timeoutMs ?? 0;
    return of.map((target) => async () => runTarget({ target, depth, timeoutMs }, signal));
  }
  const pages = targets.filter(({ probe }) => probe === 'web');
  for (const target of pages) {
    if (target.probe !== 'web' || target.lightUrl === target.url) continue;
    const { host, pathname, search } = new URL(target.lightUrl);
    smallPages.add(`${host}${pathname}${search}`);
  }
  const rounds: Record<string, Counted> = {
    light: await count(plan.concurrency, each('light', pages)),
    full: await count(plan.concurrency, each('full', pages)),
    rings: await count(1, [
      async () =>
        probeRings(
          { checks: catalog.rings, gateway: false, timeoutMs: plan.rings.timeoutMs },
          { clock, network, signal },
        ),
    ]),
  };
  for (const kind of SCHEDULED_KINDS) {
    const own = targets.filter(({ probe }) => probe === kind);
    if (plan[kind] !== undefined && own.length > 0)
      rounds[kind] = await count(Math.max(1, plan.concurrency / 2), each(kind, own));
  }
  console.log(JSON.stringify(rounds));
  process.exit(0);
}

void main(process.argv[2] ?? 'default');
