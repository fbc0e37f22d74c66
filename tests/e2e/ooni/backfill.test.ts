/** `aiqyn backfill ooni`, as a user runs it, against a bucket on loopback: history becomes incidents and associations, whatever happens on the way. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli, startCli, withTemporaryFolder } from '../../support/cli.ts';
import { startArchive } from '../../support/ooni-archive.ts';
import type { ArchiveFaults } from '../../support/ooni-archive.ts';
import { calendarOf, historyFiles, springScenario } from '../../support/ooni-history.ts';

const DAYS = ['--since', '2018-03-13', '--until', '2018-04-10'];
const Answer = z.object({
  files: z.number(),
  filesDoneBefore: z.number(),
  imported: z.number(),
  repeated: z.number(),
  skipped: z.number(),
  leftOut: z.object({ other_country: z.number() }),
  problems: z.array(z.string()),
  incidents: z.array(z.object({ kind: z.string(), platforms: z.array(z.string()), start: z.string() })),
  associations: z.array(z.object({ kind: z.string(), platform: z.string(), outcome: z.string() })),
});

const files = new Map<string, Buffer>();
let calendar = '';
let measurements = 0;

beforeAll(async () => {
  const scenario = await springScenario(['youtube', 'facebook', 'vk']);
  for (const file of historyFiles({ scenario, cadenceSeconds: 1_800, hours: [12, 18], filesPerDay: 1 })) {
    files.set(file.key, file.body);
    measurements += file.measurements;
  }
  calendar = calendarOf(scenario);
});

async function dataDirIn(folder: string, name: string): Promise<string> {
  const dataDir = join(folder, name);
  await mkdir(dataDir);
  await writeFile(join(dataDir, 'events.yaml'), calendar);
  return dataDir;
}

function commandOf(from: string, dataDir: string, days: readonly string[] = DAYS): string[] {
  return ['backfill', 'ooni', ...days, '--from', from, '-d', dataDir, '--json'];
}

async function backfill(from: string, dataDir: string, days: readonly string[] = DAYS) {
  const { code, stdout, stderr } = await runCli(commandOf(from, dataDir, days));
  return { code, stderr, answer: Answer.parse(JSON.parse(stdout || '{}')) };
}

async function withArchive<T>(
  faults: ArchiveFaults,
  use: (server: Awaited<ReturnType<typeof startArchive>>) => Promise<T>,
  held: ReadonlyMap<string, Buffer> = files,
): Promise<T> {
  const server = await startArchive(held, faults);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

/** Every point of the store, in one order. */
async function contentOf(dataDir: string): Promise<string[]> {
  const out = join(dataDir, 'out.csv');
  const args = ['export', '--from', '2018-01-01', '--to', '2019-01-01', '--format', 'csv', '-o', out];
  expect((await runCli([...args, '-d', dataDir])).code).toBe(0);
  return (await readFile(out, 'utf8')).trim().split('\n').sort();
}

/** The first days of it, for what needs no month. */
function someFiles(count: number): Map<string, Buffer> {
  return new Map([...files].slice(0, count));
}

describe('aiqyn backfill ooni', () => {
  it('finds the spring of 2018 in the archive, also when it is killed half-way', async () => {
    await withTemporaryFolder(async (folder) => {
      const [broken, whole] = [await dataDirIn(folder, 'broken'), await dataDirIn(folder, 'whole')];
      const middle = [...files.keys()][Math.floor(files.size / 2)];
      const [held, reached] = [gate(), gate()];
      async function beforeFile(key: string): Promise<void> {
        if (key !== middle) return;
        reached.open();
        await held.passed;
      }
      await withArchive({ beforeFile }, async ({ url, atOnceMax }) => {
        const first = startCli(commandOf(url, broken));
        await reached.passed;
        await untilWritten(join(broken, 'backfill-ooni.jsonl'));
        first.child.kill('SIGKILL');
        await first.exited;
        held.open();
        const second = await backfill(url, broken);
        expect([second.code, second.stderr]).toEqual([
          0,
          expect.stringMatching(/ of them done before: .* to read, about /u),
        ]);
        expect(second.answer.filesDoneBefore).toBeGreaterThan(0);
        expect(second.answer.filesDoneBefore).toBeLessThan(files.size);
        const unbroken = await backfill(url, whole);
        expect(unbroken.answer).toMatchObject({ files: files.size, imported: measurements, skipped: 0 });
        expect(second.answer.incidents).toEqual(unbroken.answer.incidents);
        expect(second.answer.associations).toEqual(unbroken.answer.associations);
        expect(await contentOf(broken)).toEqual(await contentOf(whole));
        expect(atOnceMax()).toBeLessThanOrEqual(8);
        const blocks = unbroken.answer.incidents.filter(({ kind }) => kind === 'platform_block');
        expect(blocks.map(({ platforms }) => platforms)).toEqual(
          Array.from({ length: 12 }, () => ['facebook', 'youtube']),
        );
        const streams = unbroken.answer.associations.filter(({ kind }) => kind === 'livestream');
        expect(Object.fromEntries(streams.map(({ platform, outcome }) => [platform, outcome]))).toEqual({
          facebook: 'significant',
          youtube: 'significant',
          vk: 'not_significant',
        });
        expect(await readdir(whole)).not.toContain('backfill');
      });
    });
  }, 240_000);

  it('waits when it is told to, and takes a file again that broke off', async () => {
    await withTemporaryFolder(async (folder) => {
      const faults: ArchiveFaults = {
        refuse: (number) => (number === 2 ? 429 : number === 4 ? 503 : null),
        breakOff: (_key, tries) => tries === 1,
      };
      const some = someFiles(2);
      await withArchive(
        faults,
        async ({ url }) => {
          const { code, answer } = await backfill(url, await dataDirIn(folder, 'data'));
          expect([code, answer.files, answer.skipped]).toEqual([0, 2, 0]);
          expect(answer.imported).toBe((measurements / files.size) * 2);
        },
        some,
      );
    });
  });

  it('stops when it is asked to, says how far it came, and goes on from there', async () => {
    await withTemporaryFolder(async (folder) => {
      const some = someFiles(6);
      const last = [...some.keys()].at(-1);
      const held = gate();
      async function beforeFile(key: string): Promise<void> {
        if (key === last) await held.passed;
      }
      await withArchive(
        { beforeFile },
        async ({ url }) => {
          const dataDir = await dataDirIn(folder, 'data');
          const first = startCli(commandOf(url, dataDir));
          await untilWritten(join(dataDir, 'backfill-ooni.jsonl'));
          first.child.kill('SIGINT');
          expect([await first.exited, first.stdout()]).toEqual([3, '']);
          expect(first.stderr()).toMatch(/Stopping, .*\nStopped: [1-5] of 6 files are taken in and stay\. /u);
          held.open();
          const { code, answer } = await backfill(url, dataDir);
          expect(code).toBe(0);
          expect(answer.filesDoneBefore).toBeGreaterThan(0);
          expect(await contentOf(dataDir)).toHaveLength((measurements / files.size) * 6 + 1);
        },
        some,
      );
    });
  });

  it('gives up on an archive that lists files and gives none of them', async () => {
    await withTemporaryFolder(async (folder) => {
      function refuse(_number: number, path: string) {
        return path.startsWith('/jsonl/') ? 404 : null;
      }
      await withArchive({ refuse }, async ({ url, asked }) => {
        const { code, stderr } = await runCli(commandOf(url, await dataDirIn(folder, 'data')));
        expect([code, stderr]).toEqual([1, expect.stringContaining('gave none of the last 10 files')]);
        expect(asked.filter((path) => path.startsWith('/jsonl/')).length).toBeLessThan(20);
      });
    });
  });

  it('says that there is nothing of those days, and what is wrong where the archive may not be listed', async () => {
    await withTemporaryFolder(async (folder) => {
      await withArchive({}, async ({ url }) => {
        const days = ['--since', '2016-01-01', '--until', '2016-02-01'];
        const none = await backfill(url, join(folder, 'data'), days);
        expect([none.code, none.answer.files]).toEqual([3, 0]);
        expect(none.stderr).toContain(`No file of Kazakhstan in ${url} from 2016-01-01 to 2016-02-01.`);
      });
      await withArchive({ refuse: () => 403 }, async ({ url }) => {
        const { code, stderr } = await runCli(commandOf(url, join(folder, 'data')));
        expect([code, stderr]).toEqual([1, expect.stringMatching(/\(HTTP 403\).*address is right/u)]);
      });
    });
  });

  it('names and counts what is cut or gone, takes the rest, and says exit code 3', async () => {
    await withTemporaryFolder(async (folder) => {
      const [first = '', second = ''] = files.keys();
      const held = someFiles(3);
      const body = held.get(first) ?? Buffer.alloc(0);
      held.set(first, body.subarray(0, body.length - 500));
      let isAway = true;
      function refuse(_number: number, path: string) {
        return isAway && path.endsWith(second) ? 503 : null;
      }
      await withArchive(
        { refuse },
        async ({ url }) => {
          const dataDir = await dataDirIn(folder, 'data');
          const { code, answer, stderr } = await backfill(url, dataDir);
          expect([code, answer.files, answer.skipped]).toEqual([3, 3, 2]);
          expect(stderr).toContain(`${first}: skipped: unexpected end of file`);
          expect(stderr).toContain(`${second}: skipped: could not be downloaded (HTTP 503)`);
          expect(answer.imported).toBeGreaterThan(measurements / files.size);
          isAway = false;
          const again = await backfill(url, dataDir);
          expect([again.code, again.answer.filesDoneBefore]).toEqual([0, 2]);
          expect(again.answer.imported).toBe(measurements / files.size);
        },
        held,
      );
    });
  }, 60_000);

  it('reads a folder of downloaded files, and only what is of the country and the days', async () => {
    await withTemporaryFolder(async (folder) => {
      const mirror = join(folder, 'mirror');
      const [key = '', body] = [...files][0] ?? [];
      const keys = [
        key,
        key.replace('/KZ/', '/IT/'),
        key.replaceAll('20180313', '20190313'),
        key.replace('webconnectivity/', 'ndt/'),
      ];
      for (const each of keys) {
        await mkdir(dirname(join(mirror, each)), { recursive: true });
        await writeFile(join(mirror, each), body ?? '');
      }
      const { code, answer } = await backfill(mirror, await dataDirIn(folder, 'data'));
      expect([code, answer.files, answer.imported]).toEqual([0, 1, measurements / files.size]);
    });
  });

  it('only says what there is with --dry-run', async () => {
    await withTemporaryFolder(async (folder) => {
      await withArchive({}, async ({ url, asked }) => {
        const dataDir = await dataDirIn(folder, 'data');
        const { code, stdout } = await runCli([...commandOf(url, dataDir), '--dry-run']);
        expect([code, JSON.parse(stdout)]).toMatchObject([0, { files: files.size, filesDoneBefore: 0 }]);
        expect(asked.every((path) => path.startsWith('/?list-type=2'))).toBe(true);
        expect(asked.filter((path) => path.includes('continuation-token')).length).toBeGreaterThan(1);
      });
    });
  });

  it.each([
    {
      from: 'http://127.0.0.1:1',
      code: 1,
      says: /127\.0\.0\.1:1 cannot be listed \(connection_refused\).*run the same command again/u,
    },
    { from: 'ftp://127.0.0.1/', code: 2, says: /--from: "ftp:.*" is no http or https address/u },
    { from: '/no/such/folder', code: 2, says: /--from: .* neither a folder nor an address/u },
  ])('says what is wrong with $from', async ({ from, code, says }) => {
    await withTemporaryFolder(async (folder) => {
      const result = await runCli(commandOf(from, join(folder, 'data')));
      expect([result.code, result.stderr.replaceAll('\n', ' ')]).toEqual([code, expect.stringMatching(says)]);
    });
  });

  it('says that an archive lists its files in another way now', async () => {
    await withTemporaryFolder(async (folder) => {
      await withArchive({ listing: '<html>moved</html>' }, async ({ url }) => {
        const { code, stderr } = await runCli(commandOf(url, join(folder, 'data')));
        expect([code, stderr]).toEqual([1, expect.stringContaining('does not list its files as OONI')]);
      });
    });
  });

  it('refuses days that are none, in the future or the wrong way round', async () => {
    await withTemporaryFolder(async (folder) => {
      for (const days of [
        ['--since', '2018-02-31', '--until', '2018-04-01'],
        ['--since', '2018-04-02', '--until', '2018-04-01'],
        ['--since', '2918-04-01', '--until', '2918-04-02'],
      ]) {
        const { code, stderr } = await runCli(commandOf(folder, join(folder, 'data'), days));
        expect([code, stderr]).toEqual([2, expect.stringMatching(/--since|--until/u)]);
      }
    });
  });
});

async function untilWritten(file: string): Promise<void> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text !== '') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function gate(): { readonly passed: Promise<void>; open(): void } {
  const openers: (() => void)[] = [];
  const passed = new Promise<void>((resolve) => openers.push(resolve));
  return {
    passed,
    open() {
      for (const open of openers) open();
    },
  };
}
