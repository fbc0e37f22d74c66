/**
 * A real VictoriaMetrics for tests, which takes line protocol at /api/v2/write: its own folder, a free port of loopback, gone
 * afterwards.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { z } from 'zod';
import { serviceCommand } from './service.ts';

const START_MS_MAX = 30_000;
const PORTS_TRIED_MAX = 5;

const Series = z.object({
  metric: z.record(z.string(), z.string()),
  values: z.array(z.number()),
  timestamps: z.array(z.number()),
});
/** One field of one set of tags; its name is `metric.__name__`. Instants are UTC epoch milliseconds. */
export type VictoriaSeries = z.infer<typeof Series>;

export interface VictoriaMetrics {
  readonly url: string;
  /** All that it holds, by its own API. */
  export(): Promise<VictoriaSeries[]>;
  stop(): Promise<void>;
}

export function victoriaMetricsCommand(): string | null {
  return serviceCommand('victoria-metrics', 'apt-get install victoria-metrics');
}

/** @throws Error with its log where it does not start. */
export async function startVictoriaMetrics(): Promise<VictoriaMetrics> {
  const command = victoriaMetricsCommand();
  if (command === null) throw new Error('victoria-metrics is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'aiqyn-victoria-'));
  for (let tried = 1; ; tried += 1) {
    const port = await freePort();
    const child = spawn(
      command,
      [
        `-storageDataPath=${folder}`,
        `-httpListenAddr=127.0.0.1:${port}`,
        '-retentionPeriod=100y',
        '-memory.allowedBytes=64MiB',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const log = await started(child);
    const url = `http://127.0.0.1:${port}`;
    if (log === null)
      return { url, export: async () => exportAll(url), stop: async () => stop(child, folder) };
    await stop(child, folder);
    if (tried >= PORTS_TRIED_MAX || !log.includes('address already in use')) throw new Error(log);
  }
}

/** It does not say which port it took, so one that is free is given to it. */
async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const at = server.address();
      server.close(() => {
        resolve(typeof at === 'object' && at !== null ? at.port : 0);
      });
    });
  });
}

/** Null once it listens; its log where it ends or says nothing in time. */
async function started(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let log = '';
    const timer = setTimeout(() => {
      resolve(log);
    }, START_MS_MAX);
    function settle(result: string | null): void {
      clearTimeout(timer);
      resolve(result);
    }
    child.once('error', reject);
    child.once('close', () => {
      settle(log);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('pprof handlers are exposed')) settle(null);
    });
  });
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await closed;
  }
  await rm(folder, { recursive: true, force: true });
}

async function exportAll(url: string): Promise<VictoriaSeries[]> {
  // What was written in the last seconds is searchable from here on.
  const flushed = await request(`${url}/internal/force_flush`);
  await flushed.body.dump();
  const query = new URLSearchParams({ 'match[]': '{__name__!=""}', start: '0' });
  const { statusCode, body } = await request(`${url}/api/v1/export?${query.toString()}`);
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`export answered ${statusCode}: ${text}`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Series.parse(JSON.parse(line)));
}
