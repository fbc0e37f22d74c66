/** A real cut, on real packets: `aiqyn sweep` by ICMP in a network of its own, in which one operator's packets are dropped. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { withTemporaryFolder } from '../support/cli.ts';
import { canMakeLabs } from '../support/lab.ts';
import { serviceCommand } from '../support/service.ts';

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'main.js');
const namespace = `aiqyn-s${process.pid % 100_000}`;
const Report = z.object({
  outcome: z.string(),
  method: z.string(),
  operators: z.array(
    z.object({
      operator: z.string(),
      upRatio: z.number().nullable(),
      probed: z.number(),
      answered: z.number(),
    }),
  ),
});

/** Thirty-one addresses of each block, as an opt-out list leaves them. */
const CONFIG = `sweep:
  contact: probes@example.org
  method: icmp
  perSecond: 100
  timeoutMs: 200
  optOutFile: out.txt
  anchors: ['127.0.0.1:9']
  prefixes:
    - { cidr: 127.50.7.0/24, operator: kcell }
    - { cidr: 127.50.8.0/24, operator: beeline }
store: { kind: memory }
`;

describe.skipIf(!canMakeLabs() || serviceCommand('fping', 'Debian package fping') === null)('a cut', () => {
  async function inside(...words: string[]): Promise<string> {
    return (await run('ip', ['netns', 'exec', namespace, ...words])).stdout;
  }
  beforeAll(async () => {
    await run('ip', ['netns', 'add', namespace]);
    await inside('ip', 'link', 'set', 'lo', 'up');
  });
  afterAll(async () => {
    await run('ip', ['netns', 'del', namespace]).catch(() => undefined);
  });

  it('of one operator shows in the next round, and not on the other', async () => {
    await withTemporaryFolder(async (folder) => {
      const ends = ['32/27', '64/26', '128/25'];
      const out = ends.flatMap((end) => [`127.50.7.${end}`, `127.50.8.${end}`]);
      await writeFile(join(folder, 'out.txt'), out.join('\n'));
      await writeFile(join(folder, 'aiqyn.yaml'), CONFIG);
      async function sweep(): Promise<z.infer<typeof Report>> {
        // The anchor lives as long as the round: a shell that listens beside it.
        const script = `import net from 'node:net'; import { spawn } from 'node:child_process';
          const server = net.createServer((s) => s.on('error', () => {}).end()).listen(9, '127.0.0.1', () => {
            const words = [${JSON.stringify(MAIN)}, 'sweep', '--once', '--json', '--config', ${JSON.stringify(join(folder, 'aiqyn.yaml'))}];
            spawn(process.execPath, words, { stdio: 'inherit' }).on('exit', (code) => { process.exitCode = code; server.close(); });
          });`;
        return Report.parse(JSON.parse(await inside(process.execPath, '--input-type=module', '-e', script)));
      }
      expect(await sweep()).toMatchObject({
        outcome: 'swept',
        method: 'icmp',
        operators: [
          { operator: 'AS21299', upRatio: 1, probed: 1, answered: 1 },
          { operator: 'AS29355', upRatio: 1, probed: 1, answered: 1 },
        ],
      });
      await inside('iptables', '-A', 'INPUT', '-d', '127.50.7.0/24', '-j', 'DROP');
      const [beeline, kcell] = (await sweep()).operators;
      expect(beeline).toMatchObject({ operator: 'AS21299', upRatio: 1, answered: 1 });
      // At an availability of 0.95 two silent addresses settle it: 0.9, 0.31, 0.02.
      expect(kcell).toMatchObject({ operator: 'AS29355', upRatio: 0, probed: 2, answered: 0 });
    });
  });
});
