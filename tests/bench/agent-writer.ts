/**
 * What an agent takes, in a network of its own (started by agent.ts inside `unshare --net`): a real collector, and an agent with so
 * many vantages of the default plan whose rounds come four times as often. Every name leads to servers here whose certificates
 * nobody trusts, so each check is one that failed and is tried again, with its whole chain: the dearest that a round can be.
 * Arguments: how many vantages, and `file` (the agent of one file) or `npm` (the installed program). Prints one JSON line.
 */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decode, encode } from 'dns-packet';
import { MAIN, runCli, startCli, startProgram } from '../support/cli.ts';
import type { RunningCli } from '../support/cli.ts';
import { createTestCa } from '../support/test-ca.ts';

const READY_MS = 60_000;
const IDLE_MS = 3_000;
/** The first two rounds are the dearest: what fails in them is tried three times more. */
const ROUND_SECONDS = 15;
const ROUNDS = 30;
const LOOK_MS = 500;
const SHOWN = [1, 2, 3, 4, 5, 6].map((n) => `93.184.215.${n}`);
const VANTAGES = ['one', 'two', 'three'];
const PAGE = Buffer.alloc(200_000, '<p>A front page, longer than what is read of it.</p>\n');

async function startWorld(): Promise<void> {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  for (const address of SHOWN) execFileSync('ip', ['addr', 'add', `${address}/32`, 'dev', 'lo']);
  const authority = await createTestCa('Nobody trusts this root');
  const { key, cert } = await authority.issue('example.org');
  const https = createServer({ key, cert }, (_request, response) => response.end(PAGE));
  https.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => https.listen(443, '0.0.0.0', resolve));
  const names = createSocket('udp4');
  names.on('message', (message, from) => {
    const { id, questions = [] } = decode(message);
    const answers = questions.flatMap(({ name, type }) =>
      type === 'A' ? SHOWN.map((data) => ({ type: 'A' as const, name, ttl: 60, data })) : [],
    );
    names.send(encode({ type: 'response', id: id ?? 0, questions, answers }), from.port, from.address);
  });
  await new Promise<void>((resolve) => names.bind(53, '127.0.0.1', resolve));
}

function megabytes(running: RunningCli, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${running.child.pid ?? 0}/status`, 'utf8');
  const kilobytes = new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1];
  return Math.round((Number(kilobytes) * 1_024) / 1e5) / 10;
}

function configOf(port: string, plan: string, ids: readonly string[]): string {
  return `
plan: ${plan}
resolvers: { system: false, udp: ['127.0.0.1:53'] }
vantages:
${ids.map((id, n) => `  - { id: ${id}, operator: AS29355, place: almaty, access: mobile, localAddress: 127.0.0.${11 + n} }`).join('\n')}
fleet: { collectors: ['http://127.0.0.1:${port}'] }
`;
}

/** The default plan in a hurry: the same targets, ever so many rounds. */
function hurriedPlan(): string {
  const hurried = readFileSync('probes/plans/default.yaml', 'utf8')
    .replaceAll("cron: '* * * * *'", `cron: '*/${ROUND_SECONDS} * * * * *'`)
    .replace("cron: '*/15 * * * *'", "cron: '*/4 * * * *'")
    .replaceAll("cron: '*/5 * * * *'", "cron: '30 * * * * *'")
    .replace("cron: '23 * * * *'", "cron: '*/6 * * * *'")
    .replace('jitterSeconds: 20', 'jitterSeconds: 5')
    .replace('dailyBudgetMegabytes: 4800', 'dailyBudgetMegabytes: 90000');
  if ((hurried.match(/cron: '[*]\/15 [*] /g) ?? []).length !== 2)
    throw new Error('the default plan has changed');
  return hurried;
}

/** The median of what is resident while rounds go on, because it goes up and down with each. */
async function medianOverRounds(running: RunningCli): Promise<number> {
  const looks: number[] = [];
  const untilMs = performance.now() + ROUNDS * ROUND_SECONDS * 1_000;
  while (performance.now() < untilMs) {
    await sleep(LOOK_MS);
    looks.push(megabytes(running, 'VmRSS'));
  }
  const late = looks.slice(-looks.length / 3).sort((one, other) => one - other);
  return late[Math.floor(late.length / 2)] ?? 0;
}

async function enrol(there: string, here: string, agent: readonly string[], id: string): Promise<void> {
  const words = ['--operator', 'AS29355', '--place', 'almaty', '--access', 'mobile', '-d', there];
  writeFileSync(join(here, 'token'), (await runCli(['enroll', 'new', id, ...words])).stdout);
  const joined = startProgram([...agent, 'enroll', 'join', id, '--token-file', 'token'], {}, here);
  if ((await joined.exited) !== 0) throw new Error(joined.stderr());
}

async function measured(
  folder: string,
  agent: readonly string[],
  ids: readonly string[],
): Promise<Record<string, number>> {
  const [here, there] = [join(folder, 'vantage'), join(folder, 'collector')];
  mkdirSync(here, { recursive: true });
  const collector = startCli(['collector', '-d', there, '--port', '0', '--fleet-port', '0']);
  const [, port = ''] = await collector.waitFor(
    /Agents are awaited at http:\/\/127\.0\.0\.1:(\d+)/,
    READY_MS,
  );
  writeFileSync(join(here, 'aiqyn.yaml'), configOf(port, './plan.yaml', ids));
  writeFileSync(join(here, 'plan.yaml'), hurriedPlan());
  for (const id of ids) await enrol(there, here, agent, id);
  const running = startProgram([...agent, 'agent'], {}, here);
  await running.waitFor(/Aiqyn measures from/, READY_MS);
  await sleep(IDLE_MS);
  const started = megabytes(running, 'VmRSS');
  const afterRounds = await medianOverRounds(running);
  const figures = { started, afterRounds, most: megabytes(running, 'VmHWM') };
  running.child.kill('SIGTERM');
  await running.exited;
  collector.child.kill('SIGTERM');
  await collector.exited;
  return figures;
}

const folder = mkdtempSync(join(tmpdir(), 'aiqyn-bench-agent-'));
try {
  await startWorld();
  const [count = '1', way = 'file'] = process.argv.slice(2);
  const file = join(folder, 'aiqyn.mjs');
  if (way === 'file') execFileSync(process.execPath, ['scripts/build-agent.js', file]);
  const agent = [process.execPath, way === 'file' ? file : MAIN];
  const figures = await measured(folder, agent, VANTAGES.slice(0, Number(count)));
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
