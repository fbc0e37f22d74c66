/**
 * Two modems on one machine, on real packets: the agent in a network of its own with two lines that lead to the collector by two
 * different ways, both of which the system would leave to the first.
 *
 *     home ══ one ══ far (collector)
 *          ══ two ══
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MAIN, runCli, startProgram, withTemporaryFolder } from '../support/cli.ts';
import type { RunningCli } from '../support/cli.ts';
import { canMakeLabs } from '../support/lab.ts';
import { inside, ipBatch, ownTag, removeAbandoned, removeLab, runInside } from './internet/namespaces.ts';

const READY_MS = 40_000;
const LAB = `${ownTag()}-lines`;
const HOME = `${LAB}-home`;
const ONE = `${LAB}-one`;
const TWO = `${LAB}-two`;
const FAR = `${LAB}-far`;
const COLLECTOR = '10.205.99.1';
const OWN = { one: '10.205.1.2', two: '10.205.2.2' } as const;
const ROUTES = join(import.meta.dirname, '..', '..', 'deploy', 'line-routes.sh');
const Route = z.array(z.object({ dev: z.string() })).min(1);

async function layLines(): Promise<void> {
  await ipBatch(
    null,
    [HOME, ONE, TWO, FAR].map((name) => `netns add ${name}`),
  );
  await ipBatch(null, [
    `link add h1 netns ${HOME} type veth peer name m1 netns ${ONE}`,
    `link add h2 netns ${HOME} type veth peer name m2 netns ${TWO}`,
    `link add f1 netns ${ONE} type veth peer name c1 netns ${FAR}`,
    `link add f2 netns ${TWO} type veth peer name c2 netns ${FAR}`,
  ]);
  await ipBatch(HOME, [
    'link set lo up',
    'addr add 10.205.1.2/24 dev h1',
    'addr add 10.205.2.2/24 dev h2',
    'link set h1 up',
    'link set h2 up',
    'route add default via 10.205.1.1 dev h1 metric 100',
    'route add default via 10.205.2.1 dev h2 metric 200',
  ]);
  for (const [modem, n] of [
    [ONE, 1],
    [TWO, 2],
  ] as const) {
    await ipBatch(modem, [
      `addr add 10.205.${n}.1/24 dev m${n}`,
      `addr add 10.205.1${n}.1/24 dev f${n}`,
      `link set m${n} up`,
      `link set f${n} up`,
      `route add ${COLLECTOR} via 10.205.1${n}.2`,
    ]);
    await runInside(modem, 'sysctl -qw net.ipv4.ip_forward=1');
    for (const address of Object.values(OWN)) await runInside(modem, `iptables -A FORWARD -s ${address}`);
  }
  await ipBatch(FAR, [
    'link set lo up',
    `addr add ${COLLECTOR}/32 dev lo`,
    'addr add 10.205.11.2/24 dev c1',
    'addr add 10.205.12.2/24 dev c2',
    'link set c1 up',
    'link set c2 up',
    'route add 10.205.1.0/24 via 10.205.11.1',
    'route add 10.205.2.0/24 via 10.205.12.1',
  ]);
}

/** Packets that a modem passed on, by the line's address that they came from. */
async function passed(modem: string): Promise<Record<keyof typeof OWN, number>> {
  const lines = (await runInside(modem, 'iptables -nvxL FORWARD')).split('\n');
  function from(address: string): number {
    return Number(
      lines
        .find((line) => line.includes(` ${address} `))
        ?.trim()
        .split(/\s+/)[0] ?? 0,
    );
  }
  return { one: from(OWN.one), two: from(OWN.two) };
}

async function leavesBy(address: string): Promise<string> {
  const said = await runInside(HOME, `ip -json route get ${COLLECTOR} from ${address}`);
  return Route.parse(JSON.parse(said))[0]?.dev ?? '';
}

function start(namespace: string, words: readonly string[], cwd: string): RunningCli {
  return startProgram([...inside(namespace), process.execPath, MAIN, ...words], {}, cwd);
}

async function stopped(running: RunningCli): Promise<void> {
  running.child.kill('SIGTERM');
  await running.exited;
}

async function enrol(here: string, there: string, id: string): Promise<void> {
  const words = ['--operator', 'AS29355', '--place', 'almaty', '--access', 'mobile', '-d', there];
  await writeFile(join(here, `${id}.token`), (await runCli(['enroll', 'new', id, ...words])).stdout);
  expect(await start(HOME, ['enroll', 'join', id, '--token-file', `${id}.token`], here).exited).toBe(0);
}

const CONFIG = `
plan: light-mobile
resolvers: { udp: ['10.205.99.1:9'] }
vantages:
  - { id: one, operator: AS29355, place: almaty, access: mobile, interface: h1, resolver: '10.205.99.1:9' }
  - { id: two, operator: AS29355, place: almaty, access: mobile, interface: h2, resolver: '10.205.99.1:9' }
fleet: { collectors: ['http://${COLLECTOR}:8472'] }
`;

describe.skipIf(!canMakeLabs())('two modems on one machine', () => {
  beforeAll(async () => {
    removeAbandoned();
    await layLines();
  });
  afterAll(() => {
    removeLab(LAB);
  });

  it('each leave by their own way once routes are set, and the other carries what a cut one cannot', async () => {
    await withTemporaryFolder(async (folder) => {
      const [here, there] = [join(folder, 'home'), join(folder, 'far')];
      for (const one of [here, there]) await mkdir(one);
      await writeFile(join(here, 'aiqyn.yaml'), CONFIG);
      const words = ['collector', '-d', there, '--port', '0', '--fleet-host', COLLECTOR];
      const collector = start(FAR, words, there);
      expect([await leavesBy(OWN.one), await leavesBy(OWN.two)]).toEqual(['h1', 'h1']);
      await runInside(HOME, `${ROUTES} h1 h2 nowhere9`);
      await runInside(HOME, `${ROUTES} h1 h2 nowhere9`);
      expect([await leavesBy(OWN.one), await leavesBy(OWN.two)]).toEqual(['h1', 'h2']);
      await collector.waitFor(/The page is at/, READY_MS);
      await Promise.all(['one', 'two'].map(async (id) => enrol(here, there, id)));

      const agent = start(HOME, ['agent'], here);
      await agent.waitFor(/Aiqyn measures from 2 line/, READY_MS);
      await stopped(agent);
      const [byOne, byTwo] = [await passed(ONE), await passed(TWO)];
      expect([byOne.two, byTwo.one]).toEqual([0, 0]);
      expect(Math.min(byOne.one, byTwo.two)).toBeGreaterThan(0);

      // Line one is cut: its vantage is told of by line two, from line two's address.
      await runInside(ONE, 'iptables -I FORWARD -p tcp -j REJECT --reject-with tcp-reset');
      const again = start(HOME, ['agent'], here);
      await again.waitFor(/"vantage":"one".*another line carries it/, READY_MS);
      await stopped(again);
      expect((await passed(TWO)).one).toBe(0);
      await stopped(collector);
    });
  }, 120_000);
});
