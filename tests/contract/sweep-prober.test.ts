/** What every prober promises, over real sockets on this machine's own 127.0.0.0/8. */
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../probes/net/clock.ts';
import { canPing, createFpingProber } from '../../probes/net/sweep-fping.ts';
import { createTcpProber } from '../../probes/net/sweep-tcp.ts';
import {
  addressText,
  createPrefixSet,
  parsePrefix,
  parseRange,
  RefusedAddressError,
} from '../../probes/prefix.ts';
import type { PrefixSet } from '../../probes/prefix.ts';
import type { SweepProber } from '../../probes/sweep-prober.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { isRoot, serviceCommand } from '../support/service.ts';

const FAST = 1_000;
const running = new AbortController().signal;
/** Documentation addresses (RFC 5737) and others that nobody configured. */
const PLANTED = [
  '192.0.2.1',
  '8.8.8.8',
  '127.9.0.1',
  '10.0.0.1',
  'localhost',
  '127.7.0.300',
  '::1',
  '-f',
  '',
];

function prefixesOf(...cidrs: string[]): PrefixSet {
  const owned = cidrs.flatMap((cidr) => {
    const prefix = parsePrefix(cidr);
    return typeof prefix === 'string' ? [] : [{ ...prefix, operator: 'AS29355', place: 'unknown' }];
  });
  const out = parseRange('127.7.0.9');
  return createPrefixSet(owned, out === null ? [] : [out]);
}

const prefixes = prefixesOf('127.7.0.0/16');
let port = 0;
let seen: string[] = [];
const servers: Server[] = [];

beforeAll(async () => {
  // One port on two addresses: the others of the network refuse, which is an answer as well.
  const server = createServer((socket) => {
    seen.push(socket.localAddress ?? '');
    socket.on('error', () => undefined).end();
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  servers.push(server);
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => {
  for (const server of servers) server.close();
});

function tcp(perSecond = FAST, allowed = prefixes): SweepProber {
  return createTcpProber({ prefixes: allowed, port, timeoutMs: 2_000, perSecond, clock: systemClock() });
}

function describeProber(name: string, create: (allowed?: PrefixSet) => SweepProber): void {
  describe(`${name} keeps the promises of a prober`, () => {
    it('says who answers, once each', async () => {
      const answers = await create().ask(['127.7.0.1', '127.7.200.254'], running);
      expect(answers.map(({ address, answered }) => [address, answered])).toEqual([
        ['127.7.0.1', true],
        ['127.7.200.254', true],
      ]);
      for (const { rttMs } of answers) expect(rttMs).toBeGreaterThanOrEqual(0);
    });

    it.each(PLANTED)('sends nothing at all where "%s" is among the addresses', async (planted) => {
      seen = [];
      await expect(create().ask(['127.7.0.1', planted], running)).rejects.toThrow(RefusedAddressError);
      expect(seen).toEqual([]);
    });

    it('refuses who opted out', async () => {
      await expect(create().ask(['127.7.0.9'], running)).rejects.toThrow(/127\.7\.0\.9 is outside/);
    });

    it('asks nobody after a stop', async () => {
      const stopped = new AbortController();
      stopped.abort();
      expect(await create().ask(['127.7.0.1'], stopped.signal)).toEqual([]);
    });

    it('asks no address outside its prefixes, whichever it is given (property)', async () => {
      const prober = create(prefixesOf('127.200.0.0/24'));
      const outside = fc
        .nat({ max: 2 ** 32 - 1 })
        .map(addressText)
        .filter((address) => !address.startsWith('127.200.0.'));
      await fc.assert(
        fc.asyncProperty(outside, async (address) => {
          await expect(prober.ask([address], running)).rejects.toThrow(RefusedAddressError);
        }),
        { numRuns: 200 },
      );
    });
  });
}

describeProber('TCP', (allowed) => tcp(FAST, allowed));

describe('TCP', () => {
  it('counts a refusal as an answer', async () => {
    const closed = createServer();
    closed.listen(0, '127.7.0.2');
    await once(closed, 'listening');
    const address = closed.address();
    const free = typeof address === 'object' && address !== null ? address.port : 0;
    closed.close();
    await once(closed, 'close');
    const prober = createTcpProber({
      prefixes,
      port: free,
      timeoutMs: 2_000,
      perSecond: FAST,
      clock: systemClock(),
    });
    expect(await prober.ask(['127.7.0.2'], running)).toMatchObject([{ answered: true }]);
  });

  it('begins no more connections a second than it may', async () => {
    const clock = new ManualClock();
    const perSecond = 10;
    const prober = createTcpProber({ prefixes, port, timeoutMs: 2_000, perSecond, clock });
    seen = [];
    const asking = prober.ask(
      Array.from({ length: 30 }, (_, index) => `127.7.1.${index + 1}`),
      running,
    );
    await clock.advance(950);
    // The first at once, then one each tenth of a second.
    expect(seen.length).toBeLessThanOrEqual(10);
    expect(clock.sleeping).toBeGreaterThan(0);
    await clock.advance(2_050);
    expect(await asking).toHaveLength(30);
  });
});

const fping = serviceCommand('fping', 'Debian package fping');
describe.skipIf(fping === null || !isRoot('ICMP by fping'))('ICMP', () => {
  describeProber('fping', (allowed = prefixes) =>
    createFpingProber({ prefixes: allowed, timeoutMs: 500, perSecond: FAST }),
  );

  it('knows that it may ping', async () => {
    expect(await canPing()).toBe(true);
  });
});

describe('an fping that is not there, or may not', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aiqyn-fping-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** A program in its place, which says what it was given. */
  async function standIn(script: string): Promise<string> {
    const file = join(folder, 'fping');
    await writeFile(file, `#!/bin/sh\necho "$@" >> ${folder}/given\n${script}\n`);
    await chmod(file, 0o755);
    return file;
  }

  it('is our own trouble and no silence', async () => {
    const missing = createFpingProber({
      prefixes,
      timeoutMs: 500,
      perSecond: FAST,
      command: join(folder, 'none'),
    });
    expect(await missing.ask(['127.7.0.1'], running)).toEqual([]);
    expect(await canPing(join(folder, 'none'))).toBe(false);
    const command = await standIn('echo "fping: can not create raw socket" >&2; exit 4');
    expect(
      await createFpingProber({ prefixes, timeoutMs: 500, perSecond: FAST, command }).ask(
        ['127.7.0.1'],
        running,
      ),
    ).toEqual([]);
    expect(await canPing(command)).toBe(false);
  });

  it('is told the rate and asks in bounded numbers, and its word on others does not count', async () => {
    await rm(join(folder, 'given'), { force: true });
    const command = await standIn('echo "127.7.0.1 : 3.5" >&2; echo "8.8.8.8 : 1" >&2; exit 1');
    const prober = createFpingProber({ prefixes, timeoutMs: 500, perSecond: 20, command });
    const addresses = Array.from(
      { length: 501 },
      (_, index) => `127.7.${Math.floor(index / 240)}.${(index % 240) + 10}`,
    );
    expect(await prober.ask(['127.7.0.1', ...addresses], running)).toEqual([
      { address: '127.7.0.1', answered: true, rttMs: 3.5 },
    ]);
    const given = (await readFile(join(folder, 'given'), 'utf8')).trim().split('\n');
    expect(given).toHaveLength(2);
    expect(given[0]).toContain('-i 50.000 -t 500 127.7.0.1 ');
  });
});
