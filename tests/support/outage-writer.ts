/**
 * A monitor as `aiqyn collector` composes it, on an InfluxDB, and the vantages that send to it: real spools, real uplink
 * loops, real archive and page. What the vantages record is not measured but written as fast as a clock goes that runs `speed`
 * times as fast as the real one, and by which the loops retry. Prints `{"page"}`, `{"minute"}` after each minute and `{"drained"}`.
 * Arguments: the configuration's file, the data directory, vantages, minutes, speed.
 */
import { join } from 'node:path';
import { systemClock } from '../../probes/net/clock.ts';
import type { VantageTag } from '../../probes/measurement.ts';
import type { Clock } from '../../probes/probe.ts';
import { openFileSpool } from '../../src/agent/file-spool.ts';
import type { Spool, Uplink } from '../../src/agent/spool.ts';
import { startUplinkLoop } from '../../src/agent/uplink-loop.ts';
import { runConfigured } from '../../src/cli/configured-monitor.ts';
import { HEARTBEAT_MS } from '../../src/cli/heartbeat.ts';
import type { Surroundings } from '../../src/cli/configured-monitor.ts';
import { plannedHour } from './planned-hour.ts';

const MINUTE_MS = 60_000;
const MEGABYTE = 1_048_576;
const DRAINED_POLL_MS = 100;
const OPERATORS = ['AS29355', 'AS21299', 'AS48503', 'AS9198', 'AS206026'];
const PLACES = ['almaty', 'astana'];

const [config = '', dataDir = '', vantages = '', minutes = '', factor = ''] = process.argv.slice(2);
const speed = Number(factor);
const real = systemClock();
/** The last of the minutes ends now, so that nothing is of the future and all is of the detector's day. */
const beganMs = real.nowMs();
const fromMs = Math.floor((beganMs - Number(minutes) * MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
const fast: Clock = {
  nowMs: () => fromMs + (real.nowMs() - beganMs) * speed,
  monotonicMs: () => real.monotonicMs() * speed,
  sleep: async (delayMs, signal) => real.sleep(delayMs / speed, signal),
};

function say(what: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

interface Sender {
  readonly vantage: VantageTag;
  readonly spool: Spool;
  stop(): Promise<void>;
}

async function sender(n: number, { log, config: { spool: size } }: Surroundings, uplink: Uplink) {
  const vantage: VantageTag = {
    id: `vantage-${n}`,
    operator: OPERATORS[n % OPERATORS.length] ?? '',
    place: PLACES[n % PLACES.length] ?? '',
    access: n % 2 === 0 ? 'mobile' : 'fixed',
  };
  const dir = join(dataDir, 'spool', vantage.id);
  const spool = await openFileSpool({ dir, budgetBytes: size.budgetMegabytes * MEGABYTE, log });
  const loop = startUplinkLoop({
    spool,
    uplink,
    state: () => ({
      vantage,
      atMs: fast.nowMs(),
      connectivity: 'online',
      spoolDepth: spool.depth(),
      clockOffsetMs: 0,
    }),
    heartbeatIntervalMs: HEARTBEAT_MS,
    clock: fast,
    log,
    random: Math.random,
  });
  return {
    vantage,
    spool,
    async stop() {
      await loop.stop();
      await spool.close();
    },
  };
}

/** Each minute's records as they would have come; then until nothing waits. */
async function write(senders: readonly Sender[]): Promise<void> {
  const hour = plannedHour();
  let records = 0;
  let points = 0;
  for (let minute = 0; minute < Number(minutes); minute += 1) {
    const atMs = fromMs + minute * MINUTE_MS;
    await fast.sleep(Math.max(0, atMs + MINUTE_MS - fast.nowMs()));
    for (const { vantage, spool } of senders) {
      const measured = hour.minute(vantage, atMs);
      await Promise.all(measured.map(async (measurement) => spool.append(measurement)));
      records += measured.length;
      points += measured.filter(({ x_aiqyn_target }) => x_aiqyn_target.probe !== 'rings').length;
    }
    say({ minute: minute + 1, records, points, waiting: waitingIn(senders) });
  }
  while (waitingIn(senders) > 0) await real.sleep(DRAINED_POLL_MS);
  const dropped = senders.map(({ spool }) => spool.dropped());
  say({ drained: true, dropped: dropped.reduce((sum, one) => sum + one.bodies + one.measurements, 0) });
}

function waitingIn(senders: readonly Sender[]): number {
  return senders.reduce((sum, { spool }) => sum + spool.depth(), 0);
}

const senders: Sender[] = [];
await runConfigured({ config, dataDir, port: 0 }, process.env, {
  vantages: () => [],
  receive: (around) => async (uplink) => {
    for (let n = 0; n < Number(vantages); n += 1) senders.push(await sender(n, around, uplink));
    return async () => {
      await Promise.all(senders.map(async (one) => one.stop()));
    };
  },
  started: ({ url }) => {
    say({ page: url });
    void write(senders);
  },
});
