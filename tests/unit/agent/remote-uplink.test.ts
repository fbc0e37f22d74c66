import { describe, expect, it } from 'vitest';
import type { SendPlain } from '../../../probes/net/post-json.ts';
import type { ChainState } from '../../../src/agent/chain-file.ts';
import { createRemoteUplink } from '../../../src/agent/remote-uplink.ts';
import { CHAIN_START } from '../../../src/fleet/chain.ts';
import { createIdentity } from '../../../src/fleet/identity.ts';
import { aState } from '../../support/fleet.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { createRecordingLog } from '../../support/silent-log.ts';

const CUT = { failure: 'generic_timeout_error', status: 0, body: null } as const;

/** A line that can be cut; `asked` counts what was sent by it. */
function aLine() {
  const line = { isCut: false, asked: 0, hosts: new Set<string>() };
  async function send({ url }: { readonly url: string }): ReturnType<SendPlain> {
    line.asked += 1;
    line.hosts.add(new URL(url).host);
    if (line.isCut) return CUT;
    const standing = { number: 1, head: CHAIN_START, last: 0, spool: null };
    return { failure: null, status: 200, body: url.endsWith('/time') ? { nowMs: 0 } : standing };
  }
  return { line, send };
}

function aWorld() {
  const [own, other] = [aLine(), aLine()];
  const clock = new ManualClock();
  const { log, lines } = createRecordingLog();
  let state: ChainState = { spool: '00000000000000aa', key: '', number: 0, head: CHAIN_START, last: 0 };
  const uplink = createRemoteUplink({
    collectors: ['https://first.example', 'https://second.example'],
    identity: createIdentity().identity,
    chain: {
      read: () => state,
      write: async (next) => {
        state = next;
      },
    },
    send: own.send,
    elsewhere: [other.send],
    clock,
    log,
    signal: new AbortController().signal,
  });
  return { uplink, own: own.line, other: other.line, clock, said: lines };
}

describe('a vantage’s batches', () => {
  it('leave by its own line alone while that works', async () => {
    const { uplink, own, other } = aWorld();
    await uplink.deliver([], aState());
    expect([own.asked, other.asked]).toEqual([2, 0]);
  });

  it('try every address of the collector by its own line before another line is asked', async () => {
    const { uplink, own, other } = aWorld();
    own.isCut = true;
    await uplink.deliver([], aState());
    expect([...own.hosts]).toEqual(['first.example', 'second.example']);
    expect(other.asked).toBe(2);
  });

  it('leave the cut line alone for a minute, say so once, and go back to it', async () => {
    const { uplink, own, other, clock, said } = aWorld();
    own.isCut = true;
    await uplink.deliver([], aState());
    const asked = own.asked;
    await uplink.deliver([], aState());
    expect(own.asked).toBe(asked);
    own.isCut = false;
    await clock.advance(60_000);
    const before = other.asked;
    await uplink.deliver([], aState());
    expect(other.asked).toBe(before);
    expect(said.map(({ message }) => message)).toEqual([
      'No collector answers by the vantage’s own line; another line carries it.',
      'The vantage reaches the collector by its own line again.',
    ]);
  });

  it('wait where no line reaches a collector, and what its own line said is told', async () => {
    const { uplink, own, other } = aWorld();
    own.isCut = true;
    other.isCut = true;
    await expect(uplink.deliver([], aState())).rejects.toThrow(
      'No collector answers (https://first.example: generic_timeout_error; https://second.example: generic_timeout_error).',
    );
  });
});
