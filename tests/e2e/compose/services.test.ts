/**
 * Each service of docker-compose.yml started by hand as Compose would, without its container: the command line, environment
 * and health check of the file, with its mounts and ports put where this machine has room.
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { readCompose, ROOT } from '../../support/compose.ts';
import type { Service } from '../../support/compose.ts';
import { runCli, startCli, withTemporaryFolder } from '../../support/cli.ts';
import { influxdCommand } from '../../support/influxd.ts';

const run = promisify(execFile);
const compose = readCompose();
const INFLUXD = influxdCommand();
const HEALTHY_MS_MAX = 60_000;
const PROBE_MS = 250;
/** What `enroll list --json` says of the only vantage. */
const Enrolled = z.looseObject({ batches: z.number() });

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Where the paths and ports of the container are here. */
type Places = ReadonlyMap<string, string>;

function here(text: string, places: Places): string {
  return [...places].reduce((moved, [there, where]) => moved.replaceAll(there, where), text);
}

function serviceOf(name: string): Service {
  const service = compose.services[name];
  if (service === undefined) throw new Error(`there is no service ${name}`);
  return service;
}

/** Asks as Docker does, with the file's own words; `node` is this one. @throws Error where it stays unhealthy. */
async function becomesHealthy(service: Service, places: Places): Promise<void> {
  const [how, command = '', ...args] = service.healthcheck?.test ?? [];
  expect(how).toBe('CMD');
  const program = command === 'node' ? process.execPath : command;
  const deadline = performance.now() + HEALTHY_MS_MAX;
  for (;;) {
    try {
      await run(
        program,
        args.map((each) => here(each, places)),
      );
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    }
  }
}

async function isUnhealthy(service: Service, places: Places): Promise<boolean> {
  const [, command = '', ...args] = service.healthcheck?.test ?? [];
  return run(
    command === 'node' ? process.execPath : command,
    args.map((each) => here(each, places)),
  ).then(
    () => false,
    () => true,
  );
}

describe('the services of docker-compose.yml', { timeout: 120_000 }, () => {
  it('monitor: starts with its configuration, is healthy, and ends with 0 when it is asked to', async () => {
    await withTemporaryFolder(async (folder) => {
      const port = await freePort();
      const places: Places = new Map([
        ['/etc/aiqyn/aiqyn.yaml', join(ROOT, 'deploy', 'aiqyn.yaml')],
        ['/data', join(folder, 'data')],
        ['0.0.0.0', '127.0.0.1'],
        ['8470', String(port)],
      ]);
      const service = serviceOf('monitor');
      expect(await isUnhealthy(service, places)).toBe(true);
      const monitor = startCli((service.command ?? []).map((each) => here(each, places)));
      try {
        await monitor.waitFor(/The page is at/, HEALTHY_MS_MAX);
        await becomesHealthy(service, places);
      } finally {
        monitor.child.kill('SIGTERM');
      }
      expect(await monitor.exited).toBe(0);
    });
  });

  it('control: starts with its token, is healthy, and ends with 0 when it is asked to', async () => {
    await withTemporaryFolder(async (folder) => {
      const token = join(folder, 'control_token');
      await writeFile(token, 'a token of at least 16 characters');
      const places: Places = new Map([
        ['/run/secrets/control_token', token],
        ['0.0.0.0', '127.0.0.1'],
        ['8471', String(await freePort())],
      ]);
      const service = serviceOf('control');
      const control = startCli((service.command ?? []).map((each) => here(each, places)));
      try {
        await becomesHealthy(service, places);
      } finally {
        control.child.kill('SIGTERM');
      }
      expect(await control.exited).toBe(0);
    });
  });

  it('collector and agent: an agent enrols with the token of its file, and what it measures arrives', async () => {
    await withTemporaryFolder(async (folder) => {
      const token = join(folder, 'agent_token');
      const fleet = String(await freePort());
      const places: Places = new Map([
        ['/etc/aiqyn/aiqyn.yaml', join(ROOT, 'deploy', 'aiqyn.yaml')],
        ['/data', join(folder, 'collector')],
        ['0.0.0.0', '127.0.0.1'],
        ['8470', String(await freePort())],
        ['8472', fleet],
      ]);
      const agentPlaces: Places = new Map([
        ['/etc/aiqyn/agent.yaml', join(folder, 'agent.yaml')],
        ['/data', join(folder, 'agent')],
        ['/run/secrets/agent_token', token],
      ]);
      const [service, agentService] = [serviceOf('collector'), serviceOf('agent')];
      const config = await readFile(join(ROOT, 'deploy', 'agent.yaml'), 'utf8');
      await writeFile(join(folder, 'agent.yaml'), config.replace('collector:8472', `127.0.0.1:${fleet}`));
      const collector = startCli((service.command ?? []).map((each) => here(each, places)));
      try {
        await becomesHealthy(service, places);
        const said = 'enroll new this-agent --operator AS0 --place unknown --access hosting --data-dir /data';
        const made = await runCli(here(said, places).split(' '));
        await writeFile(token, made.stdout);
        const [, ...options] = agentService.command ?? [];
        const joining = [
          'enroll',
          'join',
          'this-agent',
          '--token-file',
          '/run/secrets/agent_token',
          ...options,
        ];
        expect((await runCli(joining.map((each) => here(each, agentPlaces)))).code).toBe(0);
        expect(await isUnhealthy(agentService, new Map([['/data', join(folder, 'nothing')]]))).toBe(true);
        const agent = startCli((agentService.command ?? []).map((each) => here(each, agentPlaces)));
        try {
          await becomesHealthy(agentService, agentPlaces);
          await vi.waitFor(
            async () => {
              const list = await runCli(here('enroll list --data-dir /data --json', places).split(' '));
              expect(Enrolled.parse(JSON.parse(list.stdout)).batches).toBeGreaterThan(0);
            },
            { timeout: HEALTHY_MS_MAX, interval: 1_000 },
          );
        } finally {
          agent.child.kill('SIGTERM');
        }
        expect(await agent.exited).toBe(0);
      } finally {
        collector.child.kill('SIGTERM');
      }
      expect(await collector.exited).toBe(0);
    });
  });

  it.skipIf(INFLUXD === null)(
    'influxdb: takes its settings from the environment and is healthy',
    async () => {
      await withTemporaryFolder(async (folder) => {
        const port = await freePort();
        const places: Places = new Map([['8086', String(port)]]);
        const service = serviceOf('influxdb');
        const influxd = await startInfluxdAs(service, folder, port);
        try {
          await becomesHealthy(service, places);
          // Its environment says that nobody gets in without a name; here nobody has one yet.
          const answer = await fetch(`http://127.0.0.1:${port}/query?q=SHOW+DATABASES`);
          expect(answer.status).toBe(403);
        } finally {
          influxd.kill('SIGTERM');
        }
      });
    },
  );

  it('leaves only images of others untried', () => {
    const tried = ['monitor', 'control', 'collector', 'agent', 'influxdb'];
    const others = Object.keys(compose.services).filter((name) => !tried.includes(name));
    expect(others).toEqual(['influxdb-volume', 'grafana']);
  });

  it('makes every secret that the file names', async () => {
    await withTemporaryFolder(async (folder) => {
      const script = join(folder, 'make-secrets.sh');
      await run('cp', [join(ROOT, 'deploy', 'make-secrets.sh'), script]);
      const { stdout } = await run('sh', [script]);
      expect(stdout).toContain('secrets');
      for (const { file } of Object.values(compose.secrets)) {
        const made = join(folder, file.replace('./deploy/', ''));
        await expect(run('test', ['-e', made])).resolves.toBeDefined();
      }
      const first = await run('cat', [join(folder, 'secrets', 'control_token')]);
      await run('sh', [script]);
      const again = await run('cat', [join(folder, 'secrets', 'control_token')]);
      expect(first.stdout).toMatch(/^[0-9a-f]{48}$/);
      expect(again.stdout).toBe(first.stdout);
    });
  });
});

/** The container's script hands over to influxd with this environment; index and data lie where there is room. */
async function startInfluxdAs(service: Service, folder: string, port: number): Promise<ChildProcess> {
  const [command] = service.command ?? [];
  expect(command).toBe('influxd');
  for (const each of ['meta', 'data', 'wal']) await mkdir(join(folder, each));
  const environment = Object.entries(service.environment).filter(([name]) => !/USER|INFLUXDB_DB$/.test(name));
  return spawn(INFLUXD ?? '', [], {
    stdio: 'ignore',
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      ...Object.fromEntries(environment),
      INFLUXDB_BIND_ADDRESS: '127.0.0.1:0',
      INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${port}`,
      INFLUXDB_META_DIR: join(folder, 'meta'),
      INFLUXDB_DATA_DIR: join(folder, 'data'),
      INFLUXDB_DATA_WAL_DIR: join(folder, 'wal'),
    },
  });
}
