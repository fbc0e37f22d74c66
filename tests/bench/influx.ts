/**
 * How fast points go into a real InfluxDB 1.x on this machine, as the store writes them (each looked up first, so that none
 * is there twice), and what of the machine's time this process and the server took for it.
 */
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { systemClock } from '../../probes/net/clock.ts';
import { openInfluxStore } from '../../src/store/influx/store.ts';
import { anAddress } from '../support/address.ts';
import { startInfluxd } from '../support/influxd.ts';
import type { Influxd } from '../support/influxd.ts';
import { manyPoints } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';

const POINTS = 500_000;
const BATCH_POINTS = 50_000;
/** Linux counts a process's time in these. */
const MS_PER_TICK = 10;
const USER_TICKS_FIELD = 11;

/** Milliseconds of processor time that a process took so far; field 14 and 15 of proc(5), counted behind its name. */
async function cpuMsOf(pid: number): Promise<number> {
  const [, fields = ''] = (await readFile(`/proc/${pid}/stat`, 'latin1')).split(') ');
  const [user = 0, system = 0] = fields.split(' ').slice(USER_TICKS_FIELD).map(Number);
  return (user + system) * MS_PER_TICK;
}

interface Spent {
  readonly wallMs: number;
  readonly clientMs: number;
  readonly serverMs: number;
}

async function fill(influxd: Influxd): Promise<Spent> {
  const store = await openInfluxStore({
    address: anAddress({ url: influxd.url }),
    clock: systemClock(),
    log: silentLog,
    setAside: async (_content, reason) => Promise.reject(new Error(reason)),
  });
  let [wallMs, clientMicroseconds] = [0, 0];
  const serverBeforeMs = await cpuMsOf(influxd.pid);
  for (const batch of manyPoints(POINTS, BATCH_POINTS)) {
    const startedMs = performance.now();
    const before = process.cpuUsage();
    await store.writePoints(batch);
    const { user, system } = process.cpuUsage(before);
    wallMs += performance.now() - startedMs;
    clientMicroseconds += user + system;
  }
  const serverMs = (await cpuMsOf(influxd.pid)) - serverBeforeMs;
  const { points } = await store.extent();
  if (points !== POINTS) throw new Error(`${points} of ${POINTS} points are there`);
  await store.close();
  return { wallMs, clientMs: clientMicroseconds / 1_000, serverMs };
}

/** Points of 200 series, one a second: points per second written, and which share of all cores client and server took. */
export async function benchInflux(): Promise<Record<string, number>> {
  const influxd = await startInfluxd();
  try {
    const { wallMs, clientMs, serverMs } = await fill(influxd);
    const wholeMs = wallMs * cpus().length;
    return {
      influxPointsPerSecond: Math.round(POINTS / (wallMs / 1_000)),
      influxClientCpuPercent: Math.round((100 * clientMs) / wholeMs),
      influxServerCpuPercent: Math.round((100 * serverMs) / wholeMs),
      influxClientCpuMicrosecondsPerPoint: Math.round((1_000 * clientMs) / POINTS),
      influxServerCpuMicrosecondsPerPoint: Math.round((1_000 * serverMs) / POINTS),
    };
  } finally {
    await influxd.stop();
  }
}
