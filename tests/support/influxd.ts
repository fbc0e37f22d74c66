/**
 * A real InfluxDB 1.x for tests: its own folder, its own configuration file, free ports of loopback, gone afterwards.
 *
 *     const INFLUXD = influxdCommand();               // null, after a loud warning, where it is not installed
 *     describe.skipIf(INFLUXD === null)('…', () => {
 *       let influxd: Influxd;
 *       beforeAll(async () => { influxd = await startInfluxd(); });
 *       afterAll(async () => { await influxd.stop(); });
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { readCompose } from './compose.ts';
import { serviceCommand } from './service.ts';

/** What docker-compose.yml sets of the server itself; its logins and ports are a test's own. */
const OF_THE_SERVER = /^(?:GOGC|INFLUXDB_(?:DATA|COORDINATOR)_.*)$/;
const START_MS_MAX = 30_000;

export interface Influxd {
  /** `http://127.0.0.1:<port>`; the same after `restart`. */
  readonly url: string;
  /** Of the server's process; 0 while it is down. */
  readonly pid: number;
  /** Asks `/query`, as the administrator where there is one; the answer's JSON. */
  query(influxql: string, database?: string): Promise<unknown>;
  /** SIGKILL, as a power cut is. */
  kill(): Promise<void>;
  /** Starts it again on the same port and files. */
  restart(): Promise<void>;
  /** Ends it and takes its files away. */
  stop(): Promise<void>;
}

export interface InfluxdOptions {
  /** Log in needed; `admin` / `admin` is made as the administrator. */
  readonly auth?: boolean;
  /** Seconds between two runs of the continuous queries. Default: hourly, so never in a test. */
  readonly continuousQuerySeconds?: number;
}

export const INFLUXD_ADMIN = { username: 'admin', password: 'admin' } as const;

export function influxdCommand(): string | null {
  return serviceCommand('influxd', 'apt-get install influxdb');
}

/** @throws Error with its log where it does not start. */
export async function startInfluxd(options: InfluxdOptions = {}): Promise<Influxd> {
  const command = influxdCommand();
  if (command === null) throw new Error('influxd is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'aiqyn-influxd-'));
  const server = new Server(command, folder, options);
  try {
    await server.start();
    if (options.auth === true) {
      const { username, password } = INFLUXD_ADMIN;
      await server.query(`CREATE USER ${username} WITH PASSWORD '${password}' WITH ALL PRIVILEGES`);
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

function composeEnvironment(): Record<string, string> {
  const entries = Object.entries(readCompose().services['influxdb']?.environment ?? {});
  return Object.fromEntries(entries.filter(([key]) => OF_THE_SERVER.test(key)));
}

class Server implements Influxd {
  readonly #command: string;
  readonly #folder: string;
  readonly #options: InfluxdOptions;
  #child: ChildProcess | null = null;
  #port = 0;

  constructor(command: string, folder: string, options: InfluxdOptions) {
    this.#command = command;
    this.#folder = folder;
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const file = join(this.#folder, 'influxdb.toml');
    await writeFile(file, configOf(this.#folder, this.#port, this.#options));
    const child = spawn(this.#command, ['-config', file], {
      env: { ...process.env, ...composeEnvironment() },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    this.#port = await portOf(child);
  }

  async restart(): Promise<void> {
    await this.start();
  }

  async query(influxql: string, database?: string): Promise<unknown> {
    const url = new URL('/query', this.url);
    if (database !== undefined) url.searchParams.set('db', database);
    if (this.#options.auth === true) {
      url.searchParams.set('u', INFLUXD_ADMIN.username);
      url.searchParams.set('p', INFLUXD_ADMIN.password);
    }
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ q: influxql }).toString(),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`influxd: ${answer.statusCode} ${text}`);
    return JSON.parse(text);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await closed;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function configOf(folder: string, port: number, options: InfluxdOptions): string {
  const { auth = false, continuousQuerySeconds = 3_600 } = options;
  return `
reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  auth-enabled = ${String(auth)}
  log-enabled = false
[monitor]
  store-enabled = false
[continuous_queries]
  log-enabled = false
  run-interval = "${continuousQuerySeconds}s"
`;
}

/** Its log says which port it got. */
async function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let log = '';
    let isListening = false;
    const timer = setTimeout(() => {
      reject(new Error(`influxd did not start in ${START_MS_MAX} ms:\n${log}`));
    }, START_MS_MAX);
    child.once('close', (code) => {
      clearTimeout(timer);
      reject(new Error(`influxd ended with ${String(code)}:\n${log}`));
    });
    child.once('error', reject);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      // The pipe is read on, so that it never fills; what comes later tells tests nothing.
      if (isListening) return;
      log += text;
      const [, port] = /msg="Listening on HTTP".* addr=127\.0\.0\.1:(\d+)/.exec(log) ?? [];
      if (port === undefined) return;
      isListening = true;
      clearTimeout(timer);
      resolve(Number(port));
    });
  });
}
