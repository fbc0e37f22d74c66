/** Lines of one machine as a collector, a control and a name server see them: 127.0.0.11 and 127.0.0.12 stand for two modems. */
import { createSocket } from 'node:dgram';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { join } from 'node:path';
import { decode, encode } from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../probes/net/clock.ts';
import { openChainFile } from '../../../src/agent/chain-file.ts';
import { createRemoteUplink } from '../../../src/agent/remote-uplink.ts';
import type { Uplink } from '../../../src/agent/spool.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { loadConfig } from '../../../src/config/config.ts';
import type { Config } from '../../../src/config/config.ts';
import { openLines } from '../../../src/cli/lines.ts';
import type { Lines } from '../../../src/cli/lines.ts';
import { whereaboutsMaker } from '../../../src/cli/whereabouts-of.ts';
import { createBoxKey } from '../../../src/fleet/sealed-box.ts';
import { createFleetServer } from '../../../src/collector/fleet-server.ts';
import { withTemporaryFolder } from '../../support/cli.ts';
import { aState, entriesFrom, openDoor } from '../../support/fleet.ts';
import { mmdbOf } from '../../support/mmdb-writer.ts';
import { listenOn } from '../../support/listen-on.ts';
import { createRecordingLog, silentLog } from '../../support/silent-log.ts';

const signal = new AbortController().signal;
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Seen {
  readonly port: number;
  /** `path source-address`, in order, each change once. */
  readonly callers: string[];
}

/** Remembers who called; those in `cut` get no answer. */
function callersOf(server: Server, cut: ReadonlySet<string>): string[] {
  const callers: string[] = [];
  server.on('connection', (socket) => {
    if (cut.has(socket.remoteAddress ?? '')) socket.resetAndDestroy();
  });
  server.on('request', (request: IncomingMessage) => {
    const caller = `${request.url ?? ''} ${request.socket.remoteAddress ?? ''}`;
    if (callers.at(-1) !== caller) callers.push(caller);
  });
  return callers;
}

async function controlServer(cut: ReadonlySet<string>): Promise<Seen> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ control: {} }));
  });
  const callers = callersOf(server, cut);
  const port = await listenOn(server);
  closing.push(async () => new Promise((resolve) => server.close(resolve)));
  return { port, callers };
}

/** Every name is this machine. */
async function nameServer(): Promise<Seen> {
  const socket = createSocket('udp4');
  const callers: string[] = [];
  socket.on('message', (datagram, from) => {
    const { id, questions = [] } = decode(datagram);
    callers.push(from.address);
    const [question] = questions;
    const answers =
      question?.type === 'A' ? [{ type: 'A' as const, name: question.name, ttl: 60, data: '127.0.0.1' }] : [];
    socket.send(encode({ type: 'response', id: id ?? 0, questions, answers }), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  closing.push(async () => new Promise<void>((resolve) => socket.close(resolve)));
  return { port: socket.address().port, callers };
}

interface World {
  readonly lines: Lines;
  readonly config: Config;
  readonly collector: Seen & { readonly received: () => number };
  readonly control: Seen;
  readonly names: Seen;
  readonly cut: Set<string>;
  readonly uplinkOf: (vantage: string) => Promise<Uplink>;
}

function asn(number: number): Readonly<Record<string, number>> {
  return { autonomous_system_number: number };
}

async function withWorld(fleet: string, use: (world: World) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const cut = new Set<string>();
    const door = await openDoor(join(folder, 'collector'));
    const app = await createFleetServer({
      ...door,
      boxKey: createBoxKey().key.publicKey,
      clock: systemClock(),
      log: silentLog,
    });
    const callers = callersOf(app.server, cut);
    const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
    const control = await controlServer(cut);
    const names = await nameServer();
    const networks = { '127.0.0.11/32': asn(29_355), '127.0.0.12/32': asn(64_500) };
    await writeFile(join(folder, 'networks.mmdb'), mmdbOf(networks));
    await writeFile(
      join(folder, 'aiqyn.yaml'),
      `
asnDb: ./networks.mmdb
resolvers: { udp: [] }
control: { url: 'http://control.example:${control.port}' }
vantages:
  - { id: one, localAddress: 127.0.0.11, resolver: '127.0.0.1:${names.port}' }
  - { id: two, localAddress: 127.0.0.12, resolver: '127.0.0.1:${names.port}' }
  - { id: out, interface: nowhere9, resolver: '127.0.0.1:${names.port}' }
fleet: { collectors: ['http://collector.example:${port}'], ${fleet} }
`,
    );
    const config = loadConfig(join(folder, 'aiqyn.yaml'), {});
    const lines = openLines(config, { clock: systemClock(), log: silentLog });
    async function uplinkOf(vantage: string): Promise<Uplink> {
      return createRemoteUplink({
        ...lines.of(vantage),
        collectors: config.fleet?.collectors ?? [],
        identity: door.identity,
        chain: await openChainFile(join(folder, vantage), door.identity.keyId, silentLog),
        clock: systemClock(),
        log: silentLog,
        signal,
      });
    }
    const collector = { port, callers, received: () => door.uplink.measurements.length };
    try {
      await use({ lines, config, collector, control, names, cut, uplinkOf });
    } finally {
      await lines.close();
      await app.close();
    }
  });
}

const ASK = { url: 'https://example.org/', endpoints: [] };

describe('each line of an agent', () => {
  it('sends its batches, asks the control and asks for names from its own address', async () => {
    await withWorld('', async ({ lines, collector, control, names, uplinkOf }) => {
      for (const [vantage, address] of [
        ['one', '127.0.0.11'],
        ['two', '127.0.0.12'],
      ] as const) {
        for (const seen of [collector, control, names]) seen.callers.length = 0;
        await (await uplinkOf(vantage)).deliver(entriesFrom(1, 2), aState());
        await lines.of(vantage).control?.ask(ASK, signal);
        expect(collector.callers).toEqual([`/fleet/v1/time ${address}`, `/fleet/v1/batches ${address}`]);
        expect(control.callers).toEqual([`/measure ${address}`]);
        expect(new Set(names.callers)).toEqual(new Set([address]));
      }
      expect(lines.controlStates()).toEqual(['reachable', 'reachable', 'reachable']);
    });
  });

  it('is carried by another one once its own is cut, and goes back to its own', async () => {
    await withWorld('', async ({ lines, collector, control, cut, uplinkOf }) => {
      cut.add('127.0.0.11');
      const uplink = await uplinkOf('one');
      await uplink.deliver(entriesFrom(1, 2), aState({ connectivity: 'offline' }));
      expect(collector.callers.at(-1)).toBe('/fleet/v1/batches 127.0.0.12');
      expect(collector.received()).toBe(2);
      const answer = await lines.of('one').control?.ask(ASK, signal);
      expect(answer?.source).toBe('live');
      expect(control.callers).toEqual(['/measure 127.0.0.12']);
      cut.clear();
      await (await uplinkOf('one')).deliver(entriesFrom(3, 1), aState());
      expect(collector.callers.at(-1)).toBe('/fleet/v1/batches 127.0.0.11');
    });
  });

  it('waits for its own where the configuration says so: its vantage is silent', async () => {
    await withWorld('otherLines: false', async ({ lines, collector, cut, uplinkOf }) => {
      cut.add('127.0.0.11');
      const uplink = await uplinkOf('one');
      await expect(uplink.deliver(entriesFrom(1, 2), aState())).rejects.toThrow('No collector answers');
      expect((await lines.of('one').control?.ask(ASK, signal))?.source).toBe('none');
      expect(collector.received()).toBe(0);
      cut.clear();
      await uplink.deliver(entriesFrom(1, 2), aState());
      expect(collector.received()).toBe(2);
    });
  });

  it('is told by the collector from where it came, by its own line, and looks its network up', async () => {
    await withWorld('', async ({ lines, config }) => {
      const catalog = loadCatalog();
      const { log, lines: said } = createRecordingLog();
      const make = whereaboutsMaker({ config, catalog, clock: systemClock(), log });
      const own = make({ id: 'one', operator: 'AS29355' }, lines.of('one'));
      const other = make({ id: 'two', operator: 'AS29355' }, lines.of('two'));
      const out = make({ id: 'out', operator: 'AS29355' }, lines.of('out'));
      for (const one of [own, other, out]) await one.look(signal);
      expect([own, other, out].map((one) => one.otherNetwork())).toEqual([null, 'AS64500', null]);
      expect(said).toHaveLength(1);
      expect(JSON.stringify(said)).not.toContain('127.0.0');
    });
  });

  it('says once that its interface is away, and measures nothing but that', async () => {
    await withWorld('', async ({ lines }) => {
      const { network } = lines.of('out');
      const limits = { timeoutMs: 2_000, signal };
      const tcp = await network.connectTcp({ address: '127.0.0.1', port: 9 }, limits);
      expect(tcp).toEqual({ failure: 'network_unreachable', connection: null });
      const named = { resolver: network.resolvers.system, hostname: 'example.org', lateMs: 0 } as const;
      const resolution = await network.resolve({ ...named, queryType: 'A' }, limits);
      expect(resolution.failure).toBe('network_unreachable');
      expect(await network.checkGateway(limits)).toEqual({ failure: 'network_unreachable', basis: 'none' });
    });
    const { log, lines: said } = createRecordingLog();
    await withTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'a.yaml'), 'vantages: [{ id: out, interface: nowhere9 }]\n');
      const lines = openLines(loadConfig(join(folder, 'a.yaml'), {}), { clock: systemClock(), log });
      for (let round = 0; round < 3; round += 1)
        await lines.of('out').network.checkGateway({ timeoutMs: 100, signal });
      await lines.close();
    });
    expect(said.map(({ level, fields }) => ({ level, fields }))).toEqual([
      { level: 'warn', fields: { vantage: 'out', interface: 'nowhere9' } },
    ]);
  });
});
