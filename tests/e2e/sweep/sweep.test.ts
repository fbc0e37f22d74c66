/** `aiqyn sweep` as its user has it: from aiqyn.yaml over real connections into DuckDB, page and API. */
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../probes/net/clock.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { openDuckdbStore } from '../../../src/store/duckdb/store.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { runCli, startCli, withTemporaryFolder } from '../../support/cli.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aNotice } from '../../support/web-world.ts';

const SETTLES_MS = 20_000;
/** Thirty-one addresses of each block are left, so that a census lasts a second. */
const OPTED_OUT = ['32/27', '64/26', '128/25'].flatMap((end) => [`127.50.7.${end}`, `127.50.8.${end}`]);

const Report = z.object({
  outcome: z.string(),
  method: z.string(),
  blocks: z.number(),
  censusProbes: z.number(),
  operators: z.array(
    z.object({ operator: z.string(), place: z.string(), upRatio: z.number(), up: z.number() }),
  ),
});

describe('aiqyn sweep', () => {
  let anchor: Server;
  let port = 0;
  beforeAll(async () => {
    anchor = createServer((socket) => socket.on('error', () => undefined).end());
    anchor.listen(0, '127.0.0.1');
    await once(anchor, 'listening');
    const address = anchor.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => {
    anchor.close();
  });

  /** On this machine every address of 127.0.0.0/8 answers, if only by a refusal. */
  async function configure(folder: string, anchorAddress = '127.0.0.1'): Promise<string> {
    await writeFile(join(folder, 'out.txt'), `# left alone\n${OPTED_OUT.join('\n')}\n`);
    const file = join(folder, 'aiqyn.yaml');
    await writeFile(
      file,
      `sweep:
  contact: probes@example.org
  method: tcp
  tcpPort: ${port}
  perSecond: 100
  timeoutMs: 2000
  everyMinutes: 1
  optOutFile: out.txt
  anchors: ['${anchorAddress}:${port}']
  prefixes:
    - { cidr: 127.50.7.0/24, operator: kcell, place: almaty }
    - { cidr: 127.50.8.0/24, operator: beeline }
`,
    );
    return file;
  }

  it('learns who answers, writes shares, and keeps both', async () => {
    await withTemporaryFolder(async (folder) => {
      const words = ['sweep', '--once', '--json', '--config', await configure(folder)];
      const first = await runCli(words);
      expect(first.code, first.stderr).toBe(0);
      expect(Report.parse(JSON.parse(first.stdout))).toEqual({
        outcome: 'swept',
        method: `tcp/${port}`,
        blocks: 2,
        censusProbes: 124,
        operators: [
          { operator: 'AS21299', place: 'unknown', upRatio: 1, up: 1 },
          { operator: 'AS29355', place: 'almaty', upRatio: 1, up: 1 },
        ],
      });
      const census = join(folder, 'aiqyn-data', 'sweep', 'census.jsonl');
      await appendFile(census, '{"id":"8.8.8","atMs":0,"active":[8],"answered":1,"asked":1}\n');
      const second = await runCli(words);
      expect(Report.parse(JSON.parse(second.stdout))).toMatchObject({ outcome: 'swept', censusProbes: 0 });
      expect(second.stderr).toContain('passed over');
      expect(await readFile(census, 'utf8')).not.toContain('8.8.8');
      await expectPages(join(folder, 'aiqyn-data', 'store.duckdb'));
    });
  });

  async function expectPages(file: string): Promise<void> {
    const store = await openDuckdbStore({ file, log: silentLog });
    const app = await createWebServer({
      store,
      catalog: loadCatalog(),
      clock: systemClock(),
      log: silentLog,
      notice: () => aNotice(),
      version: '0.0.0-test',
    });
    try {
      const answer = await app.inject({ url: '/api/sweep?operator=AS29355' });
      expect(answer.json()).toMatchObject({
        rows: [
          { operatorName: 'Kcell', place: 'almaty', upRatio: 1, probed: 1, answered: 1 },
          { operatorName: 'Kcell', place: 'almaty', upRatio: 1 },
        ],
        falls: [],
      });
      expect((await app.inject({ url: '/outside' })).body).toContain('Almaty');
    } finally {
      await app.close();
      await store.close();
    }
  }

  it('says nothing where its own line is down', async () => {
    await withTemporaryFolder(async (folder) => {
      // Nobody else can have a port there that the anchor has here.
      const file = await configure(folder, '127.0.0.9');
      const { code, stdout } = await runCli(['sweep', '--once', '--config', file]);
      expect(code).toBe(1);
      expect(stdout).toContain('nothing is said: no anchor answered');
    });
  });

  it('goes round until it is asked to stop, and stops cleanly in the middle of a census', async () => {
    await withTemporaryFolder(async (folder) => {
      const running = startCli(['sweep', '--config', await configure(folder)], { AIQYN_LOG_LEVEL: 'debug' });
      await running.waitFor(/The store is open/, SETTLES_MS);
      running.child.kill('SIGTERM');
      expect(await running.exited).toBe(0);
      expect(running.stdout()).toMatch(/stopped|swept/);
    });
  });

  it('is told what is missing, or refused', async () => {
    await withTemporaryFolder(async (folder) => {
      const empty = join(folder, 'empty.yaml');
      await writeFile(empty, 'plan: default\n');
      const without = await runCli(['sweep', '--once', '--config', empty]);
      expect([without.code, without.stdout]).toEqual([2, '']);
      expect(without.stderr).toContain('has no section "sweep"');
      await writeFile(
        empty,
        'sweep: { contact: a@b.example, prefixes: [{ cidr: 8.8.8.0/24, operator: kcell }] }\n',
      );
      const foreign = await runCli(['sweep', '--once', '--config', empty]);
      expect(foreign.code).toBe(2);
      expect(foreign.stderr).toContain('1:51 sweep.prefixes[0].cidr: found "8.8.8.0/24"');
    });
  });
});
