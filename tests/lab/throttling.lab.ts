/**
 * Throttling as it is done to packets: a shaper, a policer and a limit on whoever sends a name, each on the way between the
 * vantage and a server. The probe must find it, with its rate and what shows its shape, and must not where there is none.
 */
import { describe, expect, it } from 'vitest';
import { createNetwork } from '../../probes/net/network.ts';
import { systemClock } from '../../probes/net/clock.ts';
import { ThroughputTestKeys } from '../../probes/measurement.ts';
import { probeThroughput } from '../../probes/throughput/probe.ts';
import { judgeThroughput } from '../../src/analysis/verdict/judge-throughput.ts';
import { rateOf } from '../../src/analysis/verdict/throughput.ts';
import type { Verdict } from '../../src/analysis/verdict/verdict.ts';
import { seal } from '../../src/agent/envelope.ts';
import { canMakeLabs, openLab } from '../support/lab.ts';
import type { Lab } from '../support/lab.ts';

const TARGET = 'slow.test';
const PAIR = 'pair.test';
const HARMLESS = 'harmless.test';
const TIMEOUT_MS = 60_000;
/** 150 kbit/s, of which packets' headers and TLS take a part. */
const LIMIT_KBIT = 150;
const PAYLOAD_BYTES_PER_SECOND_MAX = (LIMIT_KBIT * 1_000) / 8;

interface Found {
  readonly verdict: Verdict;
  /** Bytes per second of each transfer of the target. */
  readonly rates: readonly number[];
}

async function measureIn(lab: Lab): Promise<Found> {
  const clock = systemClock();
  const target = { url: `https://${TARGET}/`, paired: `https://${PAIR}/` };
  const report = await probeThroughput(
    { target, timeoutMs: TIMEOUT_MS },
    {
      clock,
      network: createNetwork(lab.networkOptions),
      control: null,
      harmlessNames: [HARMLESS],
      signal: new AbortController().signal,
    },
  );
  const measurement = seal({
    id: '01890000-0000-7000-8000-000000000000',
    startedAtMs: clock.nowMs(),
    roundStartedAtMs: clock.nowMs(),
    runtimeMs: report.runtimeMs,
    vantage: { id: 'lab', operator: 'AS9198', place: 'almaty', access: 'fixed' },
    target: { id: 'lab', platform: 'youtube', probe: 'throughput', depth: 'full' },
    testName: 'aiqyn_throughput',
    input: target.url,
    testKeys: report.testKeys,
    retest: 0,
    connectivity: 'online',
    abort: report.abort,
    softwareVersion: '0.0.0',
  });
  const transfers = ThroughputTestKeys.parse(report.testKeys).x_aiqyn_throughput;
  return {
    verdict: judgeThroughput(measurement),
    rates: transfers.filter(({ role }) => role === 'target').flatMap((one) => rateOf(one) ?? []),
  };
}

/** @param shape the commands of the middle, given the lab. */
async function measureThrough(number: number, shape: (lab: Lab) => readonly string[]): Promise<Found> {
  const lab = await openLab(number, [TARGET, PAIR]);
  try {
    for (const command of shape(lab)) await lab.inMiddle(command);
    return await measureIn(lab);
  } finally {
    await lab.close();
  }
}

/** Two classes towards the vantage: all that is not told apart passes freely, 1:20 goes through a token bucket. */
function slowClass({ towardsVantage: dev }: Lab, rate: string): readonly string[] {
  return [
    `tc qdisc add dev ${dev} root handle 1: htb default 10`,
    `tc class add dev ${dev} parent 1: classid 1:10 htb rate 1gbit quantum 60000`,
    `tc class add dev ${dev} parent 1: classid 1:20 htb rate 1gbit quantum 60000`,
    `tc qdisc add dev ${dev} parent 1:20 handle 20: tbf rate ${rate} burst 4kb latency 400ms`,
  ];
}

function shapedByAddress(lab: Lab, rate: string): readonly string[] {
  const from = lab.addressOf(TARGET);
  return [
    ...slowClass(lab, rate),
    `iptables -t mangle -A POSTROUTING -s ${from} -j CLASSIFY --set-class 1:20`,
  ];
}

/** As a filter that reads handshakes does it: the name marks the connection, and marked connections are slowed. */
function shapedByName(lab: Lab): readonly string[] {
  return [
    ...slowClass(lab, `${LIMIT_KBIT}kbit`),
    `iptables -t mangle -A FORWARD -p tcp --dport 443 -m string --algo bm --string ${TARGET} -j CONNMARK --set-mark 1`,
    'iptables -t mangle -A POSTROUTING -m connmark --mark 1 -j CLASSIFY --set-class 1:20',
  ];
}

/** No queue: what is above the rate is dropped, and TCP makes of it what it can. */
function policed(lab: Lab): readonly string[] {
  const above =
    '--hashlimit-above 15kb/s --hashlimit-burst 16kb --hashlimit-mode srcip --hashlimit-name police';
  return [`iptables -A FORWARD -p tcp -s ${lab.addressOf(TARGET)} -m hashlimit ${above} -j DROP`];
}

function expectRate(rates: readonly number[], leastShare: number): void {
  expect(rates).toHaveLength(2);
  for (const rate of rates) {
    expect(rate).toBeLessThan(PAYLOAD_BYTES_PER_SECOND_MAX * 1.1);
    expect(rate).toBeGreaterThan(PAYLOAD_BYTES_PER_SECOND_MAX * leastShare);
  }
}

describe.skipIf(!canMakeLabs())(
  'the throughput probe on a line with a censor in the middle',
  { timeout: 120_000, concurrent: true },
  () => {
    it('finds a server held to 150 kbit/s, says how fast it came and that it came evenly', async () => {
      const { verdict, rates } = await measureThrough(1, (lab) => shapedByAddress(lab, `${LIMIT_KBIT}kbit`));
      expect(verdict).toMatchObject({
        status: 'throttled',
        layer: 'http',
        method: 'rate_limit',
        rule: 'throughput.rate',
      });
      expectRate(rates, 0.8);
      expect(verdict.reasons.join(' ')).toContain('steady rate');
      // The same server is as slow under any name, so that the name is not accused.
      expect(verdict.reasons.join(' ')).not.toContain('harmless name');
    });

    it('finds a policer that drops what is above the rate', async () => {
      const { verdict, rates } = await measureThrough(2, policed);
      expect(verdict).toMatchObject({ status: 'throttled', layer: 'http', rule: 'throughput.rate' });
      expectRate(rates, 0.5);
    });

    it('finds a limit on whoever sends the name, and that the same server is fast under another', async () => {
      const { verdict, rates } = await measureThrough(3, shapedByName);
      expect(verdict).toMatchObject({ status: 'throttled', method: 'rate_limit', confidence: 0.75 });
      expectRate(rates, 0.8);
      expect(verdict.reasons).toContain('The same server was fast under a harmless name.');
    });

    it('accuses nobody where the whole line is that slow', async () => {
      const { verdict } = await measureThrough(4, ({ towardsVantage }) => [
        `tc qdisc add dev ${towardsVantage} root tbf rate ${LIMIT_KBIT}kbit burst 4kb latency 400ms`,
      ]);
      expect(verdict).toMatchObject({ status: 'ok', rule: 'throughput.slow_line' });
    });

    it.each<readonly [string, number, (lab: Lab) => readonly string[]]>([
      ['1 Mbit/s, where video plays', 5, (lab) => shapedByAddress(lab, '1mbit')],
      ['nothing at all', 6, () => []],
    ])('says ok where the server is held to %s', async (_, number, shape) => {
      const { verdict } = await measureThrough(number, shape);
      expect(verdict).toMatchObject({ status: 'ok', rule: 'throughput.fast_enough' });
    });
  },
);
