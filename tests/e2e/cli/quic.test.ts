/** `aiqyn probe quic …` against a QUIC server on this machine, and who loads the QUIC library at all. */
import { createSocket } from 'node:dgram';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, encode } from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { QuicTestKeys } from '../../../probes/measurement.ts';
import { TAG_HARMLESS } from '../../../probes/observations.ts';
import { createAuthority } from '../../../src/demo/certificates.ts';
import type { Credentials } from '../../../src/demo/certificates.ts';
import { startQuicServer } from '../../../src/demo/quic-server.ts';
import { runCli, startCli, withTemporaryFolder } from '../../support/cli.ts';

const HOST = 'www.youtube.com';
const authority = await createAuthority('Nobody trusts this root', 'Tests');
const credentials = await authority.issue([HOST], []);

const Printed = z.object({
  target: z.string(),
  verdict: z.object({ status: z.string(), rule: z.string(), reasons: z.array(z.string()) }),
  measurement: z.object({ input: z.string(), test_name: z.string(), test_keys: QuicTestKeys }),
});

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()));
});

/** Every name lives on 127.0.0.1. */
async function openNames(): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const { id, questions = [] } = decode(message);
    const answers = questions
      .filter(({ type }) => type === 'A')
      .map(({ name }) => ({ type: 'A' as const, name, ttl: 60, data: '127.0.0.1' }));
    socket.send(encode({ id: id ?? 0, type: 'response', questions, answers }), from.port, from.address);
  });
  opened.push(
    () =>
      new Promise((resolve) => {
        socket.close(() => {
          resolve();
        });
      }),
  );
  return new Promise((resolve) => {
    socket.bind(0, '127.0.0.1', () => {
      resolve(socket.address().port);
    });
  });
}

async function openServer(credentialsFor: (name: string | null) => Credentials | null): Promise<number> {
  const server = await startQuicServer({ credentialsFor, delay: () => Promise.resolve() });
  opened.push(() => server.stop());
  return server.port;
}

/** Runs `aiqyn probe quic` with the names of this world. */
async function probe(port: number, ...more: string[]) {
  const names = await openNames();
  return withTemporaryFolder(async (folder) => {
    const config = join(folder, 'aiqyn.yaml');
    const plan = join(folder, 'plan.yaml');
    await writeFile(
      config,
      `plan: ${plan}\nresolvers: { system: false, udp: ["127.0.0.1:${names}"], doh: null }\n`,
    );
    await writeFile(
      plan,
      [
        'id: short',
        'title: Short',
        'description: Deadlines that fit a test.',
        'platforms: [youtube]',
        "light: { cron: '* * * * *', timeoutMs: 1000 }",
        "full: { cron: '* * * * *', timeoutMs: 1000 }",
        "rings: { cron: '* * * * *', timeoutMs: 500 }",
        "quic: { cron: '* * * * *', timeoutMs: 8000 }",
        'dailyBudgetMegabytes: 10',
      ].join('\n'),
    );
    return runCli(['probe', 'quic', `${HOST}:${port}`, '--config', config, ...more]);
  });
}

describe('aiqyn probe quic', () => {
  it('records in OONI’s shape that only the target’s name gets no answer', { timeout: 40_000 }, async () => {
    const port = await openServer((name) => (name === HOST ? null : credentials));
    const { code, stdout, stderr } = await probe(port, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { verdict, measurement } = Printed.parse(JSON.parse(stdout));
    expect(measurement).toMatchObject({ input: `quic://${HOST}:${port}`, test_name: 'aiqyn_quic' });
    const rows = measurement.test_keys.quic_handshakes;
    const here = rows.filter(({ address }) => address === `127.0.0.1:${port}`);
    expect(here.map(({ server_name, failure }) => [server_name === HOST, failure])).toEqual([
      [true, 'generic_timeout_error'],
      [false, null],
      [true, 'generic_timeout_error'],
      [false, null],
    ]);
    expect(here.every(({ network }) => network === 'udp')).toBe(true);
    expect(here.filter(({ tags }) => tags.includes(TAG_HARMLESS))).toHaveLength(2);
    // This machine has no internet, so that nothing is called blocked; why it would be stands there all the same.
    expect(verdict.reasons).toContain("QUIC under the target's name got no answer, 2 of 2 times.");
    expect(verdict.reasons.join(' ')).toContain('The same address answered under');
  });

  it('tells a person what was tried', { timeout: 40_000 }, async () => {
    const port = await openServer(() => credentials);
    const { code, stdout } = await probe(port);
    expect(code).toBe(0);
    expect(stdout).toContain(`quic://${HOST}:${port}`);
    expect(stdout).toMatch(
      new RegExp(
        `QUIC handshake with 127\\.0\\.0\\.1:${port} as ${HOST}\\s+\\d+\\s+certificate of an unknown authority`,
      ),
    );
    // No name server and no site answers here, so that nothing may be said of the site, whatever its certificate.
    expect(stdout).toContain(`Nothing can be said of ${HOST}`);
  });

  it.each([
    { words: ['quic', 'no host'], says: 'no host' },
    { words: ['quic', 'example.org', 'more'], says: 'too much' },
    { words: ['youtube', 'facebook'], says: 'too much' },
  ])('refuses $words', async ({ words, says }) => {
    const { code, stderr } = await runCli(['probe', ...words]);
    expect(stderr).toContain(says);
    expect(code).toBe(2);
  });
});

/** Linux tells which files a process has mapped; the library is a native one. */
async function mapsQuic(plan: string): Promise<boolean> {
  return withTemporaryFolder(async (folder) => {
    const config = join(folder, 'aiqyn.yaml');
    await writeFile(config, `plan: ${plan}\n`);
    const monitor = startCli(['run', '--port', '0', '--data-dir', folder, '--config', config]);
    try {
      await monitor.waitFor(/http:\/\/127\.0\.0\.1:\d+/, 30_000);
      const maps = await readFile(`/proc/${monitor.child.pid ?? 0}/maps`, 'utf8');
      expect(maps).toContain('duckdb');
      return maps.includes('@matrixai/quic-');
    } finally {
      monitor.child.kill('SIGTERM');
      await monitor.exited;
    }
  });
}

describe.runIf(process.platform === 'linux')('the QUIC library', () => {
  it.each([
    { plan: 'default', isLoaded: false },
    { plan: 'quic', isLoaded: true },
  ])('is in a monitor of the plan $plan: $isLoaded', { timeout: 60_000 }, async ({ plan, isLoaded }) => {
    expect(await mapsQuic(plan)).toBe(isLoaded);
  });
});
