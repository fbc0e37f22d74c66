/** `aiqyn import ooni` and `aiqyn export`, as a user runs them: what comes in goes out, once, and means the same. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli, startCli, withTemporaryFolder } from '../../support/cli.ts';
import { mmdbOf } from '../../support/mmdb-writer.ts';
import { sharedPath } from '../../support/shared.ts';
import { connect, handshake, lookup, request, webMeasurement } from '../../support/web-observations.ts';

const SITE = '93.184.216.34';
const STRANGE = '203.0.113.9';
const URL_OF_SITE = 'http://www.example.com/';

const Counts = z.object({
  read: z.number(),
  imported: z.number(),
  repeated: z.number(),
  skipped: z.number(),
  leftOut: z.object({ other_country: z.number(), unknown_test: z.number() }),
  problems: z.array(z.string()),
});
const Verdict = z.object({ input: z.string(), status: z.string(), rule: z.string() });

function measured(second: number, fields: Parameters<typeof webMeasurement>[0] = {}): object {
  const time = `2026-01-02 03:04:${String(second).padStart(2, '0')}`;
  return webMeasurement({
    input: 'https://www.youtube.com/',
    tls: [handshake(SITE)],
    requests: [request('https://www.youtube.com/', SITE, {})],
    ...fields,
    envelope: {
      probe_cc: 'KZ',
      probe_asn: 'AS29355',
      report_id: 'r',
      measurement_start_time: time,
      ...fields.envelope,
    },
  });
}

async function importOoni(args: readonly string[]) {
  const { code, stdout, stderr } = await runCli(['import', 'ooni', ...args, '--json']);
  return { code, stderr, counts: Counts.parse(JSON.parse(stdout)) };
}

async function exported(dataDir: string, to: string): Promise<string> {
  const args = ['export', '--from', '2015-01-01', '--to', '2027-01-01', '--format', 'jsonl', '-o', to];
  const { code, stderr } = await runCli([...args, '-d', dataDir]);
  expect([code, stderr]).toEqual([0, expect.stringContaining('measurements written')]);
  return readFile(to, 'utf8');
}

function valuesOf(lines: string): unknown[] {
  return lines
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

async function verdictsOf(path: string, ...more: readonly string[]) {
  const { stdout } = await runCli(['verdict', path, '--json', ...more]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => Verdict.parse(JSON.parse(line)));
}

describe('aiqyn import ooni', () => {
  it('takes JSONL, gzip and JSON, names what it cannot read, and stores everything once', async () => {
    await withTemporaryFolder(async (dir) => {
      const lines = join(dir, 'some.jsonl');
      const zipped = join(dir, 'more.jsonl.gz');
      const whole = join(dir, 'one.json');
      await writeFile(
        lines,
        `${JSON.stringify(measured(1))}\n{"test_name": broken\n\n${JSON.stringify(measured(2))}\n`,
      );
      await writeFile(zipped, gzipSync(`${JSON.stringify(measured(3))}\n${JSON.stringify(measured(2))}\n`));
      await writeFile(whole, JSON.stringify(measured(4, { envelope: { probe_cc: 'IT' } }), null, 2));
      const first = await importOoni([lines, zipped, whole, '--country', 'kz', '-d', join(dir, 'data')]);
      expect(first.code).toBe(3);
      expect(first.counts).toMatchObject({ read: 5, imported: 3, repeated: 1, skipped: 1 });
      expect(first.counts.leftOut).toEqual({ other_country: 1, unknown_test: 0 });
      expect(first.stderr).toContain(`${lines}:2: skipped: not JSON`);
      const second = await importOoni([zipped, '-d', join(dir, 'data')]);
      expect([second.code, second.counts.imported, second.counts.repeated]).toEqual([0, 0, 2]);
    });
  });

  it('brings its own exports back unchanged', async () => {
    await withTemporaryFolder(async (dir) => {
      const from = join(dir, 'in.jsonl');
      await writeFile(
        from,
        [measured(1), measured(2), measured(3)].map((each) => JSON.stringify(each)).join('\n'),
      );
      await importOoni([from, '-d', join(dir, 'first')]);
      const out = await exported(join(dir, 'first'), join(dir, 'out.jsonl'));
      await importOoni([join(dir, 'out.jsonl'), '-d', join(dir, 'second')]);
      const again = await exported(join(dir, 'second'), join(dir, 'again.jsonl'));
      expect(valuesOf(again)).toEqual(valuesOf(out));
      expect(valuesOf(out)).toHaveLength(3);
    });
  });

  it('finds the networks of addresses in a table that the user brings', async () => {
    await withTemporaryFolder(async (dir) => {
      const file = join(dir, 'strange.jsonl');
      const table = join(dir, 'asn.mmdb');
      const strange = measured(1, {
        input: URL_OF_SITE,
        queries: [lookup('getaddrinfo', STRANGE), lookup('doh', SITE)],
        tcp: [connect(STRANGE, 80)],
        requests: [request(URL_OF_SITE, STRANGE, { body: '<title>Access Denied</title>', headers: {} })],
      });
      await writeFile(file, JSON.stringify(strange));
      await writeFile(table, mmdbOf({ '203.0.113.0/24': { autonomous_system_number: 9198 } }));
      const [bare] = await verdictsOf(file);
      const [informed] = await verdictsOf(file, '--asn-db', table);
      expect(bare?.rule).not.toBe('dns.strange_answer');
      expect(informed).toMatchObject({ status: 'blocked', rule: 'dns.strange_answer' });
    });
  });

  it('says which file is wrong, and refuses a data directory that a monitor uses', async () => {
    await withTemporaryFolder(async (dir) => {
      const missing = await runCli(['import', 'ooni', join(dir, 'nothing.json'), '-d', dir]);
      expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('there is no such file')]);
      const empty = join(dir, 'empty.jsonl');
      await writeFile(empty, '\n');
      expect((await runCli(['import', 'ooni', empty, '-d', join(dir, 'data')])).code).toBe(1);
      const monitor = startCli(['run', '-d', join(dir, 'data'), '-p', '0']);
      await monitor.waitFor(/http:\/\/127\.0\.0\.1:\d+/, 30_000);
      const refused = await runCli(['import', 'ooni', empty, '-d', join(dir, 'data')]);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/in use|another/i)]);
      monitor.child.kill('SIGTERM');
      await monitor.exited;
    });
  });

  it('changes no verdict of OONI’s corpus', async ({ skip }) => {
    const corpus = sharedPath('corpus', 'ooni-web');
    if (corpus === null) return skip();
    await withTemporaryFolder(async (dir) => {
      await importOoni([corpus, '-d', join(dir, 'data')]);
      await exported(join(dir, 'data'), join(dir, 'out.jsonl'));
      const before = (await verdictsOf(corpus)).map(({ input, status }) => `${input} ${status}`);
      const after = (await verdictsOf(join(dir, 'out.jsonl'))).map(
        ({ input, status }) => `${input} ${status}`,
      );
      expect(after.toSorted()).toEqual(before.toSorted());
    });
  });
});
