import { describe, expect, it } from 'vitest';
import { WebTestKeys } from '../../../probes/measurement.ts';
import type { ProbeReport } from '../../../probes/probe.ts';
import { followPaths } from '../../../src/agent/path-follower.ts';
import type { Tracer } from '../../../src/agent/path-follower.ts';
import { target } from '../../support/agent-records.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const BLOCKED = '157.240.9.9';
const WORKS = '142.250.9.9';
const NEVER = new AbortController().signal;

/** A page at an address of which the handshake fails or not. */
function report(address: string, failure: string | null): ProbeReport<WebTestKeys> {
  const testKeys = WebTestKeys.parse({ tls_handshakes: [{ address: `${address}:443`, failure, tags: [] }] });
  return { testKeys, traffic: { sentBytes: 100, receivedBytes: 100 }, runtimeMs: 5, abort: null };
}

function world(options: { readonly tracer?: Tracer | null; readonly control?: boolean } = {}) {
  const clock = new ManualClock(0);
  const traced: string[] = [];
  const ran: string[] = [];
  const tracer: Tracer = {
    tool: 'traceroute',
    method: 'tcp',
    async trace({ address }) {
      traced.push(address);
      return Promise.resolve([
        { hop: 1, address: '2.132.0.1', rttMs: 3 },
        { hop: 2, address: address === BLOCKED ? null : address, rttMs: null },
      ]);
    },
  };
  const run = followPaths(
    async ({ target: { id } }) => {
      ran.push(id);
      return Promise.resolve(id === 'blocked' ? report(BLOCKED, 'connection_reset') : report(WORKS, null));
    },
    {
      openTracer: async () => Promise.resolve(options.tracer === undefined ? tracer : options.tracer),
      asnOf: (address) => (address === '2.132.0.1' ? 'AS9198' : null),
      perQuarterHour: 2,
      control: options.control === true ? target('control') : null,
      packetBytes: 60,
      clock,
    },
  );
  async function look(id: string, depth: 'light' | 'full' = 'full') {
    return run({ target: target(id), depth, timeoutMs: 1_000 }, NEVER);
  }
  return { clock, traced, ran, look };
}

describe('followPaths(…)', () => {
  it('follows packets to what fails and to what worked lately, and counts their bytes', async () => {
    const { look, traced } = world();
    await look('fine', 'light');
    const { testKeys, traffic } = await look('blocked');
    expect(traced).toEqual([BLOCKED, WORKS]);
    expect(testKeys['x_aiqyn_path']).toMatchObject({
      tool: 'traceroute',
      method: 'tcp',
      port: 443,
      failing: { reached: false, hops: [{ asn: 'AS9198' }] },
      working: { reached: true },
    });
    expect(traffic).toEqual({ sentBytes: 100 + 4 * 60, receivedBytes: 100 + 3 * 60 });
  });

  it('leaves light checks and what works as they are', async () => {
    const { look, traced } = world();
    expect((await look('blocked', 'light')).testKeys).not.toHaveProperty('x_aiqyn_path');
    expect((await look('fine')).testKeys).not.toHaveProperty('x_aiqyn_path');
    expect(traced).toEqual([]);
  });

  it('looks at the control where nothing worked yet, and goes without where that fails as well', async () => {
    const { look, ran, traced } = world({ control: true });
    await look('blocked');
    expect(ran).toEqual(['blocked', 'control']);
    expect(traced).toEqual([BLOCKED, WORKS]);
    const alone = world();
    expect((await alone.look('blocked')).testKeys['x_aiqyn_path']).toMatchObject({ working: null });
  });

  it('takes no address that worked long ago', async () => {
    const { look, traced, clock } = world();
    await look('fine');
    await clock.advance(601_000);
    await look('blocked');
    expect(traced).toEqual([BLOCKED]);
  });

  it('follows so often in a quarter of an hour, and then again', async () => {
    const { look, traced, clock } = world();
    for (let time = 0; time < 5; time += 1) await look('blocked');
    expect(traced).toHaveLength(2);
    await clock.advance(900_000);
    await look('blocked');
    expect(traced).toHaveLength(3);
  });

  it('changes nothing where the machine has no such tool, or the tool says nothing', async () => {
    const none = world({ tracer: null });
    expect((await none.look('blocked')).testKeys).not.toHaveProperty('x_aiqyn_path');
    const mute = world({ tracer: { tool: 'mtr', method: 'udp', trace: async () => Promise.resolve(null) } });
    expect((await mute.look('blocked')).testKeys).not.toHaveProperty('x_aiqyn_path');
  });
});
