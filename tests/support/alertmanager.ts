/** A real Prometheus Alertmanager for tests: its own folder, a free port of loopback, gone afterwards. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { z } from 'zod';
import { serviceCommand } from './service.ts';

export function alertmanagerCommand(): string | null {
  return serviceCommand('prometheus-alertmanager', 'apt-get install prometheus-alertmanager');
}

const Alerts = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    status: z.object({ state: z.string() }),
    startsAt: z.iso.datetime({ offset: true }),
  }),
);

export interface Alertmanager {
  readonly url: string;
  /** Those that are not resolved. */
  alerts(): Promise<z.infer<typeof Alerts>>;
  stop(): Promise<void>;
}

/** Notifies `webhook` a second after each change at the latest. */
function configOf(webhook: string): string {
  return JSON.stringify({
    route: {
      receiver: 'test',
      group_by: ['...'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '4h',
    },
    receivers: [{ name: 'test', webhook_configs: [{ url: webhook, send_resolved: true }] }],
  });
}

/** @param command what alertmanagerCommand gave. */
export async function startAlertmanager(command: string, webhook: string): Promise<Alertmanager> {
  const folder = await mkdtemp(join(tmpdir(), 'aiqyn-alertmanager-'));
  const file = join(folder, 'alertmanager.yml');
  await writeFile(file, configOf(webhook));
  const child = spawn(
    command,
    [
      `--config.file=${file}`,
      `--storage.path=${folder}`,
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  async function stop(): Promise<void> {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      const port = /Listening on.*?127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
    child.once('error', reject);
    child.once('close', () => {
      reject(new Error(`Alertmanager ended: ${said.slice(-500)}`));
    });
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    url,
    stop,
    async alerts() {
      const { body } = await request(`${url}/api/v2/alerts`);
      return Alerts.parse(await body.json());
    },
  };
}
