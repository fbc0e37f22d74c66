/** An agent stays small: what an installed one loads, and what the agent of one file is. No time is measured here. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createIdentity, writeIdentity } from '../../../src/fleet/identity.ts';
import { readArchive } from '../../../src/archive/segment-read.ts';
import { runCli, startCli, startProgram, withTemporaryFolder } from '../../support/cli.ts';
import type { RunningCli } from '../../support/cli.ts';
import { mmdbOf } from '../../support/mmdb-writer.ts';
import { silentLog } from '../../support/silent-log.ts';

const run = promisify(execFile);
const READY_MS = 30_000;
const BYTES_MAX = 3 * 1_048_576;
const HEAVY =
  /duckdb|echarts|resvg|fastify|influxdata|pdfkit|nodemailer|undici|@matrixai|\/src\/(?:web|store|demo|evidence)\//;
const AGENT_LIBRARIES = ['zod', 'yaml', 'pino', 'node-cron'];

/** Writes the address of each module that is loaded. */
const LOAD_HOOK = `import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  appendFileSync(process.env.AIQYN_TEST_LOADED, url + '\\n');
  return next(url, context);
}`;

function dataUrl(module: string): string {
  return `data:text/javascript,${encodeURIComponent(module)}`;
}

function watchingLoads(file: string): Record<string, string> {
  const register = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(LOAD_HOOK))});`;
  return { NODE_OPTIONS: `--import ${dataUrl(register)}`, AIQYN_TEST_LOADED: file };
}

async function stopped(running: RunningCli): Promise<number | null> {
  running.child.kill('SIGTERM');
  return running.exited;
}

describe('an installed agent', () => {
  it('measures with neither collector nor control nor name server, and loads nothing heavy', async () => {
    await withTemporaryFolder(async (folder) => {
      const config = `
plan: default
resolvers: { system: false, udp: ['127.0.0.1:9'] }
control: { url: 'http://127.0.0.1:9' }
vantages: [{ id: almaty-home, operator: AS9198, place: almaty, access: fixed }]
fleet: { collectors: ['http://127.0.0.1:9'] }
`;
      await writeFile(join(folder, 'aiqyn.yaml'), config);
      await mkdir(join(folder, 'aiqyn-data', 'keys'), { recursive: true });
      await writeIdentity(join(folder, 'aiqyn-data', 'keys', 'almaty-home.pem'), createIdentity().pem);
      const loaded = join(folder, 'loaded');
      const env = { ...watchingLoads(loaded), AIQYN_LOG_LEVEL: 'debug' };
      const agent = startCli(['agent'], env, folder);
      await agent.waitFor(/Kept in the spool/, READY_MS);
      const maps = await readFile(`/proc/${agent.child.pid ?? 0}/maps`, 'utf8');
      expect(await stopped(agent)).toBe(0);
      const modules = (await readFile(loaded, 'utf8')).split('\n');
      for (const name of AGENT_LIBRARIES)
        expect(modules.some((url) => url.includes(`/node_modules/${name}/`))).toBe(true);
      expect(modules.filter((url) => HEAVY.test(url))).toEqual([]);
      expect(maps.match(/\S+\.node$/gm) ?? []).toEqual([]);
    });
  });
});

const Vantages = z.object({ vantages: z.array(z.object({ operator: z.string(), elsewhere: z.boolean() })) });

/** Two lines of one machine; the table says of the second that it is in another network. */
function agentConfig(port: string): string {
  return `
plan: light-mobile
resolvers: { udp: ['127.0.0.1:9'] }
vantages:
  - { id: stick-one, operator: AS29355, place: almaty, access: mobile, localAddress: 127.0.0.11, resolver: '127.0.0.1:9' }
  - { id: stick-two, operator: AS21299, place: almaty, access: mobile, localAddress: 127.0.0.12, resolver: '127.0.0.1:9' }
fleet: { collectors: ['http://127.0.0.1:${port}'] }
`;
}

/** With a table of networks of its own, which it tells agents from. */
async function startCollector(folder: string): Promise<{ running: RunningCli; port: string; page: string }> {
  const networks = {
    '127.0.0.11/32': { autonomous_system_number: 29_355 },
    '127.0.0.12/32': { autonomous_system_number: 64_500 },
  };
  await writeFile(join(folder, 'networks.mmdb'), mmdbOf(networks));
  await writeFile(join(folder, 'aiqyn.yaml'), 'asnDb: ./networks.mmdb\n');
  const running = startCli(['collector', '--port', '0', '--fleet-port', '0'], {}, folder);
  const [, port = ''] = await running.waitFor(/Agents are awaited at http:\/\/127\.0\.0\.1:(\d+)/, READY_MS);
  const [, page = ''] = await running.waitFor(/The page is at (http:\S+)/, READY_MS);
  return { running, port, page };
}

async function enrolled(there: string, here: string, id: string, operator: string): Promise<void> {
  const words = ['--operator', operator, '--place', 'almaty', '--access', 'mobile'];
  const made = await runCli(['enroll', 'new', id, ...words], {}, there);
  expect(made.code).toBe(0);
  await writeFile(join(here, `${id}.token`), made.stdout);
}

describe('the agent of one file', () => {
  it(
    'is small, and alone in a folder enrols, measures by two lines and sends',
    { timeout: 120_000 },
    async () => {
      await withTemporaryFolder(async (folder) => {
        const [here, there] = [join(folder, 'vantage'), join(folder, 'collector')];
        for (const one of [here, there]) await mkdir(one);
        const built = join(folder, 'built', 'aiqyn-agent.mjs');
        await run(process.execPath, ['scripts/build-agent.js', built]);
        expect((await stat(built)).size).toBeLessThan(BYTES_MAX);
        const file = join(here, 'aiqyn');
        await copyFile(built, `${file}.mjs`);
        const collector = await startCollector(there);
        await writeFile(join(here, 'aiqyn.yaml'), agentConfig(collector.port));
        const alone = [process.execPath, `${file}.mjs`];
        expect((await run(process.execPath, [`${file}.mjs`, '--help'])).stdout).toContain('agent [options]');
        for (const [id, operator] of [
          ['stick-one', 'AS29355'],
          ['stick-two', 'AS21299'],
        ] as const) {
          await enrolled(there, here, id, operator);
          const join1 = startProgram(
            [...alone, 'enroll', 'join', id, '--token-file', `${id}.token`],
            {},
            here,
          );
          expect(await join1.exited).toBe(0);
        }
        const agent = startProgram([...alone, 'agent'], { AIQYN_LOG_LEVEL: 'debug' }, here);
        await agent.waitFor(/"vantage":"stick-two".*measures from another network/, READY_MS);
        await agent.waitFor(/Kept in the spool/, READY_MS);
        expect(await stopped(agent)).toBe(0);
        expect(agent.stderr()).not.toMatch(/127\.0\.0\.1[12]/);
        const shown = await run(process.execPath, [
          '-e',
          `fetch('${collector.page}/api/vantages').then((r) => r.text()).then(console.log)`,
        ]);
        const { vantages } = Vantages.parse(JSON.parse(shown.stdout));
        expect(vantages).toEqual([
          { operator: 'AS29355', elsewhere: false },
          { operator: 'AS21299', elsewhere: true },
        ]);
        expect(await stopped(collector.running)).toBe(0);
        const networks = new Map<string, string | undefined>();
        const window = { fromMs: Date.now() - 86_400_000, toMs: Date.now() + 86_400_000 };
        for await (const { measurement } of readArchive(
          join(there, 'aiqyn-data', 'archive'),
          window,
          silentLog,
        ))
          networks.set(measurement.x_aiqyn_vantage.id, measurement.x_aiqyn_other_network);
        expect(Object.fromEntries(networks)).toEqual({ 'stick-one': undefined, 'stick-two': 'AS64500' });
      });
    },
  );
});
