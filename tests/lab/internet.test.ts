/**
 * An internet of namespaces with packet filters in it: that it is alone, that it is tidied away, and that the real agents and the
 * real collector say of each filter what it is. What takes longer than this runs under `npm run test:lab` alone.
 */
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram } from '../support/cli.ts';
import { canMakeLabs } from '../support/lab.ts';
import type { Filter } from './internet/censor.ts';
import { LINES, OPERATORS, PLATFORMS, SITES, TARGET_IDS } from './internet/geography.ts';
import type { Measured, Operator } from './internet/geography.ts';
import { startFleet } from './internet/fleet.ts';
import { openInternet } from './internet/internet.ts';
import type { Internet } from './internet/internet.ts';
import { labLeftovers, processesIn, removeAbandoned, runInside } from './internet/namespaces.ts';
import { judgements } from './internet/records.ts';
import type { Judged } from './internet/records.ts';

const READY_MS = 30_000;
const LOOK_MS = 1_000;
/** An address of nobody (RFC 5737). */
const NOWHERE = '203.0.113.9';

/** Each filter at one operator for one platform; whoever stands elsewhere reaches that platform. */
const CENSORED: readonly (readonly [Operator, Filter, Measured, string])[] = [
  ['AS9198', 'drop name', 'youtube', 'blocked tls sni_drop'],
  ['AS9198', 'reset name', 'facebook', 'blocked tls sni_reset'],
  ['AS9198', 'drop address', 'instagram', 'blocked tcp drop'],
  ['AS29355', 'inject answer', 'telegram', 'blocked dns bogon'],
  ['AS29355', 'lie in resolver', 'tiktok', 'blocked dns nxdomain'],
  ['AS29355', 'intercept', 'x', 'intercepted tls forged_certificate'],
  ['AS21299', 'refuse address', 'signal', 'blocked tcp refused'],
  ['AS21299', 'slow down', 'whatsapp', 'throttled http stall'],
];
/** A fixed line in one place and a mobile one in another of each operator. */
const MEASURED_FROM = LINES.filter(({ number }) => number === 0 || number === 3);

const canRun = canMakeLabs();
if (canRun)
  console.warn(
    'NOT RUN HERE: throttling, town and national cuts, allow-list, kills and backfill (npm run test:lab).',
  );

/** What a program inside says of a connection to `address`. */
async function connecting(namespace: string, address: string, port: number): Promise<string> {
  const script = `require('node:net').connect(${port},'${address}').on('connect',()=>{console.log('open');process.exit()}).on('error',(e)=>console.log(e.code))`;
  return (await runInside(namespace, `${process.execPath} -e ${script}`)).trim();
}

function saidOf(all: readonly Judged[], operator: Operator, platform: Measured, depth: string): string[] {
  const said = all
    .filter(({ measurement: { x_aiqyn_vantage: vantage, x_aiqyn_target: target } }) => {
      return vantage.operator === operator && target.platform === platform && target.depth === depth;
    })
    // What began while the machine was busy starting all of this is our own trouble, and said to be that.
    .filter(({ verdict: { status } }) => status !== 'inconclusive')
    .map(({ verdict: { status, layer, method } }) => [status, layer, method].filter(Boolean).join(' '));
  return [...new Set(said)].sort();
}

/** Every page was looked at, fully, from every line. */
function isComplete(all: readonly Judged[]): boolean {
  return MEASURED_FROM.every(({ vantage }) =>
    Object.values(TARGET_IDS).every((id) =>
      all.some(
        ({ measurement: { x_aiqyn_vantage: from, x_aiqyn_target: target }, verdict }) =>
          from.id === vantage.id &&
          target.id === id &&
          target.depth === 'full' &&
          verdict.status !== 'inconclusive',
      ),
    ),
  );
}

describe.skipIf(!canRun)('an internet of namespaces', () => {
  const before = Object.keys(networkInterfaces()).sort();
  let internet: Internet;
  beforeAll(async () => {
    internet = await openInternet();
  });
  afterAll(async () => {
    await internet.close();
    const tag = internet.wires.exchange.replace(/-ix$/, '');
    expect(labLeftovers().namespaces.filter((name) => name.startsWith(tag))).toEqual([]);
    expect(labLeftovers().folders.filter((name) => name.startsWith(tag))).toEqual([]);
  });

  it('has no wire to this machine and no way out: what is addressed elsewhere is turned back', async () => {
    expect(Object.keys(networkInterfaces()).sort()).toEqual(before);
    await expect(runInside(internet.wires.exchange, `ip route get ${NOWHERE}`)).rejects.toThrow(
      'unreachable',
    );
    const machine = Object.values(networkInterfaces()).flatMap((found) =>
      (found ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal),
    );
    const addresses = [NOWHERE, ...machine.map(({ address }) => address)];
    for (const line of LINES.slice(0, 2)) {
      const namespace = internet.wires.vantage(line);
      for (const address of addresses)
        expect(await connecting(namespace, address, 80)).toMatch(/^E(?:NETUNREACH|HOSTUNREACH)$/);
      // So that the sentence above is not true of everything.
      const open = SITES.find(({ platform }) => platform === 'vk')?.address ?? '';
      expect(await connecting(namespace, open, 443)).toBe('open');
    }
  });

  it(
    'removes what a killed owner left, and nothing of an owner that lives',
    { timeout: 60_000 },
    async () => {
      const script = join(import.meta.dirname, 'internet', 'abandoned-process.ts');
      const owner = startProgram([process.execPath, '--import', 'tsx', script]);
      const [namespace] = await owner.waitFor(/^aiqynlab-.+$/m, READY_MS);
      const tag = namespace.split('-').slice(0, 3).join('-');
      removeAbandoned();
      expect(processesIn(namespace)).not.toEqual([]);
      owner.child.kill('SIGKILL');
      await owner.exited;
      await expect.poll(() => processesIn(namespace)).toEqual([]);
      expect(labLeftovers().namespaces).toContain(namespace);
      removeAbandoned();
      const left = labLeftovers();
      expect([...left.namespaces, ...left.folders].filter((name) => name.startsWith(tag))).toEqual([]);
      expect(left.namespaces).toEqual(expect.arrayContaining([...internet.wires.all]));
    },
  );

  it('is tidied away by an owner that is asked to end', { timeout: 60_000 }, async () => {
    const script = join(import.meta.dirname, 'internet', 'abandoned-process.ts');
    const owner = startProgram([process.execPath, '--import', 'tsx', script]);
    const [namespace] = await owner.waitFor(/^aiqynlab-.+$/m, READY_MS);
    const tag = namespace.split('-').slice(0, 3).join('-');
    owner.child.kill('SIGTERM');
    await owner.exited;
    const left = labLeftovers();
    expect([...left.namespaces, ...left.folders].filter((name) => name.startsWith(tag))).toEqual([]);
  });

  it(
    'has each filter named for what it is, at its operator, and nowhere else',
    { timeout: 150_000 },
    async () => {
      await Promise.all(
        CENSORED.map(async ([operator, what, platform]) => internet.censor(operator, what, platform)),
      );
      const fleet = await startFleet(internet, MEASURED_FROM);
      let all = await judgements(fleet.dataDir);
      const endsMs = performance.now() + 90_000;
      while (!isComplete(all) && performance.now() < endsMs) {
        await sleep(LOOK_MS);
        all = await judgements(fleet.dataDir);
      }
      const found = OPERATORS.flatMap((operator) =>
        PLATFORMS.map((platform) => {
          const filter = CENSORED.find(([at, , whom]) => at === operator && whom === platform);
          const said = saidOf(all, operator, platform, 'full');
          return { operator, platform, said, expected: [filter?.[3] ?? 'ok'] };
        }),
      );
      expect(found.filter(({ said, expected }) => said.join() !== expected.join())).toEqual([]);
      // The light check of a minute sees all of it but the rate: it reads next to nothing.
      for (const [operator, what, platform, expected] of CENSORED)
        if (what !== 'slow down') expect(saidOf(all, operator, platform, 'light')).toEqual([expected]);
    },
  );
});
